import { describe, expect, it } from "vitest";
import { aligned } from "./align";
import { between, type Camera, fitted, flownTo, panned, revealing, sight, toView, toWorld, zoomed } from "./camera";
import { around, joined, strips } from "./engine";
import { fitted as shortened, wrapped } from "./fitting";
import { did, NO_HISTORY, redo, undo } from "./history";
import { Scene } from "./model";
import { drawing } from "./testing";
import { diagramOf, readView } from "./view";

const VIEW = { width: 1000, height: 600 };

describe("the camera", () => {
  const camera: Camera = { x: 300, y: 200, zoom: 0.5 };

  it("keeps what lies under the pointer where it is while zooming", () => {
    const at = { x: 120, y: 480 };
    const under = toWorld(camera, VIEW, at);
    const nearer = zoomed(camera, VIEW, 3, at);
    expect(nearer.zoom).toBe(1.5);
    const after = toView(nearer, VIEW, under);
    expect(after.x).toBeCloseTo(at.x);
    expect(after.y).toBeCloseTo(at.y);
  });

  it("stops at its limits and moves nothing there", () => {
    const far = zoomed({ x: 5, y: 6, zoom: 4 }, VIEW, 10, { x: 0, y: 0 });
    expect(far).toEqual({ x: 5, y: 6, zoom: 4 });
  });

  it("pans by pixels whatever the zoom is", () => {
    const before = toView(camera, VIEW, { x: 10, y: 20 });
    const after = toView(panned(camera, 33, -7), VIEW, { x: 10, y: 20 });
    expect([after.x - before.x, after.y - before.y]).toEqual([33, -7]);
  });

  it("fits everything with room around it, and no nearer than life-size", () => {
    const wide = fitted({ x: -100, y: 0, width: 4000, height: 100 }, VIEW);
    expect(sight(wide, VIEW).x).toBeLessThan(-100);
    expect(sight(wide, VIEW).width).toBeGreaterThan(4000);
    expect(fitted({ x: 0, y: 0, width: 20, height: 20 }, VIEW).zoom).toBe(1);
    expect(fitted(null, VIEW)).toEqual({ x: 0, y: 0, zoom: 1 });
  });

  it("shows the head of a box that is taller than the view", () => {
    const box = { x: 0, y: 1000, width: 200, height: 32_032 };
    const seen = sight(flownTo(box, VIEW, 0.01), VIEW);
    expect(seen.y).toBeLessThan(1000);
    expect(seen.y + seen.height).toBeGreaterThan(1200);
  });

  it("moves no further than needed to bring a box into sight", () => {
    const near: Camera = { x: 500, y: 300, zoom: 1 };
    expect(revealing(near, VIEW, { x: 400, y: 200, width: 200, height: 100 })).toEqual(near);
    const aside = revealing(near, VIEW, { x: 1100, y: 200, width: 200, height: 100 });
    expect(aside).toEqual({ x: 500 + 340, y: 300, zoom: 1 });
  });

  it("arrives where it flies to", () => {
    const to: Camera = { x: 9000, y: -40, zoom: 2 };
    expect(between(camera, to, 0)).toEqual(camera);
    const end = between(camera, to, 1);
    expect(end.x).toBeCloseTo(9000);
    expect(end.zoom).toBeCloseTo(2);
    const level = between(camera, { ...camera, x: 400 }, 1);
    expect(level.x).toBeCloseTo(400);
  });
});

