/**
 * Diagrams of the fake host: a small shop of two schemas, or a made-up world of thousands of tables. It lays out and routes by rules of
 * thumb; the core does both well.
 */
import type {
  DiagramBox,
  DiagramColumns,
  DiagramCourse,
  DiagramDrawing,
  DiagramEnd,
  DiagramFrame,
  DiagramLine,
  DiagramMetrics,
  DiagramNote,
  DiagramPlace,
  DiagramRelation,
  DiagramRow,
  DiagramScope,
  DiagramSummary,
  DiagramTable,
  StructureChange,
} from "../bindings";
import { drawnStructure } from "./structure";
import { profileOf, refuse, type World } from "./world";

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly rows: readonly DiagramRow[];
  readonly view?: boolean;
  readonly title?: string;
  readonly staged?: StructureChange | null;
}

interface Key {
  readonly name: string | null;
  readonly from: number;
  readonly columns: readonly string[];
  readonly to: number;
  readonly nullable: boolean;
  readonly unique: boolean;
  readonly onDelete: string;
  readonly inferred: boolean;
  readonly staged?: StructureChange | null;
}

interface Model {
  readonly tables: readonly Table[];
  readonly keys: readonly Key[];
}

interface Kept {
  id: string;
  name: string;
  changed: number;
  scope: DiagramScope;
  readonly places: Map<string, { x: number; y: number }>;
  notes: DiagramNote[];
  colours: [DiagramTable, number][];
  frames: [string, number][];
}

const METRICS: DiagramMetrics = {
  head: 28,
  row: 20,
  foot: 4,
  pad: 10,
  mark: 14,
  gap: 16,
  head_text: 12,
  name_text: 11,
  type_text: 11,
  frame_pad: 16,
  frame_head: 28,
  note_pad: 8,
  note_row: 18,
};

/** `name type` per column; `*` before a key's, `>` before one that refers. */
const SHOP: Readonly<Record<string, string>> = {
  "public.customers": "*id bigint, email text, name text, >default_address_id bigint, created_at timestamptz",
  "public.addresses": "*id bigint, >customer_id bigint, line1 text, city text, country char(2)",
  "public.coupons": "*id bigint, code varchar(24), percent numeric, valid_until date",
  "public.orders":
    "*id bigint, >customer_id bigint, >shipping_address_id bigint, >coupon_id bigint, status order_status, total numeric(14,2), placed_at timestamptz",
  "public.shipments": "*id bigint, >order_id bigint, carrier text, promised_at timestamptz, delivered_at timestamptz",
  "public.reviews": "*id bigint, >customer_id bigint, >product_id bigint, rating smallint, body text",
  "public.order_items":
    "*>order_id bigint, *line_no integer, >product_id bigint, quantity integer, unit_price numeric(12,2)",
  "public.products": "*id bigint, sku text, name text, >category_id bigint, price numeric(12,2), tags text[]",
  "public.categories": "*id bigint, >parent_id bigint, name text",
  "billing.invoices": "*id bigint, >order_id bigint, number text, issued_at date, total numeric(12,2)",
  "billing.payments": "*id uuid, >invoice_id bigint, method pay_method, amount numeric(12,2)",
  "billing.refunds": "*id uuid, >payment_id uuid, amount numeric(12,2), reason text",
  "billing.invoice_lines": "*id bigint, >invoice_id bigint, label text, amount numeric(12,2)",
  "billing.a_ledger_of_everything_that_was_ever_booked_by_anybody_for_any_reason":
    "*id bigint, a_column_whose_name_is_as_long_as_a_name_may_be_in_this_server timestamp with time zone",
};

