/** Migrations in the fake host: folders by their names, a history that grows, and runs that stop where tests want it. */
import type { AppError, MigrationRan, MigrationRow, MigrationState, MigrationStatus, MigrationTool } from "../bindings";
import type { Host } from "../host";
import { emit, failure, profileOf, refuse, requireOpen, type World, wait } from "./world";

export const FOLDER = "/users/ada/shop/migrations";

export interface FakeMigrations {
  folder: string | null;
  readonly rows: Map<string, MigrationRow[]>;
  /** What the next runs answer instead of running. */
  readonly answers: ("stale" | "stopped" | "locked")[];
}

const DAY = 86_400_000;
const START = Date.UTC(2026, 9, 3, 8, 12, 40);

const row = (version: string, name: string, state: MigrationState, more: Partial<MigrationRow> = {}): MigrationRow => {
  const was = state.state !== "pending" && state.state !== "late";
  const file = `${version}_${name.replaceAll(" ", "_")}`;
  return {
    version,
    name,
    state,
    applied_at_ms: was ? START + (Number(version.slice(6, 8)) || 1) * DAY : null,
    took_ms: was && state.state !== "failed" ? 12 + (Number(version.slice(-2)) % 7) * 31 : null,
    file: state.state === "missing" ? null : `${file}.up.sql`,
    down: state.state === "missing" ? null : `${file}.down.sql`,
    transaction: true,
    statements: state.state === "missing" ? null : 2,
    ...more,
  };
};

const SUM = "b1946ac92492d2347c6235b4d2611184f0a5e7e0c2a5d7b6";

const usual = (): MigrationRow[] => [
  row("20261003081240", "init", { state: "applied" }, { statements: 9 }),
  row("20261007101500", "orders by month", { state: "applied" }),
  row("20261011093000", "customers keep their language", {
    state: "drifted",
    applied: SUM,
    file: SUM.replace("b", "e"),
  }),
  row("20261012120000", "remove what nobody used", { state: "missing" }),
  row("20261014070000", "hotfix of totals", { state: "late" }, { down: null }),
  row("20261019154500", "invoices", { state: "applied" }, { statements: 4 }),
  row("20261120093000", "coupons expire", { state: "pending" }),
  row(
    "20261121170000",
    "index of orders by customer",
    { state: "pending" },
    { transaction: false, statements: 1, down: null },
  ),
  row("20261122093000", "a name that says all of what it does to the orders and their items and why", {
    state: "pending",
  }),
];

function rowsOf(folder: string): MigrationRow[] {
  if (folder.endsWith("/many"))
    return Array.from({ length: 2_000 }, (_, at) =>
      row(String(20260101000000 + at), `step ${at + 1}`, { state: at < 1_990 ? "applied" : "pending" }),
    );
  if (folder.endsWith("/failed"))
    return [
      row("20261003081240", "init", { state: "applied" }),
      row("20261007101500", "orders by month", { state: "failed", kept: 2, of: 5, uncertain: true }, { statements: 5 }),
      row("20261120093000", "coupons expire", { state: "pending" }),
    ];
  if (folder.endsWith("/empty")) return [];
  if (folder.endsWith("/flyway"))
    return [
      row("1", "init", { state: "applied" }, { file: "V1__init.sql", down: null, applied_at_ms: START }),
      row("1.2", "orders", { state: "applied" }, { file: "V1.2__orders.sql", down: null, applied_at_ms: START + DAY }),
      row("2", "invoices", { state: "pending" }, { file: "V2__invoices.sql", down: null }),
    ];
  if (folder.endsWith("/migrations")) return usual();
  return refuse("not_found", `There is no folder ${folder}.`, {
    hint: "Choose the folder that the migrations are in.",
  });
}

const worlds = new WeakMap<World, Map<string, FakeMigrations>>();

/** What is known of a connection's migrations. */
export function migrationsOf(world: World, profileId: string): FakeMigrations {
  const known = worlds.get(world) ?? new Map<string, FakeMigrations>();
  worlds.set(world, known);
  const own = known.get(profileId) ?? { folder: null, rows: new Map<string, MigrationRow[]>(), answers: [] };
  known.set(profileId, own);
  return own;
}

