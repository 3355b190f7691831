import { type PointerEvent, type ReactNode, type Ref, useEffect, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { CellAside } from "../aside/CellAside";
import { RowsAside } from "../aside/RowsAside";
import type { Beside, StatisticsAround } from "../aside/types";
import { useRows } from "../card/useRows";
import { grouped } from "../columns/items";
import type { CellPlace, GridHandle } from "../grid";
import { HeldGrid, type HeldGridProps } from "../HeldGrid";
import type { Lookup } from "../links";
import { localItems } from "../local/items";
import { LocalBar, NoneHere } from "../local/LocalBar";
import { sorted, turned } from "../local/model";
import { type LocalServer, useServerQuery } from "../local/server";
import { useLocal } from "../local/useLocal";
import { SweepDialog } from "../SweepDialog";
import { lookedAt } from "../statistics/facts";
import { ProfileSheet } from "../statistics/ProfileSheet";
import { StatisticsPanel } from "../statistics/StatisticsPanel";
import type { CellSheetHandle } from "./CellSheet";
import { Conflicts } from "./Conflicts";
import type { Draft } from "./drafts";
import { EditBar } from "./EditBar";
import { stagedRows } from "./model";
import { ReviewSheet } from "./ReviewSheet";
import type { EditsStore } from "./store";
import { troubledColumn } from "./troubled";
import type { EditedRow } from "./types";
import type { Editing, EditNote } from "./useEditing";
import { useEditsState } from "./useEdits";

export interface EditableRowsProps extends Omit<HeldGridProps, "onOpen" | "onActive" | "ref" | "editing" | "view"> {
  ref?: Ref<GridHandle>;
  store: EditsStore | null;
  /** The connection a save goes to, where it is production. */
  saveTo?: string | undefined;
  /** Colours SQL. */
  highlight?: ((sql: string) => ReactNode) | undefined;
  /** Chooses a referenced row for a foreign key's cell. */
  lookup?: Lookup | undefined;
  /** A save went through: what the rows' relation is may have changed elsewhere. */
  onSaved?: (() => void) | undefined;
  /** What else is on offer beside a column's statistics. */
  statistics?: StatisticsAround | undefined;
  /** Asks the server for what is filtered and sorted here; nothing where that is not on offer. */
  server?: LocalServer | undefined;
  /** Hears which of the rows are on the screen: some of them, under an id of their own, or all. */
  onView?: ((holdId: string | null) => void) | undefined;
}

const samePlace = (a: CellPlace, b: CellPlace) => a.row === b.row && a.column === b.column;

/** Held rows with everything to edit them: cells in place and beside, what is staged, its review, conflicts and save. */
export function EditableRows({
  ref,
  store,
  saveTo,
  highlight,
  lookup,
  onSaved,
  statistics,
  server,
  onView,
  head,
  active,
  ...rest
}: EditableRowsProps) {
  const state = useEditsState(store);
  const grid = useRef<GridHandle>(null);
  const editing = useRef<Editing | null>(null);
  const sheet = useRef<CellSheetHandle>(null);
  const [beside, setBeside] = useState<Beside | null>(null);
  const [typing, setTyping] = useState(false);
  const [note, setNote] = useState<EditNote | null>(null);
  const [review, setReview] = useState(false);
  const [conflicts, setConflicts] = useState(false);
  const [profile, setProfile] = useState(false);
  const staged = state?.staged ?? null;
  const source = editing.current?.source ?? null;

  /** Takes what stands in the sheet; what was not changed is no edit. */
  const settleSheet = async (): Promise<boolean> => {
    const now = sheet.current?.read();
    if (!now || beside?.kind !== "cell") return true;
    return (await editing.current?.put(beside.place, now.draft, now.initial, beside.of)) ?? true;
  };
  const settle = async () => (await settleSheet()) && ((await editing.current?.settle()) ?? true);
  const latest = useRef({ settleSheet, beside });
  latest.current = { settleSheet, beside };

  const close = () => {
    setBeside(beside?.kind === "cell" && beside.fromCard ? { kind: "row", ...beside.place } : null);
    setTyping(false);
    grid.current?.focus();
  };
  /** Opens something beside the rows; what was entered in the sheet there is taken first. */
  const open = (next: Beside) => {
    void settleSheet();
    setBeside(next);
  };
  const show = (place: CellPlace, begun: Draft | undefined, viewed: boolean, fromCard = false) => {
    const rows = editing.current?.source;
    setBeside({
      kind: "cell",
      place,
      begun,
      viewed,
      cell: rows?.cell(place.row, place.column),
      of: rows ?? null,
      ...(fromCard ? { fromCard } : {}),
    });
  };
  const cursor = useRef<CellPlace | undefined>(undefined);
  const { local, state: locally } = useLocal(
    head.hold_id,
    rest.progress,
    {
      columns: () => grid.current?.visibleColumns() ?? head.columns.map((_, index) => index),
      // Other rows take the places of these: what was begun here is taken, what stands beside one of these rows goes.
      settle: async () => {
        await latest.current.settleSheet();
        await editing.current?.settle();
        setBeside((now) => (now?.kind === "statistics" ? now : null));
        cursor.current = undefined;
      },
      cursor: () => {
        const at = cursor.current;
        const row = at ? (editing.current?.source?.map.placeAt(at.row) ?? -1) : -1;
        return at && row >= 0 ? { row, column: at.column } : null;
      },
      go: ({ row, column }) => {
        const screen = editing.current?.source?.screenOf(row);
        if (screen !== undefined) grid.current?.activate({ row: screen, column });
        return screen !== undefined;
      },
    },
    rest.again !== undefined,
  );
  const seen = locally?.view ?? null;
  const asked = useServerQuery(head.hold_id, seen, seen?.columns ?? [], server?.kind === "query");
  const onServer =
    server?.kind === "relation" && seen
      ? {
          run: () => {
            server.read(seen.request, seen.columns);
            local?.clear();
          },
        }
      : server?.kind === "query" && asked
        ? {
            run: () => (asked.text === null ? undefined : server.open(asked.text)),
            disabledReason: asked.refused ?? undefined,
          }
        : undefined;
  /** Shift and a press on a head: one more key of the sort, where the server's is not meant by it. */
  const onHeadPress = (event: PointerEvent) => {
    if (!local || rest.sort !== undefined || event.button !== 0 || !event.shiftKey) return;
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
    if (event.target.closest("[data-part]")) return;
    const place = event.target.closest<HTMLElement>(".rg-head")?.dataset["place"];
    const column = place === undefined ? undefined : grid.current?.visibleColumns()[Number(place)];
    if (column === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    local.sort(turned(local.snapshot().wanted.sort, column));
  };
  const sortBy = (descending: boolean) => ({
    run: () => {
      const column = cursor.current?.column ?? grid.current?.selection()?.columns[0];
      if (column !== undefined) local?.sort(sorted([], column, descending, false));
    },
  });
  useOffers(
    local
      ? {
          "results.find": { run: () => local.open("find") },
          "results.filter": { run: () => local.open("filter") },
          "results.sort-ascending": sortBy(false),
          "results.sort-descending": sortBy(true),
          "results.show-all": {
            run: () => local.clear(),
            ...(seen ? {} : { disabledReason: "they are shown already" }),
          },
          ...(locally?.sought
            ? {
                "results.find-next": { run: () => local.next(false) },
                "results.find-previous": { run: () => local.next(true) },
              }
            : {}),
        }
      : {},
    active,
  );

  /** What is beside the rows goes with the cursor, where it is of one cell, row or column. */
  const follow = (place: CellPlace | undefined) => {
    if (!place || !beside) return;
    switch (beside.kind) {
      case "cell":
        if (samePlace(place, beside.place)) return;
        void settleSheet();
        show(place, undefined, beside.viewed, beside.fromCard);
        return;
      case "row":
        if (place.row !== beside.row || place.column !== beside.column) setBeside({ kind: "row", ...place });
        return;
      case "statistics":
        if (place.column !== beside.column) setBeside({ kind: "statistics", column: place.column });
        return;
      case "compare":
        return;
    }
  };
  const save = async () => {
    setReview(false);
    if (!store || !(await settle())) return;
    const { beside: now } = latest.current;
    if (now?.kind === "cell" && !now.viewed) setBeside(null);
    await store.save();
  };

  const go = (row: EditedRow) => {
    const rows = editing.current?.source;
    const screen = row.at !== null ? rows?.map.ofHeld(row.at) : rows?.map.ofAdded(row.id);
    if (screen === undefined) {
      if (seen)
        setNote({
          text: `${row.name} is not among the rows shown here.`,
          choices: [{ label: "Show all rows", run: () => local?.clear() }],
        });
      else setNote({ text: `${row.name} is not among the rows read here. Clear the filters, or read on, to see it.` });
      return;
    }
    const names = head.columns.map(({ name }) => name);
    grid.current?.activate({ row: screen, column: troubledColumn(row, names) });
    grid.current?.focus();
  };
  const goTo = useRef(go);
  goTo.current = go;
  const saved = useRef(onSaved);
  saved.current = onSaved;

  // A save that was refused shows the first row it was refused for; one that went through may have changed more than these rows.
  const outcome = state?.outcome ?? null;
  useEffect(() => {
    if (!store || !outcome) return;
    if (outcome.outcome === "saved" || outcome.outcome === "partly") saved.current?.();
    if (outcome.outcome !== "refused" && outcome.outcome !== "partly") return;
    const rows = [...(store.snapshot().staged?.byId.values() ?? [])].map(({ row }) => row);
    const first = rows.find((row) => row.problem || row.cells.some((cell) => cell.problem));
    if (first) goTo.current(first);
  }, [store, outcome]);
  const held = head.hold_id;
  useEffect(
    () => () => {
      // Other rows come: what was entered beside these is taken first.
      void latest.current.settleSheet();
      if (held) setBeside((now) => (now?.kind === "statistics" || now?.kind === "row" ? now : null));
    },
    [held],
  );

  const waiting = staged ? stagedRows(staged.view.counts) : 0;
  const nothing = waiting === 0 ? { disabledReason: "nothing is staged" } : {};
  const view = staged?.view;
  const question = state?.question ?? null;
  const openConflicts = staged ? [...staged.byId.values()].some(({ row }) => isConflict(row)) : false;
  useOffers(
    view && !view.refused
      ? {
          "edits.save": { run: () => void save() },
          "relation.save": { run: () => void save() },
          "edits.review": { run: () => void settle().then((done) => done && setReview(true)), ...nothing },
          ...(openConflicts ? { "edits.conflicts": { run: () => setConflicts(true) } } : {}),
          ...(typing
            ? {}
            : {
                "edits.undo": {
                  run: () => void store?.undo(),
                  ...(view.undo === null ? { disabledReason: "there is nothing to undo" } : {}),
                },
                "edits.redo": {
                  run: () => void store?.redo(),
                  ...(view.redo === null ? { disabledReason: "there is nothing to redo" } : {}),
                },
              }),
        }
      : {},
    active,
  );

  /** What statistics are made of: the rows that are shown. */
  const looked = {
    holdId: seen?.holdId ?? head.hold_id,
    rows: seen?.rows ?? lookedAt(rest.progress),
    staged: waiting > 0,
  };
  const goToCell = (row: number, column: number) => {
    const screen = editing.current?.source?.screenOf(row);
    if (screen !== undefined) grid.current?.activate({ row: screen, column });
    grid.current?.focus();
  };
  const shownView = locally?.view?.holdId ?? null;
  useEffect(() => onView?.(shownView), [onView, shownView]);
  /** Of these rows those with a value. */
  const keepValue = (column: number, value: string | null) =>
    local?.keep(
      value === null ? { column, operator: "is_null", values: [] } : { column, operator: "equal", values: [value] },
    );
  const statisticsKeys = useKeys("results.statistics");
  const showStatistics = (column: number) => open({ kind: "statistics", column });
  useOffers(
    head.columns.length > 0
      ? {
          "results.statistics": {
            run: () => showStatistics(cursor.current?.column ?? grid.current?.selection()?.columns[0] ?? 0),
          },
          "results.profile": { run: () => setProfile(true) },
        }
      : {},
    active,
  );

  const rowsBeside = useRows({
    head,
    grid,
    source: () => editing.current?.source ?? null,
    cursor,
    staged,
    links: rest.links,
    beside,
    open,
    onCell: (place) => {
      grid.current?.activate(place);
      show(place, undefined, store === null || staged?.view.refused !== null, true);
    },
    close,
    active,
  });
  const second = () => {
    switch (beside?.kind) {
      case "cell":
        return (
          <CellAside
            beside={beside}
            head={head}
            store={store}
            staged={staged}
            source={beside.of ?? source}
            sheet={sheet}
            onTyping={setTyping}
            onApply={() =>
              void settleSheet().then((done) => {
                if (done) close();
              })
            }
            onClose={close}
          />
        );
      case "statistics":
        return (
          <StatisticsPanel
            head={head}
            {...looked}
            column={beside.column}
            onClose={close}
            onProfile={() => setProfile(true)}
            onRow={(row) => goToCell(row, beside.column)}
            onFilter={statistics?.onFilter ?? ((_, value) => keepValue(beside.column, value))}
            server={statistics?.server}
          />
        );
      default:
        return rowsBeside.shown();
    }
  };

  return (
    <RowsAside
      label="Width of what is beside the rows"
      least={rowsBeside.least}
      onClose={close}
      beside={second()}
      rows={
        <div className="flex flex-col h-full min-h-0">
          {local && locally ? (
            <LocalBar
              local={local}
              state={locally}
              head={head}
              partial={rest.progress.state !== "complete"}
              rows={rest.progress.rows}
              onServer={onServer}
              onTyping={setTyping}
              onClose={() => grid.current?.focus()}
            />
          ) : null}
          <div className="flex-1 min-h-0 relative" onPointerDownCapture={onHeadPress}>
            {seen && seen.rows === 0 ? <NoneHere text={seen.request.contains} onAll={() => local?.clear()} /> : null}
            <HeldGrid
              {...rest}
              view={seen}
              sought={locally?.bar === "find" ? locally.sought : ""}
              headerItems={(column) =>
                grouped(rest.headerItems?.(column) ?? [], localItems(local, column, rest.sort !== undefined), [
                  {
                    label: "Statistics",
                    icon: "chart",
                    ...(statisticsKeys ? { keys: statisticsKeys } : {}),
                    onSelect: () => showStatistics(column),
                  },
                ])
              }
              ref={(handle) => {
                grid.current = handle;
                if (typeof ref === "function") ref(handle);
                else if (ref) ref.current = handle;
              }}
              head={head}
              active={active}
              editing={{
                store,
                typing: typing || question !== null,
                handle: editing,
                onBeside: (place, draft) => show(place, draft, false),
                onNote: setNote,
                lookup,
              }}
              rowMenu={rowsBeside.menu}
              onOpen={(place) => show(place, undefined, store === null || staged?.view.refused !== null)}
              onActive={(place) => {
                cursor.current = place;
                follow(place);
              }}
            />
          </div>
        </div>
      }
      under={
        <>
          {store && state && staged && !staged.view.refused ? (
            <EditBar
              store={store}
              state={state}
              saveTo={saveTo}
              note={note}
              onDismissNote={() => setNote(null)}
              onSave={() => void save()}
              onReview={() => void settle().then((done) => done && setReview(true))}
              onConflicts={() => setConflicts(true)}
              onGo={go}
            />
          ) : null}
          {profile ? (
            <ProfileSheet
              head={head}
              {...looked}
              onClose={() => setProfile(false)}
              onColumn={(column) => {
                setProfile(false);
                showStatistics(column);
                goToCell(0, column);
              }}
              onCell={(row, column) => {
                setProfile(false);
                goToCell(row, column);
              }}
            />
          ) : null}
          {review && store ? (
            <ReviewSheet
              store={store}
              saveTo={saveTo}
              highlight={highlight}
              onSave={() => void save()}
              onClose={() => setReview(false)}
            />
          ) : null}
          {conflicts && staged && store ? (
            <Conflicts
              staged={staged}
              store={store}
              head={head}
              onGo={(row) => {
                setConflicts(false);
                go(row);
              }}
              onClose={() => {
                setConflicts(false);
                grid.current?.focus();
              }}
            />
          ) : null}
          {store && question ? (
            <SweepDialog
              question={question}
              onConfirm={(consent) => void store.save(consent)}
              onCancel={() => store.unask()}
            />
          ) : null}
        </>
      }
    />
  );
}

const isConflict = (row: EditedRow): boolean => row.problem?.kind === "changed" || row.problem?.kind === "gone";
