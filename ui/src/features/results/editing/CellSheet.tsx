import { type RefObject, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { Badge, Button, EmptyState, ErrorBlock, Icon, IconButton, Segmented, Spinner, Textarea, tip } from "@/design";
import { failureOf, type ResultColumn } from "@/ipc";
import { formatBytes, formatCount } from "../format";
import { layoutJson } from "../viewing";
import { DEFAULT, type Draft, NULL, sameDraft, textDraft, typedDraft } from "./drafts";
import { ArrayEditor } from "./editors/ArrayEditor";
import { arrayOf } from "./editors/arrays";
import { BytesEditor } from "./editors/BytesEditor";
import { JsonTree } from "./editors/JsonTree";
import { jsonOf } from "./editors/json";
import { editorKind } from "./kinds";
import { TooLarge } from "./reading";
import type { EditColumn } from "./types";
import "./editing.css";

type View = "text" | "tree" | "list" | "bytes";

/** A text of more characters than this is not laid out in an editor. */
const MOST_TEXT = 4 << 20;

export interface CellSheetHandle {
  /** What stands there, and what it was; nothing before it was read. */
  read: () => { draft: Draft; initial: Draft } | undefined;
}

export interface CellSheetProps {
  ref: RefObject<CellSheetHandle | null>;
  column: ResultColumn;
  edit: EditColumn | undefined;
  rowName: string;
  /** Reads the whole value. */
  load: () => Promise<Draft>;
  /** What was entered in the cell already. */
  begun: Draft | undefined;
  /** Takes the value and goes back to the rows. */
  onApply: () => void;
  onClose: () => void;
}

/** One value whole, beside the rows, to be edited: what has several lines, a structure, or is bytes. */
export function CellSheet({ ref, column, edit, rowName, load, begun, onApply, onClose }: CellSheetProps) {
  const kind = editorKind(column, edit);
  const [initial, setInitial] = useState<Draft | null>(null);
  const [draft, setDraft] = useState<Draft | null>(begun ?? null);
  const [failure, setFailure] = useState<string | null>(null);
  const [chosen, setChosen] = useState<View | null>(null);
  const latest = useRef<{ draft: Draft | null; initial: Draft | null }>({ draft, initial });
  latest.current = { draft, initial };
  useImperativeHandle(ref, () => ({
    read: () => {
      const now = latest.current;
      return now.draft && now.initial ? { draft: now.draft, initial: now.initial } : undefined;
    },
  }));
  const reading = useRef(load);
  useEffect(() => {
    let alive = true;
    reading
      .current()
      .then((value) => {
        if (!alive) return;
        setInitial(value);
        setDraft((now) => now ?? value);
      })
      .catch((thrown: unknown) => {
        if (alive) setFailure(thrown instanceof TooLarge ? thrown.message : failureOf(thrown).message);
      });
    return () => {
      alive = false;
    };
  }, []);

  const text = draft && "text" in draft ? draft.text : draft?.kind === "null" || draft?.kind === "default" ? "" : null;
  const json = useMemo(() => (kind === "json" && text !== null ? jsonOf(text) : null), [kind, text]);
  const array = useMemo(() => (kind === "array" && text ? arrayOf(text) : null), [kind, text]);
  const isBytes = draft?.kind === "bytes" || draft?.kind === "file" || kind === "bytes";
  const natural: View = isBytes ? "bytes" : kind === "json" && json?.ok ? "tree" : array ? "list" : "text";
  const view = chosen ?? natural;
  const changed = draft !== null && initial !== null && !sameDraft(draft, initial);
  const put = (next: Draft) => {
    latest.current = { ...latest.current, draft: next };
    setDraft(next);
  };
  const type = (value: string) => put(initial ? typedDraft(value, initial, column, edit) : textDraft(value));
  const area = useRef<HTMLTextAreaElement>(null);
  const ready = draft !== null && (initial !== null || failure !== null);
  useEffect(() => {
    if (ready && view === "text") area.current?.focus();
  }, [ready, view]);

  const state =
    draft?.kind === "null" ? "NULL" : draft?.kind === "default" ? "default" : text === "" ? "empty text" : "";
  const body = () => {
    if (failure) return <ErrorBlock message={failure} />;
    if (!draft || !ready) return <Spinner label="Reading the cell" />;
    if (view === "bytes") return <BytesEditor draft={draft} column={column} onChange={put} />;
    if (text !== null && text.length > MOST_TEXT)
      return (
        <EmptyState icon="file" title="Too long to edit here">
          {formatBytes(text.length)} of text. Copy the cell, or change it with a statement.
        </EmptyState>
      );
    if (view === "tree" && json?.ok)
      return <JsonTree text={text ?? ""} root={json.root} onChange={(next) => put(textDraft(next))} />;
    if (view === "list" && array)
      return <ArrayEditor text={text ?? ""} array={array} onChange={(next) => put(textDraft(next))} />;
    return (
      <Textarea
        ref={area}
        mono
        aria-label={`Value of ${column.name}${state ? `: ${state}` : ""}`}
        className="flex-1 min-h-0 resize-none"
        value={text ?? ""}
        placeholder={state}
        onChange={type}
      />
    );
  };

  const laidOut = kind === "json" && json?.ok && text ? layoutJson(text) : null;
  return (
    <section
      className="flex flex-col h-full min-h-0 bg-surface-1 outline-none"
      tabIndex={-1}
      aria-label={`Edit ${column.name} of ${rowName}`}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          event.stopPropagation();
          onApply();
        }
      }}
    >
      <header className="flex items-center gap-2 h-[36px] px-3 border-b border-line">
        <Icon name="edit" size={14} />
        <strong className="rh-truncate">{column.name}</strong>
        <span className="rh-meta rh-mono rh-truncate">{column.native_type}</span>
        <span className="flex-1" />
        <span className="rh-meta rh-truncate">{rowName}</span>
        <IconButton icon="close" label="Close without taking the value" keys="Escape" quiet onClick={onClose} />
      </header>
      <div className="flex items-center gap-2 px-3 py-2 flex-wrap">
        <Segmented<View>
          dense
          label="Edit as"
          value={view}
          onChange={setChosen}
          options={[
            { value: "text", label: "Text", disabled: draft?.kind === "bytes" || draft?.kind === "file" },
            ...(kind === "json" ? [{ value: "tree" as const, label: "Tree", disabled: !json?.ok }] : []),
            ...(kind === "array" ? [{ value: "list" as const, label: "List", disabled: !array }] : []),
            ...(isBytes ? [{ value: "bytes" as const, label: "Bytes" }] : []),
          ]}
        />
        {laidOut !== null && view === "text" && laidOut !== text ? (
          <Button
            dense
            variant="ghost"
            icon="format"
            tooltip="Lays the text out anew; that is a change"
            onClick={() => put(textDraft(laidOut))}
          >
            Lay out
          </Button>
        ) : null}
        <span className="flex-1" />
        <Button
          dense
          pressed={draft?.kind === "null"}
          disabledReason={edit && !edit.nullable ? `${column.name} takes no NULL` : undefined}
          onClick={() => put(NULL)}
        >
          NULL
        </Button>
        <Button
          dense
          pressed={draft?.kind === "default"}
          {...(edit?.default ? { tooltip: edit.default } : {})}
          onClick={() => put(DEFAULT)}
        >
          Default
        </Button>
      </div>
      <div className="flex-1 min-h-0 overflow-auto rh-scroll px-3 pb-2 flex flex-col">{body()}</div>
      {json && !json.ok && text ? (
        <div className="px-3 pb-2 rh-tone-warn rh-meta flex items-center gap-1" role="status">
          <Icon name="warning" size={12} />{" "}
          {`Not valid JSON: ${json.message}, line ${json.line}, column ${json.column}`}
        </div>
      ) : null}
      <footer className="flex items-center gap-2 px-3 min-h-[40px] border-t border-line">
        {changed ? <Badge tone="warn">changed</Badge> : <span className="rh-meta">not changed</span>}
        <span className="rh-meta" {...tip("Its length")}>
          {text !== null ? `${formatCount(text.length)} characters` : ""}
        </span>
        <span className="flex-1" />
        <Button dense onClick={onClose}>
          Cancel
        </Button>
        <Button
          dense
          variant="primary"
          keys="Mod+Enter"
          showKeys
          disabledReason={ready ? undefined : "it is being read"}
          onClick={onApply}
        >
          Take it
        </Button>
      </footer>
    </section>
  );
}
