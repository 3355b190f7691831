/** The collections of the fake MongoDB server: documents made by rule, and the columns that are inferred from them. */
import type { CollectionField, ColumnClass } from "../bindings";
import { array, type Bson, type BsonDocument, fieldsOf, object, scalar, writeBson } from "./bson";
import { type FakeColumn, type FakeTable, mix } from "./tables";

export interface FakeCollection extends FakeTable {
  /** The documents as they are now. */
  documents: BsonDocument[];
}

const s = (text: string) => scalar("string", text);
const int = (value: number) => scalar("int", String(value));
const date = (ms: number) => scalar("date", new Date(ms).toISOString());
const id = (row: number, salt: number) =>
  scalar(
    "objectId",
    `${(0x6739b1f0 + row).toString(16)}${mix(row, salt).toString(16).padStart(8, "0")}${mix(row, salt + 1)
      .toString(16)
      .padStart(8, "0")}`,
  );

const NAMES = [
  "Stoneware mug, 300 ml",
  "Planter, large, brick",
  "Linen napkins, set of 6",
  "Oak tray, medium",
  "Sencha, 100 g",
  "Bookend, half brick",
  "Tea towel, indigo",
  "Terracotta saucer, 14 cm",
  "Candle holder, iron",
];
const SKUS = [
  "MUG-STONE",
  "PLANT-L-BRK",
  "LIN-NAP",
  "OAK-TRAY",
  "TEA-SEN",
  "BOOK-HB",
  "TOW-IND",
  "SAUC-14",
  "CAND-IRON",
];
const GLAZES = ["brick red", "slate", "oat", "moss"];
const NOW = Date.UTC(2026, 10, 20, 15, 12, 44, 19);

function product(row: number): BsonDocument {
  const at = row % NAMES.length;
  const price = `${8 + (mix(row, 3) % 60)}.${mix(row, 4) % 2 ? "50" : "90"}`;
  return object({
    _id: id(row, 1),
    sku: s(`${SKUS[at]}-${String(row + 4).padStart(2, "0")}`),
    name: s(NAMES[at] ?? ""),
    // Some came from a file, and hold another type.
    price: row % 25 === 7 ? scalar("double", price) : scalar("decimal", row === 0 ? "17.50" : price),
    stock: int(mix(row, 5) % 900),
    sold_total: scalar("long", row === 0 ? "9007199254740993" : String(mix(row, 6))),
    ...(row % 3 === 2 ? {} : { rating: scalar("double", `${1 + (mix(row, 7) % 4)}.${mix(row, 8) % 10}`) }),
    discontinued_at: row % 7 === 3 ? date(NOW - row * 8.64e7) : scalar("null", "null"),
    updated_at: date(NOW - row * 3.6e6),
    attributes: object({
      glaze: s(GLAZES[mix(row, 9) % 4] ?? ""),
      dishwasher: scalar("bool", String(mix(row, 10) % 2 === 0)),
      weight_g: int(200 + (mix(row, 11) % 700)),
    }),
    ...(row % 8 === 5
      ? {}
      : {
          variants: array(
            ...["brick", "slate", "oat"].map((name, variant) =>
              object({
                name: s(name),
                sku: s(`${SKUS[at]}-${variant}`),
                stock: int(mix(row, 20 + variant) % 90),
                image: scalar("null", "null"),
              }),
            ),
          ),
        }),
    ...(row % 30 === 11 ? { legacy_id: s(`old-${row}`) } : {}),
  });
}

/** One of every type. */
const TYPES: BsonDocument = object({
  _id: s("every type"),
  objectId: id(1, 90),
  string: s('two lines\nand a "quote"'),
  empty: s(""),
  int: int(42),
  long: scalar("long", "9223372036854775807"),
  double: scalar("double", "1.5e-7"),
  decimal: scalar("decimal", "0.10000000000000000000000000000001"),
  bool: scalar("bool", "true"),
  date: date(NOW),
  null: scalar("null", "null"),
  binData: scalar("binData", 'BinData(0, "aGVsbG8=")'),
  uuid: scalar("binData", 'UUID("3b241101-e2bb-4255-8caf-4136c566a962")'),
  regex: scalar("regex", "/^brick/i"),
  timestamp: scalar("timestamp", "Timestamp(1700000000, 1)"),
  javascript: scalar("javascript", "return 1"),
  minKey: scalar("minKey", ""),
  maxKey: scalar("maxKey", ""),
  object: object({ a: int(1), "b c": int(2), "": s("no name") }),
  array: array(int(1), s("two"), object({ three: int(3) }), array()),
});

function deep(levels: number): Bson {
  let value: Bson = s("the bottom");
  for (let level = levels; level > 0; level -= 1) value = object({ level: int(level), inner: value });
  return value;
}

