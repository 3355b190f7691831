import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { Badge, Banner, Button, copyText, Dialog, EmptyState, Icon, Progress, Skeleton, tip, toast } from "@/design";
import type { ResultHead } from "@/ipc";
import { formatCount } from "../format";
import { useProfile } from "./asking";
import {
  distinctText,
  METHOD,
  meanText,
  outlierCount,
  type ProfileRow,
  type ProfileSort,
  pairNames,
  profileText,
  share,
  sortedProfile,
} from "./facts";
import { Spark } from "./Histogram";
import "./statistics.css";

const ROW = 32;
/** Pairs that are named. */
const PAIRS = 6;

const HEADS: readonly { readonly sort: ProfileSort | null; readonly label: string; readonly number?: boolean }[] = [
  { sort: "name", label: "Column" },
  { sort: "type", label: "Type" },
  { sort: "nulls", label: "NULLs", number: true },
  { sort: "distinct", label: "Distinct", number: true },
  { sort: "least", label: "Least" },
  { sort: "greatest", label: "Greatest" },
  { sort: "mean", label: "Mean", number: true },
  { sort: null, label: "Spread" },
  { sort: "outliers", label: "Outliers", number: true },
  { sort: "key", label: "Key" },
];

export interface ProfileSheetProps {
  head: ResultHead;
  /** The hold that is on show: that of the head, or a view of it. */
  holdId: string;
  /** Rows it has. */
  rows: number;
  /** Changes of these rows are staged: they are not counted. */
  staged?: boolean;
  onClose: () => void;
  onColumn: (column: number) => void;
  /** Goes to a cell; the row is the hold's. */
  onCell: (row: number, column: number) => void;
}

/** Every column of a result, one line each: what its values are, what lies far off, what may be a key. */
export function ProfileSheet({ head, holdId, rows, staged = false, onClose, onColumn, onCell }: ProfileSheetProps) {
  const { profile, stop, goOn } = useProfile(head, holdId, rows);
  const [order, setOrder] = useState<{ sort: ProfileSort; descending: boolean }>({ sort: "place", descending: false });
  const shown = useMemo(
    () => sortedProfile(profile.rows, order.sort, order.descending),
    [profile.rows, order.sort, order.descending],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    getItemKey: (index) => shown[index]?.place ?? index,
  });
  const columns = head.columns.length;
  const partial = profile.rows.find(({ facts }) => facts?.partial)?.facts?.partial ?? null;
  const known = profile.rows.find(({ facts }) => facts)?.facts;
  const keys = profile.rows.filter(({ facts }) => facts?.unique);
  const pairs = profile.pairs ? pairNames(profile.pairs, head.columns) : [];
  const of = partial ?? (known ? `${formatCount(known.rows)} rows` : `${formatCount(rows)} rows`);
  const whole = profile.done === columns;
  const copy = (format: "markdown" | "tsv") =>
    void copyText(profileText(shown, format, `Of the ${of}. Outliers by ${METHOD}`)).then((done) =>
      toast(
        done
          ? { title: `Copied ${formatCount(columns)} columns`, tone: "ok" }
          : { title: "The clipboard was refused", tone: "danger" },
      ),
    );
  /** One way, the other way, then as the result has them. */
  const sortBy = (sort: ProfileSort) =>
    setOrder((now) => {
      const first = !["name", "type", "least"].includes(sort);
      if (now.sort !== sort) return { sort, descending: first };
      return now.descending === first ? { sort, descending: !first } : { sort: "place", descending: false };
    });
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    // The lines are in tab order; arrows go from one to the next as in a list.
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const line = step ? (event.target as HTMLElement).closest("[data-index]") : null;
    if (!line) return;
    const next = Number(line.getAttribute("data-index")) + step;
    event.preventDefault();
    virtual.scrollToIndex(Math.max(0, Math.min(shown.length - 1, next)));
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] button`)?.focus());
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Profile of ${head.title || "this result"}`}
      description={`${formatCount(columns)} columns, of the ${of}`}
      width={1180}
      footer={
        <>
          <Button
            disabledReason={profile.done === 0 ? "nothing is known yet" : undefined}
            onClick={() => copy("markdown")}
          >
            Copy as Markdown
          </Button>
          <Button disabledReason={profile.done === 0 ? "nothing is known yet" : undefined} onClick={() => copy("tsv")}>
            Copy as TSV
          </Button>
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Close
          </Button>
        </>
      }
    >
      <div className="stat-sheet" data-profile>
        {profile.failure ? (
          <Banner
            tone="danger"
            detail={profile.failure.hint}
            actions={
              <Button dense onClick={goOn}>
                Try again
              </Button>
            }
          >
            {profile.failure.message}
          </Banner>
        ) : !whole || profile.busy ? (
          <div className="flex items-center gap-3" role="status">
            <Progress label="Looking at the columns" value={columns ? profile.done / columns : 1} width={180} />
            <span className="rh-meta">
              {formatCount(profile.done)} of {formatCount(columns)} columns
            </span>
            {profile.busy ? (
              <Button dense icon="stop" onClick={stop}>
                Stop
              </Button>
            ) : (
              <Button dense onClick={goOn}>
                Go on
              </Button>
            )}
          </div>
        ) : null}
        {columns === 0 ? (
          <EmptyState icon="columns" title="No columns">
            This result has none.
          </EmptyState>
        ) : (
          <div ref={scroller} className="stat-sheet-rows rh-scroll" onKeyDown={onKeyDown}>
            <div className="stat-sheet-table" role="table" aria-label="Columns" aria-rowcount={shown.length + 1}>
              <div className="stat-row stat-row-head" role="row" tabIndex={-1}>
                {HEADS.map(({ sort, label, number }) => (
                  <div
                    key={label}
                    role="columnheader"
                    tabIndex={-1}
                    className={number ? "stat-num" : undefined}
                    aria-sort={order.sort === sort ? (order.descending ? "descending" : "ascending") : "none"}
                  >
                    {sort ? (
                      <button type="button" onClick={() => sortBy(sort)} {...tip(`Sort by ${label.toLowerCase()}`)}>
                        {label}
                        {order.sort === sort ? (
                          <Icon name={order.descending ? "arrow-down" : "arrow-up"} size={12} />
                        ) : null}
                      </button>
                    ) : (
                      label
                    )}
                  </div>
                ))}
              </div>
              <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
                {virtual.getVirtualItems().map((item) => {
                  const row = shown[item.index];
                  return row ? (
                    <Line
                      key={item.key}
                      row={row}
                      index={item.index}
                      top={item.start}
                      onColumn={onColumn}
                      onCell={onCell}
                    />
                  ) : null;
                })}
              </div>
            </div>
          </div>
        )}
        <div className="stat-sheet-foot rh-meta">
          {whole && known && known.rows > 0 ? (
            <span>
              {keys.length > 0
                ? `Candidates for a key: ${named(keys.map(({ column }) => column.name))}.`
                : pairs.length > 0
                  ? `No column alone tells rows apart; together do ${named(pairs)}.`
                  : profile.busy
                    ? "Trying pairs of columns…"
                    : "No column tells every row apart."}
              {profile.pairs?.bound ? ` ${profile.pairs.bound}` : ""}
              {partial && (keys.length > 0 || pairs.length > 0) ? " Among these rows only." : ""}
            </span>
          ) : null}
          {staged ? <span>Changes that are not saved yet are not counted.</span> : null}
          <span>{METHOD}</span>
        </div>
      </div>
    </Dialog>
  );
}

