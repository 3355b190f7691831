/** Two plans side by side: nodes that became one another in one row, and what changed. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from "react";
import { Badge, Button, EmptyState, IconButton, Select, Spinner } from "@/design";
import type { ExplainedPlan, PlanLine, PlanNode } from "@/ipc";
import { changesOf, paired, verdict } from "../comparing";
import { DEEPEST, duration, firstWords, grouped } from "../model";
import "../compare.css";

export interface CompareProps {
  /** The plan that is shown; it stands on the right where it is the later one. */
  plan: ExplainedPlan;
  other: ExplainedPlan | null;
  /** Others it can be compared with. */
  choices: readonly PlanLine[];
  chosen: string | null;
  failure: string | null;
  onChoose: (id: string) => void;
  onClose: () => void;
}

const ROW = 44;
const clock = new Intl.DateTimeFormat("en-GB", { dateStyle: "short", timeStyle: "medium" });

/** A plan in a list of plans. */
export function lineLabel(line: PlanLine): string {
  const time = line.execution_ns === null ? "" : ` · ${duration(line.execution_ns)}`;
  return `${clock.format(new Date(line.at_ms))}${time}`;
}

function Side({ node, gone }: { node: PlanNode | null; gone: boolean }) {
  if (!node) return <span className="plan-cmp-none">{gone ? "—" : ""}</span>;
  const amount = node.own_ns === null ? (node.own_cost ? `cost ${grouped(node.own_cost)}` : "") : duration(node.own_ns);
  const rows = node.actual?.rows ?? node.estimated_rows;
  return (
    <span className="plan-cmp-side" style={{ "--depth": Math.min(node.depth, DEEPEST) } as CSSProperties}>
      <span className="plan-cmp-title" data-tip={node.summary ?? undefined}>
        {node.title}
      </span>
      <span className="plan-cmp-meta">
        {[amount, rows == null || node.actual?.never ? "" : `${grouped(rows)} rows`, node.index]
          .filter(Boolean)
          .join(" · ")}
      </span>
    </span>
  );
}

export function Compare({ plan, other, choices, chosen, failure, onChoose, onClose }: CompareProps) {
  const later = other === null || plan.at_ms >= other.at_ms;
  const [before, after] = later ? [other, plan] : [plan, other];
  const pairs = useMemo(() => (before && after ? paired(before.plan, after.plan) : []), [before, after]);
  const whole = useMemo(() => (before && after ? verdict(before.plan, after.plan) : null), [before, after]);
  const [active, setActive] = useState(0);
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: pairs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const go = (to: number) => {
    const next = Math.max(0, Math.min(pairs.length - 1, to));
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") go(active + 1);
    else if (event.key === "ArrowUp") go(active - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(pairs.length - 1);
    else return;
    event.preventDefault();
  };
  const amount = (value: number | null) =>
    value === null ? "" : whole?.unit === "ns" ? duration(value) : grouped(String(value));
  const differs = before && after && before.digest !== after.digest;
  const head = (title: string, one: ExplainedPlan | null): ReactNode => (
    <span className="plan-cmp-head">
      <b>{title}</b>
      {one ? (
        <span className="rh-meta" data-tip={one.statement}>
          {clock.format(new Date(one.at_ms))} · {one.server}
          {one.options ? ` · ${one.options}` : ""}
        </span>
      ) : null}
    </span>
  );
  return (
    <div className="plan-compare">
      <div className="plan-compare-bar">
        <Select
          dense
          label="The plan to compare with"
          placeholder="Choose a kept plan"
          value={chosen ?? undefined}
          options={choices.map((line) => ({
            value: String(line.id),
            label: lineLabel(line),
            meta: line.same ? "same statement" : firstWords(line.statement, 40),
          }))}
          onChange={onChoose}
        />
        {whole ? (
          <span className="plan-verdict">
            {whole.label} {amount(whole.before)} → <b>{amount(whole.after)}</b>
            <Badge tone={whole.better === "better" ? "ok" : whole.better === "worse" ? "danger" : "neutral"}>
              {whole.words}
            </Badge>
          </span>
        ) : null}
        {differs ? <Badge tone="warn">not the same statement</Badge> : null}
        <span className="flex-1" />
        <IconButton icon="close" label="End the comparison" quiet onClick={onClose} />
      </div>
      {failure ? (
        <EmptyState
          picture="error"
          title="The other plan could not be read"
          actions={<Button onClick={onClose}>Close</Button>}
        >
          {failure}
        </EmptyState>
      ) : other === null ? (
        chosen ? (
          <div className="p-4">
            <Spinner label="Reads the plan" />
          </div>
        ) : (
          <EmptyState icon="columns" title={choices.length ? "Compare with which plan?" : "No other plan is kept yet"}>
            {choices.length
              ? "Choose one above. Those of the same statement come first."
              : "Explain the statement again, after an index or a change of it: both plans then stand side by side."}
          </EmptyState>
        )
      ) : (
        <>
          <div className="plan-cmp-row plan-head">
            {head("Before", before)}
            {head("After", after)}
            <span>What changed</span>
          </div>
          <div
            ref={scroller}
            role="listbox"
            tabIndex={0}
            aria-label="Steps of both plans"
            aria-activedescendant={`${id}-${active}`}
            className="rh-scroll plan-rows"
            onKeyDown={onKeyDown}
          >
            <div role="presentation" style={{ height: virtual.getTotalSize(), position: "relative" }}>
              {virtual.getVirtualItems().map(({ index, start }) => {
                const pair = pairs[index];
                if (!pair) return null;
                const old = pair.before === null ? null : (before?.plan.nodes[pair.before] ?? null);
                const now = pair.after === null ? null : (after?.plan.nodes[pair.after] ?? null);
                const changes = changesOf(old, now);
                return (
                  <div
                    key={index}
                    id={`${id}-${index}`}
                    role="option"
                    aria-selected={index === active}
                    className="plan-cmp-row"
                    data-only={old === null ? "after" : now === null ? "before" : undefined}
                    style={{ position: "absolute", insetInline: 0, top: start, height: ROW }}
                    onClick={() => setActive(index)}
                  >
                    <Side node={old} gone={now !== null} />
                    <Side node={now} gone={old !== null} />
                    <span className="plan-cmp-changes">
                      {changes.map((change) => (
                        <Badge
                          key={change.what}
                          tone={change.better === "better" ? "ok" : change.better === "worse" ? "danger" : "neutral"}
                        >
                          {change.words}
                        </Badge>
                      ))}
                    </span>
                  </div>
                );
              })}
            </div>
          </div>
        </>
      )}
    </div>
  );
}
