/** What pointer and wheel do on the canvas. The keyboard is in `keys.ts`. */
import type { Point } from "./camera";
import type { Editing } from "./editing";
import type { Engine } from "./engine";
import type { Marks } from "./history";
import { Linking } from "./linking";
import type { Hit } from "./model";
import type { DiagramStore } from "./store";

/** A press that moves less is a click. */
const SLACK = 4;
/** Lines of a wheel that counts in lines. */
const LINE_PX = 16;
const ZOOM_PER_PX = 0.0022;

export interface GestureEvents {
  onOpen(box: number): void;
  onMenu(hit: Hit | null, at: Point, event: MouseEvent): void;
  /** What lies under the pointer. */
  onHover(hit: Hit | null): void;
  /** What can be done to the schema; null where nothing can. */
  editing(): Editing | null;
}

type Gesture =
  | { readonly kind: "pan"; last: Point; readonly press: Hit | null; moved: boolean; readonly secondary: boolean }
  | {
      readonly kind: "move";
      readonly start: Point;
      readonly from: ReadonlyMap<number, Point>;
      readonly box: number | null;
      readonly narrow: boolean;
      moved: boolean;
    }
  | { readonly kind: "link" }
  | { readonly kind: "band"; readonly start: Point; readonly before: ReadonlySet<number>; moved: boolean }
  | {
      readonly kind: "note";
      readonly start: Point;
      readonly id: string;
      readonly corner: boolean;
      readonly marks: Marks;
      moved: boolean;
    };

export class Gestures {
  private readonly stage: HTMLElement;
  private readonly engine: Engine;
  private readonly store: DiagramStore;
  private readonly events: GestureEvents;
  private readonly band = document.createElement("div");
  private readonly linking: Linking;
  private gesture: Gesture | null = null;
  private spaced = false;
  private pinch = 1;
  private readonly stop = new AbortController();

  constructor(stage: HTMLElement, engine: Engine, store: DiagramStore, events: GestureEvents) {
    this.stage = stage;
    this.engine = engine;
    this.store = store;
    this.events = events;
    this.band.className = "erd-band";
    this.band.hidden = true;
    stage.append(this.band);
    this.linking = new Linking(stage, engine, store, events.editing);
    const { signal } = this.stop;
    const on = <K extends keyof HTMLElementEventMap>(name: K, heard: (event: HTMLElementEventMap[K]) => void) =>
      stage.addEventListener(name, heard, { signal, passive: false });
    on("wheel", (event) => this.wheel(event));
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", () => this.giveUp());
    on("dblclick", (event) => this.twice(event));
    on("contextmenu", (event) => this.menu(event));
    on("pointerleave", () => this.hover(null));
    // macOS tells of two fingers so.
    const gesture = (name: string, heard: (scale: number, event: MouseEvent) => void) =>
      stage.addEventListener(
        name,
        (event) => {
          event.preventDefault();
          heard((event as Event & { scale?: number }).scale ?? 1, event as MouseEvent);
        },
        { signal, passive: false },
      );
    gesture("gesturestart", () => {
      this.pinch = 1;
    });
    gesture("gesturechange", (scale, event) => {
      this.engine.zoom(scale / this.pinch, this.at(event));
      this.pinch = scale;
    });
  }

  dispose(): void {
    this.stop.abort();
    this.linking.dispose();
    this.band.remove();
  }

  /** While the space bar is down, dragging pans. */
  space(down: boolean): void {
    this.spaced = down;
    this.stage.dataset["pan"] = down ? "ready" : "";
  }

  get busy(): boolean {
    return this.gesture !== null;
  }

  /** Whatever was being dragged goes back. */
  giveUp(): void {
    const { gesture } = this;
    this.gesture = null;
    this.band.hidden = true;
    if (gesture?.kind === "link") this.linking.giveUp();
    if (gesture?.kind === "move" && gesture.moved) this.store.dropBack();
    if (gesture?.kind === "note" && gesture.moved) {
      const before = gesture.marks.notes.find((note) => note.id === gesture.id);
      if (before) this.store.dragNote(gesture.id, before);
    }
    if (gesture?.kind === "band") this.store.select(gesture.before);
  }

