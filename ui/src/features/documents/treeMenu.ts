/** What can be done with a line of the tree, as its menu. */
import type { MenuItem } from "@/design";
import type { DocumentStyle } from "@/ipc";
import { STYLES } from "./model";
import { isContainer, type Line } from "./outline";
import { lockedWhy } from "./values";

export interface TreeActions {
  /** Why nothing can be changed here; `undefined` where documents cannot be changed at all. */
  readonly locked: string | null | undefined;
  readonly editValue: (line: Line) => void;
  readonly rename: (line: Line) => void;
  readonly remove: (line: Line) => void;
  readonly revert: (line: Line) => void;
  readonly addField: (line: Line) => void;
  readonly insert: () => void;
  readonly editText: (row: number) => void;
  readonly duplicate: (row: number) => void;
  readonly deleteDocument: (row: number) => void;
  readonly copyValue: (line: Line) => void;
  readonly copyPath: (line: Line) => void;
  readonly copyDocument: (row: number, style: DocumentStyle) => void;
}

export type TreeKeys = Readonly<
  Record<"insert" | "duplicate" | "delete" | "revert" | "json" | "path" | "copy", string | undefined>
>;

export function treeMenu(line: Line, actions: TreeActions, keys: TreeKeys): readonly MenuItem[] {
  const keyed = (given: string | undefined) => (given ? { keys: given } : {});
  const changes = actions.locked !== undefined;
  const locked = actions.locked ? { disabledReason: actions.locked } : {};
  const own: MenuItem[] = [];
  if (line.kind === "field" || line.kind === "added") {
    own.push({ label: "Copy value", icon: "copy", keys: "Mod+C", onSelect: () => actions.copyValue(line) });
    own.push({ label: "Copy path", ...keyed(keys.path), onSelect: () => actions.copyPath(line) });
  }
  own.push({
    label: "Copy document",
    ...(line.kind === "document" ? { icon: "copy" as const } : {}),
    items: STYLES.map(({ value, label }) => ({
      label,
      ...(value === "shell" ? keyed(keys.copy) : {}),
      onSelect: () => actions.copyDocument(line.row, value),
    })),
  });
  if (!changes) return own;
  if (line.kind === "field" || line.kind === "added") {
    const field = line.kind === "field" ? line.field : null;
    const why = field && !isContainer(field) ? lockedWhy(field) : null;
    const isId = line.kind === "field" && line.path.length === 1 && line.field.name === "_id";
    const fixed = isId ? { disabledReason: "a document keeps its _id" } : locked;
    own.push(
      { separator: true },
      {
        label: "Edit value",
        icon: "edit",
        keys: "F2",
        ...fixed,
        ...(why ? { disabledReason: why } : {}),
        onSelect: () => actions.editValue(line),
      },
      ...(line.element
        ? []
        : [{ label: "Rename field", ...fixed, onSelect: () => actions.rename(line) } satisfies MenuItem]),
      {
        label: line.element ? "Remove element" : "Remove field",
        icon: "trash",
        keys: "Delete",
        ...fixed,
        onSelect: () => actions.remove(line),
      },
    );
    const touched = line.kind === "added" || (line.kind === "field" && line.changes.length > 0);
    own.push({
      label: "Take back changes",
      icon: "undo",
      ...keyed(keys.revert),
      ...(touched ? {} : { disabledReason: "nothing is staged here" }),
      onSelect: () => actions.revert(line),
    });
  }
  const into =
    line.kind === "document" || (line.kind === "field" && isContainer(line.field))
      ? line.kind === "field" && line.field.native_type === "array"
        ? "Add element"
        : "Add field"
      : "Add field beside";
  own.push(
    { separator: true },
    { label: into, icon: "plus", ...locked, onSelect: () => actions.addField(line) },
    { separator: true },
    {
      label: "Edit document as JSON…",
      icon: "edit",
      ...keyed(keys.json),
      ...locked,
      onSelect: () => actions.editText(line.row),
    },
    { label: "Insert document…", icon: "plus", ...keyed(keys.insert), ...locked, onSelect: () => actions.insert() },
    { label: "Duplicate document…", ...keyed(keys.duplicate), ...locked, onSelect: () => actions.duplicate(line.row) },
    {
      label: "Delete document…",
      icon: "trash",
      ...keyed(keys.delete),
      ...locked,
      onSelect: () => actions.deleteDocument(line.row),
    },
  );
  return own;
}
