/** Where the boxes of a plan's diagram stand: children below their parent, parents over the middle of their children. Pure. */
import type { PlanNode } from "@/ipc";

export const BOX = { width: 208, height: 62, gapX: 20, gapY: 40 } as const;

export interface Box {
  readonly place: number;
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly boxes: readonly Box[];
  readonly width: number;
  readonly height: number;
}

/** Without recursion: plans are as deep as they like. */
export function layoutOf(nodes: readonly PlanNode[]): Layout {
  const first: (number | null)[] = nodes.map(() => null);
  const last: (number | null)[] = nodes.map(() => null);
  const branch = nodes.map(() => false);
  for (const node of nodes) if (node.parent !== null) branch[node.parent] = true;
  // Leaves from left to right, in the order of the plan.
  let column = 0;
  const x = nodes.map((_, place) => (branch[place] ? 0 : column++));
  // A node comes after its parent: backwards, children are placed before it.
  for (let place = nodes.length - 1; place >= 0; place -= 1) {
    const low = first[place];
    const high = last[place];
    if (low != null && high != null) x[place] = (low + high) / 2;
    const parent = nodes[place]?.parent ?? null;
    if (parent === null) continue;
    const own = x[place] ?? 0;
    first[parent] = Math.min(first[parent] ?? own, own);
    last[parent] = Math.max(last[parent] ?? own, own);
  }
  const boxes = nodes.map((node, place) => ({
    place,
    x: (x[place] ?? 0) * (BOX.width + BOX.gapX),
    y: node.depth * (BOX.height + BOX.gapY),
  }));
  const depth = nodes.reduce((deepest, node) => Math.max(deepest, node.depth), 0);
  return {
    boxes,
    width: Math.max(column, 1) * (BOX.width + BOX.gapX) - BOX.gapX,
    height: (depth + 1) * (BOX.height + BOX.gapY) - BOX.gapY,
  };
}

export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export const LEAST = 0.05;
export const MOST = 2;

const bounded = (scale: number): number => Math.min(MOST, Math.max(LEAST, scale));

/** The whole in sight, never larger than it is. */
export function fitted(layout: Layout, width: number, height: number): View {
  const margin = 24;
  const room = { width: Math.max(1, width - 2 * margin), height: Math.max(1, height - 2 * margin) };
  const scale = bounded(Math.min(1, room.width / layout.width, room.height / layout.height));
  return { scale, x: (width - layout.width * scale) / 2, y: Math.max(margin, (height - layout.height * scale) / 2) };
}

/** Larger or smaller around a point that stays where it is. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = bounded(view.scale * factor);
  const real = scale / view.scale;
  return { scale, x: x - (x - view.x) * real, y: y - (y - view.y) * real };
}

/** The view moved as little as needed to have a box in sight. */
export function revealing(view: View, box: Box, width: number, height: number): View {
  const margin = 16;
  const left = box.x * view.scale + view.x;
  const top = box.y * view.scale + view.y;
  const right = left + BOX.width * view.scale;
  const bottom = top + BOX.height * view.scale;
  const by = (low: number, high: number, most: number) =>
    low < margin ? margin - low : high > most - margin ? most - margin - high : 0;
  return { ...view, x: view.x + by(left, right, width), y: view.y + by(top, bottom, height) };
}

/** The boxes in sight, and what a line leads to from there. */
export function inSight(layout: Layout, view: View, width: number, height: number): ReadonlySet<number> {
  const left = -view.x / view.scale - BOX.width;
  const top = -view.y / view.scale - BOX.height;
  const right = left + width / view.scale + BOX.width;
  const bottom = top + height / view.scale + BOX.height;
  const seen = new Set<number>();
  for (const { place, x, y } of layout.boxes) if (x >= left && x <= right && y >= top && y <= bottom) seen.add(place);
  return seen;
}

/** The node an arrow key leads to. */
export function neighbour(nodes: readonly PlanNode[], place: number, key: string): number | null {
  const node = nodes[place];
  if (!node) return null;
  if (key === "ArrowUp") return node.parent;
  if (key === "ArrowDown") {
    const child = nodes.findIndex((other) => other.parent === place);
    return child < 0 ? null : child;
  }
  const beside = nodes.flatMap((other, at) => (other.depth === node.depth ? [at] : []));
  const at = beside.indexOf(place);
  return beside[key === "ArrowLeft" ? at - 1 : at + 1] ?? null;
}
