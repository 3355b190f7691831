/** Words and checks of the review. Pure. */
import type { PolicyBlocker, PolicyOn, PolicyStep } from "@/ipc";

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

/** For how long, in words; the exact time is no use here. */
export function ageWords(ms: number | null): string {
  if (ms === null) return "";
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `for ${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `for ${minutes} min` : `for ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Who is in the way, in a line. */
export function blockerWords({ session, user, application, age_ms }: PolicyBlocker): string {
  const who = [user, application ? `(${application})` : null].filter(Boolean).join(" ");
  const age = ageWords(age_ms);
  return [
    who || "a session",
    session === null ? null : `session ${session}`,
    age ? `its transaction is open ${age}` : null,
  ]
    .filter(Boolean)
    .join(", ");
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
