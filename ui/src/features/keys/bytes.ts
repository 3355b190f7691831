/** Values as bytes, and the ways to look at them. Pure. */
import type { KeyBytes } from "@/ipc";

/** Bytes read at once. */
export const WINDOW = 256 * 1024;
/** A value of more bytes is not edited here. */
export const MOST_EDITED = 4 * 1024 * 1024;
/** Nor one of more bytes as hexadecimal digits. */
export const MOST_HEX = 256 * 1024;

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function meant(value: KeyBytes | null): Uint8Array {
  if (value === null) return new Uint8Array();
  if (value.as === "text") return encoder.encode(value.of);
  const binary = atob(value.of);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

export function base64Of(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** Bytes as they cross: as text where they are some. */
export function told(bytes: Uint8Array): KeyBytes {
  const text = textOf(bytes, true);
  return text === null ? { as: "base64", of: base64Of(bytes) } : { as: "text", of: text };
}

export const toBytes = (text: string): Uint8Array => encoder.encode(text);

/** The text that bytes spell, `null` where they spell none. The end of a part may lie within a character. */
export function textOf(bytes: Uint8Array, whole: boolean): string | null {
  for (let cut = 0; cut <= (whole ? 0 : Math.min(3, bytes.length)); cut += 1) {
    try {
      return strict.decode(bytes.subarray(0, bytes.length - cut));
    } catch {
      // The last character may not be whole.
    }
  }
  return null;
}

export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

/** One line of a dump: its offset, digits, signs. */
export function hexLine(bytes: Uint8Array, line: number): { at: string; digits: string; signs: string } {
  const part = bytes.subarray(line * 16, line * 16 + 16);
  const pairs = Array.from(part, (byte) => byte.toString(16).padStart(2, "0"));
  return {
    at: (line * 16).toString(16).padStart(8, "0"),
    digits: `${pairs.slice(0, 8).join(" ")}${pairs.length > 8 ? `  ${pairs.slice(8).join(" ")}` : ""}`,
    signs: Array.from(part, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·")).join(""),
  };
}

/** One line of a bitmap: the place of its first bit, its bits in eights. Bit 0 is the highest of the first byte. */
export function bitLine(bytes: Uint8Array, line: number): { at: string; bits: readonly string[] } {
  const part = bytes.subarray(line * 8, line * 8 + 8);
  return { at: String(line * 64), bits: Array.from(part, (byte) => byte.toString(2).padStart(8, "0")) };
}

export function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) for (let rest = byte; rest > 0; rest &= rest - 1) count += 1;
  return count;
}

export type ValueView = "text" | "json" | "hex" | "image" | "bits" | "count";

/** How a value is looked at first. */
export function naturalView(text: string | null, json: boolean, image: boolean): ValueView {
  if (image) return "image";
  return text === null ? "hex" : json ? "json" : "text";
}

/** Whether a text may be a JSON document rather than a word that happens to be one. */
export const looksJson = (text: string): boolean => /^\s*[{[]/.test(text);
