/** The fake host's explorer: tree, search, relation pages, definitions, completion. */
import type {
  CompletionRequest,
  Completions,
  ObjectIcon,
  ObjectRef,
  ReferenceRow,
  RelationPage,
  SearchHit,
  TreeNode,
  TreePage,
} from "../bindings";
import { hasPage } from "../pages";
import { isCollection } from "./collections";
import { keyspaceOf } from "./keyspace";
import { objectDefinition, objectNodes, tableGrants } from "./objects";
import type { FakeColumn, FakeTable } from "./tables";
import { isDocuments, isSqlite, profileOf, refuse, requireOpen, tablesOf, type World } from "./world";

export const refTo = (world: World, profileId: string, table: FakeTable): ObjectRef => ({
  database: isSqlite(world, profileId) ? null : "shop",
  schema: isSqlite(world, profileId) ? "main" : table.schema || null,
  kind: "relation",
  name: table.name,
  signature: null,
});

export function tableOf(world: World, profileId: string, object: ObjectRef): FakeTable {
  const found = tablesOf(world, profileId).find(
    (table) => table.name === object.name && (isSqlite(world, profileId) || (table.schema || null) === object.schema),
  );
  return (
    found ??
    refuse("not_found", `There is no relation ${object.name} any more.`, { hint: "Read the catalog again (F5)." })
  );
}

const ICONS: Readonly<Record<FakeTable["kind"], ObjectIcon>> = {
  table: "table",
  view: "view",
  "materialized view": "materialized_view",
  "partitioned table": "partitioned_table",
};

export function short(rows: number): string {
  if (rows >= 1e6) return `${(rows / 1e6).toFixed(1)} M ~`;
  if (rows >= 10_000) return `${Math.round(rows / 1e3)} k ~`;
  return rows >= 1_000 ? `${(rows / 1e3).toFixed(1)} k ~` : `${rows} ~`;
}

const node = (id: string, label: string, icon: ObjectIcon, more: Partial<TreeNode> = {}): TreeNode => ({
  id,
  label,
  icon,
  detail: null,
  detail_title: null,
  expandable: true,
  object: null,
  browsable: false,
  state: "ready",
  system: false,
  unfold: false,
  ...more,
});

const FOLDERS: readonly [key: string, label: string, kinds: readonly FakeTable["kind"][]][] = [
  ["tables", "Tables", ["table", "partitioned table"]],
  ["views", "Views", ["view"]],
  ["matviews", "Materialized views", ["materialized view"]],
];

function relationNode(world: World, profileId: string, table: FakeTable): TreeNode {
  return node(`r:${table.schema}:${table.name}`, table.name, ICONS[table.kind], {
    detail: table.denied ? null : short(table.rows),
    detail_title: `${table.rows.toLocaleString("en")} rows, estimated`,
    object: refTo(world, profileId, table),
    browsable: true,
    state: table.denied ? "denied" : "ready",
  });
}

function schemaFolders(world: World, profileId: string, schema: string): TreeNode[] {
  const tables = tablesOf(world, profileId).filter((table) => isSqlite(world, profileId) || table.schema === schema);
  return FOLDERS.flatMap(([key, label, kinds]) => {
    const count = tables.filter((table) => kinds.includes(table.kind)).length;
    return count
      ? [node(`f:${schema}:${key}`, label, "folder", { detail: String(count), unfold: key === "tables" })]
      : [];
  }).concat(
    isSqlite(world, profileId)
      ? []
      : [
          node(`f:${schema}:functions`, "Functions", "folder", { detail: "2" }),
          node(`f:${schema}:types`, "Types", "folder", { detail: "3" }),
          node(`f:${schema}:sequences`, "Sequences", "folder", { detail: "1" }),
        ],
  );
}

/** What is in no schema, beside the schemas of its database. */
const UNSCHEMED: Readonly<
  Record<string, { label: string; kind: string; icon: ObjectIcon; all: readonly [name: string, detail: string][] }>
