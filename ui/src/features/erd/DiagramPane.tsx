/** A database's diagrams: the toolbar, the canvas, the list, and what is chosen of them. */
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import "./erd.css";
import { useKeys, useOffers } from "@/commands";
import { Banner, Button, type MenuItem, toast } from "@/design";
import type { DiagramScope, DiagramTable } from "@/ipc";
import type { Camera } from "./camera";
import type { Editing } from "./editing";
import type { Engine } from "./engine";
import { exportDiagram, FORMATS } from "./exporting";
import { Bar } from "./parts/Bar";
import { type Asking, Dialogs } from "./parts/Dialogs";
import { Minimap } from "./parts/Minimap";
import { Missing } from "./parts/Missing";
import { RelationPanel } from "./parts/RelationPanel";
import { FindBox, PathBox } from "./parts/Searches";
import { Stage } from "./parts/Stage";
import { TableList } from "./parts/TableList";
import type { Pick } from "./parts/TablePicker";
import { ZoomBar } from "./parts/ZoomBar";
import { useDiagrams } from "./queries";
import type { Place } from "./state";
import { tellStatus } from "./status";
import { DiagramStore } from "./store";
import { useOpening } from "./useOpening";
import { useStaged } from "./useStaged";
import { useWays } from "./useWays";
import type { DiagramView } from "./view";
import { changesOf } from "./words";

export interface DiagramPaneProps {
  tabId: string;
  place: Place;
  /** What the connection is called, and the database that is shown. */
  name: string;
  database: string | null;
  /** Whether the connection is open. */
  open: boolean;
  active: boolean;
  view: DiagramView;
  onView: (change: Partial<DiagramView>) => void;
  onTable: (table: DiagramTable, view?: "ddl") => void;
  onConnect: () => void;
  /** What can be done to the schema; null where nothing can. */
  editing: Editing | null;
  onReview: () => void;
  /** What is staged, under the canvas. */
  staged: ReactNode;
}

/** The camera is kept once it has rested for this long. */
const KEEP_MS = 400;

