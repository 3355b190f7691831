import { describe, expect, it } from "vitest";
import type { TabSession } from "@/ipc";
import { endingTransaction, transactionWords } from "./status";

const session = (over: Partial<TabSession>): TabSession => ({
  tab_id: "t",
  profile_id: "p",
  link: "up",
  reason: null,
  transaction: "idle",
  database: null,
  search_path: null,
  user: null,
  server_id: null,
  running: false,
  unused_since_ms: null,
  read_only: false,
  pooled: false,
  settings: [],
  ...over,
});

describe("a session's transaction", () => {
  it("says who ends it while none is open, and that one is", () => {
    expect(transactionWords(undefined).text).toBe("tx: none");
    expect(transactionWords(session({}), true).text).toBe("tx: manual");
    expect(transactionWords(session({ transaction: "open" }), true)).toEqual({ text: "tx: open", tone: "warn" });
    expect(transactionWords(session({ transaction: "failed" })).tone).toBe("danger");
    expect(transactionWords(session({ transaction: "open", link: "lost" })).text).toBe("tx: none");
  });

  it("is warned of in its last minute, the next one first", () => {
    const now = 10_000_000;
    const unused = (tab_id: string, seconds: number) =>
      session({ tab_id, transaction: "open", unused_since_ms: now - seconds * 1000 });
    expect(endingTransaction([unused("a", 500)], 10, now)).toBeNull();
    expect(endingTransaction([unused("a", 545), unused("b", 590)], 10, now)).toEqual({ tabId: "b", seconds: 10 });
    expect(endingTransaction([unused("a", 700)], 10, now)).toEqual({ tabId: "a", seconds: 0 });
    expect(endingTransaction([unused("a", 7_000)], 0, now)).toBeNull();
    expect(endingTransaction([session({ transaction: "open" })], 10, now)).toBeNull();
    expect(endingTransaction([{ ...unused("a", 595), link: "lost" }], 10, now)).toBeNull();
  });
});
