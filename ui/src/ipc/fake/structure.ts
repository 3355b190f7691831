/** Staged changes of a schema in the fake host: pages of objects as they would be, the review, and applying. */
import type {
  ObjectRef,
  StructureAbilities,
  StructureChange,
  StructureColumn,
  StructureDraft,
  StructureEdit,
  StructurePage,
  StructurePart,
  StructureReview,
  StructureRisk,
  StructureStep,
} from "../bindings";
import type { Host } from "../host";
import {
  changeOf,
  type FakeObject,
  type FakeStructure,
  partRef,
  Sketch,
  sketchOf,
  structureOf,
} from "./structureState";
import { labelOf, stepsOf, tableSql } from "./structureWrites";
import { emit, failure, isSqlite, profileOf, refuse, requireOpen, type World, wait } from "./world";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function draftOf({ groups, undone, last }: FakeStructure, sketch: Sketch): StructureDraft {
  return {
    groups: groups.map(({ edits: _, ...group }) => group),
    objects: sketch.changed(),
    undo: groups.at(-1)?.label ?? null,
    redo: undone.at(-1)?.label ?? null,
    last,
  };
}

function columnsOf(table: FakeObject): StructureColumn[] {
  const primary = table.keys.find(({ form, gone }) => form.primary && !gone)?.form.columns ?? [];
  return table.columns.map(({ origin, form, gone }): StructureColumn => {
    const now = { ...form, convert: null };
    const change: StructureChange | null = gone
      ? "removed"
      : origin === null
        ? "added"
        : same(origin, now)
          ? null
          : "changed";
    return {
      form,
      change,
      was: change === "changed" ? origin : null,
      primary: primary.includes(form.name),
      fixed: null,
    };
  });
}

interface FakePart<Form> {
  readonly origin: string | null;
  readonly before: string;
  readonly name: string;
  readonly form: Form;
  readonly gone: boolean;
}

function partsOf<Form>(
  table: FakeObject,
  kind: string,
  parts: readonly FakePart<Form>[],
  text: (form: Form) => string,
) {
  return parts.map(({ origin, before, name, form, gone }): StructurePart<Form> => {
    const changed = before !== JSON.stringify(form);
    return {
      object: partRef(table.object, kind, name),
      form,
      text: text(form),
      change: gone ? "removed" : origin === null ? "added" : changed ? "changed" : null,
      fixed: null,
      comment: null,
    };
  });
}

function pageOf(found: FakeObject): StructurePage {
  const { object, kind, origin, comment, owner, grants, row_security, edit } = found;
  const list = (names: readonly string[]) => `(${names.join(", ")})`;
  const text =
    edit === null
      ? tableSql(found)
      : edit.edit === "text"
        ? `${edit.text};`
        : `-- ${labelOf(edit)}\nCREATE ${kind.toUpperCase()} ${object.name};`;
  return {
    object,
    kind,
    change: changeOf(found),
    was: origin && origin.name !== object.name ? origin.name : null,
    comment,
    owner,
    grants,
    row_security,
    columns: columnsOf(found),
    keys: partsOf(found, "constraint", found.keys, ({ primary, columns }) =>
      primary ? `PRIMARY KEY ${list(columns)}` : `UNIQUE ${list(columns)}`,
    ),
    checks: partsOf(found, "constraint", found.checks, ({ expression }) => `CHECK (${expression})`),
    foreign_keys: partsOf(
      found,
      "constraint",
      found.foreign_keys,
      ({ columns, references, referenced_columns }) =>
        `FOREIGN KEY ${list(columns)} REFERENCES ${references.name}${list(referenced_columns)}`,
    ),
    indexes: partsOf(
      found,
      "index",
      found.indexes,
      ({ unique, method, keys, predicate }) =>
        `CREATE ${unique ? "UNIQUE " : ""}INDEX USING ${method ?? "btree"} ${list(keys.map((key) => key.text))}${predicate ? ` WHERE ${predicate}` : ""}`,
    ),
    triggers:
      object.name === "orders"
        ? [
            {
              object: partRef(object, "trigger", "orders_touch"),
              text: "CREATE TRIGGER orders_touch BEFORE UPDATE ON public.orders\n  FOR EACH ROW EXECUTE FUNCTION touch_updated_at()",
              change: null,
              comment: null,
            },
          ]
        : [],
    policies: [],
    partitions: found.partitions,
    held:
      kind === "role"
        ? ["It owns orders, order_items, shipments and 4 more.", "It has rights on, or is named by, audit."]
        : [],
    edit,
    text,
    referenced_by: object.name === "orders" ? [{ ...object, name: "order_items" }] : [],
  };
}

