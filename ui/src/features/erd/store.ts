/**
 * An open diagram: what is drawn, chosen and changed. The canvas and the list draw what it says; everything that changes the diagram
 * goes through it, is kept by the core in the order in which it was done, and can be taken back.
 */
import {
  type AppError,
  type DiagramDrawing,
  type DiagramNote,
  type DiagramPlace,
  type DiagramScope,
  type DiagramTable,
  failureOf,
  host,
} from "@/ipc";
import { type Alignment, aligned } from "./align";
import type { Point, Rect } from "./camera";
import { type Change, did, type History, type Marks, NO_HISTORY, redo, settled, undo } from "./history";
import { nameKey, Scene } from "./model";
import { AT_FIRST, type DiagramState, type Focus, NOTHING, type Place } from "./state";

/** Steps by key within this are one change. */
const ONE_CHANGE_MS = 800;

const NOTE = { width: 200, height: 80, colour: 4 } as const;

const tableOf = ({ schema, name }: DiagramTable): DiagramTable => ({ schema, name });

/** What happened that somebody has to be told. */
export type Told = (words: string, failure?: AppError) => void;

export class DiagramStore {
  readonly place: Place;
  /** Hears which part of the picture is no longer right. */
  onDamage: (rect: Rect | null) => void = () => {};
  /** Hears what was done, in words. */
  onTold: Told = () => {};
  /** Takes back what was staged last, or stages it again; false where that failed. */
  onStep: (which: "undo" | "redo") => Promise<boolean> = () => Promise.resolve(false);

  private state: DiagramState = AT_FIRST;
  private readonly listeners = new Set<() => void>();
  private queue: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private changes = 0;
  private moving: ReadonlyMap<number, Point> | null = null;
  private nudged = 0;
  private routing = false;
  private readonly toRoute = new Set<number>();
  private toLay: { readonly table: DiagramTable; readonly at: Point } | null = null;

  constructor(place: Place) {
    this.place = place;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): DiagramState => this.state;

