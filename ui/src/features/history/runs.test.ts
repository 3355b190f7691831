import { describe, expect, it } from "vitest";
import { EVERY_RUN, isNarrowed, runsQuery } from "./runs";

describe("looking for what was run", () => {
  const now = new Date(2026, 10, 20, 16, 0).getTime();

  it("asks for an outcome, a connection and a time from the day's beginning", () => {
    const filter = { outcome: "failed", profileId: "p", when: "today" } as const;
    expect(runsQuery("x", filter, null, now)).toEqual({
      text: "x",
      outcome: "failed",
      profile_id: "p",
      since_ms: new Date(2026, 10, 20).getTime(),
      until_ms: null,
    });
    expect(runsQuery("", filter, "own", now).profile_id).toBe("own");
  });

  it("knows whether anything is left out", () => {
    expect(isNarrowed(EVERY_RUN)).toBe(false);
    expect(isNarrowed({ ...EVERY_RUN, when: "week" })).toBe(true);
    expect(runsQuery("", EVERY_RUN, null, now)).toMatchObject({ outcome: null, since_ms: null });
  });
});
