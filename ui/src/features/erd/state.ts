/** How an open diagram stands. */
import type { AppError } from "@/ipc";
import { type History, NO_HISTORY } from "./history";
import type { Scene } from "./model";

/** A database of a connection; `null` is the connection's own. */
export interface Place {
  readonly profileId: string;
  readonly database: string | null;
}

/** The tables in question; the others step back. */
export interface Focus {
  readonly words: string;
  readonly boxes: ReadonlySet<number>;
}

export interface DiagramState {
  /** `null` until it is here. */
  readonly scene: Scene | null;
  readonly name: string;
  readonly loading: boolean;
  readonly error: AppError | null;
  readonly selected: ReadonlySet<number>;
  /** The table that the keyboard is at. */
  readonly at: number | null;
  readonly line: number | null;
  /** The note that is chosen, and whether it is being written. */
  readonly note: string | null;
  readonly writing: boolean;
  readonly focus: Focus | null;
  readonly history: History;
  readonly saving: "saved" | "saving" | "failed";
  /** What the core is at, in words. */
  readonly busy: string | null;
}

export const NOTHING: ReadonlySet<number> = new Set();

/** Before anything is here. */
export const AT_FIRST: DiagramState = {
  scene: null,
  name: "",
  loading: true,
  error: null,
  selected: NOTHING,
  at: null,
  line: null,
  note: null,
  writing: false,
  focus: null,
  history: NO_HISTORY,
  saving: "saved",
  busy: null,
};
