import { type Ref, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { Banner, Button, type MenuItem, openContextMenu } from "@/design";
import {
  type AppError,
  type CopyFormat,
  failureOf,
  type HoldProgress,
  host,
  type ResultHead,
  type ResultKey,
} from "@/ipc";
import type { HeaderItems } from "./columns/items";
import { useColumns } from "./columns/useColumns";
import { formatsFor } from "./copying";
import { CellEditor } from "./editing/CellEditor";
import { copyShown } from "./editing/copying";
import { DEFAULT, type Draft, NULL, textDraft } from "./editing/drafts";
import { EditedSource } from "./editing/source";
import type { EditsStore } from "./editing/store";
import type { ShownValue } from "./editing/types";
import { type Editing, type EditNote, useEditing } from "./editing/useEditing";
import { useEditsState } from "./editing/useEdits";
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
import type { CellLinks, Lookup } from "./links";
import { locallySorted } from "./local/columns";
import { progressOf, type ShownView } from "./local/model";
import { firstCellsPainted, resultBegins } from "./marks";
import { gridColumns, holdSource, type ReadAgain } from "./source";

export interface HeldGridProps {
  ref?: Ref<GridHandle>;
  head: ResultHead;
  progress: HoldProgress;
  /** Whether its tab is in front: only then are its commands on offer. */
  active: boolean;
  density?: "dense" | "comfortable";
  layout?: GridLayout | undefined;
  /** Nothing where the layout was reset. */
  onLayout?: ((layout: GridLayout | undefined) => void) | undefined;
  sort?: readonly { readonly column: string; readonly descending: boolean }[];
  onActive?: (place: CellPlace | undefined, cell: Cell | undefined) => void;
  onOpen?: (place: CellPlace, cell: Cell | undefined) => void;
  /** What else a column's menu offers, above what the grid itself does. */
  headerItems?: HeaderItems | undefined;
  onNearEnd?: () => void;
  /** More items for a cell's menu, by its place on screen. */
  rowMenu?: (place: CellPlace) => readonly MenuItem[];
  /** More items for a cell's menu. */
  cellMenu?: (place: CellPlace) => readonly MenuItem[];
  /** These are rows that were shown before, read once more: the grid stays in place. */
  again?: ReadAgain | undefined;
  /** A text whose cells are marked, whatever its case. */
  sought?: string | undefined;
  /** Where cells lead. */
  links?: CellLinks | undefined;
  /** Offers these rows for export. */
  onExport?: ((rows: ExportedRows) => void) | undefined;
  /** Some of the rows in another order, in place of all. */
  view?: ShownView | null | undefined;
  /** Where rows can be edited: the staged edits, and what stands around the grid for them. */
  editing?: GridEditing | undefined;
}

export interface GridEditing {
  store: EditsStore | null;
  /** A text beside the rows has the focus: keys of the grid are that text's own. */
  typing: boolean;
  handle: RefObject<Editing | null>;
  onBeside: (place: CellPlace, draft?: Draft) => void;
  onNote: (note: EditNote | null) => void;
  /** Chooses a referenced row for a foreign key's cell. */
  lookup?: Lookup | undefined;
}

/** What is to be exported: held rows, and what of them is chosen. */
export interface ExportedRows {
  readonly head: ResultHead;
  readonly progress: HoldProgress;
  readonly range: GridRange | null;
}

const NO_PENDING: ReadonlyMap<string, ShownValue> = new Map();
const NO_SORT: readonly { readonly column: string; readonly descending: boolean }[] = [];

/** The rows of one hold in the grid: windows, copying, menus. Another hold means another grid content, never a mixture. */
export function HeldGrid({
  ref,
  head,
  progress,
  sort = NO_SORT,
  onActive,
  onOpen,
  layout,
  onLayout,
  headerItems,
  rowMenu,
  cellMenu,
  again,
  onExport,
  links,
  view: local = null,
  editing: around,
  active,
  ...rest
}: HeldGridProps) {
  const [failure, setFailure] = useState<AppError | null>(null);
  const own = useRef<GridHandle>(null);
  const columns = useMemo(
    () => locallySorted(gridColumns(head.columns, sort, head.foreign_keys), local?.request.sort ?? []),
    [head, sort, local],
  );
  // Whose rows are read, copied and exported; edited and followed are those they are of.
  const shown = useMemo(() => (local ? { ...head, hold_id: local.holdId } : head), [head, local]);
  const more = progress.state === "reading" || progress.state === "paused" || progress.state === "more_pages";
  const latest = useRef({ rows: progress.rows, more, again });
  latest.current = { rows: progress.rows, more, again };
  /** What the grid showed last, until the same rows are here again. */
  const former = useRef<{ lineage: string; cell: ReturnType<BlockSource["keepsake"]> } | null>(null);
  // Made where it is closed: an effect that runs again gets a source that works.
  const [sources, setSources] = useState<{ held: BlockSource; rows: EditedSource } | null>(null);
  useLayoutEffect(() => {
    const failed = (thrown: unknown) => setFailure(failureOf(thrown));
    const seen = local ? { rows: local.rows, more: false } : latest.current;
    const lineage = local ? shown.hold_id : (latest.current.again?.lineage ?? shown.hold_id);
    const before = former.current?.lineage === lineage ? former.current.cell : undefined;
    const held = holdSource({ head: shown, ...seen }, columns, failed, before);
    const rows = new EditedSource(
      held,
      head,
      (holdId, known) => holdSource({ head: { ...head, hold_id: holdId }, rows: known, more: false }, columns, failed),
      local,
    );
    setSources({ held, rows });
    return () => {
      former.current = { lineage, cell: held.keepsake() };
      rows.close();
      held.close();
    };
  }, [head, shown, local, columns]);
  useLayoutEffect(() => resultBegins(head.hold_id), [head.hold_id]);
  // A view stays what it is when more rows come: another one is made of them.
  useEffect(() => {
    if (!local) sources?.held.grow(progress.rows, more);
  }, [sources, local, progress.rows, more]);
  const source = sources?.rows ?? null;
  const shownProgress = useMemo(() => (local ? progressOf(local, progress) : progress), [local, progress]);

  const store = around?.store ?? null;
  const edits = useEditsState(store);
  useLayoutEffect(() => source?.set(edits?.staged ?? null, edits?.pending ?? NO_PENDING), [source, edits]);
  const view = edits?.staged?.view;
  const editable = view !== undefined && view.refused === null;
  useLayoutEffect(() => {
    if (!source || !editable || !view.columns.some((column) => column.read_only)) return;
    source.columns = columns.map((column, index) => {
      const why = view.columns[index]?.read_only;
      return why ? { ...column, readOnly: why } : column;
    });
    own.current?.relayout();
  }, [source, editable, view, columns]);
  const editing = useEditing({
    head,
    store,
    source,
    grid: own,
    onBeside: (place, draft) => around?.onBeside(place, draft),
    onView: (place) => onOpen?.(place, cellAt(place)),
    onNote: (note) => around?.onNote(note),
  });
  if (around) around.handle.current = editing;
  const { session } = editing;
  const valueKeys = {
    null: useKeys("edits.null"),
    default: useKeys("edits.default"),
    empty: useKeys("edits.empty"),
    beside: "Alt+Enter",
  };
  const arranged = useColumns({ head, columns, grid: own, layout, onLayout, headerItems, active });
  const [looked, setLooked] = useState<{ key: ResultKey; place: CellPlace; anchor: Box } | null>(null);
  useEffect(() => (source ? () => setLooked(null) : undefined), [source]);
  const keyOf = (column: number): ResultKey | undefined =>
    around?.lookup ? head.foreign_keys.find((key) => !key.obstacle && key.values_at.includes(column)) : undefined;
  const lookUp = (place: CellPlace) => {
    const key = keyOf(place.column);
    const anchor = own.current?.boxOf(place);
    if (!key || !anchor) return;
    if (session) editing.cancel();
    setLooked({ key, place, anchor });
  };
  const keys = {
    insert: useKeys("edits.insert"),
    duplicate: useKeys("edits.duplicate"),
    delete: useKeys("edits.delete"),
    revert: useKeys("edits.revert"),
  };

  const cellAt = (place: CellPlace) => source?.cell(place.row, place.column);
  const copyAs = (range: GridRange, format: CopyFormat) => {
    if (source) void copyShown(head, store, source, range, format);
  };
  const copy = (range: GridRange) => copyAs(range, "tsv");
  const menu = (place: CellPlace): readonly MenuItem[] => {
    const range: GridRange = own.current?.selection() ?? {
      firstRow: place.row,
      lastRow: place.row,
      columns: [place.column],
      kind: "cells",
    };
    return [
      ...formatsFor(head, range).map(({ format, label }, index) => ({
        label,
        ...(index === 0 ? { icon: "copy" as const, keys: "Mod+C" } : {}),
        onSelect: () => copyAs(range, format),
      })),
      ...(onExport
        ? [
            {
              label: "Export…",
              icon: "download" as const,
              keys: "Mod+Shift+X",
              onSelect: () => onExport({ head: shown, progress: shownProgress, range }),
            },
          ]
        : []),
      { separator: true as const },
      {
        label: "Open the cell",
        icon: "open-external" as const,
        keys: editable ? "Space" : "Enter",
        onSelect: () => onOpen?.(place, cellAt(place)),
      },
      ...(rowMenu?.(place) ?? []),
      ...(editable ? editItems(place) : []),
      ...(held(place) ? (cellMenu?.({ ...place, row: held(place)?.row ?? place.row }) ?? []) : []),
    ];
  };
  /** The held row on the screen's place. */
  const held = (place: CellPlace) => {
    const at = source?.at(place.row);
    return at?.kind === "held" ? at : undefined;
  };
  /** Where a held cell leads; what is staged upon it leads nowhere yet. */
  const linked = (place: CellPlace): CellPlace | undefined => {
    const at = held(place);
    return at && cellAt(place)?.mark === undefined ? { ...place, row: at.row } : undefined;
  };
  const linkItems = (place: CellPlace, box: Box): readonly MenuItem[] => {
    const at = linked(place);
    return (at && links?.menu(head, at, (column) => cellAt({ ...place, column }), box)) ?? [];
  };
  useEffect(() => {
    const grid = own.current;
    if (!links || !source || !grid) return;
    // Who follows keys knows held rows; where they stand on the screen is known here.
    const activate = (place: CellPlace) => {
      const screen = source.map.ofHeld(place.row) ?? (source.viewed ? undefined : place.row);
      if (screen !== undefined) grid.activate({ ...place, row: screen });
    };
    return links.shown(head, { ...grid, activate });
  }, [links, head, source]);
  /** What the clipboard has, as if pasted by key; where only the key may read it, that is said. */
  const pasteHere = async () => {
    const range = own.current?.selection();
    if (!range) return;
    try {
      const text = await host().readClipboard();
      if (text !== "") await editing.paste(text, range);
    } catch {
      own.current?.focus();
      around?.onNote({ text: "The clipboard cannot be read from a menu here. Press Ctrl+V to paste." });
    }
  };
  const editItems = (place: CellPlace): readonly MenuItem[] => {
    const overlay = source?.overlayAt(place.row);
    const name = head.columns[place.column]?.name ?? "";
    const described = view?.columns[place.column];
    const keyed = (given: string | undefined) => (given ? { keys: given } : {});
    return [
      { label: "Edit", icon: "edit", keys: "F2", onSelect: () => editing.begin(place) },
      ...(keyOf(place.column)
        ? [
            {
              label: `Choose from ${keyOf(place.column)?.object.name}…`,
              icon: "search" as const,
              onSelect: () => lookUp(place),
            },
          ]
        : []),
      {
        label: "Set to",
        items: [
          {
            label: "NULL",
            ...keyed(valueKeys.null),
            disabledReason: described && !described.nullable ? `${name} takes no NULL` : undefined,
            onSelect: () => void editing.fill(NULL, "Set NULL"),
          },
          {
            label: described?.default ? `Default, ${described.default}` : "Default",
            ...keyed(valueKeys.default),
            onSelect: () => void editing.fill(DEFAULT, "Set default"),
          },
          {
            label: "Empty text",
            ...keyed(valueKeys.empty),
            onSelect: () => void editing.fill(textDraft(""), "Set empty text"),
          },
        ],
      },
      {
        label: "Paste",
        icon: "paste",
        keys: "Mod+V",
        onSelect: () => void pasteHere(),
      },
      { separator: true },
      { label: "New row below", icon: "plus", ...keyed(keys.insert), onSelect: () => void editing.insert() },
      { label: "Duplicate rows", icon: "copy", ...keyed(keys.duplicate), onSelect: () => void editing.duplicate() },
      {
        label: overlay?.row.kind === "delete" ? "Keep rows" : "Delete rows",
        icon: "trash",
        ...keyed(keys.delete),
        onSelect: () => void editing.remove(),
      },
      {
        label: "Take back changes",
        icon: "undo",
        ...keyed(keys.revert),
        disabledReason: overlay && overlay.row.kind !== "saved" ? undefined : "nothing is staged here",
        onSelect: () => void editing.revert(),
      },
    ];
  };
  const offered = (format: CopyFormat) => ({
    run: () => {
      const range = own.current?.selection();
      if (range) copyAs(range, format);
    },
  });
  useOffers(
    {
      "results.copy-csv": offered("csv"),
      "results.copy-json": offered("json"),
      "results.copy-markdown": offered("markdown"),
      "results.copy-ndjson": offered("ndjson"),
      "results.copy-html": offered("html"),
      "results.copy-insert": offered("sql_insert"),
      "results.copy-update": offered("sql_update"),
      "results.copy-in": offered("in_list"),
      ...(onExport
        ? {
            "results.export": {
              run: () => onExport({ head: shown, progress: shownProgress, range: own.current?.selection() ?? null }),
            },
          }
        : {}),
    },
    active,
  );
  // While a cell is open, keys that are a text's own stay with it.
  const open = session !== null || around?.typing === true;
  useOffers(
    editable
      ? {
          "edits.insert": { run: () => void editing.insert() },
          "edits.null": {
            run: () => (session ? editing.commit(NULL, "stay") : void editing.fill(NULL, "Set NULL")),
          },
          "edits.default": {
            run: () => (session ? editing.commit(DEFAULT, "stay") : void editing.fill(DEFAULT, "Set default")),
          },
          "edits.empty": {
            run: () =>
              session ? editing.commit(textDraft(""), "stay") : void editing.fill(textDraft(""), "Set empty text"),
          },
          ...(open
            ? {}
            : {
                "edits.duplicate": { run: () => void editing.duplicate() },
                "edits.delete": { run: () => void editing.remove() },
                "edits.revert": { run: () => void editing.revert() },
              }),
        }
      : {},
    active,
  );
  const handle = (given: GridHandle | null) => {
    own.current = given;
    if (typeof ref === "function") ref(given);
    else if (ref) ref.current = given;
  };

  const node = own.current?.editorNode();
  const described = session ? head.columns[session.column] : undefined;

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
                sources?.held.retry();
              }}
            >
              Try again
            </Button>
          }
        >
          {failure.message}
        </Banner>
      ) : null}
      {arranged.strip}
      <div className="flex-1 min-h-0">
        {source ? (
          <Grid
            ref={handle}
            label={`Rows of ${head.title}`}
            source={source}
            layout={arranged.layout}
            {...arranged.events}
            {...rest}
            onCopy={copy}
            onFirstCells={() => firstCellsPainted(head.hold_id)}
            onActive={(place) => {
              links?.active(head, place && linked(place));
              onActive?.(place, place && cellAt(place));
            }}
            {...(links
              ? {
                  leads: (place: CellPlace) => {
                    const at = linked(place);
                    return at && links.leads(head, at, cellAt(place));
                  },
                  onFollow: (place: CellPlace, box: Box) => {
                    const at = linked(place);
                    if (at) links.follow(head, at, box);
                  },
                }
              : {})}
            onOpen={(place) => onOpen?.(place, cellAt(place))}
            {...(editable
              ? {
                  onEdit: (place: CellPlace, typed: string | undefined) => editing.begin(place, typed),
                  onPaste: (text: string, range: GridRange) => void editing.paste(text, range),
                  onDelete: () => void editing.fill(NULL, "Set NULL"),
                  onCut: (range: GridRange) => {
                    copy(range);
                    void editing.clear("Cut");
                  },
                }
              : {})}
            onContextMenu={(place, event, box) =>
              openContextMenu(event, [...linkItems(place, box), ...menu(place)], "Cell", box)
            }
          />
        ) : null}
        {session && node && described ? (
          <CellEditor
            key={`${session.row}:${session.column}`}
            ref={editing.editor}
            node={node}
            column={described}
            edit={view?.columns[session.column]}
            booleans={head.booleans}
            initial={session.initial}
            typed={session.typed}
            label={`${described.name}, row ${session.row + 1}`}
            keys={valueKeys}
            onCommit={editing.commit}
            onCancel={editing.cancel}
            onBeside={editing.beside}
            lookUpIn={keyOf(session.column)?.object.name}
            onLookUp={() => lookUp(session)}
          />
        ) : null}
        {arranged.over}
        {looked
          ? around?.lookup?.({
              key: looked.key,
              anchor: looked.anchor,
              onClose: () => {
                setLooked(null);
                own.current?.focus();
              },
              onPick: (values) => {
                setLooked(null);
                own.current?.focus();
                void editing.give(
                  looked.place.row,
                  looked.key.values_at.map((column, at) => ({ column, draft: textDraft(values[at] ?? "") })),
                );
              },
            })
          : null}
      </div>
    </div>
  );
}
