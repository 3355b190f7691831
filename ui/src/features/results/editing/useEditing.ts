import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { announce, number, plural } from "@/design";
import { failureOf, type ResultHead } from "@/ipc";
import type { CellPlace, GridHandle, GridRange } from "../grid";
import type { CellEditorHandle, Move } from "./CellEditor";
import { type Draft, draftOf, isInline, NULL, sameDraft, textDraft, typedDraft } from "./drafts";
import { cellRefusal, refusal } from "./editability";
import { editorKind, opensBeside } from "./kinds";
import { placeOf } from "./model";
import { type Empties, pastedBlock, planPaste } from "./paste";
import { readDraft } from "./reading";
import type { EditedSource } from "./source";
import {
  deleteStep,
  duplicateStep,
  insertStep,
  MOST_CELLS,
  MOST_ROWS,
  revertCellsStep,
  revertRowsStep,
  setStep,
  type Target,
} from "./steps";
import { type EditsStore, isEmptyStep } from "./store";
import type { EditStep, RowAddition } from "./types";

/** A cell under edit in its place. */
export interface Session extends CellPlace {
  /** Not known where typing replaced a value that was not read whole. */
  readonly initial: Draft | undefined;
  readonly typed: string | undefined;
  /** The rows it is one of: where others have come since, its place is still one of these. */
  readonly of: EditedSource;
}

/** Said beside the rows: why something was left out, or what a paste took an empty cell for. */
export interface EditNote {
  readonly text: string;
  readonly choices?: readonly { readonly label: string; readonly run: () => void }[];
}

export interface EditingOptions {
  head: ResultHead;
  store: EditsStore | null;
  source: EditedSource | null;
  grid: RefObject<GridHandle | null>;
  /** Opens a cell's value beside the rows, to be read or edited. */
  onBeside: (place: CellPlace, draft?: Draft) => void;
  /** Opens it to be read. */
  onView: (place: CellPlace) => void;
  onNote: (note: EditNote | null) => void;
}

const MOVES: Readonly<Record<Move, readonly [number, number]>> = {
  down: [1, 0],
  up: [-1, 0],
  right: [0, 1],
  left: [0, -1],
  stay: [0, 0],
};

/** Whether a value is edited in its cell. */
const isShort = (draft: Draft): boolean =>
  draft.kind === "null" || draft.kind === "default" || ("text" in draft && isInline(draft.text));

