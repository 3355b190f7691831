import { describe, expect, it } from "vitest";
import type { KeysProgress, KeyTreeRow } from "@/ipc";
import { bitLine, countBits, hexLine, joined, meant, naturalView, same, textOf, toBytes, told } from "./bytes";
import { Drafts, draftId } from "./drafts";
import {
  bytesWords,
  cliCommand,
  cliName,
  compareRows,
  isGlob,
  isName,
  lengthWords,
  momentWords,
  nameBytes,
  progressWords,
  readTtl,
  readUntil,
  readView,
  removalOf,
  rowId,
  shortCount,
  sizeWords,
  ttlShort,
  ttlWords,
  USUAL_VIEW,
} from "./model";
import { elementOf } from "./parts/Dialogs";

const row = (key: string, keys: number | null = null): KeyTreeRow => ({ key, label: key, depth: 0, keys });

describe("what of a page of keys is kept", () => {
  it("reads back what it can, and is usual where it cannot", () => {
    expect(readView("{}")).toEqual(USUAL_VIEW);
    expect(readView("no json")).toEqual(USUAL_VIEW);
    expect([readView("{}", "/").separator, readView('{"separator":"."}', "/").separator]).toEqual(["/", "."]);
    expect(readView('{"expanded":["a:",3],"flat":true,"kind":4,"width":-1,"separator":""}')).toEqual({
      ...USUAL_VIEW,
      expanded: ["a:"],
      flat: true,
    });
    const view = { ...USUAL_VIEW, pattern: "cart:*", kind: "hash", chosen: "a\\n", expanded: ["cart:"] };
    expect(readView(JSON.stringify(view))).toEqual(view);
  });
});

describe("words of keys", () => {
  it("says how long a key lives", () => {
    expect([900, 12_000, 185_000, 85_260_000, 352_800_000].map(ttlWords)).toEqual([
      "1 s",
      "12 s",
      "3 min 05 s",
      "23 h 41 min",
      "4 d 02 h",
    ]);
    expect([185_000, 85_260_000].map(ttlShort)).toEqual(["3 min", "23 h"]);
  });

  it("reads times to live as they are typed", () => {
    expect(["90", " 90 s", "15 min", "2h", "3 d", "1.5 h", "250 ms"].map(readTtl)).toEqual([
      90_000, 90_000, 900_000, 7_200_000, 259_200_000, 5_400_000, 250,
    ]);
    for (const none of ["", "0", "-5", "soon", "5 years", "99999999999999999999"]) expect(readTtl(none)).toBeNull();
    const now = new Date(2026, 10, 30, 12, 0, 0).getTime();
    expect(readUntil("2026-11-30 12:01", now)).toBe(60_000);
    expect(readUntil("2026-12-01", now)).toBe(43_200_000);
    for (const none of ["2026-11-30 11:59", "2026-02-31", "tomorrow"]) expect(readUntil(none, now)).toBeNull();
    expect(readUntil(momentWords(now + 5_000), now)).toBe(5_000);
  });

  it("says how far a list is, and never calls a part the whole", () => {
    const at = (state: KeysProgress["state"], keys = 231_000, of: number | null = 1_200_000) =>
      progressWords({ id: "k", keys, of, state, version: 1 }, false);
    expect(at({ state: "reading" })).toBe("231,000 of 1.2 M keys, reading…");
    expect(at({ state: "reading" }, 12, null)).toBe("12 keys, reading…");
    expect(at({ state: "paused" }, 2_000_000)).toBe("2,000,000 keys, stopped here");
    expect(at({ state: "complete" }, 1)).toBe("1 key, complete");
    const error = { code: "timed_out" as const, message: "No answer.", hint: null, range: null, native: null };
    expect(at({ state: "failed", error }, 40)).toBe("40 keys, then it failed");
    const progress: KeysProgress = { id: "k", keys: 3, of: 204, state: { state: "complete" }, version: 1 };
    expect(progressWords(progress, true)).toBe("3 keys of 204, complete");
  });

  it("says lengths in their units", () => {
    expect(lengthWords({ kind: "hash", length: 1 })).toBe("1 field");
    expect(lengthWords({ kind: "stream", length: 48_000 })).toBe("48,000 entries");
    expect(lengthWords({ kind: "MBbloom--", length: 3 })).toBeNull();
    expect(sizeWords({ kind: "string", length: 1_240 })).toBe("1.2 kB");
    expect(sizeWords({ kind: "list", length: 129 })).toBe("129");
    expect([9_999, 48_010, 1_200_000, 2_000_000].map(shortCount)).toEqual(["9,999", "48 k", "1.2 M", "2 M"]);
    expect(bytesWords(3_200_000)).toBe("3.2 MB");
  });
});

