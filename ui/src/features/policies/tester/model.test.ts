import { describe, expect, it } from "vitest";
import type { AppError, JudgedRow, PolicyJudgement } from "@/ipc";
import { claimsProblem, draftWord, isOf, outcomeWords, preview, seenWords, triedRows, verdictOf } from "./model";

const error: AppError = {
  code: "forbidden",
  message: "permission denied for table t",
  hint: null,
  range: null,
  native: null,
};
const reach = (select: boolean | null) => ({ select, insert: null, update: null, delete: null });
const row = (id: string, seen: boolean | null, more: Partial<JudgedRow> = {}): JudgedRow => ({
  values: [id, `row ${id}`],
  seen,
  now: reach(seen),
  drafted: null,
  verdicts: [],
  draft_verdicts: [],
  ...more,
});
const judged = (rows: JudgedRow[], more: Partial<PolicyJudgement> = {}): PolicyJudgement => ({
  columns: ["id", "title"],
  key: [0],
  policies: [],
  drafts: [],
  unfiltered: null,
  unfiltered_by_drafts: null,
  rows,
  visible: { rows: 2, reason: null },
  hidden: { rows: 3, reason: null },
  exact: true,
  ...more,
});

describe("what came of a statement", () => {
  it("tells a missing privilege from a policy", () => {
    expect(outcomeWords({ outcome: "no_privilege", missing: ["SELECT on app.t"], error })).toEqual({
      tone: "danger",
      head: "Refused: a privilege is missing",
      detail: "SELECT on app.t",
    });
    expect(outcomeWords({ outcome: "policy_refused", table: "t", error }).head).toBe("Refused by a policy");
    expect(outcomeWords({ outcome: "timed_out", after_ms: 10_000 }).head).toBe("Stopped after 10 seconds");
  });

  it("counts rows that were read, and those that were written", () => {
    const answer = { columns: [], rows: [], row_count: 1, affected: null };
    expect(outcomeWords({ outcome: "done", answer }).head).toBe("1 row");
    expect(outcomeWords({ outcome: "done", answer: { ...answer, affected: 0 } })).toMatchObject({
      tone: "neutral",
      head: "0 rows affected",
    });
  });

  it("gives no number where none is known", () => {
    expect(seenWords(judged([]))).toBe("2 of 5 rows visible, exactly");
    expect(seenWords(judged([], { hidden: { rows: null, reason: "not visible to this login" }, exact: false }))).toBe(
      "2 rows visible, hidden: not visible to this login, of the sample",
    );
    expect(seenWords(judged([], { visible: { rows: null, reason: "a standby" } }))).toBe("visible: a standby");
  });
});

describe("rows side by side", () => {
  const a = judged([row("1", true), row("2", false), row("3", true)]);
  const b = judged([row("3", true), row("2", true), row("9", false)]);

  it("are matched by their keys, whatever their order", () => {
    const rows = triedRows(a, b);
    expect(rows.map(({ values, seen }) => [values[0], ...seen])).toEqual([
      ["1", true, null],
      ["2", false, true],
      ["3", true, true],
      ["9", null, false],
    ]);
    const of = (which: Parameters<typeof isOf>[1]) =>
      rows.filter((each) => isOf(each, which)).map(({ values }) => values[0]);
    expect([of("only_a"), of("only_b"), of("both"), of("hidden"), of("all").length]).toEqual([
      ["1"],
      ["2"],
      ["3"],
      ["9"],
      4,
    ]);
  });

  it("of one actor are as they came", () => {
    expect(triedRows(a, null).map(({ seen }) => seen)).toEqual([[true], [false], [true]]);
  });

  it("say what drafts change", () => {
    const drafted = judged([
      row("1", true, { drafted: reach(false) }),
      row("2", false, { drafted: reach(true) }),
      row("3", true, { drafted: reach(true) }),
      row("4", null, { drafted: reach(true) }),
    ]);
    expect([0, 1, 2, 3, 4].map((index) => draftWord(drafted, index))).toEqual(["loses", "gains", null, null, null]);
  });

  it("show a failing permissive policy as neutral and a failing restrictive one as red", () => {
    expect(verdictOf("fail", { permissive: true }).tone).toBe("neutral");
    expect(verdictOf("fail", { permissive: false }).tone).toBe("danger");
    expect(verdictOf("null", { permissive: false })).toMatchObject({ word: "null", tone: "danger" });
    expect(verdictOf("not_evaluated", { permissive: true }).word).toBe("not evaluated");
  });
});

describe("what is asked", () => {
  it("begins with a statement of the table, quoted where it has to be", () => {
    const on = { schema: "app", table: 'do"cs' };
    expect(preview(on, "select", [])).toBe('select * from app."do""cs"');
    expect(preview(on, "update", [{ name: "Id", native_type: "int8" }])).toBe('update app."do""cs" set "Id" = "Id"');
  });

  it("takes claims that are none, and says so", () => {
    expect(claimsProblem('{"sub": "1"}')).toBeUndefined();
    expect(claimsProblem(" ")).toBeUndefined();
    expect(claimsProblem("{sub}")).toContain("Sent as it is");
    expect(claimsProblem("[1]")).toContain("JSON object");
  });
});
