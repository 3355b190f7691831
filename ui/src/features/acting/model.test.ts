import { describe, expect, it } from "vitest";
import { actorLines, actorMark, actorProblem, actorWords, readActor, sameActor, tidy } from "./model";

describe("an actor", () => {
  const long = {
    role: "authenticated",
    claims: '{"role":"authenticated","sub":"42f6a7c0-1111-4222-8333-444455556666"}',
  };

  it("is said in a line that is cut, and in full", () => {
    expect(actorWords(long)).toBe("authenticated · sub 42f6a7c0-1111…");
    expect(
      actorWords({
        claims: '{"id": 12345678901234567890}',
        settings: [
          ["app.tenant", "7"],
          ["a.b", ""],
        ],
      }),
    ).toBe("the login · id 1234567890123… · app.tenant 7 · 1 more setting");
    expect(actorWords({ role: "a".repeat(63) })).toBe(`${"a".repeat(31)}…`);
    expect(actorWords({ role: "x", claims: '{"app": {"a": 1}}' })).toBe("x · claims");
    expect([...actorMark({ role: "🙂".repeat(40) })]).toHaveLength(18);
    expect(actorLines({ ...long, settings: [["app.tenant", "7"]], apply_role_settings: true })).toEqual([
      "Role authenticated",
      `request.jwt.claims = ${long.claims}`,
      "app.tenant = 7",
      "With the role's own settings",
    ]);
  });

  it("needs something to act as, readable claims and settings with names", () => {
    expect(actorProblem({})).toBe("choose a role, or write claims or settings");
    expect(actorProblem({ role: "x" })).toBeUndefined();
    expect(actorProblem({ role: "x", claims: "{" })).toBe("the claims are no JSON object yet");
    expect(actorProblem({ role: "x", settings: [["", "7"]] })).toBe("a setting has no name");
    expect(actorProblem({ settings: [["app.tenant", ""]] })).toBeUndefined();
  });

  it("is the same however little it says", () => {
    expect(sameActor({ role: "x" }, tidy({ role: "x", claims: " ", settings: [["", ""]] }))).toBe(true);
    expect(
      sameActor({ role: "x", claims: "{}", claims_setting: "request.jwt.claims" }, { role: "x", claims: "{}" }),
    ).toBe(true);
    expect(sameActor({ role: "x" }, { role: "x", apply_role_settings: true })).toBe(false);
    expect(sameActor({ role: "x" }, null)).toBe(false);
  });

  it("comes back from what was kept, and nothing else does", () => {
    const actor = tidy({ ...long, settings: [["a.b", "1"]] });
    expect(readActor(JSON.parse(JSON.stringify(actor)))).toEqual(actor);
    expect(readActor({ role: 7, settings: [["a"], "x", [1, 2]] })).toEqual(tidy({}));
    expect(readActor("admin")).toBeUndefined();
    expect(readActor(null)).toBeUndefined();
  });
});
