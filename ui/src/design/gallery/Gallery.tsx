import type { ReactNode } from "react";
import { ControlsPart } from "./ControlsPart";
import { FeedbackPart } from "./FeedbackPart";
import { FramePart } from "./FramePart";
import { GridPart } from "./GridPart";
import { OverlaysPart } from "./OverlaysPart";

const parts: Readonly<Record<string, () => ReactNode>> = {
  controls: () => <ControlsPart />,
  feedback: () => <FeedbackPart />,
  overlays: () => <OverlaysPart />,
  frame: () => <FramePart />,
  grid: () => <GridPart />,
};

/** Every control in its states, for looking at. Not part of the program. */
export function Gallery({ part }: { part: string }) {
  const one = parts[part];
  if (one) return <div className="h-full overflow-auto">{one()}</div>;
  return (
    <div className="h-full overflow-auto">
      <ControlsPart />
      <FeedbackPart />
      <div style={{ height: 480 }} className="border-t border-line-2">
        <FramePart />
      </div>
    </div>
  );
}

export function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-4 px-6 py-2 items-start">
      <div className="w-28 text-ink-3 flex-none leading-7">{name}</div>
      <div className="flex gap-2 flex-wrap items-center min-w-0 flex-1">{children}</div>
    </div>
  );
}
