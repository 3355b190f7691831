/** Whom one can choose to act as: recent actors, kept ones, the roles of the server. Pure. */
import type { IconName } from "@/design";
import type { ActingRole, PolicyActor, SavedPolicyActor } from "@/ipc";
import { actorLines, actorWords } from "./model";

export interface Choice {
  readonly key: string;
  readonly group: "Recent" | "Kept actors" | "Roles";
  readonly label: string;
  /** Its full text, where the label is cut or a name. */
  readonly full: string;
  readonly icon: IconName;
  readonly meta: string;
  /** Something is to be known before it is chosen. */
  readonly warn: boolean;
  /** A whole actor; a role is only the role of one. */
  readonly actor: PolicyActor | null;
  readonly role: string | null;
}

/** Most roles that are listed at once. */
const MOST_ROLES = 200;

function roleWords({ superuser, bypass, may }: ActingRole): string {
  if (!may) return "you are not a member";
  if (superuser) return "superuser: no policy applies";
  return bypass ? "no policy applies" : "";
}

const whole = (group: Choice["group"], label: string, icon: IconName, meta: string, actor: PolicyActor): Choice => ({
  key: `${group} ${JSON.stringify(actor)} ${label}`,
  group,
  label,
  full: actorLines(actor).join("\n"),
  icon,
  meta,
  warn: false,
  actor,
  role: actor.role ?? null,
});

/** Those that have every word of `text`; roles one may become first. */
export function choicesOf(
  recent: readonly PolicyActor[],
  kept: readonly SavedPolicyActor[],
  roles: readonly ActingRole[],
  text: string,
): { readonly choices: readonly Choice[]; readonly more: number } {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ label, full }: Choice) => {
    const said = `${label}\n${full}`.toLowerCase();
    return words.every((word) => said.includes(word));
  };
  const actors = [
    ...recent.map((actor) => whole("Recent", actorWords(actor), "history", "", actor)),
    ...kept.map(({ name, actor }) => whole("Kept actors", name, "saved", actorWords(actor), actor)),
  ].filter(fits);
  const named = roles
    .toSorted((a, b) => Number(b.may) - Number(a.may) || a.name.localeCompare(b.name, "en"))
    .map(
      (role): Choice => ({
        key: `role ${role.name}`,
        group: "Roles",
        label: role.name,
        full: role.name,
        icon: "role",
        meta: roleWords(role),
        warn: !role.may || role.superuser || role.bypass,
        actor: null,
        role: role.name,
      }),
    )
    .filter(fits);
  return { choices: [...actors, ...named.slice(0, MOST_ROLES)], more: Math.max(0, named.length - MOST_ROLES) };
}
