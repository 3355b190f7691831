/** Local work on one hold: the view of it that is shown, and what is looked for in it. The latest request wins. */
import { type AppError, type FoundHits, failureOf, type HeldCell, host, type LocalCondition } from "@/ipc";
import { ViewedRows } from "../editing/viewed";
import { EVERYTHING, isEverything, type LocalRequest, type LocalSort, type ShownView, stepped } from "./model";

/** How long a person pauses before what was typed is done. */
const TYPING_MS = 140;

export type LocalBarMode = "find" | "filter";

export interface LocalState {
  /** What the bar is open for. */
  readonly bar: LocalBarMode | null;
  /** What is asked for: typed at once, done a moment later. */
  readonly wanted: LocalRequest;
  /** What is on the screen; none where all rows are, in the hold's order. */
  readonly view: ShownView | null;
  readonly busy: boolean;
  readonly failure: AppError | null;
  readonly sought: string;
  readonly seeking: boolean;
  /** Counted for what is sought; none before it is known. */
  readonly hits: FoundHits | null;
}

const START: LocalState = {
  bar: null,
  wanted: EVERYTHING,
  view: null,
  busy: false,
  failure: null,
  sought: "",
  seeking: false,
  hits: null,
};

/** What the rows on the screen give: asked for when it is needed. */
export interface LocalSurroundings {
  /** Columns on show, in their order. */
  columns(): readonly number[];
  /** Takes what stands in an open cell, before other rows come. */
  settle(): Promise<unknown>;
  /** Where the cursor is, by the number of the row in what is shown; none where it is nowhere, or in a new row. */
  cursor(): HeldCell | null;
  /** Shows a cell. False where its row is not on the screen: it was deleted. */
  go(cell: HeldCell): boolean;
}

export class LocalRows {
  readonly holdId: string;
  private readonly around: LocalSurroundings;
  private state: LocalState = START;
  private readonly listeners = new Set<() => void>();
  private asked = 0;
  private sought = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private seek: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  /** `former` was at work on the same rows, as they were read before: what was asked there is asked here. */
  constructor(holdId: string, around: LocalSurroundings, former: LocalState | null = null) {
    this.holdId = holdId;
    this.around = around;
    if (former) this.state = { ...START, bar: former.bar, wanted: former.wanted, sought: former.sought };
  }

  /** Does what was asked of the rows that were read before. */
  begin() {
    if (!isEverything(this.state.wanted)) void this.apply();
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): LocalState => this.state;

  private set(change: Partial<LocalState>) {
    if (this.closed) return;
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  /** Nobody looks any more. The view goes with the rows it is of, which may have gone already. */
  close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.seek);
    this.asked += 1;
    this.sought += 1;
    this.listeners.clear();
    if (this.state.view) release(this.state.view.holdId);
  }

  open(bar: LocalBarMode) {
    this.set({ bar });
  }

  closeBar() {
    clearTimeout(this.seek);
    this.sought += 1;
    this.set({ bar: null, seeking: false });
  }

  /** Keeps the rows with a text, as it is typed. */
  filter(contains: string) {
    this.set({ wanted: { ...this.state.wanted, contains } });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.apply(), TYPING_MS);
  }

  /** Keeps the rows that meet a condition, in place of the one there is on its column. */
  keep(condition: LocalCondition) {
    const others = (this.state.wanted.conditions ?? []).filter(({ column }) => column !== condition.column);
    this.set({ wanted: { ...this.state.wanted, conditions: [...others, condition] } });
    void this.apply();
  }

  /** Takes back every condition. */
  keepAll() {
    this.set({ wanted: { ...this.state.wanted, conditions: [] } });
    void this.apply();
  }

  sort(sort: readonly LocalSort[]) {
    this.set({ wanted: { ...this.state.wanted, sort } });
    void this.apply();
  }

  /** Shows every row in the hold's order again. */
  clear() {
    this.set({ wanted: EVERYTHING });
    void this.apply();
  }

  /** Does at once what was typed. */
  settleTyping() {
    if (this.timer !== undefined) void this.apply();
  }

  /** More rows are held by now. */
  grew(rows: number, reading: boolean) {
    if (!reading && this.state.view && rows > this.state.view.of && !this.state.busy) void this.apply();
  }

  async apply(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.asked += 1;
    const mine = this.asked;
    const current = () => mine === this.asked && !this.closed;
    const { wanted: request } = this.state;
    this.set({ busy: true, failure: null });
    let made: string | null = null;
    try {
      let view: ShownView | null = null;
      if (!isEverything(request)) {
        const columns = [...this.around.columns()];
        const answer = await host().holdView(this.holdId, {
          contains: request.contains === "" ? null : request.contains,
          columns,
          conditions: (request.conditions ?? []).map((one) => ({ ...one, values: [...one.values] })),
          sort: request.sort.map((key) => ({ ...key })),
        });
        made = answer.hold_id;
        if (!current()) return release(made);
        const held = ViewedRows.from(await host().holdViewRows(made));
        if (!current()) return release(made);
        view = { holdId: made, rows: answer.rows, of: answer.of, complete: answer.complete, held, request, columns };
      }
      // What stands in an open cell belongs to a row that is on the screen now.
      await this.around.settle();
      if (!current()) return made === null ? undefined : release(made);
      const before = this.state.view;
      this.set({ view, busy: false, hits: null });
      // The grid has let go of the older one by the time this is heard.
      if (before) setTimeout(() => release(before.holdId));
      if (this.state.bar === "find" && this.state.sought !== "") void this.find(true, false);
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (made !== null) release(made);
      if (current()) this.set({ busy: false, failure: failure.code === "cancelled" ? null : failure });
    }
  }

  /** Looks for a text, as it is typed: from the cursor on, the cursor's own cell included. */
  look(sought: string) {
    this.set({ sought, hits: null });
    clearTimeout(this.seek);
    this.seek = setTimeout(() => void this.find(true, false), TYPING_MS);
  }

  /** Goes to the next cell with the text, or the one before. */
  next(backward: boolean) {
    clearTimeout(this.seek);
    void this.find(false, backward);
  }

  private async find(inclusive: boolean, backward: boolean): Promise<void> {
    this.sought += 1;
    const mine = this.sought;
    const { sought: text, view } = this.state;
    if (text === "") {
      this.set({ hits: null, seeking: false });
      return;
    }
    const known = inclusive ? null : this.state.hits;
    this.set({ seeking: true, failure: null });
    let from = this.around.cursor();
    let own = inclusive;
    try {
      // A row that was deleted since it was read is found, and is nowhere to be shown.
      for (let passed = 0; passed < 50; passed += 1) {
        const found = await host().holdFind({
          hold_id: view?.holdId ?? this.holdId,
          text,
          columns: [...this.around.columns()],
          from,
          inclusive: own,
          backward,
          count: known === null && passed === 0,
        });
        if (mine !== this.sought || this.closed) return;
        const counted = passed === 0 ? (found.hits ?? (known && stepped(known, backward))) : this.state.hits;
        this.set({ hits: counted ?? null });
        if (!found.hit || this.around.go(found.hit)) break;
        from = found.hit;
        own = false;
      }
      this.set({ seeking: false });
    } catch (thrown) {
      if (mine !== this.sought) return;
      const failure = failureOf(thrown);
      this.set({ seeking: false, failure: failure.code === "cancelled" ? null : failure });
    }
  }
}

function release(holdId: string): void {
  // What is gone already is what we wanted.
  host()
    .holdRelease(holdId)
    .catch(() => undefined);
}
