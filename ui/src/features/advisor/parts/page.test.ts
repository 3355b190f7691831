import { expect, it } from "vitest";
import { blocksOf } from "./Page";

it("reads headings, paragraphs, lists and code; what looks like markup stays text", () => {
  const page =
    "# What\n\nA table\nis <b>open</b>.\n\n- one\n- two `x`\n\n```sql\nselect 1;\n\n-- # no heading\n```\nafter";
  expect(blocksOf(page)).toEqual([
    { kind: "heading", text: "What" },
    { kind: "text", text: "A table is <b>open</b>." },
    { kind: "list", items: ["one", "two `x`"] },
    { kind: "code", text: "select 1;\n\n-- # no heading" },
    { kind: "text", text: "after" },
  ]);
});
