/** What keys do while the canvas has the focus. Keys that work elsewhere in the tab too are commands. */
import type { Engine } from "./engine";
import type { Gestures } from "./gestures";
import type { DiagramStore } from "./store";

const STEP = 8;
const LARGER = 40;
const PAN = 60;

export interface KeyEvents {
  open(box: number): void;
  hide(): void;
  note(): void;
  fly(): void;
  menu(): void;
}

const DIRECTIONS = {
  ArrowLeft: ["left", -1, 0],
  ArrowRight: ["right", 1, 0],
  ArrowUp: ["up", 0, -1],
  ArrowDown: ["down", 0, 1],
} as const;

/** Handles a key; false where it means nothing here. */
export function handleKey(
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">,
  { store, engine, gestures, events }: { store: DiagramStore; engine: Engine; gestures: Gestures; events: KeyEvents },
): boolean {
  const { scene, selected, at, note } = store.snapshot();
  const { key, shiftKey } = event;
  const mod = event.ctrlKey || event.metaKey;
  if (!scene) return false;
  const arrow = key in DIRECTIONS ? DIRECTIONS[key as keyof typeof DIRECTIONS] : null;
  if (arrow && !event.altKey) {
    const [direction, x, y] = arrow;
    if (mod) {
      const from = at ?? scene.reading()[0];
      const next = at === null ? from : from === undefined ? undefined : scene.beside(from, direction);
      if (next !== undefined) go(store, engine, next, shiftKey);
    } else if (selected.size > 0) {
      const by = shiftKey ? LARGER : STEP;
      store.nudge(x * by, y * by);
    } else engine.pan(-x * PAN, -y * PAN);
    return true;
  }
  if (mod && key.toLowerCase() === "a" && !shiftKey) {
    store.select(scene.boxes.keys(), at);
    return true;
  }
  if (mod || event.altKey) return false;
  switch (key) {
    case "Tab": {
      const order = scene.reading();
      const place = at === null ? -1 : order.indexOf(at);
      const next = at === null ? (shiftKey ? undefined : order[0]) : order[place + (shiftKey ? -1 : 1)];
      // After the last table the focus goes on to what follows the canvas.
      if (next === undefined) return false;
      go(store, engine, next, false);
      return true;
    }
    case "Home":
    case "End": {
      const order = scene.reading();
      const next = key === "Home" ? order[0] : order.at(-1);
      if (next !== undefined) go(store, engine, next, false);
      return true;
    }
    case "Enter":
      if (note !== null) store.selectNote(note, true);
      else if (at !== null) events.open(at);
      else return false;
      return true;
    case "Escape":
      if (gestures.busy) {
        gestures.giveUp();
        return true;
      }
      return store.leave();
    case "Delete":
    case "Backspace":
      if (note !== null) store.removeNote(note);
      else if (selected.size > 0) events.hide();
      else return false;
      return true;
    case " ":
      gestures.space(true);
      return true;
    case "+":
    case "=":
      engine.zoom(1.25);
      return true;
    case "-":
      engine.zoom(0.8);
      return true;
    case "ContextMenu":
      events.menu();
      return true;
    case "F10":
      if (!shiftKey) return false;
      events.menu();
      return true;
    case "f":
    case "F":
      events.fly();
      return true;
    case "n":
    case "N":
      events.note();
      return true;
    default:
      return false;
  }
}

function go(store: DiagramStore, engine: Engine, box: number, more: boolean): void {
  const { selected } = store.snapshot();
  store.select(more ? [...selected, box] : [box], box);
  engine.reveal(box);
}
