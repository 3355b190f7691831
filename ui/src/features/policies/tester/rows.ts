/** The rows that were tried: who reaches which, what drafts change of that, and which policy says what. Pure. */
import type { JudgedPolicy, JudgedRow, PolicyJudgement, PolicyVerdict } from "@/ipc";
import { COMMANDS, type OneCommand } from "../model";

export type Change = "appears" | "disappears";

export interface TriedRow {
  readonly values: readonly (string | null)[];
  /** Whether A, and B, reach it by the command; null where that is not known. */
  readonly seen: readonly (boolean | null)[];
  /** What the drafts change of that for each; null where nothing, or where it is not known. */
  readonly changes: readonly (Change | null)[];
  /** Its place in A's judgement; -1 where only B's sample has it. */
  readonly first: number;
  readonly second: number;
}

/** Whether an actor reaches a row by a command. What the server really showed goes before what was worked out. */
export const reachOf = (row: JudgedRow, command: OneCommand): boolean | null =>
  command === "select" ? (row.seen ?? row.now.select) : row.now[command];

/** What the drafts change of it: both sides are worked out the same way, so that they can be compared. */
export function changeOf(row: JudgedRow, command: OneCommand): Change | null {
  const before = row.now[command];
  const after = row.drafted?.[command] ?? null;
  if (before === null || after === null || before === after) return null;
  return after ? "appears" : "disappears";
}

const keyOf = ({ key }: PolicyJudgement, values: readonly (string | null)[]): string =>
  JSON.stringify(key.length > 0 ? key.map((index) => values[index]) : values);

/** The sampled rows of one actor, or of two side by side by their keys. */
export function triedRows(
  first: PolicyJudgement,
  second: PolicyJudgement | null,
  command: OneCommand = "select",
): readonly TriedRow[] {
  const one = (row: JudgedRow | undefined) => ({
    seen: row ? reachOf(row, command) : null,
    change: row ? changeOf(row, command) : null,
  });
  const made = (row: JudgedRow, a: JudgedRow | undefined, b: JudgedRow | undefined, at: readonly [number, number]) => {
    const both = second ? [one(a), one(b)] : [one(a)];
    return {
      values: row.values,
      seen: both.map(({ seen }) => seen),
      changes: both.map(({ change }) => change),
      first: at[0],
      second: at[1],
    };
  };
  if (!second) return first.rows.map((row, index) => made(row, row, undefined, [index, -1]));
  const others = new Map(second.rows.map((row, index) => [keyOf(second, row.values), { row, index }]));
  const rows = first.rows.map((row, index) => {
    const key = keyOf(first, row.values);
    const other = others.get(key);
    others.delete(key);
    return made(row, row, other?.row, [index, other?.index ?? -1]);
  });
  for (const { row, index } of others.values()) rows.push(made(row, undefined, row, [-1, index]));
  return rows;
}

export type Which = "all" | "only_a" | "both" | "only_b" | "hidden";
/** Rows that drafts change for an actor. */
export interface Changed {
  readonly actor: number;
  readonly change: Change;
}

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

export const isChanged = (row: TriedRow, { actor, change }: Changed): boolean => row.changes[actor] === change;

export interface WhatIf {
  readonly command: OneCommand;
  readonly appears: number;
  readonly disappears: number;
  readonly stays: number;
  /** Rows of which it is not known, before or after. */
  readonly unknown: number;
}

/** Whether drafts were judged, too: also drafts that leave no policy at all. */
export const isDrafted = ({ rows }: PolicyJudgement): boolean => rows.some(({ drafted }) => drafted !== null);

/** What the drafts change for an actor, command by command; empty where nothing is drafted. */
export function whatIf(judgement: PolicyJudgement): readonly WhatIf[] {
  if (!isDrafted(judgement)) return [];
  return COMMANDS.map(({ value: command }) => {
    const count = { appears: 0, disappears: 0, stays: 0, unknown: 0 };
    for (const row of judgement.rows) {
      const before = row.now[command];
      const after = row.drafted?.[command] ?? null;
      if (before === null || after === null) count.unknown += 1;
      else if (before === after) count.stays += 1;
      else count[after ? "appears" : "disappears"] += 1;
    }
    return { command, ...count };
  });
}

/** Whether a policy is asked for a command. */
export const isAsked = ({ command, applies }: JudgedPolicy, by: OneCommand): boolean =>
  applies && (command === "all" || command === by);

/** What a policy says of a row for a command: USING of rows that are there, WITH CHECK of rows as written, both for UPDATE. */
export function verdictFor(
  command: OneCommand,
  verdict: readonly [PolicyVerdict, PolicyVerdict] | undefined,
): PolicyVerdict {
  if (!verdict) return "not_evaluated";
  const [using, check] = verdict;
  // Where there is no WITH CHECK, USING is asked of rows as written, too.
  const written = check === "absent" ? using : check;
  if (command === "insert") return written;
  if (command === "update") return using === "pass" ? written : using;
  return using === "absent" ? check : using;
}

const list = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");

/** Why an actor reaches a row, or why not, in one sentence without its subject. */
export function whyOf(judgement: PolicyJudgement, index: number, command: OneCommand): string {
  const row = judgement.rows[index];
  if (!row) return "did not have it in the sample";
  const word = COMMANDS.find(({ value }) => value === command)?.word ?? command;
  if (judgement.unfiltered !== null) return `is not filtered: ${judgement.unfiltered}`;
  const said = judgement.policies
    .map((policy, place) => ({ policy, verdict: verdictFor(command, row.verdicts[place]) }))
    .filter(({ policy }) => isAsked(policy, command));
  const names = (permissive: boolean, passing: boolean) =>
    said
      .filter(({ policy, verdict }) => policy.permissive === permissive && (verdict === "pass") === passing)
      .map(({ policy, verdict }) => (verdict === "null" ? `${policy.name} (null)` : policy.name));
  const restricting = names(false, false);
  const letting = names(true, true);
  switch (reachOf(row, command)) {
    case null:
      return "may or may not get it: that could not be worked out";
    case true:
      return letting.length > 0 ? `gets it by ${word}: ${list(letting)} lets it through` : `gets it by ${word}`;
    case false:
      if (restricting.length > 0)
        return `does not get it by ${word}: ${list(restricting)}, restrictive, does not let it through`;
      if (letting.length > 0) return `does not get it by ${word}, although ${list(letting)} lets it through`;
      return said.some(({ policy }) => policy.permissive)
        ? `does not get it by ${word}: no permissive policy lets it through (${list(names(true, false))})`
        : `does not get it by ${word}: no permissive policy is there for this actor`;
  }
}
