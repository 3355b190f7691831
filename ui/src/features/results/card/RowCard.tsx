import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import {
  announce,
  Banner,
  Button,
  EmptyState,
  IconButton,
  Menu,
  type MenuItem,
  SearchField,
  Segmented,
  Spinner,
  toast,
} from "@/design";
import { type AppError, failureOf, host, type ResultHead } from "@/ipc";
import { AsideHead } from "../aside/AsideHead";
import { copyCell } from "../copying";
import { cellRefusal } from "../editing/editability";
import type { Staged } from "../editing/model";
import type { EditedSource } from "../editing/source";
import { formatCount } from "../format";
import type { Box, CellPlace } from "../grid";
import type { CellLinks } from "../links";
import { layoutJson } from "../viewing";
import { LongText } from "./LongText";
import { RowField } from "./RowField";
import { type RowValue, rowJson, shownValues, storedValues, wholeText } from "./values";
import "./card.css";

export type CardView = "fields" | "json";

export interface RowCardProps {
  head: ResultHead;
  source: EditedSource;
  /** The row's place on screen. */
  row: number;
  /** The column the cursor is in. */
  at: number | undefined;
  /** Source columns in the order of the grid, also those that are hidden. */
  order: readonly number[];
  hidden: ReadonlySet<number>;
  staged: Staged | null;
  links: CellLinks | undefined;
  view: CardView;
  keys: Partial<Record<"next" | "previous", string | undefined>>;
  onView: (view: CardView) => void;
  onStep: (by: number) => void;
  /** A column was chosen here: the cursor goes there too. */
  onColumn: (column: number) => void;
  /** Opens a cell: its editor where it takes a value. */
  onCell: (column: number) => void;
  onCompare: () => void;
  onClose: () => void;
}

/** What a rectangle on the screen is, for what opens beside it. */
function boxOf(node: Element): Box {
  const { left, top, width, height } = node.getBoundingClientRect();
  return { left, top, width, height };
}

