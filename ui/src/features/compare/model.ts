/** What differs between two schemas, pure: the sides, the tree, the words. */
import { type Becoming, number, type TreeItem } from "@/design";
import type { CompareDifference, CompareRename, CompareRequest, CompareResult, CompareSide, ObjectRef } from "@/ipc";

export type Show = "all" | Becoming;

/** How a tab looks at a comparison; kept with it. The answer is not: it is of its moment. */
export interface View {
  /** `null`: the tab's own database. */
  readonly from: CompareSide | null;
  readonly to: CompareSide | null;
  /** Names of schemas, as typed; all where it is empty. */
  readonly schemas: string;
  readonly noAccess: boolean;
  readonly section: "tree" | "script";
  readonly filter: string;
  readonly show: Show;
  /** Pixels of the tree. */
  readonly side: number;
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

function readSide(kept: unknown): CompareSide | null {
  if (typeof kept !== "object" || kept === null || !("from" in kept)) return null;
  const side: Record<string, unknown> = { ...kept };
  const path = text(side["path"]) ?? "";
  const profileId = text(side["profile_id"]);
  if (side["from"] === "database")
    return profileId === null ? null : { from: "database", profile_id: profileId, database: text(side["database"]) };
  if (side["from"] === "file") return { from: "file", path };
  return side["from"] === "folder"
    ? { from: "folder", path, scratch_profile_id: text(side["scratch_profile_id"]) }
    : null;
}

export const SHOWS: readonly Show[] = ["all", "added", "changed", "removed"];

export function readView(kept: string): View {
  let read: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(kept);
    if (typeof parsed === "object" && parsed !== null) read = { ...parsed };
  } catch {
    // What cannot be read is a view of nothing.
  }
  const { from, to, schemas, noAccess, section, filter, show, side } = read as Partial<Record<keyof View, unknown>>;
  return {
    from: readSide(from),
    to: readSide(to),
    schemas: text(schemas) ?? "",
    noAccess: noAccess === true,
    section: section === "script" ? "script" : "tree",
    filter: text(filter) ?? "",
    show: SHOWS.find((each) => each === show) ?? "all",
    side: typeof side === "number" ? side : 440,
  };
}

/** What of a side is missing; `undefined` where it can be read. */
export function sideProblem(
  side: CompareSide | null,
  what: string,
  isOpen: (id: string) => boolean,
): string | undefined {
  if (side === null) return `choose ${what}`;
  if (side.from === "database") {
    if (side.profile_id === "") return `choose ${what}`;
    return isOpen(side.profile_id) ? undefined : `connect ${what} first`;
  }
  return side.path.trim() === "" ? `choose ${what}` : undefined;
}

export const schemasOf = (typed: string): string[] => typed.split(/[\s,]+/).filter(Boolean);

export const requestOf = (
  from: CompareSide,
  to: CompareSide,
  { schemas, noAccess }: Pick<View, "schemas" | "noAccess">,
  renames: readonly CompareRename[],
): CompareRequest => ({ from, to, schemas: schemasOf(schemas), no_access: noAccess, renames: [...renames] });

/** Whether it is part of a table rather than an object of its own. */
export const isPart = ({ kind, signature }: ObjectRef): boolean => signature !== null && kind !== "routine";

/** What it is called beside others of its kind: functions of one name are told apart by their arguments. */
export const nameOf = ({ kind, name, signature }: ObjectRef): string =>
  kind === "routine" && signature !== null ? `${name}(${signature})` : name;

/** `public.orders`, `total of public.orders`. */
export function titleOf(object: ObjectRef): string {
  const schema = object.schema ? `${object.schema}.` : "";
  return isPart(object) ? `${object.name} of ${schema}${object.signature}` : `${schema}${nameOf(object)}`;
}

export const renameWords = ({ object, to }: CompareRename): string => `${titleOf(object)} → ${to}`;

export const sameRename = (a: CompareRename, b: CompareRename): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A node of the tree: a schema, a kind, an object or a part of one. */
export interface Node extends TreeItem {
  /** What differs; `null` where it only holds others. */
  readonly difference: CompareDifference | null;
  readonly becoming: Becoming | null;
  readonly children: Node[];
}

