/** History as it is shown: days, outcomes, words. Pure. */
import type { IconName } from "@/design";
import type { AuditEntry, HistoryEntry } from "@/ipc";

export interface DayHeading {
  readonly heading: string;
}

export type HistoryLine = DayHeading | HistoryEntry;

export const isHeading = (line: HistoryLine): line is DayHeading => "heading" in line;

const DAY = 86_400_000;
const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** "Today", "Yesterday", a weekday within the week, a date before. */
export function dayOf(at: number, now: number): string {
  const days = Math.round((midnight(now) - midnight(at)) / DAY);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  const date = new Date(at);
  if (days < 7) return new Intl.DateTimeFormat("en-GB", { weekday: "long" }).format(date);
  const year = date.getFullYear() === new Date(now).getFullYear() ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", ...year }).format(date);
}

/** Entries, newest first, with a heading before each day. */
export function byDay(entries: readonly HistoryEntry[], now: number): HistoryLine[] {
  const lines: HistoryLine[] = [];
  let day = "";
  for (const entry of entries) {
    const heading = dayOf(entry.at_ms, now);
    if (heading !== day) lines.push({ heading });
    day = heading;
    lines.push(entry);
  }
  return lines;
}

/** A line of the audit trail as a line of the history. One without an end is not known to run: its process may have died. */
export function asEntry(line: AuditEntry): HistoryEntry {
  const { id, at_ms, profile_id, profile_name, database, text, rows, elapsed_ms, error, face } = line;
  const outcome = line.outcome ?? "unknown";
  const acting = line.acting ?? null;
  const ended = { outcome, rows, elapsed_ms, error };
  return { id, at_ms, profile_id, profile_name, database, text, ...ended, face, plan: false, acting };
}

export interface OutcomeLook {
  readonly icon: IconName;
  readonly tone: string;
  readonly words: string;
}

export function outcomeLook(outcome: string): OutcomeLook | null {
  switch (outcome) {
    case "completed":
      return { icon: "check", tone: "text-ok-text", words: "completed" };
    case "failed":
      return { icon: "close", tone: "text-danger-text", words: "failed" };
    case "cancelled":
      return { icon: "stop", tone: "text-ink-3", words: "stopped by you" };
    case "lost":
      return { icon: "unplug", tone: "text-warn-text", words: "connection lost" };
    case "unknown":
      return { icon: "info", tone: "text-ink-3", words: "end not known" };
    default:
      return null;
  }
}

/** The first line of a statement that is not a comment, its blanks drawn together. */
export function firstWords(text: string): string {
  const body = text.replace(/^\s*(--[^\n]*\n\s*)+/, "").trim();
  return (body || text.trim()).replace(/\s+/g, " ").slice(0, 200);
}

const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const count = new Intl.NumberFormat("en-US");

export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** `15:57 · 312 ms · 20 rows`, and what went wrong instead of rows. */
export function metaOf(entry: HistoryEntry): string {
  const look = outcomeLook(entry.outcome);
  const ended =
    entry.outcome === "completed"
      ? entry.rows === null
        ? null
        : `${count.format(entry.rows)} ${entry.rows === 1 ? "row" : "rows"}`
      : entry.outcome === "running"
        ? entry.rows === null
          ? "running"
          : `${count.format(entry.rows)} so far`
        : entry.outcome === "failed"
          ? (/\b([0-9A-Z]{5})\b(?=\)?$)/.exec(entry.error ?? "")?.[1] ?? "failed")
          : (look?.words ?? entry.outcome);
  return [time.format(entry.at_ms), entry.elapsed_ms === null ? null : duration(entry.elapsed_ms), ended]
    .filter(Boolean)
    .join(" · ");
}

/**
 * The newest page put before what was read earlier. Where the two do not touch, more was run in between than a page
 * holds: the older ones are read again when somebody scrolls there, so that nothing is missing in the middle.
 */
export function joined(
  newest: readonly HistoryEntry[],
  known: { readonly entries: readonly HistoryEntry[]; readonly more: boolean } | undefined,
  page: number,
): { entries: readonly HistoryEntry[]; more: boolean } {
  const last = newest.at(-1);
  const more = newest.length === page;
  if (!known || !last || !more) return { entries: newest, more };
  if (!known.entries.some((entry) => entry.id >= last.id)) return { entries: newest, more };
  const older = known.entries.filter((entry) => entry.id < last.id);
  return { entries: [...newest, ...older], more: older.length > 0 ? known.more : more };
}

/** What stands for a secret that was taken out before the statement was kept. */
export const REDACTED = "***";
export const isRedacted = (text: string): boolean => text.includes(REDACTED);
