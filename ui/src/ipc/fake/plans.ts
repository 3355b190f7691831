/** The fake host's plans: a join that was estimated wrongly, before and after its index; kept with the history. */
import type { ExplainedPlan, Plan, PlanAnswer, PlanLine, PlanNode, PlanQuery, PlanRequest } from "../bindings";
import { HostError } from "../host";
import { emit, failure, isSqlite, profileOf, refuse, requireOpen, type World, wait } from "./world";

interface Draft {
  readonly depth: number;
  readonly kind: string;
  readonly relation?: string;
  readonly alias?: string;
  readonly index?: string;
  readonly summary?: string;
  readonly own?: number;
  readonly rows: number;
  readonly actual?: number;
  readonly cost: number;
  readonly off?: PlanNode["off"];
  readonly pages?: Partial<NonNullable<PlanNode["pages"]>>;
  readonly loops?: number;
}

const FAR: PlanNode["off"] = { words: "12× more", more: true, weight: "far" };
const CLOSE: PlanNode["off"] = { words: "close", more: false, weight: "usual" };
const LESS: PlanNode["off"] = { words: "1.3× fewer", more: false, weight: "usual" };

/** As the visual target draws it. */
const DRAFTS: readonly Draft[] = [
  { depth: 0, kind: "Limit", own: 0.1, rows: 50, actual: 50, cost: 0.1, off: CLOSE },
  {
    depth: 1,
    kind: "Sort",
    summary: "by revenue DESC, top-N heapsort, 31 kB",
    own: 3.2,
    rows: 11840,
    actual: 9102,
    cost: 90,
    off: LESS,
  },
  {
    depth: 2,
    kind: "Finalize HashAggregate",
    summary: "group by c.id, c.email",
    own: 38,
    rows: 11840,
    actual: 9102,
    cost: 320,
    off: LESS,
    pages: { hit: 1164 },
  },
  {
    depth: 3,
    kind: "Gather",
    summary: "2 workers planned, 2 launched",
    own: 21,
    rows: 23680,
    actual: 18114,
    cost: 2300,
    off: LESS,
  },
  {
    depth: 4,
    kind: "Partial HashAggregate",
    own: 64,
    rows: 11840,
    actual: 6038,
    cost: 410,
    off: { words: "2× fewer", more: false, weight: "usual" },
    loops: 3,
  },
  {
    depth: 5,
    kind: "Hash Join",
    summary: "on (o.customer_id = c.id)",
    own: 118,
    rows: 35120,
    actual: 412880,
    cost: 800,
    off: FAR,
    loops: 3,
  },
  {
    depth: 6,
    kind: "Hash Join",
    summary: "on (i.order_id = o.id)",
    own: 412,
    rows: 35120,
    actual: 412880,
    cost: 9100,
    off: FAR,
    pages: { temp_written: 6144, temp_read: 6144 },
    loops: 3,
  },
  {
    depth: 7,
    kind: "Parallel Seq Scan",
    relation: "order_items",
    alias: "i",
    own: 904,
    rows: 1200000,
    actual: 1198204,
    cost: 41200,
    off: CLOSE,
    pages: { read: 41290 },
    loops: 3,
  },
  {
    depth: 7,
    kind: "Parallel Hash",
    summary: "4 batches, 18432 kB",
    own: 96,
    rows: 2940,
    actual: 34402,
    cost: 100,
    off: FAR,
    loops: 3,
  },
  {
    depth: 8,
    kind: "Parallel Index Scan",
    relation: "orders",
    alias: "o",
    index: "orders_placed_at_idx",
    summary: "orders_placed_at_idx, (o.placed_at >= (now() - '30 days'::interval))",
    own: 206,
    rows: 2940,
    actual: 34402,
    cost: 8800,
    off: FAR,
    pages: { hit: 8204 },
    loops: 3,
  },
  {
    depth: 6,
    kind: "Hash",
    summary: "1 batch, 4096 kB",
    own: 6,
    rows: 48201,
    actual: 48201,
    cost: 20,
    off: CLOSE,
    loops: 3,
  },
  {
    depth: 7,
    kind: "Seq Scan",
    relation: "customers",
    alias: "c",
    own: 12,
    rows: 48201,
    actual: 48201,
    cost: 980,
    off: CLOSE,
    pages: { hit: 612 },
    loops: 3,
  },
];

const INDEXED: readonly Draft[] = DRAFTS.flatMap((draft): Draft[] => {
  if (draft.summary === "on (i.order_id = o.id)")
    return [{ depth: 6, kind: "Nested Loop", own: 22, rows: 35120, actual: 412880, cost: 700, off: FAR, loops: 3 }];
  if (draft.relation === "order_items")
    return [
      {
        depth: 7,
        kind: "Index Scan",
        relation: "order_items",
        alias: "i",
        index: "order_items_order_id_idx",
        summary: "order_items_order_id_idx, (i.order_id = o.id)",
        own: 88,
        rows: 12,
        actual: 12,
        cost: 3,
        off: CLOSE,
        pages: { hit: 51002 },
        loops: 34402,
      },
    ];
  if (draft.kind === "Parallel Hash") return [];
  if (draft.relation === "orders") return [{ ...draft, depth: 7 }];
  return [draft];
});

