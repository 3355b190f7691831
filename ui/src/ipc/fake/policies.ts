/** Row security in the fake host: an application's tables, their policies, and drafts that are kept until they are applied. */
import type {
  PolicyCard,
  PolicyChange,
  PolicyCommand,
  PolicyDraft,
  PolicyEffect,
  PolicyLastApply,
  PolicyOn,
  PolicyOverview,
  PolicyPart,
  PolicyRole,
  PolicyState,
  PolicyTable,
  PolicyTableRow,
  PolicyTablesFilter,
  StagedPolicyChange,
} from "../bindings";

export const READ_AT = Date.UTC(2026, 10, 22, 15, 54);
export const ONE: readonly Exclude<PolicyCommand, "all">[] = ["select", "insert", "update", "delete"];

export interface FakeSecured {
  readonly on: PolicyOn;
  readonly exposed: boolean;
  enabled: boolean;
  forced: boolean;
  policies: PolicyDraft[];
  readonly parent?: PolicyOn;
}

export interface FakeSecurity {
  tables: FakeSecured[];
  staged: StagedPolicyChange[];
  next: number;
  applied: Map<number, PolicyChange[]>;
  /** The next apply waits for a lock in vain. */
  locked: boolean;
  /** What was sent last and never answered. */
  last: PolicyLastApply | null;
}

export const ROLES: readonly PolicyRole[] = [
  { name: "PUBLIC", login: false, superuser: false, bypass: false, exposed: false },
  { name: "anon", login: false, superuser: false, bypass: false, exposed: true },
  { name: "authenticated", login: false, superuser: false, bypass: false, exposed: true },
  { name: "app_writer", login: true, superuser: false, bypass: false, exposed: false },
  { name: "support_agent", login: true, superuser: false, bypass: true, exposed: false },
  { name: "app_owner", login: true, superuser: false, bypass: false, exposed: false },
  { name: "postgres", login: true, superuser: true, bypass: true, exposed: false },
];

export const at = (table: string, schema = "app"): PolicyOn => ({ schema, table });
const policy = (name: string, command: PolicyCommand, more: Partial<PolicyDraft> = {}): PolicyDraft => ({
  name,
  command,
  permissive: true,
  roles: ["authenticated"],
  using: null,
  with_check: null,
  comment: null,
  ...more,
});
const OWN = "owner_id = (select auth.uid())";
const table = (
  name: string,
  enabled: boolean,
  forced: boolean,
  policies: PolicyDraft[] = [],
  exposed = true,
): FakeSecured => ({
  on: at(name),
  exposed,
  enabled,
  forced,
  policies,
});
const owned = (name: string) => policy(`${name}_own`, "all", { using: OWN, with_check: OWN });

function secured(count: number): FakeSecured[] {
  const documents: PolicyDraft[] = [
    policy("documents_owner_all", "all", { using: OWN, with_check: OWN, comment: "Each their own documents" }),
    policy("documents_team_read", "select", {
      using: "project_id = any (array(\n  select project_id from app.my_projects()))",
    }),
    policy("documents_public_read", "select", {
      roles: ["anon", "authenticated"],
      using: "visibility = 'public' and deleted_at is null",
    }),
    policy("documents_support_write", "update", { roles: ["support_agent"], using: "true", with_check: "true" }),
    policy("documents_org_fence", "all", {
      permissive: false,
      using: "org_id = (select app.current_org())",
      with_check: "org_id = (select app.current_org())",
    }),
  ];
  const first = [
    table("api_keys", false, false),
    table(
      "audit_log",
      true,
      true,
      [policy("audit_read", "select", { using: OWN }), policy("audit_add", "insert", { with_check: "true" })],
      false,
    ),
    table("comments", true, false, [
      owned("comments"),
      policy("comments_read", "select", { using: "auth.uid() = author_id" }),
    ]),
    table("documents", true, true, documents),
    table("exports", true, false),
    table("invoices", true, false, [policy("invoices_read", "select", { using: "true" })]),
    table("memberships", true, true, [owned("memberships")]),
    table("organisations", true, true, [owned("organisations")]),
    table("plans", false, false, [], false),
    table('a "table" with a name of sixty-three bytes, emoji 🦊 and dots.x', true, false, [
      policy("a policy whose name is as long as names can be, with blanks and 🦊", "update", {
        roles: ["app_writer", "authenticated", "support_agent"],
        using: "((data #>> '{owner,id}')::bigint in (select m.user_id from app.memberships m where m.org_id = org_id))",
      }),
    ]),
  ];
  const more = Array.from({ length: Math.max(0, count - first.length) }, (_, index) => {
    const name = `table_${String(index).padStart(5, "0")}`;
    return table(name, index % 7 !== 0, index % 3 === 0, index % 5 === 0 ? [] : [owned(name)], index % 2 === 0);
  });
  const partition: FakeSecured = { ...table("documents_2026", false, false), parent: at("documents") };
  return [...first, partition, ...more];
}

export const makeSecurity = (count: number): FakeSecurity => ({
  tables: secured(count),
  staged: [],
  next: 1,
  applied: new Map(),
  locked: false,
  last: null,
});