/** How many objects and parts differ, by what becomes of them. */
export type Counts = Readonly<Record<Becoming, number>>;

export function countsOf(differences: readonly CompareDifference[]): Counts {
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const { change } of differences) counts[change] += 1;
  return counts;
}

/** `3 added · 1 removed`. */
export const countWords = (counts: Counts): string =>
  (["added", "changed", "removed"] as const)
    .flatMap((each) => (counts[each] > 0 ? [`${number(counts[each])} ${each}`] : []))
    .join(" · ");

/** Those that are asked for by what becomes of them and by words. */
export function filtered(
  differences: readonly CompareDifference[],
  { filter, show }: Pick<View, "filter" | "show">,
): readonly CompareDifference[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && show === "all") return differences;
  return differences.filter(({ object, kind, change }) => {
    if (show !== "all" && change !== show) return false;
    const all = `${titleOf(object)} ${kind}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

const plurals = (kind: string): string =>
  /(?:s|x|ch)$/.test(kind) ? `${kind}es` : /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
export const sentence = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

/** Schema, kind, object, parts. What a part belongs to is there even where only the part differs. */
export function treeOf(differences: readonly CompareDifference[], nowhere: string): Node[] {
  const roots: Node[] = [];
  const known = new Map<string, Node>();
  const holder = (id: string, label: string, siblings: Node[], more: Partial<Node> = {}): Node => {
    const there = known.get(id);
    if (there) return there;
    const made: Node = { id, label, branch: true, difference: null, becoming: null, children: [], ...more };
    known.set(id, made);
    siblings.push(made);
    return made;
  };
  const kindsOf = new Map<string, string>();
  for (const { object, kind } of differences)
    if (!isPart(object)) kindsOf.set(`${object.schema ?? ""}\0${object.name}`, kind);
  for (const difference of differences) {
    const { object, kind, change } = difference;
    const part = isPart(object);
    const schemaName = object.schema ?? "";
    const schema = holder(`s\0${schemaName}`, schemaName || nowhere, roots, { icon: "schema" });
    const of = object.signature ?? "";
    const ownKind = part ? (kindsOf.get(`${schemaName}\0${of}`) ?? "table") : kind;
    const group = holder(`${schema.id}\0k\0${ownKind}`, sentence(plurals(ownKind)), schema.children, { tone: "quiet" });
    const objectId = (name: string) => `${group.id}\0o\0${name}`;
    const own: Partial<Node> = { difference, becoming: change };
    if (part) {
      const table = holder(objectId(of), of, group.children);
      holder(`${table.id}\0p\0${kind}\0${object.name}`, object.name, table.children, {
        ...own,
        branch: false,
        meta: kind,
      });
      continue;
    }
    const id = objectId(nameOf(object));
    const there = known.get(id);
    if (there) Object.assign(there, own);
    else holder(id, nameOf(object), group.children, own);
  }
  for (const node of known.values()) {
    if (node.children.length === 0) node.branch = false;
    if (node.id.includes("\0o\0") === false) node.meta = number(leaves(node));
  }
  return roots;
}

/** How many of what differs a node holds, with itself. */
function leaves(node: Node): number {
  return node.children.reduce((sum, child) => sum + leaves(child), node.difference ? 1 : 0);
}

/** Nodes that are unfolded at first: all of a little, of much only schemas and kinds. Parts of what comes or goes come and go with it. */
export function unfolded(roots: readonly Node[], most = 150): Set<string> {
  const open = new Set<string>();
  const all = roots.reduce((sum, root) => sum + leaves(root), 0);
  const visit = (node: Node, depth: number) => {
    const whole = node.becoming === "added" || node.becoming === "removed";
    if (!node.branch || whole || (all > most && depth > 1)) return;
    open.add(node.id);
    for (const child of node.children) visit(child, depth + 1);
  };
  for (const root of roots) visit(root, 0);
  return open;
}

/** Whether a facet is told as a difference of lines rather than two values. */
export const isLong = (value: string | null): boolean => value !== null && (value.includes("\n") || value.length > 90);

/** What is lost, each once, with how many statements lose it. */
export const lossesOf = ({ statements }: CompareResult): number =>
  statements.filter(({ loses }) => loses !== null).length;
