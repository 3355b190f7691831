/** Whether a cell takes a value, and the reason where it does not. */
import type { Overlay, Staged } from "./model";

/** Why nothing of these rows can be edited; `undefined` where something can. */
export function refusal(staged: Staged | null): string | undefined {
  return staged?.view.refused?.message;
}

/** Why a cell takes no value. */
export function cellRefusal(staged: Staged | null, overlay: Overlay | undefined, column: number): string | undefined {
  if (!staged) return "The rows are still being read.";
  const refused = refusal(staged);
  if (refused) return refused;
  const described = staged.view.columns[column];
  if (!described) return "This column belongs to no table.";
  if (overlay?.row.kind === "delete") return "This row is deleted with the next save. Take that back to edit it.";
  const why = overlay?.row.kind === "insert" ? described.not_inserted : described.read_only;
  return why ?? undefined;
}
