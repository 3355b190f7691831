/** A mark from A to F. */

import { tip } from "./tip";
import type { StateTone } from "./tones";

export interface GradeProps {
  grade: string;
  /** It may be worse: `?` stands behind it, and this says why. */
  uncertain?: string | undefined;
}

/** The colour of a mark. */
export function gradeTone(grade: string): StateTone {
  if (/^[AB]/.test(grade)) return "ok";
  return grade.startsWith("C") ? "warn" : "danger";
}

export function Grade({ grade, uncertain }: GradeProps) {
  const shown = `${grade}${uncertain ? "?" : ""}`;
  return (
    <span className="rh-grade" data-tone={gradeTone(grade)} {...tip(uncertain ?? "A is best, F is worst")}>
      <span aria-hidden="true">{shown}</span>
      <span className="rh-visually-hidden">Grade {shown}</span>
    </span>
  );
}