const TYPES = [
  "bigint",
  "integer",
  "text",
  "boolean",
  "timestamp with time zone",
  "date",
  "numeric(12,2)",
  "uuid",
  "jsonb",
  "character varying(255)",
  "double precision",
  "bytea",
  "public.order_status",
];

function abilitiesOf(world: World, profileId: string): StructureAbilities {
  const sqlite = isSqlite(world, profileId);
  return {
    product: profileOf(world, profileId).driver_label,
    schemas: sqlite ? [] : ["public", "audit", "billing"],
    schema: sqlite ? null : "public",
    transactional: true,
    comments: !sqlite,
    numbering: true,
    numbering_by_default: !sqlite,
    virtual_columns: sqlite,
    typeless_columns: sqlite,
    deferrable: true,
    index_methods: sqlite ? ["btree"] : ["btree", "hash", "gin", "gist", "brin"],
    included_columns: !sqlite,
    partial_indexes: true,
    expression_indexes: true,
    row_security: !sqlite,
    exposed_schemas: sqlite ? [] : ["public"],
    types: sqlite ? ["INTEGER", "TEXT", "REAL", "BLOB", "NUMERIC"] : TYPES,
    collations: sqlite ? ["BINARY", "NOCASE", "RTRIM"] : ["C", "en_US", "und-x-icu"],
    kinds: sqlite
      ? ["table", "view", "trigger"]
      : [
          "schema",
          "table",
          "view",
          "materialized_view",
          "function",
          "procedure",
          "trigger",
          "enum",
          "domain",
          "sequence",
          "extension",
          "role",
        ],
    owners: !sqlite,
    privileges: sqlite
      ? []
      : [
          {
            kind: "relation",
            privileges: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
          },
          { kind: "sequence", privileges: ["USAGE", "SELECT", "UPDATE"] },
          { kind: "routine", privileges: ["EXECUTE"] },
          { kind: "schema", privileges: ["USAGE", "CREATE"] },
          { kind: "type", privileges: ["USAGE"] },
        ],
    converts: true,
    partitions: sqlite ? null : { ways: ["range", "list", "hash"], tables: true, from: true, default: true },
    roles: sqlite ? null : { names: ["app", "reporting", "shop", "pg_read_all_data"], membership_options: true },
    templates: [
      { kind: "view", text: "CREATE VIEW {schema}new_view AS\nSELECT 1 AS one" },
      { kind: "materialized_view", text: "CREATE MATERIALIZED VIEW {schema}new_view AS\nSELECT 1 AS one" },
      {
        kind: "function",
        text: "CREATE FUNCTION {schema}new_function()\n  RETURNS integer\n  LANGUAGE sql\nAS $$\n  SELECT 1\n$$",
      },
      {
        kind: "procedure",
        text: "CREATE PROCEDURE {schema}new_procedure()\n  LANGUAGE sql\nAS $$\n  SELECT 1\n$$",
      },
      {
        kind: "trigger",
        text: "CREATE TRIGGER new_trigger\n  BEFORE UPDATE ON {schema}a_table\n  FOR EACH ROW\n  EXECUTE FUNCTION {schema}a_function()",
      },
    ],
  };
}

/** What an edit is about. */
function aboutOf(edit: StructureEdit): ObjectRef[] {
  if ("table" in edit) return [edit.table];
  if ("object" in edit && edit.object) {
    const { object } = edit;
    const isPart = object.signature !== null && object.kind !== "routine";
    return [isPart ? { ...object, kind: "relation", name: object.signature ?? "", signature: null } : object];
  }
  if (edit.edit === "create_table")
    return [{ database: "shop", schema: edit.schema, kind: "relation", name: edit.name, signature: null }];
  return [];
}

const SHARE_ROWS = 1_204;

