import { describe, expect, it } from "vitest";
import { arrayOf, elementText, withElement, withNewElement, withoutElement, withSwapped } from "./arrays";
import { bytesOfHex, hexOfBytes, imageType, textOfBytes } from "./bytes";
import { type JsonNode, jsonOf, lexemeOf, partsOf, stringOf, without, withPart, withValue } from "./json";
import {
  dateText,
  daysIn,
  momentOf,
  nowText,
  offsetOf,
  partsOf as typeParts,
  weekdayOf,
  withDate,
  withTime,
} from "./moments";
import { withChoice } from "./sets";
import { isUuid } from "./UuidPanel";

const root = (text: string): JsonNode => {
  const parsed = jsonOf(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.root;
};

describe("JSON as a tree over its text", () => {
  const nasty =
    ' { "n" : 1.10 , "big": 12345678901234567890123, "e":1E+2,"a":1, "a" :2,\n "\\u0061": [ true,null , "x\\"y" ],"o":{} }\n';

  it("leaves digits, blanks, doubled keys and their order as they are when one value is changed", () => {
    const tree = root(nasty);
    if (tree.kind !== "object") throw new Error("no object");
    expect(tree.members.map(({ keyStart, keyEnd }) => stringOf(nasty, keyStart, keyEnd))).toEqual([
      "n",
      "big",
      "e",
      "a",
      "a",
      "a",
      "o",
    ]);
    const second = tree.members[4];
    if (!second) throw new Error("no member");
    expect(withValue(nasty, second.value, "3")).toBe(nasty.replace('"a" :2', '"a" :3'));
    // Every value put back as it stands changes nothing.
    for (const { value } of tree.members)
      expect(withValue(nasty, value, nasty.slice(value.start, value.end))).toBe(nasty);
  });

  it("removes and adds members with the commas they need", () => {
    const members = (text: string) => {
      const node = root(text);
      return node.kind === "object" ? partsOf(node.members) : node.kind === "array" ? node.items : [];
    };
    expect(without('{"a": 1, "b": 2}', members('{"a": 1, "b": 2}'), 0)).toBe('{"b": 2}');
    expect(without('{"a": 1, "b": 2}', members('{"a": 1, "b": 2}'), 1)).toBe('{"a": 1}');
    expect(without("[1]", members("[1]"), 0)).toBe("[]");
    expect(withPart("[1,\n 2]", root("[1,\n 2]"), members("[1,\n 2]"), "3")).toBe("[1,\n 2,\n 3]");
    expect(withPart("{}", root("{}"), [], '"k": null')).toBe('{"k": null}');
  });

  it.each([
    ["", "a value is missing at the end", 1, 1],
    ["{'a': 1}", "a key in quotes is missing", 1, 2],
    ["[1,\n2", "a comma or ] is missing", 2, 2],
    ["01", "something stands after the value", 1, 2],
    ['"\n"', "this text does not end, or holds a sign it must escape", 1, 1],
  ])("says where %j is wrong", (text, message, line, column) => {
    expect(jsonOf(text)).toEqual({ ok: false, message, line, column });
  });

  it("does not fall over what is nested without end", () => {
    expect(jsonOf("[".repeat(100_000)).ok).toBe(false);
  });

  it("writes texts so that they read back", () => {
    for (const value of ["", '"\\/', "a\nb\tc\u0001", "é🌿\u2028"])
      expect(stringOf(lexemeOf(value), 0, lexemeOf(value).length)).toBe(value);
    expect(JSON.parse(lexemeOf('a"\\\u0001\n'))).toBe('a"\\\u0001\n');
  });
});

describe("array texts", () => {
  it.each([
    "{}",
    "{a,b}",
    '{"a b",NULL,"NULL","",null}',
    '{"q\\"\\\\",x}',
    "{{1,2},{3,4}}",
    "[0:1]={7,8}",
    "{1.10,NaN}",
  ])("%s: an element put back as it stands changes nothing", (text) => {
    const array = arrayOf(text);
    if (!array) throw new Error("no array");
    for (const item of array.items) {
      expect(text.slice(0, item.start) + text.slice(item.start, item.end) + text.slice(item.end)).toBe(text);
      if (item.kind !== "value") continue;
      // What is written anew reads as the same value.
      const again = arrayOf(withElement(text, item, item.value));
      expect(again?.items.map((each) => (each.kind === "value" ? each.value : each.kind))).toEqual(
        array.items.map((each) => (each.kind === "value" ? each.value : each.kind)),
      );
    }
  });

  it("tells NULL, the text NULL and the empty text apart", () => {
    const items = arrayOf('{NULL,"NULL",""}')?.items.map((item) => (item.kind === "value" ? item.value : item.kind));
    expect(items).toEqual(["null", "NULL", ""]);
    expect([elementText("null"), elementText(""), elementText("a,b"), elementText("plain")]).toEqual([
      '"null"',
      '""',
      '"a,b"',
      "plain",
    ]);
  });

  it("adds, removes and moves elements", () => {
    const of = (text: string) => arrayOf(text) ?? { start: 0, end: 0, items: [] };
    expect(withNewElement("{}", of("{}"), "x y")).toBe('{"x y"}');
    expect(withNewElement("{a}", of("{a}"), null)).toBe("{a,NULL}");
    expect(withoutElement("{a,b,c}", of("{a,b,c}"), 0)).toBe("{b,c}");
    expect(withoutElement("{a,b,c}", of("{a,b,c}"), 2)).toBe("{a,b}");
    expect(withSwapped("{a,b,c}", of("{a,b,c}"), 1)).toBe("{a,c,b}");
  });

  it.each(["", "a", "{a", "{a}}", "{a,}", '{"a}', "(1,2)"])("does not take %j for an array", (text) => {
    expect(arrayOf(text)).toBeUndefined();
  });
});

describe("dates and times", () => {
  const both = { date: true, time: true };

  it.each([
    "2026-11-20 15:53:09.214+00",
    "0044-03-15 12:00:00 BC",
    "2040-03-25 02:30:00+01",
    "Fri Nov 20 15:53:09 2026 UTC",
    "20/11/2026 15:53:09 CET",
    "infinity",
    "0000-00-00 00:00:00",
    "24:00:00",
    "15:53:09.214+05:30",
    "20260-01-01",
  ])("%s with its own date and time put back is to the letter what it was", (text) => {
    const { date, time } = momentOf(text);
    if (date) expect(withDate(text, dateText(date.year, date.month, date.day), both)).toBe(text);
    if (time) expect(withTime(text, time, "2026-01-01", both)).toBe(text);
  });

  it("changes only the part that was picked", () => {
    expect(withDate("2026-11-20 15:53:09.214+00", "2027-01-02", both)).toBe("2027-01-02 15:53:09.214+00");
    expect(withTime("2026-11-20 15:53:09.214+00", "16:53:09.214", "", both)).toBe("2026-11-20 16:53:09.214+00");
    expect(withDate("0044-03-15 12:00:00 BC", "0044-03-16", both)).toBe("0044-03-16 12:00:00 BC");
    expect(withDate("", "2027-01-02", { date: true, time: false })).toBe("2027-01-02");
    expect(withTime("2026-11-20", "10:00", "", both)).toBe("2026-11-20 10:00");
  });

  it("knows what a type holds, and says this computer's time with its offset where the type keeps one", () => {
    const now = new Date(2026, 10, 21, 17, 3, 9);
    expect(nowText(now, typeParts("timestamp with time zone"))).toBe(`2026-11-21 17:03:09${offsetOf(now)}`);
    expect(nowText(now, typeParts("datetime(6)"))).toBe("2026-11-21 17:03:09");
    expect(nowText(now, typeParts("date"))).toBe("2026-11-21");
    expect(nowText(now, typeParts("time without time zone"))).toBe("17:03:09");
  });

  it("has a calendar of its own", () => {
    for (const [year, month, day] of [
      [2026, 11, 21],
      [2000, 2, 29],
      [1900, 3, 1],
      [2024, 12, 31],
    ] as const)
      expect(weekdayOf(year, month, day)).toBe((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7);
    expect([daysIn(2024, 2), daysIn(1900, 2), daysIn(2000, 2), daysIn(2026, 4)]).toEqual([29, 28, 29, 30]);
  });
});

describe("bytes, sets and UUIDs", () => {
  it("reads bytes back from the digits it writes", () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, at) => at & 0xff);
    expect(bytesOfHex(hexOfBytes(bytes))).toEqual(bytes);
    expect(bytesOfHex("\\xDEad BE ef")).toEqual(Uint8Array.from([0xde, 0xad, 0xbe, 0xef]));
    expect(bytesOfHex("abc")).toBeUndefined();
    expect(textOfBytes(Uint8Array.from([0xff]))).toBeUndefined();
    expect(imageType(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 1]))).toBe("image/png");
  });

  it("keeps a set's values in the order they are declared, and what is not declared", () => {
    expect(withChoice("c,a", ["a", "b", "c"], "b", true)).toBe("a,b,c");
    expect(withChoice("a,x", ["a", "b"], "a", false)).toBe("x");
    expect(withChoice("", ["a"], "a", true)).toBe("a");
  });

  it("knows the shape of a UUID in the forms servers read", () => {
    expect(isUuid("a87ff679-a2f3-471d-9181-a67b7542122c")).toBe(true);
    expect(isUuid("{A87FF679A2F3471D9181A67B7542122C}")).toBe(true);
    expect(isUuid("a87ff679")).toBe(false);
  });
});
