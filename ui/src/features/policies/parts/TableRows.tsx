/** The tables and how they stand; one of them unfolded. Walked by arrows, unfolded by Enter. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Badge, Icon, type IconName, type MenuItem, number, openContextMenu, plural, Skeleton, tip } from "@/design";
import type { ObjectIcon, PolicyOn, PolicyTableRow } from "@/ipc";
import { sameTable, tableWords } from "../drafts";
import { COMMANDS, LEVELS, STATES } from "../model";

const ICONS: Partial<Record<ObjectIcon, IconName>> = {
  partitioned_table: "rows",
  partition: "rows",
  foreign_table: "link",
};
const ROW = 32;
const UNFOLDED = 420;

export interface TableRowsProps {
  total: number;
  at: (index: number) => PolicyTableRow | undefined;
  /** Whether findings are counted: the rules of a large database take a while. */
  judged: boolean;
  /** Which rows are in sight. */
  onSight: (first: number, last: number) => void;
  open: PolicyOn | null;
  onOpen: (on: PolicyOn | null) => void;
  detail: (row: PolicyTableRow) => ReactNode;
  menu: (row: PolicyTableRow) => readonly MenuItem[];
  /** The rows say how far this role gets, instead of which commands have a policy. */
  role: string | null;
  /** Schemas stand before the names. */
  schemas: boolean;
}

/** Where a policy that is dragged would be copied to. */
export const DROP = "data-policy-drop";

function Commands({ row, role }: { row: PolicyTableRow; role: string | null }) {
  const { access } = row;
  if (role !== null && access) {
    return (
      <span className="pol-letters">
        {COMMANDS.map(({ value, letter, word }) => (
          <i key={value} data-level={access[value]} {...tip(`${role}: ${word}, ${LEVELS[access[value]].word}`)}>
            <span aria-hidden="true">{letter}</span>
            <span className="rh-visually-hidden">
              {word} {LEVELS[access[value]].word}
            </span>
          </i>
        ))}
      </span>
    );
  }
  const covered = COMMANDS.filter(({ value }) => row.commands.includes(value) || row.commands.includes("all"));
  const words =
    covered.length === 0 ? "No command has a policy" : `With a policy: ${covered.map(({ word }) => word).join(", ")}`;
  return (
    <span className="pol-letters" {...tip(words)}>
      <span className="rh-visually-hidden">{words}</span>
      {COMMANDS.map(({ value, letter }) => (
        <i key={value} aria-hidden="true" data-on={covered.some((each) => each.value === value) || undefined}>
          {letter}
        </i>
      ))}
    </span>
  );
}

function Findings({ row, judged }: { row: PolicyTableRow; judged: boolean }) {
  const { errors, warnings, infos, finding } = row;
  if (!judged) return <span className="text-ink-3">checking…</span>;
  if (errors + warnings + infos === 0) return <span className="text-ink-3">none</span>;
  return (
    <>
      {errors > 0 ? (
        <Badge tone="danger" icon="error">
          {plural(errors, "error")}
        </Badge>
      ) : null}
      {warnings > 0 ? (
        <Badge tone="warn" icon="warning">
          {plural(warnings, "warning")}
        </Badge>
      ) : null}
      {errors + warnings === 0 ? (
        <Badge tone="info" icon="info">
          {plural(infos, "note")}
        </Badge>
      ) : null}
      <span className="rh-meta rh-truncate pol-wide" title={finding ?? undefined}>
        {finding}
      </span>
    </>
  );
}

