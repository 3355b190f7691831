/** Exports of the fake host: nothing is written, everything is told. */
import type { ExportOffer, ExportRequest, FileContents, FileImport, FileLook, TransferEvent } from "../bindings";
import { holdOf } from "./holds";
import { refuse, type World } from "./world";

/** What is on its way, and how it is stopped. */
export const running = new Map<string, () => void>();

export function offerOf(world: World, holdId: string): ExportOffer {
  const hold = holdOf(world, holdId);
  const whole = hold.progress.state === "complete";
  const keyed = hold.head.columns.some((column) => column.primary_key);
  return {
    title: hold.head.title,
    rows: hold.rows,
    partial: whole ? null : `first ${new Intl.NumberFormat("en-US").format(hold.rows)} rows, not all`,
    table: `public.${hold.head.title}`,
    no_update: keyed
      ? null
      : "UPDATE statements cannot be written: the rows do not come from one table with its whole primary key.",
    no_whole: null,
    statement: hold.source ? null : `select * from ${hold.head.title}`,
  };
}

/** Runs in ten steps. A path with `full` in it meets a full disk. */
export function exportOf(
  world: World,
  request: ExportRequest,
  onEvent: (event: TransferEvent) => void,
  pace: number,
): string {
  const hold = holdOf(world, request.hold_id);
  if (request.path.includes("denied"))
    refuse("forbidden", `“${request.path}” could not be written: permission denied.`, {
      hint: "Choose another place.",
    });
  const id = `t${world.nextId++}`;
  const total =
    request.rows.what === "selection" ? request.rows.rows : request.rows.what === "whole" ? hold.total : hold.rows;
  let step = 0;
  const beat = () => {
    step += 1;
    const rows = Math.round((total * step) / 10);
    if (step < 10) {
      onEvent({ event: "progress", rows, bytes: rows * 40, total, elapsed_ms: step * 300 });
      return;
    }
    end();
    const partial = offerOf(world, request.hold_id).partial;
    onEvent({
      event: "done",
      rows: total,
      bytes: total * 40,
      elapsed_ms: 3000,
      notes: partial && request.rows.what === "loaded" ? [`These are the ${partial}.`] : [],
    });
  };
  const timer = setInterval(beat, Math.max(1, pace));
  const end = () => {
    clearInterval(timer);
    running.delete(id);
  };
  running.set(id, () => {
    end();
    onEvent({ event: "stopped" });
  });
  return id;
}

export const stopTransfer = (id: string): void => running.get(id)?.();

/** What every file of the fake host holds: three people, of whom one has no mail. */
export function contentsOf({ table, file }: FileLook): FileContents {
  if (file.path.includes("missing"))
    refuse("not_found", `“${file.path}” could not be read: no such file.`, { hint: "Was it moved?" });
  const column = (name: string, words: string, native_type: string, nulls = 0, odd: string | null = null) => ({
    name,
    words,
    native_type,
    nulls,
    empty: 0,
    longest: 12,
    odd,
  });
  const into = (name: string, native_type: string, required: boolean) => ({
    name,
    native_type,
    required,
    generated: false,
  });
  const bad = file.path.includes("ragged");
  return {
    file: { ...file, kind: "delimited", encoding: file.encoding ?? "UTF-8", delimiter: file.delimiter ?? "," },
    sheets: [],
    columns: [
      column("ID", "whole numbers", "integer"),
      column("name", "text", "text", 0, "line 2: Ada"),
      column("mail", "text", "text", 1),
    ],
    rows: 3,
    bad: bad ? 1 : 0,
    problems: bad ? [{ line: 4, reason: "It has 2 values; there are 3 columns." }] : [],
    preview: [
      ["1", "Ada", "ada@example.org"],
      ["2", "", null],
      ["3", "Grace 🚀", "grace@example.org"],
    ],
    into:
      table.name === "" || table.name === "new"
        ? null
        : [into("id", "bigint", true), into("name", "text", false), into("email", "text", false)],
    notes: [],
    asks: file.path.includes("production"),
  };
}

export function importOf(
  world: World,
  _request: FileImport,
  onEvent: (event: TransferEvent) => void,
  pace: number,
): string {
  const id = `t${world.nextId++}`;
  const timer = setTimeout(
    () => {
      running.delete(id);
      onEvent({ event: "done", rows: 3, bytes: 0, elapsed_ms: 12, notes: [] });
    },
    Math.max(1, pace),
  );
  running.set(id, () => {
    clearTimeout(timer);
    running.delete(id);
    onEvent({ event: "stopped" });
  });
  return id;
}
