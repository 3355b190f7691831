import { describe, expect, it } from "vitest";
import type { DocumentFieldRow } from "@/ipc";
import { diffLines, hunksOf } from "./diff";
import { percent, queryPath, typeFilter } from "./fields";
import type { Fields } from "./loading";
import { markOf, readKept } from "./model";
import { Outline } from "./outline";
import { withoutId } from "./parts/TextDialog";
import { pipelineReducer, pipelineText, type Stage, stagesUpTo } from "./pipeline";
import { type Change, changeWords, noteOf, patchesOf, pathText, withChange, withoutAt } from "./staged";
import { piecesOf } from "./tokens";
import { editedText, literalOf, shownValue, summaryOf } from "./values";

const set = (path: number[], text: string, more: Partial<Extract<Change, { kind: "set" }>> = {}): Change => ({
  kind: "set",
  path,
  names: path.map(String),
  text,
  alike: true,
  before: "old",
  was: "string",
  ...more,
});
const remove = (path: number[]): Change => ({ kind: "remove", path, names: path.map(String) });
const add = (path: number[], key: number): Change => ({
  kind: "append",
  path,
  names: [],
  name: `n${key}`,
  text: "1",
  key,
});
const row = (name: string, native_type: string, text: string, children: number | null = null): DocumentFieldRow => ({
  name,
  native_type,
  text,
  children,
  cut: false,
});

describe("staged changes", () => {
  it("are sent in an order in which no change moves what a later one names", () => {
    const changes = [remove([1]), remove([3]), remove([3, 0]), add([], 1), set([2], "x")];
    expect(patchesOf(changes).map((patch) => [patch.patch, patch.path])).toEqual([
      ["set", [2]],
      ["append", []],
      ["remove", [3, 0]],
      ["remove", [3]],
      ["remove", [1]],
    ]);
  });

  it("leave out what another one makes meaningless", () => {
    const inside = [set([2, 0], "x"), add([2], 1), set([1], "y")];
    expect(withChange(inside, remove([2]))).toEqual([set([1], "y"), remove([2])]);
    expect(withChange(inside, set([2], "{}"))).toEqual([set([1], "y"), set([2], "{}")]);
    expect(withChange([remove([1])], set([1], "new"))).toEqual([set([1], "new")]);
  });

  it("are none where a value is what it was, unless its type is another", () => {
    expect(withChange([set([1], "x")], set([1], "old"))).toEqual([]);
    expect(withChange([], set([1], "old", { alike: false }))).toHaveLength(1);
  });

  it("are taken back where they are, and inside of it", () => {
    expect(withoutAt([set([2, 0], "x"), set([2], "y"), set([1], "z")], [2])).toEqual([set([1], "z")]);
  });

  it("say what they do", () => {
    expect(pathText(["variants", "2", "sku"])).toBe("variants[2].sku");
    expect(changeWords(remove([0]))).toBe("[0] goes");
    const only = {
      id: null,
      holdId: "h",
      row: 0,
      mark: "",
      changes: [set([1], "18.90", { names: ["price"], was: "decimal" })],
    };
    expect(noteOf([only])).toBe("price keeps decimal");
  });

  it("come back as they were kept, and nothing else does", () => {
    const staged = [{ id: ":a", holdId: "h1", row: 3, mark: "m", changes: [set([1], "x"), remove([2]), add([], 1)] }];
    const kept = JSON.parse(
      JSON.stringify({
        view: "json",
        style: "canonical",
        staged,
        fields: true,
        stages: [],
        rules: { validator: "{ a: 1 }", level: "strict", action: "error" },
      }),
    );
    expect(readKept(kept)).toEqual(kept);
    expect(
      readKept({ view: "pie", staged: [{ row: -1 }, { ...staged[0], changes: [{ kind: "set" }] }] }).staged,
    ).toEqual([]);
    expect(readKept(null).view).toBe("tree");
  });

  it("mark a text by what it says", () => {
    expect(markOf("abc")).toBe(markOf("abc"));
    expect(markOf("abc")).not.toBe(markOf("abd"));
  });
});

describe("values", () => {
  it("are shown without what their type says already", () => {
    expect(shownValue(row("a", "string", '"it\\n"'))).toBe("it\n");
    expect(shownValue(row("a", "objectId", 'ObjectId("6739b1f0c2a94e0017d3aa41")'))).toBe("6739b1f0c2a94e0017d3aa41");
    expect(shownValue(row("a", "long", 'NumberLong("9007199254740993")'))).toBe("9007199254740993");
    expect(shownValue(row("a", "timestamp", "Timestamp(1, 2)"))).toBe("1, 2");
    expect(shownValue(row("a", "binData", 'UUID("3b")'))).toBe('UUID("3b")');
  });

  it("are edited as literals where the plain text would not read back", () => {
    expect(editedText(row("a", "string", '"plain"'))).toBe("plain");
    expect(editedText(row("a", "string", '"two\\nlines"'))).toBe('"two\\nlines"');
    expect(editedText(row("a", "string", '"\\"quoted\\""'))).toBe('"\\"quoted\\""');
    expect(editedText(row("a", "string", '""'))).toBe('""');
  });

  it("become another type's literal", () => {
    expect(literalOf("12", "long")).toBe('NumberLong("12")');
    expect(literalOf('"12"', "decimal")).toBe('NumberDecimal("12")');
    expect(literalOf("12", "string")).toBe('"12"');
    expect(literalOf("12", "keep")).toBe("12");
  });

  it("sum a document up by what it is called", () => {
    expect(summaryOf([row("sku", "string", '"S"'), row("name", "string", '"Mug"')])).toBe("Mug");
    expect(summaryOf([row("_id", "int", "1"), row("n", "int", "2"), row("o", "object", "", 2)])).toBe("n: 2");
  });
});

