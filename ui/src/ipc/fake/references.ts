/** Foreign keys of the fake's tables: following them both ways, counting, looking up. */
import type { Followed, LookupPage, LookupRequest, ObjectRef, ReferredRow, RelationLayout } from "../bindings";
import type { Host } from "../host";
import { refTo } from "./catalog";
import { holdOf } from "./holds";
import type { FakeTable } from "./tables";
import { refuse, requireOpen, tablesOf, type World, wait } from "./world";

const CAP = 1_000;
const SHOWN = 50;
/** Rows that are looked at. */
const LOOKED_AT = 20_000;

const named = (world: World, profileId: string, name: string): FakeTable =>
  tablesOf(world, profileId).find((table) => table.name === name) ?? refuse("not_found", `There is no ${name}.`);

const equal = (column: string, value: string) => ({ column, operator: "equal" as const, values: [value] });

const chosen = new WeakMap<World, Map<string, string[]>>();
const layouts = new WeakMap<World, Map<string, RelationLayout>>();
const placeOf = (profileId: string, { database, schema, name }: ObjectRef) =>
  [profileId, database, schema, name].join("/");
const stopped = new WeakMap<World, Set<string>>();

function labelsOf(world: World, object: ObjectRef, table: FakeTable): string[] {
  const own = chosen.get(world)?.get(object.name);
  if (own) return own;
  const texts = table.columns.filter((column) => column.class === "text" && !column.primaryKey);
  const known = texts.filter((column) => /name|title|email/.test(column.name));
  return (known.length ? known.slice(0, 2) : texts.slice(0, 1)).map((column) => column.name);
}

function lookup(world: World, request: LookupRequest): LookupPage {
  requireOpen(world, request.profile_id);
  const table = named(world, request.profile_id, request.object.name);
  if (table.denied)
    refuse("forbidden", `You may not read ${table.name}.`, { hint: `reporting has no SELECT on ${table.name}.` });
  const labels = labelsOf(world, request.object, table);
  const column = (name: string) => table.columns.find((each) => each.name === name);
  const words = request.text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows: LookupPage["rows"] = [];
  for (let row = 0; row < Math.min(table.rows, LOOKED_AT) && rows.length <= SHOWN; row += 1) {
    const key = request.key_columns.map((name) => column(name)?.value(row) ?? null);
    const texts = labels.map((name) => column(name)?.value(row) ?? null);
    const found = words.every(
      (word) =>
        key.some((text) => text?.toLowerCase().startsWith(word)) ||
        texts.some((text) => text?.toLowerCase().includes(word)),
    );
    if (found) rows.push({ key, labels: texts });
  }
  const columns = table.columns.map(({ name, type }) => ({ name, native_type: type }));
  return { labels, columns, rows: rows.slice(0, SHOWN), more: rows.length > SHOWN, elapsed_ms: 9 };
}

export function referenceCommands(
  world: World,
): Pick<
  Host,
  | "followReference"
  | "referencedBy"
  | "countReferences"
  | "lookup"
  | "keepLookupLabels"
  | "stopAsking"
  | "relationLayout"
  | "keepRelationLayout"
> {
  return {
    followReference: async (holdId, row, at): Promise<Followed> => {
      const hold = holdOf(world, holdId);
      const key = hold.head.foreign_keys[at] ?? refuse("not_found", "The result has no such foreign key.");
      const profileId = hold.source?.profileId ?? world.profiles[0]?.id ?? "";
      const object = refTo(world, profileId, named(world, profileId, key.object.name));
      const value = hold.cell(row, key.values_at[0] ?? 0);
      return value === null
        ? { profile_id: profileId, object, filters: [], nothing: `${key.columns[0]} is NULL: it refers to no row.` }
        : { profile_id: profileId, object, filters: [equal(key.referenced_columns[0] ?? "id", value)], nothing: null };
    },
    referencedBy: async (holdId, row): Promise<ReferredRow[]> => {
      const hold = holdOf(world, holdId);
      const { source } = hold;
      if (!source) return [];
      const { profileId, table } = source;
      const id = hold.head.columns.findIndex((column) => column.primary_key);
      const value = hold.cell(row, Math.max(0, id)) ?? "";
      const keys = tablesOf(world, profileId).flatMap((other) =>
        other.columns
          .filter((column) => column.references?.startsWith(`${table.name}.`))
          .map((column) => ({
            name: `${other.name}_${column.name}_fkey`,
            columns: [column.name],
            label: `${other.name}.${column.name}`,
            actions: "ON DELETE RESTRICT",
            rows: {
              profile_id: profileId,
              object: refTo(world, profileId, other),
              filters: [equal(column.name, value)],
              nothing: null,
            },
          })),
      );
      return [{ object: source.object, title: value, keys }];
    },
    countReferences: async (askId, profileId, object, filters) => {
      await wait(0);
      if (stopped.get(world)?.has(askId)) refuse("cancelled", "It was stopped.");
      const table = named(world, profileId, object.name);
      if (table.denied) refuse("forbidden", `You may not read ${table.name}.`);
      const tests = filters.map((filter) => ({
        column: table.columns.find((column) => column.name === filter.column),
        value: filter.values[0],
      }));
      let rows = 0;
      for (let row = 0; row < Math.min(table.rows, LOOKED_AT) && rows <= CAP; row += 1)
        if (tests.every(({ column, value }) => column?.value(row) === value)) rows += 1;
      return { rows: Math.min(rows, CAP), more: rows > CAP, elapsed_ms: 4 };
    },
    lookup: async (request) => lookup(world, request),
    keepLookupLabels: async (_profileId, object, labels) => {
      const own = chosen.get(world) ?? new Map<string, string[]>();
      if (labels.length) own.set(object.name, [...labels]);
      else own.delete(object.name);
      chosen.set(world, own);
      return null;
    },
    relationLayout: async (profileId, object) => layouts.get(world)?.get(placeOf(profileId, object)) ?? null,
    keepRelationLayout: async (profileId, object, layout) => {
      const own = layouts.get(world) ?? new Map<string, RelationLayout>();
      if (layout) own.set(placeOf(profileId, object), layout);
      else own.delete(placeOf(profileId, object));
      layouts.set(world, own);
      return null;
    },
    stopAsking: async (askId) => {
      const own = stopped.get(world) ?? new Set<string>();
      stopped.set(world, own.add(askId));
    },
  };
}
