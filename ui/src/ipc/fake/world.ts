/** What the fake host remembers: connections, tabs, history, settings, and who listens. */
import type {
  About,
  AppError,
  AppEvent,
  AuditEntry,
  ConnectionPhase,
  ConnectionProfile,
  ConnectionState,
  DriverForm,
  ErrorCode,
  ExplainedPlan,
  FormField,
  HistoryEntry,
  RestoredTab,
  Safety,
  Settings,
  TabSession,
} from "../bindings";
import { HostError } from "../host";
import { collections, type FakeCollection } from "./collections";
import type { Hold } from "./holds";
import { type FakeSecurity, makeSecurity } from "./policies";
import { type FakeTable, shop } from "./tables";
import { tunnelFields } from "./tunnel";

export interface FakeOptions {
  /** Milliseconds every call takes; 0 in tests. */
  readonly latencyMs?: number;
  /** How much faster than life long runs go: 0 is at once. */
  readonly pace?: number;
  readonly tabs?: readonly RestoredTab[];
  readonly layout?: string | null;
  active?: string | null;
  readonly openedFor?: string | null;
  /** Profiles that are open from the start. */
  readonly open?: readonly string[];
  readonly settings?: Partial<Settings>;
  readonly firstStart?: boolean;
  /** How many tables diagrams draw; the shop's where 0. */
  readonly drawn?: number;
  /** How many tables the pages of policies know. */
  readonly tables?: number;
  /** The safety level of the connection with keys. */
  readonly keys?: Safety;
  /** Whether there is a server of documents among the connections. */
  readonly documents?: boolean;
}

export interface World {
  readonly pace: number;
  profiles: ConnectionProfile[];
  readonly connections: Map<string, ConnectionState>;
  readonly sessions: Map<string, TabSession>;
  readonly listeners: Set<(event: AppEvent) => void>;
  readonly holds: Map<string, Hold>;
  readonly runs: Map<string, () => void>;
  readonly files: Map<string, { text: string; stamp: number }>;
  tabs: RestoredTab[];
  layout: string | null;
  active: string | null;
  closed: RestoredTab[];
  readonly texts: Map<string, { text: string; sequence: number }>;
  history: HistoryEntry[];
  plans: ExplainedPlan[];
  /** Whether a plan is being asked for. */
  explaining: boolean;
  settings: Settings;
  about: About;
  openedFor: string | null;
  picked: string | null;
  nextId: number;
  readonly sample: readonly FakeTable[];
  readonly shop: readonly FakeTable[];
  readonly collections: readonly FakeCollection[];
  readonly security: FakeSecurity;
}

export const PROD = "p-prod";
export const STAGING = "p-staging";
export const SAMPLE = "p-sample";
/** Keys and values; there where it is `open` or the tabs are of it. */
export const REDIS = "p-sessions";
export const CATALOGUE = "p-catalogue";

export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export function failure(code: ErrorCode, message: string, more: Partial<AppError> = {}): AppError {
  return { code, message, hint: null, range: null, native: null, ...more };
}

export function refuse(code: ErrorCode, message: string, more: Partial<AppError> = {}): never {
  throw new HostError(failure(code, message, more));
}

export const DEFAULTS: Settings = {
  theme: "system",
  data_font_px: 12,
  data_font: "",
  density: "dense",
  row_cap: 100_000,
  byte_cap_mb: 256,
  statement_timeout_s: 0,
  connect_timeout_s: 15,
  idle_close_min: 20,
  idle_transaction_min: 10,
  session_limit: 6,
  page_rows: 1_000,
  shortcuts: {},
  software_rendering: "auto",
  history_days: 0,
  audit_days: 0,
  ask_whole_table: "always",
  ask_drops: false,
};

const field = (name: string, label: string, section: string, more: Partial<FormField> = {}): FormField => ({
  name,
  label,
  section,
  kind: "text",
  choices: [],
  default: null,
  placeholder: null,
  help: null,
  required: false,
  joined: false,
  visible: null,
  ...more,
});