/** Everything a person does to cells and rows, as steps of the edit set. */
export function useEditing({ head, store, source, grid, onBeside, onView, onNote }: EditingOptions) {
  const [session, setSession] = useState<Session | null>(null);
  const editor = useRef<CellEditorHandle | null>(null);
  const open = useRef(session);
  open.current = session;
  const staged = () => store?.snapshot().staged ?? null;
  // The rows on the screen now. What was begun upon others goes to the rows it was begun upon, or nowhere.
  const shown = useRef(source);
  shown.current = source;
  const column = (index: number) => head.columns[index];

  const refused = (why: string) => {
    onNote({ text: why });
    announce(why);
  };
  const close = (focus: boolean) => {
    open.current = null;
    setSession(null);
    grid.current?.setEditing(undefined);
    if (focus) grid.current?.focus();
  };

  /** Gives one cell a value; nothing where it has it already. `rows` are those its place is one of. */
  const put = (
    place: CellPlace,
    draft: Draft,
    initial: Draft | undefined,
    rows: EditedSource | null = source,
  ): Promise<boolean> => {
    if (!store || !rows || (initial && sameDraft(draft, initial))) return Promise.resolve(true);
    const why = cellRefusal(staged(), rows.overlayAt(place.row), place.column);
    if (why !== undefined) {
      refused(why);
      return Promise.resolve(false);
    }
    const name = column(place.column)?.name ?? "";
    const target: Target = { screen: place.row, column: place.column, draft };
    const made = setStep(`Change ${name}`, staged(), rows, [target], () => undefined);
    onNote(null);
    return store.stage(made.step, made.pending);
  };

  /** Gives several cells of a row their values at once: a key of more than one column. */
  const give = (row: number, cells: readonly { column: number; draft: Draft }[]): Promise<boolean> => {
    if (!store || !source || shown.current !== source) return Promise.resolve(false);
    const targets = cells.map(({ column: index, draft }) => ({
      screen: row,
      column: index,
      draft: "text" in draft && column(index) ? typedAs(draft.text, index) : draft,
    }));
    const name = targets.map((target) => column(target.column)?.name ?? "").join(", ");
    const made = setStep(`Change ${name}`, staged(), source, targets, (overlay, index) =>
      cellRefusal(staged(), overlay, index),
    );
    if (made.passed.reasons[0]) refused(made.passed.reasons[0]);
    else onNote(null);
    return store.stage(made.step, made.pending);
  };
  const typedAs = (text: string, index: number): Draft => {
    const described = column(index);
    return described ? typedDraft(text, NULL, described, staged()?.view.columns[index]) : textDraft(text);
  };

  const commit = (draft: Draft, move: Move) => {
    const now = open.current;
    if (!now) return;
    close(true);
    void put(now, draft, now.initial, now.of);
    const [rows, columns] = MOVES[move];
    if (rows !== 0 || columns !== 0) grid.current?.step(rows, columns);
  };

  /** Takes what stands in the open editor: before a save, and when a person goes on elsewhere. */
  const settle = (): Promise<boolean> => {
    const now = open.current;
    const draft = editor.current?.draft();
    if (!now || !draft) return Promise.resolve(true);
    close(false);
    return put(now, draft, now.initial, now.of);
  };
  const latest = useRef(settle);
  latest.current = settle;

  const openCell = (place: CellPlace, initial: Draft | undefined, typed: string | undefined) => {
    if (!source || shown.current !== source) return;
    onNote(null);
    grid.current?.setEditing(place);
    const next = { ...place, initial, typed, of: source };
    open.current = next;
    setSession(next);
  };

  /** Opens a cell. At once where its value is at hand: the next key must find the editor. */
  const begin = (place: CellPlace, typed?: string) => {
    if (!store || !source || shown.current !== source) return;
    void latest.current();
    const overlay = source.overlayAt(place.row);
    const why = cellRefusal(staged(), overlay, place.column);
    if (why !== undefined) {
      if (typed === undefined) onView(place);
      else refused(why);
      return;
    }
    const described = column(place.column);
    if (!described) return;
    const kind = editorKind(described, staged()?.view.columns[place.column]);
    if (opensBeside(kind) && (typed === undefined || kind === "bytes")) {
      onBeside(place);
      return;
    }
    const quick = draftOf(source.cell(place.row, place.column));
    if (typed !== undefined || (quick && isShort(quick))) {
      openCell(place, quick, typed);
      return;
    }
    readDraft(store, source, place.row, place.column)
      .then((initial) => {
        // Somebody went on before it was read.
        if (open.current) return;
        if (isShort(initial)) openCell(place, initial, undefined);
        else onBeside(place);
      })
      .catch((thrown: unknown) => refused(failureOf(thrown).message));
  };

  const range = (): GridRange | undefined => grid.current?.selection();
  const tooMany = (cells: number): boolean => {
    if (cells <= MOST_CELLS) return false;
    refused(`${number(cells)} cells are too many to change one by one. An UPDATE statement does it at once.`);
    return true;
  };
  const tooManyRows = (rows: number): boolean => {
    if (rows <= MOST_ROWS) return false;
    refused(`${number(rows)} rows are too many to change one by one. A statement does it at once.`);
    return true;
  };

  const stage = async (given: EditStep): Promise<boolean> => {
    if (!store || isEmptyStep(given)) return false;
    onNote(null);
    const done = await store.stage(given);
    if (done && given.label) announce(given.label);
    return done;
  };

  /** Gives every selected cell a value: one for all, or by column. */
  const fill = async (given: Draft | ((column: number) => Draft), label: string) => {
    const draft = typeof given === "function" ? given : () => given;
    const at = range();
    if (!store || !source || !at || shown.current !== source) return;
    await latest.current();
    const cells = (at.lastRow - at.firstRow + 1) * at.columns.length;
    if (tooMany(cells)) return;
    const targets: Target[] = [];
    for (let screen = at.firstRow; screen <= at.lastRow; screen += 1)
      for (const index of at.columns) targets.push({ screen, column: index, draft: draft(index) });
    const made = setStep(label, staged(), source, targets, (overlay, index, value) => {
      const why = cellRefusal(staged(), overlay, index);
      if (why !== undefined) return why;
      const takesNull = staged()?.view.columns[index]?.nullable ?? true;
      return value.kind === "null" && !takesNull ? `${column(index)?.name ?? ""} takes no NULL.` : undefined;
    });
    const { passed } = made;
    if (!isEmptyStep(made.step)) {
      onNote(null);
      if (await store.stage(made.step, made.pending)) announce(`${label}: ${plural(made.step.set.length, "cell")}`);
    }
    if (passed.cells > 0)
      refused(
        passed.cells === 1
          ? (passed.reasons[0] ?? "")
          : `${plural(passed.cells, "cell")} left as they are. ${passed.reasons.join(" ")}`,
      );
  };

  const paste = async (text: string, at: GridRange, empties: Empties = "by-column") => {
    if (!store || !source) return;
    if (shown.current !== source) {
      refused("Other rows are shown by now. Paste again where it should go.");
      return;
    }
    await latest.current();
    const why = refusal(staged());
    if (why !== undefined) {
      refused(why);
      return;
    }
    const columns = staged()?.view.columns ?? [];
    const visible = grid.current?.visibleColumns() ?? head.columns.map((_, index) => index);
    const plan = planPaste(
      pastedBlock(text),
      at,
      visible,
      (index) => ({ nullable: columns[index]?.nullable ?? true, textual: head.columns[index]?.class === "text" }),
      empties,
      typedAs,
    );
    if (tooMany(plan.cells.length)) return;
    const known = source.rows();
    const inRows: Target[] = [];
    const added = new Map<number, RowAddition>();
    const last = source.at(known.known - 1);
    const after = last ? placeOf(staged(), last) : null;
    let passedNew = 0;
    for (const { row, column: index, draft } of plan.cells) {
      const screen = at.firstRow + row;
      if (screen < known.known) {
        inRows.push({ screen, column: index, draft });
        continue;
      }
      const addition = added.get(screen) ?? { after, cells: [] };
      added.set(screen, addition);
      if (columns[index]?.not_inserted) passedNew += 1;
      else addition.cells.push([index, draft]);
    }
    const size = `${plan.rows} × ${Math.max(1, Math.round(plan.cells.length / Math.max(1, plan.rows)))}`;
    const made = setStep(`Paste ${size}`, staged(), source, inRows, (overlay, index) =>
      cellRefusal(staged(), overlay, index),
    );
    const whole = { ...made.step, add: [...added.values()] };
    if (!isEmptyStep(whole)) {
      onNote(null);
      if (!(await store.stage(whole, made.pending))) return;
      announce(`Pasted ${plan.rows} rows`);
    }
    const said = [
      ...(made.passed.cells + passedNew > 0
        ? [
            `${plural(made.passed.cells + passedNew, "cell")} left out: ${made.passed.reasons[0] ?? "generated by the server."}`,
          ]
        : []),
      ...(plan.lost > 0 ? [`${plural(plan.lost, "column")} had no place to the right.`] : []),
      ...(added.size > 0 && known.more ? ["New rows stand below the last row read so far."] : []),
    ];
    if (plan.empties > 0) {
      const again = (mode: Empties) => () =>
        void store.undo().then((undone) => (undone ? paste(text, at, mode) : undefined));
      const now =
        empties === "null"
          ? "NULL where the column takes it"
          : empties === "text"
            ? "empty text"
            : "empty text in columns of text, NULL in others";
      onNote({
        text: [`${plural(plan.empties, "empty cell")} pasted as ${now}.`, ...said].join(" "),
        choices: [
          ...(empties === "null" ? [] : [{ label: "As NULL", run: again("null") }]),
          ...(empties === "text" ? [] : [{ label: "As empty text", run: again("text") }]),
        ],
      });
    } else if (said.length > 0) onNote({ text: said.join(" ") });
  };

  const rowsOf = async (): Promise<GridRange | undefined> => {
    await latest.current();
    // Other rows came meanwhile: what is chosen among them was not meant.
    return shown.current === source ? range() : undefined;
  };
  const insert = async () => {
    if (!store || !source) return;
    const at = await rowsOf();
    if (shown.current !== source) return;
    const why = refusal(staged());
    if (why !== undefined) {
      refused(why);
      return;
    }
    if (!(await stage(insertStep(staged(), source, at?.lastRow)))) return;
    const newest = Math.max(-1, ...(staged()?.added.map((row) => row.id) ?? []));
    const screen = source.map.ofAdded(newest);
    const first = staged()?.view.columns.findIndex((each) => each.not_inserted === null && each.default === null) ?? 0;
    if (screen !== undefined)
      grid.current?.activate({ row: screen, column: Math.max(0, at ? (at.columns[0] ?? 0) : first) });
    grid.current?.focus();
  };
  const duplicate = async () => {
    const at = await rowsOf();
    if (!source || !at || tooManyRows(at.lastRow - at.firstRow + 1)) return;
    const last = staged()?.added.reduce((most, row) => Math.max(most, row.id), -1) ?? -1;
    if (!(await stage(duplicateStep(staged(), source, at.firstRow, at.lastRow)))) return;
    const copies = (staged()?.added ?? []).filter((row) => row.id > last).map((row) => row.id);
    const screen = source.map.ofAdded(Math.min(...copies));
    if (screen !== undefined) grid.current?.activate({ row: screen, column: at.columns[0] ?? 0 });
  };
  const remove = async () => {
    const at = await rowsOf();
    if (!source || !at || tooManyRows(at.lastRow - at.firstRow + 1)) return;
    await stage(deleteStep(staged(), source, at.firstRow, at.lastRow));
  };
  const revert = async () => {
    const at = await rowsOf();
    if (!source || !at || tooManyRows(at.lastRow - at.firstRow + 1)) return;
    const whole = at.kind === "rows" || at.kind === "all";
    const cells = revertCellsStep(source, at.firstRow, at.lastRow, at.columns);
    const rows = revertRowsStep(source, at.firstRow, at.lastRow);
    // A new row is dropped, a deleted one kept; of a changed one the chosen cells go back.
    await stage(whole || cells.revert_cells.length === 0 ? rows : cells);
  };

  const save = useCallback(async () => {
    if (!store) return;
    if (await latest.current()) await store.save();
  }, [store]);

  // A press anywhere else takes what was entered: nothing is lost by going on. What floats beside the cell belongs to it.
  const node = () => grid.current?.editorNode();
  const nodeRef = useRef(node);
  nodeRef.current = node;
  useEffect(() => {
    if (!session) return;
    const press = (event: PointerEvent) => {
      if (!(event.target instanceof Element)) return;
      if (nodeRef.current()?.contains(event.target) || event.target.closest(".rh-popover, .rh-dialog")) return;
      void latest.current();
    };
    document.addEventListener("pointerdown", press, true);
    return () => document.removeEventListener("pointerdown", press, true);
  }, [session]);
  // The tab is closed, or other rows come: what stands in the cell is kept as well.
  useLayoutEffect(() => () => void latest.current(), []);
  useLayoutEffect(() => () => void latest.current(), [head.hold_id]);
  useLayoutEffect(() => () => void (source && latest.current()), [source]);

  /** What cutting leaves: NULL where the column takes it, no text where it is one of texts. */
  const clear = (label: string) =>
    fill((index) => {
      const takesNull = staged()?.view.columns[index]?.nullable ?? true;
      return takesNull || column(index)?.class !== "text" ? NULL : textDraft("");
    }, label);

  return {
    source,
    clear,
    session,
    editor,
    begin,
    commit,
    settle,
    cancel: () => close(true),
    /** Goes on with an open cell beside the rows. */
    beside: (draft: Draft) => {
      const now = open.current;
      if (!now) return;
      close(false);
      onBeside({ row: now.row, column: now.column }, draft);
    },
    put,
    give,
    fill,
    paste,
    insert,
    duplicate,
    remove,
    revert,
    save,
  };
}

export type Editing = ReturnType<typeof useEditing>;
