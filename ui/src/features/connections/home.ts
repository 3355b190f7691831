/** The list of connections without its drawing: order, groups, what is found, and how times are told. */
import type { ConnectionPhase, ConnectionProfile, ConnectionState, Environment } from "@/ipc";

export const CLOSED: ConnectionPhase = { phase: "closed" };

export interface ProfileGroup {
  /** `null` for connections without a group. */
  readonly name: string | null;
  /** The favourites of all groups, which stand first. */
  readonly favourites?: true;
  readonly profiles: readonly ConnectionProfile[];
}

/** The colour of a connection: its own, or its environment's. */
export function colourOf(profile: { colour: string | null; environment: Environment }): string {
  return profile.colour ?? `var(--env-${profile.environment})`;
}

/** The groups there are, by name. */
export const groupsOf = (profiles: readonly ConnectionProfile[]): readonly string[] =>
  [...new Set(profiles.flatMap((profile) => (profile.group === null ? [] : [profile.group])))].sort();

export const phaseOf = (states: readonly ConnectionState[], profileId: string): ConnectionPhase =>
  states.find((state) => state.profile_id === profileId)?.phase ?? CLOSED;

const usedAt = (profile: ConnectionProfile) => profile.last_used_ms ?? 0;

/** The sample is in the list once it was opened; before that its card is enough. */
export function listed(
  profiles: readonly ConnectionProfile[],
  states: readonly ConnectionState[],
): readonly ConnectionProfile[] {
  return profiles.filter(
    (profile) => !profile.sample || profile.last_used_ms !== null || phaseOf(states, profile.id).phase !== "closed",
  );
}

/** Every word must occur somewhere in what the row shows. */
export function matchesWords(profile: ConnectionProfile, text: string): boolean {
  const shown = [
    profile.name,
    profile.group ?? "",
    profile.target,
    profile.driver_label,
    profile.server ?? "",
    profile.environment,
    ...Object.values(profile.values),
  ]
    .join("\n")
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word));
}

/** Favourites first, then groups by their latest use, and within a group too, so that what is used stands on top. */
export function groupProfiles(profiles: readonly ConnectionProfile[]): readonly ProfileGroup[] {
  const groups = new Map<string | null, ConnectionProfile[]>();
  const order = (a: ConnectionProfile, b: ConnectionProfile) =>
    usedAt(b) - usedAt(a) || a.name.localeCompare(b.name, "en", { numeric: true });
  const sorted = [...profiles].sort(order);
  const favourites = sorted.filter((profile) => profile.favourite);
  for (const profile of sorted) {
    if (profile.favourite) continue;
    const group = groups.get(profile.group);
    if (group) group.push(profile);
    else groups.set(profile.group, [profile]);
  }
  const others = [...groups].map(([name, list]) => ({ name, profiles: list }));
  return favourites.length > 0 ? [{ name: "Favourites", favourites: true, profiles: favourites }, ...others] : others;
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });

/** `today 11:02`, `yesterday`, `18 Nov`, `3 Jan 2024`. */
export function lastUsed(at: number | null, now: number): string {
  if (at === null) return "never opened";
  const then = new Date(at);
  const today = new Date(now);
  const midnight = new Date(today.getFullYear(), today.getMonth(), today.getDate()).getTime();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1).getTime();
  if (at >= midnight) return `today ${clock.format(then)}`;
  if (at >= yesterday) return "yesterday";
  return (then.getFullYear() === today.getFullYear() ? day : dayAndYear).format(then);
}

export const exactTime = (at: number): string => exact.format(new Date(at));

/** What stands at the end of a row. */
export function whenOf(profile: ConnectionProfile, phase: ConnectionPhase, now: number): string {
  switch (phase.phase) {
    case "open":
      return "open now";
    case "connecting":
      return "connecting";
    case "lost":
      return "connection lost";
    case "failed":
      return "failed";
    case "closed":
      return lastUsed(profile.last_used_ms, now);
  }
}
