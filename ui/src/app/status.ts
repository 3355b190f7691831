/** What the status bar says, as words: pure. */
import type { ConnectionState, TabSession } from "@/ipc";

export interface PhaseWords {
  readonly text: string;
  readonly tone: "quiet" | "warn" | "danger";
}

/** A connection's phase; nothing to say where all is well. */
export function phaseWords(state: ConnectionState | undefined): PhaseWords | null {
  switch (state?.phase.phase) {
    case undefined:
    case "closed":
      return { text: "not connected", tone: "quiet" };
    case "connecting":
      return { text: "connecting", tone: "quiet" };
    case "open":
      return null;
    case "lost":
      return { text: "connection lost", tone: "danger" };
    case "failed":
      return { text: "connecting failed", tone: "danger" };
  }
}

/** A session's transaction, from a person's side; `manual` where a person ends it. */
export function transactionWords(session: TabSession | undefined, manual = false): PhaseWords {
  switch (session?.link === "up" ? session.transaction : "idle") {
    case "open":
      return { text: "tx: open", tone: "warn" };
    case "failed":
      return { text: "tx: failed", tone: "danger" };
    default:
      return { text: manual ? "tx: manual" : "tx: none", tone: "quiet" };
  }
}

/** How long before the end a person is warned, in ms. */
const WARNED_MS = 60_000;

/** The open transaction that is rolled back next because nobody uses it, and the seconds until then; none while there is time. */
export function endingTransaction(
  sessions: Iterable<TabSession>,
  limitMinutes: number,
  now: number,
): { readonly tabId: string; readonly seconds: number } | null {
  if (limitMinutes <= 0) return null;
  let next: { tabId: string; seconds: number } | null = null;
  for (const { tab_id, link, unused_since_ms } of sessions) {
    if (link !== "up" || unused_since_ms === null) continue;
    const left = unused_since_ms + limitMinutes * 60_000 - now;
    const seconds = Math.max(0, Math.ceil(left / 1000));
    if (left <= WARNED_MS && (next === null || seconds < next.seconds)) next = { tabId: tab_id, seconds };
  }
  return next;
}

/** Product and version, as people say them: `PostgreSQL 18.4`. */
export const serverWords = (state: ConnectionState | undefined, known: string | null): string | null =>
  state?.server ? `${state.server.product} ${state.server.version}` : known;
