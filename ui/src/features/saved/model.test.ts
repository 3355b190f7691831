import { describe, expect, it } from "vitest";
import type { SavedHead, SavedList } from "@/ipc";
import { importWords, suggestedName, tagsOf, treeOf } from "./model";

const head = (id: string, folder: string, more: Partial<SavedHead> = {}): SavedHead => ({
  id,
  name: id,
  folder,
  tags: [],
  profile_id: null,
  driver: null,
  version: 1,
  created_ms: 0,
  changed_ms: 0,
  excerpt: "select 1",
  ...more,
});

const list = (queries: readonly SavedHead[], folders: readonly string[]): SavedList => ({
  queries: [...queries],
  folders: [...folders],
  tags: [],
  total: queries.length,
});

describe("the tree of saved queries", () => {
  const all = list(
    [head("top", ""), head("a", "Sales"), head("b", "sales/By day")],
    ["Sales/By day", "Sales", "Empty"],
  );

  it("puts folders before queries, and queries into their folders whatever their case", () => {
    const { roots, children } = treeOf(all, false, []);
    expect(roots.map((item) => item.label)).toEqual(["Empty", "Sales", "top"]);
    expect(children.get("folder:sales")?.map((item) => item.label)).toEqual(["By day", "a"]);
    expect(children.get("folder:sales/by day")?.map((item) => item.label)).toEqual(["b"]);
    expect(roots.find((item) => item.label === "Sales")?.meta).toBe(2);
  });

  it("leaves out what has nothing to show while somebody searches", () => {
    const found = treeOf({ ...all, queries: [head("b", "Sales/By day")] }, true, []);
    expect(found.roots.map((item) => item.label)).toEqual(["Sales"]);
    expect(found.folderIds).toEqual(["folder:sales", "folder:sales/by day"]);
  });

  it("says in a tooltip what a query is for", () => {
    const { roots } = treeOf(list([head("x", "", { driver: "postgres", tags: ["a", "b"] })], []), false, []);
    expect(roots[0]?.tooltip).toBe("for postgres · #a #b · select 1");
  });
});

describe("words of saved queries", () => {
  it("reads tags as people write them", () => {
    expect(tagsOf(" #sales, daily,, Sales , two words")).toEqual(["sales", "daily", "two words"]);
  });

  it("suggests the comment above the text, else a title that says something", () => {
    expect(suggestedName("-- Orders by day\nselect 1", "Query 3")).toBe("Orders by day");
    expect(suggestedName("select 1", "late.sql")).toBe("late");
    expect(suggestedName("select 1", "Query 3")).toBe("");
  });

  it("says what an import did", () => {
    expect(importWords({ added: [1, 2], updated: [], unchanged: 3, skipped: [1] })).toBe(
      "2 added, 3 unchanged, 1 left out",
    );
    expect(importWords({ added: [], updated: [], unchanged: 0, skipped: [] })).toMatch(/no \.sql/);
  });
});