  private set(change: Partial<DiagramState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  // What is drawn.

  /** Reads a diagram; `null` is the one that was open last. Resolves to its id where it came. */
  async load(id: string | null): Promise<string | null> {
    this.set({ loading: true, error: null });
    const begun = ++this.changes;
    try {
      await this.queue;
      const drawing = await host().openDiagram(this.place.profileId, this.place.database, id);
      if (begun !== this.changes) return null;
      this.take(drawing, this.state.scene?.drawing.id !== drawing.id);
      return drawing.id;
    } catch (thrown) {
      if (begun === this.changes) this.set({ loading: false, error: failureOf(thrown) });
      return null;
    }
  }

  /** Reads it again because the schema changed; what is being done meanwhile wins. Answers what is drawn anew. */
  async refresh(): Promise<DiagramDrawing | null> {
    const { scene } = this.state;
    if (!scene || this.moving) return null;
    const begun = this.changes;
    await this.queue;
    try {
      const drawing = await host().openDiagram(this.place.profileId, this.place.database, scene.drawing.id);
      if (begun !== this.changes || this.moving) return null;
      this.take(drawing, false);
      this.lay();
      return drawing;
    } catch {
      // What is drawn stays; the connection's banner says why.
      return null;
    }
  }

  /** Draws this from now on; what was chosen stays chosen where it is still there. */
  take(drawing: DiagramDrawing, fresh: boolean): void {
    const before = this.state.scene;
    const scene = new Scene(drawing);
    const again = (at: number): number[] => {
      const box = before?.boxes[at];
      const found = box ? scene.find(box) : undefined;
      return found === undefined ? [] : [found];
    };
    const { selected, at, focus, note } = this.state;
    const kept = fresh ? [] : [...(focus?.boxes ?? [])].flatMap(again);
    this.set({
      scene,
      name: drawing.name,
      loading: false,
      error: null,
      line: null,
      selected: fresh ? NOTHING : new Set([...selected].flatMap(again)),
      at: fresh || at === null ? null : (again(at)[0] ?? null),
      focus: focus && kept.length > 0 ? { ...focus, boxes: new Set(kept) } : null,
      note: fresh || !drawing.notes.some((each) => each.id === note) ? null : note,
      ...(fresh ? { history: NO_HISTORY, writing: false } : {}),
    });
    this.onDamage(null);
  }

  renamed(name: string): void {
    this.set({ name });
  }

  tables(boxes: Iterable<number>): DiagramTable[] {
    const { scene } = this.state;
    return [...boxes].flatMap((at) => {
      const box = scene?.boxes[at];
      return box ? [tableOf(box)] : [];
    });
  }

  // What is chosen.

  select(boxes: Iterable<number>, at?: number | null): void {
    const selected = new Set(boxes);
    const last = at === undefined ? ([...selected].at(-1) ?? null) : at;
    this.set({ selected, at: last, line: null, note: null });
  }

  toggle(box: number): void {
    const selected = new Set(this.state.selected);
    if (!selected.delete(box)) selected.add(box);
    this.set({ selected, at: box, line: null, note: null });
  }

  selectLine(line: number | null): void {
    this.set({ line, selected: NOTHING, note: null });
  }

  selectNote(note: string | null, writing = false): void {
    this.set({ note, writing, ...(note === null ? {} : { selected: NOTHING, line: null }) });
  }

  /** Goes one step back: what is in question, then what is chosen. False where there is nothing to leave. */
  leave(): boolean {
    const { writing, focus, note, line, selected } = this.state;
    if (writing) this.set({ writing: false });
    else if (focus) this.set({ focus: null });
    else if (note !== null || line !== null || selected.size > 0) this.select([], this.state.at);
    else return false;
    return true;
  }

  focusOn(focus: Focus | null): void {
    this.set({ focus });
  }

  // What is moved.

  /** Boxes follow the pointer: `from` is where they lay when it began. */
  drag(from: ReadonlyMap<number, Point>, dx: number, dy: number): void {
    this.moving = from;
    this.put(new Map([...from].map(([at, { x, y }]) => [at, { x: x + dx, y: y + dy }])));
  }

  /** Where boxes lie. */
  places(boxes: Iterable<number>): ReadonlyMap<number, Point> {
    const { scene } = this.state;
    return new Map(
      [...boxes].flatMap((at) => {
        const box = scene?.boxes[at];
        return box ? [[at, { x: box.x, y: box.y }] as const] : [];
      }),
    );
  }

  /** Boxes stay where they were dragged to. */
  drop(): void {
    const from = this.moving;
    this.moving = null;
    if (from) this.movedFrom(from, "moved");
  }

  /** Dragging was given up: everything is where it was. */
  dropBack(): void {
    const from = this.moving;
    this.moving = null;
    if (from) this.put(from);
  }

  /** Moves what is selected by key. */
  nudge(dx: number, dy: number): void {
    const from = this.places(this.state.selected);
    if (from.size === 0) return;
    this.put(new Map([...from].map(([at, { x, y }]) => [at, { x: x + dx, y: y + dy }])));
    const last = this.state.history.done.at(-1);
    const goesOn = Date.now() - this.nudged < ONE_CHANGE_MS && last?.kind === "places" && last.words === "moved by key";
    this.nudged = Date.now();
    this.movedFrom(from, "moved by key", goesOn);
  }

  align(how: Alignment): void {
    const { scene, selected } = this.state;
    if (!scene) return;
    const boxes = new Map([...selected].flatMap((at) => (scene.boxes[at] ? [[at, scene.boxes[at]] as const] : [])));
    const places = aligned(boxes, how);
    if (places.size === 0) return;
    const from = this.places(places.keys());
    this.put(places);
    this.movedFrom(from, "lined up");
  }

  private put(places: ReadonlyMap<number, Point>): void {
    const { scene } = this.state;
    if (!scene) return;
    const before = scene.reach(places.keys());
    const asked = scene.place(places);
    const after = scene.reach(places.keys());
    if (before) this.onDamage(before);
    if (after) this.onDamage(after);
    for (const line of asked) this.toRoute.add(line);
    void this.route();
  }

  /** Asks the core for the ways of lines, one question at a time: what is asked last is right. */
  private async route(): Promise<void> {
    if (this.routing) return;
    this.routing = true;
    try {
      while (this.toRoute.size > 0) {
        const { scene } = this.state;
        if (!scene) return;
        const lines = [...this.toRoute].filter((at) => scene.courseOf(at) !== null);
        this.toRoute.clear();
        const courses = lines.flatMap((at) => scene.courseOf(at) ?? []);
        const ways = await host().routeLines(courses);
        if (scene !== this.state.scene) continue;
        const boxes = new Set(
          lines.flatMap((at) => [scene.lines[at]?.from.table ?? -1, scene.lines[at]?.to.table ?? -1]),
        );
        const before = scene.reach(boxes);
        lines.forEach((at, place) => {
          scene.course(at, ways[place] ?? []);
        });
        const after = scene.reach(boxes);
        if (before) this.onDamage(before);
        if (after) this.onDamage(after);
      }
    } catch (thrown) {
      this.toRoute.clear();
      this.onTold("Lines could not be drawn anew", failureOf(thrown));
    } finally {
      this.routing = false;
    }
  }

  private named(places: ReadonlyMap<number, Point>): DiagramPlace[] {
    const { scene } = this.state;
    return [...places].flatMap(([at, { x, y }]) => {
      const box = scene?.boxes[at];
      return box ? [{ ...tableOf(box), x, y }] : [];
    });
  }

  private movedFrom(from: ReadonlyMap<number, Point>, words: string, goesOn = false): void {
    const before = this.named(from);
    const after = this.named(this.places(from.keys()));
    const moved = after.some((to, at) => to.x !== before[at]?.x || to.y !== before[at]?.y);
    if (!moved) return;
    const last = this.state.history.done.at(-1);
    const change: Change = {
      kind: "places",
      words,
      before: goesOn && last?.kind === "places" ? last.before : before,
      after,
    };
    const { history } = this.state;
    this.set({ history: did(goesOn ? { done: history.done.slice(0, -1), undone: [] } : history, change) });
    this.savePlaces(after);
  }

  private savePlaces(places: readonly DiagramPlace[]): void {
    const id = this.state.scene?.drawing.id;
    if (id !== undefined) void this.keep(() => host().placeTables(id, [...places]));
  }

  /** Does what changes the diagram after everything before it; failures are told. */
  private keep<T>(work: () => Promise<T>): Promise<T | null> {
    this.changes += 1;
    this.waiting += 1;
    this.set({ saving: "saving" });
    const done = this.queue.then(work).then(
      (answer) => {
        this.waiting -= 1;
        if (this.waiting === 0) this.set({ saving: "saved" });
        return answer;
      },
      (thrown: unknown) => {
        this.waiting -= 1;
        this.set({ saving: "failed" });
        this.onTold("The diagram could not be kept", failureOf(thrown));
        return null;
      },
    );
    this.queue = done;
    return done;
  }

  /** Writes everything that was placed once more, after that failed. */
  saveAgain(): void {
    const { scene } = this.state;
    if (!scene) return;
    const all = this.places(scene.boxes.keys());
    this.savePlaces(this.named(all));
    const marks = this.marks();
    if (marks.notes.length + marks.colours.length + marks.frames.length > 0) this.saveMarks(marks);
  }

  /** A table that is about to be drawn for the first time is to lie there. */
  layNew(table: DiagramTable, at: Point): void {
    this.toLay = { table, at: { x: Math.round(at.x), y: Math.round(at.y) } };
    this.lay();
  }

  private lay(): void {
    const { toLay } = this;
    const box = toLay ? this.state.scene?.find(toLay.table) : undefined;
    if (!toLay || box === undefined) return;
    this.toLay = null;
    this.put(new Map([[box, toLay.at]]));
    this.savePlaces(this.named(this.places([box])));
    this.select([box]);
  }

  // What is drawn at all.

  async scope(scope: DiagramScope, words: string, note = true): Promise<boolean> {
    const { scene } = this.state;
    if (!scene) return false;
    const before = scene.drawing.scope;
    this.set({ busy: words });
    const drawing = await this.keep(() => host().scopeDiagram(scene.drawing.id, scope));
    this.set({ busy: null });
    if (!drawing) return false;
    this.take(drawing, false);
    if (note) this.set({ history: did(this.state.history, { kind: "scope", words, before, after: scope }) });
    return true;
  }

  hide(boxes: Iterable<number>): Promise<boolean> {
    const { scene } = this.state;
    const tables = this.tables(boxes);
    if (!scene || tables.length === 0) return Promise.resolve(false);
    const { scope } = scene.drawing;
    const hidden = [...scope.hidden, ...tables];
    const words = tables.length === 1 ? `hid ${tables[0]?.name ?? ""}` : `hid ${tables.length} tables`;
    return this.scope({ ...scope, hidden }, words);
  }

  /** Draws these tables too. */
  async show(tables: readonly DiagramTable[], words: string): Promise<boolean> {
    const { scene } = this.state;
    if (!scene) return false;
    const missing = tables.filter((table) => scene.find(table) === undefined);
    if (missing.length === 0) return true;
    const { scope } = scene.drawing;
    const keys = new Set(missing.map(nameKey));
    const hidden = scope.hidden.filter((table) => !keys.has(nameKey(table)));
    const wasHidden = new Set(scope.hidden.map(nameKey));
    if (scope.only === null && missing.every((table) => wasHidden.has(nameKey(table))))
      return this.scope({ ...scope, hidden }, words);
    // Of another schema, or of a kind that is not shown: these, and not everything beside them.
    const only = [...(scope.only ?? this.tables(scene.boxes.keys())), ...missing];
    return this.scope({ ...scope, hidden, only }, words);
  }

  /** Lays tables out anew; all of them where none are named. */
  async arrange(boxes: Iterable<number>): Promise<void> {
    const { scene } = this.state;
    if (!scene) return;
    const tables = this.tables(boxes);
    const before = this.named(this.places(scene.boxes.keys()));
    const words = tables.length === 0 ? "laid out" : "laid out the selection";
    this.set({ busy: "Laying out" });
    const drawing = await this.keep(() => host().arrangeDiagram(scene.drawing.id, tables));
    this.set({ busy: null });
    if (!drawing) return;
    this.take(drawing, false);
    const after = drawing.boxes.map(({ schema, name, x, y }) => ({ schema, name, x, y }));
    this.set({ history: did(this.state.history, { kind: "places", words, before, after }) });
  }

  // What is written and coloured.

  marks(): Marks {
    const { scene } = this.state;
    return {
      notes: scene?.notes.map((note) => ({ ...note })) ?? [],
      colours: scene?.boxes.flatMap((box) => (box.colour === null ? [] : [[tableOf(box), box.colour] as const])) ?? [],
      frames: scene?.frames.map(({ title, colour }) => [title, colour] as const) ?? [],
    };
  }

  private saveMarks({ notes, colours, frames }: Marks): void {
    const id = this.state.scene?.drawing.id;
    if (id === undefined) return;
    void this.keep(() =>
      host().annotateDiagram(
        id,
        [...notes],
        colours.map(([table, colour]) => [table, colour]),
        frames.map(([title, colour]) => [title, colour]),
      ),
    );
  }

  private mark(next: Partial<Marks>, words: string, before = this.marks()): void {
    const after = { ...before, ...next };
    this.showMarks(after);
    this.set({ history: did(this.state.history, { kind: "marks", words, before, after }) });
    this.saveMarks(after);
  }

  /** Draws marks; what lies where stays as it is. */
  private showMarks({ notes, colours, frames }: Marks): void {
    const { scene } = this.state;
    if (!scene) return;
    const colourOf = new Map(colours.map(([table, colour]) => [nameKey(table), colour]));
    const frameOf = new Map(frames);
    const drawing: DiagramDrawing = {
      ...scene.drawing,
      boxes: scene.boxes.map((box) => ({ ...box, colour: colourOf.get(nameKey(box)) ?? null })),
      lines: [...scene.lines],
      frames: scene.frames.map((frame) => ({ ...frame, colour: frameOf.get(frame.title) ?? frame.colour })),
      notes: notes.map((note) => ({ ...note })),
    };
    this.take(drawing, false);
  }

  /** A note at a point, to be written at once. */
  addNote(at: Point): void {
    const id = globalThis.crypto.randomUUID();
    const note: DiagramNote = { id, text: "", x: at.x, y: at.y, ...NOTE };
    this.mark({ notes: [...this.marks().notes, note] }, "added a note");
    this.selectNote(id, true);
  }

  changeNote(id: string, change: Partial<Omit<DiagramNote, "id">>, words = "changed a note"): void {
    const { notes } = this.marks();
    const own = notes.find((note) => note.id === id);
    if (!own || Object.entries(change).every(([key, value]) => own[key as keyof DiagramNote] === value)) return;
    this.mark({ notes: notes.map((note) => (note.id === id ? { ...note, ...change } : note)) }, words);
  }

  /** A note follows the pointer; kept when it is dropped, by `keepNote`. */
  dragNote(id: string, change: Partial<Rect>): void {
    const note = this.state.scene?.notes.find((each) => each.id === id);
    if (!note) return;
    const edge = 4;
    const around = ({ x, y, width, height }: Rect) =>
      this.onDamage({ x: x - edge, y: y - edge, width: width + 2 * edge, height: height + 2 * edge });
    around(note);
    Object.assign(note, change);
    around(note);
  }

  keepNote(id: string, before: Marks): void {
    const now = this.marks();
    const [from, to] = [before.notes.find((note) => note.id === id), now.notes.find((note) => note.id === id)];
    if (JSON.stringify(from) !== JSON.stringify(to)) this.mark({ notes: now.notes }, "moved a note", before);
  }

  removeNote(id: string): void {
    this.mark({ notes: this.marks().notes.filter((note) => note.id !== id) }, "removed a note");
    this.selectNote(null);
  }

  /** What was written; an empty note is none. */
  write(id: string, text: string): void {
    this.set({ writing: false });
    const own = this.state.scene?.notes.find((note) => note.id === id);
    if (text.trim() === "" && own?.text === "") {
      // Nothing was ever written: as if it had not been begun.
      const { change, history } = undo(this.state.history) ?? {};
      if (change?.kind === "marks" && history && change.words === "added a note") {
        this.showMarks(change.before);
        this.set({ history, note: null });
        this.saveMarks(change.before);
        return;
      }
    }
    if (text.trim() === "") this.removeNote(id);
    else this.changeNote(id, { text }, "wrote a note");
  }

  /** Gives tables a colour; `null` takes it away. */
  colour(boxes: Iterable<number>, colour: number | null): void {
    const keys = new Set(this.tables(boxes).map(nameKey));
    const rest = this.marks().colours.filter(([table]) => !keys.has(nameKey(table)));
    const own = colour === null ? [] : this.tables(boxes).map((table) => [table, colour] as const);
    this.mark({ colours: [...rest, ...own] }, "coloured tables");
  }

  colourFrame(title: string, colour: number): void {
    const frames = this.marks().frames.map(([each, was]) => [each, each === title ? colour : was] as const);
    this.mark({ frames }, "coloured a group");
  }

  // Back and forth.

  /** Something of the schema was staged here or elsewhere: it is the last change. */
  staged(words: string): void {
    this.set({ history: did(this.state.history, { kind: "structure", words }) });
  }

  /** So much of the schema is staged, and so much can be staged again. */
  stagedLeft(groups: number, again: number): void {
    this.set({ history: settled(this.state.history, groups, again) });
  }

  undo(): Promise<string | null> {
    return this.step(undo(this.state.history), "before");
  }

  redo(): Promise<string | null> {
    return this.step(redo(this.state.history), "after");
  }

  private async step(
    found: { readonly change: Change; readonly history: History } | null,
    to: "before" | "after",
  ): Promise<string | null> {
    if (!found) return null;
    const { change, history } = found;
    this.set({ history });
    switch (change.kind) {
      case "places": {
        const { scene } = this.state;
        const places = change[to];
        this.put(
          new Map(
            places.flatMap((place) => {
              const at = scene?.find(place);
              return at === undefined ? [] : [[at, { x: place.x, y: place.y }] as const];
            }),
          ),
        );
        this.savePlaces(places);
        break;
      }
      case "structure":
        if (!(await this.onStep(to === "before" ? "undo" : "redo"))) return null;
        break;
      case "marks":
        this.showMarks(change[to]);
        this.saveMarks(change[to]);
        break;
      case "scope":
        if (!(await this.scope(change[to], "Taking back", false))) return null;
        break;
    }
    return change.words;
  }
}
