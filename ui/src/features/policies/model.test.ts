import { describe, expect, it } from "vitest";
import {
  FIRST_VIEW,
  firstRole,
  isFiltered,
  NO_FILTER,
  PAGE,
  type PoliciesView,
  pagesOf,
  readView,
  tallyOf,
  unfolded,
} from "./model";

describe("the view that a tab keeps", () => {
  it("comes back as it was", () => {
    const view: PoliciesView = {
      ...FIRST_VIEW,
      filter: { text: "doc", schema: "app", role: "anon", state: "no_policy", within: "staged" },
      open: { schema: "app", table: 'do"cs' },
      editing: { on: { schema: "app", table: "docs" }, key: "new:3" },
      role: "authenticated",
      command: "update",
      section: "coverage",
      roles: ["anon"],
      test: {
        on: { schema: "app", table: "t" },
        trying: "sql",
        statement: "select 1",
        count: true,
        actors: [
          { role: "anon", claims: "{", claims_setting: null, settings: [["app.user", ""]], apply_role_settings: true },
        ],
      },
      suite: {
        text: "{}",
        file: { path: "/a.json", stamp: "1", crlf: true },
        saved: "{ }",
        chosen: 2,
      },
      side: 500,
    };
    expect(readView(JSON.stringify(view))).toEqual(view);
  });

  it("finds and unfolds one table", () => {
    const view = readView(unfolded(JSON.stringify({ role: "anon" }), { schema: "app", name: "do cs" }));
    expect(view.open).toEqual({ schema: "app", table: "do cs" });
    expect(view.filter).toEqual({ ...NO_FILTER, text: "do cs", schema: "app" });
    expect(view.role).toBe("anon");
  });

  it("is as at first where it cannot be read, part by part", () => {
    expect(readView("{")).toEqual(FIRST_VIEW);
    expect(readView("null")).toEqual(FIRST_VIEW);
    const odd = {
      filter: { text: 3, state: "green", within: "x" },
      open: { schema: 1 },
      editing: { key: "a" },
      test: { actors: { role: "anon" } },
      suite: { file: 3 },
      side: 3,
    };
    expect(readView(JSON.stringify({ ...odd, command: "all", role: "" }))).toEqual(FIRST_VIEW);
  });
});

describe("the list of tables", () => {
  it("is asked for by pages", () => {
    expect(pagesOf(0, 0)).toEqual([0]);
    expect(pagesOf(PAGE - 1, PAGE)).toEqual([0, 1]);
    expect(pagesOf(9_990, 9_999)).toEqual([49]);
    expect(pagesOf(-1, -1)).toEqual([0]);
  });

  it("knows whether it is narrowed", () => {
    expect(isFiltered(NO_FILTER)).toBe(false);
    expect(isFiltered({ ...NO_FILTER, text: "  " })).toBe(false);
    expect(isFiltered({ ...NO_FILTER, state: "off" })).toBe(true);
    expect(isFiltered({ ...NO_FILTER, within: "needs_work" })).toBe(true);
  });

  it("counts states that there are, worst first", () => {
    const none = {
      tables: 9,
      exposed: 0,
      off: 0,
      no_policy: 0,
      open: 0,
      on: 0,
      forced: 0,
      not_known: 0,
      needs_work: 0,
      staged: 0,
      policies: 0,
    };
    expect(tallyOf({ ...none, on: 5, exposed: 1, no_policy: 3 })).toEqual([
      { state: "exposed", count: 1 },
      { state: "no_policy", count: 3 },
      { state: "on", count: 5 },
    ]);
    expect(tallyOf(none)).toEqual([]);
  });
});

describe("words and tones", () => {
  it("of the role that policies are first combined for", () => {
    const roles = [
      { name: "PUBLIC", exposed: false },
      { name: "anon", exposed: true },
      { name: "writer", exposed: false },
      { name: "authenticated", exposed: true },
    ];
    expect(firstRole(roles, [["writer"], ["authenticated"]])).toBe("authenticated");
    expect(firstRole(roles, [["writer"]])).toBe("writer");
    expect(firstRole(roles, [])).toBe("anon");
    expect(firstRole([], [["x"]])).toBeNull();
  });
});
