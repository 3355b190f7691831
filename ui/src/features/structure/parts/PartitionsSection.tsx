/** How a table is divided: its partitions, the table it is a part of, or the clause where that is how it is said. */
import { useEffect, useState } from "react";
import { Badge, Button, EmptyState, Field, IconButton, Sign, Textarea } from "@/design";
import type { AppError, ObjectRef, StructureEdit, StructurePage, StructurePartition } from "@/ipc";
import { openStructure } from "../asking";
import { useDesk } from "../desk";
import { titleOf } from "../model";
import { Wrong } from "./fields";

export function PartitionsSection({ page }: { page: StructurePage }) {
  const { place, abilities, readOnly, stage, highlight, onOpen } = useDesk();
  const [failed, setFailed] = useState<AppError | null>(null);
  const { object: table, partitions: own } = page;
  const able = abilities.partitions;
  const send = async (edit: StructureEdit) => setFailed(await stage([edit]));
  const ask = (what: "partition" | "attach") => openStructure(place, { ask: what, table }, () => {});
  const divided = own?.by != null;
  const listed = own?.partitions ?? [];
  return (
    <section aria-label="Partitions" className="str-parts">
      <Wrong error={failed} />
      {own?.of ? (
        <div className="str-partof">
          <span>
            A partition of{" "}
            <button type="button" className="str-more" onClick={() => own.of && onOpen(own.of[0])}>
              <span className="rh-mono">{titleOf(own.of[0])}</span>
            </button>
            : <code>{highlight(own.of[1])}</code>
            <span className="rh-meta"> Its columns are that table’s.</span>
          </span>
          <Button
            dense
            icon="unplug"
            disabledReason={readOnly}
            onClick={() => void send({ edit: "detach_partition", partition: table })}
          >
            Detach
          </Button>
        </div>
      ) : null}
      {divided && (able?.tables || own.form) ? (
        <>
          <p className="str-partof">
            <span>
              {able?.tables ? "Divided by " : "Divided "}
              <code>{highlight(able?.tables ? (own.by ?? "") : `by ${own.form?.way ?? ""}`)}</code>
            </span>
          </p>
          {listed.length === 0 ? (
            <EmptyState picture="empty" title="No partitions">
              No row can be written into it until it has one.
            </EmptyState>
          ) : (
            <ul className="str-list">
              {listed.map((part) => (
                <Line
                  key={`${part.object?.schema ?? ""} ${part.name} ${part.change === "removed"}`}
                  part={part}
                  onDetach={
                    part.object === null
                      ? null
                      : () => part.object && void send({ edit: "detach_partition", partition: part.object })
                  }
                  onDrop={() =>
                    void send(
                      part.object
                        ? { edit: "drop", object: part.object }
                        : { edit: "drop_partition", table, name: part.name },
                    )
                  }
                />
              ))}
            </ul>
          )}
          <div className="str-add">
            <Button data-new icon="plus" dense disabledReason={readOnly} onClick={() => ask("partition")}>
              New partition
            </Button>
            {able?.tables ? (
              <Button icon="plug" dense variant="ghost" disabledReason={readOnly} onClick={() => ask("attach")}>
                Attach a table
              </Button>
            ) : null}
          </div>
        </>
      ) : null}
      {able && !able.tables ? <Clause clause={own?.by ?? null} onStage={send} table={table} /> : null}
    </section>
  );
}

function Line({
  part,
  onDetach,
  onDrop,
}: {
  part: StructurePartition;
  onDetach: (() => void) | null;
  onDrop: () => void;
}) {
  const { readOnly, highlight, onOpen } = useDesk();
  const { object, name, bound, by, change } = part;
  const goes = change === "removed" ? "it goes already" : undefined;
  return (
    <li className="str-part" data-becoming={change ?? undefined}>
      <div className="str-part-line str-partition">
        {change ? <Sign of={change} /> : <span className="str-nosign" />}
        <span className="str-part-name rh-mono rh-truncate" title={name}>
          {object ? (
            <button type="button" className="str-more rh-truncate" onClick={() => onOpen(object)}>
              {name}
            </button>
          ) : (
            name
          )}
        </span>
        <span className="str-bound">
          <code className="str-part-text" title={bound}>
            {highlight(bound)}
          </code>
          {by ? (
            <Badge tone="outline" tooltip={`It has partitions itself, divided by ${by}`}>
              {by}
            </Badge>
          ) : null}
        </span>
        {onDetach ? (
          <IconButton
            icon="unplug"
            label={`Detach ${name}`}
            quiet
            disabledReason={readOnly ?? goes ?? (change === "added" ? "it is only staged" : undefined)}
            onClick={onDetach}
          />
        ) : (
          <span />
        )}
        <IconButton icon="trash" label={`Drop ${name}`} quiet disabledReason={readOnly ?? goes} onClick={onDrop} />
      </div>
    </li>
  );
}

/** The clause as a whole: what has no fields is written. */
function Clause(props: { clause: string | null; table: ObjectRef; onStage: (edit: StructureEdit) => Promise<void> }) {
  const { clause, table, onStage } = props;
  const { readOnly } = useDesk();
  const [text, setText] = useState(clause ?? "");
  useEffect(() => setText(clause ?? ""), [clause]);
  const same = text.trim() === (clause ?? "").trim();
  const problem = text.trim() !== "" && !/^partition\s+by\b/i.test(text.trim()) ? "It begins with PARTITION BY" : null;
  return (
    <div className="str-editor" role="group" aria-label="How it is divided">
      <Field label="Clause" hint="Empty, it is divided no more. Its rows are divided anew, and stay.">
        {(control) => (
          <Textarea
            {...control}
            mono
            value={text}
            onChange={setText}
            placeholder={
              "PARTITION BY RANGE (id) (\n  PARTITION p0 VALUES LESS THAN (1000),\n  PARTITION p1 VALUES LESS THAN MAXVALUE\n)"
            }
          />
        )}
      </Field>
      <div className="str-editor-foot">
        <Button
          variant="primary"
          dense
          disabledReason={readOnly ?? problem ?? (same ? "nothing is changed" : undefined)}
          onClick={() => void onStage({ edit: "partition_by", table, clause: text.trim() === "" ? null : text })}
        >
          Stage
        </Button>
        <Button
          dense
          variant="ghost"
          disabledReason={same ? "nothing is changed" : undefined}
          onClick={() => setText(clause ?? "")}
        >
          Cancel
        </Button>
      </div>
    </div>
  );
}
