/** Drafts of policies in the fake host: staged, planned, applied and taken back; and the matrix with them. */
import type {
  PolicyCellChange,
  PolicyChange,
  PolicyDraft,
  PolicyEdit,
  PolicyOn,
  PolicyPlan,
  StagedPolicyChange,
} from "../bindings";
import type { Host } from "../host";
import {
  alwaysTrue,
  applyTo,
  drafted,
  effectOf,
  everyone,
  type FakeSecurity,
  inverse,
  levelOf,
  matching,
  ONE,
  overview,
  READ_AT,
  ROLES,
  rowOf,
  same,
  tableOf,
} from "./policies";
import { missingIn } from "./policyMissing";
import { failure, refuse, requireOpen, type World, wait } from "./world";

const name = (text: string) => (/^[a-z_][a-z0-9_]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`);
const sqlOn = (on: PolicyOn) => `${name(on.schema)}.${name(on.table)}`;

export function createSql(on: PolicyOn, one: PolicyDraft): string[] {
  const lines = [`CREATE POLICY ${name(one.name)} ON ${sqlOn(on)}`];
  if (!one.permissive) lines.push("  AS RESTRICTIVE");
  if (one.command !== "all") lines.push(`  FOR ${one.command.toUpperCase()}`);
  if (!everyone(one.roles)) lines.push(`  TO ${one.roles.map(name).join(", ")}`);
  if (one.using !== null) lines.push(`  USING (${one.using})`);
  if (one.with_check !== null) lines.push(`  WITH CHECK (${one.with_check})`);
  const comment = one.comment
    ? [`COMMENT ON POLICY ${name(one.name)} ON ${sqlOn(on)} IS '${one.comment.replaceAll("'", "''")}'`]
    : [];
  return [lines.join("\n"), ...comment];
}

const dropSql = (on: PolicyOn, one: PolicyDraft) => `DROP POLICY ${name(one.name)} ON ${sqlOn(on)}`;

function sqlOf(change: PolicyChange): { what: string; sql: string[] } {
  const { on } = change;
  switch (change.change) {
    case "create":
      return { what: `create policy ${change.policy.name}`, sql: createSql(on, change.policy) };
    case "drop":
      return { what: `drop policy ${change.policy.name}`, sql: [dropSql(on, change.policy)] };
    case "alter":
      return {
        what: `change policy ${change.before.name}`,
        sql: [dropSql(on, change.before), ...createSql(on, change.after)],
      };
    case "row_security":
      return {
        what: "row security",
        sql: [
          `ALTER TABLE ${sqlOn(on)} ${change.after.enabled ? "ENABLE" : "DISABLE"} ROW LEVEL SECURITY`,
          ...(change.before.forced === change.after.forced
            ? []
            : [`ALTER TABLE ${sqlOn(on)} ${change.after.forced ? "FORCE" : "NO FORCE"} ROW LEVEL SECURITY`]),
        ],
      };
  }
}

function planOf(security: FakeSecurity): PolicyPlan {
  const steps = security.staged.map(({ change }) => ({
    on: change.on,
    ...sqlOf(change),
    lock: "ACCESS EXCLUSIVE",
    waits: `Every query on ${sqlOn(change.on)} queues while this waits, at most 200 ms, and until the transaction ends.`,
    undo: sqlOf(inverse(change)).sql,
  }));
  const coverage: PolicyCellChange[] = [];
  for (const each of security.tables) {
    if (!security.staged.some(({ change }) => same(change.on, each.on))) continue;
    const after = drafted(each, security.staged);
    for (const { name: role } of ROLES)
      for (const command of ONE) {
        const [was, is] = [levelOf(each, role, command), levelOf(after, role, command)];
        if (was !== is)
          coverage.push({ on: each.on, role, command, before: was, after: is, loses: was !== "none" && is === "none" });
      }
  }
  const framed = (lines: readonly string[]) =>
    `BEGIN;\nSET LOCAL lock_timeout = '200ms';\n${lines.map((line) => `${line};\n`).join("")}COMMIT;\n`;
  const up = steps.flatMap(({ sql }) => sql);
  const down = steps.toReversed().flatMap(({ undo }) => undo);
  const nameless = security.staged.find(({ change }) => change.change === "create" && change.policy.name === "");
  const missing = security.staged.flatMap(({ change }) => {
    if (change.change === "create") return missingIn(change.on, change.policy);
    return change.change === "alter" ? missingIn(change.on, change.after) : [];
  });
  return {
    steps: nameless ? [] : steps,
    refusal: nameless ? `a policy of ${sqlOn(nameless.change.on)} has no name` : (missing[0]?.words ?? null),
    sql: framed(up),
    undo: framed(down),
    up: up.map((line) => `${line};\n`).join(""),
    down: down.map((line) => `${line};\n`).join(""),
    lock_timeout_ms: 200,
    coverage,
    losing: [...new Set(coverage.filter(({ loses }) => loses).map(({ role }) => role))],
    warnings: [],
    missing,
  };
}

