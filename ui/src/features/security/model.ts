/** The databases that the panel can be about, and its words. Pure. */
import { number, plural } from "@/design";
import type { AdvisorNews, ConnectionProfile, ConnectionState, PolicyActor, SecurityFigures } from "@/ipc";

/** A page about a database: one of its policies' tab, or the advisor's tab. */
export type Page = "tables" | "test" | "suites" | "coverage" | "advisor";

/** A database of a connection; `null` is the connection's own. */
export interface Of {
  readonly profileId: string;
  readonly database: string | null;
}

export interface SecurityPlace extends Of {
  readonly key: string;
  readonly connection: string;
  /** What the server calls the database, where that is known. */
  readonly shown: string | null;
  /** Absent where the connection is closed. */
  readonly state: ConnectionState | undefined;
}

export const keyOf = ({ profileId, database }: Of): string => JSON.stringify([profileId, database]);

/** The connection's own database has one name here, by whichever it was asked for. */
function own({ profileId, database }: Of, states: ReadonlyMap<string, ConnectionState>): Of {
  return { profileId, database: database === states.get(profileId)?.database ? null : database };
}

/** The databases of open connections: their own, and those that `tabs` are about. */
export function placesOf(
  profiles: readonly ConnectionProfile[],
  states: ReadonlyMap<string, ConnectionState>,
  tabs: readonly Of[],
): readonly SecurityPlace[] {
  return profiles.flatMap(({ id }) => {
    if (!states.has(id)) return [];
    const named = tabs.filter(({ profileId }) => profileId === id).map((tab) => own(tab, states).database);
    return [...new Set([null, ...named])].flatMap(
      (database) => placeAt({ profileId: id, database }, profiles, states) ?? [],
    );
  });
}

/** A database, also of a connection that is closed; `null` where there is no such connection. */
export function placeAt(
  of: Of,
  profiles: readonly ConnectionProfile[],
  states: ReadonlyMap<string, ConnectionState>,
): SecurityPlace | null {
  const profile = profiles.find(({ id }) => id === of.profileId);
  if (!profile) return null;
  const at = own(of, states);
  const state = states.get(at.profileId);
  return { ...at, key: keyOf(at), connection: profile.name, shown: at.database ?? state?.database ?? null, state };
}

/** `shop-prod · shop`. */
export const placeWords = ({ connection, shown }: SecurityPlace): string =>
  shown === null || shown === connection ? connection : `${connection} · ${shown}`;

export interface Found {
  readonly place: SecurityPlace;
  readonly news: AdvisorNews;
}

/** What scans found in databases of open connections. */
export function foundNear(
  news: readonly AdvisorNews[],
  profiles: readonly ConnectionProfile[],
  states: ReadonlyMap<string, ConnectionState>,
): readonly Found[] {
  return news.flatMap((each) => {
    const database = each.database === "" ? null : each.database;
    const place = placeAt({ profileId: each.profile_id, database }, profiles, states);
    return place?.state?.phase.phase === "open" ? [{ place, news: each }] : [];
  });
}

/** What the rules said last, in as few words as will do. */
export function foundWords({ found }: SecurityFigures): string {
  if (!found) return "?";
  const { errors, warnings } = found;
  if (errors === 0 && warnings === 0) return "no errors";
  return [errors > 0 ? plural(errors, "error") : null, warnings > 0 ? plural(warnings, "warning") : null]
    .filter((part) => part !== null)
    .join(", ");
}

const clock = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** The same in full. */
export function foundTip({ found }: SecurityFigures): string {
  if (!found) return "It was not looked at yet: that begins when you open the advisor";
  const { errors, warnings, at_ms, current } = found;
  return [
    `${plural(errors, "error")}, ${plural(warnings, "warning")}, read ${clock.format(new Date(at_ms))}.`,
    current ? "" : "The schema has changed since.",
  ]
    .join(" ")
    .trim();
}

/** `2 new`. */
export const newsWords = ({ found }: AdvisorNews): string => `${number(found)} new`;

/** How a suite's last run ended: by a picture, a colour and words. */
export interface SuiteLook {
  readonly icon: "check" | "close" | "minus" | "flask";
  readonly tone: "ok" | "danger" | "neutral";
  /** What the picture says. */
  readonly word: string | undefined;
  readonly words: string;
  readonly tip: string;
}

export interface SuiteEnd {
  readonly passed: number;
  readonly failed: number;
  readonly of: number;
  readonly at_ms: number;
}

export function suiteLook(last: SuiteEnd | null): SuiteLook {
  if (!last || last.passed + last.failed === 0)
    return { icon: "flask", tone: "neutral", word: undefined, words: "not run", tip: "It was not run here yet" };
  const { passed, failed, of, at_ms } = last;
  const words = `${number(passed)} of ${number(of)}`;
  const when = `last run ${clock.format(new Date(at_ms))}`;
  if (failed > 0)
    return {
      icon: "close",
      tone: "danger",
      word: "failed",
      words,
      tip: `${number(failed)} failed, ${words} passed, ${when}`,
    };
  return passed === of
    ? { icon: "check", tone: "ok", word: "passed", words, tip: `All ${number(of)} passed, ${when}` }
    : { icon: "minus", tone: "neutral", word: "not all were run", words, tip: `${words} were run and passed, ${when}` };
}

/** What stands beside a kept actor: the role, where the name does not say it. */
export function actorWords(name: string, { role }: PolicyActor): string {
  if (!role) return "the login";
  return role === name ? "role" : role;
}
