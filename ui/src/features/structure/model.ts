/** Staged changes of a schema, pure: words, forms at first, and what fits what. */
import type { Becoming } from "@/design";
import type {
  ObjectRef,
  StructureAbilities,
  StructureAction,
  StructureColumn,
  StructureColumnForm,
  StructureDraft,
  StructureForeignKeyForm,
  StructureGroup,
  StructureIndexForm,
  StructurePage,
} from "@/ipc";

/** A database of a connection; `null` is the connection's own. */
export interface Place {
  readonly profileId: string;
  readonly database: string | null;
}

export const SECTIONS = [
  "columns",
  "keys",
  "foreign_keys",
  "indexes",
  "checks",
  "triggers",
  "partitions",
  "general",
  "sql",
] as const;
export type Section = (typeof SECTIONS)[number];

export const SECTION_WORDS: Readonly<Record<Section, string>> = {
  columns: "Columns",
  keys: "Keys",
  foreign_keys: "Foreign keys",
  indexes: "Indexes",
  checks: "Checks",
  triggers: "Triggers",
  partitions: "Partitions",
  general: "General",
  sql: "SQL",
};

/** What can be said of an object: a table has parts, everything else a form or a text. */
export function sectionsOf(page: StructurePage, abilities: StructureAbilities): readonly Section[] {
  if (page.edit !== null && page.kind === "materialized view") return ["general", "indexes", "sql"];
  if (page.edit !== null) return ["general", "sql"];
  const triggers = page.triggers.length > 0 || abilities.kinds.includes("trigger");
  // Where partitions are tables, a table is divided from when it is made or never.
  const partitions = page.partitions !== null || abilities.partitions?.tables === false;
  return SECTIONS.filter((section) => (section !== "triggers" || triggers) && (section !== "partitions" || partitions));
}

/** How many there are of what a section shows; null where nothing is counted. */
export function countOf(page: StructurePage, section: Section): number | null {
  const left = (parts: readonly { readonly change: string | null }[]) =>
    parts.filter(({ change }) => change !== "removed").length;
  switch (section) {
    case "columns":
      return left(page.columns);
    case "keys":
      return left(page.keys);
    case "foreign_keys":
      return left(page.foreign_keys);
    case "indexes":
      return left(page.indexes);
    case "checks":
      return left(page.checks);
    case "triggers":
      return left(page.triggers);
    case "partitions":
      return left(page.partitions?.partitions ?? []);
    default:
      return null;
  }
}

export const emptyColumn = ({ types }: Pick<StructureAbilities, "types">): StructureColumnForm => ({
  name: "",
  native_type: types.find((type) => type.toLowerCase() === "text") ?? types[0] ?? "text",
  nullable: true,
  default: null,
  numbering: null,
  generated: null,
  stored: true,
  collation: null,
  comment: null,
  convert: null,
});

/** A numbered key, as most tables begin. */
export function firstColumn(abilities: StructureAbilities): StructureColumnForm {
  const whole = /^(bigint|integer|int)$/i;
  const native_type = abilities.types.find((type) => whole.test(type)) ?? abilities.types[0] ?? "integer";
  const numbering = abilities.numbering ? "always" : null;
  return { ...emptyColumn(abilities), name: "id", native_type, nullable: false, numbering };
}

export const emptyIndex = (columns: readonly string[]): StructureIndexForm => ({
  name: null,
  unique: false,
  method: null,
  keys: columns.map((text) => ({ text, expression: false, descending: false, nulls_first: null })),
  included: [],
  predicate: null,
});

export const emptyForeignKey = (from: readonly string[], references: ObjectRef): StructureForeignKeyForm => ({
  name: null,
  columns: [...from],
  references,
  referenced_columns: [],
  on_delete: "no_action",
  on_update: "no_action",
  deferrable: null,
});

export const ACTIONS: readonly { readonly value: StructureAction; readonly label: string }[] = [
  { value: "no_action", label: "No action" },
  { value: "restrict", label: "Restrict" },
  { value: "cascade", label: "Cascade" },
  { value: "set_null", label: "Set null" },
  { value: "set_default", label: "Set default" },
];

/** A text that may be absent: blank is none. */
export const orNone = (text: string): string | null => (text.trim() === "" ? null : text);

export const relation = (table: { schema: string | null; name: string }, database: string | null): ObjectRef => ({
  database,
  schema: table.schema || null,
  kind: "relation",
  name: table.name,
  signature: null,
});

