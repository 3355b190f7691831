/** The advisor in the fake host: findings about the tables that the pages of policies know. */
import type {
  AdvisorFilter,
  AdvisorFinding,
  AdvisorLevel,
  AdvisorObject,
  AdvisorObjectRow,
  AdvisorOptions,
  AdvisorReport,
  AdvisorRule,
  AdvisorSuppression,
} from "../bindings";
import type { Host } from "../host";
import { ROLES, rowOf } from "./policies";
import { policyCommands } from "./policyDrafts";
import { refuse, requireOpen, type World } from "./world";

const DAY = 86_400_000;
const READ_AT = Date.UTC(2026, 10, 22, 15, 54);

const RULES: readonly Pick<AdvisorRule, "id" | "name" | "title" | "level" | "reason">[] = [
  { id: "I-03", name: "unused_index", title: "An index that is never read", level: "info", reason: null },
  { id: "K-02", name: "unindexed_foreign_keys", title: "A foreign key without an index", level: "info", reason: null },
  {
    id: "O-06",
    name: "statements_not_counted",
    title: "Statements are not counted",
    level: "info",
    reason: "the extension pg_stat_statements is not installed",
  },
  {
    id: "S-01",
    name: "rls_disabled_in_public",
    title: "Row security is off on a table that clients reach",
    level: "error",
    reason: null,
  },
  {
    id: "S-02",
    name: "rls_enabled_no_policy",
    title: "Row security is on and there is no policy",
    level: "warning",
    reason: null,
  },
  { id: "S-03", name: "rls_policy_always_true", title: "A policy that is always true", level: "error", reason: null },
  { id: "S-11", name: "auth_rls_initplan", title: "A call for every row", level: "warning", reason: null },
  { id: "S-20", name: "extension_in_public", title: "An extension in public", level: "info", reason: null },
  {
    id: "S-36",
    name: "weak_authentication",
    title: "Sign-in without a password",
    level: "warning",
    reason: "this login may not read pg_hba_file_rules",
  },
];

interface FakeAdvice {
  readonly accepted: Map<string, AdvisorSuppression>;
  options: AdvisorOptions;
}
const advice = new WeakMap<World, FakeAdvice>();
function adviceOf(world: World): FakeAdvice {
  const known = advice.get(world);
  if (known) return known;
  const made: FakeAdvice = {
    accepted: new Map(),
    options: {
      exposure: null,
      guess: {
        schemas: ["app"],
        anonymous: ["anon"],
        signed_in: ["authenticated"],
        guessed_from: "the roles anon and authenticated",
      },
      schedule: "on_change",
      schemas: ["app", "public"],
      roles: ROLES.map(({ name }) => name).filter((name) => name !== "PUBLIC"),
    },
  };
  advice.set(world, made);
  return made;
}

function findingsOf(world: World): AdvisorFinding[] {
  const { accepted } = adviceOf(world);
  const found = world.security.tables.flatMap((each): AdvisorFinding[] => {
    const row = rowOf(world.security, each);
    const { schema, table } = each.on;
    const make = (
      rule: string,
      level: AdvisorLevel,
      message: string,
      fix: [string, string] | null,
      drafts = true,
    ): AdvisorFinding => {
      const known = RULES.find(({ id }) => id === rule);
      const key = `${rule}:${schema}:${table}`;
      return {
        rule,
        name: known?.name ?? rule,
        title: known?.title ?? rule,
        level,
        object: { schema, name: table, kind: "table", relation: null, label: `${schema}.${table}` },
        evidence: ["Row security: off", "Grant: SELECT, INSERT, UPDATE, DELETE to authenticated"],
        message,
        fix: fix && { sql: fix[0], undo: fix[1], lock: "ACCESS EXCLUSIVE", transaction_safe: true, drafts },
        key,
        accepted: accepted.get(key) ?? null,
      };
    };
    const alter = (what: string) => `ALTER TABLE ${schema}.${table} ${what} ROW LEVEL SECURITY;`;
    if (row.state === "exposed")
      return [
        make("S-01", "error", `${schema}.${table}: authenticated can read and write every row.`, [
          alter("ENABLE"),
          alter("DISABLE"),
        ]),
      ];
    if (row.state === "open")
      return [make("S-03", "error", `A policy of ${schema}.${table} lets every row through for authenticated.`, null)];
    if (row.state === "no_policy")
      return [
        make(
          "S-02",
          "warning",
          `Nobody but the owner reads ${schema}.${table}: row security is on and there is no policy.`,
          null,
        ),
      ];
    return row.warnings > 0
      ? [
          make(
            "S-11",
            "warning",
            `auth.uid() is called once per row in a policy of ${schema}.${table}; wrap it in a select.`,
            [`CREATE INDEX ON ${schema}.${table} (author_id);`, `DROP INDEX ${schema}.${table}_author_id_idx;`],
            false,
          ),
        ]
      : [];
  });
  const of = (rule: string, object: AdvisorObject, message: string): AdvisorFinding => {
    const known = RULES.find(({ id }) => id === rule);
    const key = `${rule}:${object.label.replaceAll(".", ":")}`;
    const { name = rule, title = rule, level = "info" } = known ?? {};
    return {
      ...{ rule, name, title, level, object, message, key },
      ...{ evidence: [], fix: null, accepted: accepted.get(key) ?? null },
    };
  };
  const index = "api_keys_created_at_idx";
  found.push(
    of(
      "I-03",
      { schema: "app", name: index, kind: "index", relation: "api_keys", label: `app.api_keys.${index}` },
      `${index}: 0 scans in 41 days, 18 MB.`,
    ),
    of(
      "S-20",
      { schema: null, name: "pg_trgm", kind: "extension", relation: null, label: "pg_trgm" },
      "pg_trgm is installed in public.",
    ),
  );
  const order = { error: 0, warning: 1, info: 2 } as const;
  return found.toSorted((a, b) => order[a.level] - order[b.level]);
}

