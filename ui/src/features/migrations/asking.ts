/** Whether a new migration is being asked for, and for which database: one at a time, wherever it was asked for. */
import { useSyncExternalStore } from "react";
import type { Place } from "./model";

interface AskedNew extends Place {
  /** Of what is staged, to begin with. */
  readonly fromStaged: boolean;
}

let asked: AskedNew | null = null;
const listeners = new Set<() => void>();

function set(next: AskedNew | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

export const askNewMigration = (place: Place, fromStaged = false): void => set({ ...place, fromStaged });

export const closeNewMigration = (): void => set(null);

/** What is asked of this place. */
export function useAskedNew({ profileId, database }: Place): AskedNew | null {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => asked,
  );
  return now && now.profileId === profileId && now.database === database ? now : null;
}
