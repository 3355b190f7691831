import { describe, expect, it } from "vitest";
import { failureIsInSight } from "./actions";
import { HOME, SETTINGS } from "./model";

const panel = (open: boolean, place: "explorer" | "search" | "history" = "explorer") => ({ open, place });

describe("a connection that failed", () => {
  it("needs no notification where its row, its branch or its tab tells of it", () => {
    expect(failureIsInSight("p", HOME, panel(false))).toBe(true);
    expect(failureIsInSight("p", SETTINGS, panel(true))).toBe(true);
  });

  it("is told of where nothing on screen belongs to it", () => {
    expect(failureIsInSight("p", SETTINGS, panel(false))).toBe(false);
    expect(failureIsInSight("p", SETTINGS, panel(true, "history"))).toBe(false);
    expect(failureIsInSight("p", undefined, panel(false))).toBe(false);
  });
});
