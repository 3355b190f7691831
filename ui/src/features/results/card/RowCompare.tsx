import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { announce, Badge, Banner, Button, EmptyState, Icon, IconButton, Menu, Spinner, Switch } from "@/design";
import { type AppError, failureOf, host, type ResultHead } from "@/ipc";
import { AsideHead } from "../aside/AsideHead";
import type { EditedSource } from "../editing/source";
import {
  type ComparedRow,
  comparisonText,
  differenceOf,
  differsFrom,
  MOST_ROWS,
  readRows,
  shownFrom,
} from "./comparing";
import type { RowValue } from "./values";
import "./card.css";

/** Pixels of a column's name, and the least of a row's values. */
export const NAME = 112;
export const VALUE = 128;
const SHOWN = 2_000;

export interface RowCompareProps {
  head: ResultHead;
  source: EditedSource;
  rows: readonly number[];
  order: readonly number[];
  /** Adds the row of the cursor. */
  onAdd: () => void;
  onRemove: (screen: number) => void;
  onGo: (screen: number) => void;
  onClose: () => void;
}

/** Rows beside each other: columns down, rows across, with a sign where they differ. */
export function RowCompare({ head, source, rows, order, onAdd, onRemove, onGo, onClose }: RowCompareProps) {
  const [read, setRead] = useState<readonly ComparedRow[] | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [only, setOnly] = useState(false);
  const [menu, setMenu] = useState<Element | null>(null);
  const [tick, setTick] = useState(0);
  useEffect(() => {
    // What is staged meanwhile is compared too, once it rests.
    let timer = 0;
    const stop = source.subscribe(() => {
      window.clearTimeout(timer);
      if (rows.some((row) => source.overlayAt(row))) timer = window.setTimeout(() => setTick((now) => now + 1), 200);
    });
    return () => {
      window.clearTimeout(timer);
      stop();
    };
  }, [source, rows]);
  useEffect(() => {
    let alive = true;
    setFailure(null);
    readRows(head, source, rows)
      .then((answer) => alive && setRead(answer))
      .catch((thrown: unknown) => alive && setFailure(failureOf(thrown)));
    return () => {
      alive = false;
    };
  }, [head, source, rows, tick]);

  const compared = read ?? [];
  const differences = useMemo(
    () => new Map(order.map((column) => [column, differenceOf((read ?? []).map(({ values }) => values[column]))])),
    [read, order],
  );
  const differing = order.filter((column) => differences.get(column) === "differs");
  const unsure = order.filter((column) => differences.get(column) === "unsure").length;
  const shown = only ? order.filter((column) => differences.get(column) !== "same") : order;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 30,
    overscan: 10,
    getItemKey: (index) => shown[index] ?? index,
  });
  const template = `${NAME}px repeat(${Math.max(1, compared.length)}, minmax(${VALUE}px, 1fr))`;
  const width = NAME + VALUE * Math.max(1, compared.length);
  const copy = (format: "markdown" | "tsv") =>
    void host()
      .writeClipboard(comparisonText(head.columns, shown, compared, format))
      .then(() => announce(`Copied the comparison of ${compared.length} rows`))
      .catch((thrown: unknown) => setFailure(failureOf(thrown)));
  const one = rows.length < 2;
  const count = differing.length;

  return (
    <section className="flex flex-col h-full min-h-0 bg-surface-1 outline-none" aria-label="Comparison of rows">
      <AsideHead
        icon="columns"
        title="Compare rows"
        meta={
          read && !one
            ? `${count} of ${order.length} ${order.length === 1 ? "column differs" : "columns differ"}`
            : null
        }
        closes="Close the comparison"
        onClose={onClose}
        end={
          <IconButton icon="copy" label="Copy the comparison" quiet onClick={(event) => setMenu(event.currentTarget)} />
        }
      />
      <div className="flex items-center gap-3 px-3 py-2 border-b border-line">
        <Switch checked={only} onChange={setOnly}>
          Only differences
        </Switch>
        <span className="flex-1" />
        <Button
          dense
          icon="plus"
          disabledReason={rows.length >= MOST_ROWS ? `${MOST_ROWS} rows are compared at most` : undefined}
          onClick={onAdd}
        >
          Add this row
        </Button>
      </div>
      {failure ? (
        <Banner tone="danger" edge detail={failure.hint}>
          {failure.message}
        </Banner>
      ) : null}
      {unsure > 0 ? (
        <p className="rh-meta px-3 py-1 m-0 border-b border-line" role="note">
          {unsure === 1 ? "One column is" : `${unsure} columns are`} too long to be read to the end: alike as far as
          read.
        </p>
      ) : null}
      {!read ? (
        failure ? null : (
          <div className="p-3">
            <Spinner label="Reading the rows" />
          </div>
        )
      ) : shown.length === 0 ? (
        <EmptyState icon="check" title={one ? "One row" : "The rows are the same"}>
          {one ? "Go to another row and add it." : "No column differs."}
        </EmptyState>
      ) : (
        <div
          ref={scroller}
          className="rh-compare rh-scroll"
          role="table"
          aria-label="Columns down, rows across"
          tabIndex={0}
          aria-rowcount={shown.length + 1}
        >
          <div
            role="row"
            aria-rowindex={1}
            className="rh-compare-line rh-compare-heads"
            style={{ gridTemplateColumns: template, minWidth: width }}
          >
            <span role="columnheader" className="rh-compare-name">
              Column
            </span>
            {compared.map(({ screen, name }) => (
              <span role="columnheader" key={screen} className="flex items-center gap-1">
                <Button dense variant="ghost" tooltip="Go to this row" onClick={() => onGo(screen)}>
                  {name}
                </Button>
                <span className="flex-1" />
                <IconButton icon="close" label={`Leave out ${name}`} quiet onClick={() => onRemove(screen)} />
              </span>
            ))}
          </div>
          <div role="presentation" className="relative" style={{ height: virtual.getTotalSize(), minWidth: width }}>
            {virtual.getVirtualItems().map(({ index, start, key }) => {
              const column = shown[index] ?? 0;
              const described = head.columns[column];
              const differs = differences.get(column) === "differs";
              const first = compared[0]?.values[column];
              const from = differs ? shownFrom(compared.map(({ values }) => values[column])) : 0;
              return (
                <div
                  key={key}
                  ref={virtual.measureElement}
                  data-index={index}
                  role="row"
                  aria-rowindex={index + 2}
                  className="rh-compare-line rh-card-row"
                  style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}
                >
                  <span role="rowheader" className="rh-compare-name">
                    <span className="rh-compare-sign" aria-hidden="true">
                      {differs ? "≠" : ""}
                    </span>
                    {described?.primary_key ? <Icon name="key" size={12} /> : null}
                    <span className="rh-truncate">{described?.name}</span>
                    <span className="rh-visually-hidden">{differs ? ", differs" : ""}</span>
                  </span>
                  {compared.map(({ screen, values }, place) => (
                    <span
                      role="cell"
                      key={screen}
                      className="rh-compare-value rh-selectable"
                      data-differs={(place > 0 && differsFrom(first, values[column])) || undefined}
                    >
                      {place > 0 && differsFrom(first, values[column]) ? (
                        <span className="rh-compare-sign" aria-hidden="true">
                          ≠{" "}
                        </span>
                      ) : null}
                      <Shown value={values[column]} from={from} />
                    </span>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      )}
      {menu ? (
        <Menu
          open
          onClose={() => setMenu(null)}
          anchor={menu}
          align="end"
          label="Copy the comparison"
          items={[
            { label: "Copy as Markdown", icon: "copy", onSelect: () => copy("markdown") },
            { label: "Copy as TSV", onSelect: () => copy("tsv") },
          ]}
        />
      ) : null}
    </section>
  );
}

function Shown({ value, from }: { value: RowValue | undefined; from: number }) {
  if (!value) return null;
  switch (value.cell.class) {
    case "null":
      return <Badge>NULL</Badge>;
    case "empty":
      return <span className="rh-meta">empty text</span>;
    case "default":
      return <span className="rh-meta">default</span>;
    default:
      return `${from > 0 ? "…" : ""}${value.text.slice(from, from + SHOWN)}${value.text.length > from + SHOWN ? "…" : ""}`;
  }
}
