import { describe, expect, it } from "vitest";
import { claimsProblem, readClaims } from "./claims";

describe("claims", () => {
  it("are read as they stand, numbers too", () => {
    const text = '{"sub": "42", "id": 90071992547409931, "app": {"roles": ["a", {}], "x": []}, "e": -1.5e3, "n": null}';
    expect(readClaims(text)).toEqual({
      fault: null,
      claims: [
        ["sub", '"42"'],
        ["id", "90071992547409931"],
        ["app", '{"roles": ["a", {}], "x": []}'],
        ["e", "-1.5e3"],
        ["n", "null"],
      ],
    });
    expect(readClaims(" {} ")).toEqual({ claims: [], fault: null });
  });

  it("agree with JSON on what is JSON", () => {
    const texts = [
      '{"a":1}', '{"a":1,}', '{"a" 1}', '{a:1}', '{"a":01}', '{"a":.5}', '{"a":1}}', '{"a":[1,]}', '{"a":[]}', '{"a":[,1]}',
      '{"a":"\\u00e9"}', '{"a":"\\x"}', '{"a":"\t"}', '{"a":"\\n"}', '{"a":tru}', '{"a":true false}', '{', '{"a"', '{"a":', '{"a":{"b":1}',
      '{"a":[1}', '{"a":"}', "{'a':1}", '{"a":1 "b":2}', '{"a":-}', '{"":""}', '{"a":[[[]]]}', '{,}', '{"a":1e}',
    ]; // biome-ignore format: a table of texts
    const isObject = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    for (const text of texts) expect([text, readClaims(text).fault === null]).toEqual([text, isObject(text)]);
  });

  it("say where they go wrong", () => {
    const cases: [string, string][] = [
      ['{"sub": 42,}', "Column 12: a name in double quotes is missing here."],
      ['{"sub" 42}', "Column 8: a colon is missing here."],
      ['{\n  "sub": "42"\n  "role": "x"\n}', "Line 3, column 3: a comma or } is missing here."],
      ['{"a": [1 2]}', "Column 10: a comma or ] is missing here."],
      ['{"a": "x}', "Column 7: this text is not closed, or holds what JSON does not allow."],
      ["[1]", "Column 1: claims are a JSON object: they begin with {."],
      ["{} {}", "Column 4: nothing may follow the closing }."],
      ['{"🙂": }', "Column 7: a value is missing here: a text in double quotes, a number, true, false, null, { or [."],
    ];
    for (const [text, said] of cases) expect(claimsProblem(text)).toBe(said);
    expect(claimsProblem("  ")).toBeUndefined();
    expect(claimsProblem(null)).toBeUndefined();
  });
});
