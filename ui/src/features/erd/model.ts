/**
 * A drawing as the canvas works with it: boxes that move, the lines between them, and an index that finds what lies somewhere.
 * Plain geometry in the diagram's units; it knows of no canvas and no window.
 */

import type { DiagramBox, DiagramCourse, DiagramDrawing, DiagramFrame, DiagramLine, DiagramNote } from "@/ipc";
import { type Point, type Rect, union } from "./camera";

/** The side of a cell of the index. */
const CELL = 512;
/** More cells than this are no help: everything is looked at. */
const CELLS_WORTH = 600;
/** How far from a line a pointer still means it, in pixels. */
const REACH = 5;
/** Boxes whose heads lie within this are read as one line. */
const BAND = 160;
/** Of taller boxes only so much is fitted into a view. */
const BEGUN = 1_600;

/** What lies under a point. */
export type Hit =
  | {
      readonly kind: "box";
      readonly box: number /** A row's place, `null` on the head. */;
      readonly row: number | null;
    }
  | { readonly kind: "line"; readonly line: number }
  | { readonly kind: "frame"; readonly frame: number }
  | {
      readonly kind: "note";
      readonly note: number /** Its lower right corner, which sizes it. */;
      readonly corner: boolean;
    };

export const NOTE_CORNER = 14;

/** Boxes and lines near each other. */
interface Found {
  readonly boxes: readonly number[];
  readonly lines: readonly number[];
}

type Kind = "boxes" | "lines";

/** Numbers by the cells that they lie in. */
class Cells {
  private readonly cells = new Map<number, { boxes: Set<number>; lines: Set<number> }>();

  private static key(x: number, y: number): number {
    return (x + 0x100000) * 0x200000 + (y + 0x100000);
  }

  add(kind: Kind, item: number, rect: Rect): void {
    this.each(rect, (key) => {
      let cell = this.cells.get(key);
      if (!cell) {
        cell = { boxes: new Set(), lines: new Set() };
        this.cells.set(key, cell);
      }
      cell[kind].add(item);
    });
  }

  remove(kind: Kind, item: number, rect: Rect): void {
    this.each(rect, (key) => this.cells.get(key)?.[kind].delete(item));
  }

  /** Everything in the cells of `rect`; `null` where these are too many to be worth it. */
  find(rect: Rect): { boxes: Set<number>; lines: Set<number> } | null {
    const across = Math.floor((rect.x + rect.width) / CELL) - Math.floor(rect.x / CELL) + 1;
    const down = Math.floor((rect.y + rect.height) / CELL) - Math.floor(rect.y / CELL) + 1;
    if (!(across * down <= CELLS_WORTH)) return null;
    const found = { boxes: new Set<number>(), lines: new Set<number>() };
    this.each(rect, (key) => {
      const cell = this.cells.get(key);
      if (!cell) return;
      for (const box of cell.boxes) found.boxes.add(box);
      for (const line of cell.lines) found.lines.add(line);
    });
    return found;
  }

  private each({ x, y, width, height }: Rect, visit: (key: number) => void): void {
    const [left, right] = [Math.floor(x / CELL), Math.floor((x + width) / CELL)];
    const [top, bottom] = [Math.floor(y / CELL), Math.floor((y + height) / CELL)];
    for (let column = left; column <= right; column += 1)
      for (let row = top; row <= bottom; row += 1) visit(Cells.key(column, row));
  }
}

/** The pieces of a line, each level or upright. */
export function* pieces(corners: readonly number[]): Generator<Rect> {
  for (let at = 0; at + 3 < corners.length; at += 2) {
    const [x, y, nextX, nextY] = [corners[at] ?? 0, corners[at + 1] ?? 0, corners[at + 2] ?? 0, corners[at + 3] ?? 0];
    yield { x: Math.min(x, nextX), y: Math.min(y, nextY), width: Math.abs(nextX - x), height: Math.abs(nextY - y) };
  }
}

export class Scene {
  readonly drawing: DiagramDrawing;
  readonly boxes: readonly DiagramBox[];
  readonly lines: readonly DiagramLine[];
  readonly notes: readonly DiagramNote[];
  /** Around their members as these lie now. */
  frames: readonly DiagramFrame[];
  private readonly cells = new Cells();
  /** The lines of each box. */
  private readonly touching: readonly (readonly number[])[];
  private readonly byName = new Map<string, number>();

  constructor(drawing: DiagramDrawing) {
    this.drawing = drawing;
    this.boxes = drawing.boxes.map((box) => ({ ...box }));
    this.lines = drawing.lines.map((line) => ({ ...line }));
    this.notes = drawing.notes.map((note) => ({ ...note }));
    this.frames = drawing.frames;
    const touching: number[][] = this.boxes.map(() => []);
    this.boxes.forEach((box, at) => {
      this.cells.add("boxes", at, box);
      this.byName.set(nameKey(box), at);
    });
    this.lines.forEach((line, at) => {
      this.index(at);
      touching[line.from.table]?.push(at);
      if (line.to.table !== line.from.table) touching[line.to.table]?.push(at);
    });
    this.touching = touching;
  }

