/** What is looked for among the changes. Pure. */
import type { AuditKind, AuditQuery } from "@/ipc";

export type When = "any" | "today" | "week" | "month";

export interface ChangesFilter {
  readonly kind: AuditKind | null;
  readonly profileId: string | null;
  readonly when: When;
}

export const NO_FILTER: ChangesFilter = { kind: null, profileId: null, when: "any" };

export const KINDS: readonly { readonly value: AuditKind; readonly label: string }[] = [
  { value: "write", label: "Rows" },
  { value: "schema", label: "Schema" },
  { value: "access", label: "Privileges and policies" },
  { value: "export", label: "Exports" },
  { value: "unknown", label: "Not known" },
];

export const TIMES: readonly { readonly value: When; readonly label: string }[] = [
  { value: "any", label: "Any time" },
  { value: "today", label: "Today" },
  { value: "week", label: "Last 7 days" },
  { value: "month", label: "Last 30 days" },
];

const DAY = 86_400_000;

/** Where that time begins, from the day's beginning where the person is. */
export function sinceOf(when: When, now: number): number | null {
  const today = new Date(now).setHours(0, 0, 0, 0);
  return { any: null, today, week: today - 6 * DAY, month: today - 29 * DAY }[when];
}

export const isFiltered = ({ kind, profileId, when }: ChangesFilter): boolean =>
  kind !== null || profileId !== null || when !== "any";

export const queryOf = (text: string, filter: ChangesFilter, now: number): AuditQuery => ({
  text,
  profile_id: filter.profileId,
  kind: filter.kind,
  since_ms: sinceOf(filter.when, now),
  until_ms: null,
  before: null,
  limit: 1,
});
