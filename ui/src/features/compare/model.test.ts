import { describe, expect, it } from "vitest";
import type { CompareDifference, ObjectRef } from "@/ipc";
import { folded, lineDiff } from "./lines";
import { countsOf, countWords, filtered, type Node, readView, sideProblem, titleOf, treeOf, unfolded } from "./model";

const ref = (kind: string, name: string, signature: string | null = null, schema = "public"): ObjectRef => ({
  database: "shop",
  schema,
  kind,
  name,
  signature,
});

const differs = (
  object: ObjectRef,
  kind: string,
  change: CompareDifference["change"] = "changed",
): CompareDifference => ({ object, kind, change, facets: [], statements: [] });

/** The tree as indented lines. */
function drawn(nodes: readonly Node[], depth = 0): string[] {
  return nodes.flatMap(({ label, becoming, children }) => [
    `${"  ".repeat(depth)}${becoming ? `${becoming} ` : ""}${label}`,
    ...drawn(children, depth + 1),
  ]);
}

describe("the tree of what differs", () => {
  const all = [
    differs(ref("relation", "coupons"), "table", "added"),
    differs(ref("relation", "orders"), "table"),
    differs(ref("column", "total", "orders"), "column"),
    differs(ref("index", "orders_idx", "orders"), "index", "removed"),
    differs(ref("routine", "touch", "integer"), "function"),
    differs(ref("routine", "touch", "text"), "function"),
    differs(ref("policy", "own", "ledger", "billing"), "policy", "added"),
  ];

  it("stands parts under their tables, also where the table itself is the same, and tells functions apart", () => {
    expect(drawn(treeOf(all, "Database"))).toEqual([
      "public",
      "  Tables",
      "    added coupons",
      "    changed orders",
      "      changed total",
      "      removed orders_idx",
      "  Functions",
      "    changed touch(integer)",
      "    changed touch(text)",
      "billing",
      "  Tables",
      "    ledger",
      "      added own",
    ]);
  });

  it("puts parts of a view under the view", () => {
    const parts = [differs(ref("trigger", "t", "v"), "trigger"), differs(ref("relation", "v"), "view")];
    expect(drawn(treeOf(parts, "Database"))).toEqual(["public", "  Views", "    changed v", "      changed t"]);
  });

  it("counts, filters by what becomes of it and by words", () => {
    expect(countWords(countsOf(all))).toBe("2 added · 4 changed · 1 removed");
    expect(filtered(all, { filter: "", show: "removed" })).toEqual([all[3]]);
    expect(filtered(all, { filter: "orders index", show: "all" })).toEqual([all[3]]);
    expect(filtered(all, { filter: "policy", show: "changed" })).toEqual([]);
    expect(titleOf(ref("column", "total", "orders"))).toBe("total of public.orders");
  });

  it("unfolds all of a little, and only schemas and kinds of much", () => {
    const roots = treeOf(all, "Database");
    expect(unfolded(roots).size).toBe(7);
    const gone = treeOf(
      [differs(ref("relation", "t"), "table", "removed"), differs(ref("column", "c", "t"), "column")],
      "",
    );
    expect([...unfolded(gone)].some((id) => id.endsWith("t"))).toBe(false);
    const some = unfolded(roots, 3);
    expect(some.size).toBe(5);
    expect([...some].some((id) => id.includes("orders"))).toBe(false);
  });
});

describe("the sides", () => {
  it("says what is missing", () => {
    const open = (id: string) => id === "a";
    expect(sideProblem(null, "the first side", open)).toBe("choose the first side");
    expect(sideProblem({ from: "database", profile_id: "b", database: null }, "it", open)).toBe("connect it first");
    expect(sideProblem({ from: "database", profile_id: "a", database: null }, "it", open)).toBeUndefined();
    expect(sideProblem({ from: "file", path: " " }, "it", open)).toBe("choose it");
    expect(sideProblem({ from: "folder", path: "/m", scratch_profile_id: null }, "it", open)).toBeUndefined();
  });

  it("reads what was kept of them, and nothing of what is broken", () => {
    const to = { from: "folder", path: "/m", scratch_profile_id: "p" };
    expect(readView(JSON.stringify({ to, noAccess: true, show: "odd", section: "script" }))).toMatchObject({
      from: null,
      to,
      noAccess: true,
      show: "all",
      section: "script",
    });
    expect(readView(JSON.stringify({ to: { from: "moon" } })).to).toBeNull();
    expect(readView("nonsense")).toMatchObject({ from: null, to: null, section: "tree" });
  });
});

describe("lines of two texts", () => {
  const signs = (before: string, after: string) =>
    lineDiff(before, after).map(({ is, text }) => `${{ same: " ", gone: "-", new: "+" }[is]}${text}`);

  it("keeps what is the same and says what goes and comes", () => {
    expect(signs("a\nb\nc", "a\nx\nc")).toEqual([" a", "-b", "+x", " c"]);
    expect(signs("a", "a")).toEqual([" a"]);
    expect(signs("a\nb\nc\nd", "b\nd\ne")).toEqual(["-a", " b", "-c", " d", "+e"]);
  });

  it("gives back both texts, whatever they are", () => {
    const texts = ["", "a", "a\na\nb", "b\na\na", "x\ny\nz\na\nb", "a\nb\nc\nd\ne\nf"];
    for (const before of texts)
      for (const after of texts) {
        const lines = lineDiff(before, after);
        const side = (gone: "gone" | "new") => lines.filter(({ is }) => is !== gone).map(({ text }) => text);
        expect(side("new").join("\n")).toBe(before);
        expect(side("gone").join("\n")).toBe(after);
      }
  });

  it("does not count to the end of texts that have nothing in common", () => {
    const many = (word: string) => Array.from({ length: 5_000 }, (_, at) => `${word} ${at}`).join("\n");
    const lines = lineDiff(many("a"), many("b"));
    expect(lines).toHaveLength(10_000);
    expect(lines[0]?.is).toBe("gone");
  });

  it("folds what is far from any difference", () => {
    const before = Array.from({ length: 20 }, (_, at) => `line ${at}`);
    const after = before.with(10, "other");
    expect(folded(lineDiff(before.join("\n"), after.join("\n")), 1)).toEqual([
      { is: "skipped", count: 9 },
      { is: "same", text: "line 9" },
      { is: "gone", text: "line 10" },
      { is: "new", text: "other" },
      { is: "same", text: "line 11" },
      { is: "skipped", count: 8 },
    ]);
  });
});
