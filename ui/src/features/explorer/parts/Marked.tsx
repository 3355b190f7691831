import type { TextRange } from "@/ipc";
import { labelParts } from "../model";

/** A name with what matched standing out. */
export function Marked({ label, matched }: { label: string; matched: readonly TextRange[] }) {
  return labelParts(label, matched).map((part) =>
    part.marked ? (
      <mark key={part.from} className="exp-mark">
        {part.text}
      </mark>
    ) : (
      <span key={part.from}>{part.text}</span>
    ),
  );
}
