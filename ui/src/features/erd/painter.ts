/**
 * Draws a part of a scene onto a canvas. Three levels: boxes alone, boxes with names, boxes with columns. Everything is placed on
 * whole pixels, so that edges are sharp and a picture that is moved by whole pixels stays what it would be if drawn anew.
 */

import type { DiagramBox, DiagramCardinality, DiagramLine } from "@/ipc";
import { overlaps, type Rect } from "./camera";
import type { Palette } from "./colours";
import { FACES, type Fitting, SIZES, wrapped } from "./fitting";
import { NOTE_CORNER, type Scene } from "./model";
import { markHead, markRows, washRows } from "./staged";

/** Below these zooms there are no names, and no columns. */
export const NAMES_FROM = 0.15;
export const COLUMNS_FROM = 0.4;
/** Lines that are drawn in one stroke. */
const STROKE = 64;
const ROUND = 6;

/** How the scene lies on the canvas, in its own pixels: `x = world * scale + left`. */
export interface Lie {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
  /** Pixels of the screen per pixel of the page. */
  readonly ratio: number;
}

/** What of the scene stands out. */
export interface Look {
  readonly selected: ReadonlySet<number>;
  /** A line that was chosen. */
  readonly line: number | null;
  /** The boxes in question: others step back. `null` is no question. */
  readonly focus: ReadonlySet<number> | null;
  /** A note that is being written stands in a field of its own. */
  readonly editing: string | null;
  readonly note: string | null;
  readonly normal: Palette;
  readonly faded: Palette;
}

type Canvas = CanvasRenderingContext2D;

const CHANGES = ["added", "changed", "removed"] as const;

/** What is only inferred, or goes. */
const dashed = (line: DiagramLine | undefined): boolean => line?.inferred === true || line?.staged === "removed";

/** For lines whose dashes go on from where they begin, however little of them is drawn. */
const EVERYWHERE: Rect = { x: -1e9, y: -1e9, width: 2e9, height: 2e9 };

export class Painter {
  private readonly context: Canvas;
  private readonly fitting: Fitting;

  constructor(context: Canvas, fitting: Fitting) {
    this.context = context;
    this.fitting = fitting;
  }

  /** Draws `clip`, which is in pixels of the canvas. */
  paint(scene: Scene, lie: Lie, clip: Rect, look: Look): void {
    const { context } = this;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(clip.x, clip.y, clip.width, clip.height);
    context.clip();
    context.fillStyle = look.normal.ground;
    context.fillRect(clip.x, clip.y, clip.width, clip.height);
    const { scale, left, top, ratio } = lie;
    const zoom = scale / ratio;
    // With the room that ends of lines and selected edges take.
    const world: Rect = {
      x: (clip.x - left) / scale - 20,
      y: (clip.y - top) / scale - 20,
      width: clip.width / scale + 40,
      height: clip.height / scale + 40,
    };
    this.frames(scene, lie, world, look, zoom);
    const near = scene.near(world);
    this.lines(scene, lie, near.lines, world, look, zoom);
    const seen = near.boxes.filter((at) => {
      const box = scene.boxes[at];
      return box !== undefined && overlaps(box, world);
    });
    if (zoom < NAMES_FROM) this.plain(scene, lie, seen, look);
    else
      for (const layer of layered(scene, seen, look)) this.boxes(scene, lie, layer, world, look, zoom >= COLUMNS_FROM);
    this.titles(scene, lie, world, look, zoom);
    this.notes(scene, lie, world, look, zoom);
    context.restore();
  }

  private frames(scene: Scene, lie: Lie, world: Rect, look: Look, zoom: number): void {
    const { context } = this;
    const { ratio } = lie;
    for (const frame of scene.frames) {
      if (!overlaps(frame, world)) continue;
      const palette = this.paletteOf(frame.members, look);
      const { x, y, width, height } = onto(frame, lie);
      const tint = palette.tints[frame.colour % palette.tints.length];
      rounded(context, x, y, width, height, zoom < NAMES_FROM ? 0 : 8 * lie.scale);
      context.fillStyle = tint?.wash ?? palette.frame;
      context.fill();
      context.strokeStyle = tint?.edge ?? palette.frameEdge;
      context.lineWidth = ratio;
      context.stroke();
    }
  }

