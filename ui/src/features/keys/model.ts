/** Keys without their drawing: what of the page is kept, names as texts, times to live, words for how far a list is. Pure. */
import { number } from "@/design";
import type { KeyFactsRow, KeysProgress, KeyTreeRow } from "@/ipc";

export interface KeysPlace {
  readonly profileId: string;
  /** `null` is the connection's own. */
  readonly database: string | null;
}

/** What of the page is kept with its tab. */
export interface KeysView {
  readonly pattern: string;
  /** `null` is every type. */
  readonly kind: string | null;
  readonly flat: boolean;
  readonly separator: string;
  readonly width: number;
  readonly detail: number;
  readonly expanded: readonly string[];
  /** The key that is shown. */
  readonly chosen: string | null;
}

export const USUAL_VIEW: KeysView = {
  pattern: "",
  kind: null,
  flat: false,
  separator: ":",
  width: 384,
  detail: 240,
  expanded: [],
  chosen: null,
};

/** Namespaces that stay open with a tab, at most. */
const MOST_OPEN = 400;

/** What was kept; names are divided at the connection's `separator` until another is chosen. */
export function readView(json: string, separator = USUAL_VIEW.separator): KeysView {
  const usual = { ...USUAL_VIEW, separator };
  try {
    const kept: unknown = JSON.parse(json);
    if (typeof kept !== "object" || kept === null) return usual;
    const found = kept as Partial<Record<keyof KeysView, unknown>>;
    const text = (value: unknown, usual: string) => (typeof value === "string" ? value : usual);
    const size = (value: unknown, usual: number) => (typeof value === "number" && value > 0 ? value : usual);
    const open = Array.isArray(found.expanded) ? found.expanded : [];
    return {
      pattern: text(found.pattern, USUAL_VIEW.pattern),
      kind: typeof found.kind === "string" ? found.kind : null,
      flat: found.flat === true,
      separator: text(found.separator, "") || separator,
      width: size(found.width, USUAL_VIEW.width),
      detail: size(found.detail, USUAL_VIEW.detail),
      expanded: open.filter((each): each is string => typeof each === "string").slice(0, MOST_OPEN),
      chosen: typeof found.chosen === "string" ? found.chosen : null,
    };
  } catch {
    return usual;
  }
}

/** The types of values, by the server's names of them. */
export const KINDS = ["string", "hash", "list", "set", "zset", "stream", "ReJSON-RL"] as const;
export type Kind = (typeof KINDS)[number];

export const isKind = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind);

/** A type as its badge says it. */
export const kindWord = (kind: string): string => (kind === "ReJSON-RL" ? "JSON" : kind);

const LENGTHS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ["byte", "bytes"],
  hash: ["field", "fields"],
  list: ["item", "items"],
  set: ["member", "members"],
  zset: ["member", "members"],
  stream: ["entry", "entries"],
};

/** `7 fields`; nothing where the server does not count. */
export function lengthWords({ kind, length }: Pick<KeyFactsRow, "kind" | "length">): string | null {
  const words = LENGTHS[kind];
  if (length === null || !words) return null;
  return `${number(length)} ${length === 1 ? words[0] : words[1]}`;
}

/** `9.6 MB`, in powers of 1000. */
export function bytesWords(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** What stands at a key's end in the tree: its elements; of a string its bytes. */
export function sizeWords({ kind, length }: Pick<KeyFactsRow, "kind" | "length">): string {
  if (length === null) return "";
  if (kind === "string") return bytesWords(length);
  return length >= 10_000 ? shortCount(length) : number(length);
}

/** `1.2 M`, `231 k`; up to ten thousand as it is. */
export function shortCount(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} G`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1).replace(/\.0$/, "")} M`;
  return count >= 10_000 ? `${Math.floor(count / 1e3)} k` : number(count);
}

const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");

