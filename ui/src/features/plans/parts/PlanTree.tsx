/** The plan as a table of steps, indented by what works for what; any number of them. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, useEffect, useId, useMemo, useRef } from "react";
import { Icon, type MenuItem, openContextMenu } from "@/design";
import type { Plan, PlanNode } from "@/ipc";
import {
  DEEPEST,
  duration,
  grouped,
  guidesOf,
  isTimed,
  lastOnes,
  pagesText,
  rowBars,
  rowsOf,
  type Share,
  sharesOf,
} from "../model";

export interface PlanTreeProps {
  plan: Plan;
  closed: ReadonlySet<number>;
  onClosed: (closed: ReadonlySet<number>) => void;
  selected: number;
  onSelect: (place: number) => void;
  menu: (place: number) => readonly MenuItem[];
}

const ROW = 30;

const percent = (share: Share | null | undefined) => (share ? `${share.percent.toFixed(1)} %` : "");

/** One row in words, for who cannot see the bars. */
function spoken(node: PlanNode, share: Share | null | undefined): string {
  return [
    node.title,
    node.role,
    node.actual?.never ? "never run" : null,
    node.own_ns === null ? null : `own time ${duration(node.own_ns)}, ${percent(share)}`,
    node.estimated_rows === null ? null : `${grouped(node.estimated_rows)} rows estimated`,
    node.actual?.rows == null ? null : `${grouped(node.actual.rows)} actual`,
    node.off && node.off.words !== "close" ? node.off.words : null,
  ]
    .filter(Boolean)
    .join(", ");
}

function Off({ node }: { node: PlanNode }) {
  if (node.actual?.never) return <span className="plan-dim">never run</span>;
  if (!node.off) return null;
  const { weight, words } = node.off;
  const early = node.actual?.stopped_early && words !== "close" && weight === "usual";
  return (
    <span
      className="plan-off"
      data-weight={weight}
      data-tip={early ? "What it works for had enough before it came to its end" : undefined}
    >
      {weight === "usual" ? null : <Icon name="warning" size={12} />}
      {words}
      {early ? ", early end" : ""}
    </span>
  );
}

