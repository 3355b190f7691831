/**
 * What the runs of one tab look like: pure. A run is a script; each of its statements has an outcome and any number of result
 * sets, each a hold in the core. Pinned sets outlive the run that made them; the rest go when the next run starts.
 */
import type {
  AppError,
  HeldAgain,
  HoldProgress,
  NoticeRow,
  PolicyActor,
  ResultHead,
  RunEvent,
  StatementMark,
  StatementOutcome,
} from "@/ipc";
import type { Refresh } from "./browsing";
import type { Live } from "./shape/live";

export type Outcome = StatementOutcome | { readonly outcome: "running" } | { readonly outcome: "waiting" };

/** A result set on show. */
export interface ResultSet {
  readonly head: ResultHead;
  readonly progress: HoldProgress;
  /** The statement it came from, of the run that made it. */
  readonly statement: number;
  /** The text of that statement, for pinned sets and for "run again". */
  readonly text: string;
  readonly pinned: boolean;
  /** The connection it was run on, where that is not the tab's own. */
  readonly on?: string | null;
  /** How it is kept live, where it is. */
  readonly live?: Live;
  /** The same statement run once more by itself. */
  readonly refresh?: Refresh;
  /** Why it is not kept live any more. */
  readonly liveEnded?: string | null;
}

/** A line of the Messages tab. */
export interface MessageLine {
  readonly key: number;
  readonly statement: number;
  readonly notice: NoticeRow;
}

/** What a session said between runs. */
export interface BetweenLine {
  readonly key: number;
  readonly notice: NoticeRow;
}

/** Most lines kept of what was said between runs; older ones go. */
const MOST_BETWEEN = 500;

export type Phase = "idle" | "starting" | "running" | "stopping" | "finished";

export interface RunsState {
  readonly phase: Phase;
  readonly runId: string | null;
  /** The text that was sent; every range counts from its start. */
  readonly text: string;
  /** Where that text began in the document when it was sent. */
  readonly base: number;
  /** The connection it runs on, where that is not the tab's own. */
  readonly on: string | null;
  /** Whom it acts as; the login itself where `null`. */
  readonly actor: PolicyActor | null;
  readonly statements: readonly StatementMark[];
  readonly outcomes: readonly Outcome[];
  readonly sets: readonly ResultSet[];
  readonly messages: readonly MessageLine[];
  /** What the session said while nothing ran; it outlives the runs. */
  readonly between: readonly BetweenLine[];
  /** The set on show, by hold, or `messages`. */
  readonly active: string;
  readonly startedAt: number;
  readonly elapsedMs: number | null;
  /** The run could not be started at all. */
  readonly failure: AppError | null;
  /** The last statement of it after which the session was somebody else than its tab acts as. */
  readonly left: Extract<RunEvent, { event: "left_actor" }> | null;
}

export const NO_RUN: RunsState = {
  phase: "idle",
  runId: null,
  text: "",
  base: 0,
  on: null,
  actor: null,
  statements: [],
  outcomes: [],
  sets: [],
  messages: [],
  between: [],
  active: "messages",
  startedAt: 0,
  elapsedMs: null,
  failure: null,
  left: null,
};

export type RunsAction =
  | {
      readonly type: "start";
      readonly text: string;
      readonly base: number;
      readonly at: number;
      readonly on?: string | null;
      readonly actor?: PolicyActor | null;
    }
  /** Nothing was run after all. */
  | { readonly type: "restore"; readonly state: RunsState }
  | { readonly type: "event"; readonly event: RunEvent }
  | { readonly type: "progress"; readonly progress: HoldProgress }
  | { readonly type: "said"; readonly notice: NoticeRow }
  | { readonly type: "refused"; readonly failure: AppError }
  | { readonly type: "stopping" }
  | { readonly type: "show"; readonly active: string }
  | { readonly type: "pin"; readonly holdId: string; readonly pinned: boolean }
  | { readonly type: "drop"; readonly holdId: string }
  | { readonly type: "live"; readonly holdId: string; readonly live: Live; readonly why: string | null }
  /** The same rows with other columns. */
  | { readonly type: "inferred"; readonly holdId: string; readonly head: ResultHead; readonly progress: HoldProgress }
  /** The rows of a set as they are now, in place of those before. */
  | { readonly type: "again"; readonly holdId: string; readonly again: HeldAgain; readonly at: number };

const READING = (holdId: string): HoldProgress => ({
  hold_id: holdId,
  rows: 0,
  bytes: 0,
  elapsed_ms: 0,
  state: "reading",
});

/** Whether a script is in progress. */
export const isBusy = (state: RunsState): boolean =>
  state.phase === "starting" || state.phase === "running" || state.phase === "stopping";

/** Whether nobody waits for a hold any more. */
export const isSettled = (progress: HoldProgress): boolean =>
  progress.state !== "reading" && progress.state !== "paused";