function reportOf(world: World): AdvisorReport {
  const all = findingsOf(world);
  const open = all.filter(({ accepted }) => accepted === null);
  const count = (level: AdvisorLevel) => open.filter((each) => each.level === level).length;
  const errors = count("error");
  const tables = world.security.tables.length;
  const { options } = adviceOf(world);
  const grades = ["F", "F", "E", "E", "D", errors > 0 ? "D" : "B"];
  return {
    at_ms: READ_AT,
    elapsed_ms: 214,
    score: {
      grade: errors > 0 ? "D" : "B",
      uncertain: true,
      tables,
      secured: tables - errors,
      warnings: count("warning"),
      errors,
      parts: [],
    },
    errors,
    warnings: count("warning"),
    infos: count("info"),
    accepted: all.length - open.length,
    stale: [],
    rules: RULES.map((rule) => {
      const findings = open.filter((each) => each.rule === rule.id).length;
      return { ...rule, findings, result: rule.reason ? "not_evaluated" : findings > 0 ? "fail" : "pass" };
    }),
    exposure: options.exposure ?? options.guess,
    ask_exposure: options.exposure === null,
    scan: { schedule: options.schedule, last_ms: READ_AT, next_ms: null, waiting: null },
    slow: {
      rows: [
        {
          query:
            "select o.id, o.placed_at from app.documents d join app.memberships o on o.id = d.id where d.org_id = $1 order by o.placed_at desc limit $2",
          calls: 48_211,
          mean_ms: 41.3,
          total_ms: 1_991_114.3,
          rows: 912_004,
          role: "authenticated",
        },
        {
          query: "update app.plans set seen = now() where id = $1",
          calls: 12,
          mean_ms: 0.41,
          total_ms: 4.9,
          rows: 12,
          role: null,
        },
      ],
      reason: null,
    },
    bloat: {
      rows: [
        {
          on: { schema: "app", table: "documents" },
          index: null,
          size_bytes: 1_204_000_000,
          live_rows: 412_000,
          dead_rows: 96_000,
          wasted_bytes: 310_000_000,
          last_vacuum_ms: READ_AT - DAY,
        },
        {
          on: { schema: "app", table: "audit_log" },
          index: "audit_log_pkey",
          size_bytes: 81_920,
          live_rows: 0,
          dead_rows: 0,
          wasted_bytes: null,
          last_vacuum_ms: null,
        },
      ],
      reason: null,
    },
    history: grades.map((grade, index) => ({
      at_ms: READ_AT - (grades.length - 1 - index) * 7 * DAY,
      grade,
      uncertain: true,
      secured: tables - errors,
      tables,
      errors,
      warnings: 3,
    })),
  };
}

const PAGE = `# What

A table in a schema that clients reach has row security off: whoever holds a privilege sees every row.

## How to fix

- Turn row security on, and give it policies.
- Revoke what clients need not have.

\`\`\`sql
ALTER TABLE app.api_keys ENABLE ROW LEVEL SECURITY;
\`\`\`
`;

const RELATIONS = ["table", "view", "materialized view", "foreign table"];

/** What a finding counts for: the table it is about, or the object itself. */
function ownerOf({ object }: AdvisorFinding): AdvisorObject {
  const { schema, relation } = object;
  if (relation === null) return object;
  return { schema, name: relation, kind: "table", relation: null, label: `${schema}.${relation}` };
}

const sameObject = (one: AdvisorObject, other: AdvisorObject): boolean =>
  one.schema === other.schema &&
  one.name === other.name &&
  (one.kind === other.kind || [one, other].every(({ kind }) => RELATIONS.includes(kind)));

function passing(filter: AdvisorFilter): (finding: AdvisorFinding) => boolean {
  const words = (filter.text ?? "").toLowerCase();
  return (each) =>
    `${each.object.label} ${each.rule} ${each.name} ${each.message}`.toLowerCase().includes(words) &&
    (!filter.levels?.length || filter.levels.includes(each.level)) &&
    (!filter.groups?.length || filter.groups.includes(each.rule[0] ?? "")) &&
    (!filter.kinds?.length || filter.kinds.includes(each.object.kind)) &&
    (!filter.about || sameObject(filter.about, ownerOf(each)));
}

const kindsOf = (all: readonly AdvisorFinding[]) => [...new Set(all.map(({ object }) => object.kind))].toSorted();

