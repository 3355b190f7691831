/** The tester: whom a statement is tried as, what came of it in words, rows and what each policy says of them. Pure. */
import { plural } from "@/design";
import type {
  JudgedPolicy,
  PolicyActor,
  PolicyAttempted,
  PolicyColumn,
  PolicyJudgement,
  PolicyOn,
  PolicyOutcome,
  PolicyVerdict,
} from "@/ipc";
import type { OneCommand } from "../model";

export const NOBODY: PolicyActor = {
  role: null,
  claims: null,
  claims_setting: null,
  settings: [],
  apply_role_settings: false,
};

/** Whether claims are the text of a JSON object; nothing at all is fine. */
export function claimsProblem(claims: string | null | undefined): string | undefined {
  if (claims === null || claims === undefined || claims.trim() === "") return undefined;
  try {
    const value: unknown = JSON.parse(claims);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? undefined
      : "Claims are a JSON object. Sent as they are, to see what happens.";
  } catch (thrown) {
    return `${thrown instanceof Error ? thrown.message : "This is no JSON"}. Sent as it is, to see what happens.`;
  }
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

export interface Said {
  readonly tone: "ok" | "warn" | "danger" | "neutral";
  readonly head: string;
  readonly detail: string | null;
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
      };
    case "policy_refused":
      return {
        tone: "danger",
        head: "Refused by a policy",
        detail: outcome.table ? `${outcome.error.message} (${outcome.table})` : outcome.error.message,
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

/** How many rows of the table the actor sees; never a number where none is known. */
export function seenWords({ visible, hidden, exact }: PolicyJudgement): string {
  if (visible.rows === null) return `visible: ${visible.reason ?? "not evaluated"}`;
  const all = hidden.rows === null ? null : visible.rows + hidden.rows;
  const of =
    all === null ? plural(visible.rows, "row") : `${visible.rows.toLocaleString("en-US")} of ${plural(all, "row")}`;
  const hiddenWords = hidden.rows === null ? `, hidden: ${hidden.reason ?? "not evaluated"}` : "";
  return `${of} visible${hiddenWords}${exact ? ", exactly" : ", of the sample"}`;
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

export interface TriedRow {
  readonly values: readonly (string | null)[];
  /** Whether A, and B, really see it; null where that is not known. */
  readonly seen: readonly (boolean | null)[];
  /** Its place in A's judgement; -1 where only B's sample has it. */
  readonly first: number;
  readonly second: number;
}

const keyOf = ({ key }: PolicyJudgement, values: readonly (string | null)[]): string =>
  JSON.stringify(key.length > 0 ? key.map((index) => values[index]) : values);

/** The sampled rows of one actor, or of two side by side by their keys. */
export function triedRows(first: PolicyJudgement, second: PolicyJudgement | null): readonly TriedRow[] {
  if (!second) return first.rows.map(({ values, seen }, index) => ({ values, seen: [seen], first: index, second: -1 }));
  const others = new Map(second.rows.map((row, index) => [keyOf(second, row.values), { row, index }]));
  const rows: TriedRow[] = first.rows.map(({ values, seen }, index) => {
    const key = keyOf(first, values);
    const other = others.get(key);
    others.delete(key);
    return { values, seen: [seen, other?.row.seen ?? null], first: index, second: other?.index ?? -1 };
  });
  for (const { row, index } of others.values())
    rows.push({ values: row.values, seen: [null, row.seen], first: -1, second: index });
  return rows;
}

export type Which = "all" | "only_a" | "both" | "only_b" | "hidden";

export function isOf({ seen: [a, b] }: TriedRow, which: Which): boolean {
  switch (which) {
    case "all":
      return true;
    case "only_a":
      return a === true && b !== true;
    case "only_b":
      return b === true && a !== true;
    case "both":
      return a === true && b === true;
    case "hidden":
      return a !== true && b !== true;
  }
}

/** What drafts change for a row: whether the actor gains or loses seeing it. */
export function draftWord(judgement: PolicyJudgement, index: number): "gains" | "loses" | null {
  const row = judgement.rows[index];
  if (!row?.drafted || row.now.select === null || row.drafted.select === null) return null;
  if (row.now.select === row.drafted.select) return null;
  return row.drafted.select ? "gains" : "loses";
}

/** Everything that has to be said beside the answer. */
export const remarksOf = (attempted: PolicyAttempted): readonly string[] => [
  ...attempted.lasting,
  ...attempted.differs,
  ...(attempted.no_sample ? [attempted.no_sample] : []),
  ...attempted.notices.map(({ message }) => message),
];
