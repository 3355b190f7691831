/** Which branches are open. Kept outside the panel, so that it comes back as it was left; not kept over a restart. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { ConnectionPhase, ConnectionState } from "@/ipc";
import { isOf } from "./model";

let expanded: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function set(next: ReadonlySet<string>): void {
  expanded = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useExpanded = (): ReadonlySet<string> => useSyncExternalStore(subscribe, () => expanded);

export function setOpen(id: string, open: boolean): void {
  if (expanded.has(id) === open) return;
  const next = new Set(expanded);
  if (open) next.add(id);
  else next.delete(id);
  set(next);
}

/** A closed connection's branches are forgotten: opening it again must not open other databases unasked. */
export function forgetBranches(profileId: string): void {
  const next = new Set([...expanded].filter((id) => !isOf(id, profileId)));
  if (next.size !== expanded.size) set(next);
}

/** Closes everything but the connections themselves. */
export function foldAll(roots: readonly string[]): void {
  set(new Set(roots.filter((id) => expanded.has(id))));
}

/** Unfolds a connection when it opens, and forgets its branches when it closes. */
export function useFollowedPhases(states: readonly ConnectionState[]) {
  const before = useRef(new Map<string, ConnectionPhase["phase"]>());
  useEffect(() => {
    const now = new Map(states.map((state) => [state.profile_id, state.phase.phase]));
    for (const [id, phase] of now) {
      const was = before.current.get(id);
      if (was !== phase && (phase === "open" || phase === "connecting") && was !== "lost") setOpen(id, true);
      if (phase === "closed" && was !== undefined && was !== "closed") forgetBranches(id);
    }
    for (const id of before.current.keys()) if (!now.has(id)) forgetBranches(id);
    before.current = now;
  }, [states]);
}
