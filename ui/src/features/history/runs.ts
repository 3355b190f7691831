/** What is looked for among everything that was run. Pure. */
import type { HistoryQuery } from "@/ipc";
import { sinceOf, type When } from "./changes";

export interface RunsFilter {
  readonly outcome: string | null;
  readonly profileId: string | null;
  readonly when: When;
}

export const EVERY_RUN: RunsFilter = { outcome: null, profileId: null, when: "any" };

export const OUTCOMES: readonly { readonly value: string; readonly label: string }[] = [
  { value: "completed", label: "Completed" },
  { value: "failed", label: "Failed" },
  { value: "cancelled", label: "Stopped" },
  { value: "lost", label: "Connection lost" },
  { value: "running", label: "Running" },
];

export const isNarrowed = ({ outcome, profileId, when }: RunsFilter): boolean =>
  outcome !== null || profileId !== null || when !== "any";

/** What is asked of the core; `only` is the one connection the panel is about, if it is about one. */
export const runsQuery = (
  text: string,
  { outcome, profileId, when }: RunsFilter,
  only: string | null,
  now: number,
): Omit<HistoryQuery, "before" | "limit"> => ({
  text,
  outcome,
  profile_id: only ?? profileId,
  since_ms: sinceOf(when, now),
  until_ms: null,
});
