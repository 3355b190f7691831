/** Lining boxes up. Pure: from where they lie to where they come to lie. */
import type { Point, Rect } from "./camera";

export type Alignment = "left" | "centre" | "top" | "middle" | "across" | "down";

/** Where boxes go: by their numbers, and only those that move. */
export function aligned(boxes: ReadonlyMap<number, Rect>, how: Alignment): ReadonlyMap<number, Point> {
  const all = [...boxes];
  const places = new Map<number, Point>();
  const put = (at: number, { x, y }: Rect, to: Partial<Point>) => {
    const next = { x: to.x ?? x, y: to.y ?? y };
    if (next.x !== x || next.y !== y) places.set(at, next);
  };
  const least = (values: readonly number[]) => Math.min(...values);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  if (all.length < 2) return places;
  switch (how) {
    case "left": {
      const x = least(all.map(([, box]) => box.x));
      for (const [at, box] of all) put(at, box, { x });
      return places;
    }
    case "top": {
      const y = least(all.map(([, box]) => box.y));
      for (const [at, box] of all) put(at, box, { y });
      return places;
    }
    case "centre": {
      const x = mean(all.map(([, box]) => box.x + box.width / 2));
      for (const [at, box] of all) put(at, box, { x: Math.round(x - box.width / 2) });
      return places;
    }
    case "middle": {
      const y = mean(all.map(([, box]) => box.y + box.height / 2));
      for (const [at, box] of all) put(at, box, { y: Math.round(y - box.height / 2) });
      return places;
    }
    case "across":
    case "down": {
      const [start, length] = how === "across" ? (["x", "width"] as const) : (["y", "height"] as const);
      const sorted = all.toSorted(([, a], [, b]) => a[start] - b[start]);
      const [first, last] = [sorted[0], sorted.at(-1)];
      if (!first || !last || sorted.length < 3) return places;
      // The outermost stay; between them the gaps become the same.
      const taken = sorted.reduce((sum, [, box]) => sum + box[length], 0);
      const gap = (last[1][start] + last[1][length] - first[1][start] - taken) / (sorted.length - 1);
      let next = first[1][start];
      for (const [at, box] of sorted) {
        put(at, box, { [start]: at === last[0] ? box[start] : Math.round(next) });
        next += box[length] + gap;
      }
      return places;
    }
  }
}
