import { beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost } from "@/ipc/fake";
import { Journal, joined } from "./journal";

const insert = (at: number, text: string) => [{ range: { from: at, to: at }, insert: text }];

describe("the journal", () => {
  let fake: FakeHost;
  let journal: Journal;
  beforeEach(() => {
    fake = fakeHost();
    setHost(fake);
    journal = new Journal();
  });

  it("sends the whole text first, then the edits alone", async () => {
    journal.open("t", "", 0);
    journal.edited("t", insert(0, "select"));
    await journal.flush("t");
    journal.edited("t", insert(6, " 1"));
    journal.edited("t", insert(0, "-- 😀\n"));
    await journal.flush("t");
    expect(fake.fake.journaled("t")).toBe("-- 😀\nselect 1");
    const entries = fake.fake.callsOf("journal").map(([entry]) => entry);
    expect(entries).toMatchObject([
      { sequence: 1, text: "select" },
      { sequence: 2, text: null },
      { sequence: 3, text: null },
    ]);
  });

  it("joins typing into one edit, also where letters are taken back", () => {
    expect(joined(insert(4, "ab"), insert(6, "c"))).toEqual(insert(4, "abc"));
    expect(joined(insert(4, "ab"), [{ range: { from: 5, to: 6 }, insert: "" }])).toEqual(insert(4, "a"));
    expect(joined(insert(4, "ab"), insert(9, "c"))).toBeNull();
  });

  it("is on disk within a quarter of a second", async () => {
    vi.useFakeTimers();
    try {
      journal.open("t", "", 0);
      journal.edited("t", insert(0, "x"));
      await vi.advanceTimersByTimeAsync(250);
      expect(fake.fake.journaled("t")).toBe("x");
    } finally {
      vi.useRealTimers();
    }
  });

  it("sends the whole text again when the core has lost the thread", async () => {
    journal.open("t", "kept", 9);
    journal.edited("t", insert(4, "!"));
    await journal.flush("t");
    expect(fake.fake.journaled("t")).toBe("kept!");
  });

  it("says that a text is not saved while it fails, tries again, and loses nothing", async () => {
    vi.useFakeTimers();
    try {
      fake.fake.fail("journal", fakeFailure("exhausted", "The disk is full."), 2);
      const heard = vi.fn();
      journal.subscribe(heard);
      journal.open("t", "", 0);
      journal.edited("t", insert(0, "a"));
      await vi.advanceTimersByTimeAsync(300);
      expect(journal.failing("t")).toBe(false);
      await vi.advanceTimersByTimeAsync(900);
      expect(journal.failing("t")).toBe(true);
      journal.edited("t", insert(1, "b"));
      await vi.advanceTimersByTimeAsync(3_000);
      expect(journal.failing("t")).toBe(false);
      expect(heard).toHaveBeenCalledTimes(2);
      expect(fake.fake.journaled("t")).toBe("ab");
    } finally {
      vi.useRealTimers();
    }
  });
});
