/** Ways to look at one value. Number lexemes stay as they are: nothing here goes through JSON.parse. */

/** JSON laid out with two blanks a level, every token as it stands; null when the text is not JSON. */
export function layoutJson(text: string): string | null {
  const token = /\s*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;
  const lines: string[] = [];
  let line = "";
  let depth = 0;
  // What may follow: a value, a key or an end, as a small state per level.
  const stack: ("object" | "array")[] = [];
  let expect: "value" | "key" | "colon" | "comma" | "end" = "value";
  let fresh = false;
  const after = (): "comma" | "end" => (stack.length ? "comma" : "end");
  const newline = () => {
    lines.push(line);
    line = "  ".repeat(depth);
  };
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) {
      if (/^\s*$/.test(text.slice(at)) && expect === "end") break;
      return null;
    }
    const [, punctuation, string, literal] = match;
    if (string !== undefined && hasControl(string)) return null;
    if (string !== undefined && expect === "key") {
      line += string;
      expect = "colon";
      fresh = false;
    } else if ((string ?? literal) !== undefined && expect === "value") {
      line += string ?? literal;
      expect = after();
      fresh = false;
    } else if (punctuation === ":" && expect === "colon") {
      line += ": ";
      expect = "value";
    } else if (punctuation === "," && expect === "comma") {
      line += ",";
      newline();
      expect = stack.at(-1) === "object" ? "key" : "value";
    } else if ((punctuation === "{" || punctuation === "[") && expect === "value") {
      stack.push(punctuation === "{" ? "object" : "array");
      line += punctuation;
      depth += 1;
      newline();
      fresh = true;
      expect = punctuation === "{" ? "key" : "value";
    } else if (punctuation === "}" || punctuation === "]") {
      const open = punctuation === "}" ? "object" : "array";
      if (stack.at(-1) !== open || !(expect === "comma" || fresh)) return null;
      stack.pop();
      depth -= 1;
      if (fresh) line = `${lines.pop() ?? ""}`;
      else newline();
      line += punctuation;
      fresh = false;
      expect = after();
    } else {
      return null;
    }
  }
  if (expect !== "end") return null;
  lines.push(line);
  return lines.join("\n");
}

/** The bytes a value stands for, where a server writes them as text: `\\x` and hexadecimal digits. Others are what they are. */
export function bytesOf(stored: Uint8Array): Uint8Array {
  if (stored[0] !== 0x5c || stored[1] !== 0x78) return stored;
  const digits = new TextDecoder("latin1").decode(stored.subarray(2));
  if (!/^[0-9a-fA-F]*$/.test(digits)) return stored;
  return Uint8Array.from({ length: digits.length >> 1 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
}

/** Some bytes a line: offset, hexadecimal digits, printable characters. */
export function hexDump(bytes: Uint8Array, most = 64 * 1024, perLine = 16): string {
  const lines: string[] = [];
  const end = Math.min(bytes.length, most);
  for (let at = 0; at < end; at += perLine) {
    const part = bytes.subarray(at, Math.min(at + perLine, end));
    const digits = Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const shown = Array.from(part, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${digits.padEnd(perLine * 3 - 1)}  ${shown}`);
  }
  if (end < bytes.length) lines.push(`… ${bytes.length - end} more bytes`);
  return lines.join("\n");
}

/** JSON forbids control characters inside strings. */
function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) < 0x20) return true;
  }
  return false;
}

/** Characters of a piece: few enough to lay out at once, many enough to need few pieces. */
const PIECE = 8 * 1024;

/**
 * A text in pieces that are laid out one by one as they come into sight: one text of megabytes would hold the window for
 * seconds. They end with a line where there is one, and never within a character.
 */
export function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let at = 0;
  while (text.length - at > PIECE) {
    const line = text.lastIndexOf("\n", at + PIECE - 1);
    let end = line >= at ? line + 1 : at + PIECE;
    const last = text.charCodeAt(end - 1);
    if (last >= 0xd800 && last < 0xdc00) end -= 1;
    pieces.push(text.slice(at, end));
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces;
}
