/** Foreign keys in the rows of a tab: marks and menus of cells, what refers to a row, lookups, and the way back. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { IconButton, Menu, type MenuItem, toast } from "@/design";
import { goLabel, keysAt, LookupPicker, nowhere, type PlacedKey, ReferencedBy } from "@/features/references";
import type { Box, Cell, CellLinks, CellPlace, GridHandle } from "@/features/results";
import {
  type AppError,
  type Followed,
  failureOf,
  host,
  type PolicyActor,
  type ResultHead,
  type ResultKey,
} from "@/ipc";
import { useWalk } from "./walking";

/** What stands over a cell. */
type Open =
  | {
      readonly kind: "choose";
      readonly head: ResultHead;
      readonly row: number;
      readonly keys: readonly PlacedKey[];
      readonly box: Box;
    }
  | { readonly kind: "referenced"; readonly head: ResultHead; readonly row: number; readonly box: Box }
  | { readonly kind: "lookup"; readonly key: ResultKey; readonly from: Followed; readonly box: Box };

interface Active {
  readonly head: ResultHead;
  readonly place: CellPlace;
}

const textOf = (cell: Cell | undefined): string | null | undefined =>
  cell === undefined ? undefined : cell.class === "null" ? null : cell.text;

function told(failure: AppError): void {
  toast({ tone: "danger", title: failure.message, ...(failure.hint ? { detail: failure.hint } : {}) });
}

