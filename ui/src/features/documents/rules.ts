/** Rules that documents have to fulfil: what their words mean, and a first one made of a sample. Pure. */
import type { CollectionField, CollectionFields, CollectionRules } from "@/ipc";

export const LEVELS: readonly { readonly value: string; readonly label: string }[] = [
  { value: "strict", label: "Every write" },
  { value: "moderate", label: "Inserts, and updates of documents that fit" },
  { value: "off", label: "No write" },
];

export const ACTIONS: readonly { readonly value: string; readonly label: string }[] = [
  { value: "error", label: "Refuse it" },
  { value: "warn", label: "Accept it, log it" },
  { value: "errorAndLog", label: "Refuse it, log it" },
];

/** The words there are, with one of a newer server among them. */
export const withWord = <T extends { readonly value: string; readonly label: string }>(
  known: readonly T[],
  word: string,
): readonly { readonly value: string; readonly label: string }[] =>
  known.some(({ value }) => value === word) ? known : [...known, { value: word, label: word }];

export const sameRules = (a: CollectionRules, b: CollectionRules): boolean =>
  (a.validator ?? "").trim() === (b.validator ?? "").trim() && a.level === b.level && a.action === b.action;

/** What was kept of rules that are not saved. */
export function readRules(value: unknown): CollectionRules | null {
  if (typeof value !== "object" || value === null) return null;
  const { validator, level, action } = value as Partial<Record<keyof CollectionRules, unknown>>;
  if (typeof level !== "string" || typeof action !== "string") return null;
  return { validator: typeof validator === "string" ? validator : null, level, action };
}

interface Node {
  field: CollectionField | null;
  readonly children: Map<string, Node>;
}

/** A rule that every document of a sample fulfils: what all of them have is required, types are those that were seen. */
export function rulesOf({ fields, sampled }: CollectionFields): string {
  const root: Node = { field: null, children: new Map() };
  for (const field of fields) {
    let node = root;
    for (const step of field.path) {
      const child = node.children.get(step) ?? { field: null, children: new Map() };
      node.children.set(step, child);
      node = child;
    }
    node.field = field;
  }
  return `{\n  $jsonSchema: ${written(schema(root, sampled), "  ")}\n}`;
}

type Written = string | readonly string[] | { readonly [name: string]: Written };

function schema({ field, children }: Node, parents: number): Written {
  const names = field?.types.map(({ native_type }) => native_type) ?? ["object"];
  const type: Written = names.length === 1 ? (names[0] ?? "object") : names;
  const inside = [...children].filter(([name]) => name !== "[]");
  const items = children.get("[]");
  // Of a field that is an object only now and then, what is in it is there as often.
  const objects = field ? (field.types.find(({ native_type }) => native_type === "object")?.times ?? 0) : parents;
  const required = inside.filter(([, child]) => objects > 0 && child.field?.present === objects).map(([name]) => name);
  return {
    bsonType: type,
    ...(required.length > 0 ? { required } : {}),
    ...(inside.length > 0
      ? { properties: Object.fromEntries(inside.map(([name, child]) => [name, schema(child, objects)])) }
      : {}),
    // Elements are not counted one by one, so nothing in them is required.
    ...(items ? { items: schema(items, -1) } : {}),
  };
}

function written(value: Written, indent: string): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each: string) => JSON.stringify(each)).join(", ")}]`;
  const lines = Object.entries(value).map(([name, each]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `${indent}  ${key}: ${written(each, `${indent}  `)}`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${indent}}`;
}
