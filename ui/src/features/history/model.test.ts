import { describe, expect, it } from "vitest";
import type { HistoryEntry } from "@/ipc";
import { byDay, dayOf, duration, firstWords, isHeading, metaOf } from "./model";

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