  /** Names of groups: in their heads; from afar above the tables, as a map has the names of countries. */
  private titles(scene: Scene, lie: Lie, world: Rect, look: Look, zoom: number): void {
    const { context } = this;
    const { ratio, scale } = lie;
    const far = zoom < COLUMNS_FROM;
    const size = (far ? SIZES.head : SIZES.head * zoom) * ratio;
    context.textBaseline = "middle";
    for (const frame of scene.frames) {
      const on = onto(frame, lie);
      if (!overlaps(frame, world) || on.width < 40 * ratio || on.height < 24 * ratio) continue;
      const palette = this.paletteOf(frame.members, look);
      const pad = far ? 8 * ratio : 12 * scale;
      context.font = FACES.head(size);
      const title = shortened(context, frame.title, on.width - 2 * pad);
      if (!title) continue;
      const wide = context.measureText(title).width;
      const count = frame.members.length;
      const meta = `${count.toLocaleString("en-US")} ${count === 1 ? "table" : "tables"}`;
      const small = FACES.type((size * SIZES.type) / SIZES.head);
      context.font = small;
      const beside = context.measureText(meta).width + 8 * ratio;
      const fits = wide + beside < on.width - 2 * pad;
      const middle = far ? on.y + 14 * ratio : on.y + (scene.drawing.metrics.frame_head * scale) / 2;
      const x = on.x + (far ? 2 * pad : pad);
      if (far) {
        rounded(context, on.x + pad, middle - 10 * ratio, wide + (fits ? beside : 0) + 2 * pad, 20 * ratio, 4 * ratio);
        context.fillStyle = palette.ground;
        context.fill();
        context.strokeStyle = palette.rule;
        context.lineWidth = ratio;
        context.stroke();
      }
      if (fits) {
        context.fillStyle = palette.meta;
        context.fillText(meta, x + wide + 8 * ratio, middle);
      }
      context.font = FACES.head(size);
      context.fillStyle = palette.text;
      context.fillText(title, x, middle);
    }
  }

  private paletteOf(boxes: readonly number[], { focus, normal, faded }: Look): Palette {
    return focus === null || boxes.some((at) => focus.has(at)) ? normal : faded;
  }

  private lines(scene: Scene, lie: Lie, near: readonly number[], world: Rect, look: Look, zoom: number): void {
    const { context } = this;
    const { ratio } = lie;
    const [dim, usual, hot]: [number[], number[], number[]] = [[], [], []];
    const staged = { added: [] as number[], changed: [] as number[], removed: [] as number[] };
    for (const at of near) {
      const line = scene.lines[at];
      if (!line || line.corners.length < 4) continue;
      const [from, to] = [line.from.table, line.to.table];
      const { focus, selected } = look;
      const chosen = at === look.line || (focus === null && (selected.has(from) || selected.has(to)));
      if (line.staged && !chosen) staged[line.staged].push(at);
      else if (chosen || (focus?.has(from) && focus.has(to))) hot.push(at);
      else (focus === null ? usual : dim).push(at);
    }
    if (zoom < COLUMNS_FROM) {
      const colour = (palette: Palette) => (zoom < NAMES_FROM ? palette.frameEdge : palette.line);
      this.bars(scene, lie, dim, world, colour(look.faded), ratio);
      this.bars(scene, lie, usual, world, colour(look.normal), ratio);
      this.bars(scene, lie, hot, world, look.normal.accent, Math.max(ratio, Math.round(1.5 * ratio)));
      for (const change of CHANGES)
        this.bars(scene, lie, staged[change], world, look.normal.staged[change].edge, Math.max(ratio, 2));
      return;
    }
    context.lineJoin = "round";
    for (const [which, colour, thick] of [
      [dim, look.faded.line, 1.3],
      [usual, look.normal.line, 1.3],
      [hot, look.normal.accent, 1.6],
      ...CHANGES.map((change) => [staged[change], look.normal.staged[change].edge, 1.8] as const),
    ] as const) {
      context.strokeStyle = colour;
      context.lineWidth = thick * Math.min(lie.scale, 1.5 * ratio);
      this.courses(
        which.filter((at) => !dashed(scene.lines[at])),
        scene,
        lie,
        world,
      );
      context.setLineDash([5 * lie.scale, 4 * lie.scale]);
      this.courses(
        which.filter((at) => dashed(scene.lines[at])),
        scene,
        lie,
        EVERYWHERE,
      );
      context.setLineDash([]);
      this.feet(which, scene, lie, world, look.normal.fill);
    }
  }

