/**
 * What is staged of a schema in the fake host: objects as they are, groups of edits, and the objects as they would be. Read roughly, as
 * far as looks and tests need; the core does all of it well.
 */
import type {
  ObjectRef,
  StructureChange,
  StructureCheckForm,
  StructureColumnForm,
  StructureEdit,
  StructureForeignKeyForm,
  StructureGrant,
  StructureGroup,
  StructureIndexForm,
  StructureKeyForm,
  StructureLastApply,
  StructureObject,
  StructurePartitions,
} from "../bindings";
import { tableOf } from "./catalog";
import { boundText, divided, dividedText } from "./structurePartitions";
import { refuse, tablesOf, type World } from "./world";

interface Part<Form> {
  /** Its name there; `null` where it is new. */
  readonly origin: string | null;
  readonly before: string;
  name: string;
  form: Form;
}

interface Column {
  readonly origin: StructureColumnForm | null;
  form: StructureColumnForm;
  gone: boolean;
}

/** An object as it would be. */
export interface FakeObject {
  /** As it is there; `null` where it is new. */
  readonly origin: ObjectRef | null;
  object: ObjectRef;
  kind: string;
  gone: boolean;
  touched: boolean;
  comment: string | null;
  owner: string | null;
  grants: StructureGrant[];
  row_security: [boolean, boolean] | null;
  columns: Column[];
  keys: (Part<StructureKeyForm> & { gone: boolean })[];
  checks: (Part<StructureCheckForm> & { gone: boolean })[];
  foreign_keys: (Part<StructureForeignKeyForm> & { gone: boolean })[];
  indexes: (Part<StructureIndexForm> & { gone: boolean })[];
  partitions: StructurePartitions | null;
  /** What is not a table, as the edit that makes it. */
  edit: StructureEdit | null;
}

export interface FakeGroup extends StructureGroup {
  readonly edits: readonly StructureEdit[];
}

export interface FakeStructure {
  groups: FakeGroup[];
  undone: FakeGroup[];
  readonly applied: Map<number, readonly FakeGroup[]>;
  /** What was applied: it is there now. */
  base: readonly StructureEdit[];
  last: StructureLastApply | null;
  next: number;
  /** What the next apply answers, for looks: each once. */
  answers: ("locked" | "refused" | "stale" | "confirm")[];
}

const KEPT = new WeakMap<World, Map<string, FakeStructure>>();

export function structureOf(world: World, profileId: string): FakeStructure {
  const all = KEPT.get(world) ?? new Map<string, FakeStructure>();
  KEPT.set(world, all);
  const known = all.get(profileId) ?? {
    groups: [],
    undone: [],
    applied: new Map(),
    base: [],
    last: null,
    next: 1,
    answers: [],
  };
  all.set(profileId, known);
  return known;
}

export const NEW_COLUMN: StructureColumnForm = {
  name: "",
  native_type: "text",
  nullable: true,
  default: null,
  numbering: null,
  generated: null,
  stored: true,
  collation: null,
  comment: null,
  convert: null,
};

const keyOf = ({ schema, kind, name }: ObjectRef) => JSON.stringify([schema, kind === "relation" ? "" : kind, name]);
const part = (table: ObjectRef, kind: string, name: string): ObjectRef => ({
  ...table,
  kind,
  name,
  signature: table.name,
});

/** A partition that is there: the catalog of this world does not list it by itself. */
function partitionThere(world: World, profileId: string, object: ObjectRef): FakeObject | null {
  const [, parent, year] = /^(\w+)_(\d{4})$/.exec(object.name) ?? [];
  if (parent === undefined || year === undefined) return null;
  const own = { ...object, schema: object.schema ?? "public" };
  const table = tablesOf(world, profileId).find((each) => each.name === parent && each.kind === "partitioned table");
  if (!table) return null;
  const whole = divided({ ...own, name: parent });
  const part = whole.partitions.find(({ name }) => name === object.name);
  if (!part) return null;
  const found = tableThere(world, profileId, { ...own, name: parent });
  const of: [ObjectRef, string] = [{ ...own, name: parent }, part.bound];
  return {
    ...found,
    origin: own,
    object: own,
    kind: "partition",
    partitions: { by: part.by, form: null, partitions: [], of },
  };
}

