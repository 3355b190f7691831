/** What is asked about a schema in a dialog: one at a time, wherever it was asked for. */
import { useSyncExternalStore } from "react";
import type { ObjectRef } from "@/ipc";
import type { Place } from "./model";

export type Asking =
  | { readonly ask: "review" }
  | { readonly ask: "table"; readonly schema: string | null }
  /** A new object of another kind (`enum`, `view` …); `null` asks which. */
  | { readonly ask: "object"; readonly kind: string | null; readonly schema: string | null }
  | { readonly ask: "column"; readonly table: ObjectRef }
  | { readonly ask: "index"; readonly table: ObjectRef; readonly columns: readonly string[] }
  | {
      readonly ask: "foreign_key";
      readonly table: ObjectRef;
      readonly columns: readonly string[];
      readonly to: ObjectRef | null;
      readonly toColumns: readonly string[];
    }
  /** A new partition of a table, or a table that becomes one. */
  | { readonly ask: "partition" | "attach"; readonly table: ObjectRef }
  | { readonly ask: "rename"; readonly object: ObjectRef };

export interface Asked {
  readonly place: Place;
  readonly asking: Asking;
  /** What was made, once it is staged. */
  readonly onStaged?: ((object: ObjectRef) => void) | undefined;
}

let asked: Asked | null = null;
const listeners = new Set<() => void>();

function set(next: Asked | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

export const openStructure = (place: Place, asking: Asking, onStaged?: (object: ObjectRef) => void): void =>
  set({ place, asking, onStaged });

export const closeStructure = (): void => set(null);

export const useAsked = (): Asked | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => asked,
  );
