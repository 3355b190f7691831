/** What strings and sorted sets may mean: held against what Redis 8.0 itself answered. */
import { describe, expect, it } from "vitest";
import type { KeyElement } from "@/ipc";
import { meant } from "./bytes";
import { readHyperLogLog } from "./hyperloglog";
import { degrees, looksLikePlaces, placeOf, readPlace, scoreOf } from "./places";
import { retyped, typedOf } from "./typing";

/** `PFADD` of a0 … a99, then `PFCOUNT`, which answered 99. */
const HUNDRED =
  "SFlMTAEAAABjAAAAAAAAAECDiEC1hEB0gEFQiEFQhAaAQJGAQP+UQECAQWOMQKWENohA34g2hEHPhEIqiIBAwYhAnYBAXIBB7IA4" +
  "gEDUmASMQHGEQGaAQEyYQSWAA4gVgEFYgCeAQLGEQHuEK4hB64BBSoQnhECxiEFggEIKjBGEQKuAFYg1iED0hEBshACAQJ2ILoBA" +
  "ooBAbYRAa4BAbpA+iEHFgEC+gEBPgEBghEB6gCyAQIKEPoBAu4BBBYRAroQMjBKcQJ+IQW6EOohAToBAm4BBfIRAvIhAUIBAboAt" +
  "hEDCgEH1hECWiECfhEBljEBfmBeEJ5BA0IBAnYAagEFThEDphEBIgEB2iEBsiCeEQUeADIRBf4BAfoRASQ==";

/** What a value of 100,853 by `PFCOUNT` held, after `PFADD` of e0 … e99999. */
const MANY = [36, 730, 2705, 4155, 3525, 2353, 1396, 705, 416, 185, 92, 46, 22, 13, 3, 0, 2];

function dense(histogram: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(12_304);
  bytes.set([0x48, 0x59, 0x4c, 0x4c]);
  bytes[15] = 0x80;
  let register = 0;
  histogram.forEach((count, value) => {
    for (let more = count; more > 0; more -= 1, register += 1) {
      const at = 16 + ((register * 6) >> 3);
      const shift = (register * 6) & 7;
      bytes[at] = (bytes[at] ?? 0) | (value << shift);
      if (shift > 2) bytes[at + 1] = (bytes[at + 1] ?? 0) | (value >> (8 - shift));
    }
  });
  return bytes;
}

describe("HyperLogLogs", () => {
  it("count what the server counts", () => {
    const small = readHyperLogLog(meant({ as: "base64", of: HUNDRED }));
    expect(small).toMatchObject({ count: 99, cached: 99, encoding: "sparse" });
    const many = readHyperLogLog(dense(MANY));
    expect(many).toMatchObject({ count: 100_853, cached: null, encoding: "dense" });
    expect(many?.histogram.slice(0, 17)).toEqual(MANY);
    expect(readHyperLogLog(meant({ as: "base64", of: "SFlMTAEAAAAAAAAAAAAAAH//" }))?.count).toBe(0);
  });

  it("are not made of what is damaged, or of other texts", () => {
    const bytes = meant({ as: "base64", of: HUNDRED });
    expect(readHyperLogLog(bytes.subarray(0, bytes.length - 1))).toBeNull();
    expect(readHyperLogLog(bytes.subarray(0, 15))).toBeNull();
    expect(readHyperLogLog(dense(MANY).subarray(0, 12_303))).toBeNull();
    const other = bytes.slice();
    other[4] = 2;
    expect(readHyperLogLog(other)).toBeNull();
    expect(readHyperLogLog(new TextEncoder().encode("HYLLO, what a long text"))).toBeNull();
  });
});

const member = (name: string, score: string): KeyElement => ({
  name,
  place: null,
  value: { as: "text", of: score },
  fields: [],
  ttl_ms: null,
  cut: null,
});

describe("places", () => {
  it("lie where GEOPOS says", () => {
    expect(placeOf("3479099956230698")).toEqual({ longitude: 13.361389338970184, latitude: 38.1155563954963 });
    expect(placeOf("3479447370796909")).toEqual({ longitude: 15.087267458438873, latitude: 37.50266842333162 });
    expect(placeOf("13510798882111488")?.longitude).toBe(180);
    const zero = placeOf("3377699720527872");
    expect([zero?.longitude, zero?.latitude].map((each) => each?.toFixed(15))).toEqual([
      "0.000002682209015",
      "0.000001267360581",
    ]);
    for (const score of ["1.5", "-1", "inf", "", "1e12", "99999999999999999999"]) expect(placeOf(score)).toBeNull();
  });

  it("have the score that GEOADD gives them", () => {
    expect(scoreOf({ longitude: 13.361389, latitude: 38.115556 })).toBe("3479099956230698");
    expect(scoreOf({ longitude: -179.9999, latitude: -85.05 })).toBe("83801");
    expect(scoreOf({ longitude: 13, latitude: 86 })).toBeNull();
    expect(scoreOf({ longitude: Number.NaN, latitude: 0 })).toBeNull();
    expect(readPlace(" 13.361389 , 38.115556")).toEqual({ longitude: 13.361389, latitude: 38.115556 });
    expect(readPlace("190, 3")).toBeNull();
    expect(readPlace("13,361389 38,115556")).toBeNull();
    expect(degrees(13.361389338970184)).toBe("13.361389");
  });

  it("are offered for scores that may be some", () => {
    expect(looksLikePlaces([member("a", "3479099956230698"), member("corner", "83801")])).toBe(true);
    expect(looksLikePlaces([member("a", "3479099956230698"), member("b", "1.5")])).toBe(false);
    // Moments in milliseconds, counts.
    expect(looksLikePlaces([member("a", "1764000000000"), member("b", "3")])).toBe(false);
    expect(looksLikePlaces([])).toBe(false);
  });
});

describe("what is typed in a row", () => {
  it("is a degree of a place, the other stays", () => {
    const palermo = member("Palermo", "3479099956230698");
    expect(typedOf("place", palermo).map(({ text }) => text)).toEqual(["13.361389", "38.115556", "Palermo"]);
    const moved = retyped(palermo, { column: "longitude", text: "15.087269" });
    expect(typeof moved === "string" ? moved : typedOf("place", moved).map(({ text }) => text)).toEqual([
      "15.087267",
      "38.115556",
      "Palermo",
    ]);
    for (const text of ["", "east", "181"])
      expect(retyped(palermo, { column: "longitude", text })).toContain("Longitude");
  });

  it("is a member's name or score, a field's value or end", () => {
    expect(typedOf("zset", member("a", "1.5")).map(({ column }) => column)).toEqual(["value", "name"]);
    expect(retyped(member("a", "1.5"), { column: "name", text: "b" })).toEqual(member("b", "1.5"));
    expect(retyped(member("a", "1.5"), { column: "name", text: "\\q" })).toContain("backslash");
    const field = { ...member("f", "v"), ttl_ms: 90_000 };
    expect(typedOf("hash", field)).toEqual([
      { column: "value", text: "v" },
      { column: "ttl", text: "90 s" },
    ]);
    expect(retyped(field, { column: "ttl", text: "2 h" })).toEqual({ ...field, ttl_ms: 7_200_000 });
    expect(retyped(field, { column: "ttl", text: "" })).toEqual({ ...field, ttl_ms: null });
    expect(retyped(field, { column: "ttl", text: "soon" })).toContain("No time that comes");
    expect(typedOf("hash", { ...field, cut: 9 })).toEqual([]);
    expect(typedOf("stream", member("1-0", ""))).toEqual([]);
  });
});
