import { type DragEvent, type KeyboardEvent, useState } from "react";
import { ErrorBlock, IconButton, Select, Spinner, Switch } from "@/design";
import { type AppError, failureProps } from "@/ipc";
import type { TextFieldSlot } from "../field";
import { isWriting, OPERATORS, type PipelineAction, type Stage } from "../pipeline";
import { type Preview, SHOWN } from "../previews";
import { PreviewTree } from "./PreviewTree";

export interface StageCardProps {
  stage: Stage;
  place: number;
  count: number;
  preview: Preview | undefined;
  /** Its stages are not those its preview was made of. */
  stale: boolean;
  field: TextFieldSlot;
  before: string;
  onAction: (action: PipelineAction) => void;
}

const MOVED = "application/x-rowhouse-stage";

/** Where a failure stands in the body, as far as it is told. */
function wrongIn(failure: AppError | null | undefined, stage: Stage) {
  if (!failure?.range) return null;
  const lead = `{ ${stage.operator}: `.length - (stage.body.length - stage.body.trimStart().length);
  const from = Math.max(0, failure.range.from - lead);
  return { from, to: Math.max(from + 1, failure.range.to - lead) };
}

/** A stage: what it does on the left, what comes out of it on the right. */
export function StageCard({ stage, place, count, preview, stale, field, before, onAction }: StageCardProps) {
  const [over, setOver] = useState(false);
  const { key, operator } = stage;
  const known = OPERATORS.find((each) => each.name === operator);
  const move = (to: number) => onAction({ type: "move", key, to });
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || event.shiftKey || event.ctrlKey) return;
    if (event.key === "ArrowUp") move(place - 1);
    else if (event.key === "ArrowDown") move(place + 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onDrop = (event: DragEvent) => {
    setOver(false);
    const dragged = Number(event.dataTransfer.getData(MOVED));
    if (!dragged) return;
    event.preventDefault();
    onAction({ type: "move", key: dragged, to: place });
  };
  const writes = isWriting(stage);
  return (
    <li
      className="doc-stage"
      aria-label={`Stage ${place + 1}: ${operator}`}
      data-off={stage.off || undefined}
      data-over={over || undefined}
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(MOVED)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <header className="doc-stage-head">
        <span
          className="doc-grip"
          draggable
          onDragStart={(event) => {
            event.dataTransfer.setData(MOVED, String(key));
            event.dataTransfer.effectAllowed = "move";
          }}
          aria-hidden="true"
        >
          {place + 1}
        </span>
        <Select
          dense
          mono
          label={`Operator of stage ${place + 1}`}
          value={operator}
          onChange={(next) => onAction({ type: "operator", key, operator: next })}
          options={[
            ...(known ? [] : [{ value: operator, label: operator }]),
            ...OPERATORS.map(({ name, does }) => ({ value: name, label: name, meta: does })),
          ]}
        />
        <span className="rh-meta rh-truncate">{known?.does}</span>
        <span className="flex-1" />
        <Switch
          checked={!stage.off}
          onChange={() => onAction({ type: "toggle", key })}
          label={`Stage ${place + 1} is on`}
        />
        <IconButton
          icon="arrow-up"
          label="Earlier"
          keys="Alt+ArrowUp"
          quiet
          disabledReason={place === 0 ? "it is the first" : undefined}
          onClick={() => move(place - 1)}
        />
        <IconButton
          icon="arrow-down"
          label="Later"
          keys="Alt+ArrowDown"
          quiet
          disabledReason={place === count - 1 ? "it is the last" : undefined}
          onClick={() => move(place + 1)}
        />
        <IconButton
          icon="trash"
          label={`Remove stage ${place + 1}`}
          quiet
          onClick={() => onAction({ type: "remove", key })}
        />
      </header>
      <div className="doc-stage-parts">
        <div className="doc-stage-body">
          <div className="rh-input rh-input-mono" data-invalid={preview?.failure && !stale ? true : undefined}>
            {field({
              label: `Body of stage ${place + 1}, ${operator}`,
              value: stage.body,
              onChange: (body) => onAction({ type: "body", key, body }),
              wrong: stale ? null : wrongIn(preview?.failure, stage),
              before,
            })}
          </div>
          {preview?.failure && !stale ? <ErrorBlock {...failureProps(preview.failure)} /> : null}
        </div>
        <div className="doc-stage-preview" data-stale={(stale && preview?.head) || undefined}>
          {stage.off ? (
            <p className="rh-meta">Off: documents pass as they are.</p>
          ) : writes ? (
            <p className="rh-meta">
              It writes: it is not run here, and only as a query. Shown is what it would be given.
            </p>
          ) : null}
          {preview?.state === "running" && !preview.head ? <Spinner label="Running the stages up to here" /> : null}
          {!stage.off && preview?.head && preview.progress && !preview.failure ? (
            <PreviewTree head={preview.head} rows={preview.progress.rows} most={SHOWN} />
          ) : null}
          {!stage.off && !preview ? <p className="rh-meta">Not run yet.</p> : null}
          {preview?.failure && !stale ? <p className="rh-meta">Nothing comes out of it.</p> : null}
        </div>
      </div>
    </li>
  );
}
