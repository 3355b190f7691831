/** Documents of the fake host: values with their types, read from and written as the shell's texts. */
import type { DocumentPatch, DocumentStyle } from "../bindings";
import { refuse } from "./world";

export type Bson =
  | { readonly type: "object"; readonly fields: readonly (readonly [string, Bson])[] }
  | { readonly type: "array"; readonly items: readonly Bson[] }
  | { readonly type: string; readonly text: string };

export type BsonDocument = Extract<Bson, { readonly type: "object" }>;

export const scalar = (type: string, text: string): Bson => ({ type, text });
export const object = (fields: Readonly<Record<string, Bson>>): BsonDocument => ({
  type: "object",
  fields: Object.entries(fields),
});
export const array = (...items: Bson[]): Bson => ({ type: "array", items });

/** What is in a document or an array, by name. */
export function fieldsOf(value: Bson): readonly (readonly [string, Bson])[] | null {
  if ("fields" in value) return value.fields;
  if ("items" in value) return value.items.map((item, at) => [String(at), item] as const);
  return null;
}

const CALLS: Readonly<Record<string, string>> = {
  ObjectId: "objectId",
  ISODate: "date",
  NumberLong: "long",
  NumberInt: "int",
  NumberDecimal: "decimal",
  Double: "double",
  BinData: "binData",
  UUID: "binData",
  Timestamp: "timestamp",
  MinKey: "minKey",
  MaxKey: "maxKey",
  Code: "javascript",
};
const EXTENDED: Readonly<Record<string, string>> = {
  $oid: "objectId",
  $date: "date",
  $numberLong: "long",
  $numberInt: "int",
  $numberDouble: "double",
  $numberDecimal: "decimal",
};

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  whole(): Bson {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.wrong("What stands behind the value is not understood.");
    return value;
  }

  private wrong(message: string, from = this.at): never {
    return refuse("invalid_statement", message, { range: { from, to: Math.max(from + 1, this.at) } });
  }

  private space(): void {
    const found = /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/.exec(this.text.slice(this.at));
    this.at += found?.[0].length ?? 0;
  }

  private take(pattern: RegExp): string | null {
    const found = pattern.exec(this.text.slice(this.at));
    if (found?.index !== 0) return null;
    this.at += found[0].length;
    return found[0];
  }

  private value(): Bson {
    this.space();
    const from = this.at;
    const sign = this.text[this.at];
    if (sign === undefined) this.wrong("A value is missing at the end.");
    if (sign === "{") return this.document();
    if (sign === "[") {
      this.at += 1;
      const items: Bson[] = [];
      for (this.space(); this.text[this.at] !== "]"; this.space()) {
        items.push(this.value());
        this.space();
        if (this.text[this.at] === ",") this.at += 1;
        else if (this.text[this.at] !== "]") this.wrong("A comma or ] is missing here.");
      }
      this.at += 1;
      return { type: "array", items };
    }
    const quoted = this.take(/^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/);
    if (quoted) return scalar("string", unquoted(quoted));
    const number = this.take(/^-?(?:\d+\.?\d*(?:e[+-]?\d+)?|Infinity|NaN)/i);
    if (number) {
      if (/[.eIN]/.test(number)) return scalar("double", number);
      return scalar(Math.abs(Number(number)) > 2 ** 31 - 1 ? "long" : "int", number);
    }
    const regex = this.take(/^\/(?:[^/\\\n]|\\.)+\/[a-z]*/);
    if (regex) return scalar("regex", regex);
    const word = this.take(/^(?:new\s+)?[A-Za-z_$][\w$]*/)?.replace(/^new\s+/, "");
    if (word === "true" || word === "false") return scalar("bool", word);
    if (word === "null" || word === "undefined") return scalar("null", "null");
    const type = word ? CALLS[word] : undefined;
    const inner = type ? this.take(/^\(([^)]*)\)/) : null;
    if (word && type && inner !== null) {
      const given = inner.slice(1, -1).trim();
      if (type === "binData" || type === "timestamp") return scalar(type, `${word}(${given})`);
      const bare = unquoted(given);
      if (type === "objectId" && !/^[\da-f]{24}$/i.test(bare))
        this.wrong("An ObjectId has 24 hexadecimal digits.", from);
      return scalar(type, bare);
    }
    return this.wrong(word ? `${word} is no value.` : "No value begins here.", from);
  }

  private document(): Bson {
    this.at += 1;
    const fields: [string, Bson][] = [];
    for (this.space(); this.text[this.at] !== "}"; this.space()) {
      const name = this.take(/^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_$][\w$]*)/);
      if (name === null) this.wrong("The name of a field is missing here.");
      this.space();
      if (this.take(/^:/) === null) this.wrong("A colon is missing here.");
      fields.push([/^["']/.test(name) ? unquoted(name) : name, this.value()]);
      this.space();
      if (this.text[this.at] === ",") this.at += 1;
      else if (this.text[this.at] !== "}") this.wrong("A comma or } is missing here.");
    }
    this.at += 1;
    const [only] = fields;
    const extended = only && fields.length === 1 ? EXTENDED[only[0]] : undefined;
    if (only && extended && "text" in only[1]) return scalar(extended, only[1].text);
    return { type: "object", fields };
  }
}

