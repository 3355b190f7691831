/**
 * The picture in the window: one canvas that follows a camera. What moves is drawn as cheaply as it can be: a pan moves the picture by
 * whole pixels and draws only the strips that come into sight; a zoom that would take too long to draw scales the picture, draws its new
 * margins, and becomes sharp when the hand rests.
 */
import {
  between,
  type Camera,
  fitted,
  flownTo,
  overlaps,
  type Point,
  panned,
  type Rect,
  revealing,
  type Size,
  sight,
  toView,
  toWorld,
  zoomed,
} from "./camera";
import { faded, type Palette, readPalette } from "./colours";
import { FACES, Fitting, SIZES } from "./fitting";
import type { Scene } from "./model";
import { COLUMNS_FROM, type Lie, type Look, Painter } from "./painter";

/** A whole picture that takes longer than this is not drawn in the middle of a zoom. */
const QUICK_MS = 9;
/** After this rest the picture is drawn sharp. */
const REST_MS = 100;
const FLIGHT_MS = 240;
/** A blurred picture is scaled so far at most. */
const BLUR_MOST = 2.2;
/** Parts to draw anew; more of them are one. */
const PARTS_MOST = 6;
/** Boxes from this height on keep their name in sight. */
const TALL = 400;
const HEADS_MOST = 12;

const NOBODY: ReadonlySet<number> = new Set();

/** What was drawn last. */
interface Drawn {
  readonly lie: Lie;
  readonly sharp: boolean;
}

export interface Shown {
  readonly selected: ReadonlySet<number>;
  readonly line: number | null;
  readonly focus: ReadonlySet<number> | null;
  readonly editing: string | null;
  readonly note: string | null;
}

export class Engine {
  /** Hears where it is looked at from, once a frame at most. */
  onCamera: (camera: Camera) => void = () => {};
  /** Hears that the room for it has changed, before it is drawn so. */
  onResize: () => void = () => {};

  private readonly stage: HTMLElement;
  private readonly canvas = document.createElement("canvas");
  private readonly context: CanvasRenderingContext2D | null;
  private readonly painter: Painter | null;
  private readonly overlay = document.createElement("div");
  private readonly heads: HTMLElement[] = [];
  private readonly fitting: Fitting;
  private scene: Scene | null = null;
  private tall: readonly number[] = [];
  private shown: Shown = { selected: NOBODY, line: null, focus: null, editing: null, note: null };
  private palettes: { readonly normal: Palette; readonly faded: Palette };
  private seen: Camera = { x: 0, y: 0, zoom: 1 };
  private size: Size = { width: 0, height: 0 };
  /** Where the stage lies in the page. */
  private corner: Point = { x: 0, y: 0 };
  private ratio = 1;
  private drawn: Drawn | null = null;
  /** What is no longer right, in the diagram's units; everything where `null`. */
  private damage: Rect[] | null = null;
  private fullMs = 0;
  private request = 0;
  private rest: ReturnType<typeof setTimeout> | null = null;
  private flight: { from: Camera; to: Camera; since: number } | null = null;
  private readonly undo: (() => void)[] = [];

  constructor(stage: HTMLElement) {
    this.stage = stage;
    this.canvas.className = "erd-canvas";
    this.canvas.setAttribute("aria-hidden", "true");
    this.overlay.className = "erd-overlay";
    stage.prepend(this.canvas, this.overlay);
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.fitting = new Fitting(this.context);
    this.painter = this.context ? new Painter(this.context, this.fitting) : null;
    this.palettes = this.readPalettes();
    this.resize();
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(stage);
    const theme = new MutationObserver(() => {
      this.palettes = this.readPalettes();
      this.invalidate(null);
    });
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.undo.push(
      () => observer.disconnect(),
      () => theme.disconnect(),
    );
    // A canvas draws with whatever is here: once the faces are, texts are measured and drawn again.
    const faces = [FACES.head(SIZES.head), FACES.name(SIZES.name), FACES.type(SIZES.type)];
    void Promise.allSettled(faces.map((face) => document.fonts?.load(face))).then(() => {
      this.fitting.forget();
      this.invalidate(null);
    });
  }

