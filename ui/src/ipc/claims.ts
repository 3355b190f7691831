/** Claims as they are typed: where a text stops being a JSON object, and what is in it, as it stands. Pure. */

/** What is wrong with a text, and where. */
export interface ClaimsFault {
  /** Characters before it. */
  readonly at: number;
  readonly why: string;
}

/** A claim: its name, and its value as it stands in the text. */
export type Claim = readonly [name: string, value: string];

const TOKEN =
  /[{}[\],:]|"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

type Expected = "object" | "value" | "value or ]" | "name" | "name or }" | "colon" | "comma" | "nothing";

const WORDS: Readonly<Record<Exclude<Expected, "comma">, string>> = {
  object: "claims are a JSON object: they begin with {",
  value: "a value is missing here: a text in double quotes, a number, true, false, null, { or [",
  "value or ]": "a value or ] is missing here",
  name: "a name in double quotes is missing here",
  "name or }": "a name in double quotes or } is missing here",
  colon: "a colon is missing here",
  nothing: "nothing may follow the closing }",
};

/** JSON allows no control characters within texts, a line's end neither. */
const hasControl = (text: string): boolean => [...text].some((letter) => letter < " ");

/** Reads claims; every number stays as it is written. */
export function readClaims(
  text: string,
): { readonly claims: readonly Claim[]; readonly fault: null } | { readonly fault: ClaimsFault } {
  const stack: ("{" | "[")[] = [];
  const claims: Claim[] = [];
  let expected: Expected = "object";
  let name = "";
  let from = 0;
  let at = 0;
  const ended = (): Expected => (stack.length === 0 ? "nothing" : "comma");
  const why = (): string =>
    expected === "comma" ? `a comma or ${stack.at(-1) === "{" ? "}" : "]"} is missing here` : WORDS[expected];
  for (;;) {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)?.[0].length ?? 0;
    if (at >= text.length) return expected === "nothing" ? { claims, fault: null } : { fault: { at, why: why() } };
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    const first = token?.[0] ?? "";
    const begins = expected === "value" || expected === "value or ]";
    if (stack.length === 1 && begins) from = at;
    if (token === undefined || (first === '"' && hasControl(token))) {
      const open = text[at] === '"' && (begins || expected === "name" || expected === "name or }");
      return { fault: { at, why: open ? "this text is not closed, or holds what JSON does not allow" : why() } };
    }
    if (expected === "object" ? first === "{" : begins && (first === "{" || first === "[")) {
      stack.push(first === "{" ? "{" : "[");
      expected = first === "{" ? "name or }" : "value or ]";
    } else if (first === '"' && (expected === "name" || expected === "name or }")) {
      if (stack.length === 1) name = String(JSON.parse(token));
      expected = "colon";
    } else if (first === ":" && expected === "colon") expected = "value";
    else if (first === "," && expected === "comma") expected = stack.at(-1) === "{" ? "name" : "value";
    else if (
      (first === "}" && stack.at(-1) === "{" && (expected === "comma" || expected === "name or }")) ||
      (first === "]" && stack.at(-1) === "[" && (expected === "comma" || expected === "value or ]"))
    ) {
      stack.pop();
      expected = ended();
    } else if (begins && !/[{}[\],:]/.test(first)) expected = ended();
    else return { fault: { at, why: why() } };
    at += token.length;
    // A value of the object itself has come to its end.
    if (stack.length === 1 && expected === "comma") claims.push([name, text.slice(from, at)]);
  }
}

/** What is wrong with claims, with its place in words; nothing at all is fine. */
export function claimsProblem(claims: string | null | undefined): string | undefined {
  if (claims === null || claims === undefined || claims.trim() === "") return undefined;
  const { fault } = readClaims(claims);
  if (fault === null) return undefined;
  const before = claims.slice(0, fault.at).split("\n");
  const column = [...(before.at(-1) ?? "")].length + 1;
  const line = claims.includes("\n") ? `Line ${before.length}, column ${column}` : `Column ${column}`;
  return `${line}: ${fault.why}.`;
}
