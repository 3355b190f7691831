import { describe, expect, it } from "vitest";
import type { CollectionField } from "@/ipc";
import { LEVELS, readRules, rulesOf, sameRules, withWord } from "./rules";

const field = (path: string, present: number, ...types: readonly (readonly [string, number])[]): CollectionField => ({
  path: path.split("."),
  present,
  types: types.map(([native_type, times]) => ({ native_type, times })),
});

describe("rules of documents", () => {
  it("are made of a sample that fulfils them", () => {
    const text = rulesOf({
      sampled: 10,
      of: 10,
      fields: [
        field("_id", 10, ["objectId", 10]),
        field("name", 10, ["string", 9], ["null", 1]),
        field("at", 4, ["object", 4]),
        field("at.x", 4, ["int", 4]),
        field("at.odd name", 1, ["int", 1]),
        field("tags", 10, ["array", 10]),
        field("tags.[]", 8, ["string", 20], ["int", 1]),
      ],
    });
    expect(text).toBe(`{
  $jsonSchema: {
    bsonType: "object",
    required: ["_id", "name", "tags"],
    properties: {
      _id: {
        bsonType: "objectId"
      },
      name: {
        bsonType: ["string", "null"]
      },
      at: {
        bsonType: "object",
        required: ["x"],
        properties: {
          x: {
            bsonType: "int"
          },
          "odd name": {
            bsonType: "int"
          }
        }
      },
      tags: {
        bsonType: "array",
        items: {
          bsonType: ["string", "int"]
        }
      }
    }
  }
}`);
  });

  it("require nothing of what only some objects of an array have", () => {
    const text = rulesOf({
      sampled: 2,
      of: 2,
      fields: [field("all", 2, ["array", 2]), field("all.[]", 2, ["object", 5]), field("all.[].x", 2, ["int", 3])],
    });
    expect(text).not.toContain('required: ["x"]');
  });

  it("are the same whatever stands around them, and are read back as far as they make sense", () => {
    const rules = { validator: "{ a: 1 }", level: "strict", action: "error" };
    expect(sameRules(rules, { ...rules, validator: " { a: 1 }\n" })).toBe(true);
    expect(sameRules({ ...rules, validator: null }, { ...rules, validator: "" })).toBe(true);
    expect(sameRules(rules, { ...rules, level: "off" })).toBe(false);
    expect(readRules(JSON.parse(JSON.stringify(rules)))).toEqual(rules);
    for (const odd of [null, 3, {}, { level: "strict" }]) expect(readRules(odd)).toBeNull();
    expect(withWord(LEVELS, "stern").at(-1)).toEqual({ value: "stern", label: "stern" });
    expect(withWord(LEVELS, "off")).toBe(LEVELS);
  });
});