  dispose(): void {
    for (const each of this.undo) each();
    cancelAnimationFrame(this.request);
    if (this.rest !== null) clearTimeout(this.rest);
    this.canvas.remove();
    this.overlay.remove();
  }

  private readPalettes() {
    const normal = readPalette(this.stage);
    return { normal, faded: faded(normal) };
  }

  get camera(): Camera {
    return this.flight?.to ?? this.seen;
  }

  get view(): Size {
    return this.size;
  }

  draw(scene: Scene | null): void {
    if (scene === this.scene) return;
    this.scene = scene;
    this.tall = scene?.boxes.flatMap((box, at) => (box.height > TALL ? [at] : [])) ?? [];
    this.invalidate(null);
  }

  /** Draws what stands out. */
  show(next: Shown): void {
    const before = this.shown;
    this.shown = next;
    const { scene } = this;
    if (!scene) return;
    const same = (a: ReadonlySet<number> | null, b: ReadonlySet<number> | null) =>
      a === b || (a !== null && b !== null && a.size === b.size && [...a].every((at) => b.has(at)));
    if (!same(before.focus, next.focus) || before.note !== next.note || before.editing !== next.editing) {
      this.invalidate(null);
      return;
    }
    const ends = (line: number | null) => {
      const found = line === null ? undefined : scene.lines[line];
      return found ? [found.from.table, found.to.table] : [];
    };
    const touched = new Set<number>();
    if (!same(before.selected, next.selected)) for (const at of before.selected) touched.add(at);
    if (!same(before.selected, next.selected)) for (const at of next.selected) touched.add(at);
    if (before.line !== next.line) for (const at of [...ends(before.line), ...ends(next.line)]) touched.add(at);
    if (touched.size === 0) return;
    const reach = scene.reach(touched);
    if (reach) this.invalidate(reach);
  }

  /** What must be drawn anew, in the diagram's units; everything where `null`. */
  invalidate(rect: Rect | null): void {
    if (rect === null) {
      this.drawn = null;
      this.damage = [];
    } else {
      this.damage ??= [];
      this.damage.push(rect);
    }
    this.schedule();
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const ratio = window.devicePixelRatio || 1;
    const { left, top } = this.stage.getBoundingClientRect();
    if (width === this.size.width && height === this.size.height && ratio === this.ratio) return;
    if (this.size.width > 0 && this.size.height > 0) {
      // What is beside it came or went: nothing moves under the pointer.
      const { zoom } = this.seen;
      const dx = (left - this.corner.x + (width - this.size.width) / 2) / zoom;
      const dy = (top - this.corner.y + (height - this.size.height) / 2) / zoom;
      this.seen = { zoom, x: this.seen.x + dx, y: this.seen.y + dy };
      if (this.flight) this.flight.to = { ...this.flight.to, x: this.flight.to.x + dx, y: this.flight.to.y + dy };
    }
    this.corner = { x: left, y: top };
    this.size = { width, height };
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.drawn = null;
    this.onResize();
    // At once: a canvas that was resized is black until it is drawn.
    cancelAnimationFrame(this.request);
    this.request = 0;
    this.frame();
  }

  // Where it is looked at from.

  look(camera: Camera): void {
    this.flight = null;
    this.seen = camera;
    this.schedule();
  }

  pan(dx: number, dy: number): void {
    this.look(panned(this.camera, dx, dy));
  }

  zoom(factor: number, at: Point = { x: this.size.width / 2, y: this.size.height / 2 }): void {
    this.look(zoomed(this.camera, this.size, factor, at));
  }

  /** Goes there, in a moment; at once where motion is not wanted. */
  fly(to: Camera): void {
    if (window.matchMedia?.("(prefers-reduced-motion: reduce)").matches || !this.context) {
      this.look(to);
      return;
    }
    this.flight = { from: this.seen, to, since: performance.now() };
    this.schedule();
  }

  fit(at?: Iterable<number>): Camera {
    return fitted(this.scene?.overview(at) ?? null, this.size);
  }

  flyToBox(at: number): void {
    const box = this.scene?.boxes[at];
    if (box) this.fly(flownTo(box, this.size, this.camera.zoom));
  }