export const DRIVERS: readonly DriverForm[] = [
  {
    id: "postgres",
    label: "PostgreSQL",
    schemes: ["postgres", "postgresql"],
    opens_files: false,
    can_act_as: true,
    language: { grammar: "postgresql", line_comment: "--", identifier_quote: '"', is_sql: true },
    fields: [
      field("host", "Host", "Server", {
        required: true,
        placeholder: "localhost",
        help: "A name, an address, or the folder of a Unix socket.",
      }),
      field("port", "Port", "Server", { kind: "number", default: "5432", joined: true }),
      field("database", "Database", "Server", { placeholder: "as the user" }),
      field("user", "User", "Sign-in", { required: true }),
      field("password", "Password", "Sign-in", { kind: "secret" }),
      field("tls", "TLS", "TLS", {
        kind: "choice",
        default: "verify-full",
        choices: ["disable", "require", "verify-ca", "verify-full"].map((value) => ({
          value,
          label: value,
          help:
            value === "require" ? "Nobody can listen, but nothing proves that the server is the one you mean." : null,
        })),
        help: "verify-full checks the certificate and the host's name.",
      }),
      field("ca_file", "Authority", "TLS", {
        kind: "file",
        placeholder: "the system's",
        visible: { field: "tls", values: ["verify-ca", "verify-full"] },
      }),
      ...tunnelFields(field),
    ],
  },
  {
    id: "sqlite",
    label: "SQLite",
    schemes: ["sqlite"],
    opens_files: true,
    language: { grammar: "sqlite", line_comment: "--", identifier_quote: '"', is_sql: true },
    fields: [
      field("path", "File", "File", { kind: "file", required: true }),
      field("mode", "Mode", "File", {
        kind: "choice",
        default: "rw",
        choices: [
          { value: "rw", label: "Read and write", help: null },
          { value: "ro", label: "Read only", help: null },
        ],
      }),
    ],
  },
];

/** On the list only where a connection of it is. */
export const KEYS_DRIVER: DriverForm = {
  id: "redis",
  label: "Redis",
  schemes: ["redis", "rediss"],
  opens_files: false,
  language: { grammar: "redis", line_comment: "#", identifier_quote: '"', is_sql: false },
  fields: [
    field("host", "Host", "Server", { required: true, placeholder: "localhost" }),
    field("port", "Port", "Server", { kind: "number", default: "6379", joined: true }),
    field("database", "Database", "Server", { placeholder: "0" }),
  ],
};

/** What its driver would say of MongoDB; among the drivers where a world has documents. */
export const DOCUMENTS_DRIVER: DriverForm = {
  id: "mongodb",
  label: "MongoDB",
  schemes: ["mongodb", "mongodb+srv"],
  opens_files: false,
  language: { grammar: "mongosh", line_comment: "//", identifier_quote: '"', is_sql: false },
  fields: [field("host", "Host", "Server", { required: true })],
};

const HOUR = 3_600_000;

const keysProfile = (safety: Safety): ConnectionProfile => ({
  id: REDIS,
  name: "sessions",
  group: "Shop",
  colour: null,
  environment: "development",
  safety,
  driver: "redis",
  driver_label: "Redis",
  values: { host: "cache.shop.internal", port: "6379", database: "0" },
  password: "keychain",
  target: "cache.shop.internal:6379/0",
  server: "Redis 7.4",
  last_used_ms: Date.now() - HOUR,
  sample: false,
});

function profiles(firstStart: boolean): ConnectionProfile[] {
  const now = Date.now();
  const sample: ConnectionProfile = {
    id: SAMPLE,
    name: "Sample shop",
    group: null,
    colour: null,
    environment: "local",
    safety: "free",
    driver: "sqlite",
    driver_label: "SQLite",
    values: { path: "~/.local/share/rowhouse/sample.db" },
    password: "none",
    target: "sample.db",
    server: "SQLite 3.50.4",
    last_used_ms: firstStart ? null : now - 30 * HOUR,
    sample: true,
  };
  if (firstStart) return [sample];
  const postgres = (
    id: string,
    name: string,
    host: string,
    environment: ConnectionProfile["environment"],
    used: number,
  ): ConnectionProfile => ({
    id,
    name,
    group: "Shop",
    colour: null,
    environment,
    safety: environment === "production" ? "read_only" : "free",
    driver: "postgres",
    driver_label: "PostgreSQL",
    values: { host, port: "5432", database: "shop", user: "reporting", tls: "verify-full" },
    password: "keychain",
    target: `${host}:5432/shop`,
    server: "PostgreSQL 18.4",
    last_used_ms: now - used,
    sample: false,
  });
  return [
    sample,
    postgres(PROD, "shop-prod", "db1.shop.internal", "production", HOUR / 4),
    postgres(STAGING, "shop-staging", "db1.stg.shop.internal", "staging", 5 * HOUR),
  ];
}