const KEYS: readonly (readonly [string, string, string, string?])[] = [
  ["public.customers", "default_address_id", "public.addresses", "set null"],
  ["public.addresses", "customer_id", "public.customers", "restrict"],
  ["public.orders", "customer_id", "public.customers", "restrict"],
  ["public.orders", "shipping_address_id", "public.addresses", "restrict"],
  ["public.orders", "coupon_id", "public.coupons", "set null"],
  ["public.shipments", "order_id", "public.orders", "restrict"],
  ["public.reviews", "customer_id", "public.customers", "cascade"],
  ["public.reviews", "product_id", "public.products", "cascade"],
  ["public.order_items", "order_id", "public.orders", "cascade"],
  ["public.order_items", "product_id", "public.products", "restrict"],
  ["public.products", "category_id", "public.categories", "set null"],
  ["public.categories", "parent_id", "public.categories", "set null"],
  ["billing.invoices", "order_id", "public.orders", "restrict"],
  ["billing.payments", "invoice_id", "billing.invoices", "restrict"],
  ["billing.refunds", "payment_id", "billing.payments", "restrict"],
  ["billing.invoice_lines", "invoice_id", "billing.invoices", "cascade"],
];

function rowsOf(text: string): DiagramRow[] {
  return text.split(", ").map((part) => {
    const [, marks = "", name = "", native_type = ""] = /^([*>]*)(\S+) (.+)$/.exec(part) ?? [];
    const primary = marks.includes("*");
    return {
      name,
      native_type,
      nullable: !primary,
      primary,
      unique: primary,
      foreign: marks.includes(">"),
      comment: name === "total" ? "With tax, in the shop's currency" : null,
      staged: null,
    };
  });
}

function shopModel(): Model {
  const names = Object.keys(SHOP);
  const tables = names.map((full): Table => {
    const [schema = "", name = ""] = full.split(".");
    return { schema, name, rows: rowsOf(SHOP[full] ?? "") };
  });
  const keys = KEYS.map(
    ([from, column, to, onDelete = "restrict"]): Key => ({
      name: `${from.split(".")[1]}_${column}_fkey`,
      from: names.indexOf(from),
      columns: [column],
      to: names.indexOf(to),
      nullable: onDelete === "set null",
      unique: false,
      onDelete,
      inferred: false,
    }),
  );
  const inferred: Key = {
    name: null,
    from: names.indexOf("billing.refunds"),
    columns: ["reason"],
    to: names.indexOf("public.coupons"),
    nullable: true,
    unique: false,
    onDelete: "no action",
    inferred: true,
  };
  return { tables, keys: [...keys, inferred] };
}

/** A world of many tables, the same each time; the last has 1,600 columns. */
function madeUp(count: number): Model {
  let seed = 7;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  const schemas = ["public", "billing", "audit", "warehouse", "people"];
  const tables = Array.from({ length: count }, (_, at): Table => {
    const schema = schemas[Math.floor((at / count) * schemas.length)] ?? "public";
    const columns = at === count - 1 ? 1_600 : 3 + Math.floor(random() * 10);
    const rows = Array.from(
      { length: columns },
      (__, place): DiagramRow => ({
        name: place === 0 ? "id" : place === 1 ? "parent_id" : `column_${place}`,
        native_type: ["bigint", "text", "timestamptz", "numeric(12,2)", "uuid"][place % 5] ?? "text",
        nullable: place > 0,
        primary: place === 0,
        unique: place === 0,
        foreign: place === 1,
        comment: null,
        staged: null,
      }),
    );
    return { schema, name: `table_${at}_of_things`, rows };
  });
  const keys = Array.from({ length: Math.round(count * 1.1) }, (_, at): Key => {
    const from = at % count;
    const near = from - 1 - Math.floor(random() * 12);
    const to = random() < 0.15 ? Math.floor(random() * 8) : Math.max(0, near);
    const name = `fk_${at}`;
    return {
      name,
      from,
      columns: ["parent_id"],
      to,
      nullable: true,
      unique: false,
      onDelete: "cascade",
      inferred: false,
    };
  });
  return { tables, keys };
}

