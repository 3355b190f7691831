/** What can be done with a table, a line, a group, a note and the ground. */
import type { MenuItem } from "@/design";
import type { Alignment } from "./align";
import type { Point } from "./camera";
import { COLOUR_WORDS } from "./colours";
import type { Editing } from "./editing";
import type { Hit } from "./model";
import type { DiagramStore } from "./store";

export interface MenuWays {
  open(box: number): void;
  openStructure(box: number): void;
  neighbours(box: number): void;
  focusNeighbours(box: number): void;
  pathFrom(box: number): void;
  fly(box: number): void;
  flyLine(line: number): void;
  hide(): void;
  hideOthers(): void;
  copyNames(): void;
  arrange(boxes: Iterable<number>): void;
  note(at: Point): void;
  fit(): void;
  choose(): void;
  selectAll(): void;
  /** What can be done to the schema; null where nothing can. */
  editing(): Editing | null;
  /** Asks for a new table, to lie there. */
  newTable(at: Point): void;
}

const ALIGNMENTS: readonly (readonly [Alignment, string])[] = [
  ["left", "Left edges"],
  ["centre", "Centres, one above the other"],
  ["top", "Top edges"],
  ["middle", "Centres, side by side"],
  ["across", "Even gaps across"],
  ["down", "Even gaps down"],
];

export const alignments = (store: DiagramStore): readonly MenuItem[] =>
  ALIGNMENTS.map(([how, label]) => ({
    label,
    disabledReason:
      (how === "across" || how === "down") && store.snapshot().selected.size < 3 ? "Select three tables" : undefined,
    onSelect: () => store.align(how),
  }));

const colours = (current: number | null, choose: (colour: number | null) => void, none: boolean): MenuItem => ({
  label: "Colour",
  items: [
    ...(none ? [{ label: "None", checked: current === null, onSelect: () => choose(null) }] : []),
    ...COLOUR_WORDS.map((label, at) => ({ label, checked: current === at, onSelect: () => choose(at) })),
  ],
});

export function menuFor(hit: Hit | null, world: Point, store: DiagramStore, ways: MenuWays): readonly MenuItem[] {
  const { scene, selected } = store.snapshot();
  if (!scene) return [];
  if (hit?.kind === "box") return ofBox(hit.box, store, ways, hit.row);
  if (hit?.kind === "line") {
    const line = scene.lines[hit.line];
    if (!line) return [];
    const title = (at: number) => scene.boxes[at]?.title ?? "";
    return [
      { heading: line.name ?? `${title(line.from.table)} to ${title(line.to.table)}` },
      { label: `Go to ${title(line.from.table)}`, icon: "arrow-left", onSelect: () => ways.fly(line.from.table) },
      { label: `Go to ${title(line.to.table)}`, icon: "arrow-right", onSelect: () => ways.fly(line.to.table) },
      { label: "Show both ends", icon: "fit", onSelect: () => ways.flyLine(hit.line) },
      { separator: true },
      { label: "Select both tables", onSelect: () => store.select([line.from.table, line.to.table]) },
      ...ofKey(hit.line, store, ways),
    ];
  }
  if (hit?.kind === "frame") {
    const frame = scene.frames[hit.frame];
    if (!frame) return [];
    return [
      { heading: frame.title },
      { label: "Select its tables", onSelect: () => store.select(frame.members) },
      { label: "Lay out its tables", icon: "explain", onSelect: () => ways.arrange(frame.members) },
      colours(frame.colour, (colour) => store.colourFrame(frame.title, colour ?? 0), false),
    ];
  }
  if (hit?.kind === "note") {
    const note = scene.notes[hit.note];
    if (!note) return [];
    return [
      { label: "Write", icon: "edit", keys: "Enter", onSelect: () => store.selectNote(note.id, true) },
      colours(note.colour, (colour) => store.changeNote(note.id, { colour: colour ?? 0 }, "coloured a note"), false),
      { separator: true },
      { label: "Remove note", icon: "trash", keys: "Delete", onSelect: () => store.removeNote(note.id) },
    ];
  }
  const editing = ways.editing();
  return [
    ...(editing
      ? [
          {
            label: "New table here…",
            icon: "table" as const,
            disabledReason: editing.disabledReason,
            onSelect: () => ways.newTable(world),
          },
        ]
      : []),
    { label: "New note here", icon: "edit", keys: "N", onSelect: () => ways.note(world) },
    { label: "Select all tables", keys: "Mod+A", onSelect: ways.selectAll },
    { label: "Fit everything", icon: "fit", keys: "Alt+0", onSelect: ways.fit },
    { separator: true },
    { label: "Lay out all tables", icon: "explain", keys: "Mod+Alt+L", onSelect: () => ways.arrange([]) },
    { label: "Choose what is shown…", icon: "filter", keys: "Mod+I", onSelect: ways.choose },
    ...(selected.size > 1 ? [{ label: "Line up the selection", items: alignments(store) }] : []),
  ];
}