  /** Level and upright bars: much quicker than strokes, and as good from afar. */
  private bars(
    scene: Scene,
    { scale, left, top }: Lie,
    which: readonly number[],
    world: Rect,
    colour: string,
    thick: number,
  ): void {
    const { context } = this;
    context.fillStyle = colour;
    const [right, bottom] = [world.x + world.width, world.y + world.height];
    for (const at of which) {
      const corners = scene.lines[at]?.corners ?? [];
      for (let place = 0; place + 3 < corners.length; place += 2) {
        const [ax, ay] = [corners[place] ?? 0, corners[place + 1] ?? 0];
        const [bx, by] = [corners[place + 2] ?? 0, corners[place + 3] ?? 0];
        const [x0, x1, y0, y1] = [Math.min(ax, bx), Math.max(ax, bx), Math.min(ay, by), Math.max(ay, by)];
        if (x1 < world.x || x0 > right || y1 < world.y || y0 > bottom) continue;
        const [px, py] = [Math.round(x0 * scale + left), Math.round(y0 * scale + top)];
        const [qx, qy] = [Math.round(x1 * scale + left), Math.round(y1 * scale + top)];
        context.fillRect(px, py, qx - px + thick, qy - py + thick);
      }
    }
  }

  private courses(which: readonly number[], scene: Scene, lie: Lie, world: Rect): void {
    const { context } = this;
    which.forEach((at, place) => {
      if (place % STROKE === 0) context.beginPath();
      course(context, scene.lines[at]?.corners ?? [], lie, world);
      if (place % STROKE === STROKE - 1 || place === which.length - 1) context.stroke();
    });
  }

  private feet(which: readonly number[], scene: Scene, lie: Lie, world: Rect, fill: string): void {
    const { context } = this;
    context.fillStyle = fill;
    for (const at of which) {
      const line = scene.lines[at];
      if (!line) continue;
      for (const [x, y, out, cardinality] of ends(line)) {
        const seen = x >= world.x && x <= world.x + world.width && y >= world.y && y <= world.y + world.height;
        if (seen) foot(context, lie, x, y, out, cardinality);
      }
    }
  }

  /** Boxes as two bars each. */
  private plain(scene: Scene, lie: Lie, seen: readonly number[], look: Look): void {
    const { context } = this;
    const head = Math.max(1, Math.round(scene.drawing.metrics.head * lie.scale));
    const passes = [
      (box: DiagramBox, palette: Palette, at: number) => {
        context.fillStyle = look.selected.has(at) ? palette.accent : palette.rule;
        const { x, y, width, height } = onto(box, lie);
        context.fillRect(x, y, Math.max(2, width), Math.max(2, height));
      },
      (box: DiagramBox, palette: Palette, at: number) => {
        const tint = box.colour === null ? undefined : palette.tints[box.colour % palette.tints.length];
        const staged = box.staged ? palette.staged[box.staged].edge : undefined;
        context.fillStyle = look.selected.has(at) ? palette.accent : (staged ?? tint?.strong ?? palette.edge);
        const { x, y, width } = onto(box, lie);
        context.fillRect(x, y, Math.max(2, width), head);
      },
    ];
    for (const pass of passes)
      for (const at of seen) {
        const box = scene.boxes[at];
        if (box) pass(box, this.paletteOf([at], look), at);
      }
  }

