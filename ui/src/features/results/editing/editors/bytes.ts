/** Bytes as a person types them. */

/** The bytes of hexadecimal digits, blanks and `\x` before them allowed; `undefined` where it is something else. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/^\s*(?:\\x|0x)/i, "").replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16);
  return bytes;
}

/** Sixteen bytes a line, in pairs of digits. */
export function hexOfBytes(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16)
    lines.push(Array.from(bytes.subarray(at, at + 16), (byte) => byte.toString(16).padStart(2, "0")).join(" "));
  return lines.join("\n");
}

const MAGIC: readonly (readonly [type: string, start: readonly number[], at?: number])[] = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
  ["image/webp", [0x57, 0x45, 0x42, 0x50], 8],
  ["image/bmp", [0x42, 0x4d]],
];

/** What kind of picture bytes begin like. */
export const imageType = (bytes: Uint8Array): string | undefined =>
  MAGIC.find(([, start, at = 0]) => start.every((byte, index) => bytes[at + index] === byte))?.[0];

const strict = new TextDecoder("utf-8", { fatal: true });

/** The text that bytes spell; none where they spell none. */
export function textOfBytes(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}