/** Changing a table: everything is staged first. `row` is the column that was meant. */
function changing(at: number, row: number | null, store: DiagramStore, ways: MenuWays): readonly MenuItem[] {
  const box = store.snapshot().scene?.boxes[at];
  const editing = ways.editing();
  if (!box || !editing) return [];
  const table = { schema: box.schema, name: box.name };
  const column = row === null ? undefined : box.rows[row]?.name;
  const columns = column === undefined ? [] : [column];
  const gone = box.staged === "removed" ? "It goes: take that back first" : undefined;
  const disabledReason = editing.disabledReason ?? gone;
  return [
    { separator: true },
    { label: "Edit structure", icon: "columns", onSelect: () => editing.open(table) },
    { label: "Add column…", icon: "plus", disabledReason, onSelect: () => editing.column(table) },
    {
      label: column === undefined ? "New index…" : `New index on ${column}…`,
      icon: "index",
      disabledReason,
      onSelect: () => editing.index(table, columns),
    },
    {
      label: "New foreign key from here…",
      icon: "foreign-key",
      keys: "Mod+Alt+K",
      disabledReason,
      onSelect: () => editing.foreignKey({ from: table, columns, to: null, toColumns: [] }),
    },
    { label: "Rename…", icon: "edit", disabledReason, onSelect: () => editing.rename(table) },
    { label: "Drop", icon: "trash", danger: true, disabledReason, onSelect: () => editing.drop(table) },
  ];
}

function ofKey(at: number, store: DiagramStore, ways: MenuWays): readonly MenuItem[] {
  const { scene } = store.snapshot();
  const line = scene?.lines[at];
  const box = scene?.boxes[line?.from.table ?? -1];
  const editing = ways.editing();
  const name = line?.name ?? null;
  if (!line || !box || !editing || line.inferred || name === null) return [];
  return [
    { separator: true },
    {
      label: "Drop foreign key",
      icon: "trash",
      danger: true,
      disabledReason: editing.disabledReason ?? (line.staged === "removed" ? "It goes already" : undefined),
      onSelect: () => editing.dropForeignKey({ schema: box.schema, name: box.name }, name),
    },
  ];
}

export function ofBox(at: number, store: DiagramStore, ways: MenuWays, row: number | null = null): readonly MenuItem[] {
  const { scene, selected } = store.snapshot();
  const box = scene?.boxes[at];
  if (!box) return [];
  const many = selected.size > 1 && selected.has(at);
  const count = many ? selected.size : 1;
  return [
    ...(many
      ? [{ heading: `${count.toLocaleString("en-US")} tables` }]
      : ([
          { label: "Open rows", icon: "table", keys: "Enter", onSelect: () => ways.open(at) },
          { label: "Open definition", icon: "file", onSelect: () => ways.openStructure(at) },
          { label: "Fly to it", icon: "fit", keys: "F", onSelect: () => ways.fly(at) },
        ] as const)),
    ...(many ? [] : changing(at, row, store, ways)),
    { separator: true },
    { label: "Neighbours: show and focus", icon: "branch", onSelect: () => ways.neighbours(at) },
    { label: "Focus what is drawn of them", onSelect: () => ways.focusNeighbours(at) },
    { label: "Way to another table…", icon: "foreign-key", keys: "Mod+Alt+P", onSelect: () => ways.pathFrom(at) },
    { separator: true },
    ...(many
      ? [
          { label: "Line up", items: alignments(store) },
          { label: "Lay out the selection", icon: "explain" as const, onSelect: () => ways.arrange(selected) },
        ]
      : []),
    colours(box.colour, (colour) => store.colour(many ? selected : [at], colour), true),
    { label: many ? "Copy names" : "Copy name", icon: "copy", onSelect: ways.copyNames },
    { separator: true },
    { label: many ? `Hide ${count} tables` : "Hide", icon: "eye-off", keys: "Delete", onSelect: ways.hide },
    { label: "Hide all others", onSelect: ways.hideOthers },
  ];
}
