import { type ReactNode, useState } from "react";
import { SplitPane } from "@/design";

const WIDTH = 380;

/** The width somebody gave it last, for whatever opens next, in any tab of this window. */
let kept = WIDTH;

/** Rows, and one thing beside them. Escape closes what stands there, wherever in here it is pressed. */
export function RowsAside({
  label,
  rows,
  beside,
  under,
  least = 0,
  onClose,
}: {
  /** Names the bar between them. */
  label: string;
  rows: ReactNode;
  /** Nothing where nothing is open. */
  beside: ReactNode | null;
  /** Under both. */
  under: ReactNode;
  /** Pixels that what stands there needs. */
  least?: number;
  onClose: () => void;
}) {
  const [size, setSize] = useState(kept);
  const open = beside !== null;
  return (
    <div
      className="flex flex-col h-full min-h-0"
      data-scope="results"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || !open) return;
        event.preventDefault();
        onClose();
      }}
    >
      <div className="flex-1 min-h-0">
        <SplitPane
          direction="row"
          fixed="second"
          size={Math.max(size, least)}
          defaultSize={WIDTH}
          onSizeChange={(next) => {
            kept = next;
            setSize(next);
          }}
          min={240}
          max={900}
          label={label}
          collapsed={!open}
          first={rows}
          second={beside}
        />
      </div>
      {under}
    </div>
  );
}
