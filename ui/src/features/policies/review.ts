/** Words and checks of the review. Pure. */
import type { PolicyOn, PolicyStep } from "@/ipc";

/** Which step a statement belongs to, counted from 0 through all steps; null where there is none. */
export function stepOf(steps: readonly Pick<PolicyStep, "sql">[], statement: number | null): number | null {
  if (statement === null) return null;
  let left = statement;
  for (let at = 0; at < steps.length; at += 1) {
    const count = steps[at]?.sql.length ?? 0;
    if (left < count) return at;
    left -= count;
  }
  return null;
}

/** Roles that were not acknowledged by their name. */
export const unacknowledged = (losing: readonly string[], typed: Readonly<Record<string, string>>): readonly string[] =>
  losing.filter((role) => (typed[role] ?? "").trim() !== role);

/** Names of a migration's two files, from the one that was chosen. */
export function migrationPaths(chosen: string): { readonly up: string; readonly down: string } {
  const up = /\.up\.sql$/i.test(chosen) ? chosen : `${chosen.replace(/\.sql$/i, "")}.up.sql`;
  return { up, down: up.replace(/\.up\.sql$/i, ".down.sql") };
}

/** The tables that steps change, each once. */
export const tablesOf = (steps: readonly Pick<PolicyStep, "on">[]): readonly PolicyOn[] => [
  ...new Map(steps.map(({ on }) => [JSON.stringify([on.schema, on.table]), on])).values(),
];
