/** What was typed into values and not saved: it stays while other keys are looked at. */

export interface Draft {
  /** How it is typed. */
  readonly as: "text" | "hex";
  readonly text: string;
  /** The value it began with: it is saved only over that one. */
  readonly seen: Uint8Array;
}

export class Drafts {
  private readonly kept = new Map<string, Draft>();
  private readonly listeners = new Set<() => void>();
  private keys: ReadonlySet<string> = new Set();
  private turn = 0;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Another one with every change. */
  readonly version = (): number => this.turn;

  /** The keys that have some: the same set while they are the same. */
  readonly snapshot = (): ReadonlySet<string> => this.keys;

  get(id: string): Draft | undefined {
    return this.kept.get(id);
  }

  set(id: string, draft: Draft | null): void {
    if (draft) this.kept.set(id, draft);
    else this.kept.delete(id);
    this.turn += 1;
    const keys = new Set([...this.kept.keys()].map((each) => keyOfDraft(each)));
    if (keys.size !== this.keys.size || [...keys].some((key) => !this.keys.has(key))) this.keys = keys;
    for (const listener of this.listeners) listener();
  }

  /** A key that goes takes what was typed for it along; one that is called otherwise too. */
  forget(key: string): void {
    for (const id of this.kept.keys()) if (keyOfDraft(id) === key) this.set(id, null);
  }
}

const BETWEEN = "\u0000";

/** Names are escaped: no sign in them is this one. */
export const draftId = (key: string, element: string | null): string =>
  element === null ? key : `${key}${BETWEEN}${element}`;

const keyOfDraft = (id: string): string => id.split(BETWEEN, 1)[0] ?? id;
