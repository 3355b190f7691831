import { describe, expect, it } from "vitest";
import type { ActivityMoment, ActivitySession, ActivityWait } from "@/ipc";
import {
  age,
  ago,
  bytes,
  cannot,
  inOrder,
  lockTree,
  ordered,
  readView,
  SESSION_CELLS,
  sessionsShown,
  USUAL_VIEW,
} from "./model";

const session = (id: string, more: Partial<ActivitySession> = {}): ActivitySession => ({
  id,
  opened: null,
  user: "app",
  database: "shop",
  client: null,
  application: null,
  doing: "active",
  doing_ms: 0,
  transaction_ms: null,
  waits_for: null,
  statement: null,
  statement_ms: null,
  statement_id: null,
  cut: false,
  background: null,
  ours: false,
  asking: false,
  ...more,
});

const wait = (waiter: string, blocker: string | null, more: Partial<ActivityWait> = {}): ActivityWait => ({
  waiter,
  blocker,
  prepared: null,
  object: null,
  wanted: null,
  held: null,
  waiting_ms: 0,
  ...more,
});

const moment = (sessions: ActivitySession[], waits: ActivityWait[] = []): ActivityMoment => ({
  at_ms: 0,
  sessions,
  waits,
  unseen: [],
});

const drawn = (of: ActivityMoment) => lockTree(of).map((line) => `${"  ".repeat(line.depth)}${line.id}`);

describe("who waits for whom", () => {
  it("stands under whoever is in the way, the heaviest tree first and the longest wait above", () => {
    const of = moment(
      ["1", "2", "3", "4", "8", "9"].map((id) => session(id)),
      [
        wait("9", "8"),
        wait("4", "1", { waiting_ms: 10 }),
        wait("2", "1", { waiting_ms: 500 }),
        wait("3", "2"),
        // The same pair twice, for two locks, is one line.
        wait("3", "2"),
      ],
    );
    expect(drawn(of)).toEqual(["1", "  2", "    3", "  4", "8", "  9"]);
    expect(lockTree(of)[0]).toMatchObject({ behind: 3, wait: null });
    expect(new Set(lockTree(of).map((line) => line.key)).size).toBe(6);
  });

  it("shows one that waits for two under both", () => {
    const of = moment([session("1"), session("2"), session("3")], [wait("3", "1"), wait("3", "2"), wait("2", "1")]);
    expect(drawn(of)).toEqual(["1", "  3", "  2", "    3"]);
  });

  it("ends a circle, and draws one that has no beginning", () => {
    const of = moment([session("1"), session("2")], [wait("1", "2"), wait("2", "1")]);
    const lines = lockTree(of);
    expect(lines.map((line) => line.again)).toEqual([false, false, true]);
    expect(lockTree(moment([session("1")], [wait("1", "1")])).map((line) => line.again)).toEqual([false, true]);
  });

  it("names what is in the way where it is no session, or nobody tells", () => {
    const of = moment([session("5"), session("6")], [wait("5", null, { prepared: "tx 9" }), wait("6", null)]);
    expect(lockTree(of).flatMap((line) => line.instead ?? [])).toEqual(["prepared transaction tx 9", "not told"]);
  });

  it("is quick for a thousand that wait in a row", () => {
    const chain = Array.from({ length: 1_000 }, (_, at) => wait(String(at + 1), String(at)));
    expect(lockTree(moment([], chain))).toHaveLength(1_001);
  });
});

describe("which sessions are shown", () => {
  const all = [
    session("1", { doing: "idle" }),
    session("2", { ours: true, statement: "select 'Ä'" }),
    session("3", { background: "checkpointer", doing: "background", user: null }),
    session("4", { doing: "idle", application: "psql" }),
  ];
  const ids = (view: Partial<typeof USUAL_VIEW>, text = "", waits: ActivityWait[] = []) =>
    sessionsShown(moment(all, waits), { ...USUAL_VIEW, ...view }, text).map((each) => each.id);

  it("hides what is switched off, but never who is in the way", () => {
    expect(ids({})).toEqual(["1", "2", "4"]);
    expect(ids({ idle: false })).toEqual(["2"]);
    expect(ids({ idle: false, ours: false, background: true })).toEqual(["3"]);
    expect(ids({ idle: false }, "", [wait("2", "4")])).toEqual(["2", "4"]);
  });

  it("finds words anywhere in a session", () => {
    expect(ids({}, "SELECT ä")).toEqual(["2"]);
    expect(ids({}, "psql idle")).toEqual(["4"]);
    expect(ids({}, "psql active")).toEqual([]);
  });
});

describe("order", () => {
  it("puts what is not known last either way, and numbers by their value", () => {
    const rows = [session("10"), session("9"), session("x", { doing_ms: null })];
    expect(inOrder(rows, SESSION_CELLS, { by: "id", desc: false }).map((row) => row.id)).toEqual(["9", "10", "x"]);
    const by = (desc: boolean) => ordered([3, null, 1, 2], (value) => value, desc);
    expect(by(false)).toEqual([1, 2, 3, null]);
    expect(by(true)).toEqual([3, 2, 1, null]);
    expect(inOrder(rows, SESSION_CELLS, { by: "gone", desc: false })).toBe(rows);
  });
});

describe("words", () => {
  it("tells ages and sizes in the largest unit that fits", () => {
    expect([400, 12_300, 185_000, 7_500_000, 352_800_000].map((ms) => age(ms))).toEqual([
      "0.4 s",
      "12 s",
      "3 min 05 s",
      "2 h 05 min",
      "4 d 02 h",
    ]);
    expect([999, 1_000, 1_536_000, 8_192e9].map((size) => bytes(size))).toEqual([
      "999 B",
      "1.0 kB",
      "1.5 MB",
      "8.2 TB",
    ]);
    expect([ago(0, 30_000), ago(0, 3_600_000), ago(null, 0), age(null), bytes(null)]).toEqual([
      "just now",
      "1 h ago",
      "",
      "",
      "",
    ]);
  });

  it("says why something cannot be done to a session", () => {
    const can = { readOnly: false, open: true };
    expect(cannot(session("1"), "cancel", can)).toBeUndefined();
    expect(cannot(session("1", { doing: "idle_in_transaction" }), "cancel", can)).toBe("It runs no statement");
    expect(cannot(session("1", { doing: "idle_in_transaction" }), "kill", can)).toBeUndefined();
    expect(cannot(session("1", { doing: "hidden" }), "cancel", can)).toBeUndefined();
    expect(cannot(session("1", { asking: true }), "kill", can)).toContain("Rowhouse");
    expect(cannot(session("1"), "kill", { ...can, readOnly: true })).toContain("read-only");
    expect(cannot(null, "kill", can)).toContain("Choose");
  });
});

describe("what is kept with a tab", () => {
  it("is read back as far as it makes sense", () => {
    const view = {
      ...USUAL_VIEW,
      section: "locks" as const,
      idle: false,
      order: { tables: { by: "dead", desc: true } },
    };
    expect(readView(JSON.stringify(view))).toEqual(view);
    for (const nonsense of ["", "[]", "null", "{}", '{"section":"x","idle":3,"order":{"tables":4},"details":-1}']) {
      expect(readView(nonsense)).toEqual(USUAL_VIEW);
    }
  });
});