  /** The place of a table among the boxes. */
  find(table: { readonly schema: string; readonly name: string }): number | undefined {
    return this.byName.get(nameKey(table));
  }

  linesOf(box: number): readonly number[] {
    return this.touching[box] ?? [];
  }

  /** The boxes that a line connects with this one. */
  neighboursOf(box: number): ReadonlySet<number> {
    const found = new Set<number>();
    for (const at of this.linesOf(box)) {
      const line = this.lines[at];
      if (line) found.add(line.from.table === box ? line.to.table : line.from.table);
    }
    found.delete(box);
    return found;
  }

  /** Around everything that is drawn; `null` where nothing is. */
  bounds(of?: Iterable<number>): Rect | null {
    if (of) return union([...of].flatMap((at) => this.boxes[at] ?? []));
    return union([...this.boxes, ...this.frames, ...this.notes]);
  }

  /** What is fitted into the view: of very tall boxes only their beginnings, or nothing else could be read. */
  overview(of?: Iterable<number>): Rect | null {
    const begun = (rect: Rect): Rect => ({
      x: rect.x,
      y: rect.y,
      width: rect.width,
      height: Math.min(rect.height, BEGUN),
    });
    const chosen = of ? [...of].flatMap((at) => this.boxes[at] ?? []) : this.boxes;
    const around = union([...chosen.map(begun), ...(of ? [] : this.notes)]);
    if (!around || of || this.frames.length === 0) return around;
    const { frame_pad: pad, frame_head: head } = this.drawing.metrics;
    const { x, y, width, height } = around;
    return { x: x - pad, y: y - pad - head, width: width + 2 * pad, height: height + 2 * pad + head };
  }

  /** Boxes and lines that may reach into `rect`: more than do, never fewer. */
  near(rect: Rect): Found {
    const found = this.cells.find(rect);
    if (found) return { boxes: [...found.boxes].sort(byPlace), lines: [...found.lines] };
    return { boxes: this.all("boxes"), lines: this.all("lines") };
  }

  private every: { boxes?: readonly number[]; lines?: readonly number[] } = {};

  private all(kind: Kind): readonly number[] {
    this.every[kind] ??= Array.from({ length: this[kind].length }, (_, at) => at);
    return this.every[kind] ?? [];
  }

  /** The topmost thing at a point; `zoom` says how much a pixel is. */
  hit({ x, y }: Point, zoom: number): Hit | null {
    for (let at = this.notes.length - 1; at >= 0; at -= 1) {
      const note = this.notes[at];
      if (!note || !holds(note, x, y)) continue;
      const corner = x > note.x + note.width - NOTE_CORNER && y > note.y + note.height - NOTE_CORNER;
      return { kind: "note", note: at, corner };
    }
    const reach = REACH / zoom;
    const near = this.near({ x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach });
    for (let at = near.boxes.length - 1; at >= 0; at -= 1) {
      const box = near.boxes[at] ?? -1;
      const found = this.boxes[box];
      if (!found || !holds(found, x, y)) continue;
      return { kind: "box", box, row: this.rowAt(found, y) };
    }
    let [nearest, least] = [-1, reach];
    for (const at of near.lines)
      for (const piece of pieces(this.lines[at]?.corners ?? [])) {
        const far = Math.max(piece.x - x, x - piece.x - piece.width, piece.y - y, y - piece.y - piece.height);
        if (far <= least) [nearest, least] = [at, far];
      }
    if (nearest >= 0) return { kind: "line", line: nearest };
    const head = this.drawing.metrics.frame_head;
    const frame = this.frames.findIndex((each) => holds({ ...each, height: head }, x, y));
    return frame < 0 ? null : { kind: "frame", frame };
  }

  private rowAt(box: DiagramBox, y: number): number | null {
    const { head, row } = this.drawing.metrics;
    const at = Math.floor((y - box.y - head) / row);
    return at >= 0 && at < box.rows.length ? at : null;
  }

  /** The boxes that a rectangle touches. */
  touched(rect: Rect): readonly number[] {
    return this.near(rect).boxes.filter((at) => {
      const box = this.boxes[at];
      return (
        box !== undefined &&
        box.x <= rect.x + rect.width &&
        rect.x <= box.x + box.width &&
        box.y <= rect.y + rect.height &&
        rect.y <= box.y + box.height
      );
    });
  }