export function DiagramPane(props: DiagramPaneProps) {
  const { tabId, place, open, active, view, onView } = props;
  const [store] = useState(() => new DiagramStore(place));
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const { scene, history, saving, busy, focus, selected, line } = state;
  const [engine, setEngine] = useState<Engine | null>(null);
  const latest = useRef({ view, onView, engine });
  latest.current = { view, onView, engine };
  const [asking, setAsking] = useState<Asking>(null);
  const [finding, setFinding] = useState(false);
  const [pathing, setPathing] = useState<{ readonly from: number | null } | null>(null);
  const [typing, setTyping] = useState(false);
  const findRef = useRef<HTMLButtonElement>(null);
  const pathRef = useRef<HTMLButtonElement>(null);
  const diagrams = useDiagrams(place);
  const drawing = scene?.drawing;

  const ways = useWays({
    store,
    engine: () => latest.current.engine,
    onOpen: props.onTable,
    askPath: (from) => setPathing({ from }),
    choose: () => setAsking("scope"),
    editing: props.editing,
  });
  useStaged(store, props.editing);

  store.onTold = (words, failure) =>
    toast({ tone: "danger", title: words, detail: [failure?.message, failure?.hint].filter(Boolean).join(" ") });

  const { show, make, told, forgetTold } = useOpening(store, ways, { open, view, onView });

  // Where it is looked at from: as the tab has it, else all of it.
  const looked = useRef<string | null>(null);
  useEffect(() => {
    if (!engine || !drawing || looked.current === drawing.id) return;
    const first = looked.current === null;
    looked.current = drawing.id;
    const { camera, selected: chosen } = latest.current.view;
    engine.look(first && camera ? camera : engine.fit());
    if (first && chosen.length > 0) store.select(chosen.flatMap((table) => store.snapshot().scene?.find(table) ?? []));
  }, [engine, drawing, store]);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const follows = useRef<{ map: (() => void) | null; zoom: (() => void) | null }>({ map: null, zoom: null });
  const onCamera = useCallback((camera: Camera) => {
    follows.current.map?.();
    follows.current.zoom?.();
    if (looked.current === null) return;
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current.onView({ camera }), KEEP_MS);
  }, []);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      tellStatus(tabId, []);
    },
    [tabId],
  );
  const followMap = useCallback((follow: (() => void) | null) => {
    follows.current.map = follow;
  }, []);
  const followZoom = useCallback((follow: (() => void) | null) => {
    follows.current.zoom = follow;
  }, []);
  const names = JSON.stringify([...selected].slice(0, 50).flatMap((at) => store.tables([at])));
  useEffect(() => {
    if (looked.current !== null && JSON.stringify(latest.current.view.selected) !== names)
      latest.current.onView({ selected: JSON.parse(names) as DiagramTable[] });
  }, [names]);

  useEffect(() => {
    const laid = drawing?.layout_ms ?? null;
    const kept = { saved: "Positions saved", saving: "Saving positions", failed: "Not saved" }[saving];
    const words = laid === null ? [] : [`Layout ${laid < 10 ? laid.toFixed(1) : Math.round(laid)} ms`];
    tellStatus(tabId, drawing ? [...words, ...(busy ? [busy] : []), kept] : []);
  }, [tabId, drawing, saving, busy]);

  // Commands.
  const none = drawing ? {} : { disabledReason: "the diagram is not here yet" };
  const chosenOne = selected.size > 0 ? none : { disabledReason: "choose a table first" };
  const { editing } = props;
  const unable = editing ? editing.disabledReason : "the schema cannot be changed here";
  const able = unable ? { disabledReason: unable } : chosenOne;
  const onChosen = (change: (table: DiagramTable) => void) => {
    const [table] = store.tables([...selected].slice(0, 1));
    if (table) change(table);
  };
  const askPath = () => {
    const [one, other] = [...selected];
    if (selected.size === 2 && one !== undefined && other !== undefined) ways.pathFrom(one);
    else setPathing({ from: one ?? null });
  };
  const addNote = () => {
    if (engine) ways.note(engine.worldAt({ x: engine.view.width / 2 - 80, y: engine.view.height / 2 - 40 }));
  };
  useOffers(
    {
      "diagram.find": { run: () => setFinding(true), ...none },
      "diagram.path": { run: askPath, ...none },
      "diagram.layout": { run: () => ways.arrange([]), ...none },
      "diagram.list": { run: () => onView({ list: !view.list }), ...none },
      "diagram.export": { run: () => void exported("svg"), ...none },
      "diagram.choose": { run: () => setAsking("scope"), ...none },
      "diagram.new": { run: () => setAsking("new") },
      "diagram.note": { run: addNote, ...none },
      "diagram.neighbours": { run: () => ways.neighbours([...selected][0] ?? -1), ...chosenOne },
      "diagram.hide": { run: ways.hide, ...chosenOne },
      "diagram.fit": { run: ways.fit, ...none },
      "diagram.larger": { run: () => engine?.zoom(1.25), ...none },
      "diagram.smaller": { run: () => engine?.zoom(0.8), ...none },
      "diagram.foreign-key": {
        run: () => onChosen((from) => editing?.foreignKey({ from, columns: [], to: null, toColumns: [] })),
        ...able,
      },
      "diagram.column": { run: () => onChosen((table) => editing?.column(table)), ...able },
      "diagram.index": { run: () => onChosen((table) => editing?.index(table, [])), ...able },
      "diagram.review": {
        run: props.onReview,
        ...((editing?.groups.length ?? 0) > 0 ? {} : { disabledReason: "nothing is staged" }),
      },
      "diagram.refresh": { run: () => void show(drawing?.id ?? null) },
      // While somebody types, these keys are the text's.
      ...(typing
        ? {}
        : {
            "diagram.undo": {
              run: () => void ways.undo(),
              ...(history.done.length > 0 || editing?.undo ? {} : { disabledReason: "nothing was changed" }),
            },
            "diagram.redo": {
              run: () => void ways.redo(),
              ...(history.undone.length > 0 || editing?.redo ? {} : { disabledReason: "nothing was taken back" }),
            },
          }),
    },
    active,
  );
  const keys = {
    find: useKeys("diagram.find"),
    path: useKeys("diagram.path"),
    layout: useKeys("diagram.layout"),
    list: useKeys("diagram.list"),
    export: useKeys("diagram.export"),
    choose: useKeys("diagram.choose"),
    undo: useKeys("diagram.undo"),
    redo: useKeys("diagram.redo"),
    fit: useKeys("diagram.fit"),
    in: useKeys("diagram.larger"),
    out: useKeys("diagram.smaller"),
    refresh: useKeys("diagram.refresh"),
  };
  const withKeys = (text: string | undefined) => (text ? { keys: text } : {});

  const exported = (format: (typeof FORMATS)[number]["format"], some = false) =>
    drawing ? exportDiagram(drawing.id, state.name, format, some ? store.tables(selected) : []) : Promise.resolve();
  const scoped = (part: Partial<DiagramScope>, words: string) => {
    if (drawing) void store.scope({ ...drawing.scope, ...part }, words);
  };
  const switching = (): readonly MenuItem[] => [
    ...(diagrams.data ?? []).map(
      (each): MenuItem => ({
        label: each.id === drawing?.id ? state.name : each.name,
        checked: each.id === drawing?.id,
        onSelect: () => {
          if (each.id !== drawing?.id) void show(each.id);
        },
      }),
    ),
    { separator: true },
    { label: "New diagram…", icon: "plus", onSelect: () => setAsking("new") },
    { label: "Copy…", icon: "copy", onSelect: () => setAsking("copy") },
    { label: "Rename…", icon: "edit", onSelect: () => setAsking("rename") },
    { label: "Remove…", icon: "trash", danger: true, onSelect: () => setAsking("remove") },
  ];
  const grouping = drawing?.scope.grouping ?? "none";
  const layouts = (): readonly MenuItem[] => [
    { label: "Lay out all tables", icon: "explain", ...withKeys(keys.layout), onSelect: () => ways.arrange([]) },
    {
      label: "Lay out the selection",
      disabledReason: selected.size > 1 ? undefined : "Select tables first",
      onSelect: () => ways.arrange(selected),
    },
    { separator: true },
    { heading: "Groups" },
    ...(
      [
        ["none", "None"],
        ["schema", "By schema"],
        ["cluster", "By how they are connected"],
      ] as const
    ).map(([value, label]) => ({
      label,
      checked: grouping === value,
      onSelect: () => scoped({ grouping: value }, "grouped tables"),
    })),
  ];
  const exports = (): readonly MenuItem[] => [
    ...FORMATS.map(({ format, label }) => ({ label: `${label}…`, onSelect: () => void exported(format) })),
    { separator: true },
    {
      label: "The selection only",
      disabledReason: selected.size > 0 ? undefined : "Select tables first",
      items: FORMATS.map(({ format, label }) => ({ label: `${label}…`, onSelect: () => void exported(format, true) })),
    },
  ];
  const last = history.done.at(-1) ?? (editing?.undo ? { words: editing.undo } : undefined);
  const next = history.undone.at(-1) ?? (editing?.redo ? { words: editing.redo } : undefined);
  const more = (): readonly MenuItem[] => [
    {
      label: last ? `Take back: ${last.words}` : "Take back",
      icon: "undo",
      ...withKeys(keys.undo),
      disabledReason: last ? undefined : "Nothing was changed",
      onSelect: () => void ways.undo(),
    },
    {
      label: next ? `Do again: ${next.words}` : "Do again",
      icon: "redo",
      ...withKeys(keys.redo),
      disabledReason: next ? undefined : "Nothing was taken back",
      onSelect: () => void ways.redo(),
    },
    { separator: true },
    { label: "Choose what is shown…", icon: "filter", ...withKeys(keys.choose), onSelect: () => setAsking("scope") },
    {
      label: "Views",
      checked: drawing?.scope.views === true,
      onSelect: () => scoped({ views: drawing?.scope.views !== true }, "switched views"),
    },
    {
      label: "Inferred relations",
      checked: drawing?.scope.inferred === true,
      onSelect: () => scoped({ inferred: drawing?.scope.inferred !== true }, "switched inferred relations"),
    },
    { label: "New note", icon: "edit", keys: "N", onSelect: addNote },
    { separator: true },
    {
      label: "Read the schema again",
      icon: "refresh",
      ...withKeys(keys.refresh),
      onSelect: () => void show(drawing?.id ?? null),
    },
    ...(saving === "failed" ? [{ label: "Save again", icon: "save" as const, onSelect: () => store.saveAgain() }] : []),
  ];

  const picks = useMemo<readonly Pick[]>(() => {
    if (!scene) return [];
    const drawn = scene.boxes.map((box): Pick => ({ table: { schema: box.schema, name: box.name }, title: box.title }));
    const hidden = scene.drawing.scope.hidden.map(
      (table): Pick => ({
        table,
        title: table.schema ? `${table.schema}.${table.name}` : table.name,
        meta: "hidden: shows it",
      }),
    );
    return [...drawn, ...hidden];
  }, [scene]);
  const fromPick = (at: number | null): Pick | null => {
    const box = at === null ? undefined : scene?.boxes[at];
    return box ? { table: { schema: box.schema, name: box.name }, title: box.title } : null;
  };
  const refocus = () => document.querySelector<HTMLElement>(".rh-document[data-focused] .erd-stage")?.focus();
  const goPick = ({ table }: Pick) => {
    void ways.go(table).then(refocus);
  };
  const empty = drawing !== undefined && drawing.boxes.length === 0;
  const panel = selected.size > 0 || line !== null;

  return (
    <div
      className="erd"
      onFocusCapture={(event) => setTyping(event.target.matches("input, textarea"))}
      onBlurCapture={() => setTyping(false)}
    >
      <Bar
        name={props.name}
        database={props.database}
        store={store}
        diagrams={diagrams.data}
        list={view.list}
        keys={keys}
        findRef={findRef}
        pathRef={pathRef}
        onFind={() => setFinding(true)}
        onPath={askPath}
        onList={() => onView({ list: !view.list })}
        onColumns={(columns) => scoped({ columns }, "chose columns")}
        switching={switching}
        layouts={layouts}
        exports={exports}
        more={more}
      />
      {told ? (
        <Banner tone="info" icon="info" edge onDismiss={forgetTold} detail={changesOf(told)}>
          The schema has changed since you last looked
        </Banner>
      ) : null}
      {saving === "failed" ? (
        <Banner
          tone="danger"
          icon="warning"
          edge
          actions={
            <Button dense onClick={() => store.saveAgain()}>
              Save again
            </Button>
          }
        >
          What you changed last is not saved
        </Banner>
      ) : null}
      <div className="erd-body">
        {view.list && scene ? <TableList store={store} ways={ways} onChoose={(at) => engine?.reveal(at)} /> : null}
        <div className="erd-middle">
          <Stage
            store={store}
            ways={ways}
            keys={{
              open: ways.open,
              hide: ways.hide,
              note: addNote,
              fly: () => {
                const engineNow = latest.current.engine;
                if (!engineNow || selected.size === 0) return;
                const [one] = selected;
                if (selected.size === 1 && one !== undefined) engineNow.flyToBox(one);
                else engineNow.fly(engineNow.fit(selected));
              },
            }}
            onEngine={setEngine}
            onCamera={onCamera}
          >
            {engine && scene && !empty ? (
              <div className="erd-tools">
                <Minimap engine={engine} store={store} onFollow={followMap} />
                <ZoomBar engine={engine} keys={keys} onFit={ways.fit} onFollow={followZoom} />
              </div>
            ) : null}
            {focus ? (
              <div className="erd-focus" data-erd-above role="status">
                <span className="rh-truncate">{focus.words}</span>
                <Button dense variant="ghost" keys="Escape" showKeys onClick={() => store.focusOn(null)}>
                  Show all
                </Button>
              </div>
            ) : null}
          </Stage>
          {!scene || empty ? (
            <Missing
              name={props.name}
              state={state}
              open={open}
              onConnect={props.onConnect}
              onAgain={() => void show(view.diagram)}
              onAll={() => scoped({ only: null, hidden: [], schemas: null }, "showed all tables")}
              onChoose={() => setAsking("scope")}
            />
          ) : null}
        </div>
        {panel ? (
          <RelationPanel
            store={store}
            onClose={() => {
              store.select([]);
              refocus();
            }}
            onFly={ways.fly}
            onGo={(table) => void ways.go(table)}
            onOpen={ways.open}
            onNeighbours={ways.neighbours}
          />
        ) : null}
      </div>
      {props.staged}
      <FindBox
        place={place}
        anchor={finding ? findRef.current : null}
        onClose={() => setFinding(false)}
        picks={picks}
        onPick={goPick}
      />
      <PathBox
        place={place}
        key={String(pathing?.from)}
        anchor={pathing ? pathRef.current : null}
        onClose={() => setPathing(null)}
        picks={picks}
        first={fromPick(pathing?.from ?? null)}
        onPath={(from, to) => void ways.path(from, to).then(refocus)}
      />
      <Dialogs
        store={store}
        diagrams={diagrams.data}
        asking={asking}
        onAsk={setAsking}
        onMake={make}
        onShow={show}
        onOpened={(id) => onView({ diagram: id })}
      />
    </div>
  );
}
