import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button, copyText, Dialog, IconButton, openContextMenu, Segmented, Skeleton, Spinner, toast } from "@/design";
import { type AppError, type DocumentStyle, type DocumentText, failureOf, host } from "@/ipc";
import { STYLES, sizeText } from "./model";
import { Coloured } from "./parts/Coloured";
import type { TreeActions } from "./treeMenu";

/** Documents asked for at once. */
const PAGE = 25;
/** Lines and signs of a document that stand in its block; the rest is shown when it is opened. */
const LINES = 60;
const SIGNS = 12_000;
/** Blocks are measured, which costs for each of them: more are read in the tree. */
const MOST = 100_000;
/** What is drawn of a whole document at most. */
const WHOLE = 4_000_000;

/** The texts of a hold's documents in one style, by row, as they are wanted. */
function useTexts(holdId: string, style: DocumentStyle) {
  const [state, setState] = useState<{
    readonly of: string;
    readonly texts: ReadonlyMap<number, DocumentText>;
    readonly failure: AppError | null;
  }>({ of: "", texts: new Map(), failure: null });
  const of = `${holdId}/${style}`;
  const pending = useRef(new Set<string>());
  const current = useRef(of);
  current.current = of;
  const now = state.of === of ? state : { of, texts: new Map<number, DocumentText>(), failure: null };
  const want = (row: number) => {
    const first = row - (row % PAGE);
    const key = `${of}/${row}`;
    const page = `${of}/${first}+`;
    if (now.texts.has(row) || now.failure || pending.current.has(key) || pending.current.has(page)) return;
    // The first of a page brings the others; those that were too long to come along are asked for by themselves.
    const whole = !now.texts.has(first);
    const mark = whole ? page : key;
    pending.current.add(mark);
    host()
      .holdDocuments(holdId, whole ? first : row, PAGE, style)
      .then((read) => {
        if (current.current !== of) return;
        setState((before) => {
          const texts = new Map(before.of === of ? before.texts : []);
          for (const text of read) texts.set(text.row, text);
          return { of, texts, failure: null };
        });
      })
      .catch((thrown: unknown) => {
        if (current.current === of)
          setState((before) => ({
            of,
            texts: before.of === of ? before.texts : new Map(),
            failure: failureOf(thrown),
          }));
      })
      .finally(() => pending.current.delete(mark));
  };
  return { texts: now.texts, failure: now.failure, want, retry: () => setState({ ...now, failure: null }) };
}

/** The beginning of a text that stands in a block. */
export function beginningOf(text: string): { readonly text: string; readonly cut: boolean } {
  const signs = text.length > SIGNS ? text.slice(0, SIGNS) : text;
  const lines = signs.split("\n");
  const shown = lines.length > LINES ? lines.slice(0, LINES).join("\n") : signs;
  return { text: shown, cut: shown.length < text.length };
}

function Block({
  row,
  text,
  onWhole,
  menu,
}: {
  row: number;
  text: DocumentText | undefined;
  onWhole: () => void;
  menu: TreeActions;
}) {
  const begun = text ? beginningOf(text.text) : null;
  const copy = (style: DocumentStyle) => menu.copyDocument(row, style);
  const editable = menu.locked !== undefined;
  const locked = menu.locked ? { disabledReason: menu.locked } : {};
  return (
    <article
      className="doc-block"
      aria-label={`Document ${row + 1}`}
      onContextMenu={(event) =>
        openContextMenu(
          event,
          [
            ...STYLES.map(({ value, label }) => ({ label: `Copy as ${label}`, onSelect: () => copy(value) })),
            { label: "Open the whole document", onSelect: onWhole },
            ...(editable
              ? [
                  { separator: true as const },
                  { label: "Edit…", icon: "edit" as const, ...locked, onSelect: () => menu.editText(row) },
                  { label: "Duplicate…", ...locked, onSelect: () => menu.duplicate(row) },
                  { label: "Delete…", icon: "trash" as const, ...locked, onSelect: () => menu.deleteDocument(row) },
                ]
              : []),
          ],
          "Document",
        )
      }
    >
      <header>
        <span className="rh-mono">{(row + 1).toLocaleString("en-US")}</span>
        <span className="rh-meta">{text ? sizeText(text.bytes) : ""}</span>
        <span className="flex-1" />
        <IconButton icon="copy" label="Copy the document" quiet onClick={() => copy("shell")} />
        {editable ? (
          <IconButton
            icon="edit"
            label="Edit the document"
            quiet
            disabledReason={menu.locked ?? undefined}
            onClick={() => menu.editText(row)}
          />
        ) : null}
      </header>
      {begun ? (
        <pre className="rh-selectable">
          <Coloured text={begun.text} />
        </pre>
      ) : (
        <div className="doc-block-wait">
          <Skeleton width="70%" />
        </div>
      )}
      {begun?.cut || text?.cut ? (
        <Button dense variant="ghost" onClick={onWhole}>
          Open the whole document{text ? `, ${sizeText(text.bytes)}` : ""}
        </Button>
      ) : null}
    </article>
  );
}

