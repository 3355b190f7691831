/** The fake world's tables: a shop, made by rule from the row's number, so that ten million rows cost nothing. */
import type { ColumnClass } from "../bindings";

export interface FakeColumn {
  readonly name: string;
  readonly type: string;
  /** The declared type in the sample, which is SQLite. */
  readonly sqliteType: string;
  readonly class: ColumnClass;
  readonly nullable: boolean;
  readonly primaryKey?: boolean;
  readonly references?: string;
  readonly defaultValue?: string;
  readonly comment?: string;
  /** The server's text of a row's value. */
  readonly value: (row: number) => string | null;
}

export interface FakeTable {
  readonly schema: string;
  readonly name: string;
  readonly kind: "table" | "view" | "materialized view" | "partitioned table";
  readonly rows: number;
  readonly comment?: string;
  /** The login may not read its rows. */
  readonly denied?: boolean;
  /** The server leaves rows out for this login. */
  readonly filtered?: boolean;
  readonly columns: readonly FakeColumn[];
}

/** A number that looks random and never changes. */
export function mix(row: number, salt: number): number {
  let x = Math.imul(row + 1, 2654435761) ^ Math.imul(salt + 7, 40503);
  x = Math.imul(x ^ (x >>> 15), 2246822519);
  x = Math.imul(x ^ (x >>> 13), 3266489917);
  return (x ^ (x >>> 16)) >>> 0;
}

const pick = (list: readonly string[], row: number, salt: number): string => list[mix(row, salt) % list.length] ?? "";
const two = (value: number): string => String(value).padStart(2, "0");
const money = (row: number, salt: number, most: number): string =>
  `${(mix(row, salt) % most) + 1}.${two((mix(row, salt + 1) % 20) * 5)}`;

function hex(row: number, salt: number, digits: number): string {
  let text = "";
  for (let at = 0; text.length < digits; at += 1)
    text += mix(row, salt + at)
      .toString(16)
      .padStart(8, "0");
  return text.slice(0, digits);
}

const uuid = (row: number, salt: number) =>
  `${hex(row, salt, 8)}-${hex(row, salt + 9, 4)}-4${hex(row, salt + 11, 3)}-a${hex(row, salt + 13, 3)}-${hex(row, salt + 17, 12)}`;

const NEWEST = Date.UTC(2026, 10, 20, 15, 53, 9, 214);

function moment(row: number, salt: number, spread = 251_000): string {
  const at = new Date(NEWEST - row * spread - (mix(row, salt) % spread));
  return `${at.toISOString().slice(0, 10)} ${at.toISOString().slice(11, 23)}+00`;
}

const PEOPLE = [
  "Ada Moreau",
  "Ben Osei",
  "Chidi Eze",
  "Dina Haddad",
  "Eva Lindqvist",
  "שרה לוי",
  "Grace Park",
  "Henrik Solberg",
  "李小龙",
  "Zoë Müller 🌿",
];
const MAILS = [
  "ada.moreau",
  "ben.osei",
  "chidi.eze",
  "dina.haddad",
  "eva.lindqvist",
  "sara.levi",
  "grace.park",
  "henrik.solberg",
  "li.xiaolong",
  "zoe.muller",
];
const PRODUCTS = [
  "Brick planter, large",
  "Sencha, 100 g",
  "Oak tray",
  "Linen napkins, 6",
  "Copper kettle",
  "Wool throw",
  "Clay mug",
  "Beeswax candle",
];
const SKUS = [
  "BRK-PLANTER-L",
  "TEA-SENCHA-100",
  "OAK-TRAY-M",
  "LIN-NAPKIN-6",
  "COP-KETTLE",
  "WOL-THROW",
  "CLY-MUG",
  "BEE-CANDLE",
];
const CITIES = ["Lyon", "Oslo", "Lagos", "Kyoto", "Malmö", "Haifa", "Austin", "Porto"];

interface More {
  readonly nullable?: boolean;
  readonly references?: string;
  readonly primaryKey?: boolean;
  readonly defaultValue?: string;
  readonly comment?: string;
}

type Value = (row: number) => string | null;

function column(
  name: string,
  type: string,
  sqliteType: string,
  kind: ColumnClass,
  value: Value,
  more: More = {},
): FakeColumn {
  return { name, type, sqliteType, class: kind, nullable: false, ...more, value };
}

const id = (top: number) =>
  column("id", "bigint", "INTEGER", "number", (row) => String(top - row), { primaryKey: true });
