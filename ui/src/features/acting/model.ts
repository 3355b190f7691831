/** Whom a tab acts as, as plain data and words. Pure. */
import { claimsProblem, type PolicyActor, readClaims } from "@/ipc";

/** The setting that claims are put into unless another one is named. */
export const CLAIMS_SETTING = "request.jwt.claims";

export const NOBODY: PolicyActor = {};

/** Whom a tab acts as: an actor, the login itself (`null`), or as its connection does (`undefined`). */
export type Acting = PolicyActor | null | undefined;

/** An actor with nothing in it that says nothing. */
export function tidy(actor: PolicyActor): PolicyActor {
  const claims = actor.claims?.trim() ?? "";
  const setting = actor.claims_setting?.trim() ?? "";
  return {
    role: actor.role?.trim() ? actor.role : null,
    claims: claims === "" ? null : claims,
    claims_setting: claims === "" || setting === "" || setting === CLAIMS_SETTING ? null : setting,
    settings: (actor.settings ?? [])
      .map(([name, value]): [string, string] => [name.trim(), value])
      .filter(([name, value]) => name !== "" || value !== ""),
    apply_role_settings: actor.apply_role_settings === true,
  };
}

export const sameActor = (a: PolicyActor | null, b: PolicyActor | null): boolean =>
  a === null || b === null ? a === b : JSON.stringify(tidy(a)) === JSON.stringify(tidy(b));

/** Why nobody can act as this; `undefined` where it can be tried. */
export function actorProblem(actor: PolicyActor): string | undefined {
  const { role, claims, settings } = tidy(actor);
  if (claimsProblem(claims)) return "the claims are no JSON object yet";
  if ((settings ?? []).some(([name]) => name === "")) return "a setting has no name";
  return role === null && claims === null && (settings ?? []).length === 0
    ? "choose a role, or write claims or settings"
    : undefined;
}

/** What was kept of an actor; anything that is none is `undefined`. */
export function readActor(value: unknown): PolicyActor | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { role, claims, claims_setting, settings, apply_role_settings } = value as Readonly<Record<string, unknown>>;
  const text = (given: unknown) => (typeof given === "string" ? given : null);
  const pairs = (Array.isArray(settings) ? settings : []).filter(
    (pair): pair is [string, string] =>
      Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string"),
  );
  return tidy({
    role: text(role),
    claims: text(claims),
    claims_setting: text(claims_setting),
    settings: pairs,
    apply_role_settings: apply_role_settings === true,
  });
}

const MOST_VALUE = 14;
const MOST_ROLE = 32;
const cut = (text: string, most: number): string => {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
};

/** Claims that say best who somebody is, best first. */
const TELLING = ["sub", "email", "user_id", "uid", "name", "org_id", "tenant", "tenant_id"];

/** The claim that says best who it is: `sub 42…`. */
function telling(claims: string): string {
  const read = readClaims(claims);
  if (read.fault !== null) return "claims";
  const plain = read.claims.filter(([name, value]) => !/^[{[]/.test(value) && name !== "role");
  const rank = ([name]: readonly [string, string]) => {
    const at = TELLING.indexOf(name);
    return at < 0 ? TELLING.length : at;
  };
  const [best] = plain.toSorted((a, b) => rank(a) - rank(b));
  if (!best) return "claims";
  const [name, value] = best;
  const shown = value.startsWith('"') ? String(JSON.parse(value)) : value;
  return `${cut(name, MOST_VALUE)} ${cut(shown.replace(/\s+/g, " "), MOST_VALUE)}`;
}

/** In one line, cut: `authenticated · sub 42… · app.tenant 7`. */
export function actorWords(actor: PolicyActor): string {
  const { role, claims, settings = [] } = tidy(actor);
  const [first] = settings;
  const more = settings.length - 1;
  return [
    cut(role ?? "the login", MOST_ROLE),
    claims ? telling(claims) : null,
    first ? `${cut(first[0], 24)} ${cut(first[1], MOST_VALUE)}` : null,
    more > 0 ? `${more} more ${more === 1 ? "setting" : "settings"}` : null,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

/** A word for where there is little room: the role. */
export const actorMark = (actor: PolicyActor): string => cut(tidy(actor).role ?? "the login", 18);

/** All of it, nothing cut, a line each. */
export function actorLines(actor: PolicyActor): readonly string[] {
  const { role, claims, claims_setting, settings = [], apply_role_settings } = tidy(actor);
  return [
    role === null ? "The login itself" : `Role ${role}`,
    ...(claims ? [`${claims_setting ?? CLAIMS_SETTING} = ${claims}`] : []),
    ...settings.map(([name, value]) => `${name} = ${value}`),
    ...(apply_role_settings && role !== null ? ["With the role's own settings"] : []),
  ];
}