  private boxes(scene: Scene, lie: Lie, seen: readonly number[], world: Rect, look: Look, columns: boolean): void {
    const { context, fitting } = this;
    const { scale, ratio } = lie;
    const { metrics } = scene.drawing;
    const parts = seen.flatMap((at) => {
      const box = scene.boxes[at];
      return box ? [{ at, box, palette: this.paletteOf([at], look), on: onto(box, lie) }] : [];
    });
    for (const { at, box, palette, on } of parts) {
      const chosen = look.selected.has(at);
      const edge = chosen ? Math.max(ratio, Math.round(2 * ratio)) : Math.max(1, Math.round(ratio));
      const tint = box.colour === null ? undefined : palette.tints[box.colour % palette.tints.length];
      const round = Math.min(5 * scale, on.height / 2);
      const head = columns && box.rows.length > 0 ? Math.round(metrics.head * scale) : on.height;
      rounded(context, on.x, on.y, on.width, on.height, round);
      const staged = box.staged ? palette.staged[box.staged] : undefined;
      context.fillStyle = chosen ? palette.accent : (staged?.edge ?? tint?.edge ?? palette.edge);
      context.fill();
      const inner = Math.max(0, round - edge);
      rounded(context, on.x + edge, on.y + edge, on.width - 2 * edge, on.height - 2 * edge, inner);
      context.fillStyle = palette.fill;
      context.fill();
      context.fillStyle = chosen ? palette.accentHead : (staged?.wash ?? tint?.head ?? palette.head);
      if (head >= on.height) context.fill();
      else {
        topped(context, on.x + edge, on.y + edge, on.width - 2 * edge, head - edge, inner);
        context.fill();
      }
    }
    context.textBaseline = "middle";
    const size = columns ? SIZES.head * scale : Math.max(9 * ratio, SIZES.head * scale);
    context.font = FACES.head(size);
    let colour = "";
    const inked = (next: string) => {
      if (next !== colour) context.fillStyle = next;
      colour = next;
    };
    if (!columns) {
      for (const { box, palette, on } of parts) {
        if (on.height < size) continue;
        const title = shortened(context, box.title, on.width - 6 * ratio);
        if (!title) continue;
        inked(palette.text);
        context.fillText(title, on.x + 3 * ratio, on.y + Math.min(on.height / 2, 14 * ratio));
      }
      return;
    }
    const fits = parts.map(({ box }) => fitting.of(box, metrics));
    context.font = FACES.head(size);
    parts.forEach(({ palette, on }, place) => {
      inked(palette.text);
      const text = fits[place]?.title ?? "";
      context.fillText(text, on.x + metrics.pad * scale, on.y + Math.round((metrics.head / 2 + 0.5) * scale));
    });
    // Only the rows that are in sight: a table may have more than a thousand.
    const rows = parts.map(({ box }) => {
      const from = Math.max(0, Math.floor((world.y - box.y - metrics.head) / metrics.row));
      const until = Math.ceil((world.y + world.height - box.y - metrics.head) / metrics.row);
      return [from, Math.min(box.rows.length, until)] as const;
    });
    const level = (on: Rect, row: number) => on.y + Math.round((metrics.head + metrics.row * (row + 0.5)) * scale);
    parts.forEach(({ box, palette, on }, place) => {
      const edge = Math.max(1, Math.round(ratio));
      const middle = (row: number) => level(on, row);
      washRows(context, box, rows[place] ?? [0, 0], on, palette, metrics.row * scale, edge, middle);
      if (!box.staged) return;
      const head = on.y + Math.round((metrics.head / 2 + 0.5) * scale);
      markHead(context, box.staged, on, palette, metrics.pad * scale, head, size);
    });
    colour = "";
    const texts = parts.map((_, place) => {
      const [from, until] = rows[place] ?? [0, 0];
      return Array.from({ length: Math.max(0, until - from) }, (__, row) => fits[place]?.row(from + row) ?? ["", ""]);
    });
    context.font = FACES.name(SIZES.name * scale);
    parts.forEach(({ palette, on }, place) => {
      inked(palette.text);
      const [from] = rows[place] ?? [0];
      const x = on.x + (metrics.pad + metrics.mark) * scale;
      texts[place]?.forEach(([name], row) => {
        if (name) context.fillText(name, x, level(on, from + row));
      });
    });
    context.font = FACES.type(SIZES.type * scale);
    context.textAlign = "right";
    parts.forEach(({ palette, on }, place) => {
      inked(palette.meta);
      const [from] = rows[place] ?? [0];
      const x = on.x + on.width - metrics.pad * scale;
      texts[place]?.forEach(([, type], row) => {
        if (type) context.fillText(type, x, level(on, from + row));
      });
    });
    context.textAlign = "left";
    parts.forEach(({ box, palette, on }, place) => {
      const [from, until] = rows[place] ?? [0, 0];
      const x = on.x + (metrics.pad + 3) * scale;
      for (let row = from; row < until; row += 1) {
        const { primary, foreign } = box.rows[row] ?? { primary: false, foreign: false };
        if (primary) diamond(context, x, level(on, row), 3.5 * scale, palette.key);
        else if (foreign) ring(context, x, level(on, row), 2.75 * scale, palette.meta, 1.25 * scale);
      }
      const middle = (row: number) => level(on, row);
      const right = on.x + on.width - metrics.pad * scale;
      markRows(context, box, [from, until], palette, on.x + 2 * scale, right, scale, middle);
    });
  }