const STATEMENTS: readonly [
  hours: number,
  text: string,
  outcome: string,
  rows: number | null,
  ms: number,
  error?: string,
][] = [
  [
    0.02,
    "select o.id, o.placed_at, c.email from orders o join customers c on c.id = o.customer_id",
    "running",
    100_000,
    1_190,
  ],
  [0.05, "select date_trunc('day', o.placed_at)::date as day, count(*) from orders o group by 1", "completed", 20, 312],
  [
    0.1,
    "select o.id, o.custmer_id, o.total from orders o",
    "failed",
    null,
    9,
    "column o.custmer_id does not exist (42703)",
  ],
  [0.4, "explain (analyze, buffers) select * from order_items", "completed", 14, 1_900],
  [0.6, "alter role reporting password '[redacted]'", "completed", 0, 4],
  [1.1, "select pg_sleep(60)", "cancelled", null, 4_100],
  [1.4, "update orders set status = 'paid' where id = 1204414", "completed", 1, 6],
  [22, "refresh materialized view revenue_by_day", "completed", null, 12_400],
  [23, "select * from refunds where payment_id = 3120", "completed", 31, 22],
  [
    24,
    "with late as (select s.order_id from shipments s) select count(*) from late",
    "lost",
    null,
    3_000,
    "The server closed the connection.",
  ],
  [75, "select count(*) from orders where coupon is not null", "completed", 1, 402],
];

/** The lines of the audit trail that these statements would have made. */
export function auditOf(entries: readonly HistoryEntry[]): AuditEntry[] {
  return entries
    .filter(({ text }) => /^\s*(insert|update|delete|create|alter|drop|grant)/i.test(text))
    .map((entry) => ({
      ...entry,
      kind: /^\s*(insert|update|delete)/i.test(entry.text) ? "write" : "schema",
      command: entry.text.trim().split(/\s+/, 1)[0]?.toUpperCase() ?? "",
      targets: [],
      digest: "0".repeat(64),
    }));
}

function history(): HistoryEntry[] {
  return STATEMENTS.map(([hours, text, outcome, rows, elapsed_ms, error], index) => ({
    id: 400 - index,
    at_ms: Date.now() - hours * HOUR,
    profile_id: PROD,
    profile_name: "shop-prod",
    database: "shop",
    text,
    outcome,
    rows,
    elapsed_ms,
    error: error ?? null,
    face: index === 7 ? "cli" : "window",
    plan: false,
  }));
}

function catalogue(): ConnectionProfile {
  return {
    id: CATALOGUE,
    name: "catalogue",
    group: "Shop",
    colour: null,
    environment: "development",
    safety: "free",
    driver: DOCUMENTS_DRIVER.id,
    driver_label: DOCUMENTS_DRIVER.label,
    values: { host: "localhost", port: "27017" },
    password: "none",
    target: "localhost:27017/shop",
    server: "MongoDB 8.0.4",
    last_used_ms: Date.now(),
    sample: false,
  };
}

