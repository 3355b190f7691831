/**
 * Which branches are open. Kept outside the panel, so that it comes back as it was left, and per connection in the
 * window's own storage, so that it does so over a restart too. Nothing depends on it but comfort.
 */
import { useEffect, useSyncExternalStore } from "react";
import type { ConnectionPhase, ConnectionState } from "@/ipc";
import { isOf } from "./model";

const KEY = "rowhouse.explorer";

/** Most branches that are remembered of a connection, and most connections: storage is small. */
const MOST = 400;
const MOST_CONNECTIONS = 100;

type Remembered = ReadonlyMap<string, readonly string[]>;

let expanded: ReadonlySet<string> = new Set();
let remembered: Remembered | undefined;
/** Connections that were opened without anything to remember: their way to where work is unfolds by itself. */
const fresh = new Set<string>();
/** Connections whose remembered branches came back and were not looked at yet. */
const restored = new Set<string>();
const listeners = new Set<() => void>();
/** As the panel saw them last; it may have been hidden since. */
let seen: ReadonlyMap<string, ConnectionPhase["phase"]> = new Map();

function read(): Remembered {
  if (remembered) return remembered;
  const kept = new Map<string, readonly string[]>();
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? "null");
    if (typeof stored === "object" && stored !== null) {
      for (const [id, branches] of Object.entries(stored)) {
        if (Array.isArray(branches)) kept.set(id, branches.filter((each) => typeof each === "string").slice(0, MOST));
      }
    }
  } catch {
    // Damaged or forbidden storage: nothing is remembered.
  }
  remembered = kept;
  return kept;
}

function remember(profileId: string): void {
  const own = [...expanded].filter((id) => isOf(id, profileId)).slice(0, MOST);
  const rest = [...read()].filter(([id]) => id !== profileId).slice(1 - MOST_CONNECTIONS);
  remembered = new Map([...rest, [profileId, own]]);
  try {
    window.localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(remembered)));
  } catch {
    // Full or forbidden storage: it is remembered until the window closes.
  }
}

function set(next: ReadonlySet<string>): void {
  expanded = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useExpanded = (): ReadonlySet<string> => useSyncExternalStore(subscribe, () => expanded);

/** A person opened or closed a branch: from now on this connection unfolds nothing by itself. */
export function setOpen(profileId: string, id: string, open: boolean): void {
  fresh.delete(profileId);
  restored.delete(profileId);
  if (expanded.has(id) !== open) {
    const next = new Set(expanded);
    if (open) next.add(id);
    else next.delete(id);
    set(next);
  }
  remember(profileId);
}

/** Opens a connection: as it was left, or for the first time. */
export function openBranches(profileId: string): void {
  const known = read().get(profileId);
  if (known) restored.add(profileId);
  else fresh.add(profileId);
  set(new Set([...expanded, profileId, ...(known ?? [])]));
}

/** A closed connection's branches go from the tree; they are remembered for the next time. */
export function closeBranches(profileId: string): void {
  fresh.delete(profileId);
  restored.delete(profileId);
  const next = new Set([...expanded].filter((id) => !isOf(id, profileId)));
  if (next.size !== expanded.size) set(next);
}

/** Forgets a connection's branches altogether. */
export function forgetBranches(profileId: string): void {
  closeBranches(profileId);
  seen = new Map([...seen].filter(([id]) => id !== profileId));
  if (!read().has(profileId)) return;
  remembered = new Map([...read()].filter(([id]) => id !== profileId));
  try {
    window.localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(remembered)));
  } catch {
    // As above.
  }
}

/** Closes everything but the connections themselves. */
export function foldAll(roots: readonly string[]): void {
  fresh.clear();
  restored.clear();
  set(new Set(roots.filter((id) => expanded.has(id))));
  for (const id of roots) if (expanded.has(id)) remember(id);
}

/** A branch as the walk below sees it. */
export interface Step {
  readonly id: string;
  /** On the way to where work is. */
  readonly unfold: boolean;
  /** Showing what is in it would open another database. */
  readonly opensMore: boolean;
}

/**
 * Goes on with a connection that has just been opened. A fresh one unfolds the way to where work is, as far as it is
 * known; a restored one keeps what needs no other database: opening a connection must not open others unasked.
 */
export function settle(profileId: string, childrenOf: (id: string) => readonly Step[] | undefined): void {
  const top = childrenOf(profileId);
  if (!top) return;
  if (restored.delete(profileId)) {
    const unasked = top.filter((step) => step.opensMore && expanded.has(step.id)).map((step) => step.id);
    if (unasked.length > 0) set(new Set([...expanded].filter((id) => !unasked.includes(id))));
    return;
  }
  if (!fresh.has(profileId)) return;
  const opened: string[] = [];
  let steps: readonly Step[] | undefined = top;
  while (steps) {
    const next: Step | undefined = steps.find((step) => step.unfold && !step.opensMore);
    if (!next) {
      // The way ends here.
      fresh.delete(profileId);
      break;
    }
    opened.push(next.id);
    steps = childrenOf(next.id);
  }
  if (opened.some((id) => !expanded.has(id))) set(new Set([...expanded, ...opened]));
  if (!fresh.has(profileId)) remember(profileId);
}

/** Whether remembered branches of this connection still wait for `settle`. */
export const isRestored = (profileId: string): boolean => restored.has(profileId);

/** Unfolds a connection when it opens, and folds it when it closes. */
export function useFollowedPhases(states: readonly ConnectionState[]) {
  useEffect(() => {
    const now = new Map(states.map((state) => [state.profile_id, state.phase.phase]));
    for (const [id, phase] of now) {
      const was = seen.get(id);
      const begins = phase === "open" || phase === "connecting";
      if (begins && (was === undefined || was === "closed" || was === "failed")) openBranches(id);
      if (phase === "closed" && was !== undefined && was !== "closed") closeBranches(id);
    }
    for (const id of seen.keys()) if (!now.has(id)) closeBranches(id);
    seen = now;
  }, [states]);
}
