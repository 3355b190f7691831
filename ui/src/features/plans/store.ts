/** The plans of one tab, live: asks for them, stops asking, keeps the last ones at hand to be compared. */
import {
  type AppError,
  type ExplainedPlan,
  failureOf,
  host,
  type ParameterValue,
  type PlanQuestion,
  type PolicyActor,
} from "@/ipc";

export interface PlanWish {
  readonly profileId: string;
  readonly database: string | null;
  /** One statement. */
  readonly text: string;
  /** Where it begins in the document. */
  readonly base: number;
  readonly parameters: readonly ParameterValue[];
  /** Whom it is asked as; the login itself unless told. */
  readonly actor?: PolicyActor | null;
  readonly analyze: boolean;
  /** The digest of the question that was answered with yes. */
  readonly confirmed?: string;
}

export interface PlanState {
  readonly phase: "idle" | "asking" | "stopping" | "done";
  readonly wish: PlanWish | null;
  readonly plan: ExplainedPlan | null;
  /** Those before it, newest first: also what is not kept can be compared. */
  readonly former: readonly ExplainedPlan[];
  readonly failure: AppError | null;
  readonly startedAt: number;
}

export const NO_PLAN: PlanState = {
  phase: "idle",
  wish: null,
  plan: null,
  former: [],
  failure: null,
  startedAt: 0,
};

const MOST_FORMER = 8;

export const isAsking = (state: PlanState): boolean => state.phase === "asking" || state.phase === "stopping";

export class PlanStore {
  private state: PlanState = NO_PLAN;
  private readonly listeners = new Set<() => void>();
  private generation = 0;
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

  readonly snapshot = (): PlanState => this.state;

  private set(change: Partial<PlanState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  /** Asks for a plan. Answers what a person is asked first; everything is then as it was. */
  async explain(wish: PlanWish): Promise<PlanQuestion | null> {
    if (isAsking(this.state)) return null;
    this.generation += 1;
    const mine = this.generation;
    const before = this.state;
    this.set({ phase: "asking", wish, failure: null, startedAt: Date.now() });
    try {
      const answer = await host().explain({
        tab_id: this.tabId,
        profile_id: wish.profileId,
        database: wish.database,
        text: wish.text,
        parameters: [...wish.parameters],
        actor: wish.actor ?? null,
        analyze: wish.analyze,
        confirmed: wish.confirmed ?? null,
      });
      if (mine !== this.generation) return null;
      if (answer.answer === "confirm") {
        this.set({ ...before });
        return answer.question;
      }
      const { plan, former } = this.state;
      const kept = plan ? [plan, ...former].slice(0, MOST_FORMER) : former;
      this.set({ phase: "done", plan: answer.plan, former: kept });
    } catch (thrown) {
      if (mine === this.generation) this.set({ phase: "done", failure: failureOf(thrown) });
    }
    return null;
  }

  /** Asks the server to stop. */
  async stop(): Promise<AppError | null> {
    if (!isAsking(this.state)) return null;
    this.set({ phase: "stopping" });
    try {
      await host().cancelPlan(this.tabId);
      return null;
    } catch (thrown) {
      return failureOf(thrown);
    }
  }

  /** The plan is not shown any more. */
  close(): void {
    if (!isAsking(this.state)) this.set({ ...NO_PLAN });
  }
}

const stores = new WeakMap<object, PlanStore>();

/** The plans of a tab, for as long as `owner`, its runs, lives. */
export function plansOf(owner: object, tabId: string): PlanStore {
  const known = stores.get(owner);
  if (known) return known;
  const store = new PlanStore(tabId);
  stores.set(owner, store);
  return store;
}
