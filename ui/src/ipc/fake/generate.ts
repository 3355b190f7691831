/** Rows made up by the fake host: nothing is kept, everything is told. */
import type {
  Generate,
  GenerateCandidate,
  GeneratedTable,
  GenerateLook,
  GenerateOffer,
  ObjectRef,
  TransferEvent,
} from "../bindings";
import type { Host } from "../host";
import { refTo } from "./catalog";
import type { FakeColumn, FakeTable } from "./tables";
import { running } from "./transfers";
import { failure, isSqlite, profileOf, refuse, requireOpen, tablesOf, type World } from "./world";

const SHOWN = 8;
const STEPS = 10;
/** The seed whose rows the server refuses in the end. */
const REFUSED_SEED = 13;

const fillable = (table: FakeTable) => !table.denied && (table.kind === "table" || table.kind === "partitioned table");

const targets = (table: FakeTable): readonly string[] => [
  ...new Set(table.columns.flatMap(({ references }) => (references ? [references.split(".")[0] ?? ""] : []))),
];

/** What was asked for, what it refers to however far, and what refers to it. */
function around(all: readonly FakeTable[], asked: readonly FakeTable[]): readonly FakeTable[] {
  const found = new Set(asked);
  for (const table of found)
    for (const name of targets(table)) {
      const target = all.find((each) => each.name === name);
      if (target) found.add(target);
    }
  for (const table of all)
    if (targets(table).some((name) => asked.some((each) => each.name === name))) found.add(table);
  return [...found];
}

function offerOf(world: World, profileId: string, object: ObjectRef): GenerateOffer {
  requireOpen(world, profileId);
  const profile = profileOf(world, profileId);
  const all = tablesOf(world, profileId).filter(fillable);
  const asked = all.filter((table) =>
    object.kind === "relation"
      ? table.name === object.name
      : isSqlite(world, profileId) || table.schema === (object.name || "public"),
  );
  const near = around(all, asked);
  const candidates = near.map(
    (table): GenerateCandidate => ({
      table: refTo(world, profileId, table),
      asked: asked.includes(table),
      estimated_rows: table.rows,
      refers_to: targets(table).flatMap((name) => {
        const at = near.findIndex((each) => each.name === name);
        return at < 0 ? [] : [at];
      }),
    }),
  );
  return {
    candidates,
    notes: object.kind === "relation" ? [] : ["payroll is left out: the login may not insert into it."],
    forbidden:
      profile.safety === "read_only" ? `${profile.name} is read-only: nothing may be changed through it.` : null,
  };
}

const WORDS: readonly [pattern: RegExp, words: string][] = [
  [/e?mail/, "e-mail addresses, each once"],
  [/name$/, "names of people"],
  [/city/, "towns"],
  [/street/, "streets"],
  [/sku|code/, "codes, each once"],
  [/status|kind|method|carrier/, "one of its values"],
];

function wordsOf(column: FakeColumn): string {
  if (column.primaryKey && !column.references && column.class === "number") return "made by the server";
  if (column.references) return `refers to ${column.references.split(".")[0]}`;
  const known = WORDS.find(([pattern]) => pattern.test(column.name))?.[1];
  if (known) return known;
  const usual: Readonly<Record<string, string>> = {
    number: "numbers from 1 to 1,000",
    temporal: "times of the last two years",
    boolean: "true or false",
    uuid: "UUIDs",
    json: "small JSON objects",
    bytes: "16 bytes",
  };
  return `${usual[column.class] ?? "short texts"}${column.nullable ? ", every tenth NULL" : ""}`;
}

function lookOf(world: World, request: Generate): GenerateLook {
  requireOpen(world, request.profile_id);
  const profile = profileOf(world, request.profile_id);
  const all = tablesOf(world, request.profile_id);
  const chosen = request.tables.map((each) => ({
    ...each,
    own: all.find((table) => table.name === each.table.name) ?? refuse("not_found", `There is no ${each.table.name}.`),
  }));
  for (const { own } of chosen)
    for (const name of targets(own)) {
      const target = all.find((table) => table.name === name);
      if (target?.rows === 0 && !chosen.some((each) => each.own === target))
        refuse("invalid_statement", `${own.name} refers to ${name}, which has no rows.`, {
          hint: `Choose ${name} too.`,
        });
    }
  const order: typeof chosen = [];
  const visit = (each: (typeof chosen)[number], above: readonly FakeTable[]) => {
    if (order.includes(each) || above.includes(each.own)) return;
    for (const name of targets(each.own)) {
      const target = chosen.find(({ own }) => own.name === name);
      if (target) visit(target, [...above, each.own]);
    }
    order.push(each);
  };
  for (const each of chosen) visit(each, []);
  const tables = order.map(({ table, rows, own }): GeneratedTable => {
    const columns = own.columns.map((column) => {
      const words = wordsOf(column);
      return { name: column.name, native_type: column.type, words, carried: words !== "made by the server" };
    });
    const sample = Array.from({ length: Math.min(rows, SHOWN) }, (_, row) =>
      own.columns.map((column, at) =>
        columns[at]?.carried ? column.value((request.seed * 7919 + row) % 50_000) : null,
      ),
    );
    return { table, rows, existing: own.rows, columns, sample };
  });
  const careful = profile.environment === "production" || profile.safety === "confirm_writes";
  const loops = chosen.filter(({ own }) => targets(own).includes(own.name));
  return {
    tables,
    notes: loops.map(({ own }) => `${own.name} refers to itself: its first rows refer to none.`),
    asks: careful ? (chosen.length === 1 ? (chosen[0]?.table.name ?? "") : profile.name) : null,
  };
}

function generate(world: World, request: Generate, onEvent: (event: TransferEvent) => void): string {
  const look = lookOf(world, request);
  if (look.asks !== null && request.confirmed !== look.asks)
    refuse("invalid_statement", `“${look.asks}” was not typed.`, {});
  const id = `t${world.nextId++}`;
  const total = request.tables.reduce((sum, { rows }) => sum + rows, 0);
  let step = 0;
  const end = () => {
    clearInterval(timer);
    running.delete(id);
  };
  const timer = setInterval(
    () => {
      step += 1;
      const elapsed_ms = step * 300;
      if (step < STEPS) {
        onEvent({ event: "progress", rows: Math.round((total * step) / STEPS), bytes: 0, total, elapsed_ms });
        return;
      }
      end();
      if (request.seed === REFUSED_SEED)
        onEvent({
          event: "failed",
          error: failure(
            "constraint_violated",
            'duplicate key value violates unique constraint "customers_email_key"',
            {
              hint: "Nothing was changed. Another seed number makes other rows.",
            },
          ),
        });
      else onEvent({ event: "done", rows: total, bytes: 0, elapsed_ms, notes: look.notes });
    },
    Math.max(1, 150 * world.pace),
  );
  running.set(id, () => {
    end();
    onEvent({ event: "stopped" });
  });
  return id;
}

export const generateCommands = (world: World): Pick<Host, "generateOffer" | "generateLook" | "generateRows"> => ({
  generateOffer: async (profileId, object) => offerOf(world, profileId, object),
  generateLook: async (request) => lookOf(world, request),
  generateRows: async (request, onEvent) => generate(world, request, onEvent),
});