/** What the rows of a tab are given; `over` is drawn anywhere in it, `bar` before its other buttons. */
export function useReferences(
  active: boolean,
  actor: PolicyActor | null,
): {
  readonly links: CellLinks;
  readonly over: ReactNode;
  readonly bar: ReactNode;
} {
  const walk = useWalk();
  const { walking, follow: go } = walk;
  const [open, setOpen] = useState<Open | null>(null);
  const at = useRef<Active | null>(null);
  const grids = useRef(new Map<string, GridHandle>());
  // A word, not an object: the cursor moves far more often than this changes.
  const [cursor, setCursor] = useState<"none" | "plain" | "key">("none");
  const keys = {
    follow: useKeys("results.follow"),
    referenced: useKeys("results.referenced-by"),
    lookUp: useKeys("results.look-up"),
    back: useKeys("walk.back"),
    forward: useKeys("walk.forward"),
  };
  const latest = useRef(keys);
  latest.current = keys;

  const made = useMemo(() => {
    const followKey = async (head: ResultHead, row: number, index: number) => {
      try {
        const followed = await host().followReference(head.hold_id, row, index);
        if (followed.nothing !== null) toast({ title: followed.nothing });
        else go(followed);
      } catch (thrown) {
        told(failureOf(thrown));
      }
    };
    const follow = (head: ResultHead, place: CellPlace, box: Box) => {
      const found = keysAt(head.foreign_keys, place.column);
      const [only] = found;
      if (!only) toast({ title: `${head.columns[place.column]?.name ?? "This column"} is no foreign key.` });
      else if (found.length > 1) setOpen({ kind: "choose", head, row: place.row, keys: found, box });
      else void followKey(head, place.row, only.index);
    };
    const lookUp = async (head: ResultHead, row: number, { key, index }: PlacedKey, box: Box) => {
      try {
        // Whose rows they are, and the whole values there are now.
        const from = await host().followReference(head.hold_id, row, index);
        setOpen({ kind: "lookup", key, from, box });
      } catch (thrown) {
        told(failureOf(thrown));
      }
    };
    const referenced = (head: ResultHead, row: number, box: Box) => setOpen({ kind: "referenced", head, row, box });
    const links: CellLinks = {
      leads: (head, place, cell) => {
        const found = keysAt(head.foreign_keys, place.column);
        const usable = found.find(({ key }) => !key.obstacle);
        if (!usable || cell === undefined || cell.class === "null") return undefined;
        return found.length > 1 ? `${found.length} keys lead from here` : goLabel(usable.key, [textOf(cell)]);
      },
      follow,
      menu: (head, place, cell, box): readonly MenuItem[] => {
        const shown = latest.current;
        const keyed = (given: string | undefined) => (given ? { keys: given } : {});
        const items: MenuItem[] = keysAt(head.foreign_keys, place.column).flatMap((placed, order): MenuItem[] => {
          const { key, index } = placed;
          const texts = key.values_at.map((column) => textOf(cell(column)));
          const why = nowhere(key, texts);
          return [
            {
              label: goLabel(key, texts),
              icon: "arrow-right",
              ...(order === 0 ? keyed(shown.follow) : {}),
              disabledReason: why,
              onSelect: () => void followKey(head, place.row, index),
            },
            {
              label: `Look up in ${key.object.name}…`,
              icon: "search",
              ...(order === 0 ? keyed(shown.lookUp) : {}),
              disabledReason: key.obstacle ?? undefined,
              onSelect: () => void lookUp(head, place.row, placed, box),
            },
          ];
        });
        return [
          ...items,
          {
            label: "Referenced by…",
            icon: "foreign-key",
            ...keyed(shown.referenced),
            onSelect: () => referenced(head, place.row, box),
          },
          { separator: true },
        ];
      },
      active: (head, place) => {
        walking.active(head.hold_id, place);
        at.current = place ? { head, place } : null;
        setCursor(!place ? "none" : keysAt(head.foreign_keys, place.column).length ? "key" : "plain");
      },
      shown: (head, grid) => {
        grids.current.set(head.hold_id, grid);
        const forget = walking.shown(head, grid);
        return () => {
          forget();
          grids.current.delete(head.hold_id);
          if (at.current?.head.hold_id === head.hold_id) {
            at.current = null;
            setCursor("none");
          }
        };
      },
    };
    return { links, followKey, follow, lookUp, referenced };
  }, [walking, go]);

  /** The cell with the cursor and where it is in the window. */
  const here = (): (Active & { box: Box }) | null => {
    const now = at.current;
    const box = now && grids.current.get(now.head.hold_id)?.boxOf(now.place);
    return now && box ? { ...now, box } : null;
  };
  const offer = (run: (at: Active & { box: Box }) => void, needsKey: boolean) => ({
    run: () => {
      const now = here();
      if (now) run(now);
    },
    ...(cursor === "none"
      ? { disabledReason: "no cell is chosen" }
      : needsKey && cursor === "plain"
        ? { disabledReason: "the column is no foreign key" }
        : {}),
  });
  useOffers(
    {
      "results.follow": offer(({ head, place, box }) => made.follow(head, place, box), true),
      "results.referenced-by": offer(({ head, place, box }) => made.referenced(head, place.row, box), false),
      "results.look-up": offer(({ head, place, box }) => {
        const found = keysAt(head.foreign_keys, place.column)[0];
        if (found) void made.lookUp(head, place.row, found, box);
      }, true),
    },
    active,
  );

  const close = () => setOpen(null);
  useEffect(() => {
    // What stands over the cells of one tab must not stand over another.
    if (!active) setOpen(null);
  }, [active]);
  const over =
    open?.kind === "choose" ? (
      <Menu
        open
        onClose={close}
        anchor={open.box}
        label="Where to"
        items={open.keys.map(({ key, index }) => ({
          label: key.label,
          icon: "arrow-right" as const,
          disabledReason: key.obstacle ?? undefined,
          onSelect: () => void made.followKey(open.head, open.row, index),
        }))}
      />
    ) : open?.kind === "referenced" ? (
      <ReferencedBy
        holdId={open.head.hold_id}
        row={open.row}
        actor={actor}
        anchor={open.box}
        onClose={close}
        onGo={(rows: Followed) => {
          close();
          go(rows);
        }}
      />
    ) : open?.kind === "lookup" ? (
      <LookupPicker
        profileId={open.from.profile_id}
        actor={actor}
        object={open.key.object}
        keyColumns={open.key.referenced_columns}
        initial={open.from.filters.map((filter) => filter.values[0] ?? null)}
        anchor={open.box}
        verb="Open"
        onClose={close}
        onPick={(values) => {
          close();
          const filters = open.key.referenced_columns.map((column, place) => ({
            column,
            operator: "equal" as const,
            values: [values[place] ?? ""],
          }));
          go({ profile_id: open.from.profile_id, object: open.key.object, filters, nothing: null });
        }}
      />
    ) : null;

  const nothing = "no key was followed that way";
  const bar = walk.begun ? (
    <span className="flex shrink-0">
      <IconButton
        icon="arrow-left"
        label="Back"
        {...(keys.back ? { keys: keys.back } : {})}
        disabledReason={walk.canGoBack ? undefined : nothing}
        onClick={walk.back}
      />
      <IconButton
        icon="arrow-right"
        label="Forward"
        {...(keys.forward ? { keys: keys.forward } : {})}
        disabledReason={walk.canGoForward ? undefined : nothing}
        onClick={walk.forward}
      />
    </span>
  ) : null;
  return { links: made.links, over, bar };
}