/** The row of the active cell: every column with its value in full, whatever the grid has in sight. */
export function RowCard(props: RowCardProps) {
  const { head, source, row, order, hidden, staged, links, view, keys, onView, onStep, onCell, onCompare, onClose } =
    props;
  const { at: cursor, onColumn } = props;
  const [sought, setSought] = useState("");
  const [at, setAt] = useState(0);
  const [menu, setMenu] = useState<Element | null>(null);
  const [read, setRead] = useState<{ key: string; values: readonly RowValue[] } | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  // What is staged changes what is shown without another row being read.
  const [, setTick] = useState(0);
  useEffect(() => source.subscribe(() => setTick((tick) => tick + 1)), [source]);
  const stored = source.stored(row);
  const key = stored ? `${stored.holdId}/${stored.row}` : "";
  const { holdId, row: storedRow } = stored ?? { holdId: "", row: -1 };
  useEffect(() => {
    setFailure(null);
    if (!holdId) return;
    let alive = true;
    // Keys held down pass many rows: only the one that stays is read.
    const timer = window.setTimeout(() => {
      storedValues(head, { holdId, row: storedRow })
        .then((values) => alive && setRead({ key: `${holdId}/${storedRow}`, values }))
        .catch((thrown: unknown) => alive && setFailure(failureOf(thrown)));
    }, 30);
    return () => {
      alive = false;
      window.clearTimeout(timer);
    };
  }, [head, holdId, storedRow]);

  const values =
    stored && read?.key !== key ? null : shownValues(head, source, row, stored ? (read?.values ?? null) : null);
  const words = sought.trim().toLowerCase();
  const columns = useMemo(
    () => (words ? order.filter((column) => head.columns[column]?.name.toLowerCase().includes(words)) : order),
    [order, words, head],
  );
  const overlay = source.overlayAt(row);
  const place = source.at(row);
  const held = place?.kind === "held" ? place.row : undefined;
  const name = overlay?.row.name ?? (held === undefined ? "a new row" : `row ${(held + 1).toLocaleString("en-US")}`);

  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtual = useVirtualizer({
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 56,
    overscan: 8,
    getItemKey: (index) => columns[index] ?? index,
  });
  const active = Math.min(at, columns.length - 1);
  const go = (to: number) => {
    const next = Math.max(0, Math.min(columns.length - 1, to));
    setAt(next);
    virtual.scrollToIndex(next);
    const column = columns[next];
    if (column !== undefined) onColumn(column);
  };
  // The cursor moved in the grid: its column is the one looked at here too.
  const follow = useRef({ columns, virtual });
  follow.current = { columns, virtual };
  useEffect(() => {
    const index = cursor === undefined ? -1 : follow.current.columns.indexOf(cursor);
    if (index < 0) return;
    setAt(index);
    follow.current.virtual.scrollToIndex(index);
  }, [cursor]);
  const copyValue = (column: number) => {
    const value = values?.[column];
    if (!value) return;
    if (stored && !overlay?.cells.has(column)) void copyCell({ ...head, hold_id: holdId }, storedRow, column);
    else
      void host()
        .writeClipboard(value.cell.class === "null" || value.cell.class === "default" ? "" : value.text)
        .then(() => announce("Copied"));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const column = columns[active];
    const mod = event.ctrlKey || event.metaKey;
    if (event.key === "ArrowDown" && !event.altKey) go(active + 1);
    else if (event.key === "ArrowUp" && !event.altKey) go(active - 1);
    else if (event.key === "PageDown" && !event.altKey && !mod) go(active + 8);
    else if (event.key === "PageUp" && !event.altKey && !mod) go(active - 8);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(columns.length - 1);
    else if (event.key === " ")
      // Unfolds a value that is cut, or lays JSON out.
      document.getElementById(`${id}-${active}`)?.querySelector<HTMLElement>("[data-unfolds]")?.click();
    else if ((event.key === "Enter" || event.key === "F2") && !mod && column !== undefined) onCell(column);
    else if (mod && event.key.toLowerCase() === "c" && !event.shiftKey && column !== undefined) {
      // A part of a text that is marked is copied by the platform.
      if (window.getSelection()?.isCollapsed === false) return;
      copyValue(column);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const linked = (column: number): CellPlace | undefined =>
    held !== undefined && values?.[column]?.cell.mark === undefined ? { row: held, column } : undefined;

  const items: readonly MenuItem[] = [
    {
      label: "Copy the row as JSON",
      icon: "json",
      ...(stored ? {} : { disabledReason: "a new row is not stored yet" }),
      onSelect: () => {
        if (!stored) return;
        rowJson(stored, order)
          .then((text) => host().writeClipboard(text))
          .then(() => announce("Copied the row as JSON"))
          .catch((thrown: unknown) => toast({ title: failureOf(thrown).message, tone: "danger" }));
      },
    },
    { label: "Compare this row with others", icon: "columns", onSelect: onCompare },
  ];

  return (
    <section className="flex flex-col h-full min-h-0 bg-surface-1 outline-none" aria-label={`Row card: ${name}`}>
      <AsideHead
        icon="rows"
        title={name.charAt(0).toUpperCase() + name.slice(1)}
        meta={`${formatCount(head.columns.length)} columns`}
        closes="Close the row card"
        onClose={onClose}
        end={
          <>
            <IconButton
              icon="chevron-up"
              label="Previous row"
              quiet
              {...(keys.previous ? { keys: keys.previous } : {})}
              onClick={() => onStep(-1)}
            />
            <IconButton
              icon="chevron-down"
              label="Next row"
              quiet
              {...(keys.next ? { keys: keys.next } : {})}
              onClick={() => onStep(1)}
            />
            <IconButton icon="more" label="More for this row" quiet onClick={(event) => setMenu(event.currentTarget)} />
          </>
        }
      />
      <div className="flex items-center gap-2 px-3 py-2 border-b border-line">
        <Segmented<CardView>
          dense
          label="Show the row as"
          value={view}
          onChange={onView}
          options={[
            { value: "fields", label: "Fields" },
            { value: "json", label: "JSON" },
          ]}
        />
        <div className="flex-1 min-w-0">
          {view === "fields" ? (
            <SearchField label="Filter by column name" placeholder="Column" value={sought} onChange={setSought} />
          ) : null}
        </div>
      </div>
      {failure ? (
        <Banner tone="danger" edge detail={failure.hint}>
          {failure.message}
        </Banner>
      ) : null}
      {!place ? (
        <EmptyState icon="rows" title="This row is no longer among the rows" />
      ) : view === "json" ? (
        <RowJson key={`${key}/${order.length}`} stored={stored} order={order} touched={overlay !== undefined} />
      ) : !values ? (
        failure ? null : (
          <div className="p-3">
            <Spinner label="Reading the row" />
          </div>
        )
      ) : columns.length === 0 ? (
        <EmptyState icon="columns" title="No column is called so" />
      ) : (
        <div
          ref={scroller}
          className="rh-card-list rh-scroll"
          role="listbox"
          aria-label={`Columns of ${name}`}
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          tabIndex={0}
          onKeyDown={onKeyDown}
        >
          <div role="presentation" className="relative w-full" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start, key: item }) => {
              const column = columns[index] ?? 0;
              const described = head.columns[column];
              const value = values[column];
              if (!described || !value) return null;
              const link = linked(column);
              return (
                <div
                  key={item}
                  id={`${id}-${index}`}
                  ref={virtual.measureElement}
                  data-index={index}
                  role="option"
                  aria-selected={index === active}
                  aria-posinset={index + 1}
                  aria-setsize={columns.length}
                  className="rh-card-row"
                  style={{ transform: `translateY(${start}px)` }}
                  onPointerDown={() => {
                    setAt(index);
                    onColumn(column);
                  }}
                  onDoubleClick={() => onCell(column)}
                >
                  <RowField
                    key={key}
                    column={described}
                    value={value}
                    selected={index === active}
                    hidden={hidden.has(column)}
                    leads={link && links?.leads(head, link, value.cell)}
                    refused={cellRefusal(staged, overlay, column)}
                    whole={() => (stored ? wholeText(stored, column) : Promise.resolve(value.text))}
                    onOpen={() => onCell(column)}
                    onCopy={() => copyValue(column)}
                    onFollow={(anchor) => link && links?.follow(head, link, boxOf(anchor))}
                  />
                </div>
              );
            })}
          </div>
        </div>
      )}
      {menu ? (
        <Menu open onClose={() => setMenu(null)} anchor={menu} label="This row" items={items} align="end" />
      ) : null}
    </section>
  );
}

