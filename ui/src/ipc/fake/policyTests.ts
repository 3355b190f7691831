/** The policy tester in the fake host: rows of one table, visible by whether they are the actor's own. */
import type {
  PolicyActor,
  PolicyAttempt,
  PolicyAttempted,
  PolicyJudgement,
  PolicyVerdict,
  SavedPolicyActor,
} from "../bindings";
import type { Host } from "../host";
import { note } from "./policyUsers";
import { requireOpen, type World } from "./world";

const ROWS = Array.from({ length: 24 }, (_, index) => ({
  id: String(8812 - index),
  title: index % 7 === 3 ? null : `Kiln maintenance plan ${index + 1}`,
  org: index % 4 === 0 ? "31" : "12",
  owner: index % 2 === 0 ? "ada" : "ben",
  visibility: index % 3 === 0 ? "public" : "team",
}));

/** Enough of them to scroll. */
const MORE = [
  { name: "deleted_at", value: null },
  { name: "note", value: "" },
  ...Array.from({ length: 10 }, (_, index) => ({
    name: `detail_${index + 1}`,
    value: `a longer text of detail ${index + 1}`,
  })),
];
const COLUMNS = ["id", "title", "org_id", "owner", "visibility", ...MORE.map(({ name }) => name)];

const SUITE = {
  name: "documents",
  cases: [
    {
      name: "isolation: ada sees their own",
      as: { role: "authenticated", claims: { sub: "ada" } },
      statement: "select id from app.documents",
      expect: { rows: ["1"] },
    },
    {
      name: "cross-user: ben changes none of ada's",
      as: { role: "authenticated", claims: { sub: "ben" } },
      statement: "update app.documents set title = 'x' where id = 1",
      expect: { affected: 0 },
    },
    {
      name: "anonymous: nobody adds a row",
      as: { role: "anon" },
      statement: "insert into app.documents default values",
      expect: { error: "42501" },
    },
  ],
};

const actors = new WeakMap<World, SavedPolicyActor[]>();

function judged(actor: PolicyActor, drafted: boolean): PolicyJudgement {
  const who = /"sub"\s*:\s*"(\w+)"/.exec(actor.claims ?? "")?.[1] ?? "ada";
  const sees = (row: (typeof ROWS)[number]) => row.org === "12" && (row.owner === who || row.visibility === "public");
  const verdict = (passes: boolean): [PolicyVerdict, PolicyVerdict] => [passes ? "pass" : "fail", "absent"];
  const reach = (select: boolean) => ({ select, insert: null, update: select, delete: null });
  const policy = (name: string, permissive: boolean, using: string) => ({
    name,
    command: "select" as const,
    permissive,
    applies: true,
    using,
    with_check: null,
    approximate: null,
    failed: null,
  });
  const policies = [
    policy("owner_all", true, "owner_id = (select auth.uid())"),
    policy("public_read", true, "visibility = 'public'"),
    policy("org_fence", false, "org_id = (select app.current_org())"),
  ];
  const visible = ROWS.filter(sees).length;
  return {
    columns: COLUMNS,
    key: [0],
    policies,
    drafts: drafted ? policies.slice(0, 1) : [],
    unfiltered: null,
    unfiltered_by_drafts: null,
    rows: ROWS.map((row) => ({
      values: [row.id, row.title, row.org, row.owner, row.visibility, ...MORE.map(({ value }) => value)],
      seen: sees(row),
      now: reach(sees(row)),
      drafted: drafted ? reach(row.owner === who && row.org === "12") : null,
      verdicts: [verdict(row.owner === who), verdict(row.visibility === "public"), verdict(row.org === "12")],
      draft_verdicts: [],
    })),
    visible: { rows: visible, reason: null },
    hidden: { rows: ROWS.length - visible, reason: null },
    exact: true,
  };
}

const NO_ROWS = { columns: [], rows: [], row_count: 0, affected: null };

