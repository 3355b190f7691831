/** The fake host's runs: results, notices, errors with ranges, slow ones, pauses at the cap, stops. */
import type {
  AppError,
  HoldState,
  ResultColumn,
  ResultHead,
  RunAnswer,
  RunEvent,
  RunRequest,
  StatementMark,
  StatementOutcome,
  TabSession,
} from "../bindings";
import { HostError } from "../host";
import { leavesActor } from "./acting";
import type { BsonDocument } from "./bson";
import { inferred } from "./collections";
import { columnsOfDocuments, documentsRun, withDocuments } from "./documents";
import { columnsOf, type Hold, makeHead } from "./holds";
import { blank, statementsOf } from "./script";
import { sweepQuestion } from "./sweep";
import type { FakeTable } from "./tables";
import {
  emit,
  failure,
  isDocuments,
  isSqlite,
  profileOf,
  refuse,
  requireOpen,
  setPhase,
  tablesOf,
  type World,
  wait,
} from "./world";

type Say = (event: RunEvent) => void;

interface Running {
  readonly world: World;
  readonly request: RunRequest;
  readonly say: Say;
  stopped: boolean;
}

export function sessionOf(world: World, request: Pick<RunRequest, "tab_id" | "profile_id" | "database">): TabSession {
  const known = world.sessions.get(request.tab_id);
  if (known && known.profile_id === request.profile_id && known.link === "up") return known;
  const sqlite = isSqlite(world, request.profile_id);
  return {
    tab_id: request.tab_id,
    profile_id: request.profile_id,
    link: "up",
    reason: null,
    transaction: "idle",
    database: request.database ?? (sqlite ? "main" : "shop"),
    search_path: sqlite ? null : '"$user", public',
    user: sqlite ? null : "reporting",
    server_id: sqlite ? null : String(48_210 + world.nextId),
    running: false,
    unused_since_ms: null,
    read_only: profileOf(world, request.profile_id).safety === "read_only",
    pooled: false,
    settings: sqlite
      ? [
          {
            name: "foreign_keys",
            value: "off",
            choices: [
              { label: "on", statement: "PRAGMA foreign_keys = on" },
              { label: "off", statement: "PRAGMA foreign_keys = off" },
            ],
          },
        ]
      : [],
  };
}

export function keepSession(world: World, session: TabSession): void {
  world.sessions.set(session.tab_id, session);
  emit(world, { event: "session", session });
}

const elapsedSince = (start: number) => Math.max(1, Math.round(performance.now() - start));

function native(run: Running, code: string, message: string, severity = "ERROR"): AppError["native"] {
  const product = profileOf(run.world, run.request.profile_id).driver_label;
  return {
    product,
    code,
    message,
    severity,
    detail: null,
    context: null,
    constraint: null,
    object: null,
    internal: null,
  };
}