/** A row as JSON, to the letter as a copy of it. */
function RowJson({
  stored,
  order,
  touched,
}: {
  stored: { readonly holdId: string; readonly row: number } | undefined;
  order: readonly number[];
  touched: boolean;
}) {
  const [text, setText] = useState<string | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const holdId = stored?.holdId;
  const row = stored?.row;
  const columns = useRef(order);
  columns.current = order;
  useEffect(() => {
    if (holdId === undefined || row === undefined) return;
    let alive = true;
    rowJson({ holdId, row }, columns.current)
      .then((json) => alive && setText(json))
      .catch((thrown: unknown) => alive && setFailure(failureOf(thrown)));
    return () => {
      alive = false;
    };
  }, [holdId, row]);
  const laidOut = useMemo(() => (text === null ? null : (layoutJson(text) ?? text)), [text]);
  if (!stored)
    return (
      <EmptyState icon="json" title="Nothing is stored yet">
        A new row has no values of its own before it is saved.
      </EmptyState>
    );
  if (failure)
    return (
      <Banner tone="danger" edge detail={failure.hint}>
        {failure.message}
      </Banner>
    );
  if (laidOut === null)
    return (
      <div className="p-3">
        <Spinner label="Reading the row" />
      </div>
    );
  return (
    <>
      {touched ? (
        <p className="rh-meta px-3 py-1 m-0 border-b border-line">
          As it is stored: changes that are not saved are left out.
        </p>
      ) : null}
      <div className="flex-1 min-h-0 overflow-auto rh-scroll px-3 py-2">
        <LongText className="rh-mono rh-selectable text-data m-0 whitespace-pre-wrap break-words" text={laidOut} />
      </div>
      <div className="flex items-center gap-2 px-3 py-2 border-t border-line">
        <Button
          dense
          icon="copy"
          onClick={() =>
            void host()
              .writeClipboard(text ?? "")
              .then(() => announce("Copied the row as JSON"))
          }
        >
          Copy
        </Button>
      </div>
    </>
  );
}
