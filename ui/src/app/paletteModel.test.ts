import { describe, expect, it } from "vitest";
import type { SearchHit } from "@/ipc";
import { filtered, nearFirst } from "./paletteModel";

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

  it("has the object of the connection in front first among those called the same", () => {
    const hit = (label: string, profile_id: string) => ({ label, profile_id }) as SearchHit;
    const hits = [hit("orders", "shop"), hit("orders", "copy"), hit("orders_old", "copy"), hit("orders", "third")];
    const order = (here: string | null) =>
      nearFirst(hits, here).map(({ label, profile_id }) => `${label} ${profile_id}`);
    expect(order("copy")).toEqual(["orders copy", "orders shop", "orders third", "orders_old copy"]);
    expect(order(null)).toEqual(["orders shop", "orders copy", "orders third", "orders_old copy"]);
  });
});
