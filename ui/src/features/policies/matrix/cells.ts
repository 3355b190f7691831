/** Cells of the matrix: their words, their signs, and walking them by keys. Pure. */
import type { PolicyCell, PolicyRole } from "@/ipc";
import { COMMANDS } from "../model";

export type Sign = "none" | "no_policy" | "filtered" | "all" | "exposed" | "bypass" | "not_known";

/** What a cell is, for this role: all rows for a client that nobody trusts is not the same as for the owner. */
export function signOf(cell: PolicyCell, role: Pick<PolicyRole, "exposed">): Sign {
  if (cell.level === "none") return cell.no_policy ? "no_policy" : "none";
  if (cell.level === "all") return role.exposed ? "exposed" : "all";
  return cell.level;
}

export const SIGNS: readonly { readonly sign: Sign; readonly word: string }[] = [
  { sign: "none", word: "none, no privilege" },
  { sign: "no_policy", word: "none, no policy" },
  { sign: "filtered", word: "filtered" },
  { sign: "all", word: "all rows" },
  { sign: "exposed", word: "all rows, exposed" },
  { sign: "bypass", word: "bypass" },
  { sign: "not_known", word: "not known" },
];

export const wordOf = (sign: Sign): string => SIGNS.find((each) => each.sign === sign)?.word ?? sign;

/** A cell by its table and its column; columns count through roles and their four commands. */
export interface At {
  readonly row: number;
  readonly column: number;
}

/** Where a key leads; null where it is none that walks. */
export function walked(at: At, key: string, rows: number, roles: number, page: number): At | null {
  const columns = roles * COMMANDS.length;
  const to = (row: number, column: number): At => ({
    row: Math.max(0, Math.min(row, rows - 1)),
    column: Math.max(0, Math.min(column, columns - 1)),
  });
  switch (key) {
    case "ArrowDown":
      return to(at.row + 1, at.column);
    case "ArrowUp":
      return to(at.row - 1, at.column);
    case "ArrowRight":
      return to(at.row, at.column + 1);
    case "ArrowLeft":
      return to(at.row, at.column - 1);
    case "PageDown":
      return to(at.row + page, at.column);
    case "PageUp":
      return to(at.row - page, at.column);
    case "Home":
      return to(at.row, 0);
    case "End":
      return to(at.row, columns - 1);
    default:
      return null;
  }
}
