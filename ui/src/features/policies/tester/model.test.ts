import { describe, expect, it } from "vitest";
import type { AppError, JudgedRow, PolicyJudgement } from "@/ipc";
import { claimsHint, commandOf, outcomeWords, preview, seenWords, verdictOf } from "./model";

const error: AppError = {
  code: "forbidden",
  message: "permission denied for table t",
  hint: null,
  range: null,
  native: null,
};
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
    expect(outcomeWords({ outcome: "no_privilege", missing: ["SELECT on app.t"], error })).toMatchObject({
      tone: "danger",
      head: "Refused: a privilege is missing",
      detail: "SELECT on app.t",
      why: expect.stringContaining("No policy was asked"),
    });
    const refused = outcomeWords({ outcome: "policy_refused", table: "t", error });
    expect(refused.head).toBe("Refused by a policy");
    expect(refused.why).toContain("The privilege is there");
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
    expect(seenWords(judged([]))).toEqual({ count: "2", of: "of 5 rows visible", rests: "exactly" });
    expect(
      seenWords(judged([], { hidden: { rows: null, reason: "not visible to this login" }, exact: false })),
    ).toEqual({
      count: "2",
      of: "rows visible; hidden ones: not visible to this login",
      rests: "of the sample",
    });
    expect(seenWords(judged([], { visible: { rows: null, reason: "a standby" } }))).toMatchObject({
      count: null,
      of: "visible rows: a standby",
    });
  });
});

describe("a verdict", () => {
  it("shows a failing permissive policy as neutral and a failing restrictive one as red", () => {
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

  it("is of a command, by its first word", () => {
    expect(commandOf("delete", "")).toBe("delete");
    expect(commandOf("sql", "  UPDATE t set a = 1")).toBe("update");
    expect(commandOf("sql", "with a as (select 1) select 2")).toBe("select");
  });

  it("takes claims that are none, and says so", () => {
    expect(claimsHint('{"sub": "1"}')).toBeUndefined();
    expect(claimsHint("{sub}")).toBe(
      "Column 2: a name in double quotes or } is missing here. Sent as it is, to see what happens.",
    );
    expect(claimsHint("[1]")).toContain("JSON object");
  });
});
