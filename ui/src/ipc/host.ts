/**
 * The complete surface through which the window reaches its host.
 *
 * Everything outside this folder calls these functions and nothing else: no other file imports `@tauri-apps`. There are two
 * hosts: the real one (`tauri.ts`) and one in memory (`fake.ts`) for component tests and for work on layout in a browser.
 * Every function rejects with a `HostError`, which carries the core's typed error.
 */
import type {
  AppEvent,
  commands,
  ErrorCode,
  ExportRequest,
  FileImport,
  Generate,
  HopReport,
  AppError as HostFailure,
  ProfileDraft,
  RunAnswer,
  RunEvent,
  RunRequest,
  TestReport,
  TransferEvent,
} from "./bindings";

type Generated = typeof commands;

/** What a generated command answers once its typed error is thrown instead of returned. */
type Answer<T> = T extends { status: "ok"; data: infer D } ? D : T extends { status: "error" } ? never : T;

type Plain = Omit<Generated, "run" | "subscribe" | "testProfile" | "exportRows" | "importRows" | "generateRows">;

/** A place in the page, in its pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The generated commands with plain answers, and those that stream. */
export type Host = {
  [Name in keyof Plain]: (...args: Parameters<Plain[Name]>) => Promise<Answer<Awaited<ReturnType<Plain[Name]>>>>;
} & {
  /** Starts a script; resolves to the run's id. `onEvent` hears `started` first and `finished` last. */
  run(request: RunRequest, onEvent: (event: RunEvent) => void): Promise<RunAnswer>;
  /** Tries a connection; `onHop` hears each step as it ends. `stopTest` with the same id gives it up. */
  testProfile(draft: ProfileDraft, testId: string, onHop: (hop: HopReport) => void): Promise<TestReport>;
  /** Writes rows to a file; resolves to the transfer's id. `onEvent` hears `done`, `stopped` or `failed` last. */
  exportRows(request: ExportRequest, onEvent: (event: TransferEvent) => void): Promise<string>;
  /** Puts the rows of a file into a table; as `exportRows`. */
  importRows(request: FileImport, onEvent: (event: TransferEvent) => void): Promise<string>;
  /** Makes rows up; as `exportRows`. */
  generateRows(request: Generate, onEvent: (event: TransferEvent) => void): Promise<string>;
  /** Hears every change, for as long as the window lives. */
  subscribe(onEvent: (event: AppEvent) => void): void;
  /** Hears of files that are dropped on the window, and where, in the page's pixels; for as long as it lives. */
  onFilesDropped(listener: (paths: readonly string[], at: Place) => void): void;
  /** Sets the window's title. */
  setTitle(title: string): Promise<void>;
  /** Writes text to the clipboard. */
  writeClipboard(text: string): Promise<void>;
  /** The text of the clipboard; refused where only a person's own paste may read it. */
  readClipboard(): Promise<string>;
};

/** A failure of the host, with everything the core said. */
export class HostError extends Error {
  readonly code: ErrorCode;

  readonly failure: HostFailure;

  constructor(failure: HostFailure) {
    super(failure.message);
    this.failure = failure;
    this.name = "HostError";
    this.code = failure.code;
  }
}

/** Whatever was thrown, as a failure that can be shown. */
export function failureOf(thrown: unknown): HostFailure {
  if (thrown instanceof HostError) return thrown.failure;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal", message, hint: null, range: null, native: null };
}
