import { describe, expect, it } from "vitest";
import { decodeWindow } from "./batches";
import type { RunEvent } from "./bindings";
import { type FakeHost, fakeFailure, fakeHost, PROD, SAMPLE } from "./fake";

const order = { database: null, schema: "main", kind: "relation", name: "orders", signature: null };

async function finished(host: FakeHost, text: string, profile_id = PROD): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  await new Promise<void>((resolve) => {
    void host.run(
      {
        tab_id: "t",
        profile_id,
        database: null,
        text,
        parameters: [],
        go_on: false,
        manual_transactions: false,
        confirmed: null,
      },
      (event) => {
        events.push(event);
        if (event.event === "finished" || (event.event === "progress" && event.progress.state === "paused")) resolve();
      },
    );
  });
  return events;
}

describe("the fake host", () => {
  it("answers windows of a relation's rows as Arrow bytes", async () => {
    const host = fakeHost({ open: [SAMPLE] });
    const browsed = await host.browse({ profile_id: SAMPLE, object: order, filters: [], sort: [] });
    expect(browsed.progress).toMatchObject({ rows: 1_000, state: "more_pages" });
    const rows = decodeWindow(
      await host.holdWindow(browsed.head.hold_id, 0, 50, [0, 3, 7]),
      [0, 3, 7],
      browsed.head.booleans,
    );
    expect(rows.rowCount).toBe(50);
    expect(rows.cell(0, 0).text).toBe("1204418");
    let state = browsed.progress.state;
    while (state === "more_pages") state = (await host.browseMore(browsed.head.hold_id)).state;
    expect(host.fake.world.holds.get(browsed.head.hold_id)?.rows).toBe(10_000);
  });

  it("runs several statements and stops at the one that fails, saying where", async () => {
    const host = fakeHost({ open: [PROD], pace: 0 });
    const text = "select * from orders limit 5;\nselect o.custmer_id from orders o;\nselect 1";
    const events = await finished(host, text);
    const outcomes = events.flatMap((event) => (event.event === "statement_done" ? [event.outcome] : []));
    expect(outcomes.map((outcome) => outcome.outcome)).toEqual(["completed", "failed", "skipped"]);
    const failed = outcomes[1];
    const range = failed?.outcome === "failed" ? failed.error.range : null;
    expect(text.slice(range?.from, range?.to)).toBe("custmer_id");
  });

  it("pauses at the cap and reads on when told", async () => {
    const host = fakeHost({ open: [PROD], pace: 0, settings: { row_cap: 1_000 } });
    const events = await finished(host, "select n from generate_series(1, 2500) n");
    const head = events.find((event) => event.event === "result_set");
    expect(events.at(-1)).toMatchObject({ progress: { state: "paused", rows: 1_000 } });
    if (head?.event !== "result_set") throw new Error("no result");
    await host.holdAll(head.head.hold_id);
    await expect.poll(() => host.fake.world.holds.get(head.head.hold_id)?.rows).toBe(2_500);
  });

  it("fails the calls it is told to fail, and only as often", async () => {
    const host = fakeHost();
    host.fake.fail("profiles", fakeFailure("corrupt", "The store is damaged."), 1);
    await expect(host.profiles()).rejects.toThrow("damaged");
    await expect(host.profiles()).resolves.toHaveLength(3);
  });

  it("refuses writes to production", async () => {
    const host = fakeHost({ open: [PROD], pace: 0 });
    const events = await finished(host, "update orders set status = 'x'");
    expect(events.find((event) => event.event === "statement_done")).toMatchObject({
      outcome: { error: { code: "forbidden" } },
    });
  });
});
