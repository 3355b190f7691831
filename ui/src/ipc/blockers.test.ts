import { describe, expect, it } from "vitest";
import { ageWords, blockerProps } from "./blockers";

describe("who is in the way", () => {
  it("is said in a line", () => {
    const blocker = { session: "4812", user: "app", application: "psql", statement: "select 1", age_ms: 192_000 };
    expect(blockerProps(blocker)).toEqual({
      words: "app (psql), session 4812, its transaction is open for 3 min",
      statement: "select 1",
    });
    const nobody = { session: null, user: null, application: null, statement: null, age_ms: null };
    expect(blockerProps(nobody).words).toBe("a session");
    expect([ageWords(2_400), ageWords(7_500_000)]).toEqual(["for 2 s", "for 2 h 5 min"]);
  });
});