function unquoted(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1);
  return text.startsWith('"') ? (JSON.parse(text.replace(/\n/g, "\\n")) as string) : text;
}

export const readBson = (text: string): Bson => new Reader(text).whole();

/** A value as the shell or as Extended JSON writes it. */
export function writeBson(value: Bson, style: DocumentStyle, indent: string | null = null): string {
  const inner = fieldsOf(value);
  if (inner) {
    const isArray = value.type === "array";
    if (inner.length === 0) return isArray ? "[]" : "{}";
    const deeper = indent === null ? null : `${indent}  `;
    const parts = inner.map(([name, each]) => {
      const text = writeBson(each, style, deeper);
      if (isArray) return text;
      return `${style === "shell" && /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}: ${text}`;
    });
    const [begin, end] = isArray ? "[]" : "{}";
    if (indent === null) return `${begin} ${parts.join(", ")} ${end}`;
    return `${begin}\n${parts.map((part) => `${deeper}${part}`).join(",\n")}\n${indent}${end}`;
  }
  const text = "text" in value ? value.text : "";
  if (value.type === "string") return JSON.stringify(text);
  if (style === "shell") {
    const call = Object.entries(CALLS).find(([, type]) => type === value.type)?.[0];
    switch (value.type) {
      case "objectId":
      case "date":
      case "long":
      case "decimal":
        return `${call}(${JSON.stringify(text)})`;
      case "javascript":
        return `Code(${JSON.stringify(text)})`;
      case "minKey":
      case "maxKey":
        return `${call}()`;
      default:
        return text;
    }
  }
  const wrapped = (name: string) => `{ "${name}": ${JSON.stringify(text)} }`;
  const canonical = style === "canonical";
  switch (value.type) {
    case "int":
      return canonical ? wrapped("$numberInt") : text;
    case "long":
      return canonical ? wrapped("$numberLong") : text;
    case "double":
      return canonical ? wrapped("$numberDouble") : text;
    case "decimal":
      return wrapped("$numberDecimal");
    case "objectId":
      return wrapped("$oid");
    case "date":
      return wrapped("$date");
    default:
      return value.type === "bool" || value.type === "null" ? text : wrapped(`$${value.type}`);
  }
}

/** The text as a value of a type, where it can be one. */
function alike(was: Bson, text: string): Bson {
  const bare = /^(["']).*\1$/.test(text.trim()) ? unquoted(text.trim()) : text;
  const fits: Readonly<Record<string, RegExp>> = {
    string: /^/,
    int: /^-?\d+$/,
    long: /^-?\d+$/,
    double: /^-?\d+(\.\d+)?(e-?\d+)?$/,
    decimal: /^-?\d+(\.\d+)?$/,
    bool: /^(true|false)$/,
    date: /^\d{4}-\d\d-\d\d/,
    objectId: /^[\da-f]{24}$/i,
  };
  return fits[was.type]?.test(bare) ? scalar(was.type, bare) : readBson(text);
}

function at(
  value: Bson,
  path: readonly number[],
  change: (value: Bson, name: string) => readonly [string, Bson] | null,
  name = "",
): Bson {
  const [first, ...rest] = path;
  const inner = fieldsOf(value);
  if (first === undefined || !inner?.[first]) return refuse("not_found", "There is no such field in this document.");
  const next = inner.flatMap((field, place): (readonly [string, Bson])[] => {
    if (place !== first) return [field];
    if (rest.length > 0) return [[field[0], at(field[1], rest, change, name)]];
    const made = change(field[1], field[0]);
    return made ? [made] : [];
  });
  return value.type === "array"
    ? { type: "array", items: next.map(([, item]) => item) }
    : { type: "object", fields: next };
}

const append = (into: Bson, name: string, value: Bson): Bson =>
  "items" in into
    ? { type: "array", items: [...into.items, value] }
    : { type: "object", fields: [...(fieldsOf(into) ?? []), [name, value]] };

function onePatch(now: Bson, patch: DocumentPatch): Bson {
  switch (patch.patch) {
    case "set":
      return at(now, patch.path, (was, name) => [name, patch.alike ? alike(was, patch.text) : readBson(patch.text)]);
    case "remove":
      return at(now, patch.path, () => null);
    case "rename":
      return at(now, patch.path, (was) => [patch.name, was]);
    case "append":
      return patch.path.length === 0
        ? append(now, patch.name, readBson(patch.text))
        : at(now, patch.path, (was, name) => [name, append(was, patch.name, readBson(patch.text))]);
  }
}

export const patched = (document: Bson, patches: readonly DocumentPatch[]): Bson => patches.reduce(onePatch, document);

/** About how many bytes it takes. */
export const bytesOf = (value: Bson): number =>
  fieldsOf(value)?.reduce((sum, [name, each]) => sum + name.length + 2 + bytesOf(each), 5) ??
  ("text" in value ? value.text.length + 5 : 5);

/** The value a dotted path leads to. */
export function valueAt(document: Bson, path: string): Bson | undefined {
  let now: Bson | undefined = document;
  for (const step of path.split(".")) now = now && fieldsOf(now)?.find(([name]) => name === step)?.[1];
  return now;
}
