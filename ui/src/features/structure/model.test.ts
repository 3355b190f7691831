import { describe, expect, it } from "vitest";
import { comparable, type ObjectRef, type StructureAbilities, type StructureDraft, type StructurePage } from "@/ipc";
import {
  becomingOf,
  columnProblem,
  columnRef,
  conflictsOf,
  emptyColumn,
  exposed,
  firstColumn,
  groupsOf,
  retyped,
  sameObject,
  sectionsOf,
  stagedName,
  tableCalled,
  templateOf,
} from "./model";

const table = (name: string, schema: string | null = "public"): ObjectRef => ({
  database: "shop",
  schema,
  kind: "relation",
  name,
  signature: null,
});

const abilities: StructureAbilities = {
  product: "PostgreSQL",
  schemas: ["public", "audit"],
  schema: "public",
  transactional: true,
  comments: true,
  numbering: true,
  numbering_by_default: true,
  virtual_columns: false,
  typeless_columns: false,
  deferrable: true,
  index_methods: ["btree"],
  included_columns: true,
  partial_indexes: true,
  expression_indexes: true,
  row_security: true,
  exposed_schemas: ["public"],
  types: ["bigint", "text"],
  collations: [],
  kinds: ["table", "view"],
  owners: true,
  privileges: [{ kind: "relation", privileges: ["SELECT"] }],
  converts: true,
  partitions: { ways: ["range", "list"], tables: true, from: true, default: true },
  roles: null,
  templates: [{ kind: "view", text: "CREATE VIEW {schema}new_view AS\nSELECT * FROM {schema}a_table" }],
};

const draft: StructureDraft = {
  groups: [
    { id: 1, label: "Add column orders.note", objects: [table("orders")], conflicts: [] },
    {
      id: 2,
      label: "Drop index orders.by_day",
      objects: [{ ...table("by_day"), kind: "index", signature: "orders" }],
      conflicts: ["It is gone."],
    },
    { id: 3, label: "Rename items to lines", objects: [table("lines")], conflicts: ["It is gone."] },
  ],
  objects: [{ object: table("lines"), change: "changed", was: "items" }],
  undo: "Rename items to lines",
  redo: null,
  last: null,
};

