/** Exports of the fake host: nothing is written, everything is told. */
import type { ExportOffer, ExportRequest, TransferEvent } from "../bindings";
import { holdOf } from "./holds";
import { refuse, type World } from "./world";

const running = new Map<string, () => void>();

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