describe("the outline", () => {
  const known = new Map<string, Fields>([
    ["1", { total: 3, fields: [row("a", "int", "1"), row("b", "object", "", 1)], loading: false, failure: null }],
    ["1:1", { total: 1, fields: [row("c", "int", "2")], loading: false, failure: null }],
  ]);
  const loader = {
    get: (at: number, path: readonly number[]) => known.get(path.length ? `${at}:${path.join(".")}` : `${at}`),
  };
  const outline = new Outline(1_000_000, new Set(["1", "1:1"]), loader, (at) =>
    at === 1 ? [add([], 1), remove([1])] : [],
  );

  it("has a line for every document without making one", () => {
    expect(outline.length).toBe(1_000_005);
    expect(outline.at(0)).toMatchObject({ kind: "document", row: 0, open: false });
    expect(outline.at(1)).toMatchObject({ kind: "document", row: 1, open: true });
    expect(outline.at(7)).toMatchObject({ kind: "document", row: 2 });
    expect(outline.at(outline.length - 1)).toMatchObject({ kind: "document", row: 999_999 });
    expect(outline.at(outline.length)).toBeUndefined();
  });

  it("shows what is inside, what is staged of it, and that there is more", () => {
    const kinds = [2, 3, 4, 5, 6].map((at) => outline.at(at));
    expect(kinds.map((line) => line?.kind)).toEqual(["field", "field", "field", "more", "added"]);
    expect(kinds[1]).toMatchObject({ removed: true, open: true });
    expect(kinds[2]).toMatchObject({ removed: true, names: ["b", "c"] });
    expect(outline.indexOf("1:1.0")).toBe(4);
    expect(outline.indexOf("2")).toBe(7);
    expect(outline.indexOf("5:1")).toBe(-1);
  });
});

describe("a pipeline", () => {
  const stages: readonly Stage[] = [
    { key: 1, operator: "$match", body: "{ a: 1 }", off: false },
    { key: 2, operator: "$limit", body: "20", off: true },
    { key: 3, operator: "$sort", body: "{ a: 1 }", off: false },
  ];

  it("is a statement of the stages that are on", () => {
    expect(pipelineText("orders", stages)).toBe(
      "db.orders.aggregate([\n  { $match: { a: 1 } },\n  { $sort: { a: 1 } }\n])",
    );
    expect(pipelineText("we ird", [])).toBe('db.getCollection("we ird").aggregate([\n])');
    expect(stagesUpTo(stages, 2).map((stage) => stage.key)).toEqual([1]);
  });

  it("is built up, moved about and taken apart", () => {
    const moved = pipelineReducer(stages, { type: "move", key: 3, to: 0 });
    expect(moved.map((stage) => stage.key)).toEqual([3, 1, 2]);
    expect(pipelineReducer(stages, { type: "move", key: 3, to: 9 })).toEqual(stages);
    const added = pipelineReducer(stages, { type: "add", operator: "$count" });
    expect(added.at(-1)).toEqual({ key: 4, operator: "$count", body: '"count"', off: false });
    const other = pipelineReducer(added, { type: "operator", key: 4, operator: "$skip" });
    expect(other.at(-1)?.body).toBe("20");
    expect(pipelineReducer(stages, { type: "operator", key: 1, operator: "$skip" })[0]?.body).toBe("{ a: 1 }");
    expect(pipelineReducer(stages, { type: "toggle", key: 2 })[1]?.off).toBe(false);
  });
});

describe("texts of documents", () => {
  it("are coloured by what they are made of", () => {
    expect(
      piecesOf('{ a: ISODate("x"), b: -1 }').filter((piece) => piece.look !== null && piece.look !== "op"),
    ).toEqual([
      { text: "a", look: "type" },
      { text: "ISODate", look: "function" },
      { text: '"x"', look: "string" },
      { text: "b", look: "type" },
      { text: "-1", look: "number" },
    ]);
  });

  it("differ line by line, with what is far from a change left out", () => {
    const before = Array.from({ length: 40 }, (_, at) => `line ${at}`);
    const after = before.map((line, at) => (at === 20 ? "another" : line));
    const lines = diffLines(before.join("\n"), after.join("\n"));
    expect(lines.filter((line) => !line.same)).toEqual([{ before: "line 20", after: "another", same: false }]);
    expect(hunksOf(lines).map((hunk) => ("left" in hunk ? hunk.left : hunk.length))).toEqual([16, 9, 15]);
    expect(diffLines("a\nb\nc", "a\nc\nd").filter((line) => !line.same)).toEqual([
      { before: "b", after: null, same: false },
      { before: null, after: "d", same: false },
    ]);
  });

  it("are copied without their id", () => {
    expect(withoutId('{\n  _id: ObjectId("6739"),\n  a: 1\n}')).toBe("{\n  a: 1\n}");
    expect(withoutId('{\n  "_id": 4\n}')).not.toContain("_id");
    expect(withoutId("{\n  a: 1\n}")).toBe("{\n  a: 1\n}");
  });
});

describe("fields of a sample", () => {
  it("are asked for as the server names them", () => {
    expect(queryPath(["variants", "[]", "sku"])).toBe("variants.sku");
    expect(typeFilter(["price"], "double")).toBe('{ "price": { $type: "double" } }');
  });

  it("never round a share to none or all", () => {
    expect(percent(1, 1_000)).toBe("<1 %");
    expect(percent(999, 1_000)).toBe("99 %");
    expect(percent(1_000, 1_000)).toBe("100 %");
    expect(percent(0, 0)).toBe("–");
  });
});
