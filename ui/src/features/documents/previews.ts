/** What each stage of a pipeline gives: tried one after the other in a session of their own, held until tried anew. */
import { type AppError, failureOf, type HoldProgress, host, type ObjectRef, type ResultHead } from "@/ipc";
import { type Stage, stagesUpTo, stageText } from "./pipeline";

/** Documents shown of a stage. */
export const SHOWN = 20;

export interface Preview {
  readonly state: "running" | "done" | "failed" | "stopped";
  /** The stages it was made of. */
  readonly of: string;
  readonly head: ResultHead | null;
  readonly progress: HoldProgress | null;
  readonly failure: AppError | null;
  readonly elapsedMs: number;
}

/** What a stage's preview is made of. */
export const sourceOf = (stages: readonly Stage[], key: number): string =>
  stagesUpTo(stages, key).map(stageText).join("\n");

interface Ran {
  readonly head: ResultHead | null;
  readonly progress: HoldProgress | null;
  readonly failure: AppError | null;
  readonly elapsedMs: number;
}

export class Previews {
  private readonly tabId: string;
  private readonly profileId: string;
  private readonly collection: ObjectRef;
  private state: ReadonlyMap<number, Preview> = new Map();
  private readonly listeners = new Set<() => void>();
  private turn = 0;
  private runId: string | null = null;
  private used = false;
  private chain: Promise<void> = Promise.resolve();

  constructor(tabId: string, profileId: string, collection: ObjectRef) {
    this.tabId = `${tabId}-pipeline`;
    this.profileId = profileId;
    this.collection = collection;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): ReadonlyMap<number, Preview> => this.state;

  private put(key: number, preview: Preview | null): void {
    const former = this.state.get(key);
    const next = new Map(this.state);
    if (preview) next.set(key, preview);
    else next.delete(key);
    this.state = next;
    if (former?.head && former.head !== preview?.head) this.release(former.head.hold_id);
    for (const listener of this.listeners) listener();
  }

  /** Tries every stage that is on and not as it was tried before. The latest call wins. */
  try(stages: readonly Stage[], again = false): Promise<void> {
    this.turn += 1;
    const { turn } = this;
    this.cancel();
    this.chain = this.chain.then(() => this.all(stages, turn, again)).catch(() => undefined);
    return this.chain;
  }

  stop(): void {
    this.turn += 1;
    this.cancel();
  }

  dispose(): void {
    this.stop();
    for (const { head } of this.state.values()) if (head) this.release(head.hold_id);
    this.state = new Map();
    if (this.used)
      host()
        .closeSession(this.tabId)
        .catch(() => undefined);
  }

  private cancel(): void {
    if (this.runId !== null)
      host()
        .cancelRun(this.runId)
        .catch(() => undefined);
  }

  private async all(stages: readonly Stage[], turn: number, again: boolean): Promise<void> {
    for (const key of this.state.keys())
      if (!stages.some((stage) => stage.key === key && !stage.off)) this.put(key, null);
    for (const stage of stages) {
      if (turn !== this.turn) return;
      if (stage.off) continue;
      const of = sourceOf(stages, stage.key);
      const known = this.state.get(stage.key);
      if (!again && known?.of === of && known.state === "done") continue;
      const { key } = stage;
      this.put(key, {
        state: "running",
        of,
        head: known?.head ?? null,
        progress: known?.progress ?? null,
        failure: null,
        elapsedMs: 0,
      });
      const ran = await this.one(stages, key);
      if (turn !== this.turn) {
        if (ran.head) this.release(ran.head.hold_id);
        const now = this.state.get(key);
        if (now?.state === "running") this.put(key, { ...now, state: "stopped" });
        return;
      }
      const failed = ran.failure !== null;
      this.put(key, { ...ran, of, state: failed ? "failed" : "done" });
      if (failed) {
        // What comes after it would fail for the same reason.
        const after = stages.slice(stages.indexOf(stage) + 1);
        for (const each of after) this.put(each.key, null);
        return;
      }
    }
  }

  private async one(stages: readonly Stage[], key: number): Promise<Ran> {
    const nothing: Ran = { head: null, progress: null, failure: null, elapsedMs: 0 };
    try {
      const text = await host().pipelinePreview({
        profile_id: this.profileId,
        collection: this.collection,
        stages: stagesUpTo(stages, key).map(stageText),
        limit: SHOWN,
      });
      return await this.run(text);
    } catch (thrown) {
      return { ...nothing, failure: failureOf(thrown) };
    }
  }

  private run(text: string): Promise<Ran> {
    this.used = true;
    let ran: Ran = { head: null, progress: null, failure: null, elapsedMs: 0 };
    return new Promise((resolve, reject) => {
      host()
        .run(
          {
            tab_id: this.tabId,
            profile_id: this.profileId,
            database: this.collection.database,
            text,
            parameters: [],
            go_on: false,
          },
          (event) => {
            if (event.event === "started") this.runId = event.run_id;
            else if (event.event === "result_set") ran = { ...ran, head: event.head };
            else if (event.event === "progress") ran = { ...ran, progress: event.progress };
            else if (event.event === "statement_done" && event.outcome.outcome === "failed")
              // Places in it are those of the statement that was made, not of what was written.
              ran = { ...ran, failure: { ...event.outcome.error, range: null } };
            else if (event.event === "finished") {
              this.runId = null;
              resolve({ ...ran, elapsedMs: event.elapsed_ms });
            }
          },
        )
        .then((answer) => {
          if (answer.answer === "confirm") resolve(ran);
        })
        .catch(reject);
    });
  }

  private release(holdId: string): void {
    host()
      .holdRelease(holdId)
      .catch(() => undefined);
  }
}
