import { describe, expect, it } from "vitest";
import type { PolicyAttempted, PolicyOutcome, PolicySuiteCase } from "@/ipc";
import {
  actorWords,
  aloneOf,
  claimsOf,
  claimsText,
  expectFrom,
  expectOf,
  expectText,
  expectWords,
  freeName,
  gotExpect,
  gotWords,
  keptIn,
  readSuite,
  type Suite,
  type SuiteCase,
  saidActor,
  withCases,
  writeSuite,
} from "./model";

const one: SuiteCase = {
  name: "own rows",
  as: { role: "authenticated", claims: { sub: "ann" }, settings: { "app.tenant": "7" } },
  statement: "select id from t",
  expect: { rows: ["1", null] },
};
const suite: Suite = { name: "documents", setup: ["insert into t values (1)"], cases: [one] };

const attempted = (outcome: PolicyOutcome): PolicyAttempted => ({
  outcome,
  // biome-ignore lint/suspicious/noThenProperty: the core's name for the statement after it.
  then: null,
  notices: [],
  lasting: [],
  differs: [],
  sample: null,
  no_sample: null,
  statement_us: 1,
  total_us: 1,
});
const done = (answer: Partial<Extract<PolicyOutcome, { outcome: "done" }>["answer"]>) =>
  attempted({ outcome: "done", answer: { columns: ["id"], rows: [], row_count: 0, affected: null, ...answer } });
const came = (got: object): PolicySuiteCase => ({ name: "", ok: false, got: JSON.stringify(got), why: null });

describe("a suite's file", () => {
  it("is read and written as it is, without what is empty", () => {
    const text = writeSuite({ ...suite, claims_setting: "", cases: [{ ...one, setup: [] }] });
    expect(readSuite(text)).toEqual({ suite });
    expect(text).not.toContain("claims_setting");
    expect(text.endsWith("}\n")).toBe(true);
  });

  it("that is none says why", () => {
    expect(readSuite("{")).toHaveProperty("problem");
    expect(readSuite("[]")).toEqual({ problem: "A suite is an object with a name and cases" });
    expect(readSuite('{"name": "a", "cases": [{"name": "b"}]}')).toEqual({
      problem: "Case 1 has no name, no statement or nothing that is expected",
    });
  });

  it("is run case by case, each with what the suite prepares", () => {
    const two = { ...suite, cases: [one, { ...one, name: "other" }] };
    expect(JSON.parse(aloneOf(two, one))).toEqual(suite);
  });

  it("takes the cases of another, with its preparation before each", () => {
    const more = withCases(suite, { name: "more", setup: ["select 1"], cases: [one] });
    expect(more.cases.map(({ name }) => name)).toEqual(["own rows", "own rows 2"]);
    expect(more.cases[1]?.setup).toEqual(["select 1"]);
    expect(more.setup).toEqual(suite.setup);
    expect(freeName("new", more.cases)).toBe("new");
  });
});

describe("what is expected", () => {
  it("is typed and read back", () => {
    for (const expected of [{ rows: ["1", null] }, { count: 2 }, { affected: 0 }, { error: "42501" }] as const) {
      const kind = Object.keys(expected)[0] as "rows";
      expect(expectFrom(kind, expectText(expected))).toEqual(expected);
    }
    expect(expectFrom("count", "-1")).toBe("A whole number");
    expect(expectFrom("count", "")).toBe("A whole number");
    expect(expectFrom("rows", '[{"a": 1}]')).toContain("A list of values");
    expect(expectFrom("refused", "whatever")).toEqual({ refused: true });
  });

  it("is said in words, and so is what came", () => {
    expect(expectWords({ rows: ["1", null] })).toBe("2 rows: 1, NULL");
    expect(expectWords({ rows: [["a", "1"]] })).toBe("1 row: (a, 1)");
    expect(gotWords(came({ affected: 1 }))).toBe("1 row affected");
    expect(gotWords(came({ error: "42501", message: "permission denied" }))).toBe("error 42501: permission denied");
    expect(gotWords(came({ not_run: true, message: "no such role" }))).toBe(
      "it did not come to the statement: no such role",
    );
    // biome-ignore lint/suspicious/noThenProperty: the format's name for the statement after it.
    expect(gotWords(came({ count: 1, then: { rows: ["2"] } }))).toBe("1 row; afterwards 1 row: 2");
    expect(gotExpect(came({ affected: 1 }))).toEqual({ affected: 1 });
    expect(gotExpect(came({ not_run: true }))).toBeNull();
  });

  it("is what came of an attempt that is kept", () => {
    expect(
      expectOf(
        done({
          rows: [
            ["1", "x"],
            [null, "y"],
          ],
          row_count: 2,
        }),
      ),
    ).toEqual({ rows: ["1", null] });
    expect(expectOf(done({ rows: [["1"]], row_count: 900 }))).toEqual({ count: 900 });
    expect(expectOf(done({ columns: [], affected: 3 }))).toEqual({ affected: 3 });
    const error = { code: "forbidden" as const, message: "m", hint: null, range: null, native: null };
    expect(expectOf(attempted({ outcome: "no_privilege", missing: [], error }))).toEqual({ error: "42501" });
    expect(expectOf(attempted({ outcome: "not_sent", error }))).toEqual({ refused: true });
    expect(expectOf(attempted({ outcome: "timed_out", after_ms: 1 }))).toEqual({ error: "57014" });
  });
});

describe("who sends it", () => {
  it("is said as in the tester", () => {
    const actor = {
      role: "authenticated",
      claims: '{"sub": "ann"}',
      settings: [["app.tenant", "7"]] as [string, string][],
    };
    expect(saidActor(actor, undefined)).toEqual(one.as);
    expect(saidActor({ ...actor, claims_setting: "my.claims" }, undefined)).toEqual({
      role: "authenticated",
      settings: { "app.tenant": "7", "my.claims": '{"sub": "ann"}' },
    });
    expect(actorWords(one.as)).toBe("authenticated ann");
    expect(actorWords({ role: "r", settings: { "app.user": "7" } })).toBe("r 7");
    expect(actorWords(undefined)).toBe("the login");
  });

  it("may have claims that are none", () => {
    expect(claimsOf("{sub}")).toBe("{sub}");
    expect(claimsOf(" ")).toBeUndefined();
    expect(claimsText({ sub: "a" })).toBe('{"sub":"a"}');
    expect(claimsText("{sub}")).toBe("{sub}");
  });

  it("comes with the statement into the open suite, or a new one", () => {
    const tried = {
      statement: "delete  from t",
      actors: [{ role: "a" }, { role: "b" }],
      attempted: [done({ affected: 0 }), done({ affected: 1 })],
    };
    const kept = keptIn(null, tried);
    expect(kept?.cases.map(({ name, expect: expected }) => [name, expected])).toEqual([
      ["a: delete from t", { affected: 0 }],
      ["b: delete from t", { affected: 1 }],
    ]);
    expect(keptIn(writeSuite(suite), tried)?.cases).toHaveLength(3);
    expect(keptIn("{", tried)).toBeNull();
  });
});
