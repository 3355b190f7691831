import { type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";
import { useKeys, useOffers } from "@/commands";
import { Banner, EmptyState, IconButton, type TabItem, Tabs, toast } from "@/design";
import type { AppError } from "@/ipc";
import { Charted, type ChartSlot, useChartView } from "./chartView";
import type { HeaderItems } from "./columns/items";
import { Documented, type DocumentsSlot, showsOtherwise } from "./documentsView";
import { EditableRows } from "./editing/EditableRows";
import { EditMarks } from "./editing/EditMarks";
import { useEdits } from "./editing/useEdits";
import { formatCount, formatDuration } from "./format";
import type { GridHandle, GridLayout } from "./grid";
import type { ExportedRows } from "./HeldGrid";
import type { CellLinks, Lookup } from "./links";
import { MessagesPane } from "./MessagesPane";
import { DOCUMENTS, firstLine, isBusy, type ResultSet, ROWS, titleAmong } from "./model";
import { ProgressLine, useNow } from "./ProgressLine";
import { LiveMenu } from "./shape/LiveMenu";
import { follow, OFF, standing, useLive } from "./shape/live";
import type { RunStore } from "./store";

/** A tab among the results that somebody else fills. */
export interface ResultsAside {
  readonly id: string;
  readonly title: string;
  readonly busy: boolean;
  readonly content: ReactNode;
  readonly onClose: () => void;
}

export interface ResultsPaneProps {
  store: RunStore;
  density?: "dense" | "comfortable";
  /** Whether the tab is in front: only then are its commands on offer. */
  active: boolean;
  onShowStatement?: (index: number) => void;
  /** Opens a statement in a tab of its own. */
  onStatement?: (text: string) => void;
  onExport?: (rows: ExportedRows) => void;
  /** Where cells lead. */
  links?: CellLinks;
  /** The connection that changes are saved to, where it is production. */
  saveTo?: string | undefined;
  /** Chooses a referenced row for a foreign key's cell. */
  lookup?: Lookup;
  /** One more tab, that is no result: the plan of a statement. */
  aside?: ResultsAside | undefined;
  /** Colours SQL. */
  highlight?: (sql: string) => ReactNode;
  /** Draws a result in the grid's place. */
  chart?: ChartSlot | undefined;
  /** Shows documents otherwise than as a grid. */
  documents?: DocumentsSlot | undefined;
  /** What else a column's menu offers. */
  headerItems?: HeaderItems;
  /** Why no statement can be run again by itself now. */
  away?: string | null;
}

const MESSAGES = "messages";

function refused(failure: AppError | null): void {
  if (failure) toast({ title: failure.message, tone: "danger", ...(failure.hint ? { detail: failure.hint } : {}) });
}

/** What a result and the readings after it have in common: the grid stays in place. */
const lineageOf = ({ head, refresh }: ResultSet): string => refresh?.lineage ?? head.hold_id;

/** The same statement that runs again shows its columns as they were left. */
const arrangedBy = ({ head, text }: ResultSet): string =>
  [text, ...head.columns.map(({ name }) => name)].join("\u001f");

/** A tab per result set, and the messages. */
export function ResultsPane({
  store,
  density = "dense",
  active,
  onShowStatement,
  onStatement,
  onExport,
  saveTo,
  highlight,
  lookup,
  links,
  aside,
  chart,
  documents,
  headerItems,
  away = null,
}: ResultsPaneProps) {
  const runs = useSyncExternalStore(store.subscribe, store.snapshot);
  const layouts = useRef(new Map<string, GridLayout>());
  const grid = useRef<GridHandle>(null);
  const stopKeys = useKeys("run.stop");
  const busy = isBusy(runs);
  const now = useNow(busy && runs.sets.length === 0);
  const shown = runs.sets.find((set) => set.head.hold_id === runs.active);
  const edits = useEdits(
    shown && shown.head.columns.length > 0 && !shown.head.documents ? shown.head : undefined,
    shown?.progress,
  );

  const root = useRef<HTMLDivElement>(null);
  const live = shown?.live ?? OFF;
  // What its statement is, the run says for as long as it is the last one; a pinned result is refused by the core where it has to be.
  const reads =
    shown !== undefined &&
    (shown.pinned || (runs.statements[shown.statement]?.class ?? "read") === "read") &&
    shown.head.columns.length > 0;
  const status = useLive({
    again: (keep) => (shown ? store.again(shown.head.hold_id, keep) : Promise.resolve(false)),
    live,
    obstacle: () => {
      if (!active || document.hidden) return "the tab is not in sight";
      if (away) return away;
      if (isBusy(store.snapshot())) return "a statement is running here";
      return standing(root.current, edits?.snapshot().staged?.view.counts);
    },
    keep: () => grid.current?.selection()?.firstRow ?? null,
    onEnd: (why) => shown && store.keepLive(shown.head.hold_id, OFF, why),
  });
  const refresh = shown?.refresh;
  useEffect(() => {
    if (refresh) follow(grid.current, refresh.kept);
  }, [refresh]);

  const step = (by: number) => {
    const ids = [...runs.sets.map((set) => set.head.hold_id), ...(aside ? [aside.id] : []), MESSAGES];
    const at = ids.indexOf(runs.active);
    const from = at < 0 ? ids.length - 1 : at;
    store.show(ids[(from + by + ids.length) % ids.length] ?? MESSAGES);
  };
  const paused = shown?.progress.state === "paused";
  useOffers(
    {
      "results.messages": { run: () => store.show(MESSAGES) },
      "results.next": { run: () => step(1) },
      "results.previous": { run: () => step(-1) },
      ...(aside ? { "results.plan": { run: () => store.show(aside.id) } } : {}),
      "query.focus-results": { run: () => grid.current?.focus() },
      ...(shown && reads
        ? {
            "results.live": {
              run: () => store.keepLive(shown.head.hold_id, live.kind === "off" ? { kind: "every", seconds: 5 } : OFF),
            },
          }
        : {}),
      ...(shown ? { "results.pin": { run: () => store.pin(shown.head.hold_id, !shown.pinned) } } : {}),
      ...(shown && paused
        ? { "results.load-more": { run: () => void store.more(shown.head.hold_id).then(refused) } }
        : {}),
      ...(shown && paused
        ? { "results.load-all": { run: () => void store.all(shown.head.hold_id).then(refused) } }
        : {}),
    },
    active,
  );

  const otherwise = showsOtherwise(documents, shown?.head);
  const charted = useChartView(
    chart,
    shown && shown.head.columns.length > 0 ? arrangedBy(shown) : undefined,
    active,
    grid,
  );

  const said = runs.messages.length + runs.between.length;
  const items: TabItem[] = [
    ...runs.sets.map((set, index) => ({
      id: set.head.hold_id,
      title: titleAmong(runs.sets, index),
      ...(set.pinned ? { icon: "pin" as const } : {}),
      busy: set.progress.state === "reading",
      meta: `${formatCount(set.progress.rows)}${set.progress.state === "complete" ? "" : "+"}`,
      tooltip: firstLine(set.text),
    })),
    ...(aside ? [{ id: aside.id, title: aside.title, icon: "explain" as const, busy: aside.busy }] : []),
    { id: MESSAGES, title: "Messages", fixed: true, ...(said ? { meta: formatCount(said) } : {}) },
  ];

  const bar = (
    <Tabs
      label="Results"
      variant="panel"
      items={items}
      active={runs.active}
      onActivate={(id) => store.show(id)}
      onClose={(id) => {
        if (aside && id === aside.id) aside.onClose();
        else if (id !== MESSAGES) store.close(id);
      }}
      menu={(id) => {
        const set = runs.sets.find((other) => other.head.hold_id === id);
        if (!set) return [];
        return [
          { label: set.pinned ? "Unpin" : "Pin", icon: "pin", onSelect: () => store.pin(id, !set.pinned) },
          { label: "Close", icon: "close", onSelect: () => store.close(id) },
        ];
      }}
      end={
        <div className="flex items-center gap-2 pr-2 min-w-0">
          {shown && reads ? (
            <LiveMenu
              key={lineageOf(shown)}
              live={live}
              status={status}
              listens={false}
              statement
              onChange={(next) => store.keepLive(shown.head.hold_id, next)}
            />
          ) : null}
          {shown && !otherwise ? <EditMarks store={edits} /> : null}
          {otherwise ? null : charted.toggle}
          {shown?.head.documents ? documents?.toggle(shown.head) : null}
          {shown ? (
            <ProgressLine
              progress={shown.progress}
              what={shown.head.documents ? DOCUMENTS : ROWS}
              onMore={() => void store.more(shown.head.hold_id).then(refused)}
              onAll={() => void store.all(shown.head.hold_id).then(refused)}
              onStop={() => void (busy ? store.stop() : store.stopHold(shown.head.hold_id)).then(refused)}
              stopKeys={stopKeys}
              end={
                <IconButton
                  icon="pin"
                  label={shown.pinned ? "Unpin this result" : "Keep this result when the next run starts"}
                  pressed={shown.pinned}
                  quiet
                  onClick={() => store.pin(shown.head.hold_id, !shown.pinned)}
                />
              }
            />
          ) : runs.elapsedMs !== null ? (
            <span className="rh-meta">{formatDuration(runs.elapsedMs)}</span>
          ) : busy ? (
            <span className="rh-meta" role="status">
              {runs.phase === "stopping" ? "stopping" : "running"} · {formatDuration(Math.max(0, now - runs.startedAt))}
            </span>
          ) : null}
        </div>
      }
    />
  );

  const rows = shown ? (
    shown.head.columns.length === 0 ? (
      <EmptyState icon="rows" title="A result without columns">
        The statement returned {formatCount(shown.progress.rows)} rows that have no columns.
      </EmptyState>
    ) : (
      <Documented
        slot={documents}
        rows={{
          head: shown.head,
          progress: shown.progress,
          active,
          lineage: lineageOf(shown),
          onInfer: () => void store.infer(shown.head.hold_id).then(refused),
        }}
      >
        <Charted
          view={charted}
          slot={chart}
          rows={{
            head: shown.head,
            progress: shown.progress,
            active,
            lineage: lineageOf(shown),
            onStatement,
            onAll: paused ? () => void store.all(shown.head.hold_id).then(refused) : undefined,
          }}
        >
          <EditableRows
            key={lineageOf(shown)}
            ref={grid}
            store={edits}
            saveTo={saveTo}
            highlight={highlight}
            lookup={lookup}
            onView={charted.onView}
            head={shown.head}
            progress={shown.progress}
            active={active && !charted.on && !otherwise}
            onExport={onExport}
            links={links}
            headerItems={headerItems}
            again={refresh}
            {...(onStatement ? { server: { kind: "query" as const, open: onStatement } } : {})}
            density={density}
            layout={layouts.current.get(arrangedBy(shown))}
            onLayout={(layout) => {
              if (layout) layouts.current.set(arrangedBy(shown), layout);
              else layouts.current.delete(arrangedBy(shown));
            }}
          />
        </Charted>
      </Documented>
    )
  ) : aside && runs.active === aside.id ? (
    aside.content
  ) : (
    <MessagesPane runs={runs} {...(onShowStatement ? { onShowStatement } : {})} />
  );

  return (
    <div ref={root} className="flex flex-col h-full min-h-0" data-scope="query">
      {bar}
      {shown?.liveEnded ? (
        <Banner tone="warn" edge onDismiss={() => store.keepLive(shown.head.hold_id, live)}>
          {shown.liveEnded}
        </Banner>
      ) : null}
      <div className="flex-1 min-h-0">{rows}</div>
    </div>
  );
}
