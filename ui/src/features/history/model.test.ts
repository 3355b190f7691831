import { describe, expect, it } from "vitest";
import type { HistoryEntry } from "@/ipc";
import { byDay, dayOf, duration, firstWords, isHeading, joined, metaOf } from "./model";

const now = new Date(2026, 10, 20, 16, 0).getTime();
const entry = (id: number, hours: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  id,
  at_ms: now - hours * 3_600_000,
  profile_id: "p",
  profile_name: "shop",
  database: null,
  text: "select 1",
  outcome: "completed",
  rows: 1,
  elapsed_ms: 312,
  error: null,
  face: "window",
  plan: false,
  ...more,
});

describe("history", () => {
  it("names days as people do", () => {
    expect(dayOf(now, now)).toBe("Today");
    expect(dayOf(new Date(2026, 10, 19, 23, 59).getTime(), now)).toBe("Yesterday");
    expect(dayOf(new Date(2026, 10, 16).getTime(), now)).toBe("Monday");
    expect(dayOf(new Date(2026, 9, 2).getTime(), now)).toBe("2 October");
    expect(dayOf(new Date(2025, 9, 2).getTime(), now)).toBe("2 October 2025");
  });

  it("puts a heading before each day", () => {
    const lines = byDay([entry(3, 0), entry(2, 1), entry(1, 24)], now);
    expect(lines.map((line) => (isHeading(line) ? line.heading : line.id))).toEqual(["Today", 3, 2, "Yesterday", 1]);
  });

  it("shows the first words behind comments, on one line", () => {
    expect(firstWords("-- by day\n  select\n   1")).toBe("select 1");
    expect(firstWords("-- only a comment")).toBe("-- only a comment");
  });

  it("says when, how long, and how it ended", () => {
    expect(metaOf(entry(1, 0))).toBe("16:00 · 312 ms · 1 row");
    expect(metaOf(entry(1, 0, { outcome: "failed", rows: null, error: "no such column (42703)" }))).toBe(
      "16:00 · 312 ms · 42703",
    );
    expect(metaOf(entry(1, 0, { outcome: "cancelled", rows: null, elapsed_ms: 4_100 }))).toBe(
      "16:00 · 4.1 s · stopped by you",
    );
    expect(duration(125_000)).toBe("2 min 5 s");
  });
});

describe("pages of history", () => {
  const run = (from: number, to: number) =>
    Array.from({ length: from - to + 1 }, (_, index) => entry(from - index, index));
  const ids = (pages: { entries: readonly HistoryEntry[] }) => pages.entries.map((each) => each.id);

  it("take in what is new without reading again what is known", () => {
    const known = { entries: run(10, 1), more: true };
    expect(ids(joined(run(12, 8), known, 5))).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(joined(run(12, 8), known, 5).more).toBe(true);
  });

  it("show how a statement ended, and drop what was forgotten", () => {
    const known = { entries: [entry(3, 0, { outcome: "running" }), entry(2, 0), entry(1, 0)], more: false };
    const next = joined([entry(3, 0), entry(1, 0)], known, 2);
    expect(next.entries[0]?.outcome).toBe("completed");
    expect(ids(next)).toEqual([3, 1]);
  });

  it("have no gap where more was run than a page holds", () => {
    const next = joined(run(30, 26), { entries: run(10, 1), more: false }, 5);
    expect(ids(next)).toEqual([30, 29, 28, 27, 26]);
    expect(next.more).toBe(true);
  });
});
