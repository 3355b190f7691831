/** A text of the shell's or of JSON as coloured pieces, for text that is only read. */

export interface Piece {
  readonly text: string;
  /** As the editor's colours are called; none for what is plain. */
  readonly look: "string" | "number" | "keyword" | "function" | "type" | "comment" | "op" | null;
}

const TOKEN =
  /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(-?\b\d[\w.+-]*)|([A-Za-z_$][\w$]*)|([{}[\](),:])/g;
const WORDS = new Set(["true", "false", "null", "undefined", "new"]);

/** Longer texts stay plain: colouring them would hold up the window. */
const LONGEST = 100_000;

export function piecesOf(text: string): readonly Piece[] {
  if (text.length > LONGEST) return [{ text, look: null }];
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    if (found.index > at) pieces.push({ text: text.slice(at, found.index), look: null });
    const [token, string, comment, number, word] = found;
    at = found.index + token.length;
    const colon = /^\s*:/.test(text.slice(at, at + 8));
    const call = /^\s*\(/.test(text.slice(at, at + 4));
    if (string) pieces.push({ text: token, look: colon ? "type" : "string" });
    else if (comment) pieces.push({ text: token, look: "comment" });
    else if (number) pieces.push({ text: token, look: "number" });
    else if (word)
      pieces.push({ text: token, look: colon ? "type" : call ? "function" : WORDS.has(word) ? "keyword" : null });
    else pieces.push({ text: token, look: "op" });
  }
  if (at < text.length) pieces.push({ text: text.slice(at), look: null });
  return pieces;
}
