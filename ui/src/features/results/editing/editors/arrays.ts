/**
 * Array texts as PostgreSQL prints them, over their own text: `{a,"b c",NULL,{…}}`, bounds before it included. An edit replaces
 * one element and nothing else.
 */

export type ArrayItem = { readonly start: number; readonly end: number } & (
  | { readonly kind: "value"; readonly value: string; readonly quoted: boolean }
  | { readonly kind: "null" }
  | { readonly kind: "array"; readonly items: readonly ArrayItem[] }
);

export interface ArrayText {
  readonly start: number;
  readonly end: number;
  readonly items: readonly ArrayItem[];
}

const DEEPEST = 8;

class Reader {
  at: number;
  readonly text: string;
  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  /** `undefined` where the text is not of this shape. */
  list(depth: number): ArrayText | undefined {
    if (depth > DEEPEST || this.text[this.at] !== "{") return undefined;
    const start = this.at;
    const items: ArrayItem[] = [];
    this.at += 1;
    if (this.text[this.at] === "}") {
      this.at += 1;
      return { start, end: this.at, items };
    }
    for (;;) {
      const item = this.item(depth);
      if (!item) return undefined;
      items.push(item);
      const next = this.text[this.at];
      this.at += 1;
      if (next === "}") return { start, end: this.at, items };
      if (next !== ",") return undefined;
    }
  }

  private item(depth: number): ArrayItem | undefined {
    const start = this.at;
    if (this.text[start] === "{") {
      const list = this.list(depth + 1);
      return list && { kind: "array", ...list };
    }
    if (this.text[start] === '"') {
      let value = "";
      this.at += 1;
      for (;;) {
        const sign = this.text[this.at];
        if (sign === undefined) return undefined;
        if (sign === '"') break;
        if (sign === "\\") this.at += 1;
        value += this.text[this.at] ?? "";
        this.at += 1;
      }
      this.at += 1;
      return { kind: "value", value, quoted: true, start, end: this.at };
    }
    while (this.at < this.text.length && !'{},"\\'.includes(this.text[this.at] ?? "")) this.at += 1;
    const value = this.text.slice(start, this.at);
    if (value === "") return undefined;
    return /^null$/i.test(value)
      ? { kind: "null", start, end: this.at }
      : { kind: "value", value, quoted: false, start, end: this.at };
  }
}

/** `undefined` where the text is not printed this way: then it is edited as a text. */
export function arrayOf(text: string): ArrayText | undefined {
  const bounds = /^(?:\[-?\d+:-?\d+\])+=/.exec(text)?.[0].length ?? 0;
  const reader = new Reader(text, bounds);
  const list = reader.list(1);
  return list && reader.at === text.length ? list : undefined;
}

/** An element as the server reads it back: in quotes where it must be. */
export function elementText(value: string): string {
  const plain = value !== "" && !/^null$/i.test(value) && !/[{}",\\\s]/.test(value);
  return plain ? value : `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/** With another element in the place of one; `null` is NULL. */
export const withElement = (text: string, item: ArrayItem, value: string | null): string =>
  text.slice(0, item.start) + (value === null ? "NULL" : elementText(value)) + text.slice(item.end);

/** Bounds say how many there are: with more or fewer, a text that has them would lie. */
export const hasBounds = (text: string): boolean => text.startsWith("[");

export function withoutElement(text: string, list: ArrayText, index: number): string {
  const item = list.items[index];
  if (!item) return text;
  const next = list.items[index + 1];
  const before = list.items[index - 1];
  if (before) return text.slice(0, before.end) + text.slice(item.end);
  if (next) return text.slice(0, item.start) + text.slice(next.start);
  return text.slice(0, item.start) + text.slice(item.end);
}

export function withNewElement(text: string, list: ArrayText, value: string | null): string {
  const put = value === null ? "NULL" : elementText(value);
  const last = list.items.at(-1);
  return last
    ? `${text.slice(0, last.end)},${put}${text.slice(last.end)}`
    : text.slice(0, list.start + 1) + put + text.slice(list.end - 1);
}

/** With two neighbours in each other's place. */
export function withSwapped(text: string, list: ArrayText, index: number): string {
  const first = list.items[index];
  const second = list.items[index + 1];
  if (!first || !second) return text;
  return (
    text.slice(0, first.start) +
    text.slice(second.start, second.end) +
    text.slice(first.end, second.start) +
    text.slice(first.start, first.end) +
    text.slice(second.end)
  );
}