const NO_PAGES = { hit: 0, read: 0, dirtied: 0, written: 0, temp_read: 0, temp_written: 0 };

function nodesOf(drafts: readonly Draft[], measured: boolean): PlanNode[] {
  const above: number[] = [];
  const nodes = drafts.map((draft, place): PlanNode => {
    above.length = draft.depth;
    const parent = above.at(-1) ?? null;
    above.push(place);
    const {
      kind,
      relation = null,
      alias = null,
      index = null,
      summary = null,
      own = 0,
      rows,
      actual,
      cost,
      off = null,
      pages,
      loops = 1,
    } = draft;
    const own_ns = measured ? Math.round(own * 1e6) : null;
    const total = (cost * 3).toFixed(2);
    return {
      parent,
      depth: draft.depth,
      title: `${kind}${relation ? ` on ${relation}` : ""}${alias ? ` ${alias}` : ""}`,
      kind,
      role: null,
      schema: relation ? "public" : null,
      relation,
      alias,
      index,
      summary,
      conditions: summary?.startsWith("on ") ? [{ name: "Hash Cond", text: summary.slice(3) }] : [],
      estimated_rows: String(rows),
      width: "84",
      startup_cost: "0.43",
      total_cost: total,
      own_cost: cost.toFixed(2),
      actual: measured
        ? {
            rows: `${actual ?? rows}.00`,
            loops: String(loops),
            startup_ms: "0.031",
            total_ms: own.toFixed(3),
            processes: loops === 3 ? 3 : 1,
            stopped_early: false,
            never: false,
          }
        : null,
      total_ns: own_ns,
      own_ns,
      off: measured ? off : null,
      pages: measured && pages ? { ...NO_PAGES, ...pages } : null,
      properties: [
        { name: "Node Type", text: kind },
        { name: "Parallel Aware", text: "false" },
        ...(index ? [{ name: "Index Name", text: index }] : []),
        { name: "Startup Cost", text: "0.43" },
        { name: "Total Cost", text: total },
        { name: "Plan Rows", text: String(rows) },
        { name: "Plan Width", text: "84" },
        ...(measured
          ? [
              { name: "Actual Rows", text: `${actual ?? rows}.00` },
              { name: "Shared Dirtied Blocks", text: "0" },
            ]
          : []),
      ],
    };
  });
  for (let place = nodes.length - 1; place > 0; place -= 1) {
    const node = nodes[place];
    const parent = node?.parent == null ? undefined : nodes[node.parent];
    if (node && parent && parent.total_ns !== null) parent.total_ns += node.total_ns ?? 0;
  }
  return nodes;
}

const SQLITE: readonly (readonly [number, string, string | null, string])[] = [
  [0, "SCAN", "o", ""],
  [0, "SEARCH", "c", "USING INTEGER PRIMARY KEY (rowid=?)"],
  [0, "USE TEMP B-TREE FOR", null, "ORDER BY"],
];

function planOf(world: World, request: PlanRequest): Plan {
  const measured = request.analyze;
  if (isSqlite(world, request.profile_id)) {
    const [first] = nodesOf([{ depth: 0, kind: "SCAN", rows: 0, cost: 0 }], false);
    const nodes = SQLITE.map(
      ([depth, kind, relation, summary]): PlanNode => ({
        ...(first as PlanNode),
        depth,
        kind,
        relation,
        title: relation ? `${kind} ${relation}` : kind,
        summary: summary || null,
        schema: null,
        estimated_rows: null,
        width: null,
        startup_cost: null,
        total_cost: null,
        own_cost: null,
        properties: [{ name: "Detail", text: [kind, relation, summary].filter(Boolean).join(" ") }],
      }),
    );
    const raw = `QUERY PLAN\n|--SCAN o\n|--SEARCH c USING INTEGER PRIMARY KEY (rowid=?)\n\`--USE TEMP B-TREE FOR ORDER BY`;
    return {
      nodes,
      facts: [],
      planning_ns: null,
      execution_ns: null,
      measured: false,
      page_bytes: 4096,
      raw,
      form: "text",
    };
  }
  const indexed = world.plans.length % 2 === 1;
  const nodes = nodesOf(indexed ? INDEXED : DRAFTS, measured);
  const execution = measured ? (indexed ? 561_000_000 : 1_880_000_000) : null;
  const raw = JSON.stringify(
    [{ Plan: { "Node Type": "Limit", "Total Cost": 41200.5, Plans: [] }, "Execution Time": 1880.3 }],
    null,
    2,
  );
  const facts = [{ name: "Setting random_page_cost", text: "1.1" }];
  return {
    nodes,
    facts,
    planning_ns: 2_400_000,
    execution_ns: execution,
    measured,
    page_bytes: 8192,
    raw,
    form: "json",
  };
}

