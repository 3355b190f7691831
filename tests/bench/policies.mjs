// Row security over the catalog of 10,000 tables with 2,000 policies, through the core's own calls: the overview, all rules, and
// what trying a statement as somebody takes beyond the statement.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { load, milliseconds, report } from "./lib/report.mjs";
import { required, run } from "./lib/process.mjs";
import { execute, withTables } from "./lib/tables.mjs";

const TABLES = Number(process.env.ROWHOUSE_BENCH_POLICIES ?? 10_000);
const POLICIES = TABLES / 5;
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);
/** Tables secured in one transaction: more need more locks than a server grants by default. */
const AT_ONCE = 500;
const ROLE = "rowhouse_bench_member";

const program = required("ROWHOUSE_BENCH_POLICIES_PROGRAM");
const home = join(required("ROWHOUSE_BENCH_SCRATCH"), "policies-home");
rmSync(home, { recursive: true, force: true });
await execute("postgres", `do $$ begin create role ${ROLE}; exception when duplicate_object then null; end $$`);
await withTables("rowhouse_bench_policies", TABLES, async (url) => {
  const database = "rowhouse_bench_policies";
  for (let first = 1; first <= TABLES; first += AT_ONCE) {
    await execute(
      database,
      `do $$ begin for i in ${first}..${Math.min(TABLES, first + AT_ONCE - 1)} loop
         execute format('grant select, insert on t%s to ${ROLE}', i);
         if i <= ${POLICIES} then
           execute format('alter table t%s enable row level security', i);
           execute format('create policy own on t%s to ${ROLE} using (name = (select current_setting(''app.user'', true))
             and exists (select from t%s other where other.id = t%s.parent and other.name <> ''x''))', i, i + ${POLICIES}, i);
         end if;
       end loop; end $$`,
    );
  }
  const began = load();
  const { text } = await run(program, [url, ROLE, String(RUNS)], { env: { ROWHOUSE_HOME: home }, output: true });
  const found = JSON.parse(text);
  const row = (what, ms, limit) => ({
    what,
    ours: milliseconds(ms),
    ...(limit ? { target: `at most ${limit} ms`, met: ms <= limit } : {}),
    load: began,
  });
  report("Policies", [
    row(`overview of ${TABLES} tables, ${POLICIES} policies, from the explorer's catalog`, found.first_ms, 1000),
    row("  of what is judged", found.overview_ms),
    row("  a page of tables by role", found.filtered_ms),
    row("all rules over them", found.rules_ms, 2000),
    row("a statement tried as somebody, beyond itself", found.attempt_ms, 50),
  ]);
});
await execute("postgres", `drop role ${ROLE}`);
rmSync(home, { recursive: true, force: true });