describe("the scene", () => {
  it("finds boxes by head and row, and lines beside them", () => {
    const scene = new Scene(drawing());
    expect(scene.hit({ x: 30, y: 80 }, 1)).toEqual({ kind: "box", box: 0, row: null });
    expect(scene.hit({ x: 30, y: 72 + 28 + 25 }, 1)).toEqual({ kind: "box", box: 0, row: 1 });
    expect(scene.hit({ x: 250, y: 113 }, 1)).toEqual({ kind: "line", line: 0 });
    expect(scene.hit({ x: 230, y: 122 }, 1)).toBeNull();
    // From afar a pointer reaches further in the diagram's units.
    expect(scene.hit({ x: 230, y: 122 }, 0.3)).toEqual({ kind: "line", line: 0 });
  });

  it("finds notes above boxes, their corners, and the heads of groups", () => {
    const given = drawing();
    const note = { id: "n", text: "why", x: 20, y: 70, width: 100, height: 60, colour: 0 };
    const scene = new Scene({ ...given, notes: [note] });
    expect(scene.hit({ x: 30, y: 80 }, 1)).toEqual({ kind: "note", note: 0, corner: false });
    expect(scene.hit({ x: 117, y: 127 }, 1)).toEqual({ kind: "note", note: 0, corner: true });
    expect(scene.hit({ x: 200, y: 40 }, 1)).toEqual({ kind: "frame", frame: 0 });
    expect(scene.hit({ x: 12, y: 300 }, 1)).toBeNull();
  });

  it("finds boxes where they were moved to and no longer where they lay", () => {
    const scene = new Scene(drawing());
    const asked = scene.place(new Map([[0, { x: -5000, y: 9000 }]]));
    expect(asked).toEqual([0]);
    expect(scene.hit({ x: 30, y: 80 }, 1)).toBeNull();
    expect(scene.hit({ x: -4990, y: 9010 }, 1)).toEqual({ kind: "box", box: 0, row: null });
    expect(scene.touched({ x: -5100, y: 8900, width: 200, height: 200 })).toEqual([0]);
    expect(scene.frames[0]?.x).toBe(-5016);
  });

  it("takes lines along whose both ends are moved alike", () => {
    const scene = new Scene(drawing());
    const before = [...(scene.lines[0]?.corners ?? [])];
    const asked = scene.place(
      new Map([
        [0, { x: 24 + 7, y: 72 + 5 }],
        [1, { x: 296 + 7, y: 72 + 5 }],
      ]),
    );
    expect(asked).toEqual([1]);
    expect(scene.lines[0]?.corners).toEqual(before.map((value, at) => value + (at % 2 === 0 ? 7 : 5)));
    expect(scene.hit({ x: 257, y: 118 }, 1)).toEqual({ kind: "line", line: 0 });
  });

  it("asks for a line's way with both boxes as they lie now", () => {
    const scene = new Scene(drawing());
    scene.place(new Map([[1, { x: 400, y: 500 }]]));
    expect(scene.courseOf(0)).toMatchObject({ to: { x: 24, y: 72 }, from: { x: 400, y: 500 }, own: false, lane: 0 });
  });

  it("answers a huge rectangle as well as a small one", () => {
    const scene = new Scene(drawing());
    expect(scene.near({ x: -1e7, y: -1e7, width: 2e7, height: 2e7 }).boxes).toEqual([0, 1, 2]);
    expect(scene.near({ x: 20, y: 70, width: 10, height: 10 }).boxes).toContain(0);
  });

  it("walks to the box beside, and reads boxes line by line", () => {
    const scene = new Scene(drawing());
    expect(scene.reading()).toEqual([0, 1, 2]);
    expect(scene.beside(0, "right")).toBe(1);
    expect(scene.beside(1, "left")).toBe(0);
    expect(scene.beside(0, "down")).toBe(2);
    expect(scene.beside(0, "up")).toBeUndefined();
    expect([...scene.neighboursOf(1)].sort()).toEqual([0, 2]);
  });
});

describe("lining up", () => {
  const boxes = new Map([
    [1, { x: 10, y: 40, width: 100, height: 50 }],
    [4, { x: 60, y: 10, width: 40, height: 20 }],
    [7, { x: 300, y: 90, width: 80, height: 30 }],
  ]);

  it("moves only what is not there yet", () => {
    expect([...aligned(boxes, "left")]).toEqual([
      [4, { x: 10, y: 10 }],
      [7, { x: 10, y: 90 }],
    ]);
    expect([...aligned(boxes, "top").keys()]).toEqual([1, 7]);
  });

  it("makes gaps even and leaves the outermost where they are", () => {
    const places = aligned(boxes, "across");
    // 370 wide, 220 taken: gaps of 75.
    expect([...places]).toEqual([[4, { x: 185, y: 10 }]]);
    expect(aligned(new Map([...boxes].slice(0, 2)), "across").size).toBe(0);
  });
});

