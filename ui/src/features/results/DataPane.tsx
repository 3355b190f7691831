import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useKeys, useOffers } from "@/commands";
import { Banner, Button, EmptyState, IconButton, type MenuItem, Spinner, tip } from "@/design";
import { type AppError, type BrowseSort, nativeCode, present } from "@/ipc";
import type { StatisticsSlot } from "./aside/types";
import type { BrowseStore } from "./browsing";
import { EditableRows } from "./editing/EditableRows";
import { EditMarks } from "./editing/EditMarks";
import { useEdits } from "./editing/useEdits";
import { FilterBar, type FilterEdit } from "./FilterBar";
import { formatCount, formatDuration } from "./format";
import type { GridHandle, GridLayout } from "./grid";
import type { ExportedRows } from "./HeldGrid";
import type { CellLinks, Lookup } from "./links";
import { ProgressLine } from "./ProgressLine";

export interface DataPaneProps {
  store: BrowseStore;
  density?: "dense" | "comfortable";
  active: boolean;
  layout?: GridLayout | undefined;
  /** Nothing where the layout was reset. */
  onLayout?: (layout: GridLayout | undefined) => void;
  /** The catalog's estimate of the relation's rows. */
  estimatedRows?: number | null;
  onReconnect?: () => void;
  /** In place of rows that may not be read. */
  denied?: (failure: AppError, actions: ReactNode) => ReactNode;
  onExport?: (rows: ExportedRows) => void;
  /** The connection that changes are saved to, where it is production. */
  saveTo?: string | undefined;
  /** Chooses a referenced row for a foreign key's cell. */
  lookup?: Lookup;
  /** Colours SQL. */
  highlight?: (sql: string) => ReactNode;
  /** Where cells lead. */
  links?: CellLinks;
  /** Draws a column's statistics beside the rows. */
  statistics?: StatisticsSlot;
  /** Before everything else of the bar. */
  barStart?: ReactNode;
}

/** The next sort after a column is chosen: first ascending, then descending, then none. */
export function nextSort(sort: readonly BrowseSort[], column: string): readonly BrowseSort[] {
  const old = sort.find((key) => key.column === column);
  if (!old) return [{ column, descending: false }];
  return old.descending ? [] : [{ column, descending: true }];
}