  private notes(scene: Scene, lie: Lie, world: Rect, look: Look, zoom: number): void {
    const { context, fitting } = this;
    const { scale, ratio } = lie;
    const palette = look.focus === null ? look.normal : look.faded;
    const { note_pad: pad, note_row: line } = scene.drawing.metrics;
    for (const note of scene.notes) {
      if (!overlaps(note, world)) continue;
      const { x, y, width, height } = onto(note, lie);
      const tint = palette.tints[note.colour % palette.tints.length];
      const chosen = look.note === note.id;
      rounded(context, x, y, width, height, 4 * scale);
      context.fillStyle = tint?.note ?? palette.head;
      context.fill();
      context.strokeStyle = chosen ? palette.accent : (tint?.edge ?? palette.edge);
      context.lineWidth = chosen ? 2 * ratio : ratio;
      context.stroke();
      if (chosen) {
        const corner = NOTE_CORNER * scale * 0.5;
        context.beginPath();
        context.moveTo(x + width - 3 * ratio, y + height - corner);
        context.lineTo(x + width - corner, y + height - 3 * ratio);
        context.stroke();
      }
      if (zoom < COLUMNS_FROM || look.editing === note.id) continue;
      const texts = wrapped(note.text, note.width - 2 * pad, fitting.measure("head"));
      const most = Math.max(1, Math.floor((note.height - 2 * pad) / line));
      context.font = FACES.type(SIZES.head * scale);
      context.fillStyle = palette.text;
      context.textBaseline = "middle";
      texts.slice(0, most).forEach((text, row) => {
        const cut = row === most - 1 && texts.length > most;
        context.fillText(cut ? `${text} …` : text, x + pad * scale, y + (pad + line * (row + 0.5)) * scale);
      });
    }
  }
}

/** More boxes than this are not looked through for those that lie on each other. */
const LAYERED_MOST = 400;

/** Boxes that do not cover each other, drawn at once; what is selected lies above. */
function layered(scene: Scene, seen: readonly number[], look: Look): readonly (readonly number[])[] {
  if (seen.length > LAYERED_MOST) return [seen];
  const layers: number[][] = [];
  const placed: { readonly box: DiagramBox; readonly layer: number }[] = [];
  const chosen = (at: number) => look.selected.has(at);
  for (const at of [...seen.filter((each) => !chosen(each)), ...seen.filter(chosen)]) {
    const box = scene.boxes[at];
    if (!box) continue;
    let layer = 0;
    for (const other of placed) if (other.layer >= layer && overlaps(other.box, box)) layer = other.layer + 1;
    placed.push({ box, layer });
    layers[layer] ??= [];
    layers[layer]?.push(at);
  }
  return layers;
}

