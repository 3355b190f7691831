import { useRef, useState, useSyncExternalStore } from "react";
import { useKeys, useOffers } from "@/commands";
import { EmptyState, IconButton, SplitPane, type TabItem, Tabs, toast } from "@/design";
import type { AppError } from "@/ipc";
import { CellViewer } from "./CellViewer";
import { formatCount, formatDuration } from "./format";
import type { Cell, CellPlace, GridHandle, GridLayout } from "./grid";
import { HeldGrid } from "./HeldGrid";
import type { CellLinks } from "./links";
import { MessagesPane } from "./MessagesPane";
import { firstLine, isBusy, type ResultSet, titleAmong } from "./model";
import { ProgressLine, useNow } from "./ProgressLine";
import type { RunStore } from "./store";

export interface ResultsPaneProps {
  store: RunStore;
  density?: "dense" | "comfortable";
  /** Whether the tab is in front: only then are its commands on offer. */
  active: boolean;
  onShowStatement?: (index: number) => void;
  /** Where cells lead. */
  links?: CellLinks;
}

const MESSAGES = "messages";

function refused(failure: AppError | null): void {
  if (failure) toast({ title: failure.message, tone: "danger", ...(failure.hint ? { detail: failure.hint } : {}) });
}

/** A tab per result set, and the messages. */
export function ResultsPane({ store, density = "dense", active, onShowStatement, links }: ResultsPaneProps) {
  const runs = useSyncExternalStore(store.subscribe, store.snapshot);
  const [viewed, setViewed] = useState<(CellPlace & { holdId: string; cell: Cell | undefined }) | null>(null);
  const [viewerSize, setViewerSize] = useState(360);
  const layouts = useRef(new Map<string, GridLayout>());
  const grid = useRef<GridHandle>(null);
  const stopKeys = useKeys("run.stop");
  const busy = isBusy(runs);
  const now = useNow(busy && runs.sets.length === 0);
  const shown = runs.sets.find((set) => set.head.hold_id === runs.active);
  const place = runs.sets.findIndex((set) => set.head.hold_id === runs.active);

  const step = (by: number) => {
    const ids = [...runs.sets.map((set) => set.head.hold_id), MESSAGES];
    const from = place < 0 ? ids.length - 1 : place;
    store.show(ids[(from + by + ids.length) % ids.length] ?? MESSAGES);
  };
  const paused = shown?.progress.state === "paused";
  useOffers(
    {
      "results.messages": { run: () => store.show(MESSAGES) },
      "results.next": { run: () => step(1) },
      "results.previous": { run: () => step(-1) },
      "query.focus-results": { run: () => grid.current?.focus() },
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

  const said = runs.messages.length + runs.between.length;
  const openCell = (set: ResultSet, at: CellPlace, cell: Cell | undefined) =>
    setViewed({ ...at, holdId: set.head.hold_id, cell });
  const items: TabItem[] = [
    ...runs.sets.map((set, index) => ({
      id: set.head.hold_id,
      title: titleAmong(runs.sets, index),
      ...(set.pinned ? { icon: "pin" as const } : {}),
      busy: set.progress.state === "reading",
      meta: `${formatCount(set.progress.rows)}${set.progress.state === "complete" ? "" : "+"}`,
      tooltip: firstLine(set.text),
    })),
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
        if (id !== MESSAGES) store.close(id);
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
          {shown ? (
            <ProgressLine
              progress={shown.progress}
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
      <HeldGrid
        key={shown.head.hold_id}
        ref={grid}
        head={shown.head}
        progress={shown.progress}
        links={links}
        active={active}
        density={density}
        layout={layouts.current.get(shown.head.hold_id)}
        onLayout={(layout) => layouts.current.set(shown.head.hold_id, layout)}
        onOpen={(at, cell) => openCell(shown, at, cell)}
        onActive={(at, cell) => {
          if (viewed && at) openCell(shown, at, cell);
        }}
      />
    )
  ) : (
    <MessagesPane runs={runs} {...(onShowStatement ? { onShowStatement } : {})} />
  );
  const viewing = viewed && shown && viewed.holdId === shown.head.hold_id;

  return (
    // Escape closes the viewer beside the rows, wherever in here it is pressed.
    <div
      className="flex flex-col h-full min-h-0"
      data-scope="query"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || !viewing) return;
        event.preventDefault();
        setViewed(null);
        grid.current?.focus();
      }}
    >
      {bar}
      <div className="flex-1 min-h-0">
        <SplitPane
          direction="row"
          fixed="second"
          size={viewerSize}
          onSizeChange={setViewerSize}
          min={240}
          max={900}
          label="Width of the cell viewer"
          collapsed={!viewing}
          first={rows}
          second={
            viewing ? (
              <CellViewer
                head={shown.head}
                row={viewed.row}
                column={viewed.column}
                cell={viewed.cell}
                onClose={() => {
                  setViewed(null);
                  grid.current?.focus();
                }}
              />
            ) : null
          }
        />
      </div>
    </div>
  );
}