/** A table as it is there. */
function tableThere(world: World, profileId: string, object: ObjectRef): FakeObject {
  const table = tableOf(world, profileId, object);
  const own: ObjectRef = { ...object, schema: table.schema, kind: "relation", name: table.name, signature: null };
  const primary = table.columns.filter((column) => column.primaryKey).map(({ name }) => name);
  const view = table.kind.includes("view");
  const kept = <Form>(name: string, form: Form) => ({
    origin: name,
    before: JSON.stringify(form),
    name,
    form,
    gone: false,
  });
  const columns = table.columns.map((column) => {
    const form: StructureColumnForm = {
      ...NEW_COLUMN,
      name: column.name,
      native_type: column.type,
      nullable: column.nullable,
      default: column.defaultValue ?? null,
      numbering: column.primaryKey && column.type === "bigint" ? "always" : null,
      comment: column.comment ?? null,
    };
    return { origin: form, form: { ...form }, gone: false };
  });
  const text = `CREATE VIEW ${own.schema ?? "public"}.${own.name} AS\nSELECT o.id, o.total\n  FROM public.orders o\n WHERE o.status = 'late'`;
  return {
    origin: own,
    object: own,
    kind: table.kind,
    gone: false,
    touched: false,
    comment: table.comment ?? null,
    owner: "shop",
    grants: [
      { grantee: "app", column: null, privilege: "SELECT", grantable: false },
      { grantee: "app", column: null, privilege: "INSERT", grantable: false },
      { grantee: "reporting", column: null, privilege: "SELECT", grantable: true },
    ],
    row_security: view ? null : [table.name === "orders", false],
    columns,
    keys: view ? [] : [kept(`${table.name}_pkey`, { name: `${table.name}_pkey`, primary: true, columns: primary })],
    checks:
      table.name === "orders"
        ? [kept("orders_total_check", { name: "orders_total_check", expression: "total >= 0" })]
        : [],
    foreign_keys: table.columns.flatMap(({ name, references }) => {
      if (!references) return [];
      const [other = "", column = "id"] = references.split(".").slice(-2);
      const called = `${table.name}_${name}_fkey`;
      return [
        kept(called, {
          name: called,
          columns: [name],
          references: { ...own, name: other },
          referenced_columns: [column],
          on_delete: "no_action" as const,
          on_update: "no_action" as const,
          deferrable: null,
        }),
      ];
    }),
    indexes:
      table.name === "orders"
        ? [
            kept("orders_placed_at_idx", {
              name: "orders_placed_at_idx",
              unique: false,
              method: "btree",
              keys: [{ text: "placed_at", expression: false, descending: true, nulls_first: null }],
              included: ["status"],
              predicate: "status <> 'cancelled'",
            }),
          ]
        : [],
    partitions: table.kind === "partitioned table" ? divided(own) : null,
    edit: view ? { edit: "text", object: own, schema: own.schema, text } : null,
  };
}

/** What is no relation, as it is there. */
function otherThere(object: ObjectRef): FakeObject {
  const { schema, name } = object;
  if (object.kind === "role") {
    const role = {
      login: true,
      superuser: false,
      create_database: false,
      create_role: false,
      inherit: true,
      replication: false,
      bypass_row_security: false,
      connection_limit: 20,
      valid_until: null,
      member_of: [
        { role: name === "reporting" ? "pg_read_all_data" : "reporting", admin: false, inherit: true, set: true },
      ],
    };
    return made(object, "role", { edit: "role", object, name, role }, object);
  }
  const text = `CREATE OR REPLACE FUNCTION ${schema ?? "public"}.${name}(${object.signature ?? ""})\n RETURNS integer\n LANGUAGE sql\nAS $$ SELECT 1 $$`;
  const edit: StructureEdit =
    object.kind === "type"
      ? { edit: "enum", object, schema, name, labels: ["draft", "placed", "shipped", "cancelled"] }
      : object.kind === "sequence"
        ? {
            edit: "sequence",
            object,
            schema,
            name,
            start: "1",
            increment: "1",
            minimum: "1",
            maximum: "9223372036854775807",
            cycle: false,
          }
        : object.kind === "schema"
          ? { edit: "create_schema", name }
          : object.kind === "extension"
            ? { edit: "create_extension", name, schema }
            : { edit: "text", object, schema, text };
  return made(object, { type: "enum", routine: "function" }[object.kind] ?? object.kind, edit, object);
}

