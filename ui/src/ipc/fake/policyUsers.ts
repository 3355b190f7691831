/** Users of a table as actors, and what was tried of late, in the fake host. */
import type { PolicyTried, PolicyUserMapping, PolicyWhatIf } from "../bindings";
import type { Host } from "../host";
import { requireOpen, type World } from "./world";

const USERS = Array.from({ length: 140 }, (_, index) => ({
  id: index === 0 ? "ada" : index === 1 ? "ben" : `user-${index}`,
  email:
    index === 0
      ? "ada@acme.example"
      : index === 1
        ? "ben@globex.example"
        : `someone.with.a.long.name.${index}@example.org`,
  org: String(12 + (index % 3)),
}));

const suggested: PolicyUserMapping = {
  on: { schema: "app", table: "memberships" },
  label: "email",
  role: { from: "text", text: "authenticated" },
  claims: [
    ["sub", { from: "column", column: "id", as_text: true }],
    ["email", { from: "column", column: "email", as_text: true }],
  ],
  claims_setting: null,
  settings: [],
};

const kept = new WeakMap<World, PolicyUserMapping | null>();
const tried = new WeakMap<World, PolicyTried[]>();

/** Notes what was tried, as the core does. */
export function note(world: World, one: Omit<PolicyTried, "at_ms">): void {
  tried.set(world, [{ ...one, at_ms: 1_795_000_000_000 }, ...(tried.get(world) ?? [])]);
}

export function policyUsers(
  world: World,
): Pick<Host, "policyUsers" | "policyUserMapping" | "keepPolicyUserMapping" | "policyTried" | "policyWhatIf"> {
  return {
    policyUserMapping: async () => ({ kept: kept.get(world) ?? null, suggested: [suggested] }),
    keepPolicyUserMapping: async (_profileId, _database, mapping) => {
      kept.set(world, mapping);
      return null;
    },
    policyUsers: async (profileId, _database, mapping, filter, offset, limit) => {
      requireOpen(world, profileId);
      const found = USERS.filter(({ email }) => email.includes(filter));
      const claim = (user: (typeof USERS)[number], name: string) => (name === "sub" ? user.id : user.email);
      return {
        columns: ["id", "email", "org"],
        users: found.slice(offset, offset + limit).map((user) => ({
          label: user.email,
          values: [user.id, user.email, user.org],
          actor: {
            role: mapping.role?.from === "text" ? mapping.role.text : null,
            claims: JSON.stringify(Object.fromEntries(mapping.claims.map(([name]) => [name, claim(user, name)]))),
            claims_setting: mapping.claims_setting,
            settings: [],
            apply_role_settings: false,
          },
        })),
        more: offset + limit < found.length,
      };
    },
    policyTried: async () => tried.get(world) ?? [],
    policyWhatIf: async (profileId, _database, _on, actors): Promise<PolicyWhatIf> => {
      requireOpen(world, profileId);
      const none = { appears: [], disappears: [], stays: [], stays_out: [], unknown: [], because: null };
      return {
        columns: ["id"],
        key: [0],
        rows: [["1"], ["2"], ["3"], ["4"]],
        actors: actors.map((_, index) => ({
          problem: null,
          reason: null,
          remarks: [],
          commands: [
            {
              ...none,
              command: "select",
              appears: index === 0 ? [0, 1] : [],
              disappears: index === 1 ? [2] : [],
              stays: [3],
            },
            { ...none, command: "insert", stays: [0, 1, 2, 3] },
            { ...none, command: "update", unknown: [0, 1, 2, 3] },
            { ...none, command: "delete", stays_out: [0, 1, 2, 3], because: "DELETE on the table is missing" },
          ],
        })),
      };
    },
  };
}
