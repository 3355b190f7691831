import { describe, expect, it } from "vitest";
import type { PolicyUserMapping } from "@/ipc";
import { column, guessed, mappingProblem, mappingWords } from "./users";

const on = { schema: "app", table: "users" };
const role = (name: string, exposed: boolean) => ({ name, exposed, login: false, superuser: false, bypass: false });
const users: PolicyUserMapping = {
  on,
  label: "email",
  role: { from: "text", text: "authenticated" },
  claims: [["sub", column("id", true)]],
  claims_setting: null,
  settings: [["app.org", { from: "text", text: "7" }]],
};

describe("how users are read", () => {
  it("begins with what is suggested for the table", () => {
    expect(guessed(on, [users], [])).toBe(users);
    const other = guessed(
      { schema: "app", table: "people" },
      [users],
      [role("anon", true), role("authenticated", true)],
    );
    expect(other).toMatchObject({ on: { table: "people" }, role: { from: "text", text: "authenticated" }, claims: [] });
    expect(guessed(on, [], []).role).toBeNull();
  });

  it("says what is missing", () => {
    expect(mappingProblem(users)).toBeUndefined();
    expect(mappingProblem({ ...users, claims: [], settings: [] })).toContain("which column");
    expect(mappingProblem({ ...users, claims: [["", column("id")]] })).toContain("a name");
    expect(mappingProblem({ ...users, claims: [["sub", column("")]] })).toContain("a column");
    expect(mappingProblem({ ...users, claims: [...users.claims, ...users.claims] })).toContain("same name");
  });

  it("is said in a line", () => {
    expect(mappingWords(users)).toBe("role is “authenticated”, sub is id, app.org is “7”");
    expect(mappingWords({ ...users, role: null, settings: [] })).toBe("as the login, sub is id");
  });
});