describe("what is drawn anew", () => {
  const whole = { x: 0, y: 0, width: 100, height: 80 };
  const area = (rects: readonly { width: number; height: number }[]) =>
    rects.reduce((sum, { width, height }) => sum + width * height, 0);

  it("is what came into sight, each pixel once", () => {
    for (const [dx, dy] of [
      [7, 5],
      [-7, 5],
      [7, -5],
      [-7, -5],
      [0, 9],
      [9, 0],
    ] as const) {
      const parts = strips(whole, dx, dy);
      const kept = (100 - Math.abs(dx)) * (80 - Math.abs(dy));
      expect(area(parts)).toBe(8000 - kept);
      // Nothing of it lies in what was only moved.
      for (const part of parts) {
        const left = Math.max(part.x, Math.max(0, dx));
        const right = Math.min(part.x + part.width, 100 + Math.min(0, dx));
        const top = Math.max(part.y, Math.max(0, dy));
        const bottom = Math.min(part.y + part.height, 80 + Math.min(0, dy));
        expect(right <= left || bottom <= top).toBe(true);
      }
    }
    expect(strips(whole, 0, 0)).toEqual([]);
  });

  it("is the margin around a picture that became smaller", () => {
    expect(area(around(whole, { x: 10, y: 10, width: 50, height: 40 }))).toBe(8000 - 2000);
    expect(around(whole, { x: -5, y: -5, width: 200, height: 200 })).toEqual([]);
  });

  it("is one part where parts overlap", () => {
    const parts = joined([
      { x: 0, y: 0, width: 10, height: 10 },
      { x: 50, y: 50, width: 10, height: 10 },
      { x: 5, y: 5, width: 10, height: 10 },
    ]);
    expect(parts).toHaveLength(2);
    expect(parts).toContainEqual({ x: 0, y: 0, width: 15, height: 15 });
  });
});

describe("texts", () => {
  const measure = (text: string) => [...text].length * 10;

  it("give way at their end", () => {
    expect(shortened("customers", 90, measure)).toBe("customers");
    expect(shortened("customers", 50, measure)).toBe("cust…");
    expect(shortened("👩‍👩‍👧 name", 5, measure)).toBe("");
  });

  it("wrap at blanks, and longer words anywhere", () => {
    expect(wrapped("one two three", 80, measure)).toEqual(["one two", "three"]);
    expect(wrapped("abcdefgh", 30, measure)).toEqual(["abc", "def", "gh"]);
    expect(wrapped("a\n\nb", 30, measure)).toEqual(["a", "", "b"]);
  });
});

describe("the history", () => {
  const change = (words: string) => ({ kind: "places", words, before: [], after: [] }) as const;

  it("goes back and forth, and forgets what was taken back once something else is done", () => {
    const two = did(did(NO_HISTORY, change("first")), change("second"));
    const back = undo(two);
    expect(back?.change.words).toBe("second");
    const again = redo(back?.history ?? NO_HISTORY);
    expect(again?.change.words).toBe("second");
    expect(again?.history).toEqual(two);
    const other = did(back?.history ?? NO_HISTORY, change("other"));
    expect(redo(other)).toBeNull();
    expect(undo(NO_HISTORY)).toBeNull();
  });
});

describe("a kept view", () => {
  it("comes back, and survives what it does not know", () => {
    const view = {
      diagram: "d",
      camera: { x: 1, y: -2, zoom: 0.4 },
      list: true,
      selected: [{ schema: "public", name: "orders" }],
      around: null,
      schema: null,
    };
    expect(readView(JSON.stringify(view))).toEqual(view);
    for (const broken of ["", "[]", "null", '{"camera":{"x":"1","y":2,"zoom":0},"selected":[{"name":1}],"list":1}'])
      expect(readView(broken)).toEqual({
        diagram: null,
        camera: null,
        list: false,
        selected: [],
        around: null,
        schema: null,
      });
  });

  it("can be told to show a table's neighbourhood or a schema", () => {
    const object = { database: "shop", schema: "public", kind: "relation", name: "orders", signature: null };
    expect(readView(diagramOf('{"list":true}', object))).toMatchObject({
      list: true,
      around: { schema: "public", name: "orders" },
    });
    expect(readView(diagramOf("{}", { ...object, kind: "schema", name: "billing" })).schema).toBe("billing");
  });
});