/** `12 s`, `3 min 05 s`, `23 h 41 min`, `4 d 02 h`. */
export function ttlWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${two((seconds % 3_600) / 60)} min`;
  return `${number(Math.floor(seconds / 86_400))} d ${two((seconds % 86_400) / 3_600)} h`;
}

/** The first part of it alone, for a column. */
export const ttlShort = (ms: number): string => ttlWords(ms).split(" ").slice(0, 2).join(" ");

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of `90`, `90 s`, `15 min`, `2 h`, `3 d`; none where it is no time that comes. */
export function readTtl(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const unit = UNITS[(match?.[2] || "s").toLowerCase()];
  const ms = match && unit !== undefined ? Math.round(Number(match[1]) * unit) : 0;
  return ms > 0 && Number.isSafeInteger(ms) ? ms : null;
}

/** Milliseconds until `2026-12-01 18:00`, in the window's time zone; none where it is no moment that comes. */
export function readUntil(text: string, now: number): number | null {
  const match = /^\s*(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?\s*$/.exec(text);
  if (!match) return null;
  const [, year, month, day, hour = "0", minute = "0", second = "0"] = match;
  const at = new Date(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  if (at.getMonth() !== Number(month) - 1 || at.getDate() !== Number(day)) return null;
  const ms = at.getTime() - now;
  return ms > 0 ? ms : null;
}

/** A moment as `readUntil` reads it. */
export function momentWords(ms: number): string {
  const at = new Date(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Whether a typed name reads as bytes: a backslash must begin what is known. */
export const isName = (text: string): boolean => /^(?:[^\\]|\\(?:\\|n|r|t|x[0-9a-f]{2}))*$/i.test(text);

export const NAME_HELP = "Write \\\\ for a backslash, \\n, \\r, \\t, or \\x and two hexadecimal digits.";

const encoder = new TextEncoder();

/** The bytes of a name as it is shown. */
export function nameBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  const token = /\\(?:x([0-9a-f]{2})|(.))|([^\\]+)/giu;
  for (const [, hex, sign, plain] of text.matchAll(token)) {
    if (plain !== undefined) bytes.push(...encoder.encode(plain));
    else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push(sign === "n" ? 10 : sign === "r" ? 13 : sign === "t" ? 9 : (sign?.charCodeAt(0) ?? 0));
  }
  return Uint8Array.from(bytes);
}

/** The order of rows: by their bytes, a namespace before the key of its very name. */
export function compareRows(a: Pick<KeyTreeRow, "key" | "keys">, b: Pick<KeyTreeRow, "key" | "keys">): number {
  if (a.key !== b.key) {
    const [left, right] = [nameBytes(a.key), nameBytes(b.key)];
    const shared = Math.min(left.length, right.length);
    for (let at = 0; at < shared; at += 1) {
      const by = (left[at] ?? 0) - (right[at] ?? 0);
      if (by !== 0) return by;
    }
    if (left.length !== right.length) return left.length - right.length;
  }
  return (a.keys === null ? 1 : 0) - (b.keys === null ? 1 : 0);
}

/** A key and a namespace may have one name. */
export const rowId = ({ key, keys }: Pick<KeyTreeRow, "key" | "keys">): string => (keys === null ? "k" : "n") + key;

export const isNamespace = (id: string): boolean => id.startsWith("n");
export const nameOf = (id: string): string => id.slice(1);

/** A name as the server's own tools take it: bare where it can be, else in quotes. */
export const cliName = (key: string): string => (/^[^\s"'\\]+$/.test(key) ? key : `"${key.replaceAll('"', '\\"')}"`);

/** What reads a key in the server's own language. */
export function cliCommand(key: string, kind: string | undefined): string {
  const name = cliName(key);
  switch (kind) {
    case "string":
      return `GET ${name}`;
    case "hash":
      return `HGETALL ${name}`;
    case "list":
      return `LRANGE ${name} 0 99`;
    case "set":
      return `SSCAN ${name} 0 COUNT 100`;
    case "zset":
      return `ZRANGE ${name} 0 99 WITHSCORES`;
    case "stream":
      return `XREVRANGE ${name} + - COUNT 100`;
    case "ReJSON-RL":
      return `JSON.GET ${name}`;
    default:
      return `TYPE ${name}`;
  }
}

/** Whether a pattern means more than one key. */
export const isGlob = (pattern: string): boolean => /(?<!\\)[*?[]/.test(pattern);

/** How far a list is, in words. */
export function progressWords({ keys, of, state }: KeysProgress, filtered: boolean): string {
  const count = `${number(keys)} ${keys === 1 ? "key" : "keys"}`;
  switch (state.state) {
    case "reading":
      if (filtered) return `${count} found, reading…`;
      return of !== null && of > keys ? `${number(keys)} of ${shortCount(of)} keys, reading…` : `${count}, reading…`;
    case "paused":
      return `${count}, stopped here`;
    case "complete":
      return filtered ? `${count}${of === null ? "" : ` of ${shortCount(of)}`}, complete` : `${count}, complete`;
    case "failed":
      return `${count}, then it failed`;
  }
}

/** What a person chose in the tree, as the core removes it. What lies in a chosen namespace is not named twice. */
export function removalOf(ids: ReadonlySet<string>): { keys: string[]; namespaces: string[] } {
  const all = [...ids];
  const namespaces = all.filter(isNamespace).map(nameOf);
  const outer = namespaces.filter((each) => !namespaces.some((other) => other !== each && each.startsWith(other)));
  const keys = all.filter((id) => !isNamespace(id)).map(nameOf);
  return { keys: keys.filter((key) => !outer.some((each) => key.startsWith(each))), namespaces: outer };
}
