/** Draws held rows as charts; what is chosen is remembered by the place they are shown in, and kept with its tab. */
import { useEffect, useMemo, useRef, useState } from "react";
import { ChartPane, chartsIn, hearCharts, type KeptChart, restoreCharts } from "@/features/charts";
import type { ChartSlot } from "@/features/results";

const chartsOf =
  (place: string): ChartSlot =>
  ({ head, progress, active, lineage, onAll, onMore, onStatement }) => (
    <ChartPane
      key={lineage ?? head.hold_id}
      head={head}
      progress={progress}
      active={active}
      place={place}
      onAll={onAll}
      onMore={onMore}
      onStatement={onStatement}
    />
  );

/** The charts of a tab: what it kept of them, and who keeps what is chosen now. */
export function useCharts(
  tabId: string,
  kept: readonly KeptChart[],
  onKept: (charts: readonly KeptChart[]) => void,
): ChartSlot {
  // Before the first of them is drawn.
  useState(() => restoreCharts(tabId, kept));
  const latest = useRef(onKept);
  latest.current = onKept;
  useEffect(() => hearCharts(tabId, () => latest.current(chartsIn(tabId))), [tabId]);
  return useMemo(() => chartsOf(tabId), [tabId]);
}
