/** Cells of the matrix: their words and their signs. Pure. */
import type { PolicyCell, PolicyRole } from "@/ipc";

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