function named(names: readonly string[]): string {
  const first = names.slice(0, PAIRS).join(", ");
  return names.length > PAIRS ? `${first} and ${formatCount(names.length - PAIRS)} more` : first;
}

function Line({
  row,
  index,
  top,
  onColumn,
  onCell,
}: {
  row: ProfileRow;
  index: number;
  top: number;
  onColumn: (column: number) => void;
  onCell: (row: number, column: number) => void;
}) {
  const { column, facts, place } = row;
  const farthest = facts?.outliers?.farthest[0];
  const text = (value: string | null) => (
    <span className="rh-mono rh-truncate rh-selectable" {...tip(value || undefined)}>
      {value === "" ? <em className="rh-meta">empty</em> : value}
    </span>
  );
  return (
    <div
      className="stat-row stat-row-line"
      role="row"
      tabIndex={-1}
      data-index={index}
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${top}px)` }}
    >
      <Cell>
        <button type="button" className="stat-link" onClick={() => onColumn(place)} {...tip(`Go to ${column.name}`)}>
          <span className="rh-truncate">{column.name}</span>
        </button>
      </Cell>
      <Cell>
        <span className="rh-meta rh-mono rh-truncate" {...tip(column.native_type || undefined)}>
          {column.native_type}
        </span>
      </Cell>
      {facts ? (
        <>
          <Cell number>
            <span {...tip(`${formatCount(facts.nulls)} of ${formatCount(facts.rows)} rows are NULL`)}>
              {share(facts.nulls, facts.rows)}
            </span>
          </Cell>
          <Cell number>
            <span className="rh-truncate" {...tip(distinctText(facts))}>
              {facts.distinct_exact ? formatCount(facts.distinct) : `≥ ${formatCount(facts.distinct)}`}
            </span>
          </Cell>
          <Cell>{text(facts.least)}</Cell>
          <Cell>{text(facts.greatest)}</Cell>
          <Cell number>{text(meanText(facts))}</Cell>
          <Cell>
            <Spark facts={facts} />
          </Cell>
          <Cell number>
            {farthest ? (
              <button
                type="button"
                className="stat-link"
                onClick={() => onCell(farthest.row, place)}
                {...tip(`Go to the farthest, ${farthest.text} in row ${formatCount(farthest.row + 1)}`)}
              >
                {formatCount(outlierCount(facts))}
              </button>
            ) : facts.outliers ? (
              "0"
            ) : null}
          </Cell>
          <Cell>
            {facts.unique ? (
              <Badge tone="ok" icon="key" tooltip="Every row has a value, and no two have the same.">
                unique
              </Badge>
            ) : null}
          </Cell>
        </>
      ) : (
        <Cell>
          <Skeleton width={60} />
        </Cell>
      )}
    </div>
  );
}

function Cell({ number, children }: { number?: boolean; children?: ReactNode }) {
  return (
    <div role="cell" tabIndex={-1} className={number ? "stat-num" : undefined}>
      {children}
    </div>
  );
}