function objectsOf(world: World, filter: AdvisorFilter): AdvisorObjectRow[] {
  const rows = new Map<string, AdvisorObjectRow>();
  for (const finding of findingsOf(world).filter(passing(filter))) {
    const object = ownerOf(finding);
    const on = world.security.tables.find((each) => each.on.schema === object.schema && each.on.table === object.name);
    const of = on && rowOf(world.security, on);
    const row = rows.get(object.label) ?? {
      object,
      errors: 0,
      warnings: 0,
      infos: 0,
      accepted: 0,
      worst: null,
      row_security: of ? { enabled: of.enabled === true, forced: of.forced === true, policies: of.policies } : null,
    };
    rows.set(object.label, row);
    if (finding.accepted) {
      row.accepted += 1;
      continue;
    }
    // They come the worst first.
    row.worst ??= finding.message;
    row[({ error: "errors", warning: "warnings", info: "infos" } as const)[finding.level]] += 1;
  }
  const weight = ({ errors, warnings, infos, accepted }: AdvisorObjectRow) =>
    ((errors * 1_000 + warnings) * 1_000 + infos) * 1_000 + accepted;
  return [...rows.values()].toSorted((a, b) => weight(b) - weight(a) || a.object.label.localeCompare(b.object.label));
}

type AdvisorCommands = Pick<
  Host,
  | "advise"
  | "advisorFindings"
  | "advisorObjects"
  | "advisorRule"
  | "advisorOptions"
  | "keepAdvisorOptions"
  | "advisorSuppress"
  | "advisorUnsuppress"
  | "advisorReview"
  | "advisorDrafts"
  | "exportAdvisor"
  | "importAdvisorBaseline"
>;

export function advisorCommands(world: World): AdvisorCommands {
  const own = () => adviceOf(world);
  return {
    advise: async (profileId) => {
      requireOpen(world, profileId);
      return reportOf(world);
    },
    advisorFindings: async (profileId, _database, filter, offset, limit) => {
      requireOpen(world, profileId);
      const all = findingsOf(world).filter((each) => (each.accepted !== null) === (filter.accepted ?? false));
      const found = all.filter(passing(filter));
      return { findings: found.slice(offset, offset + limit), total: found.length, kinds: kindsOf(all) };
    },
    advisorObjects: async (profileId, _database, filter, offset, limit) => {
      requireOpen(world, profileId);
      const objects = objectsOf(world, filter);
      return {
        objects: objects.slice(offset, offset + limit),
        total: objects.length,
        kinds: kindsOf(findingsOf(world)),
      };
    },
    advisorRule: async (id) => {
      const rule = RULES.find((each) => each.id === id) ?? refuse("not_found", `There is no rule ${id}.`);
      return { id, name: rule.name, title: rule.title, page: PAGE };
    },
    advisorOptions: async () => own().options,
    keepAdvisorOptions: async (_profileId, _database, choice) => {
      const { options } = own();
      own().options = {
        ...options,
        exposure: choice.ask_again ? null : (choice.exposure ?? options.exposure),
        schedule: choice.schedule ?? options.schedule,
      };
      return own().options;
    },
    advisorSuppress: async (_profileId, _database, keys, reason, author) => {
      for (const key of keys) own().accepted.set(key, { key, reason, author, date: "2026-11-22" });
      return null;
    },
    advisorUnsuppress: async (_profileId, _database, keys) => {
      for (const key of keys) own().accepted.delete(key);
      return null;
    },
    advisorReview: async (_profileId, _database, keys) => {
      const fixes = findingsOf(world).flatMap((each) => (keys.includes(each.key) && each.fix ? [each.fix] : []));
      return {
        sql: `BEGIN;\n${fixes.map(({ sql }) => `${sql}\n`).join("")}COMMIT;\n`,
        undo: fixes.map(({ undo }) => undo).join("\n"),
        lock: "ACCESS EXCLUSIVE",
        transaction_safe: true,
        without: [],
      };
    },
    advisorDrafts: async (profileId, database, keys) => {
      const fixed = findingsOf(world).filter((each) => keys.includes(each.key) && each.fix !== null);
      const policies = policyCommands(world);
      const drafted = fixed.filter(({ fix }) => fix?.drafts);
      const tables = drafted.map(({ object }) => ({ schema: object.schema ?? "", table: object.name }));
      const staged = await policies.policyStage(
        profileId,
        database,
        tables.map((on) => ({ edit: "row_security", on, enabled: true, forced: false })),
      );
      const plan = await policies.policyPlan(profileId, database, null);
      const others = fixed.filter(({ fix }) => !fix?.drafts);
      return {
        staged,
        tables,
        drafted: drafted.map(({ key }) => key),
        later: [],
        plan,
        script:
          others.length > 0
            ? {
                sql: others.map(({ fix }) => `${fix?.sql}\n`).join(""),
                undo: "",
                lock: "SHARE",
                transaction_safe: true,
                without: [],
              }
            : null,
      };
    },
    exportAdvisor: async () => null,
    importAdvisorBaseline: async () => 0,
  };
}
