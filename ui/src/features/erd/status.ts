/** What the window's bottom line says of a diagram's tab. */
import { useSyncExternalStore } from "react";

const told = new Map<string, readonly string[]>();
const listeners = new Set<() => void>();
const NOTHING: readonly string[] = [];

export function tellStatus(tabId: string, words: readonly string[]): void {
  if (JSON.stringify(told.get(tabId) ?? NOTHING) === JSON.stringify(words)) return;
  if (words.length === 0) told.delete(tabId);
  else told.set(tabId, words);
  for (const listener of listeners) listener();
}

/** What is said of a tab at the moment. */
export function useDiagramStatus(tabId: string | undefined): readonly string[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => told.get(tabId ?? "") ?? NOTHING,
  );
}