> = {
  extensions: {
    label: "Extensions",
    kind: "extension",
    icon: "extension",
    all: [
      ["pg_trgm", "1.6"],
      ["plpgsql", "1.0"],
    ],
  },
  publications: {
    label: "Publications",
    kind: "publication",
    icon: "publication",
    all: [
      ["everything_to_the_warehouse", "all tables"],
      ["orders_by_region", "2 tables"],
    ],
  },
  event_triggers: {
    label: "Event triggers",
    kind: "event_trigger",
    icon: "event_trigger",
    all: [
      ["note_ddl", ""],
      ["no_drop_at_night", "disabled"],
    ],
  },
};

const keyDatabase = (name: string, keys: number): TreeNode =>
  node(`d:${name}`, `db${name}`, "database", {
    detail: String(keys),
    detail_title: `${keys} keys`,
    expandable: false,
    browsable: true,
    object: { database: name, schema: null, kind: "database", name, signature: null },
  });

function children(world: World, profileId: string, parent: string | null): TreeNode[] {
  const tables = tablesOf(world, profileId);
  const sqlite = isSqlite(world, profileId);
  if (world.connections.get(profileId)?.can_browse_keys)
    return parent === null ? ["0", "1", "5"].map((name) => keyDatabase(name, keyspaceOf(world, name).keys.size)) : [];
  if (parent === null) {
    if (sqlite) return schemaFolders(world, profileId, "main");
    if (isDocuments(world, profileId)) return [node("d:shop", "shop", "database", { unfold: true })];
    return [
      node("d:shop", "shop", "database", { detail: "3", unfold: true }),
      node("d:postgres", "postgres", "database", { state: "not_opened" }),
      node("f::roles", "Roles", "folder"),
    ];
  }
  const [kind, schema = "", name = ""] = parent.split(":");
  if (parent === "d:shop" && isDocuments(world, profileId))
    return [node("f::tables", "Collections", "folder", { detail: String(tables.length), unfold: true })];
  // Another database has schemas of its own; ids are unique in the whole tree.
  if (parent === "d:postgres") return [node("s:postgres/public", "public", "schema")];
  if (kind === "d") {
    return ["audit", "billing", "public"]
      .map((each) =>
        node(`s:${each}`, each, "schema", {
          detail: String(tables.filter((table) => table.schema === each).length),
          object: { database: "shop", schema: null, kind: "schema", name: each, signature: null },
          unfold: each === "public",
        }),
      )
      .concat(Object.entries(UNSCHEMED).map(([key, { label }]) => node(`f:/shop:${key}`, label, "folder")));
  }
  if (kind === "s") return schemaFolders(world, profileId, schema);
  if (kind === "f") {
    const unschemed = UNSCHEMED[name];
    if (unschemed) {
      return unschemed.all.map(([each, detail]) =>
        node(`${unschemed.kind}:${each}`, each, unschemed.icon, {
          expandable: false,
          detail: detail || null,
          object: { database: "shop", schema: null, kind: unschemed.kind, name: each, signature: null },
        }),
      );
    }
    const objects = { roles: "role", functions: "routine", types: "type", sequences: "sequence" }[name];
    if (objects) return objectNodes(objects, node);
    const kinds = FOLDERS.find(([key]) => key === name)?.[2] ?? [];
    return tables
      .filter((table) => kinds.includes(table.kind) && (sqlite || table.schema === schema))
      .map((table) => relationNode(world, profileId, table));
  }
  if (kind === "r") {
    const table = tables.find((each) => each.schema === schema && each.name === parent.slice(`r:${schema}:`.length));
    return (table?.columns ?? []).map((column) =>
      node(
        `c:${parent}:${column.name}`,
        column.name,
        column.primaryKey ? "primary_key" : column.references ? "foreign_key" : "column",
        {
          expandable: false,
          detail: sqlite ? column.sqliteType : column.type,
        },
      ),
    );
  }
  return [];
}

export function treePage(
  world: World,
  profileId: string,
  parent: string | null,
  offset: number,
  limit: number,
): TreePage {
  // What was kept is shown while there is no server; a connection nobody opened shows nothing.
  if (!world.connections.has(profileId)) requireOpen(world, profileId);
  const all = children(world, profileId, parent);
  return { nodes: all.slice(offset, offset + limit), total: all.length, as_of_ms: Date.now() - 120_000 };
}

