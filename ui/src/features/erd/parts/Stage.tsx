/** The canvas with what stands above it. React draws the frame; the picture is the engine's. */
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { openContextMenu } from "@/design";
import type { Camera } from "../camera";
import { Engine } from "../engine";
import { type GestureEvents, Gestures } from "../gestures";
import { handleKey, type KeyEvents } from "../keys";
import { type MenuWays, menuFor } from "../menus";
import type { Hit } from "../model";
import type { DiagramStore } from "../store";
import { figures, held, staged, table } from "../words";
import { NoteEditor } from "./NoteEditor";

export interface StageProps {
  store: DiagramStore;
  ways: MenuWays;
  keys: Omit<KeyEvents, "menu">;
  /** The engine, once it is there; `null` when it goes. */
  onEngine: (engine: Engine | null) => void;
  onCamera: (camera: Camera) => void;
  children?: ReactNode;
}

/** Where the keyboard's table lies, for screen readers and magnifiers. */
function place(node: HTMLElement | null, engine: Engine, store: DiagramStore): void {
  const { scene, at } = store.snapshot();
  const box = at === null ? undefined : scene?.boxes[at];
  if (!node || !box) return;
  const { x, y } = engine.viewAt(box);
  const { zoom } = engine.camera;
  Object.assign(node.style, {
    left: `${Math.round(x)}px`,
    top: `${Math.round(y)}px`,
    width: `${Math.round(box.width * zoom)}px`,
    height: `${Math.round(box.height * zoom)}px`,
  });
}

/** The menu of what is chosen, where that lies. */
function openMenuByKey(stage: HTMLElement, engine: Engine, store: DiagramStore, ways: MenuWays): void {
  const { scene, at, note } = store.snapshot();
  const notes = scene?.notes.findIndex((each) => each.id === note) ?? -1;
  const hit: Hit | null =
    notes >= 0
      ? { kind: "note", note: notes, corner: false }
      : at === null
        ? null
        : { kind: "box", box: at, row: null };
  const known = hit?.kind === "note" ? scene?.notes[hit.note] : at === null ? undefined : scene?.boxes[at];
  const { left, top } = stage.getBoundingClientRect();
  const corner = known ? engine.viewAt(known) : { x: 24, y: 24 };
  const world = engine.worldAt({ x: engine.view.width / 2, y: engine.view.height / 2 });
  const byKey = { clientX: 0, clientY: 0, target: stage, preventDefault: () => {}, stopPropagation: () => {} };
  const anchor = { left: left + corner.x, top: top + corner.y, width: 0, height: 24 };
  openContextMenu(byKey, menuFor(hit, world, store, ways), "Diagram", anchor);
}

export function Stage({ store, ways, keys, onEngine, onCamera, children }: StageProps) {
  const stage = useRef<HTMLDivElement>(null);
  const mark = useRef<HTMLDivElement>(null);
  const [engine, setEngine] = useState<Engine | null>(null);
  const gestures = useRef<Gestures>(null);
  const id = useId();
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const [hover, setHover] = useState("");
  const latest = useRef({ ways, keys, onEngine, onCamera });
  latest.current = { ways, keys, onEngine, onCamera };

  useLayoutEffect(() => {
    const element = stage.current;
    if (!element) return;
    const made = new Engine(element);
    const events: GestureEvents = {
      onOpen: (box) => latest.current.ways.open(box),
      onMenu: (hit, at, event) => {
        const world = made.worldAt(at);
        openContextMenu(event, menuFor(hit, world, store, latest.current.ways), "Diagram");
      },
      editing: () => latest.current.ways.editing(),
      onHover: (hit) => {
        const { scene } = store.snapshot();
        const box = hit?.kind === "box" ? scene?.boxes[hit.box] : undefined;
        const line = hit?.kind === "line" ? scene?.lines[hit.line] : undefined;
        const row = hit?.kind === "box" && hit.row !== null ? box?.rows[hit.row] : undefined;
        const column = row
          ? [
              `${row.name} ${row.native_type}${row.nullable === false ? ", not null" : ""}`,
              staged(row.staged),
              row.comment ?? "",
            ]
          : [box?.title ?? "", staged(box?.staged), box?.comment ?? "", box ? held(box) : ""];
        const names = (at: number | undefined) => scene?.boxes[at ?? -1]?.title ?? "";
        const way = line
          ? `${names(line.from.table)}.${line.from.columns.join(", ")} → ${names(line.to.table)}.${line.to.columns.join(", ")}${line.name ? ` (${line.name})` : ""}`
          : "";
        setHover(line ? way : column.filter(Boolean).join(" · "));
      },
    };
    const handling = new Gestures(element, made, store, events);
    gestures.current = handling;
    made.onCamera = (camera) => {
      place(mark.current, made, store);
      latest.current.onCamera(camera);
    };
    store.onDamage = (rect) => made.invalidate(rect);
    const up = (event: KeyboardEvent) => {
      if (event.key === " ") handling.space(false);
    };
    window.addEventListener("keyup", up);
    setEngine(made);
    latest.current.onEngine(made);
    return () => {
      window.removeEventListener("keyup", up);
      handling.dispose();
      made.dispose();
      store.onDamage = () => {};
      setEngine(null);
      latest.current.onEngine(null);
    };
  }, [store]);

  const { scene, selected, line, focus, note, writing, at } = state;
  useEffect(() => engine?.draw(scene), [engine, scene]);
  useEffect(() => {
    engine?.show({ selected, line, focus: focus?.boxes ?? null, note, editing: writing ? note : null });
  }, [engine, selected, line, focus, note, writing]);
  // What is chosen stays in sight when what is known of it opens beside the canvas.
  useEffect(() => {
    if (!engine) return;
    engine.onResize = () => {
      const { selected: now } = store.snapshot();
      const [one] = now;
      if (one !== undefined && now.size === 1 && !gestures.current?.busy) engine.revealStart(one);
    };
  }, [engine, store]);
  useEffect(() => {
    if (engine && at !== null && scene) place(mark.current, engine, store);
  }, [engine, store, scene, at]);

  const own = note === null ? undefined : scene?.notes.find((each) => each.id === note);
  return (
    <div
      ref={stage}
      className="erd-stage"
      role="application"
      aria-roledescription="diagram"
      aria-label={scene ? `Diagram ${state.name}: ${figures(scene)}` : "Diagram"}
      aria-activedescendant={at === null ? undefined : `${id}-at`}
      aria-describedby={`${id}-keys`}
      tabIndex={0}
      data-focus-first
      data-tables={scene?.boxes.length ?? 0}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget || !engine || !gestures.current) return;
        const events = { ...keys, menu: () => openMenuByKey(event.currentTarget, engine, store, ways) };
        const handled = handleKey(event.nativeEvent, { store, engine, gestures: gestures.current, events });
        if (!handled) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <span id={`${id}-keys`} className="rh-visually-hidden">
        Tab goes from table to table, Ctrl and an arrow to the one beside, an arrow moves it, Enter opens its rows. The
        list of tables says the same as text.
      </span>
      {scene && at !== null ? (
        <div
          ref={mark}
          id={`${id}-at`}
          className="erd-mark"
          role="group"
          aria-roledescription="table"
          aria-label={table(scene, at)}
          data-selected={selected.has(at) || undefined}
        />
      ) : null}
      {engine && own && writing ? <NoteEditor key={own.id} engine={engine} store={store} note={own} /> : null}
      {hover ? (
        <div className="erd-hover rh-truncate" aria-hidden="true">
          {hover}
        </div>
      ) : null}
      {children}
    </div>
  );
}
