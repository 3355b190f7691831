import { describe, expect, it } from "vitest";
import type { ExportOffer } from "@/ipc";
import { type Exported, fileName, firstDraft, options, rate, refusal, request, said } from "./model";

const column = (name: string) =>
  ({ name, native_type: "text", class: "text", primary_key: false, references: null }) as const;

const rows = {
  head: { hold_id: "h1", title: "orders", columns: [column("a"), column("b")], booleans: ["t", "f"], context: "" },
  progress: { hold_id: "h1", rows: 100_000, bytes: 1, elapsed_ms: 1, state: "more_pages" },
  range: { firstRow: 2, lastRow: 4, columns: [1] },
} as unknown as Exported;

const offer: ExportOffer = {
  title: "orders",
  rows: 100_000,
  partial: "first 100,000 rows, not all",
  table: "public.orders",
  no_update: "UPDATE statements cannot be written: no key.",
  no_whole: null,
  statement: "select * from orders",
};

describe("what is exported", () => {
  it("is the selection where more than a cell is chosen, and otherwise what is loaded", () => {
    expect(firstDraft(rows, "csv").what).toBe("selection");
    const cell = { firstRow: 1, lastRow: 1, columns: [0] };
    expect(firstDraft({ ...rows, range: cell }, "csv").what).toBe("loaded");
    expect(firstDraft({ ...rows, range: null }, "csv").what).toBe("loaded");
  });

  it("asks the core for these rows and columns, with what the format leaves open", () => {
    const draft = { ...firstDraft(rows, "csv"), nullText: "NULL", delimiter: ";" as const };
    expect(request(draft, rows, "/o.csv")).toEqual({
      hold_id: "h1",
      rows: { what: "selection", first_row: 2, rows: 3 },
      columns: [1],
      format: "csv",
      header: true,
      options: { null_text: "NULL", delimiter: ";", quote_all: false, table: null },
      path: "/o.csv",
    });
    const json = { ...draft, format: "json" as const, what: "whole" as const };
    expect(request(json, rows, "x")).toMatchObject({ rows: { what: "whole" }, columns: [0, 1] });
    expect(options(json)).toEqual({ null_text: null, delimiter: null, quote_all: false, table: null });
  });

  it("says that the rows are not all, and that a statement runs again", () => {
    const draft = firstDraft(rows, "csv");
    expect(said(draft, rows, offer)).toBeUndefined();
    expect(said({ ...draft, what: "loaded" }, rows, offer)).toBe("first 100,000 rows, not all");
    const all = { ...rows, range: { firstRow: 0, lastRow: 99_999, columns: [0] } };
    expect(said(draft, all, offer)).toBe("first 100,000 rows, not all");
    expect(said({ ...draft, what: "whole" }, rows, offer)).toMatch(/^Runs the statement again/);
  });

  it("refuses what cannot be written, with the reason", () => {
    const draft = firstDraft(rows, "in_list");
    expect(refusal(draft, rows, offer)).toBeUndefined();
    expect(refusal({ ...draft, what: "loaded" }, rows, offer)).toMatch(/one column/);
    expect(refusal({ ...draft, format: "sql_update" }, rows, offer)).toBe(offer.no_update);
    const never = { ...offer, no_whole: "It does more than read." };
    expect(refusal({ ...draft, format: "csv", what: "whole" }, rows, never)).toBe("It does more than read.");
  });

  it("gets a name that file systems take", () => {
    expect(fileName('a/b: "c"', "excel")).toBe("a b c.xlsx");
    expect(fileName("", "parquet")).toBe("rows.parquet");
    expect(rate(1000, 100)).toBe("");
    expect(rate(1000, 500)).toBe("2,000 rows/s");
  });
});
