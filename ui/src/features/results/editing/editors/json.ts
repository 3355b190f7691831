/**
 * JSON as a tree over its own text. Every node knows where it stands; an edit replaces that part and nothing else, so that
 * numbers keep their digits, keys their order and doubles, and blanks stay. Nothing is ever read with JSON.parse.
 */

export type JsonNode = { readonly start: number; readonly end: number } & (
  | { readonly kind: "object"; readonly members: readonly Member[] }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "string" | "number" | "boolean" | "null" }
);

export interface Member {
  /** The key's place, quotes included. */
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: JsonNode;
}

export type Parsed =
  | { readonly ok: true; readonly root: JsonNode }
  | { readonly ok: false; readonly message: string; readonly line: number; readonly column: number };

class Wrong extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Deeper ones are texts to the tree: no recursion of a stranger's choosing. */
const DEEPEST = 400;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them within a text.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;

class Parser {
  private at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  parse(): JsonNode {
    this.space();
    const root = this.value(0);
    this.space();
    if (this.at < this.text.length) throw new Wrong("something stands after the value", this.at);
    return root;
  }

  private space() {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.exec(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private value(depth: number): JsonNode {
    if (depth > DEEPEST) throw new Wrong("it is nested too deep to show as a tree", this.at);
    const start = this.at;
    const sign = this.text[start];
    if (sign === "{") return this.object(depth);
    if (sign === "[") return this.array(depth);
    if (sign === '"') {
      if (!this.match(STRING)) throw new Wrong("this text does not end, or holds a sign it must escape", start);
      return { kind: "string", start, end: this.at };
    }
    for (const [word, kind] of [
      ["true", "boolean"],
      ["false", "boolean"],
      ["null", "null"],
    ] as const)
      if (this.text.startsWith(word, start)) {
        this.at += word.length;
        return { kind, start, end: this.at };
      }
    if (this.match(NUMBER)) return { kind: "number", start, end: this.at };
    throw new Wrong(start >= this.text.length ? "a value is missing at the end" : "this is no value", start);
  }

  private object(depth: number): JsonNode {
    const start = this.at;
    const members: Member[] = [];
    this.at += 1;
    this.space();
    if (this.text[this.at] === "}") {
      this.at += 1;
      return { kind: "object", start, end: this.at, members };
    }
    for (;;) {
      const keyStart = this.at;
      if (this.text[keyStart] !== '"' || !this.match(STRING)) throw new Wrong("a key in quotes is missing", keyStart);
      const keyEnd = this.at;
      this.space();
      if (this.text[this.at] !== ":") throw new Wrong("a colon is missing", this.at);
      this.at += 1;
      this.space();
      members.push({ keyStart, keyEnd, value: this.value(depth + 1) });
      this.space();
      const next = this.text[this.at];
      this.at += 1;
      if (next === "}") return { kind: "object", start, end: this.at, members };
      if (next !== ",") throw new Wrong("a comma or } is missing", this.at - 1);
      this.space();
    }
  }

  private array(depth: number): JsonNode {
    const start = this.at;
    const items: JsonNode[] = [];
    this.at += 1;
    this.space();
    if (this.text[this.at] === "]") {
      this.at += 1;
      return { kind: "array", start, end: this.at, items };
    }
    for (;;) {
      items.push(this.value(depth + 1));
      this.space();
      const next = this.text[this.at];
      this.at += 1;
      if (next === "]") return { kind: "array", start, end: this.at, items };
      if (next !== ",") throw new Wrong("a comma or ] is missing", this.at - 1);
      this.space();
    }
  }
}

export function jsonOf(text: string): Parsed {
  try {
    return { ok: true, root: new Parser(text).parse() };
  } catch (thrown) {
    if (!(thrown instanceof Wrong)) throw thrown;
    const before = text.slice(0, thrown.at);
    const line = before.split("\n").length;
    return { ok: false, message: thrown.message, line, column: thrown.at - before.lastIndexOf("\n") };
  }
}

const spliced = (text: string, start: number, end: number, put: string): string =>
  text.slice(0, start) + put + text.slice(end);

/** With another value in a node's place. */
export const withValue = (text: string, node: { start: number; end: number }, lexeme: string): string =>
  spliced(text, node.start, node.end, lexeme);

/** What a JSON text says, for a person; escapes are written out. Only for keys and strings that are shown. */
export function stringOf(text: string, start: number, end: number): string {
  return text
    .slice(start + 1, end - 1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, sign: string) =>
      code ? String.fromCharCode(Number.parseInt(code, 16)) : (ESCAPES[sign] ?? sign),
    );
}

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** A text as JSON writes it; only what must be is escaped. */
export function lexemeOf(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON escapes.
  const escaped = value.replace(/["\\\u0000-\u001f]/g, (sign) => {
    const short = { '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t" }[sign];
    return short ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}

/** Whether a typed text is a value by itself: a number, a word, a text in quotes, or a structure. */
export const isLexeme = (text: string): boolean => jsonOf(text).ok;

/** Without a part of a list; the comma before it goes too, or the one after the first. */
export function without(text: string, parts: readonly { start: number; end: number }[], index: number): string {
  const part = parts[index];
  if (!part) return text;
  const next = parts[index + 1];
  const before = parts[index - 1];
  if (before) return spliced(text, before.end, part.end, "");
  if (next) return spliced(text, part.start, next.start, "");
  return spliced(text, part.start, part.end, "");
}

/** With one more part at the end of a list, laid out as the ones before it. */
export function withPart(
  text: string,
  list: { start: number; end: number },
  parts: readonly { start: number; end: number }[],
  put: string,
): string {
  const last = parts.at(-1);
  if (!last) return spliced(text, list.start + 1, list.end - 1, put);
  const previous = parts.at(-2);
  const gap = previous ? text.slice(previous.end, last.start) : ", ";
  return spliced(text, last.end, last.end, (/^\s*,\s*$/.test(gap) ? gap : ", ") + put);
}

/** Members as parts: from the key to the value's end. */
export const partsOf = (members: readonly Member[]): readonly { start: number; end: number }[] =>
  members.map((member) => ({ start: member.keyStart, end: member.value.end }));