function made(object: ObjectRef, kind: string, edit: StructureEdit | null, origin: ObjectRef | null): FakeObject {
  return {
    origin,
    object,
    kind,
    gone: false,
    touched: false,
    comment: null,
    owner: "shop",
    grants: [],
    row_security: kind === "table" ? [false, false] : null,
    columns: [],
    keys: [],
    checks: [],
    foreign_keys: [],
    indexes: [],
    partitions: null,
    edit,
  };
}

/** Objects as edits make them. */
export class Sketch {
  readonly objects = new Map<string, FakeObject>();

  private readonly world: World;
  private readonly profileId: string;

  constructor(world: World, profileId: string, there: readonly StructureEdit[], staged: readonly StructureEdit[]) {
    this.world = world;
    this.profileId = profileId;
    for (const edit of there) this.take(edit);
    this.settle();
    for (const edit of staged) this.take(edit);
  }

  /** What was done so far is there. */
  private settle(): void {
    for (const [key, each] of this.objects) {
      if (each.gone) this.objects.delete(key);
      const kept = (parts: { origin: string | null; before: string; name: string; form: unknown; gone: boolean }[]) =>
        parts
          .filter(({ gone }) => !gone)
          .map((one) => ({ ...one, origin: one.name, before: JSON.stringify(one.form) }));
      Object.assign(each, {
        origin: each.object,
        touched: false,
        columns: each.columns
          .filter(({ gone }) => !gone)
          .map(({ form }) => ({ origin: { ...form, convert: null }, form: { ...form, convert: null }, gone: false })),
        keys: kept(each.keys),
        checks: kept(each.checks),
        foreign_keys: kept(each.foreign_keys),
        indexes: kept(each.indexes),
      });
    }
  }

  /** An object by the name it would have, or has. */
  find(object: ObjectRef): FakeObject {
    const known = this.objects.get(keyOf(object));
    if (known) return known;
    const moved = [...this.objects.values()].find(({ origin }) => origin && keyOf(origin) === keyOf(object));
    if (moved) return moved;
    const fresh =
      object.kind === "relation"
        ? (partitionThere(this.world, this.profileId, object) ?? tableThere(this.world, this.profileId, object))
        : otherThere({ ...object });
    this.objects.set(keyOf(object), fresh);
    return fresh;
  }

  private touch(object: ObjectRef): FakeObject {
    const found = this.find(object);
    found.touched = true;
    return found;
  }

  private add(object: ObjectRef, kind: string, edit: StructureEdit | null): FakeObject {
    if (this.objects.has(keyOf(object))) refuse("already_exists", `There is ${object.name} already.`);
    const fresh = made(object, kind, edit, null);
    fresh.touched = true;
    this.objects.set(keyOf(object), fresh);
    return fresh;
  }

  private ref(schema: string | null, kind: string, name: string): ObjectRef {
    if (name.trim() === "") refuse("invalid_statement", "The name is missing.");
    return { database: "shop", schema: schema ?? "public", kind, name, signature: null };
  }

