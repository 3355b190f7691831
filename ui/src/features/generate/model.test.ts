import { describe, expect, it } from "vitest";
import type { GenerateCandidate, GenerateOffer } from "@/ipc";
import {
  choose,
  chosenOf,
  factsOf,
  firstDraft,
  missing,
  namesOf,
  numberIn,
  otherSeed,
  refusal,
  requestOf,
  tablesInWords,
  totalOf,
  withRows,
  withSameRows,
  wordsOf,
} from "./model";

const table = (name: string, schema = "public") => ({
  database: null,
  schema,
  kind: "relation",
  name,
  signature: null,
});
const candidate = (name: string, more: Partial<GenerateCandidate> = {}): GenerateCandidate => ({
  table: table(name),
  asked: false,
  estimated_rows: 10,
  refers_to: [],
  ...more,
});

/** orders → customers → countries; items → orders. */
const offer: GenerateOffer = {
  candidates: [
    candidate("orders", { asked: true, refers_to: [0, 1] }),
    candidate("customers", { estimated_rows: 1_204_418, refers_to: [2] }),
    candidate("countries", { estimated_rows: 0 }),
    candidate("items", { estimated_rows: null, refers_to: [0] }),
  ],
  notes: [],
  forbidden: null,
};

describe("which tables get how many rows", () => {
  it("chooses what was asked for, and suggests what it refers to and seems empty, however far", () => {
    const draft = firstDraft(offer);
    expect(chosenOf(draft)).toEqual([0]);
    expect(draft.choices[0]?.rows).toBe("100");
    expect(missing(offer, draft)).toEqual({ all: [1, 2], empty: [2] });
    expect(missing(offer, choose(draft, [1, 2], true))).toEqual({ all: [], empty: [] });
  });

  it("counts the rows of what is chosen only, and sets one number for all", () => {
    const draft = withRows(choose(firstDraft(offer), [1], true), 1, "2,500");
    expect(totalOf(draft)).toBe(2_600);
    expect(totalOf(withSameRows(draft, "7"))).toBe(14);
  });

  it("takes numbers as people write them, and nothing else", () => {
    expect(["1,000", "1 000", "1_000", "0", "", "-1", "1.5", "1e3", "x"].map(numberIn)).toEqual([
      1000,
      1000,
      1000,
      0,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it("says why it cannot begin", () => {
    const draft = firstDraft(offer);
    expect(refusal(draft, offer)).toBeUndefined();
    expect(refusal(choose(draft, [0], false), offer)).toBe("Choose at least one table");
    expect(refusal(withRows(draft, 0, "0"), offer)).toBe("Give orders a number of rows from 1 to 100,000,000");
    // What is not chosen needs no number.
    expect(refusal(withRows(draft, 1, "none"), offer)).toBeUndefined();
    expect(refusal({ ...draft, seed: "4294967296" }, offer)).toContain("seed number");
    expect(refusal({ ...draft, seed: "4294967295" }, offer)).toBeUndefined();
    expect(refusal(draft, { ...offer, forbidden: "It is read-only." })).toBe("It is read-only.");
  });

  it("asks for the chosen tables with their rows, in the order of the offer", () => {
    const draft = { ...withRows(choose(firstDraft(offer), [2], true), 2, "5"), seed: " 42 ", dryRun: true, typed: "x" };
    expect(requestOf(draft, offer, "p")).toEqual({
      profile_id: "p",
      tables: [
        { table: table("orders"), rows: 100 },
        { table: table("countries"), rows: 5 },
      ],
      seed: 42,
      dry_run: false,
      confirmed: null,
    });
  });

  it("draws another seed, never the one that is there", () => {
    expect(otherSeed("1", () => 0)).toBe("2");
    expect(otherSeed("7", () => 0)).toBe("1");
    expect(Number(otherSeed("1", () => 0.999_999_9))).toBeLessThanOrEqual(999_999);
  });

  it("names the schema only of tables elsewhere", () => {
    const nameOf = namesOf([candidate("a"), { table: table("b", "billing") }]);
    expect([nameOf(table("a")), nameOf(table("b", "billing"))]).toEqual(["a", "billing.b"]);
  });

  it("tells what a table has and where its keys lead", () => {
    expect(offer.candidates.map((each, at) => factsOf(each, offer, at))).toEqual([
      "10 rows ~ · refers to itself, customers",
      "1.2 M rows ~ · refers to countries",
      "empty",
      "not counted · refers to orders",
    ]);
  });

  it("says what is done in words", () => {
    expect(["a", "a b", "a b c"].map((names) => tablesInWords(names.split(" ")))).toEqual([
      "a",
      "a and b",
      "a and 2 more tables",
    ]);
    const request = requestOf(firstDraft(offer), offer, "p");
    expect(wordsOf(request).done(1)).toBe("1 row generated in orders (seed 1)");
    expect(wordsOf({ ...request, dry_run: true }).done(2)).toBe("2 rows would go into orders");
  });
});
