import { describe, expect, it } from "vitest";
import { migrationPaths, stepOf, unacknowledged } from "./review";

describe("the review", () => {
  it("finds the step that a statement belongs to", () => {
    const steps = [{ sql: ["a", "b"] }, { sql: [] }, { sql: ["c"] }];
    expect([0, 1, 2, 3].map((statement) => stepOf(steps, statement))).toEqual([0, 0, 2, null]);
    expect(stepOf(steps, null)).toBeNull();
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
