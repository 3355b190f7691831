import { describe, expect, it } from "vitest";
import type { AdvisorFinding, AdvisorPoint, AdvisorRule } from "@/ipc";
import {
  asked,
  bytesWords,
  exposureWords,
  FIRST_VIEW,
  fixesOf,
  fixWords,
  isFiltered,
  line,
  msWords,
  names,
  notEvaluated,
  ranOf,
  readView,
  rowSecurityWords,
  sameObject,
  scanWords,
  scriptOf,
  talliesOf,
  trend,
} from "./model";

const rule = (id: string, more: Partial<AdvisorRule> = {}): AdvisorRule => ({
  id,
  name: id,
  title: id,
  level: "warning",
  result: "pass",
  reason: null,
  findings: 0,
  ...more,
});
const point = (grade: string, uncertain = false): AdvisorPoint => ({
  at_ms: 1,
  grade,
  uncertain,
  secured: 1,
  tables: 2,
  errors: 0,
  warnings: 0,
});

describe("a report", () => {
  it("never counts what was not looked at as passed", () => {
    const rules = [
      rule("S-01"),
      rule("O-05", { result: "not_evaluated", reason: "pg_stat_statements is not installed" }),
      rule("S-05", { result: "fail", reason: "2 expressions were not read" }),
    ];
    expect(notEvaluated(rules).map(({ id }) => id)).toEqual(["O-05", "S-05"]);
    expect(ranOf({ rules, elapsed_ms: 214 })).toBe(
      "2 of 3 rules ran in 214 ms. 2 could not be evaluated, or not in full.",
    );
    expect(ranOf({ rules: rules.slice(0, 1), elapsed_ms: 9 })).toBe("1 of 1 rule ran in 9 ms.");
  });

  it("draws the grades as a line, A on top", () => {
    const points = [point("F"), point("C"), point("A")];
    expect(line(points, 100, 20)).toBe("0.0,20.0 50.0,8.0 100.0,0.0");
    expect(trend(points)).toBe("F to A");
    expect(trend([point("C"), point("B", true)])).toBe("C to B?");
    expect(trend([point("B")])).toBeNull();
    expect(line([point("B")], 100, 20)).toBe("0.0,4.0");
  });
});

describe("a finding's fix", () => {
  const fix = {
    sql: "ALTER TABLE t ENABLE ROW LEVEL SECURITY;",
    undo: "ALTER TABLE t\n  DISABLE ROW LEVEL SECURITY;",
    lock: "ACCESS EXCLUSIVE",
    transaction_safe: true,
    drafts: true,
  };
  const finding: AdvisorFinding = {
    rule: "S-01",
    name: "rls_disabled_in_public",
    title: "Row security is off",
    level: "error",
    object: { schema: "app", name: "t", kind: "table", relation: null, label: "app.t" },
    evidence: [],
    message: "Anybody reads it.\nReally.",
    fix,
    key: "S-01:app:t",
    accepted: null,
  };

  it("opens as a script in which only the fix is no comment", () => {
    const code = scriptOf(finding)
      .split("\n")
      .filter((each) => each !== "" && !each.startsWith("--"));
    expect(code).toEqual([fix.sql]);
    expect(scriptOf(finding)).toContain("--   DISABLE ROW LEVEL SECURITY;");
    expect(scriptOf({ ...finding, fix: null })).toBe("");
  });

  it("says its lock, its transaction, and that there is no way back", () => {
    expect(fixWords(fix)).toEqual(["ACCESS EXCLUSIVE", "one transaction"]);
    expect(fixWords({ ...fix, lock: null, undo: null, transaction_safe: false })).toEqual([
      "Locks no table",
      "outside of any transaction",
      "no way back",
    ]);
  });
});