function stage(security: FakeSecurity, edit: PolicyEdit) {
  const find = (on: PolicyOn) =>
    security.tables.find((each) => same(each.on, on)) ?? refuse("not_found", "It is gone.");
  const put = (change: PolicyChange, about: (other: PolicyChange) => boolean) => {
    const index = security.staged.findIndex((each) => about(each.change));
    if (index >= 0) security.staged = security.staged.map((each, i) => (i === index ? { ...each, change } : each));
    else security.staged = [...security.staged, { id: security.next++, change, conflict: null }];
  };
  const without = (about: (each: StagedPolicyChange) => boolean) => {
    security.staged = security.staged.filter((each) => !about(each));
  };
  switch (edit.edit) {
    case "create": {
      const { on, policy: made, id } = edit;
      if (id === null)
        security.staged = [
          ...security.staged,
          { id: security.next++, change: { change: "create", on, policy: made }, conflict: null },
        ];
      else
        security.staged = security.staged.map((each) =>
          each.id === id ? { ...each, change: { change: "create", on, policy: made } } : each,
        );
      return;
    }
    case "alter":
    case "drop": {
      const { on, name: called } = edit;
      const before = find(on).policies.find((one) => one.name === called) ?? refuse("not_found", `${called} is gone.`);
      const about = (other: PolicyChange) =>
        same(other.on, on) &&
        ((other.change === "alter" && other.before.name === called) ||
          (other.change === "drop" && other.policy.name === called));
      if (edit.edit === "drop") put({ change: "drop", on, policy: before }, about);
      else if (JSON.stringify(before) === JSON.stringify(edit.policy)) without((each) => about(each.change));
      else put({ change: "alter", on, before, after: edit.policy }, about);
      return;
    }
    case "row_security": {
      const { on, enabled, forced } = edit;
      const now = find(on);
      const about = (other: PolicyChange) => other.change === "row_security" && same(other.on, on);
      if (now.enabled === enabled && now.forced === forced) without((each) => about(each.change));
      else
        put(
          {
            change: "row_security",
            on,
            before: { enabled: now.enabled, forced: now.forced },
            after: { enabled, forced },
          },
          about,
        );
      return;
    }
    case "discard":
      without((each) => each.id === edit.id);
      return;
    case "discard_all":
      security.staged = [];
      return;
    case "undo":
      for (const change of (security.applied.get(edit.applied) ?? []).toReversed())
        security.staged = [...security.staged, { id: security.next++, change: inverse(change), conflict: null }];
  }
}

type PolicyCommands = Pick<
  Host,
  | "policyOverview"
  | "forgetPolicyApply"
  | "policyTables"
  | "policyTable"
  | "policyEffect"
  | "policyStaged"
  | "policyStage"
  | "policyPlan"
  | "policyApply"
  | "policyCheckOnServer"
  | "policyCheck"
  | "policyMatrix"
  | "exportPolicyMatrix"
>;

const BLOCKERS = [
  {
    session: "4802",
    user: "app",
    application: "checkout",
    statement: "update app.documents set title = $1 where id = $2",
    age_ms: 192_000,
  },
];

