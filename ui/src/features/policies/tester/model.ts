/** The tester: whom a statement is tried as, and what came of it in words. Pure. */
import { number, plural } from "@/design";
import {
  claimsProblem,
  type JudgedPolicy,
  type PolicyActor,
  type PolicyAttempted,
  type PolicyColumn,
  type PolicyJudgement,
  type PolicyOn,
  type PolicyOutcome,
  type PolicyVerdict,
} from "@/ipc";
import type { OneCommand } from "../model";

export const NOBODY: PolicyActor = {
  role: null,
  claims: null,
  claims_setting: null,
  settings: [],
  apply_role_settings: false,
};

/** What is wrong with claims. The tester sends them all the same: what the server makes of them is worth knowing. */
export function claimsHint(claims: string | null | undefined): string | undefined {
  const problem = claimsProblem(claims);
  return problem && `${problem} Sent as it is, to see what happens.`;
}

const quote = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
const named = ({ schema, table }: PolicyOn): string => `${quote(schema)}.${quote(table)}`;

/** A statement to begin with: it touches every row that it may. */
export function preview(on: PolicyOn, command: OneCommand, columns: readonly PolicyColumn[]): string {
  const first = quote(columns[0]?.name ?? "id");
  switch (command) {
    case "select":
      return `select * from ${named(on)}`;
    case "insert":
      return `insert into ${named(on)} default values`;
    case "update":
      return `update ${named(on)} set ${first} = ${first}`;
    case "delete":
      return `delete from ${named(on)}`;
  }
}

/** The command whose policies a statement asks first, as far as its first word tells. */
export function commandOf(trying: OneCommand | "sql", statement: string): OneCommand {
  if (trying !== "sql") return trying;
  const [, word] = /^\s*(insert|update|delete|merge)\b/i.exec(statement) ?? [];
  const found = word?.toLowerCase();
  return found === "insert" || found === "update" || found === "delete" ? found : "select";
}

export interface Said {
  readonly tone: "ok" | "warn" | "danger" | "neutral";
  readonly head: string;
  readonly detail: string | null;
  /** What sort of refusal that is. */
  readonly why?: string;
}

/** What came of a statement. A missing grant and a policy that refuses are two things. */
export function outcomeWords(outcome: PolicyOutcome): Said {
  switch (outcome.outcome) {
    case "done": {
      const { affected, row_count } = outcome.answer;
      if (affected === null) return { tone: "ok", head: plural(row_count, "row"), detail: null };
      return { tone: affected > 0 ? "ok" : "neutral", head: `${plural(affected, "row")} affected`, detail: null };
    }
    case "no_privilege":
      return {
        tone: "danger",
        head: "Refused: a privilege is missing",
        detail: outcome.missing.length > 0 ? outcome.missing.join(", ") : outcome.error.message,
        why: "No policy was asked: privileges are looked at first. A GRANT is missing, not a policy.",
      };
    case "policy_refused":
      return {
        tone: "danger",
        head: "Refused by a policy",
        detail: outcome.table ? `${outcome.error.message} (${outcome.table})` : outcome.error.message,
        why: "The privilege is there. A row as it would be written is not let in by the policies.",
      };
    case "failed":
      return { tone: "danger", head: "It failed", detail: outcome.error.message };
    case "timed_out":
      return {
        tone: "warn",
        head: `Stopped after ${plural(Math.round(outcome.after_ms / 1000), "second")}`,
        detail: null,
      };
    case "not_sent":
      return { tone: "danger", head: "It was not sent", detail: outcome.error.message };
  }
}

export interface SeenWords {
  /** The number that counts; null where none is known. */
  readonly count: string | null;
  readonly of: string;
  /** What the number rests on. */
  readonly rests: string;
}

/** How many rows of the table the actor sees; never a number where none is known. */
export function seenWords({ visible, hidden, exact }: PolicyJudgement): SeenWords {
  const rests = exact ? "exactly" : "of the sample";
  if (visible.rows === null) return { count: null, of: `visible rows: ${visible.reason ?? "not evaluated"}`, rests };
  const count = number(visible.rows);
  if (hidden.rows === null)
    return {
      count,
      of: `${visible.rows === 1 ? "row" : "rows"} visible; hidden ones: ${hidden.reason ?? "not evaluated"}`,
      rests,
    };
  return { count, of: `of ${plural(visible.rows + hidden.rows, "row")} visible`, rests };
}

export interface Verdict {
  readonly word: string;
  readonly icon: "check" | "close" | "null" | "minus" | "eye-off";
  readonly tone: "ok" | "danger" | "neutral";
}

/** A failing permissive policy is neutral, since another one may pass; a failing restrictive one keeps the row out. */
export function verdictOf(verdict: PolicyVerdict, policy: Pick<JudgedPolicy, "permissive">): Verdict {
  switch (verdict) {
    case "pass":
      return { word: "pass", icon: "check", tone: "ok" };
    case "fail":
      return { word: "fail", icon: "close", tone: policy.permissive ? "neutral" : "danger" };
    case "null":
      return { word: "null", icon: "null", tone: policy.permissive ? "neutral" : "danger" };
    case "absent":
      return { word: "none", icon: "minus", tone: "neutral" };
    case "not_evaluated":
      return { word: "not evaluated", icon: "eye-off", tone: "neutral" };
  }
}

/** Everything that has to be said beside the answer. */
export const remarksOf = (attempted: PolicyAttempted): readonly string[] => [
  ...attempted.lasting,
  ...attempted.differs,
  ...(attempted.no_sample ? [attempted.no_sample] : []),
  ...attempted.notices.map(({ message }) => message),
];