export function searchHits(world: World, profileId: string | null, text: string, limit: number): SearchHit[] {
  const wanted = text.trim().toLowerCase();
  const open = profileId ? [profileId] : [...world.connections.keys()];
  const hits: SearchHit[] = [];
  for (const id of open) {
    for (const table of tablesOf(world, id)) {
      const object = refTo(world, id, table);
      const add = (label: string, icon: ObjectIcon, place: string, detail: string | null) => {
        const from = label.toLowerCase().indexOf(wanted);
        if (wanted === "" || from < 0) return;
        hits.push({
          profile_id: id,
          object,
          label,
          place,
          icon,
          detail,
          browsable: true,
          denied: table.denied === true,
          matched: [{ from, to: from + wanted.length }],
        });
      };
      const schema = object.schema ?? "";
      add(table.name, ICONS[table.kind], schema, short(table.rows));
      for (const column of table.columns) add(column.name, "column", `${schema}.${table.name}`, column.type);
    }
  }
  const rank = (hit: SearchHit) => (hit.icon === "column" ? 2 : 0) + ((hit.matched[0]?.from ?? 9) > 0 ? 1 : 0);
  return hits.sort((a, b) => rank(a) - rank(b) || a.label.length - b.label.length).slice(0, limit);
}

function reference(world: World, profileId: string, column: FakeColumn): ReferenceRow | null {
  const [name, target = "id"] = column.references?.split(".") ?? [];
  const table = tablesOf(world, profileId).find((each) => each.name === name);
  return table ? { object: refTo(world, profileId, table), columns: [target], actions: "on delete restrict" } : null;
}

export function relationPage(world: World, profileId: string, object: ObjectRef): RelationPage {
  requireOpen(world, profileId);
  const table = tableOf(world, profileId, object);
  const sqlite = isSqlite(world, profileId);
  const keys = table.columns.filter((column) => column.primaryKey).map((column) => column.name);
  const foreign = table.columns.filter((column) => column.references);
  const part = (
    name: string,
    kind: string,
    columns: string[],
    definition: string,
    remarks: string[] = [],
    scans: number | null = null,
  ) => ({
    name,
    kind,
    columns,
    definition,
    remarks,
    comment: null,
    references: null,
    scans: sqlite ? null : scans,
  });
  return {
    object,
    icon: ICONS[table.kind],
    kind: isCollection(table) ? "collection" : table.kind,
    comment: table.comment ?? null,
    owner: sqlite ? null : table.denied ? "hr_admin" : "shop",
    estimated_rows: table.rows,
    bytes: table.rows * 148,
    row_security: sqlite ? null : "off",
    options: table.kind === "partitioned table" ? ["partition by range (at)"] : [],
    columns: table.columns.map((column, index) => ({
      ordinal: index + 1,
      name: column.name,
      native_type: sqlite ? column.sqliteType : column.type,
      nullable: column.nullable,
      default: column.defaultValue ?? null,
      identity: column.name === "id" && !sqlite ? "always" : null,
      generated: null,
      collation: null,
      comment: column.comment ?? null,
      primary_key: column.primaryKey ?? false,
      references: reference(world, profileId, column),
    })),
    indexes: [
      ...(keys.length
        ? [
            part(
              `${table.name}_pkey`,
              "btree",
              keys,
              `CREATE UNIQUE INDEX ${table.name}_pkey ON ${table.name} (${keys.join(", ")})`,
              ["unique", "8.4 MB"],
              48_211,
            ),
          ]
        : []),
      ...foreign.map((column) =>
        part(
          `${table.name}_${column.name}_idx`,
          "btree",
          [column.name],
          `CREATE INDEX ON ${table.name} (${column.name})`,
          table.name === "orders" ? ["invalid", "2.1 MB"] : ["2.1 MB"],
          0,
        ),
      ),
    ],
    constraints: [
      ...(keys.length ? [part(`${table.name}_pkey`, "primary key", keys, `PRIMARY KEY (${keys.join(", ")})`)] : []),
      ...foreign.map((column) => ({
        ...part(
          `${table.name}_${column.name}_fkey`,
          "foreign key",
          [column.name],
          `FOREIGN KEY (${column.name}) REFERENCES ${column.references ?? ""}`,
        ),
        references: reference(world, profileId, column),
      })),
    ],
    referenced_by: tablesOf(world, profileId).flatMap((other) =>
      other.columns
        .filter((column) => column.references?.startsWith(`${table.name}.`))
        .map((column) => ({
          object: refTo(world, profileId, other),
          columns: [column.name],
          referenced_columns: ["id"],
          name: `${other.name}_${column.name}_fkey`,
          actions: "on delete restrict",
        })),
    ),
    triggers:
      table.name === "orders"
        ? [part("orders_touch", "before update for each row", [], "EXECUTE FUNCTION touch()")]
        : [],
    policies:
      table.name === "orders" && !sqlite
        ? [
            {
              name: "own_region",
              command: "select",
              permissive: true,
              roles: ["reporting"],
              using: "(region = current_setting('shop.region'::text))",
              check: null,
              comment: null,
            },
            {
              name: "no_backdating",
              command: "update",
              permissive: false,
              roles: ["PUBLIC"],
              using: null,
              check: "(placed_at >= (now() - '1 day'::interval))",
              comment: null,
            },
          ]
        : [],
    ...tableGrants(table, sqlite),
    as_of_ms: Date.now() - 60_000,
    kept: false,
    denied: table.denied ? ["Policies could not be read: reporting may not see them."] : [],
    unread: null,
  };
}

