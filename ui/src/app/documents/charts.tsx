/** Draws held rows as charts; what is chosen is remembered by the place they are shown in. */
import { ChartPane } from "@/features/charts";
import type { ChartSlot } from "@/features/results";

export const chartsOf =
  (place: string): ChartSlot =>
  ({ head, progress, active, onAll, onMore }) => (
    <ChartPane
      key={head.hold_id}
      head={head}
      progress={progress}
      active={active}
      place={place}
      onAll={onAll}
      onMore={onMore}
    />
  );
