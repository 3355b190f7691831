import { type Ref, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useOffers } from "@/commands";
import { Banner, Button, type MenuItem, openContextMenu } from "@/design";
import { type AppError, type CopyFormat, failureOf, type HoldProgress, type ResultHead } from "@/ipc";
import { COPY_FORMATS, copyRange } from "./copying";
import {
  type BlockSource,
  type Box,
  type Cell,
  type CellPlace,
  Grid,
  type GridHandle,
  type GridLayout,
  type GridRange,
} from "./grid";
import type { CellLinks } from "./links";
import { firstCellsPainted, resultBegins } from "./marks";
import { gridColumns, holdSource } from "./source";

export interface HeldGridProps {
  ref?: Ref<GridHandle>;
  head: ResultHead;
  progress: HoldProgress;
  /** Whether its tab is in front: only then are its commands on offer. */
  active: boolean;
  density?: "dense" | "comfortable";
  layout?: GridLayout | undefined;
  onLayout?: (layout: GridLayout) => void;
  sort?: readonly { readonly column: string; readonly descending: boolean }[];
  onActive?: (place: CellPlace | undefined, cell: Cell | undefined) => void;
  onOpen?: (place: CellPlace, cell: Cell | undefined) => void;
  onHeaderMenu?: (column: number, box: Box) => void;
  onNearEnd?: () => void;
  /** Where cells lead. */
  links?: CellLinks | undefined;
  /** More items for a cell's menu. */
  cellMenu?: (place: CellPlace) => readonly MenuItem[];
}

const NO_SORT: readonly { readonly column: string; readonly descending: boolean }[] = [];

/** The rows of one hold in the grid: windows, copying, menus. Another hold means another grid content, never a mixture. */
export function HeldGrid({
  ref,
  head,
  progress,
  sort = NO_SORT,
  onActive,
  onOpen,
  cellMenu,
  links,
  active,
  ...rest
}: HeldGridProps) {
  const [failure, setFailure] = useState<AppError | null>(null);
  const own = useRef<GridHandle>(null);
  const columns = useMemo(() => gridColumns(head.columns, sort, head.foreign_keys), [head, sort]);
  const more = progress.state === "reading" || progress.state === "paused" || progress.state === "more_pages";
  const latest = useRef({ rows: progress.rows, more });
  latest.current = { rows: progress.rows, more };
  // Made where it is closed: an effect that runs again gets a source that works.
  const [source, setSource] = useState<BlockSource | null>(null);
  useLayoutEffect(() => {
    const made = holdSource({ head, ...latest.current }, columns, (thrown) => setFailure(failureOf(thrown)));
    setSource(made);
    return () => made.close();
  }, [head, columns]);
  useLayoutEffect(() => resultBegins(head.hold_id), [head.hold_id]);
  useEffect(() => source?.grow(progress.rows, more), [source, progress.rows, more]);

  const cellAt = (place: CellPlace) => source?.cell(place.row, place.column);
  const linkItems = (place: CellPlace, box: Box): readonly MenuItem[] =>
    links?.menu(head, place, (column) => cellAt({ ...place, column }), box) ?? [];
  useEffect(() => (links && source && own.current ? links.shown(head, own.current) : undefined), [links, head, source]);
  const copy = (range: GridRange) => void copyRange(head, range, "tsv");
  const menu = (place: CellPlace): readonly MenuItem[] => {
    const range: GridRange = own.current?.selection() ?? {
      firstRow: place.row,
      lastRow: place.row,
      columns: [place.column],
      kind: "cells",
    };
    return [
      ...COPY_FORMATS.map(({ format, label }, index) => ({
        label,
        ...(index === 0 ? { icon: "copy" as const, keys: "Mod+C" } : {}),
        onSelect: () => void copyRange(head, range, format),
      })),
      { separator: true as const },
      {
        label: "Open the cell",
        icon: "open-external" as const,
        keys: "Enter",
        onSelect: () => onOpen?.(place, cellAt(place)),
      },
      ...(cellMenu?.(place) ?? []),
    ];
  };
  const offered = (format: CopyFormat) => ({
    run: () => {
      const range = own.current?.selection();
      if (range) void copyRange(head, range, format);
    },
  });
  useOffers(
    {
      "results.copy-csv": offered("csv"),
      "results.copy-json": offered("json"),
      "results.copy-markdown": offered("markdown"),
      "results.copy-insert": offered("sql_insert"),
    },
    active,
  );
  const handle = (given: GridHandle | null) => {
    own.current = given;
    if (typeof ref === "function") ref(given);
    else if (ref) ref.current = given;
  };

  return (
    <div className="flex flex-col min-h-0 h-full" data-scope="results">
      {failure ? (
        <Banner
          tone="danger"
          edge
          detail={failure.hint}
          actions={
            <Button
              dense
              onClick={() => {
                setFailure(null);
                source?.retry();
              }}
            >
              Try again
            </Button>
          }
        >
          {failure.message}
        </Banner>
      ) : null}
      <div className="flex-1 min-h-0">
        {source ? (
          <Grid
            ref={handle}
            label={`Rows of ${head.title}`}
            source={source}
            {...rest}
            onCopy={copy}
            onFirstCells={() => firstCellsPainted(head.hold_id)}
            onActive={(place) => {
              links?.active(head, place);
              onActive?.(place, place && cellAt(place));
            }}
            {...(links
              ? {
                  leads: (place: CellPlace) => links.leads(head, place, cellAt(place)),
                  onFollow: (place: CellPlace, box: Box) => links.follow(head, place, box),
                }
              : {})}
            onOpen={(place) => onOpen?.(place, cellAt(place))}
            onContextMenu={(place, event, box) =>
              openContextMenu(event, [...linkItems(place, box), ...menu(place)], "Cell", box)
            }
          />
        ) : null}
      </div>
    </div>
  );
}
