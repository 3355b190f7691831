/** What the fake servers do: a shop with a lock chain, idle clients, and the server's own work. */
import type {
  ActivityMoment,
  ActivitySession,
  ActivitySizes,
  ActivityWait,
  IndexUse,
  ObjectRef,
  SignalAnswer,
  SignalRequest,
  TableUse,
} from "../bindings";
import { isSqlite, profileOf, refuse, requireOpen, tablesOf, type World } from "./world";

const gone = new WeakMap<World, Set<string>>();
const cancelled = new WeakMap<World, Set<string>>();
const begun = new WeakMap<World, number>();

const setOf = (map: WeakMap<World, Set<string>>, world: World): Set<string> => {
  const known = map.get(world) ?? new Set<string>();
  map.set(world, known);
  return known;
};

function session(id: string, more: Partial<ActivitySession>): ActivitySession {
  return {
    id,
    opened: `1763710000.${id}`,
    user: "app",
    database: "shop",
    client: `10.0.4.17:${50_000 + Number(id)}`,
    application: "shop-api",
    doing: "idle",
    doing_ms: 1_000,
    transaction_ms: null,
    waits_for: null,
    statement: null,
    statement_ms: null,
    statement_id: null,
    cut: false,
    background: null,
    ours: false,
    asking: false,
    ...more,
  };
}

const running = (statement: string, ms: number, more: Partial<ActivitySession> = {}): Partial<ActivitySession> => ({
  doing: "active",
  doing_ms: ms,
  statement,
  statement_ms: ms,
  statement_id: `s${statement.length}`,
  ...more,
});

function sessions(elapsed: number): readonly ActivitySession[] {
  const held = 184_000 + elapsed;
  return [
    session("4711", {
      user: "ann",
      application: "psql",
      client: "10.0.4.2:51312",
      doing: "idle_in_transaction",
      doing_ms: held,
      transaction_ms: held + 4_000,
      statement: "UPDATE public.orders SET status = 'held' WHERE customer_id = 4711",
      statement_ms: held,
    }),
    session(
      "4802",
      running("UPDATE public.orders SET status = 'paid', paid_at = now() WHERE id = 88112", 96_000 + elapsed, {
        transaction_ms: 96_100 + elapsed,
        waits_for: "Lock: transactionid",
      }),
    ),
    session(
      "4805",
      running("DELETE FROM public.order_lines WHERE order_id = 88112", 61_000 + elapsed, {
        transaction_ms: 61_050 + elapsed,
        waits_for: "Lock: tuple",
      }),
    ),
    session(
      "4822",
      running("ALTER TABLE public.orders ADD COLUMN channel text", 12_000 + elapsed, {
        user: "deploy",
        application: "migrations",
        transaction_ms: 12_000 + elapsed,
        waits_for: "Lock: relation",
      }),
    ),
    session(
      "4830",
      running(
        "SELECT c.country, date_trunc('month', o.placed_at) AS month,\n       count(*) AS orders, sum(l.quantity * l.unit_price) AS revenue\nFROM public.orders o\nJOIN public.customers c ON c.id = o.customer_id\nJOIN public.order_lines l ON l.order_id = o.id\nWHERE o.placed_at >= now() - interval '24 months'\nGROUP BY 1, 2\nORDER BY 2, 4 DESC",
        4_300 + elapsed,
        { user: "reporting_with_a_very_long_role_name", application: "Metabase", waits_for: "IO: DataFileRead" },
      ),
    ),
    session("4100", { doing_ms: 420 + elapsed, statement: "SELECT * FROM public.products WHERE id = $1" }),
    session("4101", { doing_ms: 8_400 + elapsed, statement: "COMMIT" }),
    session("4102", { doing_ms: 65_000 + elapsed, statement: "SELECT 1" }),
    session("4103", {
      doing: "idle_in_failed_transaction",
      doing_ms: 14_000 + elapsed,
      transaction_ms: 15_200 + elapsed,
      statement: "INSERT INTO public.orders (id) VALUES (88112)",
    }),
    session("4900", {
      ...running("select pid, usename from pg_stat_activity", 3),
      user: "ada",
      application: "Rowhouse control",
      client: "10.0.9.4:40110",
      ours: true,
      asking: true,
    }),
    session("4901", {
      user: "ada",
      application: "Rowhouse session",
      client: "10.0.9.4:40118",
      doing_ms: 32_000 + elapsed,
      statement: "select * from orders limit 100",
      ours: true,
    }),
    ...["checkpointer", "background writer", "walwriter", "autovacuum launcher"].map((background, at) =>
      session(String(90 + at), {
        user: null,
        database: null,
        client: null,
        application: null,
        doing: "background",
        doing_ms: null,
        background,
      }),
    ),
  ];
}

