/** What was changed of a diagram, so that it can be taken back. Pure. */
import type { DiagramNote, DiagramPlace, DiagramScope, DiagramTable } from "@/ipc";

export interface Marks {
  readonly notes: readonly DiagramNote[];
  readonly colours: readonly (readonly [DiagramTable, number])[];
  readonly frames: readonly (readonly [string, number])[];
}

/** A change with what was before and after it. */
export type Change =
  | {
      readonly kind: "places";
      readonly words: string;
      readonly before: readonly DiagramPlace[];
      readonly after: readonly DiagramPlace[];
    }
  | { readonly kind: "scope"; readonly words: string; readonly before: DiagramScope; readonly after: DiagramScope }
  | { readonly kind: "marks"; readonly words: string; readonly before: Marks; readonly after: Marks }
  /** Something of the schema was staged: the core knows what. */
  | { readonly kind: "structure"; readonly words: string };

export interface History {
  readonly done: readonly Change[];
  readonly undone: readonly Change[];
}

export const NO_HISTORY: History = { done: [], undone: [] };

/** Changes that are kept. */
const MOST = 200;

export const did = ({ done }: History, change: Change): History => ({
  done: [...done, change].slice(-MOST),
  undone: [],
});

/** What of the schema can be taken back or done again is no more than that: the rest was taken back, or applied, elsewhere. */
export function settled({ done, undone }: History, staged: number, again: number): History {
  const least = (changes: readonly Change[], most: number) => {
    let left = most;
    return changes.filter((change) => change.kind !== "structure" || left-- > 0);
  };
  return { done: least(done, staged), undone: least(undone, again) };
}

/** Takes the last change back: what to restore, and the history after it. */
export function undo({ done, undone }: History): { readonly change: Change; readonly history: History } | null {
  const change = done.at(-1);
  return change ? { change, history: { done: done.slice(0, -1), undone: [...undone, change] } } : null;
}

/** Makes the change that was taken back last again. */
export function redo({ done, undone }: History): { readonly change: Change; readonly history: History } | null {
  const change = undone.at(-1);
  return change ? { change, history: { done: [...done, change], undone: undone.slice(0, -1) } } : null;
}
