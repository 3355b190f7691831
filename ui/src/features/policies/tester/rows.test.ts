import { describe, expect, it } from "vitest";
import type { JudgedPolicy, JudgedRow, PolicyJudgement } from "@/ipc";
import { isAsked, isChanged, isDrafted, isOf, triedRows, verdictFor, whatIf, whyOf } from "./rows";

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

  const drafted = judged([
    row("1", true, { drafted: reach(false) }),
    row("2", false, { drafted: reach(true) }),
    row("3", true, { drafted: reach(true) }),
    row("4", null, { drafted: reach(true) }),
  ]);

  it("say what drafts change, for each of both", () => {
    const rows = triedRows(drafted, a);
    expect(rows.map(({ changes }) => changes)).toEqual([
      ["disappears", null],
      ["appears", null],
      [null, null],
      [null, null],
    ]);
    expect(
      rows.filter((each) => isChanged(each, { actor: 0, change: "appears" })).map(({ values }) => values[0]),
    ).toEqual(["2"]);
  });

  it("are counted for what drafts change, what is not known apart", () => {
    expect(whatIf(drafted)[0]).toEqual({ command: "select", appears: 1, disappears: 1, stays: 1, unknown: 1 });
    expect(whatIf(drafted)[3]).toMatchObject({ command: "delete", unknown: 4 });
    expect(whatIf(a)).toEqual([]);
    expect([isDrafted(drafted), isDrafted({ ...drafted, drafts: [] }), isDrafted(a)]).toEqual([true, true, false]);
  });
});

describe("a row's policies", () => {
  const policy = (name: string, more: Partial<JudgedPolicy> = {}): JudgedPolicy => ({
    name,
    command: "all",
    permissive: true,
    applies: true,
    using: "x",
    with_check: null,
    approximate: null,
    failed: null,
    ...more,
  });

  it("are asked for a command, USING and WITH CHECK as the server asks them", () => {
    expect(isAsked(policy("p", { command: "update" }), "select")).toBe(false);
    expect(isAsked(policy("p", { applies: false }), "select")).toBe(false);
    expect(verdictFor("insert", ["pass", "fail"])).toBe("fail");
    expect(verdictFor("insert", ["pass", "absent"])).toBe("pass");
    expect(verdictFor("update", ["fail", "pass"])).toBe("fail");
    expect(verdictFor("update", ["pass", "null"])).toBe("null");
    expect(verdictFor("select", ["null", "pass"])).toBe("null");
    expect(verdictFor("select", undefined)).toBe("not_evaluated");
  });

  it("say why it is reached, and why not", () => {
    const policies = [policy("own"), policy("team"), policy("fence", { permissive: false })];
    const of = (seen: boolean | null, verdicts: JudgedRow["verdicts"]) =>
      whyOf(judged([row("1", seen, { verdicts })], { policies }), 0, "select");
    expect(
      of(true, [
        ["pass", "absent"],
        ["fail", "absent"],
        ["pass", "absent"],
      ]),
    ).toBe("gets it by SELECT: own lets it through");
    expect(
      of(false, [
        ["pass", "absent"],
        ["fail", "absent"],
        ["fail", "absent"],
      ]),
    ).toBe("does not get it by SELECT: fence, restrictive, does not let it through");
    expect(
      of(false, [
        ["fail", "absent"],
        ["null", "absent"],
        ["pass", "absent"],
      ]),
    ).toBe("does not get it by SELECT: no permissive policy lets it through (own, team (null))");
    expect(of(null, [])).toContain("could not be worked out");
  });
});
