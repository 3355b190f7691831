import { describe, expect, it } from "vitest";
import type { HoldProgress, ResultHead, RunEvent } from "@/ipc";
import { completeness, NO_RUN, type RunsState, runsReducer } from "./model";

const head = (holdId: string): ResultHead => ({
  hold_id: holdId,
  title: holdId,
  columns: [],
  booleans: ["t", "f"],
  context: "",
  foreign_keys: [],
});
const progress = (holdId: string, rows: number, state: "reading" | "complete" = "complete"): HoldProgress => ({
  hold_id: holdId,
  rows,
  bytes: 0,
  elapsed_ms: 1,
  state,
});
const run = (state: RunsState, ...events: RunEvent[]) =>
  events.reduce((now, event) => runsReducer(now, { type: "event", event }), state);
const started = (count: number): RunEvent => ({
  event: "started",
  run_id: "r1",
  statements: Array.from({ length: count }, (_, index) => ({
    index,
    range: { from: index * 10, to: index * 10 + 8 },
    title: "select",
    class: "read",
  })),
});
const begin = (state: RunsState) => runsReducer(state, { type: "start", text: "select 1; select 2", base: 5, at: 0 });

describe("the runs of a tab", () => {
  it("names the statement that left the actor, not those that went on as somebody else", () => {
    const left = (index: number, undone: boolean): RunEvent => ({
      event: "left_actor",
      index,
      user: "clerk",
      settings: [],
      undone,
    });
    expect(run(begin(NO_RUN), started(3), left(1, false), left(2, false)).left?.index).toBe(1);
    // What was taken back says nothing of the next one.
    expect(run(begin(NO_RUN), started(3), left(0, true), left(2, false)).left?.index).toBe(2);
  });

  it("brings the first result to the front and leaves the eye there", () => {
    const state = run(
      begin(NO_RUN),
      started(2),
      { event: "statement_started", index: 0 },
      { event: "result_set", index: 0, head: head("a") },
      { event: "result_set", index: 1, head: head("b") },
    );
    expect(state.active).toBe("a");
    expect(state.sets.map((set) => set.head.hold_id)).toEqual(["a", "b"]);
  });

  it("keeps pinned results through the next run and drops the others", () => {
    let state = run(begin(NO_RUN), started(2), { event: "result_set", index: 0, head: head("a") });
    state = run(state, { event: "result_set", index: 1, head: head("b") });
    state = runsReducer(state, { type: "pin", holdId: "b", pinned: true });
    state = begin(state);
    expect(state.sets.map((set) => set.head.hold_id)).toEqual(["b"]);
    state = run(state, started(1), { event: "result_set", index: 0, head: head("c") });
    expect(state.active).toBe("c");
  });

  it("never lets the progress of another hold touch a result", () => {
    let state = run(begin(NO_RUN), started(1), { event: "result_set", index: 0, head: head("a") });
    state = run(state, { event: "progress", progress: progress("old", 99) });
    expect(state.sets[0]?.progress.rows).toBe(0);
    state = run(state, { event: "progress", progress: progress("a", 7) });
    expect(state.sets[0]?.progress.rows).toBe(7);
  });

  it("shows messages when a script failed before any result", () => {
    const error = { code: "invalid_statement" as const, message: "no", hint: null, range: null, native: null };
    const state = run(
      begin(NO_RUN),
      started(2),
      { event: "statement_done", index: 0, outcome: { outcome: "failed", error, elapsed_ms: 1 } },
      { event: "statement_done", index: 1, outcome: { outcome: "skipped" } },
      { event: "finished", elapsed_ms: 4 },
    );
    expect(state.active).toBe("messages");
    expect(state.outcomes.map((outcome) => outcome.outcome)).toEqual(["failed", "skipped"]);
    expect(state.phase).toBe("finished");
  });

  it("says whether every row is here", () => {
    expect(completeness(progress("a", 0)).text).toBe("no rows");
    expect(completeness(progress("a", 0), true).text).toBe("no rows match");
    expect(completeness(progress("a", 1)).text).toBe("all 1 row");
    expect(completeness(progress("a", 100_000, "reading")).text).toBe("100,000 rows so far");
    expect(completeness({ ...progress("a", 100_000), state: "more_pages" }, true).text).toBe(
      "first 100,000 rows of those that match",
    );
  });
});
