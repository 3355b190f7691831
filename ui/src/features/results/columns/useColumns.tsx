import { type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { announce, Button, Icon, Menu } from "@/design";
import type { ResultHead } from "@/ipc";
import { arranged, type Box, type GridColumn, type GridHandle, type GridLayout } from "../grid";
import { ColumnChooser } from "./ColumnChooser";
import { type ColumnActions, columnItems, grouped, type HeaderItems } from "./items";

interface Asked {
  head: ResultHead;
  columns: readonly GridColumn[];
  grid: RefObject<GridHandle | null>;
  layout: GridLayout | undefined;
  onLayout: ((layout: GridLayout | undefined) => void) | undefined;
  headerItems: HeaderItems | undefined;
  active: boolean;
}

/** Which columns show, in which order: their menu, their chooser, their commands, and the count of those that are hidden. */
export function useColumns({ head, columns, grid, layout, onLayout, headerItems, active }: Asked): {
  /** Given to the grid. */
  events: {
    onLayout: (layout: GridLayout) => void;
    onLayoutReset: () => void;
    onHeaderMenu: (column: number, box: Box) => void;
  };
  /** As it is now, whether or not whoever keeps it has said so again. */
  layout: GridLayout | undefined;
  /** Says what is hidden; above the rows. */
  strip: ReactNode;
  over: ReactNode;
} {
  const [current, setCurrent] = useState(layout);
  useEffect(() => setCurrent(layout), [layout]);
  const [menu, setMenu] = useState<{ column: number; box: Box } | null>(null);
  const [chooser, setChooser] = useState<Element | Box | null>(null);
  const { hidden, pinned } = useMemo(() => arranged(columns, current), [columns, current]);
  const keys = { choose: useKeys("columns.choose"), hide: useKeys("columns.hide"), pin: useKeys("columns.pin") };
  const strip = useRef<HTMLDivElement>(null);

  /** The columns of the selection, where it is of columns or cells. */
  const selected = (): readonly number[] => {
    const range = grid.current?.selection();
    return range && (range.kind === "cells" || range.kind === "columns") ? range.columns : [];
  };
  /** A column with the others that are selected as whole columns with it. */
  const withSelected = (column: number): readonly number[] => {
    const range = grid.current?.selection();
    return range?.kind === "columns" && range.columns.includes(column) ? range.columns : [column];
  };
  const choose = () => {
    const first = grid.current?.visibleColumns()[0] ?? 0;
    setChooser(strip.current ?? grid.current?.boxOf({ row: 0, column: first }) ?? null);
  };
  const actions: ColumnActions = {
    fit: (which) => {
      for (const column of which) grid.current?.fit(column);
    },
    move: (column, by) => grid.current?.move(column, by),
    hide: (which) => {
      grid.current?.hide(which);
      const names = which.map((column) => head.columns[column]?.name ?? "");
      announce(names.length > 3 ? `${names.length} columns hidden` : `${names.join(", ")} hidden`);
    },
    pin: (which, pin) => grid.current?.pin(which, pin),
    choose,
    showAll: () => grid.current?.show([...hidden]),
    reset: () => grid.current?.reset(),
  };
  const allPinned = (which: readonly number[]) => which.length > 0 && which.every((column) => pinned.has(column));
  const onSelected = (run: (which: readonly number[]) => void) => ({
    run: () => {
      const which = selected();
      if (which.length > 0) run(which);
      else announce("No column is selected");
    },
  });
  const moved = (by: number) =>
    onSelected((which) => {
      // Each step over one neighbour: those in front go first.
      for (const column of by < 0 ? which : [...which].reverse()) actions.move(column, by);
    });
  useOffers(
    {
      "columns.choose": { run: choose },
      "columns.hide": onSelected(actions.hide),
      "columns.pin": onSelected((which) => actions.pin(which, !allPinned(which))),
      "columns.fit": onSelected(actions.fit),
      "columns.left": moved(-1),
      "columns.right": moved(1),
      "columns.show-all": {
        run: actions.showAll,
        ...(hidden.size === 0 ? { disabledReason: "no column is hidden" } : {}),
      },
      "columns.reset": { run: actions.reset },
    },
    active,
  );

  const close = () => {
    setChooser(null);
    grid.current?.focus();
  };
  const them = menu ? withSelected(menu.column) : [];
  return {
    layout: current,
    events: {
      onLayout: (next) => {
        setCurrent(next);
        onLayout?.(next);
      },
      onLayoutReset: () => {
        setCurrent(undefined);
        onLayout?.(undefined);
      },
      onHeaderMenu: (column, box) => setMenu({ column, box }),
    },
    strip:
      hidden.size > 0 ? (
        <div ref={strip} className="rh-columns-strip" data-columns-strip>
          <Icon name="eye-off" size={14} />
          <Button
            dense
            variant="ghost"
            tooltip="Choose columns"
            {...(keys.choose ? { keys: keys.choose } : {})}
            onClick={choose}
          >
            {hidden.size === 1 ? "1 column hidden" : `${hidden.size.toLocaleString("en-US")} columns hidden`}
          </Button>
          <Button dense variant="ghost" onClick={actions.showAll}>
            Show {hidden.size === 1 ? "it" : "all"}
          </Button>
        </div>
      ) : null,
    over: (
      <>
        {menu ? (
          <Menu
            open
            onClose={() => setMenu(null)}
            anchor={menu.box}
            label={`Column ${head.columns[menu.column]?.name ?? ""}`}
            items={grouped(
              headerItems?.(menu.column) ?? [],
              columnItems(actions, {
                columns: them,
                pinned: allPinned(them),
                hidden: hidden.size,
                visible: columns.length - hidden.size,
                keys,
              }),
            )}
          />
        ) : null}
        {chooser ? (
          <ColumnChooser
            anchor={chooser}
            columns={columns}
            described={head.columns}
            layout={grid.current?.layout() ?? current ?? { order: [], widths: {} }}
            onChange={(next) => grid.current?.arrange(next)}
            onReset={actions.reset}
            onClose={close}
          />
        ) : null}
      </>
    ),
  };
}