export function definitionOf(world: World, profileId: string, object: ObjectRef): string {
  requireOpen(world, profileId);
  if (hasPage(object)) return objectDefinition(object);
  const table = tableOf(world, profileId, object);
  const sqlite = isSqlite(world, profileId);
  if (table.kind === "view" || table.kind === "materialized view") {
    return `CREATE ${table.kind.toUpperCase()} ${table.name} AS\nSELECT o.id AS order_id,\n       now() - o.placed_at AS days\n  FROM orders o;`;
  }
  const lines = table.columns.map(
    (column) =>
      `    ${column.name} ${sqlite ? column.sqliteType : column.type}${column.nullable ? "" : " NOT NULL"}${column.defaultValue ? ` DEFAULT ${column.defaultValue}` : ""}`,
  );
  return `CREATE TABLE ${table.schema}.${table.name} (\n${lines.join(",\n")}\n);\n`;
}

const KEYWORDS = [
  "select",
  "from",
  "where",
  "group by",
  "order by",
  "join",
  "left join",
  "limit",
  "insert into",
  "update",
  "delete from",
  "with",
  "having",
  "begin",
  "commit",
];
const FUNCTIONS: readonly [string, string][] = [
  ["count", "count(any) → bigint"],
  ["current_date", "date"],
  ["date_trunc", "date_trunc(text, timestamptz)"],
  ["coalesce", "coalesce(any, …)"],
  ["now", "now() → timestamptz"],
];

export function completionsOf(world: World, request: CompletionRequest): Completions {
  const before = request.text.slice(0, request.caret);
  const word = /[\w"]*$/.exec(before)?.[0] ?? "";
  const replace = { from: request.caret - word.length, to: request.caret };
  const fits = (label: string) => label.toLowerCase().startsWith(word.toLowerCase());
  const tables = request.profile_id ? tablesOf(world, profileOf(world, request.profile_id).id) : [];
  const qualifier = /(\w+)\.[\w"]*$/.exec(before)?.[1];
  const aliased = qualifier
    ? new RegExp(`\\b(?:from|join)\\s+(?:\\w+\\.)?(\\w+)\\s+(?:as\\s+)?${qualifier}\\b`, "i").exec(request.text)?.[1]
    : undefined;
  const columns = qualifier ? (tables.find((table) => table.name === (aliased ?? qualifier))?.columns ?? []) : [];
  const items: Completions["items"] = columns.map((column) => ({
    label: column.name,
    insert: column.name,
    kind: "column",
    detail: column.type,
    documentation: column.references ? `to ${column.references}` : null,
  }));
  if (!qualifier) {
    for (const table of tables)
      items.push({
        label: table.name,
        insert: table.name,
        kind: table.kind === "table" ? "table" : "view",
        detail: table.schema,
        documentation: table.comment ?? null,
      });
    for (const [label, detail] of FUNCTIONS)
      items.push({ label, insert: label, kind: "function", detail, documentation: null });
    for (const label of KEYWORDS)
      items.push({ label, insert: label, kind: "keyword", detail: null, documentation: null });
  }
  const shown = items.filter((item) => fits(item.label));
  return { replace, items: word === "" && !qualifier && !request.explicit ? [] : shown, narrows: true };
}
