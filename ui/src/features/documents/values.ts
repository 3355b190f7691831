/** Values of documents as people see and type them. */
import type { DocumentFieldRow } from "@/ipc";

/** Types whose value stands in a call of the shell's: what is between its brackets says it all. */
const CALLED = new Set(["objectId", "date", "long", "decimal", "int", "double", "timestamp"]);

/** What a value looks like in the tree: a text without its quotes, a call's own text. */
export function shownValue({ native_type, text, cut }: Pick<DocumentFieldRow, "native_type" | "text" | "cut">): string {
  if (native_type === "string" && text.startsWith('"')) {
    if (cut) return text.slice(1);
    try {
      const read: unknown = JSON.parse(text);
      return typeof read === "string" ? read : text;
    } catch {
      return text.slice(1, -1);
    }
  }
  if (!CALLED.has(native_type)) return text;
  const inner = /^[A-Za-z]\w*\((['"]?)([^'"()]*)\1\)$/.exec(text);
  return inner?.[2] ?? text;
}

/** As one line: breaks and tabs stand as signs. */
export const oneLine = (text: string): string =>
  /[\r\n\t]/.test(text) ? text.replace(/\r\n|[\r\n]/g, " ⏎ ").replace(/\t/g, " ⇥ ") : text;

/** What stands in the field when a value is edited: as it is shown, or its literal where that would not read back. */
export function editedText(field: Pick<DocumentFieldRow, "native_type" | "text" | "cut">): string {
  const shown = shownValue(field);
  if (field.native_type === "string") {
    const plain = shown !== "" && shown === shown.trim() && !/^["']/.test(shown) && !/\p{Cc}/u.test(shown);
    return plain ? shown : field.text;
  }
  return shown;
}

/** What a value can be made. `keep` is the type it has, `literal` what the text says by itself. */
export const TYPES = [
  "keep",
  "literal",
  "string",
  "int",
  "long",
  "double",
  "decimal",
  "bool",
  "date",
  "objectId",
  "null",
  "object",
  "array",
] as const;
export type TypeChoice = (typeof TYPES)[number];

const quoted = (text: string) => JSON.stringify(text);
const bare = (text: string) => text.trim().replace(/^(["'])([\s\S]*)\1$/, "$2");

/** The literal of a text as a value of another type. */
export function literalOf(text: string, type: TypeChoice): string {
  switch (type) {
    case "keep":
      return text;
    case "literal":
      return text.trim();
    case "string":
      return quoted(text);
    case "int":
      return `NumberInt(${bare(text)})`;
    case "long":
      return `NumberLong(${quoted(bare(text))})`;
    case "double":
      return `Double(${bare(text)})`;
    case "decimal":
      return `NumberDecimal(${quoted(bare(text))})`;
    case "bool":
      return /^(true|yes|1)$/i.test(bare(text)) ? "true" : "false";
    case "date":
      return `ISODate(${quoted(bare(text))})`;
    case "objectId":
      return `ObjectId(${quoted(bare(text))})`;
    case "null":
      return "null";
    case "object":
      return text.trim().startsWith("{") ? text.trim() : "{}";
    case "array":
      return text.trim().startsWith("[") ? text.trim() : `[${text.trim()}]`;
  }
}

/** The look of a value, by its type. */
export function lookOf(native_type: string): string {
  switch (native_type) {
    case "string":
    case "symbol":
      return "string";
    case "int":
    case "long":
    case "double":
    case "decimal":
    case "date":
    case "timestamp":
    case "objectId":
      return "number";
    case "bool":
      return "keyword";
    case "null":
    case "undefined":
      return "null";
    default:
      return "other";
  }
}

/** Why a field's value cannot be edited in its line. */
export function lockedWhy(field: DocumentFieldRow): string | null {
  if (field.cut) return "It is too long to be edited in its line: edit the document as JSON";
  return null;
}

/** Fields whose text may say what a document is about, the most telling first. */
const TELLING = ["name", "title", "label", "subject", "email", "sku", "code", "slug", "key", "type", "kind", "status"];

/** A document in a few words: what it is called, or its first values. */
export function summaryOf(fields: readonly DocumentFieldRow[]): string {
  const texts = fields.filter((field) => field.native_type === "string" && field.text !== '""');
  const telling = TELLING.map((name) => texts.find((field) => field.name.toLowerCase() === name)).find(Boolean);
  if (telling) return oneLine(shownValue(telling).slice(0, 120));
  return fields
    .filter((field) => field.children === null && field.name !== "_id" && field.native_type !== "null")
    .slice(0, 3)
    .map((field) => `${field.name}: ${oneLine(shownValue(field).slice(0, 40))}`)
    .join(", ");
}
