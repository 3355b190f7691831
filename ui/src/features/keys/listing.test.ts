import { describe, expect, it, vi } from "vitest";
import { HostError, type KeysWanted, type KeyTreeRow } from "@/ipc";
import { EVERY_MS, KeyList, type Reader } from "./listing";

const WANTED: KeysWanted = { of: { profile_id: "p", database: null }, pattern: null, kind: null, separator: ":" };

/** A core with a flat list of keys that a test lets grow. */
function core(keys: string[]) {
  const state = { keys, version: 1, reading: true, lists: 0, closed: [] as string[], gone: false };
  const progress = (id: string) => ({
    id,
    keys: state.keys.length,
    of: 1_000,
    state: state.reading ? ({ state: "reading" } as const) : ({ state: "complete" } as const),
    version: state.version,
  });
  const reader: Reader = {
    keysList: vi.fn(async () => progress(`k${++state.lists}`)),
    keysGoOn: vi.fn(async (id) => progress(id)),
    keysWindow: vi.fn(async ({ id, offset, limit }) => {
      if (state.gone) {
        state.gone = false;
        throw new HostError({ code: "not_found", message: "Gone.", hint: null, range: null, native: null });
      }
      const rows = [...state.keys].sort().map((key): KeyTreeRow => ({ key, label: key, depth: 0, keys: null }));
      return { rows: rows.slice(offset, offset + limit), total: rows.length, progress: progress(id) };
    }),
    keysClose: vi.fn(async (id) => {
      state.closed.push(id);
      return null;
    }),
  };
  const come = (...more: string[]) => {
    state.keys.push(...more);
    state.version += 1;
  };
  return { state, reader, come };
}

const names = (from: number, to: number, prefix = "m") =>
  Array.from({ length: to - from }, (_, at) => `${prefix}${String(from + at).padStart(6, "0")}`);

describe("a list of keys", () => {
  it("asks for what is in sight and no more", async () => {
    const { reader, state } = core(names(0, 100_000));
    state.reading = false;
    const list = new KeyList(reader);
    await list.start(WANTED, []);
    expect(list.snapshot().total).toBe(100_000);
    expect(list.snapshot().rows.size).toBeLessThan(200);
    list.see(50_000, 50_020);
    await vi.waitFor(() => expect(list.snapshot().rows.get(50_010)?.key).toBe("m050010"));
    expect(list.snapshot().rows.size).toBeLessThan(400);
  });

  it("moves on with what is held when keys come above it, however many", async () => {
    const { reader, come } = core(names(0, 200));
    const list = new KeyList(reader);
    await list.start(WANTED, []);
    list.see(40, 60);
    list.anchor = () => ({ row: { key: "m000040", label: "", depth: 0, keys: null }, index: 40 });
    come(...names(0, 3, "a"));
    await list.load();
    expect(list.snapshot().shift).toEqual({ seq: 1, by: 3 });
    list.anchor = () => ({ row: { key: "m000040", label: "", depth: 0, keys: null }, index: 43 });
    come(...names(0, 5_000, "b"));
    await list.load();
    expect(list.snapshot().shift).toEqual({ seq: 2, by: 5_000 });
    expect(list.snapshot().rows.get(5_043)?.key).toBe("m000040");
    list.close();
  });

  it("looks again while it is read, and not while nobody looks", async () => {
    vi.useFakeTimers();
    try {
      const { reader, come, state } = core(names(0, 3));
      const list = new KeyList(reader);
      await list.start(WANTED, []);
      come("z");
      await vi.advanceTimersByTimeAsync(EVERY_MS + 10);
      expect(list.snapshot().total).toBe(4);
      list.attend(false);
      come("zz");
      await vi.advanceTimersByTimeAsync(EVERY_MS * 4);
      expect(list.snapshot().total).toBe(4);
      state.reading = false;
      list.attend(true);
      await vi.advanceTimersByTimeAsync(10);
      expect(list.snapshot().total).toBe(5);
      const asked = vi.mocked(reader.keysWindow).mock.calls.length;
      await vi.advanceTimersByTimeAsync(EVERY_MS * 4);
      expect(vi.mocked(reader.keysWindow).mock.calls.length).toBe(asked);
    } finally {
      vi.useRealTimers();
    }
  });

  it("lists anew where the core has forgotten it, and closes what it had", async () => {
    const { reader, state } = core(names(0, 10));
    state.reading = false;
    const list = new KeyList(reader);
    await list.start(WANTED, []);
    state.gone = true;
    await list.load();
    await vi.waitFor(() => expect(list.listId).toBe("k2"));
    await list.start({ ...WANTED, pattern: "m*" }, []);
    expect(state.closed).toContain("k2");
    list.close();
    expect(state.closed).toContain("k3");
  });

  it("says why it cannot, where nothing could be listed", async () => {
    const { reader } = core([]);
    vi.mocked(reader.keysList).mockRejectedValueOnce(
      new HostError({ code: "forbidden", message: "No SCAN.", hint: null, range: null, native: null }),
    );
    const list = new KeyList(reader);
    await list.start(WANTED, []);
    expect(list.snapshot()).toMatchObject({ phase: "failed", error: { code: "forbidden" } });
  });

  it("shows no rows of another wish where a new one fails, and keeps those of the same", async () => {
    const { reader, state } = core(names(0, 10));
    state.reading = false;
    const list = new KeyList(reader);
    await list.start(WANTED, []);
    const failure = new HostError({ code: "timed_out", message: "No answer.", hint: null, range: null, native: null });
    vi.mocked(reader.keysList).mockRejectedValueOnce(failure);
    await list.start(WANTED, []);
    expect(list.snapshot()).toMatchObject({ phase: "ready", total: 10, error: { code: "timed_out" } });
    vi.mocked(reader.keysList).mockRejectedValueOnce(failure);
    await list.start({ ...WANTED, kind: "hash" }, []);
    list.see(0, 20);
    await list.load();
    expect(list.snapshot()).toMatchObject({ phase: "failed", total: 0 });
  });
});
