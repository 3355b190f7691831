import { useEffect, useMemo, useRef, useState } from "react";
import { Badge, Button, EmptyState, ErrorBlock, IconButton, Segmented, Spinner, Switch } from "@/design";
import { type AppError, failureOf, host, type ResultHead } from "@/ipc";
import { LongText } from "./card/LongText";
import { copyCell } from "./copying";
import { formatBytes, formatCount } from "./format";
import type { Cell } from "./grid";
import { saveCell } from "./saving";
import { bytesOf, hexDump, layoutJson } from "./viewing";

/** Bytes read at first; a longer value is read on demand. */
const FIRST = 256 * 1024;
/** Bytes shown at most: beyond that a value is for a file. */
const MOST = 8 * 1024 * 1024;

/** Bytes dumped at most, and so many a line: a line fits the pane as it opens. */
const HEX_MOST = 64 * 1024;
const HEX_LINE = 8;

type View = "text" | "json" | "hex";

/** What its file is called behind the point. */
const kindOf = (view: View): string => (view === "hex" ? "bin" : view === "json" ? "json" : "txt");

interface Loaded {
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}

export interface CellViewerProps {
  head: ResultHead;
  row: number;
  column: number;
  /** What the grid shows of it: tells NULL from the empty text, and bytes from texts. */
  cell: Cell | undefined;
  onClose: () => void;
}

/** One cell's whole value, read alone: as text, laid-out JSON, or bytes. */
export function CellViewer({ head, row, column, cell, onClose }: CellViewerProps) {
  const described = head.columns[column];
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [limit, setLimit] = useState(FIRST);
  const [chosen, setChosen] = useState<View | null>(null);
  const [wrap, setWrap] = useState(true);

  useEffect(() => {
    setLimit(FIRST);
    setLoaded(null);
  }, [head, row, column]);
  useEffect(() => {
    let alive = true;
    setFailure(null);
    host()
      .holdCell(head.hold_id, row, column, 0, limit)
      .then((buffer) => alive && setLoaded({ bytes: new Uint8Array(buffer), whole: buffer.byteLength < limit }))
      .catch((thrown: unknown) => alive && setFailure(failureOf(thrown)));
    return () => {
      alive = false;
    };
  }, [head, row, column, limit]);

  // The button that read the rest is gone with it: Escape must still be heard here.
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (loaded?.whole && document.activeElement === document.body) section.current?.focus();
  }, [loaded]);

  const text = useMemo(() => (loaded ? new TextDecoder().decode(loaded.bytes) : ""), [loaded]);
  const json = useMemo(() => (loaded?.whole ? layoutJson(text) : null), [loaded, text]);
  const isNull = cell?.class === "null";
  const binary = cell ? cell.class === "bytes" : described?.class === "bytes";
  const bytes = useMemo(() => {
    const stored = loaded?.bytes ?? new Uint8Array();
    return binary && !cell?.raw ? bytesOf(stored) : stored;
  }, [loaded, binary, cell?.raw]);
  const natural: View = binary ? "hex" : described?.class === "json" && json !== null ? "json" : "text";
  const view = chosen ?? natural;
  const shown = view === "json" ? (json ?? text) : view === "hex" ? hexDump(bytes, HEX_MOST, HEX_LINE) : text;

  return (
    <section
      ref={section}
      tabIndex={-1}
      className="flex flex-col h-full min-h-0 bg-surface-1 outline-none"
      aria-label={`Cell ${described?.name ?? ""}`}
    >
      <header className="flex items-center gap-2 h-[36px] px-3 border-b border-line">
        <strong className="rh-truncate">{described?.name}</strong>
        <span className="rh-meta rh-mono rh-truncate">{described?.native_type}</span>
        <span className="flex-1" />
        <span className="rh-meta">row {formatCount(row + 1)}</span>
        <IconButton icon="close" label="Close the cell viewer" keys="Escape" quiet onClick={onClose} />
      </header>
      <div className="flex items-center gap-2 px-3 py-2">
        <Segmented<View>
          dense
          label="Show as"
          value={view}
          onChange={setChosen}
          options={[
            { value: "text", label: "Text" },
            { value: "json", label: "JSON", disabled: json === null },
            { value: "hex", label: "Bytes" },
          ]}
        />
        <span className="flex-1" />
        <Switch checked={wrap} onChange={setWrap}>
          Wrap
        </Switch>
        <IconButton icon="copy" label="Copy the value" onClick={() => void copyCell(head, row, column)} />
        <IconButton
          icon="download"
          label="Save the value to a file…"
          disabledReason={isNull ? "NULL is no value" : undefined}
          onClick={() =>
            void saveCell(described?.name ?? "value", kindOf(natural), {
              kind: "held",
              hold_id: head.hold_id,
              row,
              column,
            })
          }
        />
      </div>
      <div className="flex-1 min-h-0 overflow-auto rh-scroll px-3 pb-3">
        {isNull ? (
          <EmptyState icon="null" title="NULL">
            This cell has no value.
          </EmptyState>
        ) : failure ? (
          <ErrorBlock message={failure.message} {...(failure.hint ? { hint: failure.hint } : {})} />
        ) : !loaded ? (
          <Spinner label="Reading the cell" />
        ) : loaded.bytes.length === 0 ? (
          <EmptyState icon="minus" title="Empty text">
            A value without any character.
          </EmptyState>
        ) : (
          <LongText
            className={`rh-mono rh-selectable text-data m-0 ${wrap && view !== "hex" ? "whitespace-pre-wrap break-words" : ""}`}
            text={shown}
          />
        )}
      </div>
      {loaded && !isNull ? (
        <footer className="flex items-center gap-2 px-3 h-[28px] border-t border-line rh-meta">
          {loaded.whole ? (
            <span>{formatBytes(bytes.length)}</span>
          ) : (
            <Badge tone="warn">first {formatBytes(bytes.length)}</Badge>
          )}
          <span className="flex-1" />
          {!loaded.whole && limit < MOST ? (
            <Button dense onClick={() => setLimit(Math.min(MOST, limit * 8))}>
              Read more
            </Button>
          ) : null}
        </footer>
      ) : null}
    </section>
  );
}
