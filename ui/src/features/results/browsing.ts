/** The rows of one relation, live: pages appended to one hold, read again when conditions or sort change. */
import {
  type AppError,
  type Browsed,
  type BrowseFacts,
  type BrowseSort,
  type ColumnStatistics,
  type Counted,
  failureOf,
  type HoldProgress,
  host,
  type NoticeRow,
  type ObjectRef,
  type PolicyActor,
} from "@/ipc";
import { type Conditions, type FilterItem, type FilterPart, inForce, narrowed } from "./filters";
import { type Live, OFF } from "./shape/live";

/** The shape in which rows are read. */
export interface Shape extends Conditions {
  readonly sort: readonly BrowseSort[];
}

export interface BrowseState extends Shape {
  /** What is on show; it stays while the next one is read. */
  readonly browsed: Browsed | null;
  readonly progress: HoldProgress | null;
  readonly loading: boolean;
  readonly loadingMore: boolean;
  readonly failure: AppError | null;
  readonly count: Counted | "counting" | null;
  /** What else is known of the relation, once it was asked. */
  readonly facts: BrowseFacts | null;
  /** The same rows read once more. */
  readonly refresh: Refresh | null;
  /** How the rows are kept live while they are in sight. */
  readonly live: Live;
}

/** Rows that were read again in the shape they had. */
export interface Refresh {
  /** Names what they and those before them have in common: a grid stays in place. */
  readonly lineage: string;
  /** When they came, in ms. */
  readonly at: number;
  /** Rows that are new or not as they were. */
  readonly changed: ReadonlySet<number>;
  /** Where the row went that was asked for. */
  readonly kept: number | null;
}

export const NO_SHAPE: Shape = { filters: [], any: false, where: "", sort: [] };

const EMPTY: BrowseState = {
  ...NO_SHAPE,
  browsed: null,
  progress: null,
  loading: false,
  loadingMore: false,
  failure: null,
  count: null,
  facts: null,
  refresh: null,
  live: OFF,
};

export interface ShapeChange {
  readonly filters?: readonly FilterPart[];
  readonly any?: boolean;
  readonly where?: string;
  readonly sort?: readonly BrowseSort[];
}

export class BrowseStore {
  private state: BrowseState = EMPTY;
  private readonly listeners = new Set<() => void>();
  private readonly hearers = new Set<(notice: NoticeRow) => void>();
  private generation = 0;
  private refreshing = false;
  /** Holds that go with the one on show. */
  private readonly lent: string[] = [];

  readonly profileId: string;
  readonly object: ObjectRef;
  /** The tab whose rows these are. */
  readonly tabId: string;
  /** Whom they are read as; the login itself where `null`. */
  private actor: PolicyActor | null = null;

  constructor(profileId: string, object: ObjectRef, tabId = "") {
    this.profileId = profileId;
    this.object = object;
    this.tabId = tabId;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): BrowseState => this.state;