  private drop(object: ObjectRef): void {
    const parts = { index: "indexes", constraint: "", column: "columns" } as const;
    if (object.kind in parts && object.signature !== null) {
      const table = this.touch({ ...object, kind: "relation", name: object.signature, signature: null });
      for (const column of table.columns)
        if (object.kind === "column" && column.form.name === object.name) column.gone = true;
      for (const list of [table.keys, table.checks, table.foreign_keys, table.indexes])
        for (const each of list) if (object.kind !== "column" && each.name === object.name) each.gone = true;
      table.columns = table.columns.filter(({ gone, origin }) => !gone || origin);
      table.keys = table.keys.filter(({ gone, origin }) => !gone || origin);
      table.checks = table.checks.filter(({ gone, origin }) => !gone || origin);
      table.foreign_keys = table.foreign_keys.filter(({ gone, origin }) => !gone || origin);
      table.indexes = table.indexes.filter(({ gone, origin }) => !gone || origin);
      return;
    }
    const found = this.touch(object);
    found.gone = true;
    const parent = found.partitions?.of?.[0];
    const listed = parent ? this.touch(parent).partitions : null;
    if (listed)
      listed.partitions = listed.partitions.flatMap((each) =>
        each.name !== object.name ? [each] : found.origin === null ? [] : [{ ...each, change: "removed" as const }],
      );
    if (found.origin === null) this.objects.delete(keyOf(object));
  }

  private take(edit: StructureEdit): void {
    switch (edit.edit) {
      case "create_table": {
        const table = this.add(this.ref(edit.schema, "relation", edit.name), "table", null);
        table.comment = edit.comment;
        table.row_security = [edit.row_security, false];
        table.columns = edit.columns.map((form) => ({ origin: null, form: { ...form }, gone: false }));
        if (edit.primary_key.length > 0) {
          const name = `${edit.name}_pkey`;
          const form = { name, primary: true, columns: edit.primary_key };
          table.keys.push({ origin: null, before: "", name, form, gone: false });
        }
        if (edit.partition_by)
          table.partitions = { by: dividedText(edit.partition_by), form: edit.partition_by, partitions: [], of: null };
        return;
      }
      case "rename": {
        const found = this.touch(edit.object);
        this.objects.delete(keyOf(found.object));
        found.object = { ...found.object, name: edit.name };
        this.objects.set(keyOf(found.object), found);
        return;
      }
      case "drop":
        this.drop(edit.object);
        return;
      case "comment":
        this.touch(edit.object).comment = edit.text;
        return;
      case "column": {
        const table = this.touch(edit.table);
        const { name, native_type } = edit.column;
        if (name.trim() === "") refuse("invalid_statement", "A column needs a name.");
        if (native_type.trim() === "") refuse("invalid_statement", `The column ${name} needs a type.`);
        const known = table.columns.find(({ form }) => form.name === edit.name);
        if (table.columns.some((each) => each !== known && each.form.name === name && !each.gone))
          refuse("already_exists", `There is a column ${name} already.`);
        if (edit.name === null) table.columns.push({ origin: null, form: { ...edit.column }, gone: false });
        else if (known) known.form = { ...edit.column };
        return;
      }
      case "key":
        this.part(edit.table, "keys", edit.name, edit.key, edit.key.primary ? "pkey" : "key", edit.key.columns);
        return;
      case "check":
        if (edit.check.expression.trim() === "") refuse("invalid_statement", "A check needs an expression.");
        this.part(edit.table, "checks", edit.name, edit.check, "check", []);
        return;
      case "foreign_key":
        this.part(edit.table, "foreign_keys", edit.name, edit.key, "fkey", edit.key.columns);
        return;
      case "index":
        this.part(
          edit.table,
          "indexes",
          edit.name,
          edit.index,
          "idx",
          edit.index.keys.map(({ text }) => text),
        );
        return;
      case "row_security":
        this.touch(edit.table).row_security = [edit.enabled, edit.forced];
        return;
      case "owner":
        this.touch(edit.object).owner = edit.owner;
        return;
      case "grants":
        this.touch(edit.object).grants = edit.grants;
        return;
      case "text": {
        if (edit.object) {
          this.touch(edit.object).edit = edit;
          return;
        }
        const [, word = "view", name = ""] =
          /create\s+(?:or\s+replace\s+)?(materialized\s+view|view|function|procedure|trigger)\s+(?:\w+\.)?(\w+)/i.exec(
            edit.text,
          ) ?? [];
        if (name === "") refuse("invalid_statement", "This is not one CREATE statement.");
        const kind = word.toLowerCase().replace(/\s+/, " ");
        const isRoutine = kind === "function" || kind === "procedure";
        const object = this.ref(edit.schema, isRoutine ? "routine" : kind === "trigger" ? "trigger" : "relation", name);
        this.add(object, kind, { ...edit, object });
        return;
      }
      case "create_partition": {
        const { table, name, bound, partition_by } = edit;
        const made_ = this.add(this.ref(edit.schema ?? table.schema, "relation", name), "partition", null);
        const by = partition_by ? dividedText(partition_by) : null;
        made_.partitions = { by, form: partition_by, partitions: [], of: [table, boundText(bound)] };
        made_.row_security = [edit.row_security, false];
        const change = "added" as const;
        this.touch(table).partitions?.partitions.push({
          object: made_.object,
          name,
          bound: boundText(bound),
          by,
          change,
        });
        return;
      }
      case "attach_partition": {
        const { table, partition, bound } = edit;
        const found = this.touch(partition);
        found.partitions = { by: null, form: null, partitions: [], of: [table, boundText(bound)] };
        found.columns = [];
        const one = { object: partition, name: partition.name, bound: boundText(bound), by: null };
        this.touch(table).partitions?.partitions.push({ ...one, change: "changed" });
        return;
      }
      case "detach_partition": {
        const found = this.touch(edit.partition);
        const parent = found.partitions?.of?.[0];
        if (parent) this.touch(parent);
        found.partitions = null;
        for (const each of this.objects.values())
          if (each.partitions && (!parent || each.object.name === parent.name))
            each.partitions.partitions = each.partitions.partitions.filter(({ name }) => name !== edit.partition.name);
        return;
      }
      case "role": {
        const { name } = edit;
        if (name.trim() === "") refuse("invalid_statement", "The role needs a name.");
        if (edit.object) this.touch(edit.object).edit = edit;
        else this.add({ database: null, schema: null, kind: "role", name, signature: null }, "role", edit);
        return;
      }
      case "create_schema":
        this.add({ ...this.ref(null, "schema", edit.name), schema: null }, "schema", edit);
        return;
      case "create_extension":
        this.add({ ...this.ref(null, "extension", edit.name), schema: null }, "extension", edit);
        return;
      case "enum":
      case "domain":
      case "sequence": {
        const kind = edit.edit === "sequence" ? "sequence" : "type";
        if (edit.object) {
          const found = this.touch(edit.object);
          found.edit = edit;
        } else this.add(this.ref(edit.schema, kind, edit.name), edit.edit, edit);
        return;
      }
      default:
        return;
    }
  }