export function runsReducer(state: RunsState, action: RunsAction): RunsState {
  switch (action.type) {
    case "start": {
      const pinned = state.sets.filter((set) => set.pinned);
      const { between } = state;
      const { text, base, on = null, actor = null, at: startedAt } = action;
      return { ...NO_RUN, phase: "starting", text, base, on, actor, startedAt, sets: pinned, between };
    }
    case "restore":
      return action.state;
    case "said": {
      const line = { key: (state.between.at(-1)?.key ?? -1) + 1, notice: action.notice };
      return { ...state, between: [...state.between, line].slice(-MOST_BETWEEN) };
    }
    case "refused":
      return { ...state, phase: "finished", failure: action.failure, active: "messages", elapsedMs: 0 };
    case "stopping":
      return isBusy(state) ? { ...state, phase: "stopping" } : state;
    case "progress":
      return withProgress(state, action.progress);
    case "show":
      return { ...state, active: action.active };
    case "pin":
      return {
        ...state,
        sets: state.sets.map((set) => (set.head.hold_id === action.holdId ? { ...set, pinned: action.pinned } : set)),
      };
    case "drop": {
      const sets = state.sets.filter((set) => set.head.hold_id !== action.holdId);
      const active = state.active === action.holdId ? (sets.at(-1)?.head.hold_id ?? "messages") : state.active;
      return { ...state, sets, active };
    }
    case "live":
      return withSet(state, action.holdId, (set) => ({ ...set, live: action.live, liveEnded: action.why }));
    case "inferred": {
      const { head, progress } = action;
      const next = withSet(state, action.holdId, ({ refresh: _, ...set }) => ({ ...set, head, progress }));
      return { ...next, active: state.active === action.holdId ? head.hold_id : state.active };
    }
    case "again": {
      const { head, progress, changed, kept } = action.again;
      const next = withSet(state, action.holdId, (set) => {
        const lineage = set.refresh?.lineage ?? action.holdId;
        const refresh = { lineage, at: action.at, changed: new Set(changed), kept };
        return { ...set, head, progress, refresh };
      });
      return { ...next, active: state.active === action.holdId ? head.hold_id : state.active };
    }
    case "event":
      return onEvent(state, action.event);
  }
}

function withSet(state: RunsState, holdId: string, change: (set: ResultSet) => ResultSet): RunsState {
  return { ...state, sets: state.sets.map((set) => (set.head.hold_id === holdId ? change(set) : set)) };
}

function withProgress(state: RunsState, progress: HoldProgress): RunsState {
  return {
    ...state,
    sets: state.sets.map((set) => (set.head.hold_id === progress.hold_id ? { ...set, progress } : set)),
  };
}

function withOutcome(state: RunsState, index: number, outcome: Outcome): RunsState {
  return { ...state, outcomes: state.outcomes.map((old, at) => (at === index ? outcome : old)) };
}

function onEvent(state: RunsState, event: RunEvent): RunsState {
  switch (event.event) {
    case "started":
      return {
        ...state,
        phase: state.phase === "stopping" ? "stopping" : "running",
        runId: event.run_id,
        statements: event.statements,
        outcomes: event.statements.map(() => ({ outcome: "waiting" })),
      };
    case "statement_started":
      return withOutcome(state, event.index, { outcome: "running" });
    case "result_set": {
      const range = state.statements[event.index]?.range;
      const text = range ? state.text.slice(range.from, range.to) : "";
      const set: ResultSet = {
        head: event.head,
        progress: READING(event.head.hold_id),
        statement: event.index,
        text,
        pinned: false,
        on: state.on,
      };
      // The first set of a run comes to the front by itself; later ones do not pull the eye away.
      const first = !state.sets.some((other) => !other.pinned);
      return { ...state, sets: [...state.sets, set], active: first ? event.head.hold_id : state.active };
    }
    case "progress":
      return withProgress(state, event.progress);
    case "notice":
      return {
        ...state,
        messages: [...state.messages, { key: state.messages.length, statement: event.index, notice: event.notice }],
      };
    case "left_actor":
      // What follows in the transaction is told of every statement; the one that left is what a person looks for.
      return { ...state, left: state.left && !state.left.undone && !event.undone ? state.left : event };
    case "statement_done":
      return withOutcome(state, event.index, event.outcome);
    case "finished": {
      const failed = state.outcomes.some((outcome) => outcome.outcome === "failed");
      const shown = state.sets.some((set) => set.head.hold_id === state.active);
      return {
        ...state,
        phase: "finished",
        elapsedMs: event.elapsed_ms,
        active: failed && !shown ? "messages" : state.active,
      };
    }
  }
}

/** A result's title; one that repeats is numbered. */
export function titleAmong(sets: readonly ResultSet[], index: number): string {
  const called = (set: ResultSet | undefined) => [set?.head.title ?? "", set?.on].filter(Boolean).join(" · ");
  const title = called(sets[index]);
  const before = sets.slice(0, index).filter((set) => called(set) === title).length;
  return before ? `${title} · ${before + 1}` : title;
}

/** The first line of a statement that says something. */
export const firstLine = (text: string): string =>
  text
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .find((line) => line !== "") ?? "";

/** What rows are called. */
export interface RowWords {
  readonly one: string;
  readonly many: string;
}
export const ROWS: RowWords = { one: "row", many: "rows" };
export const DOCUMENTS: RowWords = { one: "document", many: "documents" };

/** One sentence on whether every row is here: never hidden, at any width. */
export function completeness(
  progress: HoldProgress,
  filtered = false,
  what: RowWords = ROWS,
): { text: string; tone: "ok" | "warn" | "danger" } {
  const rows = progress.rows.toLocaleString("en-US");
  const of = filtered ? " of those that match" : "";
  switch (progress.state) {
    case "complete":
      if (progress.rows === 0) return { text: filtered ? `no ${what.many} match` : `no ${what.many}`, tone: "ok" };
      return { text: `all ${rows} ${progress.rows === 1 ? what.one : what.many}${of}`, tone: "ok" };
    case "reading":
      return { text: `${rows} ${what.many} so far`, tone: "ok" };
    case "paused":
    case "more_pages":
      return { text: `first ${rows} ${what.many}${of}`, tone: "warn" };
    case "truncated":
      return { text: `only the first ${rows} ${what.many}`, tone: "warn" };
    case "failed":
      return { text: `${rows} ${what.many}, then an error`, tone: "danger" };
  }
}
