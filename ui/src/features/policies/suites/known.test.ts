import { describe, expect, it } from "vitest";
import { noted, readKnown } from "./known";

const last = { passed: 1, failed: 0, of: 1, at_ms: 5 };

describe("suites that are known", () => {
  it("come first when they are new, stay where they are, and keep how they ended", () => {
    const one = noted(noted([], { path: "/a", name: "a" }), { path: "/b", name: "b" }, last);
    expect(one.map(({ path }) => path)).toEqual(["/b", "/a"]);
    const two = noted(one, { path: "/a", name: "again" });
    expect(two).toEqual([
      { path: "/b", name: "b", last },
      { path: "/a", name: "again", last: null },
    ]);
    expect(noted(two, { path: "/b", name: "b" })[0]?.last).toEqual(last);
  });

  it("are no more than fit a list", () => {
    let list = noted([], { path: "/0", name: "0" });
    for (let at = 1; at < 40; at += 1) list = noted(list, { path: `/${at}`, name: `${at}` });
    expect(list).toHaveLength(20);
    expect(list[0]?.path).toBe("/39");
  });

  it("are read back, without what is no suite", () => {
    const kept = {
      place: [{ path: "/a", name: "a", last }, { path: 4 }, null, { path: "/b", name: "b", last: { of: -1 } }],
    };
    expect(readKnown(JSON.stringify(kept))).toEqual({
      place: [
        { path: "/a", name: "a", last },
        { path: "/b", name: "b", last: null },
      ],
    });
    for (const odd of [null, "", "no json", "4", "null", '{"place": 4}'])
      expect(Object.values(readKnown(odd)).flat()).toEqual([]);
  });
});