  private part<Form extends { name: string | null }>(
    on: ObjectRef,
    list: "keys" | "checks" | "foreign_keys" | "indexes",
    name: string | null,
    form: Form,
    end: string,
    columns: readonly string[],
  ): void {
    const table = this.touch(on);
    const own = form.name ?? [table.object.name, ...columns, end].join("_").replaceAll(/\W+/g, "_");
    const parts = table[list] as unknown as (Part<Form> & { gone: boolean })[];
    if (list !== "checks" && columns.length === 0) refuse("invalid_statement", "Choose at least one column.");
    const known = parts.find((each) => each.name === name);
    if (name === null) parts.push({ origin: null, before: "", name: own, form: { ...form, name: own }, gone: false });
    else if (known) Object.assign(known, { form: { ...form, name: own }, name: own });
  }

  /** What differs from what is there. */
  changed(): StructureObject[] {
    return [...this.objects.values()].flatMap((each): StructureObject[] => {
      const change = changeOf(each);
      if (!each.touched || change === null) return [];
      const was = each.origin && each.origin.name !== each.object.name ? each.origin.name : null;
      return [{ object: each.object, change, was }];
    });
  }
}

export const changeOf = (each: FakeObject): StructureChange | null =>
  each.gone ? "removed" : each.origin === null ? "added" : each.touched ? "changed" : null;

export const partRef = part;

/** Everything that was done, and what is staged on it. */
export function sketchOf(world: World, profileId: string, staged = true): Sketch {
  const { base, groups } = structureOf(world, profileId);
  return new Sketch(world, profileId, base, staged ? groups.flatMap(({ edits }) => edits) : []);
}
