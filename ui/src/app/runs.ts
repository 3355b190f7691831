/** The stores behind tabs: made when first asked for, fed by the window's events, given up with the tab. */
import { BrowseStore, RunStore } from "@/features/results";
import type { ObjectRef } from "@/ipc";
import type { WindowEvents } from "./events";

/** What editor tabs run. */
export class Runs {
  private readonly stores = new Map<string, RunStore>();
  private readonly listeners = new Set<() => void>();
  private version = 0;

  constructor(events: WindowEvents) {
    events.onHold((progress) => {
      for (const store of this.stores.values()) store.heard(progress);
    });
  }

  of(tabId: string): RunStore {
    const known = this.stores.get(tabId);
    if (known) return known;
    const store = new RunStore(tabId);
    store.subscribe(this.changed);
    this.stores.set(tabId, store);
    return store;
  }

  /** The store of a tab that has run something or is on screen. */
  peek(tabId: string): RunStore | undefined {
    return this.stores.get(tabId);
  }

  close(tabId: string): void {
    this.stores.get(tabId)?.dispose();
    this.stores.delete(tabId);
    this.changed();
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): number => this.version;

  private readonly changed = () => {
    this.version += 1;
    for (const listener of this.listeners) listener();
  };
}

/** What relation tabs show. */
export class Browses {
  private readonly stores = new Map<string, BrowseStore>();

  constructor(events: WindowEvents) {
    events.onHold((progress) => {
      for (const store of this.stores.values()) store.heard(progress);
    });
    events.onMessage((tabId, notice) => this.stores.get(tabId)?.said(notice));
  }

  of(tabId: string, profileId: string, object: ObjectRef): BrowseStore {
    const known = this.stores.get(tabId);
    if (known) return known;
    const store = new BrowseStore(profileId, object, tabId);
    this.stores.set(tabId, store);
    return store;
  }

  close(tabId: string): void {
    this.stores.get(tabId)?.dispose();
    this.stores.delete(tabId);
  }
}