/** A rectangle of the scene on whole pixels of the canvas. */
function onto({ x, y, width, height }: Rect, { scale, left, top }: Lie): Rect {
  const [px, py] = [Math.round(x * scale + left), Math.round(y * scale + top)];
  return {
    x: px,
    y: py,
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

function rounded(context: Canvas, x: number, y: number, width: number, height: number, radius: number): void {
  context.beginPath();
  if (radius < 1) context.rect(x, y, width, height);
  else context.roundRect(x, y, Math.max(0, width), Math.max(0, height), radius);
}

/** Round above, straight below. */
function topped(context: Canvas, x: number, y: number, width: number, height: number, radius: number): void {
  context.beginPath();
  if (radius < 1) context.rect(x, y, width, height);
  else context.roundRect(x, y, Math.max(0, width), Math.max(0, height), [radius, radius, 0, 0]);
}

function diamond(context: Canvas, x: number, y: number, size: number, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.fill();
}

function ring(context: Canvas, x: number, y: number, radius: number, colour: string, thick: number): void {
  context.strokeStyle = colour;
  context.lineWidth = thick;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

/** What of a line is in sight, with round corners, no rounder than its pieces allow: it may lead far through the diagram. */
function course(context: Canvas, corners: readonly number[], { scale, left, top, ratio }: Lie, world: Rect): void {
  const half = ratio % 2 === 1 ? 0.5 : 0;
  const last = corners.length / 2 - 1;
  const [right, bottom] = [world.x + world.width, world.y + world.height];
  // Where the pen is: at a corner's exact place, or nowhere.
  let drawing = false;
  let [ax, ay] = [corners[0] ?? 0, corners[1] ?? 0];
  for (let at = 1; at <= last; at += 1) {
    const [bx, by] = [corners[2 * at] ?? 0, corners[2 * at + 1] ?? 0];
    const seen =
      Math.min(ax, bx) <= right &&
      Math.max(ax, bx) >= world.x &&
      Math.min(ay, by) <= bottom &&
      Math.max(ay, by) >= world.y;
    if (seen) {
      const [x, y] = [Math.round(bx * scale + left) + half, Math.round(by * scale + top) + half];
      const [fromX, fromY] = [Math.round(ax * scale + left) + half, Math.round(ay * scale + top) + half];
      if (!drawing) context.moveTo(fromX, fromY);
      if (at === last) context.lineTo(x, y);
      else {
        const nextX = Math.round((corners[2 * at + 2] ?? 0) * scale + left) + half;
        const nextY = Math.round((corners[2 * at + 3] ?? 0) * scale + top) + half;
        const before = Math.abs(x - fromX) + Math.abs(y - fromY);
        const after = Math.abs(nextX - x) + Math.abs(nextY - y);
        const radius = Math.min(ROUND * scale, before / 2, after / 2);
        if (radius < 1.5) context.lineTo(x, y);
        else context.arcTo(x, y, nextX, nextY, radius);
      }
    }
    drawing = seen;
    [ax, ay] = [bx, by];
  }
}

/** Where a line ends: the point, the way that leads away from the box, and how many there are. */
export function ends(
  line: DiagramLine,
): readonly (readonly [x: number, y: number, out: 1 | -1, cardinality: DiagramCardinality])[] {
  const { corners } = line;
  const last = corners.length - 2;
  const [x, y, nextX] = [corners[0] ?? 0, corners[1] ?? 0, corners[2] ?? 0];
  const [endX, endY, beforeX] = [corners[last] ?? 0, corners[last + 1] ?? 0, corners[last - 2] ?? 0];
  return [
    [x, y, nextX >= x ? 1 : -1, line.from.cardinality],
    [endX, endY, beforeX >= endX ? 1 : -1, line.to.cardinality],
  ];
}

/** The crow's foot: two bars are one, a bar at most one, bar and ring one or none, the fork and a ring any number. */
function foot(
  context: Canvas,
  { scale, left, top, ratio }: Lie,
  worldX: number,
  worldY: number,
  out: 1 | -1,
  cardinality: DiagramCardinality,
): void {
  const half = ratio % 2 === 1 ? 0.5 : 0;
  const [x, y] = [Math.round(worldX * scale + left) + half, Math.round(worldY * scale + top) + half];
  const away = (far: number) => x + out * far * scale;
  const wide = (cardinality === "zero_or_many" ? 4.5 : 4) * scale;
  context.beginPath();
  const bar = (far: number) => {
    context.moveTo(away(far), y - wide);
    context.lineTo(away(far), y + wide);
  };
  if (cardinality === "zero_or_many") {
    context.moveTo(x, y - wide);
    context.lineTo(away(10), y);
    context.lineTo(x, y + wide);
  } else bar(7);
  if (cardinality === "one") bar(11);
  context.stroke();
  if (cardinality !== "zero_or_one" && cardinality !== "zero_or_many") return;
  context.beginPath();
  context.arc(away(14), y, 3.5 * scale, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

/** As much of a text as fits, in the font that is set; nothing where not even three signs do. */
function shortened(context: Canvas, text: string, room: number): string {
  if (room <= 0) return "";
  const width = context.measureText(text).width;
  if (width <= room) return text;
  const kept = Math.floor((text.length * room) / width) - 1;
  return kept < 3 ? "" : `${text.slice(0, kept)}…`;
}
