/** What is shown of a server's activity: pure. Filters, orders, the tree of who waits for whom, words for ages and sizes. */
import type {
  ActivityMoment,
  ActivitySession,
  ActivityWait,
  IndexUse,
  SessionDoing,
  SessionSignal,
  TableUse,
} from "@/ipc";

export type Section = "sessions" | "locks" | "sizes" | "server" | "slow";
export type Sizes = "tables" | "indexes";

export interface Order<By extends string = string> {
  readonly by: By;
  readonly desc: boolean;
}

/** What of the page is kept with its tab. */
export interface ActivityView {
  readonly section: Section;
  readonly sizes: Sizes;
  readonly idle: boolean;
  readonly ours: boolean;
  readonly background: boolean;
  readonly paused: boolean;
  readonly details: number;
  readonly order: Readonly<Partial<Record<"sessions" | "slow" | Sizes, Order>>>;
}

export const USUAL_VIEW: ActivityView = {
  section: "sessions",
  sizes: "tables",
  idle: true,
  ours: true,
  background: false,
  paused: false,
  details: 300,
  order: {},
};

const SECTIONS: readonly Section[] = ["sessions", "locks", "sizes", "server", "slow"];

const isOrder = (value: unknown): value is Order =>
  typeof value === "object" && value !== null && "by" in value && typeof value.by === "string" && "desc" in value;

/** What was kept, as far as it can be read. */
export function readView(json: string): ActivityView {
  try {
    const kept: unknown = JSON.parse(json);
    if (typeof kept !== "object" || kept === null) return USUAL_VIEW;
    const found = kept as Partial<Record<keyof ActivityView, unknown>>;
    const flag = (name: "idle" | "ours" | "background" | "paused") =>
      typeof found[name] === "boolean" ? (found[name] as boolean) : USUAL_VIEW[name];
    const orders = typeof found.order === "object" && found.order !== null ? Object.entries(found.order) : [];
    return {
      section: SECTIONS.find((each) => each === found.section) ?? USUAL_VIEW.section,
      sizes: found.sizes === "indexes" ? "indexes" : "tables",
      idle: flag("idle"),
      ours: flag("ours"),
      background: flag("background"),
      paused: flag("paused"),
      details: typeof found.details === "number" && found.details > 0 ? found.details : USUAL_VIEW.details,
      order: Object.fromEntries(orders.filter(([, order]) => isOrder(order))),
    };
  } catch {
    return USUAL_VIEW;
  }
}