export function policyCommands(world: World): PolicyCommands {
  const security = () => world.security;
  const ready = (profileId: string) => {
    requireOpen(world, profileId);
    return security();
  };
  const find = (profileId: string, on: PolicyOn) =>
    ready(profileId).tables.find((each) => same(each.on, on)) ?? refuse("not_found", `There is no table ${sqlOn(on)}.`);
  return {
    policyOverview: async (profileId) => overview(ready(profileId)),
    policyTables: async (profileId, _database, filter, offset, limit) => {
      const found = matching(ready(profileId), filter);
      const role = filter.role ?? null;
      return {
        rows: found.slice(offset, offset + limit).map((each) => rowOf(security(), each, role)),
        total: found.length,
        judged: true,
      };
    },
    forgetPolicyApply: async (_profileId, id) => {
      if (security().last?.id === id) security().last = null;
      return null;
    },
    policyTable: async (profileId, _database, on) => tableOf(security(), find(profileId, on)),
    policyEffect: async (profileId, _database, on, role, command, withDrafts) => {
      const each = find(profileId, on);
      return effectOf(
        withDrafts ? drafted(each, security().staged) : each,
        role,
        command === "all" ? "select" : command,
      );
    },
    policyStaged: async (profileId) => ({ changes: ready(profileId).staged, last: security().last }),
    policyStage: async (profileId, _database, edits) => {
      for (const edit of edits) stage(ready(profileId), edit);
      return { changes: security().staged, last: security().last };
    },
    policyPlan: async (profileId) => planOf(ready(profileId)),
    policyApply: async (profileId, _database, acknowledged) => {
      const now = ready(profileId);
      const plan = planOf(now);
      await wait(world.pace * 60);
      if (plan.refusal) refuse("invalid_statement", `Nothing was sent. ${plan.refusal}`);
      if (plan.losing.some((role) => !acknowledged.includes(role))) refuse("conflict", "A role was not acknowledged.");
      if (now.locked) {
        now.locked = false;
        return {
          outcome: "locked",
          error: failure("timed_out", "A lock on app.documents was not to be had within 200 ms.", {
            native: null,
          }),
          statement: 0,
          blockers: BLOCKERS,
        };
      }
      const changes = now.staged.map(({ change }) => change);
      for (const change of changes) {
        const each = now.tables.find((other) => same(other.on, change.on));
        if (each) applyTo(each, change);
      }
      const id = now.next++;
      now.applied.set(id, changes);
      now.staged = [];
      return { outcome: "applied", id, changes: changes.length, elapsed_ms: 31 };
    },
    policyCheckOnServer: async (profileId) => {
      ready(profileId);
      await wait(world.pace * 60);
      return { checked: "fine" };
    },
    policyCheck: async (profileId, _database, _on, _command, _part, text) => {
      ready(profileId);
      const wrong = /\bmissing_\w+/.exec(text);
      return {
        problem: wrong
          ? failure("invalid_statement", `column "${wrong[0]}" does not exist`, {
              range: { from: wrong.index, to: wrong.index + wrong[0].length },
              native: null,
            })
          : null,
        not_checked: null,
        notes: alwaysTrue(text) ? ["It is always true."] : [],
      };
    },
    policyMatrix: async (profileId, _database, filter, offset, limit) => {
      const now = ready(profileId);
      const found = matching(now, filter.tables ?? {});
      const roles = filter.roles?.length ? ROLES.filter(({ name: role }) => filter.roles?.includes(role)) : [...ROLES];
      return {
        roles,
        rows: found.slice(offset, offset + limit).map((each) => {
          const shown = filter.drafted ? drafted(each, now.staged) : each;
          const cells = roles.flatMap(({ name: role }) =>
            ONE.map((command) => {
              const level = levelOf(shown, role, command);
              return { level, no_policy: level === "none" && shown.exposed, some_columns: false };
            }),
          );
          return { on: each.on, state: rowOf(now, shown).state, cells };
        }),
        total: found.length,
        unread: [],
        at_ms: READ_AT,
      };
    },
    exportPolicyMatrix: async () => null,
  };
}