/** The whole text of one document. Lines are drawn as they come into sight. */
function WholeDocument({
  holdId,
  row,
  style,
  onClose,
}: {
  holdId: string;
  row: number;
  style: DocumentStyle;
  onClose: () => void;
}) {
  const [read, setRead] = useState<{ readonly text: string } | { readonly failure: AppError } | null>(null);
  useEffect(() => {
    let alive = true;
    host()
      .holdDocument(holdId, row, style)
      .then((text) => alive && setRead({ text }))
      .catch((thrown: unknown) => alive && setRead({ failure: failureOf(thrown) }));
    return () => {
      alive = false;
    };
  }, [holdId, row, style]);
  const text = read && "text" in read ? read.text : "";
  const lines = text.length > WHOLE ? text.slice(0, WHOLE).split("\n") : text.split("\n");
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: read && "text" in read ? lines.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => 18,
    overscan: 30,
    initialRect: { width: 800, height: 600 },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      width={960}
      title={`Document ${(row + 1).toLocaleString("en-US")}`}
      description={text ? `${text.length.toLocaleString("en-US")} characters` : undefined}
      footer={
        <>
          <Button
            icon="copy"
            onClick={() => void copyText(text)}
            disabledReason={text ? undefined : "it is being read"}
          >
            Copy
          </Button>
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Close
          </Button>
        </>
      }
    >
      {read === null ? <Spinner label="Reading the document" /> : null}
      {read && "failure" in read ? <p className="rh-tone-danger">{read.failure.message}</p> : null}
      {text.length > WHOLE ? (
        <p className="rh-meta">The first {WHOLE.toLocaleString("en-US")} characters. Copy takes all of them.</p>
      ) : null}
      <div
        ref={scroller}
        className="doc-whole rh-scroll rh-selectable"
        tabIndex={0}
        role="region"
        aria-label="Whole document"
      >
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <pre key={index} style={{ top: start }}>
              <Coloured text={(lines[index] ?? "").slice(0, 5_000)} />
            </pre>
          ))}
        </div>
      </div>
    </Dialog>
  );
}

export interface DocumentTextsProps {
  holdId: string;
  rows: number;
  onMore?: (() => void) | undefined;
  style: DocumentStyle;
  onStyle: (style: DocumentStyle) => void;
  actions: TreeActions;
}

/** Documents one below the other as texts; long ones begin here and are opened whole. */
export function DocumentTexts({ holdId, rows, onMore, style, onStyle, actions }: DocumentTextsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [whole, setWhole] = useState<number | null>(null);
  const { texts, failure, want, retry } = useTexts(holdId, style);
  const count = Math.min(rows, MOST);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => 240,
    overscan: 3,
    getItemKey: (index) => `${holdId}/${style}/${index}`,
    initialRect: { width: 900, height: 800 },
  });
  const shown = virtual.getVirtualItems();
  const firstShown = shown[0]?.index ?? 0;
  const lastShown = shown.at(-1)?.index ?? -1;
  const asks = useRef({ want, onMore });
  asks.current = { want, onMore };
  useEffect(() => {
    for (let row = firstShown; row <= lastShown; row += 1) asks.current.want(row);
    if (lastShown >= rows - 2) asks.current.onMore?.();
  }, [firstShown, lastShown, rows, holdId, style, texts, failure]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return;
    if (event.key === "Home") virtual.scrollToIndex(0);
    else if (event.key === "End") virtual.scrollToIndex(count - 1);
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    if (failure) toast({ tone: "danger", title: failure.message, ...(failure.hint ? { detail: failure.hint } : {}) });
  }, [failure]);
  return (
    <div className="doc-texts">
      <div className="doc-texts-bar">
        <Segmented label="How documents are written" dense value={style} onChange={onStyle} options={STYLES} />
        {rows > MOST ? (
          <span className="rh-meta">
            The first {MOST.toLocaleString("en-US")} documents. The tree shows all of them.
          </span>
        ) : null}
        {failure ? (
          <>
            <span className="rh-meta rh-tone-danger">{failure.message}</span>
            <Button dense onClick={retry}>
              Try again
            </Button>
          </>
        ) : null}
      </div>
      <div
        ref={scroller}
        role="region"
        aria-label="Documents as text"
        tabIndex={0}
        data-focus-first
        className="doc-blocks rh-scroll"
        onKeyDown={onKeyDown}
      >
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {shown.map(({ index, start, key }) => (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className="doc-block-place"
              style={{ top: start }}
            >
              <Block row={index} text={texts.get(index)} onWhole={() => setWhole(index)} menu={actions} />
            </div>
          ))}
        </div>
      </div>
      {whole === null ? null : (
        <WholeDocument holdId={holdId} row={whole} style={style} onClose={() => setWhole(null)} />
      )}
    </div>
  );
}
