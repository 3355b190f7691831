import { describe, expect, it } from "vitest";
import type { MigrationRow, MigrationState, MigrationStatus } from "@/ipc";
import {
  backTo,
  blockedBy,
  countWords,
  filtered,
  keptWords,
  nameProblem,
  noApply,
  noBack,
  pathIn,
  placeWords,
  readView,
} from "./model";

const row = (version: string, state: MigrationState["state"], more: Partial<MigrationRow> = {}): MigrationRow => ({
  version,
  name: `step ${version}`,
  state:
    state === "drifted"
      ? { state, applied: "a", file: "b" }
      : state === "failed"
        ? { state, kept: 1, of: 3, uncertain: false }
        : { state },
  applied_at_ms: null,
  took_ms: null,
  file: `${version}.up.sql`,
  down: `${version}.down.sql`,
  transaction: true,
  statements: 1,
  ...more,
});

const status = (rows: MigrationRow[], more: Partial<MigrationStatus> = {}): MigrationStatus => ({
  folder: "/m",
  tool: "sqlx",
  rows,
  histories: [],
  problems: [],
  refusal: null,
  pending: rows.filter(({ state }) => state.state === "pending" || state.state === "late").length,
  transactional: true,
  digest: "d",
  ...more,
});

describe("what can be done with migrations", () => {
  it("applies what is pending, and nothing before somebody said what became of a failed one", () => {
    expect(noApply(status([row("1", "applied"), row("2", "pending")]))).toBeUndefined();
    expect(noApply(status([row("1", "applied")]))).toBe("nothing is pending");
    expect(noApply(status([row("1", "failed"), row("2", "pending")]))).toBe("say first what became of 1");
  });

  it("takes the last one back, where something is written that does", () => {
    expect(noBack(status([row("1", "pending")]))).toBe("nothing is applied");
    expect(noBack(status([row("1", "applied"), row("2", "pending")]))).toBeUndefined();
    expect(noBack(status([row("1", "applied"), row("2", "applied", { down: null })]))).toContain("takes 2 back");
  });

  it("takes back what came after one, the last first, and says which of them cannot be", () => {
    const [a, b, c, d] = [row("1", "applied"), row("2", "drifted"), row("3", "applied"), row("4", "pending")];
    const all = status([a, b, c, d]);
    expect(backTo(all, a)).toEqual({ rows: [c, b] });
    expect(backTo(all, c).reason).toBe("it is the last that is applied");
    expect(backTo(all, d).reason).toBe("it is not applied");
    const stuck = status([a, row("2", "applied", { down: null }), c]);
    expect(backTo(stuck, a).reason).toBe("nothing is written that takes 2 back");
  });

  it("says why nothing runs at all", () => {
    expect(blockedBy(undefined, undefined)).toBe("they are being read");
    expect(blockedBy(status([]), "the connection is read-only")).toBe("the connection is read-only");
    expect(blockedBy(status([], { folder: null }), undefined)).toBe("choose a folder first");
    const refusal = "Flyway's migrations are applied by Flyway.";
    expect(blockedBy(status([], { refusal }), undefined)).toBe("Flyway's migrations are applied by Flyway");
    expect(blockedBy(status([]), undefined)).toBeUndefined();
  });
});

describe("what is said of migrations", () => {
  it("tells what of a failed one is kept, and what may be", () => {
    const failed = (kept: number | null, of: number | null, uncertain: boolean) =>
      keptWords({ state: "failed", kept, of, uncertain });
    expect(failed(2, 5, true)).toBe("Statements 1–2 of 5 are kept; number 3 may be.");
    expect(failed(1, 5, false)).toBe("Statement 1 of 5 is kept.");
    expect(failed(0, 5, false)).toBe("None of its 5 statements is kept.");
    expect(failed(0, 5, true)).toBe("None of its 5 statements is kept for sure; number 1 may be.");
    expect(failed(null, null, true)).toBe("Nobody wrote down which of its statements are kept.");
  });

  it("counts by state and finds by version, name, file and state", () => {
    const rows = [row("20261", "applied"), row("20262", "applied"), row("20263", "late", { name: "totals" })];
    expect(countWords(rows)).toBe("2 applied · 1 late");
    expect(filtered(rows, "")).toHaveLength(3);
    expect(filtered(rows, "late tot")).toEqual([rows[2]]);
    expect(filtered(rows, "20262.up")).toEqual([rows[1]]);
  });

  it("says where in a statement something is wrong", () => {
    expect(placeWords("select 1,\n  total", { from: 12, to: 17 })).toBe("Line 2, column 3: total");
    expect(placeWords("select", { from: 6, to: 6 })).toBe("Line 1, column 7");
  });

  it("names files and refuses names that are paths", () => {
    expect(pathIn("/m/", "a.sql")).toBe("/m/a.sql");
    expect(pathIn("C:\\m", "a.sql")).toBe("C:\\m\\a.sql");
    expect(nameProblem(" ")).toBe("give it a name first");
    expect(nameProblem("a/b")).toBe("a name has no slashes");
    expect(nameProblem("orders by month")).toBeUndefined();
  });

  it("reads a kept view, and a broken one as none", () => {
    expect(readView("{")).toEqual({ folder: null, filter: "", chosen: null, side: 400 });
    expect(readView(JSON.stringify({ folder: "/m", chosen: "1", side: "wide" }))).toMatchObject({
      folder: "/m",
      chosen: "1",
      side: 400,
    });
  });
});
