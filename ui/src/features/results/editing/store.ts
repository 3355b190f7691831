/** The staged edits of one hold: what the core answered last, and the way to ask it for more. One question at a time. */
import { type AppError, failureOf, host, type RunConsent, type SweepQuestion } from "@/ipc";
import { merged, type Staged } from "./model";
import type { EditStep, EditsReview, EditsView, EditValue, Keep, SaveOutcome, ShownValue } from "./types";

export interface EditsState {
  readonly staged: Staged | null;
  /** Values on their way, by their row and column as `cellKey` names them. */
  readonly pending: ReadonlyMap<string, ShownValue>;
  readonly saving: boolean;
  /** What could not be done last. */
  readonly failure: AppError | null;
  /** How the last save ended, until something else happens. */
  readonly outcome: SaveOutcome | null;
  /** Asked before a save is sent. */
  readonly question: SweepQuestion | null;
}

const NOTHING: ReadonlyMap<string, ShownValue> = new Map();
const START: EditsState = {
  staged: null,
  pending: NOTHING,
  saving: false,
  failure: null,
  outcome: null,
  question: null,
};

/** A step of nothing, to be filled. */
export const step = (label: string, parts: Partial<EditStep>): EditStep => ({
  label,
  set: [],
  add: [],
  duplicate: [],
  delete: [],
  delete_staged: [],
  revert: [],
  revert_cells: [],
  ...parts,
});

export const isEmptyStep = (given: EditStep): boolean =>
  [given.set, given.add, given.duplicate, given.delete, given.delete_staged, given.revert, given.revert_cells].every(
    (part) => !part.length,
  );

export class EditsStore {
  readonly holdId: string;
  private state: EditsState = START;
  private readonly listeners = new Set<() => void>();
  private tail: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private closed = false;
  /** When the core last answered something asked here. */
  private answeredAt = 0;

  constructor(holdId: string) {
    this.holdId = holdId;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): EditsState => this.state;

  private set(change: Partial<EditsState>) {
    if (this.closed) return;
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  /** Nobody looks any more; what is on its way still arrives at the core. */
  close() {
    this.closed = true;
    this.listeners.clear();
  }

  private answered(view: EditsView, change: Partial<EditsState> = {}) {
    this.answeredAt = Date.now();
    this.set({ staged: merged(this.state.staged, view), ...change });
  }

  /** One after the other, in the order of what a person did. */
  private ask<T>(work: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    const asked = this.tail.then(work);
    this.tail = asked.then(
      () => undefined,
      () => undefined,
    );
    return asked.finally(() => {
      this.waiting -= 1;
    });
  }

  private async change(work: () => Promise<EditsView>, pending: ReadonlyMap<string, ShownValue> = NOTHING) {
    this.set({ failure: null, outcome: null, ...(pending.size ? { pending } : {}) });
    try {
      const view = await this.ask(work);
      this.answered(view, { pending: NOTHING });
      return true;
    } catch (thrown) {
      this.set({ failure: failureOf(thrown), pending: NOTHING });
      return false;
    }
  }

  /** Binds the staged edits to the hold's rows; again when more rows came. */
  async open(): Promise<void> {
    try {
      this.answered(await this.ask(() => host().editsOpen(this.holdId)));
    } catch (thrown) {
      const failure = failureOf(thrown);
      // A hold that went meanwhile is nobody's concern; rows that take no edits say so in the view.
      if (failure.code !== "not_found") this.set({ failure });
    }
  }

  /** Something was staged somewhere; what was asked here is known already. */
  heard() {
    if (this.waiting === 0 && !this.state.saving && Date.now() - this.answeredAt > 700) void this.open();
  }

  /** Stages a step; `pending` shows its values until the answer is here. False when it was refused. */
  stage(given: EditStep, pending?: ReadonlyMap<string, ShownValue>): Promise<boolean> {
    if (isEmptyStep(given)) return Promise.resolve(true);
    return this.change(() => host().editsStage(this.holdId, given), pending);
  }

  undo = () => this.change(() => host().editsUndo(this.holdId));
  redo = () => this.change(() => host().editsRedo(this.holdId));
  discard = () => this.change(() => host().editsDiscard(this.holdId));
  resolve = (id: number, keep: Keep) => this.change(() => host().editsResolve(this.holdId, id, keep));

  /** Settles several rows; each is a question of its own. */
  async resolveAll(ids: readonly number[], keep: Keep): Promise<boolean> {
    for (const id of ids) if (!(await this.resolve(id, keep))) return false;
    return true;
  }

  value(id: number, column: number): Promise<EditValue> {
    return this.ask(() => host().editsCell(this.holdId, id, column));
  }

  review(): Promise<EditsReview> {
    return this.ask(() => host().editsReview(this.holdId));
  }

  script(): Promise<string> {
    return this.ask(() => host().editsReviewScript(this.holdId));
  }

  /** Saves all of it in one transaction; answers how it ended, nothing where a question stands first. */
  async save(consent: RunConsent | null = null): Promise<SaveOutcome | null> {
    if (this.state.saving) return null;
    this.set({ saving: true, failure: null, outcome: null, question: null });
    try {
      const answer = await this.ask(() => host().editsSave(this.holdId, consent));
      if (answer.answer === "confirm") {
        this.set({ saving: false, question: answer.question });
        return null;
      }
      const { outcome, edits: view } = answer.saved;
      this.answered(view, { saving: false, outcome });
      return outcome;
    } catch (thrown) {
      this.set({ saving: false, failure: failureOf(thrown) });
      return null;
    }
  }

  stopSaving() {
    host()
      .editsCancel(this.holdId)
      .catch((thrown: unknown) => this.set({ failure: failureOf(thrown) }));
  }

  unask() {
    this.set({ question: null });
  }

  dismiss() {
    this.set({ failure: null, outcome: null });
  }
}