const text = ({ name }: MigrationRow, direction: "up" | "down") => {
  const table = name.split(" ").at(-1) ?? "orders";
  return direction === "up"
    ? [
        `CREATE TABLE ${table} (\n    id bigint PRIMARY KEY,\n    note text NOT NULL DEFAULT ''\n)`,
        `CREATE INDEX ${table}_note_idx ON ${table} (note)`,
      ]
    : [`DROP TABLE ${table}`];
};

export function migrationCommands(
  world: World,
): Pick<
  Host,
  "migrationsStatus" | "migrationsReview" | "migrationsTry" | "migrationsRun" | "migrationsSettle" | "migrationsCreate"
> {
  const told = (profileId: string) => emit(world, { event: "changed", topics: ["migrations"], profile_id: profileId });
  const rowsAt = (profileId: string, folder: string): MigrationRow[] => {
    const own = migrationsOf(world, profileId);
    const rows = own.rows.get(folder) ?? rowsOf(folder);
    own.rows.set(folder, rows);
    return rows;
  };
  const status = (profileId: string, asked: string | null): MigrationStatus => {
    const own = migrationsOf(world, profileId);
    const folder = asked ?? own.folder;
    const rows = folder === null ? [] : rowsAt(profileId, folder);
    own.folder = folder;
    const flyway = folder?.endsWith("/flyway") === true;
    const tool: MigrationTool | null = folder === null ? null : flyway ? "flyway" : "sqlx";
    const failed = rows.find(({ state }) => state.state === "failed");
    const applied = rows.filter(({ applied_at_ms }) => applied_at_ms !== null);
    for (const each of rows)
      for (const direction of ["up", "down"] as const) {
        const file = direction === "up" ? each.file : each.down;
        const sql = text(each, direction).map((line) => `${line};\n`);
        if (file) world.files.set(`${folder}/${file}`, { text: `-- ${each.name}\n${sql.join("")}`, stamp: 1 });
      }
    return {
      folder,
      tool,
      rows,
      histories: tool
        ? [
            {
              tool,
              table: flyway ? "public.flyway_schema_history" : "public._sqlx_migrations",
              applied: applied.length,
              last: applied.at(-1)?.version ?? null,
            },
          ]
        : [],
      problems: folder === FOLDER ? ["notes.sql is left aside: its name does not begin with a version."] : [],
      refusal: flyway
        ? "Flyway's migrations are applied by Flyway."
        : failed
          ? `${failed.version} was begun and not brought to its end: settle it first.`
          : null,
      pending: rows.filter(({ state }) => state.state === "pending" || state.state === "late").length,
      transactional: true,
      digest: JSON.stringify(rows.map(({ version, state }) => [version, state.state])),
    };
  };
  const chosen: (profileId: string, request: Parameters<Host["migrationsReview"]>[2]) => MigrationRow[] = (
    profileId,
    { folder, direction, to },
  ) => {
    const rows = rowsAt(profileId, folder);
    if (direction === "up")
      return rows.filter(
        ({ version, state }) => (state.state === "pending" || state.state === "late") && (to === null || version <= to),
      );
    const done = rows.filter(({ state }) => state.state === "applied" || state.state === "drifted").toReversed();
    return to === null ? done.slice(0, 1) : done.filter(({ version }) => version > to);
  };
  const stopped = (profileId: string, of: MigrationRow[], error: AppError, locked: boolean): MigrationRan => {
    const failed = of.at(-1);
    if (!failed) return { outcome: "stale" };
    const sql = text(failed, "up");
    if (!locked) failed.state = { state: "failed", kept: failed.transaction ? 0 : 1, of: 2, uncertain: false };
    for (const each of of.slice(0, -1)) each.state = { state: "applied" };
    told(profileId);
    return {
      outcome: "stopped",
      kept: of.slice(0, -1).map(({ version }) => version),
      version: failed.version,
      file: failed.file ?? "",
      statement: sql.length - 1,
      sql: sql.at(-1) ?? "",
      statements_kept: failed.transaction ? 0 : sql.length - 1,
      error,
      blockers: locked
        ? [
            {
              session: "4812",
              user: "app",
              application: "checkout",
              statement: "SELECT * FROM orders WHERE id = 42 FOR UPDATE",
              age_ms: 192_000,
            },
          ]
        : [],
    };
  };
  return {
    migrationsStatus: async (profileId, _database, folder) => {
      requireOpen(world, profileId);
      return structuredClone(status(profileId, folder));
    },
    migrationsReview: async (profileId, _database, request) => {
      requireOpen(world, profileId);
      const of = chosen(profileId, request);
      const alone = of.find(({ transaction }) => !transaction);
      return {
        steps: of.map((each) => ({
          version: each.version,
          name: each.name,
          file: (request.direction === "up" ? each.file : each.down) ?? "",
          transaction: each.transaction,
          statements: text(each, request.direction).map((sql, at) => ({
            sql,
            locks:
              at === 0
                ? []
                : [
                    `SHARE on ${each.name.split(" ").at(-1) ?? ""}: writes of it wait until the transaction ends; reads go on.`,
                  ],
            findings: sql.startsWith("DROP TABLE") ? ["M-01 error: Rows go for good"] : [],
          })),
        })),
        untriable: alone ? `${alone.file} runs outside of a transaction: what it does cannot be rolled back.` : null,
        warnings: of.some(({ state }) => state.state === "late")
          ? ["A late migration runs after ones that were written later than it."]
          : [],
      };
    },
    migrationsTry: async (profileId, _database, request) => {
      await wait(world.pace * 300);
      const of = chosen(profileId, request);
      const wrong = of.findIndex(({ name }) => name.includes("why"));
      if (wrong >= 0 && migrationsOf(world, profileId).answers.shift() === "stopped")
        return {
          outcome: "stopped",
          kept: [],
          version: of[wrong]?.version ?? "",
          file: of[wrong]?.file ?? "",
          statement: 0,
          sql: "",
          statements_kept: 0,
          error: failure("invalid_statement", `relation "why" already exists`),
          blockers: [],
        };
      return { outcome: "done", versions: of.map(({ version }) => version), elapsed_ms: 41 };
    },
    migrationsRun: async (profileId, _database, request, confirmed) => {
      requireOpen(world, profileId);
      const profile = profileOf(world, profileId);
      if (profile.safety === "read_only") refuse("forbidden", "The connection is read-only.");
      if (status(profileId, request.folder).digest !== request.digest) return { outcome: "stale" };
      const of = chosen(profileId, request);
      if (profile.environment === "production" && confirmed === null)
        return {
          outcome: "confirm",
          question: {
            digest: request.digest,
            title: `Migrate ${profile.name}: ${of.length} migrations`,
            confirm: "Apply to production",
            connection: profile.name,
            production: true,
            changes: [],
            more: 0,
            notes: [],
            typed: profile.name,
          },
        };
      await wait(world.pace * 400);
      const answer = migrationsOf(world, profileId).answers.shift();
      if (answer === "stale") return { outcome: "stale" };
      if (answer === "locked")
        return stopped(profileId, of, failure("conflict", "The lock on orders was not to be had within 2 s."), true);
      if (answer === "stopped") {
        const error = failure("invalid_statement", `column "note" does not exist`, { range: { from: 30, to: 34 } });
        return stopped(profileId, of, error, false);
      }
      for (const each of of) {
        const up = request.direction === "up";
        each.state = { state: up ? "applied" : "pending" };
        each.applied_at_ms = up ? Date.now() : null;
        each.took_ms = up ? 14 : null;
      }
      told(profileId);
      return { outcome: "done", versions: of.map(({ version }) => version), elapsed_ms: 87 };
    },
    migrationsSettle: async (profileId, _database, folder, version, settled) => {
      const found = rowsAt(profileId, folder).find((each) => each.version === version);
      if (found) found.state = { state: settled === "applied" ? "applied" : "pending" };
      told(profileId);
      return structuredClone(status(profileId, folder));
    },
    migrationsCreate: async (profileId, _database, { folder, name, down }) => {
      const rows = rowsAt(profileId, folder);
      const made = row("20261123031500", name, { state: "pending" }, down === null ? { down: null } : {});
      rows.push(made);
      told(profileId);
      return [made.file, made.down].flatMap((file) => (file ? [file] : []));
    },
  };
}
