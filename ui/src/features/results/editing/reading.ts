/** The whole value of a cell, for an editor: what is staged for it, or what is held. */
import { host } from "@/ipc";
import type { Cell } from "../grid";
import { type Draft, draftOf, NULL } from "./drafts";
import type { EditedSource } from "./source";
import type { EditsStore } from "./store";

/** A value longer than this is for a file. */
export const MOST = 16 << 20;
const PART = 1 << 20;

/** A value that is too large to be edited in the window. */
export class TooLarge extends Error {}

async function bytesAt(holdId: string, row: number, column: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let read = 0;
  for (;;) {
    const part = new Uint8Array(await host().holdCell(holdId, row, column, read, PART));
    parts.push(part);
    read += part.byteLength;
    if (part.byteLength < PART) break;
    if (read >= MOST) throw new TooLarge("This value is larger than 16 MB. Save it to a file, and load it from there.");
  }
  const whole = new Uint8Array(read);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

export const fromBase64 = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const strict = new TextDecoder("utf-8", { fatal: true });

/** What a cell holds now, whole and exact. */
export async function readDraft(
  store: EditsStore,
  source: EditedSource,
  screen: number,
  column: number,
): Promise<Draft> {
  const cell: Cell | undefined = source.cell(screen, column);
  const quick = draftOf(cell);
  if (quick) return quick;
  const overlay = source.overlayAt(screen);
  if (overlay?.cells.has(column) && overlay.row.kind !== "delete") return store.value(overlay.row.id, column);
  const stored = source.stored(screen);
  if (!stored) return NULL;
  const bytes = await bytesAt(stored.holdId, stored.row, column);
  if (cell?.raw || cell?.class === "invalid") return { kind: "bytes", base64: toBase64(bytes) };
  try {
    return { kind: "text", text: strict.decode(bytes) };
  } catch {
    return { kind: "bytes", base64: toBase64(bytes) };
  }
}