export function TableRows(props: TableRowsProps) {
  const { total, at, judged, onSight, open, onOpen, detail, menu, role, schemas } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const row = at(index);
      return row && open && sameTable(row.on, open) ? ROW + UNFOLDED : ROW;
    },
    overscan: 8,
    scrollPaddingStart: 28,
  });
  const shown = virtual.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? 0;
  const sight = useRef(onSight);
  sight.current = onSight;
  useEffect(() => sight.current(first, last), [first, last]);
  const opened = open === null ? null : tableWords(open);
  // Sizes are of the table that was unfolded before.
  useEffect(() => {
    if (opened !== undefined) virtual.measure();
  }, [opened, virtual]);

  // The keyboard goes along as soon as the row is drawn.
  const goes = useRef<number | null>(null);
  useEffect(() => {
    if (goes.current === null) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${goes.current}"]`);
    if (!row) return;
    goes.current = null;
    row.focus({ preventScroll: true });
  });
  const go = (index: number) => {
    const to = Math.max(0, Math.min(index, total - 1));
    setActive(to);
    virtual.scrollToIndex(to);
    goes.current = to;
  };
  const onKey = (event: KeyboardEvent<HTMLElement>, index: number, row: PolicyTableRow | undefined) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const unfolded = row !== undefined && open !== null && sameTable(row.on, open);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 2);
    if (event.key === "ArrowDown") go(index + 1);
    else if (event.key === "ArrowUp") go(index - 1);
    else if (event.key === "PageDown") go(index + page);
    else if (event.key === "PageUp") go(index - page);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(total - 1);
    else if (event.key === "Enter" || event.key === " ") row && onOpen(unfolded ? null : row.on);
    else if (event.key === "ArrowRight") row && !unfolded && onOpen(row.on);
    else if (event.key === "ArrowLeft") unfolded && onOpen(null);
    else if ((event.key === "F10" && event.shiftKey) || event.key === "ContextMenu") {
      const target = event.currentTarget;
      if (row)
        openContextMenu(
          { clientX: 0, clientY: 0, preventDefault: () => {}, stopPropagation: () => {}, target },
          menu(row),
        );
    } else return;
    event.preventDefault();
  };
  const onMenu = (event: MouseEvent<HTMLElement>, index: number, row: PolicyTableRow) => {
    setActive(index);
    openContextMenu(event, menu(row));
  };
  return (
    <div className="pol-list">
      <div className="rh-scroll pol-rows" ref={scroller} role="treegrid" aria-label="Tables" aria-rowcount={total + 1}>
        <div className="pol-row pol-row-head" role="row" aria-rowindex={1}>
          <span role="presentation" />
          <span role="columnheader">Table</span>
          <span role="columnheader">Row security</span>
          <span role="columnheader">Policies</span>
          <span role="columnheader">{role === null ? "Commands" : "Reaches"}</span>
          <span role="columnheader">Findings</span>
        </div>
        <div className="rh-virtual" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {shown.map(({ index, start, key }) => {
            const row = at(index);
            const unfolded = row !== undefined && open !== null && sameTable(row.on, open);
            const state = row ? STATES[row.state] : null;
            return (
              <div
                key={key}
                role="presentation"
                className="pol-item"
                style={{ top: start }}
                data-index={index}
                ref={unfolded ? virtual.measureElement : undefined}
              >
                <div
                  role="row"
                  aria-rowindex={index + 2}
                  aria-expanded={row ? unfolded : undefined}
                  aria-label={row ? `${tableWords(row.on)}, row security ${state?.word}` : "Being read"}
                  tabIndex={index === active ? 0 : -1}
                  data-row={index}
                  {...(row && index === active ? { "data-focus-first": "" } : {})}
                  {...(row ? { [DROP]: JSON.stringify(row.on) } : {})}
                  className="pol-row"
                  data-open={unfolded || undefined}
                  onFocus={() => setActive(index)}
                  onClick={() => row && onOpen(unfolded ? null : row.on)}
                  onKeyDown={(event) => onKey(event, index, row)}
                  onContextMenu={(event) => row && onMenu(event, index, row)}
                >
                  {row && state ? (
                    <>
                      <span role="presentation">
                        <Icon name={unfolded ? "chevron-down" : "chevron-right"} size={12} className="text-ink-3" />
                      </span>
                      <span role="gridcell" className="gap-2">
                        <Icon name={ICONS[row.icon] ?? "table"} size={14} className="text-ink-3 flex-none" />
                        <span className="rh-truncate" title={tableWords(row.on)}>
                          {schemas ? <span className="text-ink-3">{row.on.schema}.</span> : null}
                          <span className="font-[500]">{row.on.table}</span>
                        </span>
                        {row.staged > 0 ? <Badge tone="accent">{plural(row.staged, "draft")}</Badge> : null}
                        {row.partition_of ? (
                          <span className="rh-meta flex-none" title={`A partition of ${tableWords(row.partition_of)}`}>
                            partition
                          </span>
                        ) : null}
                      </span>
                      <span role="gridcell">
                        <span className="pol-state" data-tone={state.tone} {...tip(state.says)}>
                          <Icon name={state.icon} size={14} />
                          {row.words}
                        </span>
                      </span>
                      <span role="gridcell" className="tabular-nums">
                        {number(row.policies)}
                      </span>
                      <span role="gridcell">
                        <Commands row={row} role={role} />
                      </span>
                      <span role="gridcell" className="gap-2">
                        <Findings row={row} judged={judged} />
                      </span>
                    </>
                  ) : (
                    <>
                      <span role="presentation" />
                      <span role="gridcell">
                        <Skeleton width={90 + ((index * 37) % 80)} />
                      </span>
                    </>
                  )}
                </div>
                {row && unfolded ? (
                  <div role="row" className="pol-detail-row">
                    <div role="gridcell" className="min-w-0">
                      {detail(row)}
                    </div>
                  </div>
                ) : null}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