function attempted(attempt: PolicyAttempt, actor: PolicyActor): PolicyAttempted {
  const statement = attempt.statement ?? "";
  const sample = attempt.sample ? judged(actor, attempt.sample.drafted) : null;
  const seen = sample?.visible.rows ?? 3;
  const error = (message: string) => ({
    code: "forbidden" as const,
    message,
    hint: null,
    range: null,
    native: {
      product: "PostgreSQL",
      code: "42501",
      message,
      severity: "ERROR",
      detail: null,
      context: null,
      constraint: null,
      object: null,
      internal: null,
    },
  });
  const outcome: PolicyAttempted["outcome"] = /^\s*(commit|rollback|begin|reset|set)\b/i.test(statement)
    ? {
        outcome: "not_sent",
        error: { ...error("A statement of transactions, roles or sessions is not tried."), native: null },
      }
    : /^\s*delete/i.test(statement)
      ? {
          outcome: "no_privilege",
          missing: ["DELETE on app.documents"],
          error: error("permission denied for table documents"),
        }
      : /^\s*insert/i.test(statement)
        ? {
            outcome: "policy_refused",
            table: "app.documents",
            error: error('new row violates row-level security policy for table "documents"'),
          }
        : {
            outcome: "done",
            answer: /^\s*update/i.test(statement)
              ? { ...NO_ROWS, affected: seen }
              : { ...NO_ROWS, columns: ["count"], rows: [[String(seen)]], row_count: seen },
          };
  return {
    outcome,
    // biome-ignore lint/suspicious/noThenProperty: the core's name for the statement after it.
    then: null,
    notices: [],
    lasting: /nextval/i.test(statement) ? ["Sequences go on: a rollback does not take back nextval."] : [],
    differs: [],
    sample,
    no_sample: null,
    statement_us: 1_800,
    total_us: 34_000,
  };
}

export function policyTests(
  world: World,
): Pick<
  Host,
  | "policyAttempt"
  | "policyCompare"
  | "policyActors"
  | "keepPolicyActor"
  | "removePolicyActor"
  | "policyRoleSettings"
  | "policyTest"
  | "policySuite"
  | "policySuiteRead"
> {
  const kept = () => actors.get(world) ?? [];
  return {
    policyAttempt: async (profileId, _database, attempt) => {
      requireOpen(world, profileId);
      note(world, { actor: attempt.actor ?? {}, second: null, statement: attempt.statement ?? "" });
      return attempted(attempt, attempt.actor ?? {});
    },
    policyCompare: async (profileId, _database, attempt, second) => {
      requireOpen(world, profileId);
      note(world, { actor: attempt.actor ?? {}, second, statement: attempt.statement ?? "" });
      const first = attempted(attempt, attempt.actor ?? {});
      return { first, second: attempted(attempt, second), only_first: [], only_second: [], both: [], complete: true };
    },
    policyActors: async () => kept(),
    keepPolicyActor: async (_profileId, name, actor) => {
      actors.set(world, [...kept().filter((each) => each.name !== name), { name, actor }]);
      return null;
    },
    removePolicyActor: async (_profileId, name) => {
      actors.set(
        world,
        kept().filter((each) => each.name !== name),
      );
      return null;
    },
    policyRoleSettings: async () => [],
    policyTest: async (profileId, _database, suite) => {
      requireOpen(world, profileId);
      const { cases } = JSON.parse(suite) as { cases: { name: string; expect: object }[] };
      const told = cases.map(({ name, expect }) =>
        name.startsWith("cross-user")
          ? { name, ok: false, got: '{"affected":1}', why: "0 rows affected were to come, 1 came" }
          : { name, ok: true, got: JSON.stringify(expect), why: null },
      );
      const passed = told.filter(({ ok }) => ok).length;
      return { passed, failed: told.length - passed, cases: told };
    },
    policySuite: async () => ({
      json: JSON.stringify(SUITE),
      pgtap: "select plan(3);",
      notes: ["What title may hold is not known."],
    }),
    policySuiteRead: async (text) => {
      const { cases } = JSON.parse(text) as { cases: object[] };
      return { json: text, pgtap: `select plan(${cases.length});\n`, notes: [] };
    },
  };
}
