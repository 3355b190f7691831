/** Comparisons in the fake host: two shops that differ in a table, a column, a function, a policy and what one may do. */
import type {
  CompareDifference,
  CompareRequest,
  CompareResult,
  CompareSide,
  CompareStatement,
  ObjectRef,
} from "../bindings";
import type { Host } from "../host";
import { profileOf, refuse, requireOpen, type World, wait } from "./world";

const object = (kind: string, name: string, more: Partial<ObjectRef> = {}): ObjectRef => ({
  database: "shop",
  schema: "public",
  kind,
  name,
  signature: null,
  ...more,
});

const BEFORE = `CREATE OR REPLACE FUNCTION public.touch_updated_at()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.updated_at := now();
  return new;
end
$function$`;

const AFTER = BEFORE.replace(
  "  new.updated_at := now();",
  "  if new is distinct from old then\n    new.updated_at := clock_timestamp();\n  end if;",
);

const facet = (name: string, before: string | null, after: string | null) => ({ name, before, after });

const DIFFERENCES: readonly CompareDifference[] = [
  { object: object("relation", "coupons"), kind: "table", change: "added", facets: [], statements: [0] },
  { object: object("relation", "orders"), kind: "table", change: "changed", facets: [], statements: [1, 2, 3] },
  {
    object: object("column", "total", { signature: "orders" }),
    kind: "column",
    change: "changed",
    facets: [facet("type", "numeric(10,2)", "numeric(12,2)"), facet("default", null, "0")],
    statements: [1],
  },
  {
    object: object("column", "custmer_id", { signature: "orders" }),
    kind: "column",
    change: "removed",
    facets: [],
    statements: [2],
  },
  {
    object: object("column", "customer_id", { signature: "orders" }),
    kind: "column",
    change: "added",
    facets: [],
    statements: [3],
  },
  {
    object: object("policy", "own_orders", { signature: "orders" }),
    kind: "policy",
    change: "changed",
    facets: [facet("using", "customer_id = auth.uid()", "(customer_id = ( SELECT auth.uid() AS uid))")],
    statements: [4],
  },
  {
    object: object("routine", "touch_updated_at", { signature: "" }),
    kind: "function",
    change: "changed",
    facets: [facet("text", BEFORE, AFTER)],
    statements: [5],
  },
  {
    object: object("relation", "a_view_that_says_all_of_what_it_shows_of_the_orders_of_last_month_and_why"),
    kind: "view",
    change: "removed",
    facets: [],
    statements: [6],
  },
  {
    object: object("relation", "ledger", { schema: "billing" }),
    kind: "table",
    change: "changed",
    facets: [facet("owner", "postgres", "billing_owner"), facet("privileges of app", "SELECT", "SELECT, INSERT")],
    statements: [7, 8],
  },
];

const STATEMENTS: readonly CompareStatement[] = [
  { sql: "CREATE TABLE public.coupons (\n    code text PRIMARY KEY,\n    percent integer NOT NULL\n)", loses: null },
  {
    sql: "ALTER TABLE public.orders ALTER COLUMN total TYPE numeric(12,2),\n    ALTER COLUMN total SET DEFAULT 0",
    loses: null,
  },
  { sql: "ALTER TABLE public.orders DROP COLUMN custmer_id", loses: "the values of the column" },
  { sql: "ALTER TABLE public.orders ADD COLUMN customer_id bigint", loses: null },
  { sql: "ALTER POLICY own_orders ON public.orders USING (customer_id = ( SELECT auth.uid() AS uid))", loses: null },
  { sql: AFTER, loses: null },
  { sql: "DROP VIEW public.a_view_that_says_all_of_what_it_shows_of_the_orders_of_last_month_and_why", loses: null },
  { sql: "ALTER TABLE billing.ledger OWNER TO billing_owner", loses: null },
  { sql: "GRANT INSERT ON billing.ledger TO app", loses: null },
];

const RENAME = { object: object("column", "custmer_id", { signature: "orders" }), to: "customer_id" };

function titleOf(world: World, side: CompareSide): string {
  if (side.from !== "database") {
    const name = side.path.split("/").at(-1) ?? side.path;
    return side.from === "folder" ? `${name} (scratch)` : name;
  }
  requireOpen(world, side.profile_id);
  return `${profileOf(world, side.profile_id).name} · ${side.database ?? "shop"}`;
}

function compared(world: World, { from, to, schemas, no_access, renames }: CompareRequest): CompareResult {
  for (const side of [from, to])
    if (side.from !== "database" && side.path.includes("missing"))
      refuse("not_found", `There is no file ${side.path}.`, { hint: "Look at the path." });
  const titles: [string, string] = [titleOf(world, from), titleOf(world, to)];
  const same = JSON.stringify(from) === JSON.stringify(to);
  const renamed = renames.length > 0;
  const wide = JSON.stringify([from, to]).includes("wide");
  const all: CompareDifference[] = same
    ? []
    : DIFFERENCES.filter(({ object: of }) => schemas.length === 0 || schemas.includes(of.schema ?? ""))
        .filter(({ object: of }) => !no_access || of.schema !== "billing")
        .filter(({ object: of, kind }) => !renamed || kind !== "column" || of.name !== "custmer_id")
        .map((each) =>
          renamed && each.object.name === "customer_id"
            ? {
                ...each,
                change: "changed" as const,
                facets: [facet("name", "custmer_id", "customer_id")],
                statements: [2],
              }
            : each,
        );
  if (wide)
    for (let at = 0; at < 3_000; at += 1)
      all.push({
        object: object("relation", `part_${at}`),
        kind: "table",
        change: "added",
        facets: [],
        statements: [],
      });
  const statements = same
    ? []
    : STATEMENTS.map((each, at) =>
        renamed && at === 2
          ? { sql: "ALTER TABLE public.orders RENAME COLUMN custmer_id TO customer_id", loses: null }
          : each,
      );
  return {
    titles,
    differences: all,
    statements,
    script: statements.map(({ sql, loses }) => `${loses ? `-- loses ${loses}\n` : ""}${sql};\n`).join(""),
    proposed: same || renamed ? [] : [RENAME],
    left_out: same ? [] : ["Extensions' own objects are not compared."],
  };
}

export function compareCommands(world: World): Pick<Host, "compareDatabases" | "compareStop"> {
  const stopped = new Set<string>();
  return {
    compareDatabases: async (request, compareId) => {
      await wait(world.pace * 700);
      if (stopped.delete(compareId)) refuse("cancelled", "The comparison was stopped.");
      return structuredClone(compared(world, request));
    },
    compareStop: async (compareId) => {
      stopped.add(compareId);
      return null;
    },
  };
}
