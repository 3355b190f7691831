/** The rows of one relation, live: pages appended to one hold, read again when filters or sort change. */
import {
  type AppError,
  type Browsed,
  type BrowseFilter,
  type BrowseSort,
  type Counted,
  failureOf,
  type HoldProgress,
  host,
  type ObjectRef,
} from "@/ipc";

export interface BrowseState {
  readonly filters: readonly BrowseFilter[];
  readonly sort: readonly BrowseSort[];
  /** What is on show; it stays while the next one is read. */
  readonly browsed: Browsed | null;
  readonly progress: HoldProgress | null;
  readonly loading: boolean;
  readonly loadingMore: boolean;
  readonly failure: AppError | null;
  readonly count: Counted | "counting" | null;
}

const EMPTY: BrowseState = {
  filters: [],
  sort: [],
  browsed: null,
  progress: null,
  loading: false,
  loadingMore: false,
  failure: null,
  count: null,
};

export class BrowseStore {
  private state: BrowseState = EMPTY;
  private readonly listeners = new Set<() => void>();
  private generation = 0;

  readonly profileId: string;
  readonly object: ObjectRef;

  constructor(profileId: string, object: ObjectRef) {
    this.profileId = profileId;
    this.object = object;
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
      filters: [...this.state.filters],
      sort: [...this.state.sort],
    };
  }

  /** Reads the first page. What is on show stays until the new rows are here; the latest call wins. */
  async read(change: { filters?: readonly BrowseFilter[]; sort?: readonly BrowseSort[] } = {}): Promise<void> {
    this.generation += 1;
    const { generation } = this;
    this.set({ ...change, loading: true, failure: null, count: null });
    try {
      const browsed = await host().browse(this.request());
      if (generation !== this.generation) {
        this.release(browsed.head.hold_id);
        return;
      }
      const former = this.state.browsed;
      this.set({ browsed, progress: browsed.progress, loading: false });
      if (former) this.release(former.head.hold_id);
    } catch (thrown) {
      if (generation === this.generation) this.set({ loading: false, failure: failureOf(thrown) });
    }
  }

  /** Appends the next page, if there is one and none is on its way. */
  async more(): Promise<void> {
    const { browsed, progress, loadingMore, loading } = this.state;
    if (!browsed || loadingMore || loading || progress?.state !== "more_pages") return;
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

  /** Stops a page or a count in progress. */
  stop(): void {
    host()
      .browseCancel(this.profileId, this.object)
      .catch((thrown: unknown) => this.set({ failure: failureOf(thrown) }));
  }

  heard(progress: HoldProgress): void {
    if (this.state.browsed?.head.hold_id === progress.hold_id) this.set({ progress });
  }

  dispose(): void {
    this.generation += 1;
    this.listeners.clear();
    if (this.state.loading || this.state.count === "counting") this.stop();
    if (this.state.browsed) this.release(this.state.browsed.head.hold_id);
    this.state = EMPTY;
  }

  private release(holdId: string): void {
    host()
      .holdRelease(holdId)
      .catch(() => undefined);
  }
}