describe("the view and the exposure", () => {
  it("come back as they were kept", () => {
    const view = {
      text: "a",
      level: "error",
      group: "K",
      kind: "table",
      within: "accepted",
      about: { schema: "app", name: "t", kind: "table", relation: null, label: "app.t" },
      object: null,
      chosen: "x",
      side: 500,
    } as const;
    expect(readView(JSON.stringify(view))).toEqual(view);
    expect(readView("[")).toEqual(FIRST_VIEW);
    expect(readView(JSON.stringify({ level: "bad", group: "Z", side: 9, about: { name: 1 } }))).toEqual(FIRST_VIEW);
    expect(asked(view)).toMatchObject({ levels: ["error"], groups: ["K"], kinds: ["table"], accepted: true });
    expect(asked(view).about?.label).toBe("app.t");
    // The list of all tables is of all of them, whatever was narrowed before.
    expect(asked({ ...view, within: "tables" })).toMatchObject({ about: null, accepted: false });
    expect([isFiltered(FIRST_VIEW), isFiltered({ ...FIRST_VIEW, group: "S" })]).toEqual([false, true]);
  });

  it("says that a guess is one", () => {
    const exposure = { schemas: ["public"], anonymous: ["anon"], signed_in: [], guessed_from: "the roles" };
    expect(exposureWords(exposure)).toBe("Untrusted clients reach public as anon. That is a guess, from the roles.");
    expect(exposureWords({ ...exposure, schemas: [], guessed_from: null })).toBe(
      "No schema is exposed to untrusted clients.",
    );
    expect(exposureWords(null)).toContain("Nobody said");
    expect(names(" a, b ,,a")).toEqual(["a", "b"]);
  });
});

describe("an object", () => {
  const object = { schema: "app", name: "t", kind: "table", relation: null, label: "app.t" };

  it("is told by shapes and words, never by a colour alone", () => {
    const row = { object, errors: 1, warnings: 2, infos: 0, accepted: 1_200, worst: null, row_security: null };
    expect(talliesOf(row).map(({ count, word, icon }) => `${icon}: ${count} ${word}`)).toEqual([
      "error: 1 error",
      "warning: 2 warnings",
      "info: 0 notes",
      "eye-off: 1200 accepted",
    ]);
  });

  it("says how row security stands", () => {
    const state = { enabled: true, forced: false, policies: 0 };
    expect(rowSecurityWords({ ...state, enabled: false })).toBe("row security off");
    expect(rowSecurityWords(state)).toBe("row security on, no policy");
    expect(rowSecurityWords({ enabled: true, forced: true, policies: 2 })).toBe("row security forced, 2 policies");
  });

  it("is the same by its names and its kind", () => {
    expect(sameObject(object, { ...object })).toBe(true);
    expect(sameObject(null, object)).toBe(false);
    for (const other of [{ kind: "function" }, { schema: null }, { name: "u" }])
      expect(sameObject(object, { ...object, ...other })).toBe(false);
  });
});

describe("scans", () => {
  it("say when they were, when they are again, and what kept the last one", () => {
    const at = new Date(2026, 10, 22, 15, 54).getTime();
    const scan = { schedule: "hourly" as const, last_ms: at, next_ms: at + 3_600_000, waiting: null };
    expect(scanWords(scan)).toMatch(/^Looked at .*54.*, again at .*54.*\.$/);
    expect(scanWords({ ...scan, next_ms: null, waiting: "The server was away." })).toMatch(
      /^Looked at [^,]*\. The server was away\.$/,
    );
  });
});

describe("figures", () => {
  it("are short, in units people read", () => {
    expect([0.123, 312, 4_100, 130_000, 12_600_000].map(msWords)).toEqual([
      "0.12 ms",
      "312 ms",
      "4.1 s",
      "2 min",
      "3.5 h",
    ]);
    expect([0, 999, 1_000, 9_600_000, 42_000_000_000].map(bytesWords)).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "9.6 MB",
      "42 GB",
    ]);
  });

  it("of fixes tell drafts from scripts, and what may not run in a transaction", () => {
    const fix = (drafts: boolean, transaction_safe = true) => ({
      fix: { sql: "", undo: null, lock: null, drafts, transaction_safe },
    });
    expect(fixesOf([fix(true), fix(false), fix(false, false), { fix: null }])).toEqual({
      drafts: 1,
      script: 2,
      alone: 1,
    });
  });
});
