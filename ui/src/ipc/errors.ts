/** The one table from error codes to how they look and what can be done. Components never read message text. */
import type { ErrorCode } from "./bindings";

/** What can be offered beside an error; the place that shows it decides which it can do. */
export type ErrorAction = "retry" | "reconnect" | "sign-in" | "edit-connection" | "free-space" | "none";

export interface ErrorPresentation {
  readonly severity: "info" | "warn" | "danger";
  readonly title: string;
  readonly picture: "error" | "denied" | "offline";
  readonly action: ErrorAction;
}

const TABLE: Readonly<Record<ErrorCode, ErrorPresentation>> = {
  unreachable: { severity: "danger", title: "Not connected", picture: "offline", action: "reconnect" },
  unauthenticated: { severity: "danger", title: "Sign-in refused", picture: "denied", action: "sign-in" },
  forbidden: { severity: "warn", title: "Not allowed", picture: "denied", action: "none" },
  not_found: { severity: "warn", title: "Not found", picture: "error", action: "none" },
  already_exists: { severity: "warn", title: "Exists already", picture: "error", action: "none" },
  invalid_statement: { severity: "danger", title: "Not understood", picture: "error", action: "none" },
  constraint_violated: { severity: "danger", title: "Refused by a constraint", picture: "error", action: "none" },
  conflict: { severity: "warn", title: "In conflict", picture: "error", action: "retry" },
  cancelled: { severity: "info", title: "Stopped", picture: "error", action: "none" },
  timed_out: { severity: "warn", title: "Took too long", picture: "error", action: "retry" },
  unsupported: { severity: "info", title: "Not possible here", picture: "error", action: "none" },
  keychain_unavailable: { severity: "warn", title: "No keychain", picture: "error", action: "edit-connection" },
  corrupt: { severity: "danger", title: "Damaged", picture: "error", action: "none" },
  exhausted: { severity: "danger", title: "A limit was reached", picture: "error", action: "free-space" },
  internal: { severity: "danger", title: "A fault in Rowhouse", picture: "error", action: "retry" },
};

export function present(code: ErrorCode): ErrorPresentation {
  return TABLE[code];
}