/** A column as an object: its table is what tells namesakes apart. */
export const columnRef = (table: ObjectRef, name: string): ObjectRef => ({
  ...table,
  kind: "column",
  name,
  signature: table.name,
});

/** `schema.name`, or the name alone where there is no schema. */
export const titleOf = ({ schema, name }: { readonly schema: string | null; readonly name: string }): string =>
  schema ? `${schema}.${name}` : name;

/** A table by what was typed for it; null where it says nothing. */
export function tableCalled(text: string, near: ObjectRef, known: readonly ObjectRef[]): ObjectRef | null {
  const words = text.trim();
  if (words === "") return null;
  const exact = known.find((each) => titleOf(each) === words) ?? known.find((each) => each.name === words);
  if (exact) return exact;
  const dot = near.schema === null ? -1 : words.indexOf(".");
  const schema = dot < 0 ? near.schema : words.slice(0, dot);
  return { ...near, kind: "relation", schema, name: dot < 0 ? words : words.slice(dot + 1), signature: null };
}

/** Whether two names are one object's, within a database. */
export const sameObject = (a: ObjectRef, b: ObjectRef): boolean =>
  a.kind === b.kind &&
  a.name === b.name &&
  (a.schema ?? "") === (b.schema ?? "") &&
  (a.signature ?? null) === (b.signature ?? null);

/** The object by its staged name: what was asked for may have another one by now. */
export function stagedName(draft: StructureDraft | undefined, asked: ObjectRef): ObjectRef {
  const found = draft?.objects.find(
    ({ object, was }) =>
      was === asked.name && object.kind === asked.kind && (object.schema ?? "") === (asked.schema ?? ""),
  );
  return found ? { ...asked, name: found.object.name } : asked;
}

/** What a group does, as a shape: its words begin with it. */
export function becomingOf({ label }: Pick<StructureGroup, "label">): Becoming {
  if (/^(add|create|new)\b/i.test(label)) return "added";
  return /^(drop|remove)\b/i.test(label) ? "removed" : "changed";
}

/** Groups about an object, or one of its parts. */
export const groupsOf = (draft: StructureDraft | undefined, object: ObjectRef): readonly StructureGroup[] =>
  (draft?.groups ?? []).filter(({ objects }) =>
    objects.some(
      (each) =>
        (each.schema ?? "") === (object.schema ?? "") && (each.name === object.name || each.signature === object.name),
    ),
  );

export const conflictsOf = (groups: readonly StructureGroup[]): readonly string[] => [
  ...new Set(groups.flatMap(({ conflicts }) => conflicts)),
];

/** Whether values that are there must become those of another type. */
export const retyped = ({ form, was }: StructureColumn): boolean =>
  was !== null && was.native_type.toLowerCase() !== form.native_type.toLowerCase();

/** Why a column cannot be staged as it stands; null where it can. */
export function columnProblem(form: StructureColumnForm, typeless: boolean): string | null {
  if (form.name.trim() === "") return "It needs a name.";
  if (form.native_type.trim() === "" && !typeless) return "It needs a type.";
  if (form.generated !== null && form.default !== null) return "What is computed has no default.";
  if (form.generated !== null && form.numbering !== null) return "What is computed is not numbered.";
  return null;
}

/** What a new table's exposure asks for: row security where untrusted clients reach its schema. */
export const exposed = (abilities: StructureAbilities, schema: string | null): boolean =>
  abilities.row_security && abilities.exposed_schemas.includes(schema ?? abilities.schema ?? "");

/** Kinds of new objects besides tables, with what they are called. */
export const KIND_WORDS: Readonly<Record<string, string>> = {
  table: "table",
  schema: "schema",
  view: "view",
  materialized_view: "materialized view",
  function: "function",
  procedure: "procedure",
  trigger: "trigger",
  enum: "enum",
  domain: "domain",
  sequence: "sequence",
  extension: "extension",
  event: "event",
  role: "role",
};

/** What a text of a new object begins as. */
export const templateOf = (kind: string, schema: string | null, { templates }: StructureAbilities): string =>
  (templates.find((each) => each.kind === kind)?.text ?? "").replaceAll("{schema}", schema ? `${schema}.` : "");

/** Kinds that are written as a text. */
export const isText = (kind: string): boolean =>
  ["view", "materialized_view", "function", "procedure", "trigger", "event"].includes(kind);