  private set(change: Partial<BrowseState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  private request() {
    return {
      profile_id: this.profileId,
      object: this.object,
      filters: inForce(this.state),
      sort: this.state.sort.map(({ column, descending }) => ({ column, descending })),
      actor: this.actor,
    };
  }

  /** The shape it begins with, before anything was read: what was remembered. */
  begin(shape: Shape, actor: PolicyActor | null = null): void {
    const { browsed, loading } = this.state;
    if (browsed || loading) return;
    this.actor = actor;
    this.set(shape);
  }

  /** Reads as somebody from now on. What somebody else was shown goes at once. */
  actAs(actor: PolicyActor | null): void {
    if (JSON.stringify(actor) === JSON.stringify(this.actor)) return;
    this.actor = actor;
    const { browsed, loading, failure } = this.state;
    if (!browsed && !loading && !failure) return;
    if (browsed) this.release(browsed.head.hold_id);
    this.set({ browsed: null, progress: null, facts: null, refresh: null });
    void this.read();
  }

  /** Reads the first page. What is on show stays until the new rows are here; the latest call wins. */
  async read(change: ShapeChange = {}): Promise<void> {
    this.generation += 1;
    const { generation } = this;
    this.set({ ...change, loading: true, failure: null, count: null });
    if (!this.state.facts || Object.keys(change).length === 0) this.ask();
    try {
      const browsed = await host().browse(this.request());
      if (generation !== this.generation) {
        this.release(browsed.head.hold_id);
        return;
      }
      const former = this.state.browsed;
      this.set({ browsed, progress: browsed.progress, loading: false, refresh: null });
      if (former) this.release(former.head.hold_id);
    } catch (thrown) {
      if (generation === this.generation) this.set({ loading: false, failure: failureOf(thrown) });
    }
  }

  keepLive(live: Live): void {
    this.set({ live });
  }

  /** With one more condition that has to hold. */
  narrow(item: FilterItem): Promise<void> {
    return this.read(narrowed(this.state, item));
  }

  /** Reads what is on show once more, in the same shape. False where something else is being read, or nothing could be. */
  async again(keep: number | null): Promise<boolean> {
    const { browsed, loading, loadingMore, refresh } = this.state;
    if (!browsed || loading || loadingMore || this.refreshing) return false;
    const { generation } = this;
    this.refreshing = true;
    try {
      const next = await host().browseAgain(browsed.head.hold_id, keep);
      if (generation !== this.generation || this.state.browsed !== browsed) {
        this.release(next.browsed.head.hold_id);
        return false;
      }
      this.set({
        browsed: next.browsed,
        progress: next.browsed.progress,
        failure: null,
        count: null,
        refresh: {
          lineage: refresh?.lineage ?? browsed.head.hold_id,
          at: Date.now(),
          changed: new Set(next.changed),
          kept: next.kept,
        },
      });
      this.release(browsed.head.hold_id);
      return true;
    } catch (thrown) {
      if (generation === this.generation) this.set({ failure: failureOf(thrown) });
      return false;
    } finally {
      this.refreshing = false;
    }
  }

  /** Looks at more documents for columns: the same rows with more of them. */
  async infer(): Promise<void> {
    const { browsed, progress } = this.state;
    if (!browsed) return;
    const { generation } = this;
    try {
      const head = await host().holdInfer(browsed.head.hold_id);
      if (generation !== this.generation || this.state.browsed !== browsed) {
        this.release(head.hold_id);
        return;
      }
      const now = this.state.progress ?? progress;
      this.set({
        browsed: { ...browsed, head },
        progress: now ? { ...now, hold_id: head.hold_id } : null,
        refresh: null,
      });
      // Giving it up would end the reading of pages, which both share: it goes with the new one.
      this.lent.push(browsed.head.hold_id);
    } catch (thrown) {
      if (generation === this.generation) this.set({ failure: failureOf(thrown) });
    }
  }

  /** Appends the next page, if there is one and none is on its way. */
  async more(): Promise<void> {
    const { browsed, progress, loadingMore, loading } = this.state;
    if (!browsed || loadingMore || loading || this.refreshing || progress?.state !== "more_pages") return;
    const { generation } = this;
    this.set({ loadingMore: true });
    try {
      const next = await host().browseMore(browsed.head.hold_id);
      if (generation === this.generation) this.set({ progress: next, loadingMore: false });
    } catch (thrown) {
      if (generation === this.generation) this.set({ loadingMore: false, failure: failureOf(thrown) });
    }
  }

  /** Counts exactly, under the same conditions. */
  async count(): Promise<void> {
    const { generation } = this;
    this.set({ count: "counting" });
    try {
      const count = await host().browseCount(this.request());
      if (generation === this.generation) this.set({ count });
    } catch (thrown) {
      if (generation === this.generation) this.set({ count: null, failure: failureOf(thrown) });
    }
  }

  /** Looks at every value of a column on the server, under the same conditions. */
  readonly statistics = (askId: string, column: string): Promise<ColumnStatistics> =>
    host().columnStatisticsOnServer(askId, this.request(), column);

  /** The conditions in force as one text. */
  asWhere(): Promise<string> {
    return host().browseWhere(this.request());
  }

  /** Stops a page or a count in progress. */
  stop(): void {
    host()
      .browseCancel(this.profileId, this.object)
      .catch((thrown: unknown) => this.set({ failure: failureOf(thrown) }));
  }

  heard(progress: HoldProgress): void {
    if (this.state.browsed?.head.hold_id === progress.hold_id) this.set({ progress });
  }

  /** What the session says that listens for this tab. */
  said(notice: NoticeRow): void {
    for (const hearer of this.hearers) hearer(notice);
  }

  onSaid(hearer: (notice: NoticeRow) => void): () => void {
    this.hearers.add(hearer);
    return () => {
      this.hearers.delete(hearer);
    };
  }

  dispose(): void {
    this.generation += 1;
    this.listeners.clear();
    this.hearers.clear();
    if (this.state.loading || this.state.count === "counting") this.stop();
    if (this.state.browsed) this.release(this.state.browsed.head.hold_id);
    this.state = EMPTY;
  }

  /** Beside the rows: nobody waits for it, and what is not known is not said. */
  private ask(): void {
    host()
      .browseFacts(this.profileId, this.object, this.actor)
      .then((facts) => this.listeners.size > 0 && this.set({ facts }))
      .catch(() => undefined);
  }

  private release(holdId: string): void {
    for (const lent of this.lent.splice(0)) this.release(lent);
    host()
      .holdRelease(holdId)
      .catch(() => undefined);
  }
}