/** A relation's rows: pages as one scrolls, filters and sort by the server, no count before it is asked for. */
export function DataPane({
  store,
  density = "dense",
  active,
  layout,
  onLayout,
  estimatedRows,
  onReconnect,
  denied,
  onExport,
  saveTo,
  highlight,
  lookup,
  links,
  statistics,
  barStart,
}: DataPaneProps) {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const [editing, setEditing] = useState<FilterEdit | null>(null);
  const grid = useRef<GridHandle>(null);
  const refreshKeys = useKeys("relation.refresh");
  const filterKeys = useKeys("relation.filter");

  useEffect(() => {
    // The first time it is shown; a tab that comes back keeps its rows.
    const now = store.snapshot();
    if (!now.browsed && !now.loading && !now.failure) void store.read();
  }, [store]);
  const root = useRef<HTMLDivElement>(null);
  const arrived = state.browsed !== null;
  useEffect(() => {
    // Whoever waited for the rows in their tab goes on in them; a control that has the focus keeps it.
    const focused = document.activeElement;
    if (active && arrived && focused instanceof HTMLElement && focused.matches("[tabindex='-1'][data-scope]"))
      if (focused.contains(root.current)) grid.current?.focus();
  }, [active, arrived]);
  const columns = state.browsed?.head.columns ?? [];
  const openFilter = (column?: string) => setEditing({ place: "new", column: column ?? columns[0]?.name ?? "" });
  useOffers(
    {
      "relation.refresh": { run: () => void store.read() },
      "relation.filter": { run: () => openFilter() },
      "relation.count": { run: () => void store.count() },
      ...(state.loading || state.count === "counting" ? { "run.stop": { run: () => store.stop() } } : {}),
    },
    active,
  );

  const { browsed, progress, failure } = state;
  const edits = useEdits(browsed?.head, progress);
  const headerItems = (column: number): readonly MenuItem[] => {
    const name = columns[column]?.name ?? "";
    return [
      {
        label: "Sort ascending",
        icon: "arrow-up",
        onSelect: () => void store.read({ sort: [{ column: name, descending: false }] }),
      },
      {
        label: "Sort descending",
        icon: "arrow-down",
        onSelect: () => void store.read({ sort: [{ column: name, descending: true }] }),
      },
      ...(state.sort.length ? [{ label: "Do not sort", onSelect: () => void store.read({ sort: [] }) }] : []),
      { separator: true as const },
      { label: "Filter by this column", icon: "filter", onSelect: () => openFilter(name) },
    ];
  };

  const error = failure ? present(failure.code) : null;
  const bar = (
    <div className="flex items-center gap-2 px-2 min-h-[36px] border-b border-line bg-surface-1 min-w-0" data-pane-bar>
      {barStart}
      <IconButton
        icon="refresh"
        label="Read the rows again"
        keys={refreshKeys}
        loading={state.loading}
        onClick={() => void store.read()}
      />
      <span {...tip("Filter rows", filterKeys)} className="min-w-0">
        <FilterBar
          columns={columns}
          filters={state.filters}
          onChange={(filters) => void store.read({ filters })}
          editing={editing}
          onEdit={setEditing}
        />
      </span>
      <span className="flex-1" />
      {browsed ? <EditMarks store={edits} /> : null}
      {progress ? (
        <ProgressLine
          progress={progress}
          filtered={state.filters.length > 0}
          end={
            state.count === "counting" ? (
              <Button dense icon="stop" onClick={() => store.stop()}>
                Stop counting
              </Button>
            ) : state.count ? (
              <span className="rh-meta shrink-0" {...tip(`Counted in ${formatDuration(state.count.elapsed_ms)}`)}>
                of {formatCount(state.count.rows)}
              </span>
            ) : progress.state === "complete" ? null : (
              <span className="flex items-center gap-2 shrink-0">
                {estimatedRows != null && estimatedRows >= 0 && state.filters.length === 0 ? (
                  <span className="rh-meta" {...tip("The server's estimate")}>
                    of ~{formatCount(estimatedRows)}
                  </span>
                ) : null}
                <Button dense variant="ghost" onClick={() => void store.count()}>
                  Count exactly
                </Button>
              </span>
            )
          }
        />
      ) : null}
      {browsed?.paging_warns ? (
        <span {...tip(browsed.paging)} className="rh-tone-warn rh-meta shrink-0">
          {browsed.paging}
        </span>
      ) : null}
    </div>
  );

  const code = failure ? nativeCode(failure) : undefined;
  /** What to do, and the server's own code. */
  const said = (text: string | null | undefined) =>
    text || code ? (
      <>
        {text} {code ? <span className="rh-mono">{code}</span> : null}
      </>
    ) : null;
  const retry = (dense: boolean) => (
    <>
      {error?.action === "reconnect" && onReconnect ? (
        <Button dense={dense} variant="primary" onClick={onReconnect}>
          Reconnect
        </Button>
      ) : null}
      <Button
        dense={dense}
        onClick={() => void (browsed && progress?.state === "more_pages" ? store.more() : store.read())}
      >
        Try again
      </Button>
    </>
  );
  let body = null;
  if (browsed && progress) {
    body = (
      <>
        {failure && error ? (
          <Banner tone={error.severity} edge detail={said(failure.hint)} actions={retry(true)}>
            {failure.message}
          </Banner>
        ) : null}
        <div className="flex-1 min-h-0 relative" aria-busy={state.loading}>
          {progress.rows === 0 && progress.state === "complete" ? (
            <div className="absolute inset-x-0 bottom-0 top-[40px] grid place-items-center pointer-events-none z-10">
              <div className="pointer-events-auto">
                <EmptyState
                  picture="empty"
                  title={state.filters.length ? "No row matches" : "No rows"}
                  actions={
                    state.filters.length ? (
                      <Button onClick={() => void store.read({ filters: [] })}>Clear the filters</Button>
                    ) : undefined
                  }
                >
                  {state.filters.length ? "The server found no row under these conditions." : "This relation is empty."}
                </EmptyState>
              </div>
            </div>
          ) : null}
          <EditableRows
            ref={grid}
            store={edits}
            saveTo={saveTo}
            highlight={highlight}
            lookup={lookup}
            head={browsed.head}
            progress={progress}
            active={active}
            onExport={onExport}
            links={links}
            density={density}
            layout={layout}
            {...(onLayout ? { onLayout } : {})}
            sort={state.sort}
            headerItems={headerItems}
            statistics={statistics}
            onNearEnd={() => void store.more()}
          />
        </div>
      </>
    );
  } else if (failure && error) {
    body =
      failure.code === "forbidden" && denied ? (
        denied(failure, retry(false))
      ) : (
        <EmptyState picture={error.picture} title={failure.message} actions={retry(false)}>
          {said(failure.hint ?? failure.native?.detail)}
        </EmptyState>
      );
  } else {
    body = (
      <div className="grid place-items-center h-full">
        <Spinner label="Reading the first rows" />
      </div>
    );
  }

  return (
    <div ref={root} className="flex flex-col h-full min-h-0" data-scope="relation">
      {bar}
      <div className="flex-1 min-h-0 flex flex-col">{body}</div>
    </div>
  );
}
