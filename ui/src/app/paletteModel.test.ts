import { describe, expect, it } from "vitest";
import { filtered } from "./paletteModel";

const named = (...labels: string[]) =>
  labels.map((label) => ({
    id: label,
    group: "Actions" as const,
    label,
    icon: "filter" as const,
    run: () => undefined,
  }));
const order = (words: string, ...labels: string[]) => filtered(named(...labels), words).map(({ label }) => label);

describe("what the palette lists", () => {
  it("has what is called so to the letter first, then what has the words side by side", () => {
    expect(order("filter rows", "Filter these rows, without the server", "Filter rows")).toEqual([
      "Filter rows",
      "Filter these rows, without the server",
    ]);
    expect(order("all rows", "Load rows of all", "Load all rows")).toEqual(["Load all rows", "Load rows of all"]);
  });

  it("has the start of a word before its middle, and leaves out what lacks a word", () => {
    expect(order("ort", "Sort by this", "Order by this", "Orthography")).toEqual(["Orthography", "Sort by this"]);
    expect(order("sort rows", "Sort")).toEqual([]);
  });
});
