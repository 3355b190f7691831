/** A local filter and sort as the server's own: of all rows there are. */
import { useEffect, useState } from "react";
import { failureOf, host, type ResultColumn, type ServerQuery } from "@/ipc";
import { type Conditions, type FilterGroup, isGroup } from "../filters";
import type { LocalRequest, ShownView } from "./model";

/** Where rows come from, as far as the server can be asked for them again. */
export type LocalServer =
  | {
      readonly kind: "relation";
      /** Reads the relation with the filter and the sort of these rows. */
      readonly read: (request: LocalRequest, columns: readonly number[]) => void;
    }
  | {
      readonly kind: "query";
      /** Opens a statement in a tab of its own. */
      readonly open: (text: string) => void;
    };

/** That some of these columns contains the text. */
export const containing = (text: string, columns: readonly ResultColumn[]): FilterGroup => ({
  any: true,
  items: columns.map(({ name }) => ({ column: name, operator: "contains", values: [text] })),
});

/** The conditions with one more group that has to hold besides; nothing where chips cannot say it. */
export function joined(now: Conditions, group: FilterGroup): Pick<Conditions, "filters" | "any"> | null {
  if (!now.any || now.filters.length < 2) return { filters: [...now.filters, group], any: false };
  // One of several was enough: those become a group, beside which the new one stands.
  const items = now.filters.flatMap((part) => (isGroup(part) ? [] : [part]));
  return items.length === now.filters.length ? { filters: [{ any: true, items }, group], any: false } : null;
}

/** The statement that asks a query's server for it; none before it is known, or where the rows are a relation's. */
export function useServerQuery(
  holdId: string,
  view: ShownView | null,
  columns: readonly number[],
  wanted: boolean,
): ServerQuery | null {
  const [made, setMade] = useState<{ of: ShownView; query: ServerQuery } | null>(null);
  const names = columns.join(",");
  useEffect(() => {
    if (!wanted || !view) return;
    let alive = true;
    const { contains, sort, conditions = [] } = view.request;
    host()
      .holdOnServer(holdId, {
        contains: contains === "" ? null : contains,
        columns: names === "" ? [] : names.split(",").map(Number),
        conditions: conditions.map((one) => ({ ...one, values: [...one.values] })),
        sort: sort.map((key) => ({ ...key })),
      })
      .then((query) => alive && setMade({ of: view, query }))
      .catch((thrown: unknown) => {
        if (alive) setMade({ of: view, query: { text: null, refused: failureOf(thrown).message } });
      });
    return () => {
      alive = false;
    };
  }, [holdId, view, names, wanted]);
  return made && made.of === view ? made.query : null;
}