export function makeWorld(options: FakeOptions): World {
  const world: World = {
    pace: options.pace ?? 1,
    profiles: [
      ...profiles(options.firstStart ?? false),
      ...(options.keys || options.open?.includes(REDIS) ? [keysProfile(options.keys ?? "free")] : []),
      ...(options.documents ? [catalogue()] : []),
    ],
    connections: new Map(),
    sessions: new Map(),
    listeners: new Set(),
    holds: new Map(),
    runs: new Map(),
    files: new Map([["/users/ada/reports/late.sql", { text: "select * from late_shipments;\n", stamp: 1 }]]),
    tabs: [...(options.tabs ?? [])],
    layout: options.layout ?? null,
    active: options.active ?? options.tabs?.[0]?.tab.id ?? null,
    closed: [],
    texts: new Map((options.tabs ?? []).map((tab) => [tab.tab.id, { text: tab.text, sequence: tab.sequence }])),
    plans: [],
    explaining: false,
    history: options.firstStart ? [] : history(),
    settings: { ...DEFAULTS, ...options.settings },
    about: {
      version: "0.1.0",
      home: "~/.local/share/rowhouse",
      platform: "linux",
      rendering: "Drawn without the GPU: none was found.",
      keychain: { name: "Secret Service", works: true, reason: null },
      sample_tables: 14,
      sample_rows: 58_210,
    },
    openedFor: options.openedFor ?? null,
    picked: "/users/ada/reports/late.sql",
    nextId: 1,
    sample: shop(1),
    shop: shop(10),
    collections: options.documents ? collections() : [],
    security: makeSecurity(options.tables ?? 0),
  };
  for (const id of options.open ?? []) world.connections.set(id, stateOf(world, id, { phase: "open" }));
  return world;
}

export const emit = (world: World, event: AppEvent) => {
  for (const listener of world.listeners) listener(event);
};

export const profileOf = (world: World, id: string): ConnectionProfile =>
  world.profiles.find((profile) => profile.id === id) ?? refuse("not_found", "There is no such connection.");

const TABLES: Readonly<Record<string, "sample" | "collections">> = { sqlite: "sample", mongodb: "collections" };

export const tablesOf = (world: World, profileId: string): readonly FakeTable[] =>
  world[TABLES[profileOf(world, profileId).driver] ?? "shop"];

export const isDocuments = (world: World, profileId: string) =>
  profileOf(world, profileId).driver === DOCUMENTS_DRIVER.id;

export const isSqlite = (world: World, profileId: string) => profileOf(world, profileId).driver === "sqlite";

/** A connection's state with another phase. */
export function stateOf(world: World, id: string, phase: ConnectionPhase): ConnectionState {
  const profile = profileOf(world, id);
  const sqlite = profile.driver === "sqlite";
  const keys = profile.driver === KEYS_DRIVER.id;
  const documents = profile.driver === DOCUMENTS_DRIVER.id;
  const known = phase.phase === "open" || phase.phase === "lost";
  return {
    profile_id: id,
    phase,
    server: known
      ? {
          product: profile.driver_label,
          version: keys ? "7.4.1" : sqlite ? "3.50.4" : documents ? "8.0.4" : "18.4",
          facts: sqlite || keys ? {} : { encoding: "UTF8" },
        }
      : null,
    database: keys ? "0" : sqlite ? "main" : "shop",
    can_browse: !keys,
    can_browse_keys: keys,
    can_browse_documents: documents,
    can_show_ddl: !keys,
    can_explain: !keys,
    can_watch: !sqlite,
    can_report: keys,
    can_list_slow: keys,
    can_follow: keys || documents,
    can_secure: !sqlite && !keys && !documents,
    can_act_as: !sqlite && !keys && !documents,
    can_advise: !keys && !documents,
    can_alter: !keys && !documents,
    can_alter_roles: !keys && !documents,
    read_only: profile.safety === "read_only" ? "the server, in every session (default_transaction_read_only)" : null,
    sessions: 1 + [...world.sessions.values()].filter((s) => s.profile_id === id && s.link === "up").length,
    session_limit: world.settings.session_limit,
  };
}

export function setPhase(world: World, id: string, phase: ConnectionPhase): ConnectionState {
  const state = stateOf(world, id, phase);
  if (phase.phase === "closed") world.connections.delete(id);
  else world.connections.set(id, state);
  emit(world, { event: "connection", state });
  emit(world, { event: "changed", topics: ["connections"], profile_id: id });
  return state;
}

export function requireOpen(world: World, id: string): void {
  const phase = world.connections.get(id)?.phase.phase;
  if (phase !== "open")
    refuse("unreachable", `${profileOf(world, id).name} is not connected.`, { hint: "Connect first." });
}
