/** Reads scripts roughly, as far as the fake host needs: statements, placeholders, a plain layout. */
import type { Outline, PlaceholderMark, StatementMark } from "../bindings";

const TOKEN = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|;/g;

function classOf(text: string): string {
  const word = /^\w+/.exec(text)?.[0].toLowerCase() ?? "";
  if (["select", "with", "explain", "show", "values", "table"].includes(word)) return "read";
  if (["insert", "update", "delete", "merge", "copy"].includes(word)) return "write";
  if (["create", "alter", "drop", "refresh", "truncate"].includes(word)) return "ddl";
  if (["begin", "commit", "rollback", "savepoint", "end"].includes(word)) return "transaction";
  return ["set", "pragma", "reset", "do"].includes(word) ? "session" : "unknown";
}

/** The text with comments and quoted parts blanked out, so that words can be looked for; every place stays. */
export function blank(text: string): string {
  return text.replace(TOKEN, (token) =>
    token === ";" || token.startsWith('"') ? token : token.replace(/[^\n]/g, " "),
  );
}

export function statementsOf(text: string): StatementMark[] {
  const marks: StatementMark[] = [];
  const add = (start: number, end: number) => {
    const whole = text.slice(start, end);
    const comment = /^\s*--\s*([^\n]*)/.exec(whole)?.[1]?.trim();
    const lead = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(whole)?.[0].length ?? 0;
    const body = whole.slice(lead).trimEnd();
    if (body === "") return;
    const from = start + lead;
    const [command = "", target = ""] = [
      /^\w+/.exec(body)?.[0],
      /\b(?:from|into|update|table|view)\s+([\w".]+)/i.exec(body)?.[1],
    ];
    const title = comment || [command.toLowerCase(), target].filter(Boolean).join(" ");
    marks.push({ index: marks.length, range: { from, to: from + body.length }, title, class: classOf(body) });
  };
  let start = 0;
  for (const token of text.matchAll(TOKEN)) {
    if (token[0] !== ";") continue;
    add(start, token.index);
    start = token.index + 1;
  }
  add(start, text.length);
  return marks;
}

export function outlineOf(text: string): Outline {
  const placeholders: PlaceholderMark[] = [];
  for (const found of blank(text).matchAll(/(?<![:\w]):([a-z_]\w*)|\$(\d+)/gi)) {
    const name = found[1] ?? found[2] ?? "";
    if (placeholders.some((mark) => mark.name === name)) continue;
    placeholders.push({ name, text: found[0], range: { from: found.index, to: found.index + found[0].length } });
  }
  return { statements: statementsOf(text), placeholders };
}

/** A layout that breaks before the clauses. */
export function formatted(text: string): string {
  return text
    .replace(/[ \t]*\n[ \t]*/g, " ")
    .replace(/\s+(from|where|group by|order by|having|limit|left join|join|union)\b/gi, "\n$1")
    .replace(/;\s*/g, ";\n\n")
    .trim()
    .concat("\n");
}