const normal = (text: string): string =>
  text
    .replace(/--[^\n]*/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();

export function planCommands(world: World, latency: () => number) {
  return {
    explain: async (request: PlanRequest): Promise<PlanAnswer> => {
      requireOpen(world, request.profile_id);
      const profile = profileOf(world, request.profile_id);
      const writes = /^\s*(insert|update|delete|merge)\b/i.exec(request.text.replace(/--[^\n]*\n/g, ""));
      if (request.analyze && isSqlite(world, request.profile_id))
        refuse("unsupported", "SQLite does not measure the steps of a statement.", {
          hint: "Explain it without running it.",
        });
      if (request.analyze && writes && profile.safety === "read_only")
        refuse(
          "forbidden",
          `${writes[1]?.toUpperCase()} was not sent: this connection is read-only and the statement writes.`,
          {
            hint: "Explain it without running it: that only plans.",
          },
        );
      if (request.analyze && writes && !request.confirmed) {
        return {
          answer: "confirm",
          question: {
            digest: "d1",
            title: `Run this ${writes[1]?.toUpperCase()} to measure it?`,
            description:
              "It is run in a transaction of its own that is rolled back at once: no row stays changed. Until then its locks hold and its triggers fire. Sequences that it moved on stay where they are, and what functions do outside of the database stays done.",
            confirm: "Run and roll back",
            connection: profile.name,
            production: profile.environment === "production",
          },
        };
      }
      const typo = /custmer_id/.exec(request.text);
      if (typo)
        throw new HostError(
          failure("invalid_statement", "column custmer_id does not exist", {
            range: { from: typo.index, to: typo.index + 10 },
          }),
        );
      world.explaining = true;
      const nap = /pg_sleep\s*\(\s*([\d.]+)/i.exec(request.text);
      for (let step = 0; nap && step < Number(nap[1]) * 20 && world.explaining; step += 1) await wait(50);
      if (!world.explaining) throw new HostError(failure("cancelled", "Stopped."));
      await wait(latency());
      const sqlite = isSqlite(world, request.profile_id);
      const id = 400 + world.nextId++;
      const at_ms = Date.now();
      const plan: ExplainedPlan = {
        id,
        not_kept: null,
        profile_id: profile.id,
        profile_name: profile.name,
        database: request.database,
        server: sqlite ? "SQLite 3.50.2" : "PostgreSQL 18.4",
        statement: request.text,
        digest: normal(request.text),
        options: sqlite
          ? "QUERY PLAN"
          : request.analyze
            ? "ANALYZE, BUFFERS, WAL, VERBOSE, SETTINGS, MEMORY"
            : "VERBOSE, SETTINGS, MEMORY, SUMMARY",
        at_ms,
        undone:
          request.analyze && writes
            ? "It was run in a transaction of its own, which was rolled back. Sequences that it moved on stay where they are, and what functions do outside of the database stays done."
            : null,
        warnings: [],
        notices: [],
        plan: planOf(world, request),
        outline: "Limit\n  -> Sort  by revenue DESC\n",
      };
      world.plans = [plan, ...world.plans];
      const { profile_name, database } = plan;
      world.history = [
        {
          id,
          at_ms,
          profile_id: profile.id,
          profile_name,
          database,
          text: `EXPLAIN ${request.text}`,
          outcome: "completed",
          rows: 1,
          elapsed_ms: 12,
          error: null,
          face: "window",
          plan: true,
        },
        ...world.history,
      ];
      emit(world, { event: "changed", topics: ["history"], profile_id: null });
      return { answer: "explained", plan };
    },
    cancelPlan: async (_tabId: string) => {
      world.explaining = false;
      return null;
    },
    plan: async (id: number) =>
      world.plans.find((plan) => plan.id === id) ??
      refuse("not_found", "This plan is not kept any more.", {
        hint: "It was forgotten with the history, or made room for newer ones.",
      }),
    plans: async (query: PlanQuery): Promise<PlanLine[]> =>
      world.plans
        .filter((plan) => query.profile_id === null || plan.profile_id === query.profile_id)
        .map(({ id, at_ms, profile_name, database, statement, options, digest, plan }) => ({
          id: id ?? 0,
          at_ms,
          profile_name,
          database,
          statement,
          options,
          same: digest === query.digest,
          execution_ns: plan.execution_ns,
          nodes: plan.nodes.length,
        }))
        .sort((a, b) => Number(b.same) - Number(a.same) || b.at_ms - a.at_ms)
        .slice(0, query.limit),
  };
}
