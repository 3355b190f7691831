import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { HoldProgress } from "@/ipc";
import { LocalRows, type LocalState, type LocalSurroundings } from "./store";

const none = () => () => undefined;

/** Local work on the rows on show; made anew for another hold. */
export function useLocal(
  holdId: string,
  progress: HoldProgress,
  around: LocalSurroundings,
  /** These are the rows that were shown before, read again. */
  again: boolean,
): { local: LocalRows | null; state: LocalState | null } {
  const latest = useRef(around);
  latest.current = around;
  const carried = useRef<LocalState | null>(null);
  const same = useRef(again);
  same.current = again;
  const [store, setStore] = useState<LocalRows | null>(null);
  useEffect(() => {
    const made = new LocalRows(
      holdId,
      {
        columns: () => latest.current.columns(),
        settle: () => latest.current.settle(),
        cursor: () => latest.current.cursor(),
        go: (cell) => latest.current.go(cell),
      },
      same.current ? carried.current : null,
    );
    setStore(made);
    made.begin();
    return () => {
      carried.current = made.snapshot();
      made.close();
      setStore((now) => (now === made ? null : now));
    };
  }, [holdId]);
  const local = store?.holdId === holdId ? store : null;
  const state = useSyncExternalStore(local?.subscribe ?? none, () => local?.snapshot() ?? null);
  const reading = progress.state === "reading";
  useEffect(() => local?.grew(progress.rows, reading), [local, progress.rows, reading]);
  return { local, state };
}
