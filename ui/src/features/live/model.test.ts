import { describe, expect, it } from "vitest";
import type { LiveOffer, LiveState } from "@/ipc";
import {
  cannotStart,
  later,
  left,
  limitsOf,
  missing,
  readView,
  requestOf,
  standing,
  topicOf,
  USUAL_VIEW,
} from "./model";

const offer = (more: Partial<LiveOffer> = {}): LiveOffer => ({
  id: "channels",
  label: "Channels",
  about: "",
  topic: { label: "Channels", placeholder: "", initial: "*", about: "", optional: false, several: true },
  caution: null,
  usual_s: null,
  most_s: null,
  publishes: true,
  ...more,
});

const state = (more: Partial<LiveState> = {}): LiveState =>
  ({
    tab_id: "t",
    phase: "following",
    head: { hold_id: "h1", title: "", columns: [], booleans: ["t", "f"], context: "", foreign_keys: [] },
    rows: 10,
    bytes: 0,
    received: 1210,
    dropped: 0,
    paused: false,
    gaps: 0,
    since_ms: 1000,
    ends_ms: null,
    turn: 3,
    ...more,
  }) as LiveState;

describe("what is kept of a live view", () => {
  it("is read as far as it can be", () => {
    expect(readView("nonsense")).toEqual(USUAL_VIEW);
    expect(readView('{"kind":7,"topics":{"a":"b","c":1},"limit":-3,"topic":"shop.orders"}')).toEqual({
      ...USUAL_VIEW,
      topics: { a: "b" },
      topic: "shop.orders",
    });
  });

  it("prefers what was typed to what was asked for, and that to what stands there at first", () => {
    expect(topicOf(offer(), USUAL_VIEW)).toBe("*");
    expect(topicOf(offer(), { ...USUAL_VIEW, topic: "a" })).toBe("a");
    expect(topicOf(offer(), { ...USUAL_VIEW, topic: "a", topics: { channels: "" } })).toBe("");
    expect(topicOf(offer({ topic: null }), { ...USUAL_VIEW, topic: "a" })).toBe("");
  });
});

describe("beginning", () => {
  const tab = { id: "t", profileId: "p", database: null };

  it("never lasts longer than the kind allows", () => {
    const monitor = offer({ id: "monitor", topic: null, usual_s: 30, most_s: 600 });
    expect(limitsOf(monitor)).toEqual([10, 30, 60, 300, 600]);
    expect(limitsOf(offer())).toEqual([]);
    expect(requestOf(tab, monitor, USUAL_VIEW).limit_s).toBe(30);
    expect(requestOf(tab, monitor, { ...USUAL_VIEW, limit: 9999 }).limit_s).toBe(600);
    expect(requestOf(tab, offer(), { ...USUAL_VIEW, limit: 60 }).limit_s).toBeNull();
  });

  it("says why it cannot", () => {
    expect(cannotStart(offer(), USUAL_VIEW, false)).toBe("the connection is not open");
    expect(cannotStart(undefined, USUAL_VIEW, true)).toBe("there is nothing to follow");
    expect(cannotStart(offer(), { ...USUAL_VIEW, topics: { channels: "  " } }, true)).toBe("channels are missing");
    expect(cannotStart(offer(), USUAL_VIEW, true)).toBeUndefined();
  });
});

describe("how it stands", () => {
  it("counts what came, what went, what waits and the time that is left", () => {
    expect(standing(state(), 0, null)).toEqual(["1,210 received"]);
    const full = state({ dropped: 200, gaps: 1, rows: 50, ends_ms: 65_000 });
    expect(standing(full, 0, 40)).toEqual([
      "1,210 received",
      "200 no longer kept",
      "1 gap",
      "10 new",
      "ends in 1 min 05 s",
    ]);
    expect([left(-5), left(900), left(60_000)]).toEqual(["0 s", "1 s", "1 min 00 s"]);
  });

  it("says what is missing and why", () => {
    expect(missing(state())).toBeNull();
    expect(missing(state({ dropped: 5 }))).toMatch(/oldest 5 events had to go/);
    expect(missing(state({ dropped: 5, paused: true }))).toMatch(/5 events were not kept/);
    expect(missing(state({ gaps: 2 }))).toMatch(/while the connection was lost/);
  });

  it("does not go back to an earlier state that comes late, but begins anew", () => {
    const [early, late] = [state({ turn: 4 }), state({ turn: 9 })];
    expect(later(late, early)).toBe(late);
    expect(later(early, late)).toBe(late);
    const anew = state({ turn: 0, since_ms: 2000 });
    expect(later(late, anew)).toBe(anew);
  });
});