export const same = (one: PolicyOn, other: PolicyOn) => one.schema === other.schema && one.table === other.table;
export const everyone = (roles: readonly string[]) => roles.length === 0 || roles.includes("PUBLIC");
const of = (command: PolicyCommand, one: PolicyCommand) => command === "all" || command === one;
export const alwaysTrue = (text: string | null) => text?.trim() === "true";

function stateOf({ enabled, forced, exposed, policies }: FakeSecured): PolicyState {
  if (!enabled) return exposed ? "exposed" : "off";
  if (policies.length === 0) return "no_policy";
  if (
    exposed &&
    policies.some((each) => each.permissive && alwaysTrue(each.using) && each.roles.includes("authenticated"))
  )
    return "open";
  return forced ? "forced" : "on";
}

const WORDS: Readonly<Record<PolicyState, string>> = {
  exposed: "Off, exposed",
  off: "Off",
  no_policy: "On, no policy",
  open: "On, open",
  on: "On",
  forced: "Forced",
  not_known: "Not known",
};

export function levelOf(each: FakeSecured, role: string, command: PolicyCommand) {
  const known = ROLES.find(({ name }) => name === role);
  if (known?.bypass) return "bypass" as const;
  if (role === "app_owner" && !each.forced) return each.enabled ? ("bypass" as const) : ("all" as const);
  if (!each.exposed && (role === "anon" || role === "authenticated")) return "none" as const;
  if (!each.enabled) return "all" as const;
  const applying = each.policies.filter(
    (one) => one.permissive && of(one.command, command) && (everyone(one.roles) || one.roles.includes(role)),
  );
  if (applying.length === 0) return "none" as const;
  const text = command === "insert" ? "with_check" : "using";
  return applying.some((one) => alwaysTrue(one[text])) ? ("all" as const) : ("filtered" as const);
}

export function rowOf(security: FakeSecurity, each: FakeSecured, role: string | null = null): PolicyTableRow {
  const state = stateOf(each);
  const bare = each.policies.some(({ using }) => using?.startsWith("auth.uid()"));
  return {
    on: each.on,
    icon: each.parent ? "partition" : "table",
    owner: "app_owner",
    enabled: each.enabled,
    forced: each.forced,
    state,
    words: WORDS[state],
    policies: each.policies.length,
    commands: ONE.filter((command) => each.policies.some((one) => one.permissive && of(one.command, command))),
    errors: state === "exposed" || state === "open" ? 1 : 0,
    warnings: (state === "no_policy" ? 1 : 0) + (bare ? 1 : 0),
    infos: 0,
    finding:
      state === "exposed"
        ? "authenticated can read every row"
        : state === "open"
          ? "invoices_read lets every row through for authenticated"
          : state === "no_policy"
            ? "Nobody but the owner reads it"
            : bare
              ? "auth.uid() is called once per row in comments_read"
              : null,
    staged: security.staged.filter(({ change }) => same(change.on, each.on)).length,
    partition_of: each.parent ?? null,
    access:
      role === null
        ? null
        : {
            select: levelOf(each, role, "select"),
            insert: levelOf(each, role, "insert"),
            update: levelOf(each, role, "update"),
            delete: levelOf(each, role, "delete"),
          },
  };
}

export function matching(security: FakeSecurity, filter: PolicyTablesFilter): FakeSecured[] {
  const words = (filter.text ?? "").toLowerCase();
  const role = filter.role ?? null;
  const found = security.tables.filter((each) => {
    const row = rowOf(security, each, role);
    const reaches = row.access === null || ONE.some((command) => row.access?.[command] !== "none");
    return (
      `${each.on.schema}.${each.on.table}`.toLowerCase().includes(words) &&
      (!filter.schemas?.length || filter.schemas.includes(each.on.schema)) &&
      (!filter.states?.length || filter.states.includes(row.state)) &&
      (!filter.needs_work || row.errors + row.warnings > 0) &&
      (!filter.staged || row.staged > 0) &&
      reaches
    );
  });
  const weight = (each: FakeSecured) => -10 * rowOf(security, each).errors - rowOf(security, each).warnings;
  return filter.worst_first ? found.toSorted((a, b) => weight(a) - weight(b)) : found;
}

export function drafted(each: FakeSecured, staged: readonly StagedPolicyChange[]): FakeSecured {
  const next = { ...each, policies: [...each.policies] };
  for (const { change } of staged) if (same(change.on, each.on)) applyTo(next, change);
  return next;
}

export function applyTo(each: FakeSecured, change: PolicyChange) {
  const index = (name: string) => each.policies.findIndex((one) => one.name === name);
  if (change.change === "create") each.policies = [...each.policies, change.policy];
  else if (change.change === "drop") each.policies = each.policies.toSpliced(index(change.policy.name), 1);
  else if (change.change === "alter")
    each.policies = each.policies.toSpliced(index(change.before.name), 1, change.after);
  else {
    each.enabled = change.after.enabled;
    each.forced = change.after.forced;
  }
}

