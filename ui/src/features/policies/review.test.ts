import { describe, expect, it } from "vitest";
import { ageWords, blockerWords, migrationPaths, stepOf, unacknowledged } from "./review";

describe("the review", () => {
  it("finds the step that a statement belongs to", () => {
    const steps = [{ sql: ["a", "b"] }, { sql: [] }, { sql: ["c"] }];
    expect([0, 1, 2, 3].map((statement) => stepOf(steps, statement))).toEqual([0, 0, 2, null]);
    expect(stepOf(steps, null)).toBeNull();
  });

  it("says who is in the way", () => {
    const blocker = { session: "4812", user: "app", application: "psql", statement: "select 1", age_ms: 192_000 };
    expect(blockerWords(blocker)).toBe("app (psql), session 4812, its transaction is open for 3 min");
    expect(blockerWords({ session: null, user: null, application: null, statement: null, age_ms: null })).toBe(
      "a session",
    );
    expect([ageWords(2_400), ageWords(7_500_000)]).toEqual(["for 2 s", "for 2 h 5 min"]);
  });

  it("wants every role that loses everything by its name", () => {
    expect(unacknowledged(["anon", "app"], { anon: " anon ", app: "ap" })).toEqual(["app"]);
    expect(unacknowledged([], {})).toEqual([]);
  });

  it("names a migration's two files", () => {
    const both = { up: "/m/7.up.sql", down: "/m/7.down.sql" };
    expect(migrationPaths("/m/7.up.sql")).toEqual(both);
    expect(migrationPaths("/m/7.sql")).toEqual(both);
    expect(migrationPaths("/m/7")).toEqual(both);
  });
});
