import { type PointerEvent, type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useKeys, useOffers } from "@/commands";
import { Badge, Banner, Button, EmptyState, IconButton, type MenuItem, Spinner, tip } from "@/design";
import { type AppError, failureOf, host, nativeCode, present } from "@/ipc";
import type { BrowseStore } from "./browsing";
import { Charted, type ChartSlot, useChartView } from "./chartView";
import { Documented, type DocumentsSlot, showsOtherwise } from "./documentsView";
import { EditableRows } from "./editing/EditableRows";
import { EditMarks } from "./editing/EditMarks";
import { useEdits } from "./editing/useEdits";
import { FilterBar, type FilterEdit } from "./FilterBar";
import { filters as filtersRows } from "./filters";
import { formatCount, formatDuration } from "./format";
import type { GridHandle, GridLayout } from "./grid";
import type { ExportedRows } from "./HeldGrid";
import type { CellLinks, Lookup } from "./links";
import type { LocalRequest } from "./local/model";
import { containing, joined } from "./local/server";
import { DOCUMENTS, ROWS } from "./model";
import { ProgressLine } from "./ProgressLine";
import { LiveMenu } from "./shape/LiveMenu";
import { follow, type Live, OFF, standing, useLive } from "./shape/live";
import { ShapeLine, type WhereSlot } from "./shape/ShapeLine";
import { pressed, sortedBy, thenBy, without } from "./shape/sorting";

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
  /** Draws the rows in the grid's place. */
  chart?: ChartSlot | undefined;
  /** Shows documents otherwise than as a grid. */
  documents?: DocumentsSlot | undefined;
  /** Before everything else of the bar. */
  barStart?: ReactNode;
  /** Draws the field for a WHERE that is written by hand. */
  whereField?: WhereSlot;
  /** Why the server cannot be asked now. */
  away?: string | null;
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
  barStart,
  chart,
  documents,
  whereField,
  away = null,
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
  const filtered = filtersRows(state);
  const [whereOpen, setWhereOpen] = useState(false);
  const [draft, setDraft] = useState<string | null>(null);
  const openWhere = (text?: string) => {
    setWhereOpen(true);
    if (text !== undefined) setDraft(text);
  };
  const applyWhere = (where: string) => {
    setDraft(null);
    if (where === "") setWhereOpen(false);
    void store.read({ where });
  };
  const [note, setNote] = useState<string | null>(null);
  /** Everything chosen becomes one text, and the chips go. */
  const showAsWhere = () =>
    void store
      .asWhere()
      .then((where) => {
        setWhereOpen(true);
        setDraft(null);
        return store.read({ filters: [], any: false, where });
      })
      .catch((thrown: unknown) => setNote(failureOf(thrown).message));
  const openFilter = (column?: string) => setEditing({ place: "new", column: column ?? columns[0]?.name ?? "" });
  useOffers(
    {
      "relation.refresh": { run: () => void store.read() },
      "relation.filter": { run: () => openFilter() },
      "relation.count": { run: () => void store.count() },
      ...(whereField ? { "relation.where": { run: () => openWhere() } } : {}),
      "relation.clear-filters": {
        run: () => void store.read({ filters: [], any: false, where: "" }),
        ...(filtered ? {} : { disabledReason: "nothing is filtered" }),
      },
      "relation.sort-none": {
        run: () => void store.read({ sort: [] }),
        ...(state.sort.length > 0 ? {} : { disabledReason: "the rows are not sorted" }),
      },
      "relation.live": {
        run: () => store.keepLive(state.live.kind === "off" ? { kind: "every", seconds: 5 } : OFF),
      },
      ...(state.loading || state.count === "counting" ? { "run.stop": { run: () => store.stop() } } : {}),
    },
    active,
  );

  const { browsed, progress, failure } = state;
  // Documents are edited as such, not cell by cell.
  const edits = useEdits(browsed?.head.documents ? undefined : browsed?.head, progress);
  const what = documents ? DOCUMENTS : ROWS;
  const otherwise = showsOtherwise(documents, browsed?.head);
  const charted = useChartView(chart, browsed ? "rows" : undefined, active, grid);
  const choicesOf = (column: string): readonly string[] => {
    const at = columns.findIndex((each) => each.name === column);
    const known = edits?.snapshot().staged?.view.columns[at];
    if (known && known.choices.length > 0 && !known.several_choices) return known.choices;
    return columns[at]?.class === "boolean" ? (browsed?.head.booleans ?? []) : [];
  };
  /** Keeps or leaves out the rows that have this cell's value: the whole value, NULL too. */
  const byValue = (row: number, column: number, exclude: boolean) => {
    const name = columns[column]?.name;
    if (!browsed || name === undefined) return;
    host()
      .browseValue(browsed.head.hold_id, row, column)
      .then((value) => {
        if (value === null) {
          return store.narrow({ column: name, operator: exclude ? "is_not_null" : "is_null", values: [] });
        }
        return store.narrow({ column: name, operator: exclude ? "not_equal" : "equal", values: [value] });
      })
      .catch((thrown: unknown) => setNote(failureOf(thrown).message));
  };
  const cellMenu = ({ row, column }: { row: number; column: number }): readonly MenuItem[] => [
    { separator: true },
    { label: "Filter by this value", icon: "filter", onSelect: () => byValue(row, column, false) },
    { label: "Exclude this value", onSelect: () => byValue(row, column, true) },
  ];
  /** What was filtered and sorted among these rows, asked of the server. */
  const askServer = (request: LocalRequest, among: readonly number[]) => {
    const keys = request.sort.map((key) => ({
      column: columns[key.column]?.name ?? "",
      descending: key.descending,
    }));
    const sort = keys.length > 0 ? { sort: keys } : {};
    if (request.contains === "") {
      void store.read(sort);
      return;
    }
    const shown = among.map((at) => columns[at]).filter((column) => column !== undefined);
    const group = containing(request.contains, shown);
    const conditions = joined(store.snapshot(), group);
    if (conditions) void store.read({ ...conditions, ...sort });
    else
      store
        .asWhere()
        .then((where) => store.read({ filters: [group], any: false, where, ...sort }))
        .catch((thrown: unknown) => setNote(failureOf(thrown).message));
  };
  const { live } = state;
  const setLive = (next: Live) => store.keepLive(next);
  const status = useLive({
    again: (keep) => store.again(keep),
    store,
    live,
    obstacle: () => {
      if (!active || document.hidden) return "the tab is not in sight";
      if (away) return away;
      return standing(root.current);
    },
    keep: () => grid.current?.selection()?.firstRow ?? null,
    onEnd: (why) => {
      setLive(OFF);
      setNote(why || "Listening has ended.");
    },
  });
  const { refresh } = state;
  useEffect(() => {
    if (refresh) follow(grid.current, refresh.kept);
  }, [refresh]);
  const headerItems = (column: number): readonly MenuItem[] => {
    const name = columns[column]?.name ?? "";
    const key = state.sort.find((each) => each.column === name);
    const others = state.sort.some((each) => each.column !== name);
    return [
      {
        label: "Sort ascending",
        icon: "arrow-up",
        onSelect: () => void store.read({ sort: sortedBy(name, false) }),
      },
      {
        label: "Sort descending",
        icon: "arrow-down",
        onSelect: () => void store.read({ sort: sortedBy(name, true) }),
      },
      ...(others
        ? [
            {
              label: "Then by, ascending",
              icon: "arrow-up" as const,
              onSelect: () => void store.read({ sort: thenBy(state.sort, name, false) }),
            },
            {
              label: "Then by, descending",
              icon: "arrow-down" as const,
              onSelect: () => void store.read({ sort: thenBy(state.sort, name, true) }),
            },
          ]
        : []),
      ...(key && others
        ? [{ label: "Do not sort by it", onSelect: () => void store.read({ sort: without(state.sort, name) }) }]
        : []),
      ...(state.sort.length ? [{ label: "Do not sort", onSelect: () => void store.read({ sort: [] }) }] : []),
      { separator: true as const },
      { label: "Filter by this column", icon: "filter", onSelect: () => openFilter(name) },
    ];
  };

  const error = failure ? present(failure.code) : null;
  const bar = (
    <div
      className={`flex items-center gap-2 px-2 min-h-[36px] border-b border-line bg-surface-1 min-w-0 ${documents ? "flex-wrap" : ""}`}
      data-pane-bar
    >
      {barStart}
      <IconButton
        icon="refresh"
        label={`Read the ${what.many} again`}
        keys={refreshKeys}
        loading={state.loading}
        onClick={() => void store.read()}
      />
      <span {...tip(`Filter ${what.many}`, filterKeys)} className="min-w-0">
        <FilterBar
          columns={columns}
          conditions={state}
          onChange={(change) => void store.read(change)}
          choicesOf={choicesOf}
          more={[
            ...(whereField
              ? [
                  {
                    label: documents ? "Write a filter…" : "Write WHERE…",
                    icon: "terminal" as const,
                    onSelect: () => openWhere(),
                  },
                ]
              : []),
            {
              label: documents ? "Show as a filter" : "Show as WHERE",
              ...(filtered ? {} : { disabledReason: "nothing is filtered" }),
              onSelect: showAsWhere,
            },
          ]}
          editing={editing}
          onEdit={setEditing}
        />
      </span>
      {state.facts?.filtered_for_you ? (
        <span
          className="shrink-0"
          {...tip(
            "Row security is on: the server shows you only the rows your policies allow. Others may see more. Counts and statistics are of these rows.",
          )}
        >
          <Badge tone="info" icon="shield">
            filtered for you
          </Badge>
        </span>
      ) : null}
      <span className="flex-1" />
      <LiveMenu live={live} status={status} listens={state.facts?.listens ?? false} onChange={setLive} />
      {browsed && !otherwise ? <EditMarks store={edits} /> : null}
      {otherwise ? null : charted.toggle}
      {browsed?.head.documents ? documents?.toggle(browsed.head) : null}
      {progress ? (
        <ProgressLine
          progress={progress}
          filtered={filtered}
          what={what}
          end={
            state.count === "counting" ? (
              <Button dense icon="stop" onClick={() => store.stop()}>
                Stop counting
              </Button>
            ) : state.count ? (
              <span
                className="rh-meta shrink-0"
                {...tip(
                  `Counted by the server${filtered ? " under these conditions" : ""} in ${formatDuration(state.count.elapsed_ms)}`,
                )}
              >
                of {formatCount(state.count.rows)}
                {filtered ? " that match" : ""}
              </span>
            ) : progress.state === "complete" ? null : (
              <span className="flex items-center gap-2 shrink-0">
                {estimatedRows != null && estimatedRows >= 0 ? (
                  <span
                    className="rh-meta"
                    {...tip(
                      filtered
                        ? "The server's estimate of all rows, whatever the conditions: how many match is not known before they are counted"
                        : "The server's estimate",
                    )}
                  >
                    {filtered ? `of ~${formatCount(estimatedRows)} in all` : `of ~${formatCount(estimatedRows)}`}
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

  /** The server, or we, did not understand what was written for WHERE. */
  const misread = failure?.code === "invalid_statement" || failure?.code === "not_found";
  const wrongWhere = state.where !== "" && misread && (failure.range !== null || state.filters.length === 0);
  const where = whereField && (whereOpen || state.where !== "") ? state.where : null;
  const shape = (
    <ShapeLine
      where={where}
      called={documents ? "filter" : "WHERE"}
      draft={draft ?? state.where}
      onDraft={setDraft}
      onWhere={applyWhere}
      onCloseWhere={() => {
        setDraft(null);
        if (state.where === "") setWhereOpen(false);
        grid.current?.focus();
      }}
      failure={wrongWhere ? failure : null}
      field={whereField}
      focus={whereOpen}
      sort={state.sort}
      onSort={(sort) => void store.read({ sort })}
    />
  );
  /** Shift and a press on a column's head: one more sort key, instead of a wider selection. */
  const onHeadPress = (event: PointerEvent) => {
    if (!event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || event.button !== 0) return;
    if (!(event.target instanceof Element) || event.target.closest("[data-part]")) return;
    const place = event.target.closest<HTMLElement>(".rg-head")?.dataset["place"];
    const column = place === undefined ? undefined : grid.current?.visibleColumns()[Number(place)];
    const name = column === undefined ? undefined : columns[column]?.name;
    if (name === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    void store.read({ sort: pressed(state.sort, name) });
  };

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
        {note ? (
          <Banner tone="warn" edge onDismiss={() => setNote(null)}>
            {note}
          </Banner>
        ) : null}
        {failure && error && !wrongWhere ? (
          <Banner tone={error.severity} edge detail={said(failure.hint)} actions={retry(true)}>
            {failure.message}
          </Banner>
        ) : null}
        <div className="flex-1 min-h-0 relative" aria-busy={state.loading} onPointerDownCapture={onHeadPress}>
          {progress.rows === 0 && progress.state === "complete" && !charted.on && !otherwise ? (
            <div className="absolute inset-x-0 bottom-0 top-[40px] grid place-items-center pointer-events-none z-10">
              <div className="pointer-events-auto">
                <EmptyState
                  picture="empty"
                  title={filtered ? `No ${what.one} matches` : `No ${what.many}`}
                  actions={
                    filtered ? (
                      <Button onClick={() => void store.read({ filters: [], any: false, where: "" })}>
                        Clear the filters
                      </Button>
                    ) : undefined
                  }
                >
                  {filtered
                    ? `The server found no ${what.one} under these conditions.`
                    : `This ${documents ? "collection" : "relation"} is empty.`}
                </EmptyState>
              </div>
            </div>
          ) : null}
          <Documented
            slot={documents}
            rows={{
              head: browsed.head,
              progress,
              active,
              lineage: refresh?.lineage ?? browsed.head.hold_id,
              onMore: progress.state === "more_pages" ? () => void store.more() : undefined,
              onRead: () => void store.again(null).then((done) => (done ? undefined : store.read())),
              onInfer: () => void store.infer(),
              onClear: filtered ? () => void store.read({ filters: [], any: false, where: "" }) : undefined,
            }}
          >
            <Charted
              view={charted}
              slot={chart}
              rows={{
                head: browsed.head,
                progress,
                active,
                lineage: refresh?.lineage ?? browsed.head.hold_id,
                onMore: progress.state === "more_pages" ? () => void store.more() : undefined,
              }}
            >
              <EditableRows
                ref={grid}
                store={edits}
                saveTo={saveTo}
                highlight={highlight}
                lookup={lookup}
                onView={charted.onView}
                head={browsed.head}
                progress={progress}
                active={active && !charted.on && !otherwise}
                onExport={onExport}
                links={links}
                cellMenu={cellMenu}
                again={refresh ?? undefined}
                density={density}
                layout={layout}
                {...(onLayout ? { onLayout } : {})}
                sort={state.sort}
                headerItems={headerItems}
                statistics={{
                  server: store.statistics,
                  onFilter: (column, value) =>
                    void store.narrow(
                      value === null
                        ? { column, operator: "is_null", values: [] }
                        : { column, operator: "equal", values: [value] },
                    ),
                }}
                onNearEnd={() => void store.more()}
                server={{
                  kind: "relation",
                  read: askServer,
                }}
              />
            </Charted>
          </Documented>
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
        <Spinner label={`Reading the first ${what.many}`} />
      </div>
    );
  }

  return (
    <div ref={root} className="flex flex-col h-full min-h-0" data-scope="relation">
      {bar}
      {shape}
      <div className="flex-1 min-h-0 flex flex-col">{body}</div>
    </div>
  );
}
