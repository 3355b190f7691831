/**
 * The suites of a database that were opened from files or saved to them, and how their last runs ended. Kept by the window's own
 * storage, of connections that are recorded; nothing depends on it.
 */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { type ConnectionProfile, host, queryKeys } from "@/ipc";
import type { SuiteView } from "../model";
import type { Place } from "../queries";
import { readSuite, type Suite } from "./model";
import type { SuiteRun } from "./useSuiteRun";

export interface KnownSuite {
  readonly path: string;
  readonly name: string;
  /** How its last run ended; null where none did here. */
  readonly last: SuiteOutcome | null;
}

/** Of how many cases. Those that neither passed nor failed were not run. */
export interface SuiteOutcome {
  readonly passed: number;
  readonly failed: number;
  readonly of: number;
  readonly at_ms: number;
}

const KEY = "rowhouse.suites";
const MOST = 20;
const NONE: readonly KnownSuite[] = [];
type All = Readonly<Record<string, readonly KnownSuite[]>>;

const keyOf = ({ profileId, database }: Place): string => JSON.stringify([profileId, database]);
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function outcomeOf(value: unknown): SuiteOutcome | null {
  if (!isObject(value)) return null;
  const { passed, failed, of, at_ms } = value;
  return isCount(passed) && isCount(failed) && isCount(of) && isCount(at_ms) ? { passed, failed, of, at_ms } : null;
}

/** What was kept; whatever cannot be read is left out. */
export function readKnown(json: string | null): All {
  let kept: unknown;
  try {
    kept = JSON.parse(json ?? "{}");
  } catch {
    return {};
  }
  if (!isObject(kept)) return {};
  const suites = (list: unknown): readonly KnownSuite[] =>
    (Array.isArray(list) ? list : []).flatMap((each: unknown) =>
      isObject(each) && typeof each["path"] === "string" && typeof each["name"] === "string"
        ? [{ path: each["path"], name: each["name"], last: outcomeOf(each["last"]) }]
        : [],
    );
  return Object.fromEntries(Object.entries(kept).map(([place, list]) => [place, suites(list)]));
}

/** The list with one suite noted: a new one comes first, one that is known stays where it is. */
export function noted(list: readonly KnownSuite[], suite: Omit<KnownSuite, "last">, last?: SuiteOutcome) {
  const at = list.findIndex(({ path }) => path === suite.path);
  const before = list[at];
  const now = { ...suite, last: last ?? before?.last ?? null };
  return before ? list.with(at, now) : [now, ...list].slice(0, MOST);
}

let all: All | undefined;
const listeners = new Set<() => void>();

function known(): All {
  if (all) return all;
  try {
    all = readKnown(window.localStorage.getItem(KEY));
  } catch {
    all = {};
  }
  return all;
}

/** Profiles as far as they matter here: whose lists there are, and which of them may lie on the disk. */
type Profiles = readonly Pick<ConnectionProfile, "id" | "recorded">[];

function keep(place: Place, list: readonly KnownSuite[], profiles: Profiles): void {
  const next = { ...known(), [keyOf(place)]: list };
  const of = (key: string) => profiles.find(({ id }) => key.startsWith(JSON.stringify([id]).slice(0, -1)));
  const entries = Object.entries(next).filter(([key, suites]) => suites.length > 0 && of(key));
  all = Object.fromEntries(entries);
  try {
    const lasting = entries.filter(([key]) => of(key)?.recorded !== false);
    window.localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(lasting)));
  } catch {
    // A full or forbidden storage costs a list of files, nothing more.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  // What another window keeps.
  const onStorage = ({ key }: StorageEvent) => {
    if (key !== KEY && key !== null) return;
    all = { ...all, ...readKnown(window.localStorage.getItem(KEY)) };
    listener();
  };
  listeners.add(listener);
  window.addEventListener("storage", onStorage);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", onStorage);
  };
}

/** The suites of a database, the newest first. */
export function useKnownSuites(place: Place | null): readonly KnownSuite[] {
  const lists = useSyncExternalStore(subscribe, known);
  return (place && lists[keyOf(place)]) ?? NONE;
}

/** Takes a suite off the list; its file stays. */
export function forgetSuite(place: Place, path: string, profiles: Profiles): void {
  const list = known()[keyOf(place)] ?? NONE;
  keep(
    place,
    list.filter((each) => each.path !== path),
    profiles,
  );
}

/** What is open in a tab; null where nothing is. */
export function suiteIn(view: SuiteView | null) {
  if (!view) return null;
  const read = readSuite(view.text);
  if ("problem" in read) return null;
  const { name, cases } = read.suite;
  return {
    name,
    path: view.file?.path ?? null,
    cases: cases.length,
    unsaved: view.text !== view.saved && cases.length > 0,
  };
}

/**
 * A suite from its file.
 *
 * @throws `HostError` where the file cannot be read, or is no suite.
 */
export async function openSuite(path: string): Promise<SuiteView> {
  const { text, stamp, crlf, path: at } = await host().openFile(path);
  await host().policySuiteRead(text);
  return { text, file: { path: at ?? path, stamp, crlf }, saved: text, chosen: 0 };
}

function outcomeNow(suite: Suite, run: SuiteRun): SuiteOutcome {
  const states = suite.cases.map((one) => run.resultOf(suite, one)?.state);
  const passed = states.filter((state) => state === "passed").length;
  const failed = states.filter((state) => state === "failed" || state === "not_run").length;
  return { passed, failed, of: states.length, at_ms: Date.now() };
}

/** Notes the suite that is open, and how its runs end. */
export function useNoteSuite(place: Place, view: SuiteView | null, run: SuiteRun): void {
  const profiles = useQuery({ queryKey: queryKeys.profiles, queryFn: () => host().profiles() }).data;
  const path = view?.file?.path;
  const text = view?.text;
  const suite = useMemo(() => {
    const read = text === undefined ? null : readSuite(text);
    return read && "suite" in read ? read.suite : null;
  }, [text]);
  const name = suite?.name;
  const { profileId, database } = place;
  useEffect(() => {
    if (!profiles || path === undefined || name === undefined) return;
    const at = { profileId, database };
    const list = known()[keyOf(at)] ?? NONE;
    if (!list.some((each) => each.path === path && each.name === name)) keep(at, noted(list, { path, name }), profiles);
  }, [profiles, profileId, database, path, name]);
  const ran = useRef(false);
  const runs = run.running !== null;
  useEffect(() => {
    const ended = ran.current && !runs;
    ran.current = runs;
    if (!ended || !suite || path === undefined || !profiles) return;
    const at = { profileId, database };
    const list = known()[keyOf(at)] ?? NONE;
    keep(at, noted(list, { path, name: suite.name }, outcomeNow(suite, run)), profiles);
  }, [runs, run, suite, path, profileId, database, profiles]);
}