const foreign = (name: string, target: string, most: number, salt: number, more: More = {}) =>
  column(name, "bigint", "INTEGER", "number", (row) => String((mix(row, salt) % most) + 1), {
    references: target,
    ...more,
  });
const at = (name: string, salt: number, more: More = {}) =>
  column(name, "timestamp with time zone", "TEXT", "temporal", (row) => moment(row, salt), more);
const text = (name: string, value: Value, more: More = {}) => column(name, "text", "TEXT", "text", value, more);
const amount = (name: string, salt: number, most = 320) =>
  column(name, "numeric(12,2)", "NUMERIC", "number", (row) => money(row, salt, most));

const table = (
  name: string,
  rows: number,
  columns: readonly FakeColumn[],
  more: Partial<FakeTable> = {},
): FakeTable => ({
  schema: "public",
  name,
  kind: "table",
  rows,
  columns,
  ...more,
});

const LONG_NOTE = "Leave it with the neighbour; the bell is broken. ".repeat(40);

const orders = (rows: number): FakeTable =>
  table(
    "orders",
    rows,
    [
      id(1_204_418),
      column("public_id", "uuid", "TEXT", "uuid", (row) => uuid(row, 3), { defaultValue: "gen_random_uuid()" }),
      foreign("customer_id", "customers.id", 48_201, 5),
      column(
        "status",
        "order_status",
        "TEXT",
        "text",
        (row) => pick(["paid", "delivered", "shipped", "cancelled", "pending"], row, 8),
        {
          defaultValue: "'pending'::order_status",
        },
      ),
      amount("total", 11),
      column("currency", "character(3)", "TEXT", "text", (row) => pick(["EUR", "EUR", "EUR", "GBP", "NOK"], row, 13), {
        defaultValue: "'EUR'::bpchar",
      }),
      column("is_gift", "boolean", "INTEGER", "boolean", (row) => ["t", "f", "f", null][mix(row, 17) % 4] ?? null, {
        nullable: true,
      }),
      column(
        "coupon",
        "character varying(24)",
        "TEXT",
        "text",
        (row) => [null, "", "SPRING10", "BRICK-5", null, null][mix(row, 19) % 6] ?? null,
        {
          nullable: true,
        },
      ),
      at("placed_at", 23, { defaultValue: "now()" }),
      column(
        "shipping",
        "jsonb",
        "TEXT",
        "json",
        (row) =>
          `{"city": "${pick(CITIES, row, 29)}", "country": "${pick(["FR", "NO", "NG", "JP"], row, 31)}", "express": ${mix(row, 37) % 3 === 0}}`,
      ),
      text("note", (row) => (mix(row, 41) % 9 === 0 ? LONG_NOTE : mix(row, 41) % 5 === 0 ? "gift wrap" : null), {
        nullable: true,
      }),
    ],
    { comment: "One row per order, draft orders included." },
  );