/** `0.4 s`, `12 s`, `3 min 05 s`, `2 h 05 min`, `4 d 02 h`. */
export function age(ms: number | null): string {
  if (ms === null) return "";
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${two((seconds % 86_400) / 3600)} h`;
}

const whole = new Intl.NumberFormat("en");
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

export const count = (value: number | null): string => (value === null ? "" : whole.format(value));
export const clockTime = (at: number): string => clock.format(new Date(at));
export const exactTime = (at: number | null): string => (at === null ? "" : exact.format(new Date(at)));
export const dayOf = (at: number): string => day.format(new Date(at));

/** How long ago, in the largest unit: `5 min ago`. */
export function ago(at: number | null, now: number): string {
  if (at === null) return "";
  const seconds = Math.max(0, (now - at) / 1000);
  const units = [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
  ] as const;
  const unit = units.find(([size]) => seconds >= size);
  return unit ? `${Math.floor(seconds / unit[0])} ${unit[1]} ago` : "just now";
}

/** `4.1 MB`, by 1,000. */
export function bytes(value: number | null): string {
  if (value === null) return "";
  const units = ["B", "kB", "MB", "GB", "TB"] as const;
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const text = unit === 0 ? whole.format(size) : size >= 100 ? size.toFixed(0) : size.toFixed(1);
  return `${text} ${units[unit]}`;
}

export const DOING: Readonly<
  Record<SessionDoing, { word: string; tone: "neutral" | "ok" | "warn" | "danger" | "outline" }>
> = {
  active: { word: "active", tone: "ok" },
  idle: { word: "idle", tone: "neutral" },
  idle_in_transaction: { word: "idle in transaction", tone: "warn" },
  idle_in_failed_transaction: { word: "failed transaction", tone: "danger" },
  ending: { word: "ending", tone: "warn" },
  background: { word: "background", tone: "outline" },
  hidden: { word: "not visible", tone: "outline" },
  unknown: { word: "not known", tone: "outline" },
};

/** A statement in one line. */
export const oneLine = (text: string | null): string => (text === null ? "" : text.replace(/\s+/g, " ").trim());

const words = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean);

const hasAll = (texts: readonly (string | null)[], wanted: readonly string[]): boolean => {
  const all = texts
    .filter((text) => text !== null)
    .join("\n")
    .toLowerCase();
  return wanted.every((word) => all.includes(word));
};

/** The sessions that are to be shown; one in a lock's way is shown whatever else is hidden. */
export function sessionsShown(
  moment: ActivityMoment,
  view: Pick<ActivityView, "idle" | "ours" | "background">,
  text: string,
): readonly ActivitySession[] {
  const wanted = words(text);
  const involved = new Set(moment.waits.flatMap((wait) => (wait.blocker === null ? [] : [wait.blocker])));
  return moment.sessions.filter((each) => {
    const kept =
      involved.has(each.id) ||
      ((view.idle || each.doing !== "idle") &&
        (view.ours || !each.ours) &&
        (view.background || each.background === null));
    return (
      kept &&
      hasAll(
        [
          each.id,
          each.user,
          each.database,
          each.application,
          each.client,
          DOING[each.doing].word,
          each.background,
          each.waits_for,
          each.statement,
        ],
        wanted,
      )
    );
  });
}

type Cell = string | number | boolean | null;

/** In order; what is not known stands last either way, and equals stay as they came. */
export function ordered<T>(rows: readonly T[], of: (row: T) => Cell, desc: boolean): readonly T[] {
  const compare = (a: Cell, b: Cell): number => {
    if (a === b) return 0;
    if (a === null) return 1;
    if (b === null) return -1;
    const less = typeof a === "string" && typeof b === "string" ? a.localeCompare(b, "en") : Number(a) - Number(b);
    return desc ? -less : less;
  };
  return rows.toSorted((a, b) => compare(of(a), of(b)));
}

const DOING_RANK: readonly SessionDoing[] = [
  "active",
  "ending",
  "idle_in_failed_transaction",
  "idle_in_transaction",
  "idle",
  "unknown",
  "hidden",
  "background",
];

const idOf = (id: string): Cell => (/^\d{1,15}$/.test(id) ? Number(id) : id);

export const SESSION_CELLS: Readonly<Record<string, (session: ActivitySession) => Cell>> = {
  id: (session) => idOf(session.id),
  user: (session) => session.user,
  database: (session) => session.database,
  client: (session) => session.application ?? session.client,
  doing: (session) => DOING_RANK.indexOf(session.doing),
  doing_ms: (session) => session.doing_ms,
  transaction_ms: (session) => session.transaction_ms,
  waits_for: (session) => session.waits_for,
  statement: (session) => oneLine(session.statement) || null,
};

export const TABLE_CELLS: Readonly<Record<string, (table: TableUse) => Cell>> = {
  name: (table) => `${table.object.schema ?? ""}.${table.object.name}`,
  rows: (table) => table.rows,
  total: (table) => table.total_bytes,
  data: (table) => table.table_bytes,
  indexes: (table) => table.index_bytes,
  free: (table) => table.free_bytes,
  seq: (table) => table.seq_scans,
  idx: (table) => table.index_scans,
  dead: (table) => table.dead_rows,
  vacuumed: (table) => table.vacuumed_ms,
  analyzed: (table) => table.analyzed_ms,
};

export const INDEX_CELLS: Readonly<Record<string, (index: IndexUse) => Cell>> = {
  name: (index) => `${index.object.schema ?? ""}.${index.object.name}`,
  table: (index) => `${index.object.schema ?? ""}.${index.object.signature ?? ""}`,
  bytes: (index) => index.bytes,
  scans: (index) => index.scans,
  used: (index) => index.used_ms,
};

/** Rows by a column that is known, or as they came. */
export function inOrder<T>(
  rows: readonly T[],
  cells: Readonly<Record<string, (row: T) => Cell>>,
  order: Order,
): readonly T[] {
  const cell = cells[order.by];
  return cell ? ordered(rows, cell, order.desc) : rows;
}

/** Tables or indexes with all words in their names. */
export function named<T extends TableUse | IndexUse>(rows: readonly T[], text: string): readonly T[] {
  const wanted = words(text);
  return wanted.length === 0
    ? rows
    : rows.filter(({ object }) => hasAll([`${object.schema ?? ""}.${object.name}`, object.signature], wanted));
}

/** One line of the tree of waits. */
export interface TreeLine {
  /** Of the line: a session may stand at several places. */
  readonly key: string;
  readonly depth: number;
  /** The session, or what stands in its place. */
  readonly id: string;
  readonly session: ActivitySession | null;
  /** What is in the way where it is no session. */
  readonly instead: string | null;
  /** What it waits for; `null` at a root. */
  readonly wait: ActivityWait | null;
  /** It stands above itself: a circle. */
  readonly again: boolean;
  /** How many wait behind it, at any depth. */
  readonly behind: number;
}

const nameOf = (wait: ActivityWait): string =>
  wait.blocker ?? (wait.prepared === null ? "not told" : `prepared transaction ${wait.prepared}`);

/** Who waits for whom: who is in the way stands above those who wait, the one with the most behind it first. */
export function lockTree(moment: ActivityMoment): readonly TreeLine[] {
  const sessions = new Map(moment.sessions.map((each) => [each.id, each]));
  const behind = new Map<string, ActivityWait[]>();
  for (const wait of moment.waits) {
    const name = nameOf(wait);
    behind.set(name, [...(behind.get(name) ?? []), wait]);
  }
  const total = (name: string, seen: Set<string>): number => {
    for (const { waiter } of behind.get(name) ?? []) {
      if (seen.has(waiter)) continue;
      seen.add(waiter);
      total(waiter, seen);
    }
    return seen.size;
  };
  const counted = new Map([...behind.keys()].map((name) => [name, total(name, new Set())]));
  const lines: TreeLine[] = [];
  const drawn = new Set<string>();
  const draw = (name: string, wait: ActivityWait | null, above: readonly string[]) => {
    const again = above.includes(name);
    drawn.add(name);
    lines.push({
      key: [...above, name].join("/"),
      depth: above.length,
      id: name,
      session: sessions.get(name) ?? null,
      instead: wait === null && !/^\d+$/.test(name) && !sessions.has(name) ? name : null,
      wait,
      again,
      behind: counted.get(name) ?? 0,
    });
    if (again) return;
    const next = (behind.get(name) ?? []).toSorted((a, b) => (b.waiting_ms ?? 0) - (a.waiting_ms ?? 0));
    const seen = new Set<string>();
    for (const each of next) {
      if (seen.has(each.waiter)) continue;
      seen.add(each.waiter);
      draw(each.waiter, each, [...above, name]);
    }
  };
  const waiters = new Set(moment.waits.map((wait) => wait.waiter));
  const byWeight = [...behind.keys()].toSorted((a, b) => (counted.get(b) ?? 0) - (counted.get(a) ?? 0));
  for (const name of byWeight) if (!waiters.has(name)) draw(name, null, []);
  // Sessions that wait for each other have no root.
  for (const name of byWeight) if (!drawn.has(name)) draw(name, null, []);
  return lines;
}

/** Why this cannot be done to a session; nothing where it can. */
export function cannot(
  session: ActivitySession | null,
  signal: SessionSignal,
  connection: { readonly readOnly: boolean; readonly open: boolean },
): string | undefined {
  if (session === null) return "Choose a session first";
  if (!connection.open) return "The connection is not open";
  if (connection.readOnly) return "This connection is read-only";
  if (session.asking) return "Rowhouse asks the server over this session";
  const idle = ["idle", "idle_in_transaction", "idle_in_failed_transaction"].includes(session.doing);
  return signal === "cancel" && idle ? "It runs no statement" : undefined;
}

/** Whose session it is, in a line. */
export const whose = (session: ActivitySession): string =>
  [session.user, session.database && `on ${session.database}`, session.client && `from ${session.client}`]
    .filter(Boolean)
    .join(" ");