const big = (): BsonDocument =>
  object({
    _id: s("big"),
    note: s("x".repeat(1_000_000)),
    readings: array(
      ...Array.from({ length: 20_000 }, (_, at) => object({ at: int(at), value: scalar("double", `${at}.25`) })),
    ),
  });

const CLASSES: Readonly<Record<string, ColumnClass>> = {
  int: "number",
  long: "number",
  double: "number",
  decimal: "number",
  bool: "text",
  string: "text",
  date: "temporal",
  object: "json",
  array: "array",
};

/** A value as one cell shows it. */
export function cellText(value: Bson | undefined): string | null {
  if (!value || value.type === "null") return null;
  return "text" in value ? value.text : writeBson(value, "relaxed");
}

const MOST = 1_000;
const DEEPEST = 4;

/** The fields of documents as columns, as the core infers them. */
export function inferred(
  documents: readonly BsonDocument[],
): readonly { readonly path: readonly string[]; readonly types: readonly string[] }[] {
  const seen = new Map<string, { path: readonly string[]; types: Set<string> }>();
  const note = (value: Bson, path: readonly string[]) => {
    for (const [name, each] of fieldsOf(value) ?? []) {
      const own = [...path, name];
      if (each.type === "object" && own.length < DEEPEST && (fieldsOf(each)?.length ?? 0) > 0) note(each, own);
      else {
        const known = seen.get(own.join(".")) ?? { path: own, types: new Set<string>() };
        if (each.type !== "null") known.types.add(each.type);
        seen.set(own.join("."), known);
      }
    }
  };
  for (const document of documents) note(document, []);
  return [...seen.values()].map(({ path, types }) => ({ path, types: [...types] }));
}

export function valueIn(document: Bson, path: readonly string[]): Bson | undefined {
  let now: Bson | undefined = document;
  for (const step of path)
    now = now && now.type === "object" ? fieldsOf(now)?.find(([name]) => name === step)?.[1] : undefined;
  return now;
}

function collection(name: string, documents: BsonDocument[], comment?: string): FakeCollection {
  const made = { documents } as { documents: BsonDocument[]; rows?: number; columns?: unknown };
  const columns = (): FakeColumn[] =>
    inferred(made.documents.slice(0, MOST)).map(({ path, types }) => {
      const type = types.length > 1 ? "mixed" : (types[0] ?? "null");
      return {
        name: path.join("."),
        type,
        sqliteType: type,
        class: types.length > 1 ? "other" : (CLASSES[type] ?? "other"),
        nullable: true,
        primaryKey: path.join(".") === "_id",
        value: (row) => cellText(made.documents[row] && valueIn(made.documents[row], path)),
      };
    });
  return Object.defineProperties(
    { schema: "", name, kind: "table", ...(comment ? { comment } : {}), documents } as unknown as FakeCollection,
    {
      documents: {
        get: () => made.documents,
        set: (next: BsonDocument[]) => {
          made.documents = next;
        },
        enumerable: true,
      },
      rows: { get: () => made.documents.length, enumerable: true },
      columns: { get: columns, enumerable: true },
    },
  );
}

export function collections(): readonly FakeCollection[] {
  return [
    collection(
      "products",
      Array.from({ length: 1_204 }, (_, row) => product(row)),
      "What the shop sells",
    ),
    collection("oddities", [
      TYPES,
      object({ _id: s("deep"), document: deep(200) }),
      big(),
      object({
        _id: int(4),
        ...Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`field_with_a_rather_long_name_${at}`, int(at)])),
      }),
    ]),
    collection("carts", []),
  ];
}

export const isCollection = (table: FakeTable): table is FakeCollection => "documents" in table;

/** What fields documents have, those inside after what they are in. */
export function sampleOf(documents: readonly BsonDocument[]): CollectionField[] {
  const seen = new Map<string, { path: string[]; present: number; last: number; types: Map<string, number> }>();
  documents.forEach((document, at) => {
    const note = (value: Bson, path: string[]) => {
      const inner = fieldsOf(value) ?? [];
      for (const [name, each] of value.type === "array" ? inner.slice(0, 50) : inner) {
        const own = [...path, value.type === "array" ? "[]" : name];
        if (own.length > 12) return;
        const key = own.join("\u0000");
        const known = seen.get(key) ?? { path: own, present: 0, last: -1, types: new Map<string, number>() };
        if (known.last !== at) known.present += 1;
        known.last = at;
        known.types.set(each.type, (known.types.get(each.type) ?? 0) + 1);
        seen.set(key, known);
        note(each, own);
      }
    };
    note(document, []);
  });
  return [...seen.values()].map(({ path, present, types }) => ({
    path,
    present,
    types: [...types].sort((a, b) => b[1] - a[1]).map(([native_type, times]) => ({ native_type, times })),
  }));
}
