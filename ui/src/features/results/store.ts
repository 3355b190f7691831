/** The runs of one tab, live: starts and stops scripts, hears their events, and gives up the holds nobody shows any more. */
import { toast } from "@/design";
import {
  type AppError,
  failureOf,
  type HoldProgress,
  host,
  type NoticeRow,
  type ParameterValue,
  type PolicyActor,
  type RunConsent,
  type SweepQuestion,
} from "@/ipc";
import { isBusy, isSettled, NO_RUN, type RunsAction, type RunsState, runsReducer } from "./model";
import { type Live, OFF } from "./shape/live";

export interface Script {
  readonly profileId: string;
  readonly database: string | null;
  readonly text: string;
  /** Where `text` begins in the document. */
  readonly base: number;
  readonly parameters: readonly ParameterValue[];
  /** Whom it acts as; the login itself unless told. */
  readonly actor?: PolicyActor | null;
  readonly goOn?: boolean;
  /** Whether a person ends the transaction its first statement opens. */
  readonly manual?: boolean;
  /** The yes to what was asked before. */
  readonly confirmed?: RunConsent;
  /** Elsewhere than on the tab's own connection: a session of its own there, and what its results are called. */
  readonly elsewhere?: { readonly session: string; readonly name: string };
}

/** How long a run may take to begin before the pane shows that it is on its way. */
const PATIENCE_MS = 250;

export class RunStore {
  private state: RunsState = NO_RUN;
  private readonly listeners = new Set<() => void>();
  private generation = 0;
  private closed = false;
  /** A script was given to the host, which has not answered. */
  private opening = false;

  /** Holds that go with others, which show the same rows. */
  private readonly lent = new Map<string, string>();

  /** A result that is being read again. */
  private rereading = false;

  /** Sessions on other connections than the tab's own. */
  private readonly elsewhere = new Map<string, string>();

  readonly tabId: string;

  constructor(tabId: string) {
    this.tabId = tabId;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): RunsState => this.state;

  private dispatch(action: RunsAction): void {
    if (this.closed) return;
    this.state = runsReducer(this.state, action);
    for (const listener of this.listeners) listener();
  }

