/** Rows or a chart of them: the switch, and who draws the chart. */
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { Segmented } from "@/design";
import type { HoldProgress, ResultHead } from "@/ipc";
import type { GridHandle } from "./grid";

/** Held rows that are to be drawn. */
export interface ChartedRows {
  readonly head: ResultHead;
  readonly progress: HoldProgress;
  readonly active: boolean;
  /** Reads the rest, where there is one to read. */
  readonly onAll?: (() => void) | undefined;
  /** Reads some more. */
  readonly onMore?: (() => void) | undefined;
  /** What these rows and the same read again have in common. */
  readonly lineage?: string | undefined;
  /** Opens a statement in a tab of its own. */
  readonly onStatement?: ((text: string) => void) | undefined;
}

/** Draws held rows in the grid's place. */
export type ChartSlot = (rows: ChartedRows) => ReactNode;

/** What is shown, and of which rows. */
export interface ChartView {
  /** The switch, where there is something to draw and somebody who draws. */
  readonly toggle: ReactNode;
  /** Whether the chart is shown. */
  readonly on: boolean;
  /** Some of the rows, filtered and sorted here; none where all are shown. */
  readonly viewed: string | null;
  /** Hears which of the rows are shown. */
  readonly onView: (holdId: string | null) => void;
}

export interface ChartedProps {
  view: ChartView;
  slot: ChartSlot | undefined;
  rows: ChartedRows;
  children: ReactNode;
}

/** Rows with their chart over them: the grid stays as it was left, with what was filtered and begun in it. */
export function Charted({ view, slot, rows, children }: ChartedProps) {
  const { head } = rows;
  return (
    <div className="relative h-full min-h-0">
      <div className="h-full min-h-0" inert={view.on} style={view.on ? { visibility: "hidden" } : undefined}>
        {children}
      </div>
      {view.on && slot ? (
        <div className="absolute inset-0">
          {slot(
            view.viewed === null
              ? rows
              : { ...rows, head: { ...head, hold_id: view.viewed }, lineage: undefined, onStatement: undefined },
          )}
        </div>
      ) : null}
    </div>
  );
}

/** Which of the two is shown, remembered by what the rows are of. */
export function useChartView(
  slot: ChartSlot | undefined,
  of: string | undefined,
  active: boolean,
  grid: RefObject<GridHandle | null>,
): ChartView {
  const [charted, setCharted] = useState<ReadonlySet<string>>(new Set());
  const [viewed, setViewed] = useState<string | null>(null);
  const keys = useKeys("results.chart");
  const on = slot !== undefined && of !== undefined && charted.has(of);
  const show = (chart: boolean) => {
    if (of === undefined) return;
    setCharted((now) => {
      const next = new Set(now);
      if (chart) next.add(of);
      else next.delete(of);
      return next;
    });
  };
  const before = useRef(on);
  useEffect(() => {
    // Whoever left the chart with a key goes on in the rows.
    if (before.current && !on && document.activeElement === document.body) grid.current?.focus();
    before.current = on;
  }, [on, grid]);
  useOffers(slot && of !== undefined ? { "results.chart": { run: () => show(!on) } } : {}, active);
  const toggle =
    slot && of !== undefined ? (
      <Segmented
        label="How the rows are shown"
        dense
        value={on ? "chart" : "rows"}
        onChange={(value) => show(value === "chart")}
        options={[
          { value: "rows", label: "Rows" },
          { value: "chart", label: "Chart", tooltip: "Chart of these rows", ...(keys ? { keys } : {}) },
        ]}
      />
    ) : null;
  return { toggle, on, viewed, onView: setViewed };
}
