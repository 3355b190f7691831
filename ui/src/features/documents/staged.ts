/**
 * What is staged of documents, pure. Changes name fields by their places in the document as it was read, so that they can be made
 * and taken back in any order; what is sent is made of them in an order in which no change moves what a later one names.
 */
import type { DocumentPatch } from "@/ipc";

/** Places among fields, from the outermost. */
export type Path = readonly number[];

export interface SetChange {
  readonly kind: "set";
  readonly path: Path;
  readonly names: readonly string[];
  readonly text: string;
  /** Of the same type as before, where the text can be of it. */
  readonly alike: boolean;
  /** The value and the type it had. */
  readonly before: string;
  readonly was: string;
}

export interface RemoveChange {
  readonly kind: "remove";
  readonly path: Path;
  readonly names: readonly string[];
}

export interface RenameChange {
  readonly kind: "rename";
  readonly path: Path;
  readonly names: readonly string[];
  readonly name: string;
}

export interface AppendChange {
  readonly kind: "append";
  /** What it goes into. */
  readonly path: Path;
  readonly names: readonly string[];
  readonly name: string;
  readonly text: string;
  /** Tells it from others that go into the same. */
  readonly key: number;
}

export type Change = SetChange | RemoveChange | RenameChange | AppendChange;

export interface StagedDocument {
  /** The text of its `_id`; `null` where it has none that can be found again. */
  readonly id: string | null;
  /** Where it was read. */
  readonly holdId: string;
  readonly row: number;
  /** How it read then: another one is another document by now. */
  readonly mark: string;
  readonly changes: readonly Change[];
}

export const samePath = (a: Path, b: Path): boolean => a.length === b.length && a.every((step, at) => step === b[at]);

/** Whether a path leads to `outer` or into it. */
export const within = (path: Path, outer: Path): boolean =>
  path.length >= outer.length && outer.every((step, at) => step === path[at]);

const same = (a: Change, b: Change): boolean =>
  a.kind === b.kind && samePath(a.path, b.path) && (a.kind !== "append" || (b.kind === "append" && a.key === b.key));

/** With one more change, in place of the same one before; what it makes meaningless goes. */
export function withChange(changes: readonly Change[], change: Change): readonly Change[] {
  const rest = changes.filter((each) => !same(each, change));
  switch (change.kind) {
    case "set": {
      const outside = rest.filter(
        (each) =>
          !(within(each.path, change.path) && (each.path.length > change.path.length || each.kind === "append")) &&
          !(each.kind === "remove" && samePath(each.path, change.path)),
      );
      return change.text === change.before && change.alike ? outside : [...outside, change];
    }
    case "remove":
      return [...rest.filter((each) => !within(each.path, change.path)), change];
    case "rename":
      return change.name === change.names.at(-1) ? rest : [...rest, change];
    case "append":
      return [...rest, change];
  }
}

/** Without what is staged at a place and inside of it. */
export const withoutAt = (changes: readonly Change[], path: Path): readonly Change[] =>
  changes.filter((each) => !within(each.path, path) || (each.kind === "append" && samePath(each.path, path)));

export const withoutAdded = (changes: readonly Change[], key: number): readonly Change[] =>
  changes.filter((each) => each.kind !== "append" || each.key !== key);

/** The key of the next field that is added. */
export const nextKey = (changes: readonly Change[]): number =>
  Math.max(0, ...changes.map((each) => (each.kind === "append" ? each.key : 0))) + 1;

/** Later places first; what is inside before what it is inside of. */
function laterFirst(a: Path, b: Path): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const by = (b[at] ?? 0) - (a[at] ?? 0);
    if (by !== 0) return by;
  }
  return b.length - a.length;
}

/** Changes as the core takes them, each on what the one before made. */
export function patchesOf(changes: readonly Change[]): DocumentPatch[] {
  const of = <Kind extends Change["kind"]>(kind: Kind) =>
    changes.filter((each): each is Extract<Change, { kind: Kind }> => each.kind === kind);
  return [
    ...of("set").map(({ path, text, alike }): DocumentPatch => ({ patch: "set", path: [...path], text, alike })),
    ...of("rename").map(({ path, name }): DocumentPatch => ({ patch: "rename", path: [...path], name })),
    ...of("append").map(({ path, name, text }): DocumentPatch => ({ patch: "append", path: [...path], name, text })),
    ...[...of("remove")]
      .sort((a, b) => laterFirst(a.path, b.path))
      .map(({ path }): DocumentPatch => ({ patch: "remove", path: [...path] })),
  ];
}

/** A path as people write it: `variants[2].sku`. */
export const pathText = (names: readonly string[]): string =>
  names.reduce((text, name) => (/^\d+$/.test(name) ? `${text}[${name}]` : text ? `${text}.${name}` : name), "");

/** What a change does, in words. */
export function changeWords(change: Change): string {
  const where = pathText(change.names);
  switch (change.kind) {
    case "set":
      return `${where}: ${change.before || "…"} → ${change.text}`;
    case "remove":
      return `${where} goes`;
    case "rename":
      return `${where} is called ${change.name}`;
    case "append":
      return `${pathText([...change.names, change.name])}: ${change.text}`;
  }
}

/** What the one document's changes come to, beside their number: `price keeps decimal`. */
export function noteOf(staged: readonly StagedDocument[]): string {
  const changes = staged.flatMap((each) => each.changes);
  const only = changes.length === 1 ? changes[0] : undefined;
  if (!only) return "";
  if (only.kind === "set") {
    return only.alike ? `${pathText(only.names)} keeps ${only.was}` : `${pathText(only.names)} becomes ${only.text}`;
  }
  return changeWords(only);
}

type Unknown = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Unknown => typeof value === "object" && value !== null;
const isText = (value: unknown): value is string => typeof value === "string";
const isPlace = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 0;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function readChange(value: unknown): Change[] {
  if (!isObject(value)) return [];
  const { kind, path, names, text, alike, before, was, name, key } = value;
  if (!Array.isArray(path) || !path.every(isPlace) || !Array.isArray(names) || !names.every(isText)) return [];
  const at = { path, names };
  if (kind === "remove") return [{ kind, ...at }];
  if (kind === "rename" && isText(name)) return [{ kind, ...at, name }];
  if (kind === "append" && isText(name) && isText(text) && isPlace(key)) return [{ kind, ...at, name, text, key }];
  if (kind === "set" && isText(text) && isText(before) && isText(was))
    return [{ kind, ...at, text, alike: alike === true, before, was }];
  return [];
}

/** Staged documents as they were kept with a tab: what was not written by us is not taken for one. */
export function readStaged(value: unknown): readonly StagedDocument[] {
  return listOf(value).flatMap((each): StagedDocument[] => {
    if (!isObject(each) || !isText(each["holdId"]) || !isPlace(each["row"]) || !isText(each["mark"])) return [];
    const changes = listOf(each["changes"]).flatMap(readChange);
    const id = isText(each["id"]) ? each["id"] : null;
    return changes.length > 0 ? [{ id, holdId: each["holdId"], row: each["row"], mark: each["mark"], changes }] : [];
  });
}