  /** Puts boxes somewhere else; lines wholly between them go along. Answers the lines that must be asked for anew. */
  place(places: ReadonlyMap<number, Point>): readonly number[] {
    const asked = new Set<number>();
    const moved = new Map<number, Point>();
    for (const [at, to] of places) {
      const box = this.boxes[at];
      if (!box) continue;
      moved.set(at, { x: to.x - box.x, y: to.y - box.y });
      this.cells.remove("boxes", at, box);
      Object.assign(box, { x: to.x, y: to.y });
      this.cells.add("boxes", at, box);
    }
    for (const box of moved.keys())
      for (const at of this.linesOf(box)) {
        const line = this.lines[at];
        if (!line || asked.has(at)) continue;
        const [from, to] = [moved.get(line.from.table), moved.get(line.to.table)];
        if (from && to && Math.abs(from.x - to.x) < 1e-6 && Math.abs(from.y - to.y) < 1e-6) {
          if (box === line.from.table)
            this.course(
              at,
              line.corners.map((value, place) => value + (place % 2 === 0 ? from.x : from.y)),
            );
        } else asked.add(at);
      }
    if (moved.size > 0) this.reframe(moved);
    this.order = undefined;
    return [...asked];
  }

  private reframe(moved: ReadonlyMap<number, Point>): void {
    const { frame_pad: pad, frame_head: head } = this.drawing.metrics;
    this.frames = this.frames.map((frame) => {
      if (!frame.members.some((member) => moved.has(member))) return frame;
      const around = this.bounds(frame.members);
      if (!around) return frame;
      const { x, y, width, height } = around;
      return { ...frame, x: x - pad, y: y - pad - head, width: width + 2 * pad, height: height + 2 * pad + head };
    });
  }

  /** What is asked of the core for a line's way. */
  courseOf(at: number): DiagramCourse | null {
    const line = this.lines[at];
    const [from, to] = [this.boxes[line?.from.table ?? -1], this.boxes[line?.to.table ?? -1]];
    if (!line || !from || !to) return null;
    const rect = ({ x, y, width, height }: DiagramBox) => ({ x, y, width, height });
    return {
      from: rect(from),
      from_y: line.from.y,
      to: rect(to),
      to_y: line.to.y,
      own: line.from.table === line.to.table,
      lane: line.to.table,
    };
  }

  /** The way that a line takes from now on. */
  course(at: number, corners: number[]): void {
    const line = this.lines[at];
    if (!line) return;
    for (const piece of pieces(line.corners)) this.cells.remove("lines", at, piece);
    line.corners = corners;
    this.index(at);
  }

  private index(at: number): void {
    for (const piece of pieces(this.lines[at]?.corners ?? [])) this.cells.add("lines", at, piece);
  }

  /** Around boxes and their lines, with the room of their ends: what must be drawn again when they change. */
  reach(boxes: Iterable<number>): Rect | null {
    const rects: Rect[] = [];
    for (const at of boxes) {
      const box = this.boxes[at];
      if (box) rects.push(box);
      for (const line of this.linesOf(at)) rects.push(...pieces(this.lines[line]?.corners ?? []));
    }
    for (const frame of this.frames) if ([...boxes].some((at) => frame.members.includes(at))) rects.push(frame);
    const all = union(rects);
    return all && { x: all.x - 20, y: all.y - 20, width: all.width + 40, height: all.height + 40 };
  }

  /** The boxes in reading order: in bands from the top, each from left to right. */
  reading(): readonly number[] {
    const band = (at: number) => Math.floor((this.boxes[at]?.y ?? 0) / BAND);
    this.order ??= this.all("boxes").toSorted(
      (a, b) => band(a) - band(b) || (this.boxes[a]?.x ?? 0) - (this.boxes[b]?.x ?? 0) || a - b,
    );
    return this.order;
  }

  private order: readonly number[] | undefined;

  /** The nearest box in a direction; straight ahead counts more than aside. */
  beside(box: number, direction: "left" | "right" | "up" | "down"): number | undefined {
    const own = this.boxes[box];
    if (!own) return undefined;
    const level = direction === "left" || direction === "right";
    const sign = direction === "left" || direction === "up" ? -1 : 1;
    let [best, least] = [undefined as number | undefined, Number.POSITIVE_INFINITY];
    this.boxes.forEach((other, at) => {
      const dx = other.x + other.width / 2 - own.x - own.width / 2;
      const dy = other.y + Math.min(other.height, 200) / 2 - own.y - Math.min(own.height, 200) / 2;
      const [ahead, aside] = level ? [dx * sign, Math.abs(dy)] : [dy * sign, Math.abs(dx)];
      if (at === box || ahead <= 1) return;
      const far = ahead + 2.5 * aside;
      if (far < least) [best, least] = [at, far];
    });
    return best;
  }
}

export const nameKey = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  JSON.stringify([schema, name]);

const byPlace = (a: number, b: number): number => a - b;

const holds = (rect: Rect, x: number, y: number): boolean =>
  x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