  /**
   * Runs a script; the former run's results go, pinned ones stay. Refused while one is in progress. Answers what a person is
   * asked before anything of it is sent; everything is then as it was.
   */
  async run(script: Script): Promise<SweepQuestion | null> {
    if (isBusy(this.state) || this.opening) return null;
    this.opening = true;
    const former = this.state;
    const { elsewhere } = script;
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      this.generation += 1;
      const on = elsewhere?.name ?? null;
      if (elsewhere) this.elsewhere.set(elsewhere.session, elsewhere.name);
      const { text, base, actor = null } = script;
      this.dispatch({ type: "start", text, base, at: Date.now(), on, actor });
    };
    // What is answered at once needs no sign that it is on its way, and a question leaves the results untouched.
    const patience = setTimeout(begin, PATIENCE_MS);
    const mine = this.generation + 1;
    const current = () => mine === this.generation;
    try {
      const request = {
        tab_id: elsewhere?.session ?? this.tabId,
        profile_id: script.profileId,
        database: script.database,
        text: script.text,
        parameters: [...script.parameters],
        actor: script.actor ?? null,
        go_on: script.goOn ?? false,
        manual_transactions: script.manual ?? false,
        confirmed: script.confirmed ?? null,
      };
      const answer = await host().run(request, (event) => {
        begin();
        // What a former run still says is not for this one: its late result sets are given up.
        if (current()) this.dispatch({ type: "event", event });
        else if (event.event === "result_set") this.release(event.head.hold_id);
        if (event.event === "finished" && elsewhere) void this.leave(elsewhere.session);
      });
      if (answer.answer === "confirm") {
        if (begun && current()) this.dispatch({ type: "restore", state: former });
        return answer.question;
      }
      begin();
      for (const set of former.sets) if (!set.pinned) this.release(set.head.hold_id);
    } catch (thrown) {
      begin();
      if (current()) this.dispatch({ type: "refused", failure: failureOf(thrown) });
      for (const set of former.sets) if (!set.pinned) this.release(set.head.hold_id);
    } finally {
      clearTimeout(patience);
      this.opening = false;
    }
    return null;
  }

  /** Asks the server to stop the statement in progress. Pressed again it is asked again. */
  async stop(): Promise<AppError | null> {
    const { runId } = this.state;
    if (!isBusy(this.state)) {
      await Promise.all(this.unsettled().map((holdId) => this.stopHold(holdId)));
      return null;
    }
    this.dispatch({ type: "stopping" });
    if (!runId) return null;
    return this.attempt(host().cancelRun(runId));
  }

  /** A hold's progress that came outside its run. */
  heard(progress: HoldProgress): void {
    if (this.state.sets.some((set) => set.head.hold_id === progress.hold_id)) {
      this.dispatch({ type: "progress", progress });
    }
  }

  /** The session said something while nothing ran. */
  said(notice: NoticeRow): void {
    this.dispatch({ type: "said", notice });
  }

  show(active: string): void {
    this.dispatch({ type: "show", active });
  }

  pin(holdId: string, pinned: boolean): void {
    this.dispatch({ type: "pin", holdId, pinned });
  }

  /** Closes one result and frees its memory and disk. */
  close(holdId: string): void {
    this.dispatch({ type: "drop", holdId });
    this.release(holdId);
  }

  more(holdId: string): Promise<AppError | null> {
    return this.attempt(host().holdMore(holdId));
  }

  all(holdId: string): Promise<AppError | null> {
    return this.attempt(host().holdAll(holdId));
  }

  /** Keeps a result live, or no more, and why not. */
  keepLive(holdId: string, live: Live, why: string | null = null): void {
    this.dispatch({ type: "live", holdId, live, why });
  }

  /**
   * Runs the statement of a result once more, its rows in place of those on show. False where something else is under way. What
   * goes wrong ends it being kept live; only what was stopped for the sake of another run is tried again.
   */
  async again(holdId: string, keep: number | null): Promise<boolean> {
    if (isBusy(this.state) || this.opening || this.rereading) return false;
    this.rereading = true;
    const { generation } = this;
    const shown = () => this.state.sets.some((set) => set.head.hold_id === holdId);
    try {
      const again = await host().holdAgain(holdId, keep);
      if (this.closed || generation !== this.generation || !shown()) {
        this.release(again.head.hold_id);
        return false;
      }
      this.dispatch({ type: "again", holdId, again, at: Date.now() });
      this.release(holdId);
      return true;
    } catch (thrown) {
      const { code, message, hint } = failureOf(thrown);
      if (generation === this.generation && code !== "cancelled" && code !== "conflict")
        this.keepLive(holdId, OFF, [`Live has ended: ${message}`, hint].filter(Boolean).join(" "));
      return false;
    } finally {
      this.rereading = false;
    }
  }

  /** Looks at more documents for columns: the same rows with more of them. */
  async infer(holdId: string): Promise<AppError | null> {
    const { generation } = this;
    try {
      const head = await host().holdInfer(holdId);
      const set = this.state.sets.find((each) => each.head.hold_id === holdId);
      if (this.closed || generation !== this.generation || !set) {
        this.release(head.hold_id);
        return null;
      }
      const progress = { ...set.progress, hold_id: head.hold_id };
      this.dispatch({ type: "inferred", holdId, head, progress });
      // Giving it up would end a statement that both still read from: it goes with the new one.
      this.lent.set(head.hold_id, holdId);
      return null;
    } catch (thrown) {
      return failureOf(thrown);
    }
  }

  stopHold(holdId: string): Promise<AppError | null> {
    return this.attempt(host().holdStop(holdId));
  }

  /** The tab closes: nothing is left running or held. */
  dispose(): void {
    const { runId, sets } = this.state;
    if (isBusy(this.state) && runId) void this.attempt(host().cancelRun(runId));
    for (const set of sets) this.release(set.head.hold_id);
    for (const session of this.elsewhere.keys()) void this.attempt(host().closeSession(session));
    this.elsewhere.clear();
    this.generation += 1;
    this.closed = true;
    this.listeners.clear();
  }

  /** A transaction that a script left open elsewhere has no commit button here: it must not hold its locks unseen. */
  private async leave(session: string): Promise<void> {
    const state = await host()
      .tabSession(session)
      .catch(() => null);
    if (!state || state.transaction === "idle") return;
    await this.attempt(host().closeSession(session));
    toast({
      tone: "warn",
      title: `The transaction left open on ${this.elsewhere.get(session) ?? "the other connection"} was rolled back`,
      detail: "End a script with COMMIT, or run it in a tab of that connection.",
    });
  }

  private unsettled(): readonly string[] {
    return this.state.sets.filter((set) => !isSettled(set.progress)).map((set) => set.head.hold_id);
  }

  private release(holdId: string): void {
    const lent = this.lent.get(holdId);
    this.lent.delete(holdId);
    if (lent !== undefined) this.release(lent);
    // A hold that is gone already is what we wanted.
    host()
      .holdRelease(holdId)
      .catch(() => undefined);
  }

  private async attempt(call: Promise<unknown>): Promise<AppError | null> {
    try {
      await call;
      return null;
    } catch (thrown) {
      return failureOf(thrown);
    }
  }
}