/** The model with what is staged: new tables and columns, and what becomes of the others. */
function withStaged(world: World, profileId: string, model: Model): Model {
  const staged = drawnStructure(world, profileId);
  if (staged.length === 0) return model;
  const tables = [...model.tables];
  const keys = [...model.keys];
  const at = (schema: string | null, name: string) =>
    tables.findIndex((table) => table.schema === (schema ?? "public") && table.name === name);
  for (const { page } of staged) {
    const { object, was, change, columns } = page;
    const rows = columns.map(({ form, primary, change: row }): DiagramRow => {
      const foreign = page.foreign_keys.some(({ form: key }) => key?.columns.includes(form.name));
      const { name, native_type, nullable, comment } = form;
      return { name, native_type, nullable, primary, unique: primary, foreign, comment, staged: row };
    });
    const known = at(object.schema, was ?? object.name);
    const table = {
      schema: object.schema ?? "public",
      name: was ?? object.name,
      title: object.name,
      rows,
      staged: change,
    };
    if (known < 0) tables.push(table);
    else {
      const before = tables[known];
      const left = before?.rows.filter((row) => !rows.some((each) => each.name === row.name)) ?? [];
      const gone = new Set(columns.flatMap(({ was: now }) => (now ? [now.name] : [])));
      tables[known] = { ...table, rows: [...rows, ...left.filter(({ name }) => !gone.has(name))] };
    }
  }
  for (const { page } of staged)
    for (const { form, change, object } of page.foreign_keys) {
      const from = at(page.object.schema, page.was ?? page.object.name);
      const to = form ? at(form.references.schema, form.references.name) : -1;
      if (!form || change === null || from < 0 || to < 0) continue;
      const known = keys.findIndex((key) => key.from === from && key.columns.join() === form.columns.join());
      const rest = { nullable: true, unique: false, onDelete: form.on_delete, inferred: false, staged: change };
      const key: Key = { name: object.name, from, columns: form.columns, to, ...rest };
      if (known < 0) keys.push(key);
      else keys[known] = key;
    }
  return { tables, keys };
}

const SCOPE: DiagramScope = {
  schemas: null,
  only: null,
  hidden: [],
  views: false,
  partitions: false,
  columns: "all",
  inferred: true,
  grouping: "schema",
};

const keyOf = ({ schema, name }: DiagramTable): string => `${schema}.${name}`;

/** Where the shop's tables lie at first. */
const PLACES: Readonly<Record<string, readonly [number, number]>> = {
  "public.customers": [24, 72],
  "public.addresses": [24, 268],
  "public.coupons": [24, 464],
  "public.orders": [296, 72],
  "public.shipments": [296, 324],
  "public.reviews": [296, 536],
  "public.order_items": [568, 72],
  "public.products": [568, 268],
  "public.categories": [568, 488],
  "billing.invoices": [860, 72],
  "billing.payments": [860, 268],
  "billing.refunds": [860, 424],
  "billing.invoice_lines": [860, 580],
  "billing.a_ledger_of_everything_that_was_ever_booked_by_anybody_for_any_reason": [860, 740],
};

function corners({ from, from_y, to, to_y, own, lane }: DiagramCourse): number[] {
  const [start, end] = [from.y + from_y, to.y + to_y];
  const aside = ((lane % 7) - 3) * 6;
  const [right, otherRight] = [from.x + from.width, to.x + to.width];
  if (own) {
    const out = right + 20 + Math.abs(aside);
    return [right, start, out, start, out, end, right, end];
  }
  const way = (startX: number, middle: number, endX: number) =>
    start === end ? [startX, start, endX, end] : [startX, start, middle, start, middle, end, endX, end];
  if (otherRight + 40 <= from.x) return way(from.x, (from.x + otherRight) / 2 + aside, otherRight);
  if (right + 40 <= to.x) return way(right, (right + to.x) / 2 + aside, to.x);
  return way(right, Math.max(right, otherRight) + 38 + aside, otherRight);
}