describe("names of keys", () => {
  it("are bytes with escapes", () => {
    expect([...nameBytes("a\\n\\x00\\xff\\\\ü")]).toEqual([97, 10, 0, 255, 92, 195, 188]);
    expect(["plain", "a\\\\b", "\\n\\x0a"].every(isName)).toBe(true);
    expect(["\\", "\\q", "\\x4", "end\\"].some(isName)).toBe(false);
  });

  it("stand in the order of their bytes, a namespace before the key of its name", () => {
    const rows = [row("b"), row("a:", 2), row("a:"), row("a"), row("\\xff"), row("ü"), row("a:1")];
    expect([...rows].sort(compareRows).map(rowId)).toEqual(["ka", "na:", "ka:", "ka:1", "kb", "kü", "k\\xff"]);
  });

  it("become what the server's own tools take", () => {
    expect(cliName("cart:1")).toBe("cart:1");
    expect(cliName('two words "quoted"')).toBe('"two words \\"quoted\\""');
    expect(cliName("odd\\n")).toBe('"odd\\n"');
    expect(cliCommand("a", "zset")).toBe("ZRANGE a 0 99 WITHSCORES");
    expect(cliCommand("a", "MBbloom--")).toBe("TYPE a");
  });

  it("are removed once, however they were chosen", () => {
    expect(removalOf(new Set(["na:", "na:b:", "ka:c", "kz", "nb:"]))).toEqual({
      keys: ["z"],
      namespaces: ["a:", "b:"],
    });
  });

  it("are many where a pattern has a sign for many", () => {
    expect(["a*", "a?", "[ab]"].every(isGlob)).toBe(true);
    expect(isGlob("a\\*")).toBe(false);
  });
});

describe("values as bytes", () => {
  it("cross and come back", () => {
    for (const bytes of [
      toBytes("plain\n"),
      Uint8Array.from([255, 0, 7]),
      new Uint8Array(),
      toBytes("\ufeffwith a mark"),
    ])
      expect(same(meant(told(bytes)), bytes)).toBe(true);
    expect(told(Uint8Array.from([255, 0]))).toEqual({ as: "base64", of: "/wA=" });
  });

  it("are text up to a character that is not whole yet", () => {
    const text = toBytes("ab€");
    expect(textOf(text, true)).toBe("ab€");
    expect(textOf(text.subarray(0, 4), true)).toBeNull();
    expect(textOf(text.subarray(0, 4), false)).toBe("ab");
    expect(same(joined(text.subarray(0, 4), text.subarray(4)), text)).toBe(true);
  });

  it("have digits and bits", () => {
    const bytes = Uint8Array.from([0x41, 0x0a, 0x80]);
    expect(hexLine(bytes, 0)).toEqual({ at: "00000000", digits: "41 0a 80", signs: "A··" });
    expect(bitLine(bytes, 0)).toEqual({ at: "0", bits: ["01000001", "00001010", "10000000"] });
    expect(countBits(bytes)).toBe(5);
  });

  it("are looked at as what they are", () => {
    expect(naturalView("{}", true, false)).toBe("json");
    expect(naturalView("12", false, false)).toBe("text");
    expect(naturalView(null, false, false)).toBe("hex");
    expect(naturalView(null, false, true)).toBe("image");
  });

  it("begin with an element of their type", () => {
    expect(elementOf("zset", { name: "m", value: " " })).toMatchObject({ name: "m", value: { as: "text", of: "0" } });
    expect(elementOf("stream", { name: "f", value: "v" })).toMatchObject({ name: "*", fields: [{ name: "f" }] });
    expect(elementOf("list", { name: "", value: "v" }, 0)).toMatchObject({ name: null, place: 0 });
  });
});

describe("drafts", () => {
  it("name the keys that have some, and go with a key", () => {
    const drafts = new Drafts();
    const draft = { as: "text" as const, text: "x", seen: new Uint8Array() };
    drafts.set(draftId("a", null), draft);
    drafts.set(draftId("a", "field"), draft);
    drafts.set(draftId("b", null), draft);
    expect([...drafts.snapshot()]).toEqual(["a", "b"]);
    drafts.forget("a");
    expect([...drafts.snapshot()]).toEqual(["b"]);
  });
});