  reveal(at: number): void {
    const box = this.scene?.boxes[at];
    if (!box) return;
    const to = revealing(this.camera, this.size, box);
    if (to.x !== this.camera.x || to.y !== this.camera.y) this.look(to);
  }

  /** Brings a box into sight where nothing of its beginning is. */
  revealStart(at: number): void {
    const box = this.scene?.boxes[at];
    if (!box || this.flight) return;
    const begin = { ...box, width: Math.min(box.width, 40 / this.seen.zoom), height: Math.min(box.height, 28) };
    if (!overlaps(begin, this.sight())) this.reveal(at);
  }

  worldAt(at: Point): Point {
    return toWorld(this.seen, this.size, at);
  }

  viewAt(at: Point): Point {
    return toView(this.seen, this.size, at);
  }

  sight(): Rect {
    return sight(this.seen, this.size);
  }

  // Drawing.

  private schedule(): void {
    if (this.request === 0) this.request = requestAnimationFrame(() => this.frame());
  }

  private lie(): Lie {
    const { seen, size, ratio } = this;
    const scale = seen.zoom * ratio;
    return {
      scale,
      ratio,
      left: Math.round((size.width / 2) * ratio - seen.x * scale),
      top: Math.round((size.height / 2) * ratio - seen.y * scale),
    };
  }

  private frame(): void {
    this.request = 0;
    if (this.flight) {
      const { from, to, since } = this.flight;
      const part = Math.min(1, (performance.now() - since) / FLIGHT_MS);
      this.seen = part === 1 ? to : between(from, to, part);
      if (part === 1) this.flight = null;
      else this.schedule();
    }
    this.paint();
    this.place();
    this.onCamera(this.seen);
  }

  private paint(): void {
    const { scene, context, painter } = this;
    if (!context || !painter) return;
    const begun = performance.now();
    const lie = this.lie();
    const whole = { x: 0, y: 0, width: this.canvas.width, height: this.canvas.height };
    const before = this.drawn;
    const done = (kind: "full" | "part" | "blur", sharp: boolean) => {
      this.drawn = { lie, sharp };
      this.damage = null;
      if (kind === "full") this.fullMs = performance.now() - begun;
    };
    if (!scene) {
      context.fillStyle = this.palettes.normal.ground;
      context.fillRect(0, 0, whole.width, whole.height);
      this.drawn = null;
      return;
    }
    const look: Look = { ...this.shown, ...this.palettes };
    if (before && before.lie.ratio === lie.ratio && before.lie.scale === lie.scale) {
      const [dx, dy] = [lie.left - before.lie.left, lie.top - before.lie.top];
      if (Math.abs(dx) < whole.width && Math.abs(dy) < whole.height) {
        if (dx !== 0 || dy !== 0) context.drawImage(this.canvas, dx, dy);
        const parts = [...strips(whole, dx, dy), ...this.damaged(lie, whole)];
        for (const part of parts) painter.paint(scene, lie, part, look);
        if (!before.sharp) this.sharpenLater();
        done("part", before.sharp);
        return;
      }
    }
    const factor = before && before.lie.ratio === lie.ratio ? lie.scale / before.lie.scale : Number.NaN;
    const blurs = this.fullMs > QUICK_MS && factor > 1 / BLUR_MOST && factor < BLUR_MOST && this.damage === null;
    if (before && blurs) {
      // Where the old picture comes to lie.
      const x = lie.left - before.lie.left * factor;
      const y = lie.top - before.lie.top * factor;
      const old = { x, y, width: whole.width * factor, height: whole.height * factor };
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = "low";
      context.drawImage(this.canvas, old.x, old.y, old.width, old.height);
      for (const part of around(whole, old)) painter.paint(scene, lie, part, look);
      this.sharpenLater();
      done("blur", false);
      return;
    }
    painter.paint(scene, lie, whole, look);
    done("full", true);
  }

