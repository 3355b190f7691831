/** What the fake's key-value server keeps: every type, odd names, a list of three megabytes in one string. */
import type { KeyBytes } from "../bindings";
import type { World } from "./world";

export interface FakeGroup {
  readonly name: string;
  readonly lag: number | null;
  readonly pending: number;
}

export interface FakeKey {
  kind: string;
  /** When it goes, in ms since the epoch. */
  until: number | null;
  text: Uint8Array;
  fields: Map<string, { value: Uint8Array; ttl: number | null }>;
  items: Uint8Array[];
  members: Set<string>;
  scores: Map<string, string>;
  entries: { id: string; fields: [string, Uint8Array][] }[];
  groups: FakeGroup[];
}

export interface FakeKeyspace {
  readonly keys: Map<string, FakeKey>;
  /** A list stops at so many keys, before it is read on. */
  limit: number;
  /** Lists end so after some keys. */
  broken: boolean;
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes as the core shows them: as text where they are some. */
export function shown(bytes: Uint8Array): KeyBytes {
  try {
    return { as: "text", of: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return { as: "base64", of: btoa(binary) };
  }
}

export const meant = (value: KeyBytes | null): Uint8Array =>
  value === null
    ? new Uint8Array()
    : value.as === "text"
      ? bytesOf(value.of)
      : Uint8Array.from(atob(value.of), (sign) => sign.charCodeAt(0));

export const blank = (kind: string, more: Partial<FakeKey> = {}): FakeKey => ({
  kind,
  until: null,
  text: new Uint8Array(),
  fields: new Map(),
  items: [],
  members: new Set(),
  scores: new Map(),
  entries: [],
  groups: [],
  ...more,
});

/** A red square of eight by eight pixels. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGNYoC+PFTEMLQkAN6Y2ARh42WUAAAAASUVORK5CYII=";

const string = (text: string, until: number | null = null) => blank("string", { text: bytesOf(text), until });
const hash = (fields: Record<string, string>, until: number | null = null) =>
  blank("hash", {
    until,
    fields: new Map(Object.entries(fields).map(([name, value]) => [name, { value: bytesOf(value), ttl: null }])),
  });

function shop(now: number): Map<string, FakeKey> {
  const keys = new Map<string, FakeKey>();
  const SECOND = 1_000;
  const HOUR = 3_600_000;
  const cart = (id: number) =>
    hash(
      {
        currency: "EUR",
        coupon: "",
        "items:BRK-PLANTER-L": '{"qty": 2, "unit": "64.95", "added": "2026-11-20T15:41:08Z"}',
        "items:LIN-NAPKIN-6": '{"qty": 1, "unit": "24.50", "added": "2026-11-20T15:44:51Z"}',
        "items:TEA-SENCHA-100": '{"qty": 3, "unit": "8.40", "added": "2026-11-20T15:45:20Z"}',
        note: "Ring at the blue door, not the shop",
        updated_at: String(1_795_189_520 + id),
      },
      now + 23 * HOUR + 41 * 60 * SECOND,
    );
  for (const id of [906, 1177, 2204, 7719]) keys.set(`cart:user:${id}`, cart(id));
  for (let at = 0; at < 120; at += 1)
    keys.set(`cart:guest:${(at * 7919).toString(16).padStart(6, "0")}`, hash({ currency: "EUR" }, now + at * HOUR));
  for (const name of ["checkout-v2", "dark-mode", "new-search"]) keys.set(`feature:${name}`, string("on"));
  for (let at = 0; at < 60; at += 1)
    keys.set(
      `session:0192f3a4-${(at * 104_729).toString(16).padStart(8, "0")}`,
      string(
        JSON.stringify({ user: 1_000 + at, roles: ["buyer"], seen: 1_795_189_520 + at, cart: `cart:user:${at}` }),
        now + (40 + at * 11) * SECOND,
      ),
    );
  keys.set(
    "job:emails",
    blank("stream", {
      entries: Array.from({ length: 480 }, (_, at) => ({
        id: `${1_795_100_000_000 + at * 997}-0`,
        fields: [
          ["template", bytesOf(at % 5 === 0 ? "password-reset" : "order-confirmed")],
          ["to", bytesOf(`customer${at}@example.org`)],
          ["order", bytesOf(String(120_441 + at))],
        ],
      })),
      groups: [
        { name: "mailers", lag: 12, pending: 3 },
        { name: "audit", lag: null, pending: 0 },
      ],
    }),
  );
  keys.set("job:emails:dead", blank("list", { items: ["a", "b", "c"].map((each) => bytesOf(`{"job": "${each}"}`)) }));
  keys.set(
    "job:pending",
    blank("list", { items: Array.from({ length: 1_290 }, (_, at) => bytesOf(`{"id": ${at}, "kind": "resize"}`)) }),
  );
  keys.set(
    "leaderboard:sellers",
    blank("zset", {
      scores: new Map(Array.from({ length: 2_041 }, (_, at) => [`seller:${at}`, String((at * 37) % 4_999)])),
    }),
  );
  keys.set(
    "tags:product:sale",
    blank("set", { members: new Set(Array.from({ length: 318 }, (_, at) => `product:${at * 3}`)) }),
  );
  keys.set(
    "visitors:2026-11-20",
    blank("string", { text: Uint8Array.from([0x48, 0x59, 0x4c, 0x4c, 1, 0, 0, 255, 3]) }),
  );
  keys.set(
    "cache:page:home",
    string(`<!doctype html>\n${"<p>Bricks, linen, tea.</p>\n".repeat(1_800)}`, now + 90 * SECOND),
  );
  keys.set(
    "cache:catalogue",
    string(
      `[${Array.from({ length: 42_000 }, (_, at) => `{"id": ${at}, "price": 64.950, "name": "Planter ${at}"}`).join(",\n")}]`,
    ),
  );
  keys.set("cache:logo", blank("string", { text: Uint8Array.from(atob(PNG), (sign) => sign.charCodeAt(0)) }));
  keys.set(
    "config:shop",
    blank("ReJSON-RL", { text: bytesOf('{"currency":"EUR","vat":0.190,"open":true,"tags":["brick","tea"]}') }),
  );
  keys.set("filter:seen", blank("MBbloom--"));
  keys.set("odd\\nname\\x00with\\xffbytes", string("three bytes that no text has"));
  keys.set("back\\\\slash", string("C:\\\\temp"));
  keys.set(
    `report:${"a-very-long-name-".repeat(12)}end`,
    hash({ ["field-".repeat(30)]: "value ".repeat(60), big: "x".repeat(3_200_000) }),
  );
  keys.set("lock:invoice:2026-11", string("worker-7", now + 12 * SECOND));
  keys.set("flags:users", blank("string", { text: Uint8Array.from({ length: 64 }, (_, at) => (at * 73) % 256) }));
  keys.set("empty", string(""));
  keys.set(
    "places",
    blank("zset", {
      scores: new Map([
        ["Berlin", "3673983950397063"],
        ["Wien", "3673770268393283"],
      ]),
    }),
  );
  return keys;
}

const SPACES = new WeakMap<World, Map<string, FakeKeyspace>>();

/** What a database of the fake's key-value server keeps; other databases than the first keep nothing. */
export function keyspaceOf(world: World, database: string | null): FakeKeyspace {
  const spaces = SPACES.get(world) ?? new Map<string, FakeKeyspace>();
  SPACES.set(world, spaces);
  const name = database ?? "0";
  const known = spaces.get(name);
  if (known) return known;
  const made = { keys: name === "0" ? shop(Date.now()) : new Map(), limit: 2_000_000, broken: false };
  spaces.set(name, made);
  return made;
}
