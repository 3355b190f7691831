/** How the columns of a relation's rows are arranged: remembered for the relation, so that its next tab has them so. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { toast } from "@/design";
import type { GridLayout } from "@/features/results";
import { failureOf, host, type ObjectRef, queryKeys, type RelationLayout } from "@/ipc";

/** A drag of many small steps is written once. */
const REST_MS = 400;

/** A layout as it is kept: by the columns' names, which are their ids in a relation. */
export function keptLayout(layout: GridLayout): RelationLayout {
  const hidden = new Set(layout.hidden);
  const pinned = new Set(layout.pinned);
  return {
    columns: layout.order.map((name) => {
      const width = layout.widths[name];
      return {
        name,
        width: width === undefined ? null : Math.round(width),
        hidden: hidden.has(name),
        pinned: pinned.has(name),
      };
    }),
  };
}

export function layoutOf({ columns }: RelationLayout): GridLayout {
  const named = (which: "hidden" | "pinned") => columns.filter((column) => column[which]).map(({ name }) => name);
  return {
    order: columns.map(({ name }) => name),
    widths: Object.fromEntries(columns.flatMap(({ name, width }) => (width === null ? [] : [[name, width]]))),
    hidden: named("hidden"),
    pinned: named("pinned"),
  };
}

/** What was remembered of a relation's columns, and how to remember another arrangement; nothing forgets it. */
export function useRelationLayout(
  profileId: string,
  object: ObjectRef,
): { layout: GridLayout | undefined; keep: (layout: GridLayout | undefined) => void } {
  const queries = useQueryClient();
  const key = queryKeys.layout(profileId, object);
  const kept = useQuery({
    queryKey: key,
    queryFn: () => host().relationLayout(profileId, object),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const layout = useMemo(() => (kept.data ? layoutOf(kept.data) : undefined), [kept.data]);
  const waiting = useRef<{ timer: number; write: () => void } | null>(null);
  useEffect(
    () => () => {
      if (!waiting.current) return;
      window.clearTimeout(waiting.current.timer);
      waiting.current.write();
    },
    [],
  );
  const keep = (next: GridLayout | undefined) => {
    const value = next ? keptLayout(next) : null;
    queries.setQueryData(key, value);
    if (waiting.current) window.clearTimeout(waiting.current.timer);
    const write = () => {
      waiting.current = null;
      host()
        .keepRelationLayout(profileId, object, value)
        .catch((thrown: unknown) => toast({ title: failureOf(thrown).message, tone: "warn" }));
    };
    waiting.current = { timer: window.setTimeout(write, REST_MS), write };
  };
  return { layout, keep };
}