export function PlanTree({ plan, closed, onClosed, selected, onSelect, menu }: PlanTreeProps) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { nodes } = plan;
  const rows = useMemo(() => rowsOf(nodes, closed), [nodes, closed]);
  const last = useMemo(() => lastOnes(nodes), [nodes]);
  const shares = useMemo(() => sharesOf(plan), [plan]);
  const bars = useMemo(() => rowBars(plan), [plan]);
  const timed = useMemo(() => isTimed(plan), [plan]);
  const paged = useMemo(() => nodes.some((node) => pagesText(node, plan.page_bytes) !== ""), [nodes, plan.page_bytes]);
  const counted = nodes.some((node) => node.estimated_rows !== null || node.actual !== null);
  const measured = nodes.some((node) => node.actual !== null);
  const weighed = shares.some((share) => share !== null);
  const active = rows.findIndex((row) => row.place === selected);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    getItemKey: (index) => rows[index]?.place ?? index,
  });
  useEffect(() => {
    if (active >= 0) virtual.scrollToIndex(active);
  }, [active, virtual]);

  const toggle = (place: number, open: boolean) => {
    const next = new Set(closed);
    if (open) next.delete(place);
    else next.add(place);
    onClosed(next);
  };
  const go = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row) onSelect(row.place);
  };
  const openMenu = (place: number) => {
    const target = document.getElementById(`${id}-${place}`);
    openContextMenu(
      { clientX: 0, clientY: 0, preventDefault: () => {}, stopPropagation: () => {}, target },
      menu(place),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 1);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") go(active + 1);
    else if (event.key === "ArrowUp") go(active - 1);
    else if (event.key === "PageDown") go(active + page);
    else if (event.key === "PageUp") go(active - page);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(rows.length - 1);
    else if (event.key === "ArrowRight" && row?.branch) {
      if (row.open) go(active + 1);
      else toggle(row.place, true);
    } else if (event.key === "ArrowLeft" && row) {
      if (row.branch && row.open) toggle(row.place, false);
      else if (row.node.parent !== null) onSelect(row.node.parent);
    } else if ((event.key === "F10" && event.shiftKey) || event.key === "ContextMenu") openMenu(selected);
    else return;
    event.preventDefault();
  };
  const columns = {
    "data-times": weighed || undefined,
    "data-rows": counted || undefined,
    "data-measured": measured || undefined,
    "data-pages": paged || undefined,
  };

  return (
    <div className="plan-tree" {...columns}>
      <div className="plan-row plan-head" aria-hidden="true">
        <span>Node</span>
        {weighed ? (
          <>
            <span>{timed ? "Own time" : "Own cost"}</span>
            <span />
            <span className="plan-r plan-share">Share</span>
          </>
        ) : null}
        {counted ? (
          <>
            <span className="plan-r" data-tip="Rows the server expected, for each time it is run">
              Estimated
            </span>
            {measured ? (
              <>
                <span className="plan-r" data-tip="Rows that came, for each time it was run">
                  Actual
                </span>
                <span className="plan-wide" data-tip="On a scale of powers of ten">
                  Rows, log scale
                </span>
                <span>Off by</span>
              </>
            ) : null}
          </>
        ) : null}
        {paged ? <span className="plan-pages">Buffers</span> : null}
      </div>
      <div
        ref={scroller}
        role="tree"
        tabIndex={0}
        aria-label="Steps of the plan"
        aria-activedescendant={active >= 0 ? `${id}-${selected}` : undefined}
        className="rh-scroll plan-rows"
        onKeyDown={onKeyDown}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            const { node, place } = row;
            const share = shares[place];
            const bar = bars[place];
            const depth = Math.min(node.depth, DEEPEST);
            const style = { top: start, height: ROW, "--depth": depth } as CSSProperties;
            return (
              <div
                key={place}
                id={`${id}-${place}`}
                role="treeitem"
                aria-level={node.depth + 1}
                aria-selected={place === selected}
                aria-expanded={row.branch ? row.open : undefined}
                aria-label={spoken(node, share)}
                className="plan-row"
                style={style}
                onClick={() => onSelect(place)}
                onContextMenu={(event) => {
                  onSelect(place);
                  openContextMenu(event, menu(place));
                }}
              >
                <span className="plan-name">
                  {guidesOf(nodes, last, place).map((passes, level) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a line has no name but its place
                    <i key={level} className="plan-guide" data-passes={passes || undefined} />
                  ))}
                  {node.parent === null ? null : <i className="plan-elbow" data-last={last[place] || undefined} />}
                  <span
                    className="plan-dot"
                    data-heat={share?.heat ?? 0}
                    data-branch={row.branch || undefined}
                    onClick={(event) => {
                      if (!row.branch) return;
                      event.stopPropagation();
                      toggle(place, !row.open);
                    }}
                  >
                    {row.branch && !row.open ? <Icon name="plus" size={12} /> : null}
                  </span>
                  <span className="plan-title" data-never={node.actual?.never || undefined}>
                    {node.title}
                  </span>
                  {node.role ? <span className="plan-role">{node.role}</span> : null}
                  {node.summary ? (
                    <span className="plan-summary" data-tip={node.summary}>
                      {node.summary}
                    </span>
                  ) : null}
                </span>
                {weighed ? (
                  <>
                    <span className="plan-heat">
                      {share ? <i data-heat={share.heat} style={{ width: `${Math.max(2, share.bar)}%` }} /> : null}
                    </span>
                    <span className="plan-r">
                      {timed ? duration(node.own_ns) : node.own_cost === null ? "" : grouped(node.own_cost)}
                    </span>
                    <span className="plan-r plan-dim plan-share">{percent(share)}</span>
                  </>
                ) : null}
                {counted ? (
                  <>
                    <span className="plan-r plan-dim">
                      {node.estimated_rows === null ? "" : grouped(node.estimated_rows)}
                    </span>
                    {measured ? (
                      <>
                        <span className="plan-r">
                          {node.actual?.rows == null || node.actual.never ? "" : grouped(node.actual.rows)}
                        </span>
                        <span className="plan-bars plan-wide">
                          {node.estimated_rows === null ? null : (
                            <i style={{ width: `${Math.max(1, bar?.estimated ?? 0)}%` }} />
                          )}
                          {bar?.actual == null ? null : (
                            <i
                              className="plan-actual"
                              data-weight={node.off?.weight}
                              style={{ width: `${Math.max(1, bar.actual)}%` }}
                            />
                          )}
                        </span>
                        <Off node={node} />
                      </>
                    ) : null}
                  </>
                ) : null}
                {paged ? (
                  <span className="plan-dim plan-ell plan-pages">{pagesText(node, plan.page_bytes)}</span>
                ) : null}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
