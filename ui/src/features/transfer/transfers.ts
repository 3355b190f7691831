/** What is on its way. It goes on whatever is on screen; the status bar shows it. */
import { announce, toast } from "@/design";
import { type AppError, type ExportRequest, type FileImport, failureOf, host, type TransferEvent } from "@/ipc";
import { nameOf, rowsOf } from "./model";

export interface Transfer {
  readonly key: number;
  readonly id: string | null;
  /** What is done: `Exporting to orders.csv`. */
  readonly title: string;
  /** What it is called in short, and where it goes. */
  readonly name: string;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly total: number | null;
  readonly elapsedMs: number;
  readonly stopping: boolean;
}

let transfers: readonly Transfer[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(value: readonly Transfer[]): void {
  transfers = value;
  for (const listener of listeners) listener();
}

const change = (key: number, part: Partial<Transfer>) =>
  set(transfers.map((each) => (each.key === key ? { ...each, ...part } : each)));
const remove = (key: number) => set(transfers.filter((each) => each.key !== key));

export const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const snapshot = (): readonly Transfer[] => transfers;

/** What is said at the end. */
export interface Words {
  readonly done: (rows: number) => string;
  readonly stopped: string;
  readonly end?: () => void;
  /** Set where notes at the end are no warnings. */
  readonly calm?: boolean;
  /** What can be done with what is done. */
  readonly action?: { readonly label: string; readonly onPress: () => void };
  /** Hears everything first; true where it is on screen, so that nothing is said in passing. */
  readonly shown?: (event: TransferEvent) => boolean;
}

function heard(key: number, words: Words, event: TransferEvent): void {
  const say = words.shown?.(event) === true ? () => 0 : toast;
  switch (event.event) {
    case "progress":
      change(key, { rows: event.rows, bytes: event.bytes, total: event.total, elapsedMs: event.elapsed_ms });
      return;
    case "done": {
      remove(key);
      const title = words.done(event.rows);
      announce(title);
      const detail = event.notes.join(" ");
      const { action } = words;
      say({
        title,
        tone: detail && !words.calm ? "warn" : "ok",
        ...(detail ? { detail } : {}),
        ...(action ? { action } : {}),
      });
      words.end?.();
      return;
    }
    case "stopped":
      remove(key);
      say({ title: words.stopped, tone: "info" });
      return;
    case "failed":
      remove(key);
      say({
        title: event.error.message,
        tone: "danger",
        ...(event.error.hint ? { detail: event.error.hint } : {}),
      });
  }
}

/** Something that is on its way. */
export interface OnItsWay {
  readonly stop: () => void;
}

type Begin = (hear: (event: TransferEvent) => void) => Promise<string>;

/** Begins what goes on whatever is on screen; rejects with why it could not begin. */
export async function startTransfer(
  called: Pick<Transfer, "title" | "name" | "path">,
  words: Words,
  begin: Begin,
): Promise<OnItsWay> {
  const key = next++;
  const fresh = { rows: 0, bytes: 0, total: null, elapsedMs: 0, stopping: false };
  set([...transfers, { key, id: null, ...called, ...fresh }]);
  try {
    change(key, { id: await begin((event) => heard(key, words, event)) });
    return { stop: () => void stop(key) };
  } catch (thrown) {
    remove(key);
    throw thrown;
  }
}

const start = (title: string, path: string, words: Words, begin: Begin): Promise<AppError | null> =>
  startTransfer({ title, name: nameOf(path), path }, words, begin).then(() => null, failureOf);

/** Begins an export; why it could not begin. */
export const startExport = (request: ExportRequest): Promise<AppError | null> => {
  const name = nameOf(request.path);
  const words = { done: (rows: number) => `${rowsOf(rows)} in ${name}`, stopped: `Stopped: ${name} was not written` };
  return start(`Exporting to ${name}`, request.path, words, (hear) => host().exportRows(request, hear));
};

/** Begins an import; why it could not begin. */
export const startImport = (request: FileImport, end: () => void): Promise<AppError | null> => {
  const { name } = request.table;
  const undone = request.batch === null ? "nothing was changed" : "what was committed before stays";
  const words = {
    done: (rows: number) =>
      request.dry_run ? `${rowsOf(rows)} would go into ${name}` : `${rowsOf(rows)} imported into ${name}`,
    stopped: `Stopped: ${undone} in ${name}`,
    end,
  };
  const title = `Importing ${nameOf(request.file.path)}`;
  return start(title, request.file.path, words, (hear) => host().importRows(request, hear));
};

export async function stop(key: number): Promise<void> {
  const transfer = transfers.find((each) => each.key === key);
  if (!transfer?.id) return;
  change(key, { stopping: true });
  await host()
    .stopTransfer(transfer.id)
    .catch((thrown: unknown) => toast({ title: failureOf(thrown).message, tone: "danger" }));
}