  private at(event: MouseEvent): Point {
    const { left, top } = this.stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  private hit(at: Point): Hit | null {
    return this.store.snapshot().scene?.hit(this.engine.worldAt(at), this.engine.camera.zoom) ?? null;
  }

  /** Whether it happened on the picture rather than on something that stands above it. */
  private own(event: Event): boolean {
    return event.target instanceof Element && event.target.closest("[data-erd-above]") === null;
  }

  private wheel(event: WheelEvent): void {
    if (!this.own(event)) return;
    event.preventDefault();
    const { deltaX, deltaY, deltaMode } = event;
    const unit = deltaMode === 1 ? LINE_PX : deltaMode === 2 ? this.engine.view.height : 1;
    if (event.ctrlKey || event.metaKey) {
      const turned = Math.max(-240, Math.min(240, deltaY * unit));
      this.engine.zoom(Math.exp(-turned * ZOOM_PER_PX), this.at(event));
    } else if (event.shiftKey && deltaX === 0) this.engine.pan(-deltaY * unit, 0);
    else this.engine.pan(-deltaX * unit, -deltaY * unit);
  }

  private down(event: PointerEvent): void {
    if (!this.own(event) || this.gesture) return;
    const at = this.at(event);
    const hit = this.hit(at);
    this.stage.focus({ preventScroll: true });
    if (event.button === 1 || (event.button === 0 && this.spaced)) {
      this.gesture = { kind: "pan", last: at, press: null, moved: false, secondary: true };
    } else if (event.button !== 0) return;
    else if (this.linking.holds(event.target) && this.linking.begin()) this.gesture = { kind: "link" };
    else this.press(hit, at, event);
    // A pointer that is gone already cannot be kept.
    if (this.stage.hasPointerCapture?.(event.pointerId) === false)
      try {
        this.stage.setPointerCapture(event.pointerId);
      } catch {
        // The gesture ends at the edge of the stage then.
      }
    event.preventDefault();
  }

  private press(hit: Hit | null, start: Point, event: PointerEvent): void {
    const { store } = this;
    const state = store.snapshot();
    const more = event.shiftKey || event.ctrlKey || event.metaKey;
    if (hit?.kind === "box") {
      if (more) {
        store.toggle(hit.box);
        return;
      }
      const among = state.selected.has(hit.box);
      if (!among) store.select([hit.box]);
      const boxes = among ? state.selected : [hit.box];
      const from = store.places(boxes);
      this.gesture = { kind: "move", start, from, box: hit.box, narrow: among, moved: false };
    } else if (hit?.kind === "note") {
      const note = state.scene?.notes[hit.note];
      if (!note) return;
      store.selectNote(note.id);
      const marks = store.marks();
      this.gesture = { kind: "note", start, id: note.id, corner: hit.corner, marks, moved: false };
    } else if (hit?.kind === "frame") {
      const members = state.scene?.frames[hit.frame]?.members ?? [];
      if (more) store.select([...state.selected, ...members]);
      else store.select(members);
      this.gesture = { kind: "move", start, from: store.places(members), box: null, narrow: false, moved: false };
    } else if (hit?.kind === "line" && !more) store.selectLine(hit.line);
    else this.gesture = { kind: "band", start, before: more ? state.selected : new Set(), moved: false };
  }

  private move(event: PointerEvent): void {
    const at = this.at(event);
    const { gesture, engine, store } = this;
    if (!gesture) {
      if (this.own(event)) this.hover(this.hit(at));
      return;
    }
    if (gesture.kind === "link") {
      this.linking.move(at);
      return;
    }
    if (gesture.kind === "pan") {
      engine.pan(at.x - gesture.last.x, at.y - gesture.last.y);
      gesture.last = at;
      gesture.moved = true;
      this.stage.dataset["pan"] = "now";
      return;
    }
    const { zoom } = engine.camera;
    const [dx, dy] = [(at.x - gesture.start.x) / zoom, (at.y - gesture.start.y) / zoom];
    if (!gesture.moved && Math.hypot(at.x - gesture.start.x, at.y - gesture.start.y) < SLACK) return;
    gesture.moved = true;
    switch (gesture.kind) {
      case "move":
        this.stage.dataset["pan"] = "move";
        // On whole units: what is saved is what is seen.
        store.drag(gesture.from, Math.round(dx), Math.round(dy));
        break;
      case "note": {
        const before = gesture.marks.notes.find((note) => note.id === gesture.id);
        if (!before) break;
        if (gesture.corner)
          store.dragNote(gesture.id, {
            width: Math.max(80, Math.round(before.width + dx)),
            height: Math.max(36, Math.round(before.height + dy)),
          });
        else store.dragNote(gesture.id, { x: Math.round(before.x + dx), y: Math.round(before.y + dy) });
        break;
      }
      case "band": {
        const [x, y] = [Math.min(at.x, gesture.start.x), Math.min(at.y, gesture.start.y)];
        const [width, height] = [Math.abs(at.x - gesture.start.x), Math.abs(at.y - gesture.start.y)];
        Object.assign(this.band.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
        this.band.hidden = false;
        const world = { ...engine.worldAt({ x, y }), width: width / zoom, height: height / zoom };
        store.select([...gesture.before, ...(store.snapshot().scene?.touched(world) ?? [])]);
        break;
      }
    }
  }

  private hover(hit: Hit | null): void {
    const over =
      hit === null ? "" : hit.kind === "note" && hit.corner ? "corner" : hit.kind === "line" ? "line" : "thing";
    if (this.stage.dataset["over"] !== over) this.stage.dataset["over"] = over;
    this.linking.hover(hit);
    this.events.onHover(hit);
  }

  private up(event: PointerEvent): void {
    const { gesture, store } = this;
    this.gesture = null;
    this.band.hidden = true;
    this.stage.dataset["pan"] = this.spaced ? "ready" : "";
    if (!gesture) return;
    event.preventDefault();
    switch (gesture.kind) {
      case "pan":
        break;
      case "link":
        this.linking.end(this.at(event));
        break;
      case "move":
        if (gesture.moved) store.drop();
        else if (gesture.narrow && gesture.box !== null) store.select([gesture.box]);
        break;
      case "note":
        if (gesture.moved) store.keepNote(gesture.id, gesture.marks);
        break;
      case "band":
        if (!gesture.moved) store.select(gesture.before);
        break;
    }
  }

  private twice(event: MouseEvent): void {
    if (!this.own(event)) return;
    const at = this.at(event);
    const hit = this.hit(at);
    const { store } = this;
    if (hit?.kind === "box") this.events.onOpen(hit.box);
    else if (hit?.kind === "note") {
      const note = store.snapshot().scene?.notes[hit.note];
      if (note) store.selectNote(note.id, true);
    } else if (hit === null) {
      const { x, y } = this.engine.worldAt(at);
      store.addNote({ x: Math.round(x), y: Math.round(y) });
    }
  }

  private menu(event: MouseEvent): void {
    if (!this.own(event)) return;
    event.preventDefault();
    const at = this.at(event);
    const hit = this.hit(at);
    const { store } = this;
    const state = store.snapshot();
    if (hit?.kind === "box" && !state.selected.has(hit.box)) store.select([hit.box]);
    if (hit?.kind === "line") store.selectLine(hit.line);
    if (hit?.kind === "note") store.selectNote(state.scene?.notes[hit.note]?.id ?? null);
    this.events.onMenu(hit, at, event);
  }
}
