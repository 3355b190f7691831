/** Keeps the diagram's steps back and forth in line with what is staged of the schema, here and elsewhere. */
import { useEffect, useRef } from "react";
import type { Editing } from "./editing";
import type { DiagramStore } from "./store";

export function useStaged(store: DiagramStore, editing: Editing | null): void {
  const latest = useRef(editing);
  latest.current = editing;
  const stepping = useRef(false);
  const known = useRef<ReadonlySet<number> | null>(null);
  store.onStep = async (which) => {
    stepping.current = true;
    const done = (await latest.current?.step(which)) ?? false;
    if (!done) stepping.current = false;
    return done;
  };
  const ids = editing ? editing.groups.map(({ id }) => id).join() : null;
  useEffect(() => {
    const now = latest.current;
    if (ids === null || !now) return;
    const before = known.current;
    known.current = new Set(now.groups.map(({ id }) => id));
    const own = stepping.current;
    stepping.current = false;
    if (before === null || own) return;
    // What is new was staged by hand: it is the last thing that was done.
    const fresh = now.groups.filter(({ id }) => !before.has(id));
    for (const { label } of fresh) store.staged(label);
    if (fresh.length === 0) store.stagedLeft(now.groups.length, now.redo === null ? 0 : Number.POSITIVE_INFINITY);
  }, [ids, store]);
}
