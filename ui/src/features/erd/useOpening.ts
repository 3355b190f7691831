/** Which diagram a tab shows: the one it had, one for what it was opened for, and the same again when the schema or the server came. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type DiagramDrawing, type DiagramScope, failureOf, host } from "@/ipc";
import { diagramsKey, named, useSchemaChanges, useStagedChanges } from "./queries";
import type { DiagramStore } from "./store";
import type { Ways } from "./useWays";
import type { DiagramView } from "./view";

/** Everything, as a new diagram begins. */
export const ALL: DiagramScope = {
  schemas: null,
  only: null,
  hidden: [],
  views: false,
  partitions: false,
  columns: "all",
  inferred: true,
  grouping: "schema",
};

interface Opening {
  /** Opens a diagram; `null` is the one that was open last. */
  readonly show: (id: string | null) => Promise<void>;
  readonly make: (name: string, scope: DiagramScope) => Promise<void>;
  /** A drawing whose tables are not those of the last time, until that was read. */
  readonly told: DiagramDrawing | null;
  readonly forgetTold: () => void;
}

export function useOpening(
  store: DiagramStore,
  ways: Ways,
  shown: {
    readonly open: boolean;
    readonly view: DiagramView;
    readonly onView: (change: Partial<DiagramView>) => void;
  },
): Opening {
  const { open, view } = shown;
  const latest = useRef(shown);
  latest.current = shown;
  const [told, setTold] = useState<DiagramDrawing | null>(null);
  const queries = useQueryClient();
  const tell = useCallback((drawing: DiagramDrawing | null) => {
    if (drawing && drawing.added.length + drawing.gone.length + drawing.renamed.length > 0) setTold(drawing);
  }, []);
  const { place } = store;
  // What the tab had, or what it was opened for.
  const opened = useRef<string | null>(null);
  const show = useCallback(
    async (id: string | null) => {
      const found = await store.load(id);
      if (found === null && id !== null && store.snapshot().error?.code === "not_found") {
        // Removed in another window: the one that was open last comes instead.
        await store.load(null);
      }
      const now = store.snapshot().scene?.drawing;
      tell(now ?? null);
      if (now) latest.current.onView({ diagram: now.id });
      await queries.invalidateQueries({ queryKey: diagramsKey(store.place) });
    },
    [store, queries, tell],
  );
  const make = useCallback(
    async (name: string, scope: DiagramScope) => {
      try {
        const made = await host().createDiagram(store.place.profileId, store.place.database, name, scope);
        store.take(made, true);
        latest.current.onView({ diagram: made.id, camera: null, selected: [] });
        await queries.invalidateQueries({ queryKey: diagramsKey(store.place) });
      } catch (thrown) {
        store.onTold("The diagram could not be made", failureOf(thrown));
      }
    },
    [store, queries],
  );
  /** A diagram for a table's neighbourhood or a schema: the one that there is, or a new one. */
  const wanted = useCallback(
    async (name: string, scope: () => Promise<DiagramScope>) => {
      try {
        const { profileId, database } = store.place;
        const known = named(await host().diagrams(profileId, database), name);
        if (known) await show(known.id);
        else await make(name, await scope());
      } catch (thrown) {
        store.onTold(`${name} could not be drawn`, failureOf(thrown));
        await show(null);
      }
    },
    [store, show, make],
  );
  useEffect(() => {
    const { around, schema } = view;
    if (around) {
      latest.current.onView({ around: null, camera: null });
      opened.current = "around";
      void wanted(`Around ${around.name}`, async () => {
        const { profileId, database } = store.place;
        const related = await host().relatedTables(profileId, database, [around], 1, true);
        return { ...ALL, only: [around, ...related] };
      }).then(() => ways.go(around));
    } else if (schema !== null) {
      latest.current.onView({ schema: null, camera: null });
      opened.current = "schema";
      void wanted(schema, async () => ({ ...ALL, schemas: [schema] }));
    } else if (opened.current === null) {
      opened.current = "kept";
      void show(view.diagram);
    }
  }, [view, store, show, wanted, ways]);

  // The server came: what was drawn from what was kept, or could not be drawn, is read again.
  const wasOpen = useRef(open);
  useEffect(() => {
    const came = open && !wasOpen.current;
    wasOpen.current = open;
    const { scene, error, loading } = store.snapshot();
    const stale = scene?.drawing.offline === true || (error !== null && !loading);
    if (came && stale) void show(latest.current.view.diagram);
  }, [open, show, store]);
  const changes = useSchemaChanges(place);
  const seenChanges = useRef(changes);
  useEffect(() => {
    if (seenChanges.current !== 0 && seenChanges.current !== changes) void store.refresh().then(tell);
    seenChanges.current = changes;
  }, [changes, store, tell]);

  // What is staged is drawn at once, and told of nowhere else.
  const staged = useStagedChanges(place);
  const seenStaged = useRef(staged);
  useEffect(() => {
    if (seenStaged.current !== 0 && seenStaged.current !== staged) void store.refresh();
    seenStaged.current = staged;
  }, [staged, store]);

  return { show, make, told, forgetTold: () => setTold(null) };
}
