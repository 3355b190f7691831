import { describe, expect, it } from "vitest";
import type { BrowseFilter, LookupRow, ObjectRef, ResultKey } from "@/ipc";
import { badge, exactFirst, goLabel, keysAt, nowhere, short, stepRow, tallyOf, tallyText } from "./model";
import { NO_WALK, type Place, stepped, type Walk, went, without } from "./walk";

const object = (name: string): ObjectRef => ({
  database: null,
  schema: "shop",
  kind: "relation",
  name,
  signature: null,
});

const key = (more: Partial<ResultKey> = {}): ResultKey => ({
  name: "buyer",
  columns: ["user_id"],
  shown_at: [1],
  object: object("users"),
  referenced_columns: ["id"],
  label: "→ users.id (ON DELETE CASCADE)",
  values_at: [1],
  obstacle: null,
  ...more,
});

const pair = key({
  columns: ["order_id", "line"],
  shown_at: [1, 2],
  object: object("order_lines"),
  label: "(order_id, line) → order_lines (order_id, line)",
  values_at: [1, 2],
});

describe("the keys of a column", () => {
  it("are all of them, those that can be followed first", () => {
    const lame = key({ obstacle: "The result does not have users.line.", label: "→ lame" });
    expect(keysAt([lame, pair, key()], 1).map(({ index }) => index)).toEqual([1, 2, 0]);
    expect(keysAt([lame, pair], 2).map(({ index }) => index)).toEqual([1]);
    expect(badge([pair, key()], 1)).toBe(`${pair.label}\n→ users.id (ON DELETE CASCADE)`);
    expect(badge([pair], 0)).toBeUndefined();
  });

  it("are followed by their values, in words", () => {
    expect(goLabel(key(), ["17"])).toBe("Go to users 17");
    expect(goLabel(pair, ["3", "7"])).toBe("Go to order_lines (3, 7)");
    expect(goLabel(key(), [`${"x".repeat(60)}\nmore`])).toBe(`Go to users ${"x".repeat(40)}…`);
    expect(short("a\t \nb")).toBe("a b");
  });

  it("lead nowhere from NULL, and where the result lacks a column, which is said", () => {
    expect(nowhere(pair, ["3", null])).toBe("line is NULL: it refers to no row");
    expect(nowhere(pair, ["3", undefined])).toBeUndefined();
    expect(nowhere(key({ obstacle: "No." }), ["3"])).toBe("No.");
  });
});

describe("a tally", () => {
  const failure = (code: "forbidden" | "timed_out" | "internal") => ({
    code,
    message: "It said so.",
    hint: null,
    range: null,
    native: null,
  });
  it("tells a number from a cap, a denial and a failure", () => {
    expect(tallyText({ state: "counted", count: { rows: 12, more: false, elapsed_ms: 3 } }).text).toBe("12");
    expect(tallyText({ state: "counted", count: { rows: 1000, more: true, elapsed_ms: 3 } }).text).toBe("1,000+");
    expect(tallyText(tallyOf(failure("forbidden"))).text).toBe("denied");
    expect(tallyText(tallyOf(failure("timed_out"))).text).toBe("took too long");
    expect(tallyText(tallyOf(failure("internal")))).toEqual({ text: "failed", title: "It said so." });
    expect(tallyText({ state: "nothing", why: "id is NULL." })).toEqual({ text: "none", title: "id is NULL." });
  });
});

describe("a list by keys", () => {
  it("goes round by one and stops at its ends by a page", () => {
    expect([stepRow("ArrowDown", 2, 3), stepRow("ArrowUp", 0, 3), stepRow("ArrowDown", -1, 3)]).toEqual([0, 2, 0]);
    expect([stepRow("PageDown", 0, 5), stepRow("PageUp", 2, 5), stepRow("a", 0, 5)]).toEqual([4, 0, undefined]);
    expect(stepRow("ArrowDown", 0, 0)).toBeUndefined();
  });

  it("has the row whose key was typed first", () => {
    const rows: LookupRow[] = ["170", "17", "171"].map((id) => ({ key: [id], labels: [] }));
    expect(exactFirst(rows, " 17 ").map((row) => row.key[0])).toEqual(["17", "170", "171"]);
    expect(exactFirst(rows, "1")).toBe(rows);
  });
});

describe("a walk", () => {
  const filter = (value: string): BrowseFilter => ({ column: "id", operator: "equal", values: [value] });
  const rows = (name: string, value?: string, row = 0): Place => ({
    kind: "rows",
    profileId: "p",
    object: object(name),
    filters: value === undefined ? [] : [filter(value)],
    sort: [],
    cell: { row, column: 1 },
  });
  const result: Place = { kind: "result", tabId: "q", holdId: "h", cell: null };
  const step = (walk: Walk, by: 1 | -1, here: Place | null) => stepped(walk, by, here) ?? { walk, to: null };

  it("goes back to the cell one came from, and forward again", () => {
    const walk = went(NO_WALK, rows("orders", undefined, 40), rows("users", "7"));
    expect(stepped(walk, 1, rows("users", "7"))).toBeNull();
    const back = step(walk, -1, rows("users", "7", 3));
    expect(back.to).toEqual(rows("orders", undefined, 40));
    const forward = step(back.walk, 1, rows("orders", undefined, 41));
    expect(forward.to, "the cell it was left in").toEqual(rows("users", "7", 3));
    expect(stepped(back.walk, -1, rows("orders"))).toBeNull();
  });

  it("forgets what was ahead when another key is followed", () => {
    const walk = went(NO_WALK, rows("orders"), rows("users", "7"));
    const { walk: back } = step(walk, -1, rows("users", "7"));
    const other = went(back, rows("orders", undefined, 2), rows("products", "3"));
    expect(other.places.map((place) => (place.kind === "rows" ? place.object.name : ""))).toEqual([
      "orders",
      "products",
    ]);
    expect(other.places[0], "where it was left last").toEqual(rows("orders", undefined, 2));
  });

  it("keeps a table that refers to itself apart by its filters", () => {
    const walk = went(went(NO_WALK, rows("people"), rows("people", "3")), rows("people", "3"), rows("people", "1"));
    const one = step(walk, -1, rows("people", "1"));
    expect(one.to).toEqual(rows("people", "3"));
    expect(step(one.walk, -1, rows("people", "3")).to).toEqual(rows("people"));
  });

  it("leads who went elsewhere back to where it is first", () => {
    const walk = went(NO_WALK, result, rows("users", "7"));
    const back = step(walk, -1, rows("products"));
    expect(back.to).toEqual(rows("users", "7"));
    expect(back.walk.at).toBe(1);
    const from = went(walk, rows("products"), rows("makers", "2"));
    expect(from.places).toHaveLength(4);
    expect(step(from, -1, rows("makers", "2")).to).toEqual(rows("products"));
  });

  it("passes over results of tabs that are gone", () => {
    const walk = went(went(NO_WALK, result, rows("users", "7")), rows("users", "7"), rows("orders", "9"));
    const left = without(walk, (place) => place.kind === "result");
    expect(left).toEqual({ places: [rows("users", "7"), rows("orders", "9")], at: 1 });
    expect(without(walk, () => false)).toBe(walk);
  });
});