export function inverse(change: PolicyChange): PolicyChange {
  if (change.change === "create") return { ...change, change: "drop" };
  if (change.change === "drop") return { ...change, change: "create" };
  return { ...change, before: change.after, after: change.before } as PolicyChange;
}

export function effectOf(each: FakeSecured, role: string, command: Exclude<PolicyCommand, "all">): PolicyEffect {
  const level = levelOf(each, role, command);
  const applies = (one: PolicyDraft) => of(one.command, command) && (everyone(one.roles) || one.roles.includes(role));
  const decided = each.enabled && level !== "bypass";
  const part = (one: PolicyDraft, check: boolean): PolicyPart => {
    const expression = check ? (one.with_check ?? one.using) : one.using;
    return {
      policy: one.name,
      expression,
      using_as_check: check && one.with_check === null && one.using !== null,
      truth: alwaysTrue(expression) ? "always true" : null,
    };
  };
  const condition = (asked: string, check: boolean) => {
    const parts = (permissive: boolean) =>
      each.policies.filter((one) => one.permissive === permissive && applies(one)).map((one) => part(one, check));
    return { asked, command, permissive: parts(true), restrictive: parts(false), text: "" };
  };
  const conditions = decided
    ? [
        ...(command === "insert" ? [] : [condition("rows that are there", false)]),
        ...(command === "insert" || command === "update" ? [condition("rows as written", true)] : []),
      ]
    : [];
  const because =
    level === "bypass"
      ? `Row security does not apply to ${role}.`
      : !each.enabled
        ? "Row security is off: the privilege is enough."
        : level === "none"
          ? each.exposed
            ? "No permissive policy is for this role and command."
            : `The privilege ${command.toUpperCase()} is missing.`
          : "Policies decide, row by row.";
  return {
    level,
    because,
    some_columns: false,
    conditions,
    unused: each.policies.filter((one) => !applies(one)).map(({ name }) => name),
    around:
      each.on.table === "documents"
        ? [
            {
              kind: "view with its owner's rights",
              through: at("document_titles"),
              rights_of: "app_owner",
              reaches: "all",
            },
          ]
        : [],
    recursion: null,
  };
}

function cardOf(one: PolicyDraft): PolicyCard {
  const raw = one.using?.includes("#>>") ?? false;
  return {
    policy: one,
    own_using: null,
    own_check: null,
    unreadable: raw ? [{ part: "USING", message: "it is nested too deep" }] : [],
    remarks: alwaysTrue(one.using) ? ["USING is always true"] : [],
  };
}

export function tableOf(security: FakeSecurity, each: FakeSecured): PolicyTable {
  return {
    row: rowOf(security, each),
    comment: null,
    columns: ["id", "owner_id", "org_id", "project_id", "title", "visibility", "deleted_at"].map((column) => ({
      name: column,
      native_type: column.endsWith("_at") ? "timestamptz" : column.endsWith("id") ? "uuid" : "text",
    })),
    policies: each.policies.map(cardOf),
    roles: ROLES.filter((role) => role.name !== "postgres"),
    views:
      each.on.table === "documents"
        ? [
            {
              view: at("document_titles"),
              materialized: false,
              invoker: false,
              owner: "app_owner",
              fix: "ALTER VIEW app.document_titles SET (security_invoker = true);",
            },
            { view: at("document_counts"), materialized: true, invoker: false, owner: "app_owner", fix: null },
          ]
        : [],
    partitions: security.tables
      .filter((other) => other.parent && same(other.parent, each.on))
      .map((other) => rowOf(security, other)),
    findings: [],
    staged: security.staged.filter(({ change }) => same(change.on, each.on)),
    at_ms: READ_AT,
  };
}

export function overview(security: FakeSecurity): PolicyOverview {
  const rows = security.tables.map((each) => rowOf(security, each));
  const count = (state: PolicyState) => rows.filter((row) => row.state === state).length;
  const sum = (part: "errors" | "warnings" | "policies") => rows.reduce((total, row) => total + row[part], 0);
  const errors = sum("errors");
  return {
    login: {
      name: "app_owner",
      superuser: false,
      bypass: false,
      owned: 12,
      words: "You are connected as app_owner: row security applies to you only where it is forced.",
    },
    score: {
      grade: errors > 0 ? "D" : "B",
      uncertain: true,
      tables: rows.length,
      secured: rows.length - errors,
      warnings: sum("warnings"),
      errors,
      parts: ["An exposed table has an error: D at best.", "2 rules were not evaluated."],
    },
    exposure: {
      schemas: ["app"],
      anonymous: ["anon"],
      signed_in: ["authenticated"],
      guessed_from: "the roles anon and authenticated",
    },
    counts: {
      tables: rows.length,
      exposed: count("exposed"),
      off: count("off"),
      no_policy: count("no_policy"),
      open: count("open"),
      on: count("on"),
      forced: count("forced"),
      not_known: 0,
      needs_work: rows.filter((row) => row.errors + row.warnings > 0).length,
      staged: rows.filter((row) => row.staged > 0).length,
      policies: sum("policies"),
    },
    schemas: ["app"],
    roles: [...ROLES],
    unread: [],
    at_ms: READ_AT,
  };
}
