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

/** A session's transaction, from a person's side. */
export function transactionWords(session: TabSession | undefined): PhaseWords {
  switch (session?.link === "up" ? session.transaction : "idle") {
    case "open":
      return { text: "tx: open", tone: "warn" };
    case "failed":
      return { text: "tx: failed", tone: "danger" };
    default:
      return { text: "tx: none", tone: "quiet" };
  }
}

/** Product and version, as people say them: `PostgreSQL 18.4`. */
export const serverWords = (state: ConnectionState | undefined, known: string | null): string | null =>
  state?.server ? `${state.server.product} ${state.server.version}` : known;
