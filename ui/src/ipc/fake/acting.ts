/** Acting as somebody, in the fake host: a few roles, and a server that refuses one of them. */
import type { ActingRole, PolicyActor } from "../bindings";
import type { Host } from "../host";
import { isSqlite, refuse, requireOpen, type World } from "./world";

const role = (name: string, more: Partial<ActingRole> = {}): ActingRole => ({
  name,
  superuser: false,
  bypass: false,
  login: false,
  may: true,
  ...more,
});

const ROLES: readonly ActingRole[] = [
  role("anon"),
  role("authenticated"),
  role("postgres", { superuser: true, login: true, may: false }),
  role("reporting", { login: true }),
  role("service_role", { bypass: true }),
];

/** Whether an actor sees a row: every third one. */
export const actorSees = (row: number): boolean => row % 3 === 0;

/** An actor in words, as the core says them; null is the login. */
export function actingWords(actor: PolicyActor | null | undefined): string | null {
  if (!actor) return null;
  const sub = /"sub": *"([^"]*)"/.exec(actor.claims ?? "")?.[1];
  return `${actor.role ?? "the login"}${sub ? `, sub ${sub}` : ""}`;
}

/** Whether a statement leaves the actor. */
export const leavesActor = (text: string): boolean =>
  /^\s*(?:reset\s+(?:role|all)|set\s+(?:local\s+)?role)\b/i.test(text);

function check(actor: PolicyActor) {
  const wanted = actor.role ?? "reporting";
  const found = ROLES.find(({ name }) => name === wanted);
  if (!found)
    return refuse("not_found", `There is no role ${wanted}.`, { hint: "It may have been dropped meanwhile." });
  if (!found.may)
    return refuse("forbidden", `reporting is not a member of ${wanted}.`, { hint: `GRANT ${wanted} TO reporting;` });
  return { user: wanted, bypasses: found.bypass || found.superuser, role_settings: [] };
}

export const actingCommands = (world: World): Pick<Host, "actingRoles" | "actingCheck"> => ({
  actingRoles: async (profileId) => {
    requireOpen(world, profileId);
    return isSqlite(world, profileId) ? [] : [...ROLES];
  },
  actingCheck: async (profileId, _database, actor) => {
    requireOpen(world, profileId);
    return check(actor);
  },
});