describe("staged changes of a schema", () => {
  it("knows what becomes of something by what was done", () => {
    expect(draft.groups.map(becomingOf)).toEqual(["added", "removed", "changed"]);
  });

  it("finds what is about a table, its parts too, and why that does not fit any more", () => {
    expect(groupsOf(draft, table("orders")).map(({ id }) => id)).toEqual([1, 2]);
    expect(groupsOf(draft, table("orders", "audit"))).toEqual([]);
    expect(conflictsOf(draft.groups)).toEqual(["It is gone."]);
  });

  it("asks for a renamed table by its new name, whatever the database is called", () => {
    expect(stagedName(draft, { ...table("items"), database: null }).name).toBe("lines");
    expect(stagedName(draft, table("items", "audit")).name).toBe("items");
    expect(stagedName(undefined, table("items")).name).toBe("items");
  });

  it("tells a column from its table's namesakes", () => {
    expect(columnRef(table("orders"), "id")).toEqual({ ...table("id"), kind: "column", signature: "orders" });
    expect(sameObject(table("a"), { ...table("a"), database: null })).toBe(true);
    expect(sameObject(table("a"), { ...table("a"), signature: "x" })).toBe(false);
  });

  it("finds a table by what was typed for it", () => {
    const known = [table("orders"), table("orders", "audit")];
    expect(tableCalled("audit.orders", table("x"), known)).toEqual(table("orders", "audit"));
    expect(tableCalled("orders", table("x"), known)).toEqual(table("orders"));
    expect(tableCalled("audit.fresh", table("x"), known)).toMatchObject({ schema: "audit", name: "fresh" });
    expect(tableCalled(" ", table("x"), known)).toBeNull();
    // Where there are no schemas, a dot is part of the name.
    expect(tableCalled("a.b", table("x", null), [])).toMatchObject({ schema: null, name: "a.b" });
  });

  it("says why a column cannot be staged", () => {
    const column = { ...emptyColumn(abilities), name: "note" };
    expect(columnProblem(column, false)).toBeNull();
    expect(columnProblem({ ...column, name: " " }, false)).toBe("It needs a name.");
    expect(columnProblem({ ...column, native_type: "" }, false)).toBe("It needs a type.");
    expect(columnProblem({ ...column, native_type: "" }, true)).toBeNull();
    expect(columnProblem({ ...column, generated: "a + b", default: "1" }, false)).toMatch(/no default/);
  });

  it("begins a table with a numbered key where the engine numbers", () => {
    expect(firstColumn(abilities)).toMatchObject({ name: "id", native_type: "bigint", numbering: "always" });
    expect(firstColumn({ ...abilities, numbering: false }).numbering).toBeNull();
  });

  it("asks for row security where untrusted clients reach a schema", () => {
    expect(exposed(abilities, "public")).toBe(true);
    expect(exposed(abilities, null)).toBe(true);
    expect(exposed(abilities, "audit")).toBe(false);
    expect(exposed({ ...abilities, row_security: false }, "public")).toBe(false);
  });

  it("asks how values are converted only where the type is another", () => {
    const form = { ...emptyColumn(abilities), name: "a" };
    const column = { form, change: "changed", was: form, primary: false, fixed: null } as const;
    expect(retyped(column)).toBe(false);
    expect(retyped({ ...column, was: { ...form, native_type: "TEXT" } })).toBe(false);
    expect(retyped({ ...column, was: { ...form, native_type: "bigint" } })).toBe(true);
    expect(retyped({ ...column, was: null })).toBe(false);
  });

  it("offers parts for tables, a definition for what a text defines", () => {
    const page: StructurePage = {
      object: table("orders"),
      kind: "table",
      change: null,
      was: null,
      comment: null,
      owner: null,
      grants: [],
      row_security: null,
      columns: [],
      keys: [],
      checks: [],
      foreign_keys: [],
      indexes: [],
      triggers: [],
      policies: [],
      edit: null,
      text: "",
      partitions: null,
      held: [],
      referenced_by: [],
    };
    expect(sectionsOf(page, abilities)).not.toContain("triggers");
    expect(sectionsOf(page, { ...abilities, kinds: ["trigger"] })).toContain("triggers");
    expect(sectionsOf(page, abilities)).not.toContain("partitions");
    const clause = { ways: [], tables: false, from: false, default: false };
    expect(sectionsOf(page, { ...abilities, partitions: clause })).toContain("partitions");
    const partitions = { by: "RANGE (at)", form: null, partitions: [], of: null };
    expect(sectionsOf({ ...page, partitions }, abilities)).toContain("partitions");
    const edit = { edit: "text", object: null, schema: null, text: "" } as const;
    expect(sectionsOf({ ...page, kind: "view", edit }, abilities)).toEqual(["general", "sql"]);
    expect(sectionsOf({ ...page, kind: "materialized view", edit }, abilities)).toContain("indexes");
  });

  it("knows types of one family", () => {
    expect(comparable("integer", "BIGINT")).toBe(true);
    expect(comparable("varchar(20)", "text")).toBe(true);
    expect(comparable("int unsigned", "bigint(20)")).toBe(true);
    expect(comparable("uuid", "text")).toBe(false);
    expect(comparable("timestamp", "timestamp(3)")).toBe(true);
  });

  it("begins texts in the engine's own way", () => {
    expect(templateOf("view", "audit", abilities)).toBe("CREATE VIEW audit.new_view AS\nSELECT * FROM audit.a_table");
    expect(templateOf("view", null, abilities)).toBe("CREATE VIEW new_view AS\nSELECT * FROM a_table");
    expect(templateOf("event", null, abilities)).toBe("");
  });
});