/** What is wrong with a statement, if anything is. */
function fault(run: Running, mark: StatementMark, text: string): AppError | null {
  const body = blank(text);
  const sqlite = isSqlite(run.world, run.request.profile_id);
  const at = (from: number, length: number) => ({ from: mark.range.from + from, to: mark.range.from + from + length });
  const typo = /\b(\w+\.)?(custmer_id)\b/.exec(body);
  if (typo) {
    const message = sqlite ? `no such column: ${typo[0]}` : `column ${typo[0]} does not exist`;
    return failure("invalid_statement", message, {
      hint: 'Perhaps you meant the column "o.customer_id".',
      range: at(typo.index + (typo[1]?.length ?? 0), typo[2]?.length ?? 1),
      native: native(run, sqlite ? "1" : "42703", message),
    });
  }
  const word = /^\w+/.exec(body)?.[0] ?? "";
  if (mark.class === "unknown") {
    const message = `syntax error at or near "${word}"`;
    return failure("invalid_statement", message, {
      range: at(0, Math.max(1, word.length)),
      native: native(run, sqlite ? "1" : "42601", message),
    });
  }
  const session = run.world.sessions.get(run.request.tab_id);
  if (session?.transaction === "failed" && mark.class !== "transaction") {
    const message = "current transaction is aborted, commands ignored until end of transaction block";
    return failure("conflict", message, { hint: "Roll back to go on.", native: native(run, "25P02", message) });
  }
  if (
    profileOf(run.world, run.request.profile_id).safety === "read_only" &&
    (mark.class === "write" || mark.class === "ddl")
  ) {
    const message = `cannot execute ${word.toUpperCase()} in a read-only transaction`;
    return failure("forbidden", message, {
      hint: "This connection is read-only. Its safety level is part of the connection.",
      range: at(0, word.length),
      native: native(run, "25006", message),
    });
  }
  for (const found of body.matchAll(/\b(?:from|join|into|update)\s+(?:\w+\.)?(\w+)\b(?!\s*\()/gi)) {
    const name = found[1] ?? "";
    const table = tablesOf(run.world, run.request.profile_id).find((each) => each.name === name);
    const start = found.index + found[0].length - name.length;
    if (!table) {
      if (new RegExp(`\\b${name}\\s+as\\s*\\(|\\bset\\b`, "i").test(body)) continue;
      const message = sqlite ? `no such table: ${name}` : `relation "${name}" does not exist`;
      return failure("not_found", message, {
        range: at(start, name.length),
        native: native(run, sqlite ? "1" : "42P01", message),
      });
    }
    if (table.denied) {
      const message = `permission denied for table ${name}`;
      return failure("forbidden", message, {
        hint: `The owner is hr_admin: GRANT SELECT ON ${name} TO reporting;`,
        range: at(start, name.length),
        native: native(run, "42501", message),
      });
    }
  }
  return null;
}

const TEXT = (name: string, type = "text"): ResultColumn => ({
  name,
  native_type: type,
  class: type === "text" ? "text" : "number",
  primary_key: false,
  references: null,
});

interface Shape {
  readonly columns: ResultColumn[];
  readonly total: number;
  readonly cell: Hold["cell"];
  readonly documents?: readonly BsonDocument[];
  readonly title?: string;
}

const PLAN = [
  "Limit  (cost=0.43..61.20 rows=100 width=84) (actual time=0.031..1.204 rows=100 loops=1)",
  "  ->  Index Scan Backward using orders_pkey on orders o",
  "        Filter: (status <> 'cancelled'::order_status)",
  "        Rows Removed by Filter: 21",
  "Planning Time: 0.212 ms",
  "Execution Time: 1.288 ms",
];

/** The rows a reading statement would give. */
function shapeOf(run: Running, text: string): Shape {
  const body = blank(text);
  const sqlite = isSqlite(run.world, run.request.profile_id);
  const tables = tablesOf(run.world, run.request.profile_id);
  if (/^explain\b/i.test(body))
    return { columns: [TEXT("QUERY PLAN")], total: PLAN.length, cell: (row) => PLAN[row] ?? null };
  const series = /generate_series\s*\(\s*1\s*,\s*(\d+)/i.exec(body);
  if (series) return { columns: [TEXT("n", "bigint")], total: Number(series[1]), cell: (row) => String(row + 1) };
  const names = [...body.matchAll(/\b(?:from|join)\s+(?:\w+\.)?(\w+)/gi)].map((found) => found[1]);
  const used = names.flatMap((name) => tables.find((table) => table.name === name) ?? []);
  const first = used[0];
  if (!first) return { columns: [TEXT("?column?", "integer")], total: 1, cell: () => "1" };
  const limit = /\blimit\s+(\d+)/i.exec(body);
  const most = limit ? Number(limit[1]) : Number.POSITIVE_INFINITY;
  if (/\bgroup\s+by\b/i.test(body)) {
    const daily = tables.find((table) => table.name === "revenue_by_day") ?? first;
    return shapeOfTable([daily], null, Math.min(most, daily.rows), sqlite);
  }
  if (/\bcount\s*\(/i.test(body))
    return { columns: [TEXT("count", "bigint")], total: 1, cell: () => String(first.rows) };
  if (/\bwhere\s+false\b/i.test(body)) return shapeOfTable(used, selected(body), 0, sqlite);
  return shapeOfTable(used, selected(body), Math.min(most, used.at(-1)?.rows ?? 0), sqlite);
}

function selected(body: string): string[] | null {
  const list = /^select\s+([\s\S]*?)\s+from\b/i.exec(body)?.[1];
  return !list || list.includes("*") ? null : list.split(",").map((part) => /(\w+)\s*$/.exec(part)?.[1] ?? "");
}

function shapeOfTable(tables: readonly FakeTable[], names: string[] | null, total: number, sqlite: boolean): Shape {
  const all = tables.flatMap((table) => table.columns);
  const chosen = names?.flatMap((name) => all.find((column) => column.name === name) ?? []) ?? [];
  const columns = chosen.length ? chosen : all;
  return { columns: columnsOf(columns, sqlite), total, cell: (row, column) => columns[column]?.value(row) ?? null };
}

/** As the core calls results: after the first relation, else by number. */
function resultTitle({ request }: Running, mark: StatementMark): string {
  const text = request.text.slice(mark.range.from, mark.range.to);
  return /\bfrom\s+(?:\w+\.)?"?(\w+)/i.exec(text)?.[1] ?? `Result ${mark.index + 1}`;
}

/** Sends rows in steps; resolves when every row is here, the run was stopped, or it pauses at the cap. */
async function stream(run: Running, mark: StatementMark, shape: Shape, start: number): Promise<"done" | "stopped"> {
  const { world, say } = run;
  const sqlite = isSqlite(world, run.request.profile_id);
  const head: ResultHead = {
    ...makeHead(world, shape.title ?? resultTitle(run, mark), shape.columns, sqlite),
    ...(shape.documents ? { documents: { sampled: Math.min(1_000, shape.total), left_out: 0 } } : {}),
  };
  let cap = world.settings.row_cap;
  let wake: (() => void) | null = null;
  const plain: Hold = {
    head,
    total: shape.total,
    rows: 0,
    sqlite,
    cell: shape.cell,
    progress: { hold_id: head.hold_id, rows: 0, bytes: 0, elapsed_ms: 0, state: "reading" },
    resume: (to) => {
      cap = to === "end" ? Number.POSITIVE_INFINITY : cap + world.settings.row_cap;
      wake?.();
    },
    stop: () => {
      cap = -1;
      wake?.();
    },
  };
  const hold = shape.documents ? withDocuments(plain, shape.documents) : plain;
  world.holds.set(head.hold_id, hold);
  say({ event: "result_set", index: mark.index, head });
  const tell = (state: HoldState) => {
    hold.progress = {
      hold_id: head.hold_id,
      rows: hold.rows,
      bytes: hold.rows * 96,
      elapsed_ms: elapsedSince(start),
      ...state,
    };
    say({ event: "progress", progress: hold.progress });
    emit(world, { event: "hold", progress: hold.progress });
  };
  while (hold.rows < shape.total) {
    if (run.stopped) {
      tell({ state: "truncated", reason: "You stopped it." });
      return "stopped";
    }
    if (hold.rows >= cap) {
      tell({
        state: "paused",
        until_ms: Date.now() + 600_000,
        fails_transaction: world.sessions.get(run.request.tab_id)?.transaction === "open" && !sqlite,
      });
      await new Promise<void>((resolve) => {
        wake = resolve;
        world.runs.set(`${head.hold_id}:wake`, resolve);
      });
      if (cap < 0) {
        tell({ state: "truncated", reason: "You stopped reading here." });
        return "done";
      }
      continue;
    }
    hold.rows = Math.min(shape.total, cap, hold.rows + (hold.rows === 0 ? 200 : 9_400));
    tell({ state: "reading" });
    if (hold.rows < shape.total) await wait(110 * world.pace);
  }
  tell({ state: "complete" });
  return "done";
}

async function sleep(run: Running, seconds: number): Promise<boolean> {
  const steps = Math.ceil(seconds * 20);
  for (let step = 0; step < steps && !run.stopped; step += 1) await wait(50);
  return run.stopped;
}

/** Runs one statement to its outcome. */
async function statement(run: Running, mark: StatementMark): Promise<StatementOutcome> {
  const { world, request, say } = run;
  const text = request.text.slice(mark.range.from, mark.range.to);
  const start = performance.now();
  const session = sessionOf(world, request);
  const done = (tag: string, rows = 0, affected_rows: number | null = null): StatementOutcome => ({
    outcome: "completed",
    tag,
    affected_rows,
    rows,
    elapsed_ms: elapsedSince(start),
  });
  if (request.manual_transactions && session.transaction === "idle" && mark.class !== "transaction")
    keepSession(world, { ...session, transaction: "open" });
  await wait(6 * world.pace);
  if (isDocuments(world, request.profile_id)) {
    try {
      const { title, documents } = documentsRun(world, request.profile_id, text);
      const columns = columnsOfDocuments(inferred(documents.slice(0, 1_000)));
      const shape: Shape = { columns, total: documents.length, cell: () => null, documents, title };
      const ended = await stream(run, mark, shape, start);
      return ended === "stopped"
        ? { outcome: "cancelled", elapsed_ms: elapsedSince(start) }
        : done("find", shape.total);
    } catch (thrown) {
      if (!(thrown instanceof HostError)) throw thrown;
      return { outcome: "failed", error: thrown.failure, elapsed_ms: elapsedSince(start) };
    }
  }
  const error = fault(run, mark, text);
  if (error) {
    if (session.transaction === "open" && !request.manual_transactions)
      keepSession(world, { ...session, transaction: "failed" });
    return { outcome: "failed", error, elapsed_ms: elapsedSince(start) };
  }
  const nap = /\bpg_sleep\s*\(\s*([\d.]+)/i.exec(text);
  if (nap && (await sleep(run, Number(nap[1])))) return { outcome: "cancelled", elapsed_ms: elapsedSince(start) };
  if (/raise notice|^\s*(vacuum|refresh|do)\b/i.test(text)) {
    say({
      event: "notice",
      index: mark.index,
      notice: {
        severity: "notice",
        label: "NOTICE",
        code: "00000",
        message: "4 rows looked at, 0 changed",
        detail: null,
        hint: null,
        context: null,
        range: null,
        at_ms: Date.now(),
      },
    });
  }
  if (request.actor && leavesActor(text)) {
    const undone = session.transaction === "idle";
    say({ event: "left_actor", index: mark.index, user: session.user, settings: [], undone });
  }
  if (/^(begin|start)\b/i.test(text)) keepSession(world, { ...session, transaction: "open" });
  if (/^(commit|rollback|end)\b/i.test(text)) keepSession(world, { ...session, transaction: "idle" });
  const pragma = /^pragma\s+foreign_keys\s*=\s*(\w+)/i.exec(text);
  if (pragma)
    keepSession(world, {
      ...session,
      settings: session.settings.map((setting) => ({ ...setting, value: pragma[1] ?? setting.value })),
    });
  if (mark.class === "read") {
    const shape = shapeOf(run, text);
    const ended = await stream(run, mark, shape, start);
    return ended === "stopped"
      ? { outcome: "cancelled", elapsed_ms: elapsedSince(start) }
      : done(`SELECT ${shape.total}`, shape.total);
  }
  const verb = /^\w+/.exec(text)?.[0].toUpperCase() ?? "";
  return mark.class === "write" ? done(`${verb} 1`, 0, 1) : done(verb);
}

function remember(run: Running, mark: StatementMark, outcome: StatementOutcome): void {
  if (outcome.outcome === "skipped") return;
  const { world, request } = run;
  const profile = profileOf(world, request.profile_id);
  world.history = [
    {
      id: 400 + world.nextId++,
      at_ms: Date.now(),
      profile_id: profile.id,
      profile_name: profile.name,
      database: request.database,
      text: request.text.slice(mark.range.from, mark.range.to),
      outcome: outcome.outcome,
      elapsed_ms: outcome.elapsed_ms,
      rows: outcome.outcome === "completed" ? (outcome.affected_rows ?? outcome.rows) : null,
      error: outcome.outcome === "failed" ? outcome.error.message : null,
      face: "window",
      plan: false,
    },
    ...world.history,
  ];
  emit(world, { event: "changed", topics: ["history"], profile_id: profile.id });
}

/** Starts a script and answers its id at once, or what is asked before it. */
export function startRun(world: World, request: RunRequest, say: Say): RunAnswer {
  const question = sweepQuestion(world, request);
  if (question) return { answer: "confirm", question };
  if (world.connections.get(request.profile_id)?.phase.phase === "lost") requireOpen(world, request.profile_id);
  if (!world.connections.has(request.profile_id)) setPhase(world, request.profile_id, { phase: "open" });
  if (world.sessions.get(request.tab_id)?.running)
    refuse("conflict", "This tab is running already.", { hint: "Stop it first." });
  const run_id = `run-${world.nextId++}`;
  const run: Running = { world, request, say, stopped: false };
  world.runs.set(run_id, () => {
    run.stopped = true;
  });
  keepSession(world, { ...sessionOf(world, request), running: true });
  setPhase(world, request.profile_id, { phase: "open" });
  void (async () => {
    const whole = { index: 0, range: { from: 0, to: request.text.length }, title: "", class: "read" };
    const statements = isDocuments(world, request.profile_id) ? [whole] : statementsOf(request.text);
    const start = performance.now();
    await wait(0);
    say({ event: "started", run_id, statements });
    let skip = false;
    for (const mark of statements) {
      if (skip) {
        say({ event: "statement_done", index: mark.index, outcome: { outcome: "skipped" } });
        continue;
      }
      say({ event: "statement_started", index: mark.index });
      const outcome = await statement(run, mark);
      say({ event: "statement_done", index: mark.index, outcome });
      remember(run, mark, outcome);
      skip = run.stopped || (outcome.outcome === "failed" && !request.go_on);
    }
    world.runs.delete(run_id);
    const last = sessionOf(world, request);
    keepSession(world, { ...last, running: false, unused_since_ms: last.transaction === "idle" ? null : Date.now() });
    say({ event: "finished", elapsed_ms: elapsedSince(start) });
  })();
  return { answer: "started", run_id };
}