export function diagramCommands(world: World, tables: number) {
  const models = new Map<string, Model>();
  const all = new Map<string, Kept[]>();
  const latest = new Map<string, string>();
  const modelOf = (profileId: string): Model => {
    profileOf(world, profileId);
    const known = models.get(profileId) ?? (tables > 0 ? madeUp(tables) : shopModel());
    models.set(profileId, known);
    return withStaged(world, profileId, known);
  };
  const listOf = (profileId: string): Kept[] => {
    const known = all.get(profileId) ?? [];
    all.set(profileId, known);
    return known;
  };
  const find = (id: string): { profileId: string; kept: Kept } => {
    for (const [profileId, list] of all) {
      const kept = list.find((each) => each.id === id);
      if (kept) return { profileId, kept };
    }
    return refuse("not_found", "There is no such diagram any more.");
  };
  const made = (profileId: string, name: string, scope: DiagramScope): Kept => {
    const list = listOf(profileId);
    if (list.some((each) => each.name === name)) refuse("already_exists", `There is a diagram named ${name} already.`);
    const kept: Kept = {
      id: `d-${world.nextId++}`,
      name,
      changed: Date.now(),
      scope,
      places: new Map(),
      notes: [],
      colours: [],
      frames: [],
    };
    list.push(kept);
    return kept;
  };
  const rowsIn = (rows: readonly DiagramRow[], columns: DiagramColumns) =>
    columns === "none" ? [] : columns === "keys" ? rows.filter((row) => row.primary || row.foreign) : [...rows];
  const draw = (profileId: string, kept: Kept, layout_ms: number | null): DiagramDrawing => {
    const model = modelOf(profileId);
    const { scope } = kept;
    const hidden = new Set(scope.hidden.map(keyOf));
    const only = scope.only && new Set(scope.only.map(keyOf));
    const drawn = model.tables.flatMap((table, at) => {
      const own = keyOf(table);
      const chosen = only ? only.has(own) : scope.schemas === null || scope.schemas.includes(table.schema);
      return chosen && !hidden.has(own) ? [at] : [];
    });
    const colours = new Map(kept.colours.map(([table, colour]) => [keyOf(table), colour]));
    const several = new Set(drawn.map((at) => model.tables[at]?.schema)).size > 1;
    const tall: number[] = [];
    const across = Math.max(4, Math.ceil(Math.sqrt(drawn.length) * 0.9));
    const boxes = drawn.flatMap((at, place): DiagramBox[] => {
      const table = model.tables[at];
      if (!table) return [];
      const rows = rowsIn(table.rows, scope.columns);
      const title = several && scope.grouping !== "schema" ? keyOf(table) : (table.title ?? table.name);
      const widest = Math.max(
        title.length * 7,
        ...rows.map((row) => 30 + (row.name.length + row.native_type.length) * 6.6),
      );
      const width = Math.min(360, Math.max(140, Math.ceil(widest + 20)));
      const height = METRICS.head + rows.length * METRICS.row + (rows.length > 0 ? METRICS.foot : 0);
      const column = place % across;
      const first = PLACES[keyOf(table)];
      const settled = kept.places.get(keyOf(table)) ?? {
        x: first?.[0] ?? 24 + column * 420,
        y: first?.[1] ?? tall[column] ?? 800,
      };
      tall[column] = settled.y + Math.min(height, 400) + 48;
      kept.places.set(keyOf(table), settled);
      const outside = model.keys.filter(
        (key) =>
          !key.inferred && (key.from === at || key.to === at) && (!drawn.includes(key.from) || !drawn.includes(key.to)),
      ).length;
      return [
        {
          schema: table.schema,
          name: table.name,
          title,
          kind: "table",
          comment: table.name === "orders" ? "One per checkout" : null,
          ...settled,
          width,
          height,
          rows,
          folded: table.rows.length - rows.length,
          outside: drawn.length > 500 ? 0 : outside,
          colour: colours.get(keyOf(table)) ?? null,
          staged: table.staged ?? null,
        },
      ];
    });
    const placeOf = new Map(drawn.map((at, place) => [at, place]));
    const port = (box: DiagramBox, column: string) => {
      const row = box.rows.findIndex((each) => each.name === column);
      return row < 0 ? METRICS.head / 2 : METRICS.head + METRICS.row * (row + 0.5);
    };
    const lines = model.keys.flatMap((key): DiagramLine[] => {
      const [from, to] = [placeOf.get(key.from), placeOf.get(key.to)];
      const [one, other] = [boxes[from ?? -1], boxes[to ?? -1]];
      if (from === undefined || to === undefined || !one || !other || (key.inferred && !scope.inferred)) return [];
      const target = model.tables[key.to]?.rows.find((row) => row.primary)?.name ?? "id";
      const start: DiagramEnd = {
        table: from,
        columns: [...key.columns],
        y: port(one, key.columns[0] ?? ""),
        cardinality: "zero_or_many",
      };
      const end: DiagramEnd = {
        table: to,
        columns: [target],
        y: port(other, target),
        cardinality: key.nullable ? "zero_or_one" : "one",
      };
      const course = { from: one, from_y: start.y, to: other, to_y: end.y, own: from === to, lane: to };
      return [
        {
          name: key.name,
          from: start,
          to: end,
          on_delete: key.onDelete,
          on_update: "no action",
          inferred: key.inferred,
          staged: key.staged ?? null,
          corners: corners(course),
        },
      ];
    });
    const groups = scope.grouping === "none" ? [] : [...new Set(boxes.map((box) => box.schema))];
    const frames = groups.map((title, at): DiagramFrame => {
      const members = boxes.flatMap((box, place) => (box.schema === title ? [place] : []));
      const [left, top] = [
        Math.min(...members.map((place) => boxes[place]?.x ?? 0)),
        Math.min(...members.map((place) => boxes[place]?.y ?? 0)),
      ];
      const right = Math.max(...members.map((place) => (boxes[place]?.x ?? 0) + (boxes[place]?.width ?? 0)));
      const bottom = Math.max(...members.map((place) => (boxes[place]?.y ?? 0) + (boxes[place]?.height ?? 0)));
      const { frame_pad: pad, frame_head: head } = METRICS;
      const colour = kept.frames.find(([each]) => each === title)?.[1] ?? at % 8;
      const rect = {
        x: left - pad,
        y: top - pad - head,
        width: right - left + 2 * pad,
        height: bottom - top + 2 * pad + head,
      };
      return { title, colour, members, ...rect };
    });
    const state = world.connections.get(profileId)?.phase.phase;
    return {
      id: kept.id,
      name: kept.name,
      scope,
      as_of_ms: Date.now() - (state === "open" ? 0 : 3_600_000),
      offline: state !== "open",
      tables: model.tables.filter((table) => table.staged !== "added").length,
      schemas: [...new Set(model.tables.map((table) => table.schema))],
      layout_ms,
      boxes,
      lines,
      frames,
      notes: kept.notes.map((note) => ({ ...note })),
      metrics: METRICS,
      renamed: [],
      added: [],
      gone: [],
    };
  };
  const neighbours = (model: Model, table: DiagramTable): DiagramTable[] => {
    const at = model.tables.findIndex((each) => keyOf(each) === keyOf(table));
    const near = model.keys.flatMap((key) => (key.from === at ? [key.to] : key.to === at ? [key.from] : []));
    return [...new Set(near)].flatMap((other) => {
      const found = model.tables[other];
      return found && other !== at ? [{ schema: found.schema, name: found.name }] : [];
    });
  };
  return {
    diagrams: async (profileId: string): Promise<DiagramSummary[]> =>
      listOf(profileId).map(({ id, name, changed, scope }) => ({ id, name, changed_ms: changed, scope })),
    openDiagram: async (profileId: string, _database: string | null, id: string | null): Promise<DiagramDrawing> => {
      const wanted = id ?? latest.get(profileId) ?? null;
      const known = wanted === null ? listOf(profileId)[0] : listOf(profileId).find((each) => each.id === wanted);
      if (id !== null && !known) refuse("not_found", "There is no such diagram any more.");
      const kept = known ?? made(profileId, "All tables", SCOPE);
      latest.set(profileId, kept.id);
      return draw(profileId, kept, known ? null : 3.2);
    },
    createDiagram: async (profileId: string, _database: string | null, name: string, scope: DiagramScope) => {
      const kept = made(profileId, name, scope);
      latest.set(profileId, kept.id);
      return draw(profileId, kept, 3.2);
    },
    copyDiagram: async (id: string, name: string) => {
      const { profileId, kept } = find(id);
      const copy = made(profileId, name, kept.scope);
      for (const [key, at] of kept.places) copy.places.set(key, { ...at });
      Object.assign(copy, { notes: [...kept.notes], colours: [...kept.colours], frames: [...kept.frames] });
      return draw(profileId, copy, null);
    },
    renameDiagram: async (id: string, name: string) => {
      find(id).kept.name = name;
      return null;
    },
    removeDiagram: async (id: string) => {
      const { profileId, kept } = find(id);
      listOf(profileId).splice(listOf(profileId).indexOf(kept), 1);
      latest.delete(profileId);
      return null;
    },
    scopeDiagram: async (id: string, scope: DiagramScope) => {
      const { profileId, kept } = find(id);
      kept.scope = scope;
      return draw(profileId, kept, null);
    },
    arrangeDiagram: async (id: string, chosen: DiagramTable[]) => {
      const { profileId, kept } = find(id);
      if (chosen.length === 0) kept.places.clear();
      for (const table of chosen) kept.places.delete(keyOf(table));
      return draw(profileId, kept, 3.4);
    },
    placeTables: async (id: string, places: DiagramPlace[]) => {
      const { kept } = find(id);
      for (const place of places) kept.places.set(keyOf(place), { x: place.x, y: place.y });
      return null;
    },
    routeLines: async (courses: DiagramCourse[]) => courses.map(corners),
    annotateDiagram: async (
      id: string,
      notes: DiagramNote[],
      colours: [DiagramTable, number][],
      frames: [string, number][],
    ) => {
      Object.assign(find(id).kept, { notes, colours, frames });
      return null;
    },
    relatedTables: async (profileId: string, _database: string | null, of: DiagramTable[]) =>
      of.flatMap((table) => neighbours(modelOf(profileId), table)),
    pathBetween: async (profileId: string, _database: string | null, from: DiagramTable, to: DiagramTable) => {
      const model = modelOf(profileId);
      const before = new Map<string, DiagramTable | null>([[keyOf(from), null]]);
      const waiting = [from];
      for (let table = waiting.shift(); table; table = waiting.shift())
        for (const next of neighbours(model, table))
          if (!before.has(keyOf(next))) {
            before.set(keyOf(next), table);
            waiting.push(next);
          }
      if (!before.has(keyOf(to))) return null;
      const way: DiagramTable[] = [];
      for (let at: DiagramTable | null | undefined = to; at; at = before.get(keyOf(at))) way.unshift(at);
      return way;
    },
    exportDiagram: async (_id: string, format: string) => 1_000 + format.length,
    tableRelations: async (profileId: string, _database: string | null, table: DiagramTable) => {
      const model = modelOf(profileId);
      const at = model.tables.findIndex((each) => keyOf(each) === keyOf(table));
      const relation = (key: Key, outgoing: boolean): DiagramRelation => {
        const other = model.tables[outgoing ? key.to : key.from];
        const target = model.tables[key.to]?.rows.find((row) => row.primary)?.name ?? "id";
        const one = key.nullable ? "zero_or_one" : "one";
        return {
          name: key.name,
          outgoing,
          columns: outgoing ? [...key.columns] : [target],
          cardinality: outgoing ? "zero_or_many" : one,
          other: { schema: other?.schema ?? "", name: other?.name ?? "" },
          other_columns: outgoing ? [target] : [...key.columns],
          other_cardinality: outgoing ? one : "zero_or_many",
          on_delete: key.onDelete,
          on_update: "no action",
          staged: null,
        };
      };
      const declared = model.keys.filter((key) => !key.inferred);
      return {
        refers_to: declared.filter((key) => key.from === at).map((key) => relation(key, true)),
        referenced_by: declared.filter((key) => key.to === at).map((key) => relation(key, false)),
        inferred: model.keys
          .filter((key) => key.inferred && (key.from === at || key.to === at))
          .map((key) => relation(key, key.from === at)),
      };
    },
  };
}