const CHAIN: readonly (readonly [
  waiter: string,
  blocker: string,
  object: string,
  wanted: string,
  held: string | null,
  ms: number,
])[] = [
  ["4802", "4711", "row of public.orders", "ShareLock", "ExclusiveLock", 96_000],
  ["4805", "4802", "row of public.order_lines", "ShareLock", "ExclusiveLock", 61_000],
  ["4822", "4711", "public.orders", "AccessExclusiveLock", "RowExclusiveLock", 12_000],
  ["4822", "4802", "public.orders", "AccessExclusiveLock", "RowExclusiveLock", 12_000],
];

function watched(world: World, profileId: string) {
  requireOpen(world, profileId);
  if (isSqlite(world, profileId)) {
    refuse("unsupported", "SQLite keeps no sessions that others could watch.", {
      hint: "Activity is there for PostgreSQL, MySQL and MariaDB.",
    });
  }
}

export function momentOf(world: World, profileId: string): ActivityMoment {
  watched(world, profileId);
  const now = Date.now();
  const first = begun.get(world) ?? now;
  begun.set(world, first);
  const [away, stopped] = [setOf(gone, world), setOf(cancelled, world)];
  const there = (id: string) => !away.has(id);
  const list = sessions(now - first)
    .filter(({ id }) => there(id))
    .map((each) => (stopped.has(each.id) ? { ...each, doing: "idle" as const, waits_for: null } : each));
  const waits = CHAIN.filter(([waiter, blocker]) => there(waiter) && there(blocker) && !stopped.has(waiter)).map(
    ([waiter, blocker, object, wanted, held, ms]): ActivityWait => ({
      waiter,
      blocker,
      prepared: null,
      object,
      wanted,
      held,
      waiting_ms: ms + now - first,
    }),
  );
  return { at_ms: now, sessions: list, waits, unseen: [] };
}

const ref = (kind: string, name: string, signature: string | null = null): ObjectRef => ({
  database: null,
  schema: "public",
  kind,
  name,
  signature,
});

export function sizesOf(world: World, profileId: string): ActivitySizes {
  watched(world, profileId);
  const now = Date.now();
  const names = tablesOf(world, profileId).map((table) => table.name);
  const tables = names.map((name, at): TableUse => {
    const rows = (names.length - at) ** 3 * 1_234;
    const data = rows * 140;
    return {
      object: ref("relation", name),
      kind: null,
      rows,
      total_bytes: Math.round(data * 1.6),
      table_bytes: data,
      index_bytes: Math.round(data * 0.6),
      free_bytes: null,
      busy: at === 1,
      seq_scans: at * 311,
      index_scans: (names.length - at) * 48_211,
      dead_rows: Math.round(rows / 90),
      vacuumed_ms: at % 4 === 3 ? null : now - at * 5_400_000,
      analyzed_ms: now - at * 1_900_000,
    };
  });
  const indexes = names.flatMap((name, at): IndexUse[] => {
    const index = (suffix: string, more: Partial<IndexUse>): IndexUse => ({
      object: ref("index", `${name}_${suffix}`, name),
      bytes: (names.length - at) ** 3 * 24_000,
      busy: at === 1,
      scans: (names.length - at) * 48_211,
      used_ms: now - at * 60_000,
      primary: false,
      unique: false,
      valid: true,
      ...more,
    });
    return [
      index("pkey", { primary: true, unique: true }),
      index("created_at_idx", { scans: at % 3 === 0 ? 0 : 12, used_ms: at % 3 === 0 ? null : now - 8_000_000 }),
    ];
  });
  return { at_ms: now, tables, indexes, counted_since_ms: now - 40 * 86_400_000, counts_rows: false, unseen: [] };
}

export function signalOf(world: World, request: SignalRequest): SignalAnswer {
  const { session: id, signal } = request;
  const moment = momentOf(world, request.profile_id);
  const profile = profileOf(world, request.profile_id);
  if (profile.safety === "read_only") {
    refuse(
      "forbidden",
      `SELECT pg_${signal === "kill" ? "terminate" : "cancel"}_backend(${id}) was not sent: this connection is read-only.`,
      {
        hint: "Change the connection's safety level to allow writes.",
      },
    );
  }
  const found = moment.sessions.find((each) => each.id === id);
  if (!found) return { answer: "needless", message: `Session ${id} is gone.` };
  if (!request.confirmed && (signal === "kill" || profile.environment === "production")) {
    const whose = `session ${id} of ${found.user} on ${found.database}`;
    return {
      answer: "confirm",
      title: signal === "kill" ? `End ${whose}?` : `Cancel the statement of ${whose}?`,
      description: `Its connection is closed and its open transaction rolled back. Its client is ${found.application} at ${found.client}.`,
      statement: found.statement,
      confirm: signal === "kill" ? "End session" : "Cancel statement",
    };
  }
  setOf(signal === "kill" ? gone : cancelled, world).add(id);
  return {
    answer: "sent",
    done: true,
    message: signal === "kill" ? `Session ${id} was ended.` : `The statement of session ${id} was cancelled.`,
  };
}
