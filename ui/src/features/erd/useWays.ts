/** What can be done with tables of a diagram, by menu, key and button alike. */
import { useMemo, useRef } from "react";
import { announce, plural, toast } from "@/design";
import { type DiagramTable, failureOf, host } from "@/ipc";
import type { Editing } from "./editing";
import type { Engine } from "./engine";
import type { MenuWays } from "./menus";
import type { DiagramStore } from "./store";

export interface WaysContext {
  readonly store: DiagramStore;
  readonly engine: () => Engine | null;
  readonly onOpen: (table: DiagramTable, view?: "ddl") => void;
  readonly askPath: (from: number | null) => void;
  readonly choose: () => void;
  readonly editing: Editing | null;
}

export interface Ways extends MenuWays {
  /** Goes to a table, and draws it first where it is not. */
  go(table: DiagramTable): Promise<void>;
  path(from: DiagramTable, to: DiagramTable): Promise<void>;
  undo(): Promise<void>;
  redo(): Promise<void>;
}

const failed = (thrown: unknown, title: string) => {
  const { message, hint } = failureOf(thrown);
  toast({ tone: "danger", title, detail: [message, hint].filter(Boolean).join(" ") });
};

function build(now: () => WaysContext): Ways {
  const state = () => now().store.snapshot();
  const title = (at: number) => state().scene?.boxes[at]?.title ?? "";
  const tables = (boxes: Iterable<number>) => now().store.tables(boxes);
  const inferred = () => state().scene?.drawing.scope.inferred ?? false;
  const whole = (boxes: Iterable<number>) => {
    const engine = now().engine();
    if (engine) engine.fly(engine.fit(boxes));
  };
  const find = (found: readonly DiagramTable[]) => found.flatMap((table) => state().scene?.find(table) ?? []);
  const ways: Ways = {
    open: (box) => {
      const [table] = tables([box]);
      if (table) now().onOpen(table);
    },
    openStructure: (box) => {
      const [table] = tables([box]);
      if (table) now().onOpen(table, "ddl");
    },
    neighbours: (box) => {
      const { store } = now();
      const own = tables([box]);
      const [table] = own;
      if (!table) return;
      void (async () => {
        const { profileId, database } = store.place;
        const related = await host().relatedTables(profileId, database, own, 1, inferred());
        const all = [table, ...related];
        const before = state().scene?.boxes.length ?? 0;
        if (!(await store.show(all, `showed the neighbours of ${table.name}`))) return;
        const shown = find(all);
        const [at] = find(own);
        store.select(at === undefined ? [] : [at]);
        store.focusOn({
          words: `${table.name} and its ${plural(shown.length - 1, "neighbour")}`,
          boxes: new Set(shown),
        });
        whole(shown);
        const added = (state().scene?.boxes.length ?? 0) - before;
        announce(added > 0 ? `${plural(added, "table")} added` : `${plural(shown.length - 1, "neighbour")}`);
      })().catch((thrown: unknown) => failed(thrown, "Its neighbours could not be shown"));
    },
    focusNeighbours: (box) => {
      const { store } = now();
      const around = state().scene?.neighboursOf(box) ?? new Set<number>();
      const boxes = new Set([box, ...around]);
      store.focusOn({ words: `${title(box)} and its ${plural(around.size, "neighbour")}`, boxes });
      whole(boxes);
    },
    pathFrom: (box) => {
      const { selected } = state();
      const [one, other] = [...selected];
      if (selected.size === 2 && one !== undefined && other !== undefined) {
        const [from, to] = tables([one, other]);
        if (from && to) void ways.path(from, to);
      } else now().askPath(box);
    },
    path: async (from, to) => {
      const { store } = now();
      try {
        const { profileId, database } = store.place;
        const way = await host().pathBetween(profileId, database, from, to, inferred());
        if (!way) {
          toast({
            title: `No way from ${from.name} to ${to.name}`,
            detail: "No foreign keys lead from one to the other.",
          });
          return;
        }
        if (!(await store.show(way, `showed the way from ${from.name} to ${to.name}`))) return;
        const boxes = find(way);
        store.select([]);
        const words = `${from.name} to ${to.name}: ${plural(way.length - 1, "step")}`;
        store.focusOn({ words, boxes: new Set(boxes) });
        whole(boxes);
        announce(`${words}: ${way.map(({ name }) => name).join(", ")}`);
      } catch (thrown) {
        failed(thrown, "The way could not be found");
      }
    },
    go: async (table) => {
      const { store, engine } = now();
      const drawn = state().scene?.find(table) !== undefined;
      if (!drawn && !(await store.show([table], `showed ${table.name}`))) return;
      const [at] = find([table]);
      if (at === undefined) return;
      store.select([at]);
      engine()?.flyToBox(at);
      announce(drawn ? title(at) : `${title(at)} added to the diagram`);
    },
    fly: (box) => {
      now().store.select([box]);
      now().engine()?.flyToBox(box);
    },
    flyLine: (line) => {
      const found = state().scene?.lines[line];
      if (found) whole([found.from.table, found.to.table]);
    },
    hide: () => {
      const { store } = now();
      const boxes = [...state().selected];
      if (boxes.length === 0) return;
      const words = boxes.length === 1 ? title(boxes[0] ?? -1) : plural(boxes.length, "table");
      void store.hide(boxes).then((done) => {
        if (!done) return;
        announce(`${words} hidden`);
        toast({
          title: `${words} hidden from this diagram`,
          detail: "The database is as it was.",
          action: { label: "Undo", onPress: () => void ways.undo() },
        });
      });
    },
    hideOthers: () => {
      const { store } = now();
      const { scene, selected } = state();
      if (!scene) return;
      const others = [...scene.boxes.keys()].filter((at) => !selected.has(at));
      const { scope } = scene.drawing;
      const only = tables(selected);
      void store
        .scope({ ...scope, only, hidden: [] }, `hid ${plural(others.length, "other table")}`)
        .then((done) => done && whole(state().scene?.boxes.keys() ?? []));
    },
    copyNames: () => {
      const names = tables(state().selected).map(({ schema, name }) => (schema ? `${schema}.${name}` : name));
      void host()
        .writeClipboard(names.join("\n"))
        .then(() => announce("Copied"));
    },
    arrange: (boxes) => {
      const { store } = now();
      const chosen = [...boxes];
      void store.arrange(chosen).then(() => whole(chosen.length > 0 ? chosen : (state().scene?.boxes.keys() ?? [])));
    },
    note: (at) => now().store.addNote({ x: Math.round(at.x), y: Math.round(at.y) }),
    fit: () => {
      const engine = now().engine();
      if (engine) engine.fly(engine.fit());
    },
    choose: () => now().choose(),
    selectAll: () => now().store.select(state().scene?.boxes.keys() ?? []),
    editing: () => now().editing,
    newTable: (at) => {
      const { store, editing } = now();
      // Beside what lies there: in its schema.
      const beside = [...state().selected][0];
      const schema = state().scene?.boxes[beside ?? -1]?.schema ?? null;
      editing?.table(schema, (table) => store.layNew(table, at));
    },
    undo: async () => {
      const { store, editing } = now();
      // What was staged before the diagram was opened comes last.
      if (state().history.done.length === 0 && editing?.undo) {
        const { undo } = editing;
        if (await editing.step("undo")) announce(`Taken back: ${undo}`);
        return;
      }
      const words = await store.undo();
      announce(words === null ? "Nothing to take back" : `Taken back: ${words}`);
    },
    redo: async () => {
      const { store, editing } = now();
      if (state().history.undone.length === 0 && editing?.redo) {
        const { redo } = editing;
        if (await editing.step("redo")) announce(`Again: ${redo}`);
        return;
      }
      const words = await store.redo();
      announce(words === null ? "Nothing to do again" : `Again: ${words}`);
    },
  };
  return ways;
}

/** The same object for as long as the pane lives. */
export function useWays(context: WaysContext): Ways {
  const latest = useRef(context);
  latest.current = context;
  return useMemo(() => build(() => latest.current), []);
}