export function structureCommands(
  world: World,
): Pick<
  Host,
  | "structureDraft"
  | "structureAbilities"
  | "editStructure"
  | "structurePage"
  | "reviewStructure"
  | "weighStructure"
  | "tryStructure"
  | "applyStructure"
  | "forgetStructureApply"
  | "structureApplied"
> {
  const told = (profileId: string) => {
    const topics = ["structure", "diagrams"] as never[];
    emit(world, { event: "changed", topics, profile_id: profileId });
  };
  const stage = (now: FakeStructure, profileId: string, edits: readonly StructureEdit[]): void => {
    const [first] = edits;
    if (!first) return;
    switch (first.edit) {
      case "undo": {
        const group = now.groups.pop();
        if (group) now.undone.push(group);
        return;
      }
      case "redo": {
        const group = now.undone.pop();
        if (group) now.groups.push(group);
        return;
      }
      case "discard":
        now.groups = now.groups.filter(({ id }) => id !== first.group);
        now.undone = [];
        return;
      case "discard_all":
        now.groups = [];
        now.undone = [];
        return;
      case "take_back": {
        const back = now.applied.get(first.applied) ?? [];
        const taken = new Set(back.flatMap(({ edits: done }) => done));
        now.base = now.base.filter((edit) => !taken.has(edit));
        return;
      }
      default: {
        const before = now.groups.flatMap((group) => group.edits);
        // Refused here, nothing is staged.
        new Sketch(world, profileId, now.base, [...before, ...edits]);
        const objects = edits.flatMap(aboutOf);
        const conflicts = objects.some(({ name }) => name === "shipments")
          ? ["public.shipments was changed meanwhile: it has a column carrier_code now."]
          : [];
        now.groups.push({ id: now.next++, label: labelOf(first), objects, conflicts, edits });
        now.undone = [];
      }
    }
  };
  const planned = (profileId: string, online: readonly ObjectRef[]): StructureReview => {
    const now = structureOf(world, profileId);
    const edits = now.groups.flatMap((group) => group.edits);
    const chosen = new Set(online.map((each) => JSON.stringify(each)));
    const steps = edits.flatMap((edit): StructureStep[] => stepsOf(edit, chosen));
    const alone = steps.some(({ transaction }) => transaction === null);
    const conflict = now.groups.find(({ conflicts }) => conflicts.length > 0);
    const script = (lines: readonly string[], framed: boolean) =>
      framed
        ? `BEGIN;\nSET LOCAL lock_timeout = '2s';\n${lines.map((line) => `${line};\n`).join("")}COMMIT;\n`
        : lines.map((line) => `${line};\n`).join("");
    const back = steps
      .filter(({ unread }) => !unread)
      .map(({ what, sql, loses }) => ({
        sql: `-- takes back: ${what}\n${sql.startsWith("ALTER") ? sql.replace(/ADD (COLUMN|CONSTRAINT) (\S+).*/s, "DROP $1 $2") : sql.replace("CREATE", "DROP").split("\n")[0]}`,
        loses: loses
          ? `The rows are not brought back: ${loses}`
          : sql.includes("ADD COLUMN")
            ? "what was written into it since"
            : null,
      }))
      .toReversed();
    return {
      digest: JSON.stringify(steps.map(({ sql }) => sql)),
      refusal: conflict ? (conflict.conflicts[0] ?? null) : null,
      steps,
      together: !alone,
      script: script(
        steps.map(({ sql }) => sql),
        !alone,
      ),
      back,
      back_script: script(
        back.map(({ sql }) => sql),
        !alone,
      ),
      lossy: back.flatMap(({ loses }) => (loses ? [loses] : [])),
      lock_timeout_ms: 2_000,
      warnings: alone
        ? ["Not all of it is kept together: what runs by itself stays when a later statement fails."]
        : [],
    };
  };
  return {
    structureDraft: async (profileId) => draftOf(structureOf(world, profileId), sketchOf(world, profileId)),
    structureAbilities: async (profileId) => {
      requireOpen(world, profileId);
      return abilitiesOf(world, profileId);
    },
    editStructure: async (profileId, _database, edits) => {
      requireOpen(world, profileId);
      const now = structureOf(world, profileId);
      stage(now, profileId, edits);
      told(profileId);
      return draftOf(now, sketchOf(world, profileId));
    },
    structurePage: async (profileId, _database, object) => {
      requireOpen(world, profileId);
      return structuredClone(pageOf(sketchOf(world, profileId).find(object)));
    },
    reviewStructure: async (profileId, _database, online) => {
      requireOpen(world, profileId);
      return planned(profileId, online);
    },
    weighStructure: async (profileId, _database, _digest, online) => {
      await wait(world.pace * 900);
      return planned(profileId, online).steps.flatMap(({ loses, sql }, step): StructureRisk[] =>
        loses
          ? [
              {
                step,
                words: `${SHARE_ROWS.toLocaleString("en-US")} rows have a value that goes`,
                rows: SHARE_ROWS,
                fails: false,
              },
            ]
          : sql.includes("SET NOT NULL")
            ? [{ step, words: "12 rows are NULL: the statement will fail", rows: 12, fails: true }]
            : [],
      );
    },
    tryStructure: async (profileId, _database, _digest, online) => {
      await wait(world.pace * 300);
      const { together, steps } = planned(profileId, online);
      if (!together)
        return { trial: "impossible", why: "A statement that is kept at once cannot be tried and rolled back." };
      const wrong = steps.findIndex(({ sql }) => /\bmissing_\w+/.test(sql));
      if (wrong < 0) return { trial: "fine", elapsed_ms: 41 };
      const error = failure("invalid_statement", `column "missing" does not exist`);
      return { trial: "refused", error, statement: wrong };
    },
    applyStructure: async (profileId, _database, digest, online, _timeout, confirmed) => {
      requireOpen(world, profileId);
      const now = structureOf(world, profileId);
      const profile = profileOf(world, profileId);
      if (profile.safety === "read_only") refuse("forbidden", "The connection is read-only.");
      const plan = planned(profileId, online);
      if (plan.digest !== digest) return { outcome: "stale" };
      if (profile.environment === "production" && confirmed === null)
        return {
          outcome: "confirm",
          question: {
            digest,
            title: `Change the schema of ${profile.name}: ${plan.steps.length} statements`,
            confirm: "Apply to production",
            connection: profile.name,
            production: true,
            changes: [],
            more: 0,
            notes: [],
            typed: profile.name,
          },
        };
      await wait(world.pace * 400);
      const answer = now.answers.shift();
      if (answer === "stale") return { outcome: "stale" };
      if (answer === "locked")
        return {
          outcome: "locked",
          error: failure("conflict", "The lock on public.orders was not to be had within 2 s."),
          statement: 0,
          kept: 0,
          blockers: [
            {
              session: "4812",
              user: "app",
              application: "checkout",
              statement: "SELECT * FROM orders WHERE id = 42 FOR UPDATE",
              age_ms: 192_000,
            },
          ],
        };
      if (answer === "refused")
        return {
          outcome: "refused",
          error: failure("invalid_statement", `could not create unique index "orders_total_idx"`, {
            hint: "Key (total)=(12.50) is duplicated.",
          }),
          statement: Math.max(0, plan.steps.length - 1),
          kept: plan.together ? 0 : plan.steps.length - 1,
          leftover: plan.together ? null : "DROP INDEX CONCURRENTLY public.orders_total_idx",
        };
      const id = now.next++;
      now.applied.set(id, now.groups);
      now.base = [...now.base, ...now.groups.flatMap(({ edits }) => edits)];
      now.groups = [];
      now.undone = [];
      told(profileId);
      emit(world, { event: "changed", topics: ["catalog"], profile_id: profileId });
      return { outcome: "applied", id, statements: plan.steps.length, elapsed_ms: 31 };
    },
    structureApplied: async () => [],
    forgetStructureApply: async (profileId) => {
      structureOf(world, profileId).last = null;
      told(profileId);
      return null;
    },
  };
}

/** Every table that there is or would be, for whoever draws them. */
export function drawnStructure(world: World, profileId: string) {
  if (structureOf(world, profileId).groups.length + structureOf(world, profileId).base.length === 0) return [];
  const sketch = sketchOf(world, profileId);
  return [...sketch.objects.values()]
    .filter(({ object }) => object.kind === "relation")
    .map((found) => ({ page: pageOf(found) }));
}