/** The shop's tables; `scale` 1 is the sample's size. */
export function shop(scale: number): readonly FakeTable[] {
  const many = (rows: number) => Math.round(rows * scale);
  return [
    table("addresses", many(1_200), [
      id(many(1_200)),
      foreign("customer_id", "customers.id", 900, 1),
      text("street", (row) => `${(row % 90) + 1} Mill Lane`),
      text("city", (row) => pick(CITIES, row, 2)),
      column("location", "point", "TEXT", "other", (row) => `(${(row % 80) / 10},${(row % 70) / 10})`, {
        nullable: true,
      }),
    ]),
    table("categories", 148, [
      id(148),
      foreign("parent_id", "categories.id", 20, 3, { nullable: true }),
      text("name", (row) => pick(["Kitchen", "Garden", "Tea", "Textiles", "Light"], row, 4)),
    ]),
    table("coupons", 312, [
      text("code", (row) => `${pick(["SPRING", "BRICK", "WARM"], row, 5)}-${row + 1}`, { primaryKey: true }),
      column("percent", "smallint", "INTEGER", "number", (row) => String(((mix(row, 6) % 8) + 1) * 5)),
      column("expires_on", "date", "TEXT", "temporal", (row) => `2027-${two((row % 12) + 1)}-01`, { nullable: true }),
    ]),
    table("customers", many(4_800), [
      id(many(4_800)),
      text("name", (row) => pick(PEOPLE, row, 7)),
      text("email", (row) => `${pick(MAILS, row, 7)}+${row}@example.org`),
      column("tags", "text[]", "TEXT", "array", (row) => (row % 3 ? "{regular}" : "{vip,newsletter}")),
      column("avatar", "bytea", "BLOB", "bytes", (row) => (row % 4 ? null : `\\x89504e47${hex(row, 8, 24)}`), {
        nullable: true,
      }),
      at("created_at", 9),
    ]),
    table(
      "events",
      many(61_000),
      [
        id(many(61_000)),
        text("kind", (row) => pick(["view", "cart", "buy"], row, 10)),
        column("payload", "jsonb", "TEXT", "json", (row) => `{"product": ${row % 400}}`),
        at("at", 11),
      ],
      { kind: "partitioned table" },
    ),
    table("inventory", many(920), [
      foreign("product_id", "products.id", 480, 12, { primaryKey: true }),
      column("on_hand", "integer", "INTEGER", "number", (row) => String(mix(row, 13) % 400)),
      at("counted_at", 14),
    ]),
    table("order_items", many(36_000), [
      id(many(36_000)),
      foreign("order_id", "orders.id", 10_000, 15),
      foreign("product_id", "products.id", 480, 16),
      text("sku", (row) => pick(SKUS, row, 17)),
      column("quantity", "integer", "INTEGER", "number", (row) => String((mix(row, 18) % 6) + 1)),
      amount("unit_price", 19, 90),
    ]),
    orders(scale === 1 ? 10_000 : 1_204_418),
    table(
      "payments",
      many(12_000),
      [
        id(many(12_000)),
        foreign("order_id", "orders.id", 10_000, 20),
        amount("amount", 21),
        column("took", "interval", "TEXT", "interval", (row) => `00:00:0${row % 9}.${(row * 37) % 1000}`),
        text("method", (row) => pick(["card", "invoice", "wallet"], row, 22)),
      ],
      { filtered: true },
    ),
    table("payroll", 96, [id(96), text("name", (row) => pick(PEOPLE, row, 23)), amount("gross", 24, 9000)], {
      denied: true,
    }),
    table("products", many(480), [
      id(many(480)),
      text("sku", (row) => pick(SKUS, row, 25)),
      text("name", (row) => pick(PRODUCTS, row, 25)),
      foreign("category_id", "categories.id", 148, 26),
      amount("price", 27, 90),
      column("attributes", "xml", "TEXT", "xml", (row) => `<a weight="${row % 9}"/>`, { nullable: true }),
    ]),
    table("refunds", 0, [id(1), foreign("payment_id", "payments.id", 12_000, 28), amount("amount", 29)]),
    table("reviews", many(2_140), [
      id(many(2_140)),
      foreign("product_id", "products.id", 480, 30),
      foreign("customer_id", "customers.id", 4_800, 31),
      column("stars", "smallint", "INTEGER", "number", (row) => String((mix(row, 32) % 5) + 1)),
      text(
        "body",
        (row) =>
          row % 7 ? pick(["Lovely.", "Solid, heavier than expected.", "ممتاز", "素晴らしい 🍵"], row, 33) : null,
        { nullable: true },
      ),
    ]),
    table("shipments", many(9_800), [
      id(many(9_800)),
      foreign("order_id", "orders.id", 10_000, 34),
      text("carrier", (row) => pick(["DHL", "Posten", "Yamato"], row, 35)),
      at("delivered_at", 36, { nullable: true }),
    ]),
    table('we"ird. name 🚀', 3, [
      id(3),
      text("a column with a name so long that no header could ever show all of it", () => "x"),
    ]),
    table(
      "late_shipments",
      41,
      [
        column("order_id", "bigint", "INTEGER", "number", (row) => String(row + 9)),
        column("days", "integer", "INTEGER", "number", (row) => String((row % 12) + 1)),
      ],
      { kind: "view" },
    ),
    table(
      "revenue_by_day",
      20,
      [
        column("day", "date", "TEXT", "temporal", (row) => `2026-11-${two(20 - (row % 20))}`),
        column("orders", "bigint", "INTEGER", "number", (row) => String(1900 + (mix(row, 38) % 900))),
        column("revenue", "numeric", "NUMERIC", "number", (row) => money(row, 39, 180_000)),
      ],
      { kind: scale === 1 ? "view" : "materialized view" },
    ),
    ...(scale === 1
      ? []
      : [
          table(
            "log",
            84_000,
            [
              id(84_000),
              text("who", (row) => pick(MAILS, row, 41)),
              text("what", (row) => pick(["update", "insert", "delete"], row, 42)),
              at("at", 43),
            ],
            { schema: "audit" },
          ),
          table("invoices", 12_400, [id(12_400), foreign("order_id", "orders.id", 10_000, 44), amount("total", 45)], {
            schema: "billing",
          }),
        ]),
  ];
}