  /** Draws all of it anew once the hand rests. */
  private sharpenLater(): void {
    if (this.rest !== null) clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.rest = null;
      if (!this.drawn?.sharp) this.invalidate(null);
    }, REST_MS);
  }

  private damaged(lie: Lie, whole: Rect): readonly Rect[] {
    const rects = (this.damage ?? []).flatMap((rect) => {
      const [left, top] = [Math.floor(rect.x * lie.scale + lie.left) - 2, Math.floor(rect.y * lie.scale + lie.top) - 2];
      const right = Math.ceil((rect.x + rect.width) * lie.scale + lie.left) + 2;
      const bottom = Math.ceil((rect.y + rect.height) * lie.scale + lie.top) + 2;
      const x = Math.max(0, left);
      const y = Math.max(0, top);
      const part = { x, y, width: Math.min(whole.width, right) - x, height: Math.min(whole.height, bottom) - y };
      return part.width > 0 && part.height > 0 ? [part] : [];
    });
    return rects.length > PARTS_MOST ? [whole] : joined(rects);
  }

  // What stands above the canvas.

  /** Names of tables whose heads are out of sight above. */
  private place(): void {
    const { scene, seen, size } = this;
    const zoom = seen.zoom;
    const wanted: { left: number; width: number; title: string }[] = [];
    if (scene && zoom >= COLUMNS_FROM) {
      const near = this.sight();
      for (const at of this.tall) {
        const box = scene.boxes[at];
        if (!box || wanted.length >= HEADS_MOST || !overlaps(box, near)) continue;
        const top = (box.y - near.y) * zoom;
        const bottom = (box.y + box.height - near.y) * zoom;
        const head = scene.drawing.metrics.head * zoom;
        if (top < -head / 2 && bottom > 2 * head)
          wanted.push({ left: Math.round((box.x - near.x) * zoom), width: box.width * zoom, title: box.title });
      }
    }
    while (this.heads.length < wanted.length) {
      const head = document.createElement("div");
      head.className = "erd-head";
      head.setAttribute("aria-hidden", "true");
      this.overlay.append(head);
      this.heads.push(head);
    }
    this.heads.forEach((head, at) => {
      const one = wanted[at];
      head.hidden = !one;
      if (!one) return;
      if (head.textContent !== one.title) head.textContent = one.title;
      head.style.left = `${one.left}px`;
      head.style.width = `${Math.round(Math.min(one.width, size.width))}px`;
      head.style.fontSize = `${Math.max(11, 12 * zoom)}px`;
    });
  }
}

/** What comes into sight when a picture of this size moves: none, one or two strips. */
export function strips(whole: Rect, dx: number, dy: number): readonly Rect[] {
  const { width, height } = whole;
  const found: Rect[] = [];
  if (dx !== 0) found.push({ x: dx > 0 ? 0 : width + dx, y: 0, width: Math.abs(dx), height });
  // Without the corner that the other strip has.
  const x = Math.max(0, dx);
  if (dy !== 0) found.push({ x, y: dy > 0 ? 0 : height + dy, width: width - Math.abs(dx), height: Math.abs(dy) });
  return found;
}

/** What of the whole lies around the part that the old picture covers. */
export function around(whole: Rect, old: Rect): readonly Rect[] {
  const left = Math.max(0, Math.ceil(old.x));
  const top = Math.max(0, Math.ceil(old.y));
  const right = Math.min(whole.width, Math.floor(old.x + old.width));
  const bottom = Math.min(whole.height, Math.floor(old.y + old.height));
  return [
    { x: 0, y: 0, width: whole.width, height: top },
    { x: 0, y: bottom, width: whole.width, height: whole.height - bottom },
    { x: 0, y: top, width: left, height: bottom - top },
    { x: right, y: top, width: whole.width - right, height: bottom - top },
  ].filter(({ width, height }) => width > 0 && height > 0);
}

/** Parts that overlap as one each, so that nothing is drawn twice. */
export function joined(parts: readonly Rect[]): readonly Rect[] {
  const done: Rect[] = [];
  for (let part of parts) {
    for (let at = 0; at < done.length; at += 1) {
      const other = done[at];
      if (!other || !overlaps(part, other)) continue;
      const [x, y] = [Math.min(part.x, other.x), Math.min(part.y, other.y)];
      const right = Math.max(part.x + part.width, other.x + other.width);
      const bottom = Math.max(part.y + part.height, other.y + other.height);
      part = { x, y, width: right - x, height: bottom - y };
      done.splice(at, 1);
      at = -1;
    }
    done.push(part);
  }
  return done;
}
