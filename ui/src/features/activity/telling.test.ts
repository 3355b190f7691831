import { describe, expect, it } from "vitest";
import type { ServerFact, ServerTold, SlowRow } from "@/ipc";
import { drawn, factNote, factText, grown, linePoints, micros, NO_HISTORY, since, slowShown } from "./telling";

const fact = (more: Partial<ServerFact>): ServerFact => ({
  name: "n",
  label: "N",
  value: "1",
  unit: "count",
  trend: "level",
  about: null,
  computed: null,
  minor: false,
  ...more,
});

const told = (at_ms: number, ...headline: ServerFact[]): ServerTold => ({
  at_ms,
  headline,
  members: [],
  advice: [],
  unseen: [],
});

describe("facts in words", () => {
  it("reads numbers by their unit and leaves everything else as the server wrote it", () => {
    const text = (value: string, unit: ServerFact["unit"]) => factText({ value, unit });
    expect(text("2365928", "bytes")).toBe("2.4 MB");
    expect(text("1234567", "count")).toBe("1,234,567");
    expect(text("0.95804", "ratio")).toBe("95.8 %");
    expect(text("1840", "per_second")).toBe("1,840 /s");
    expect(text("125", "seconds")).toBe("2 min 05 s");
    expect(text("10000", "microseconds")).toBe("10.0 ms");
    expect(text("-1", "microseconds")).toBe("-1");
    expect(text("0", "moment")).toBe("never");
    expect(text("much", "bytes")).toBe("much");
    expect(text("", "text")).toBe("—");
    expect(text("7.4.1", "text")).toBe("7.4.1");
    expect([micros(999), micros(12_410), micros(184_211), micros(3_200_000)]).toEqual([
      "999 µs",
      "12.4 ms",
      "184 ms",
      "3.2 s",
    ]);
  });

  it("says what was computed and from what, and else what the server wrote", () => {
    expect(factNote(fact({ computed: "a ÷ b" }))).toBe("Computed: a ÷ b.");
    expect(factNote(fact({ name: "used", value: "12", about: "Much." }))).toBe("Much.\nused: 12");
  });
});

describe("figures over time", () => {
  it("keeps each reading once and draws levels as they are and counters as rates", () => {
    let history = grown(
      NO_HISTORY,
      told(1000, fact({ name: "a", value: "5" }), fact({ name: "b", value: "10", trend: "counter" })),
    );
    history = grown(history, told(1000, fact({ name: "a", value: "99" })));
    history = grown(
      history,
      told(3000, fact({ name: "a", value: "7" }), fact({ name: "b", value: "30", trend: "counter" })),
    );
    history = grown(
      history,
      told(4000, fact({ name: "a", value: "7" }), fact({ name: "b", value: "2", trend: "counter" })),
    );
    expect(drawn(history.figures.get("a") ?? [], "level")).toEqual([5, 7, 7]);
    // It began anew in between: there is no rate across that.
    expect(drawn(history.figures.get("b") ?? [], "counter")).toEqual([10]);
    expect(since(fact({ unit: "bytes" }), history.figures.get("a") ?? [])).toBe("+2 B");
    expect(
      since(fact({ unit: "ratio" }), [
        { at: 1, value: 0.95 },
        { at: 2, value: 0.94 },
      ]),
    ).toBe("−1.00 points");
    expect(since(fact({}), [{ at: 1, value: 5 }])).toBe("");
  });

  it("draws nothing of one reading and a level line in the middle", () => {
    expect(linePoints([1], 10, 10)).toBe("");
    expect(linePoints([3, 3], 10, 10)).toBe("0.0,5.0 10.0,5.0");
    expect(linePoints([0, 1], 10, 10)).toBe("0.0,9.0 10.0,1.0");
  });
});

it("finds slow statements by all words and puts them in order", () => {
  const row = (id: string, statement: string, took_us: number): SlowRow => ({
    id,
    part: null,
    at_ms: Number(id),
    took_us,
    statement,
    cut: false,
    client: null,
    application: "Shop",
  });
  const rows = [row("1", "KEYS *", 5), row("2", "GET a", 9), row("3", "KEYS b", 7)];
  const ids = (text: string, by: string, desc: boolean) => slowShown(rows, text, { by, desc }).map(({ id }) => id);
  expect(ids("keys shop", "took", true)).toEqual(["3", "1"]);
  expect(ids("", "at", true)).toEqual(["3", "2", "1"]);
  expect(ids("nothing", "at", true)).toEqual([]);
});
