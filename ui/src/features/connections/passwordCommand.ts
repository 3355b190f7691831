/** A password's command as one line of text, and back. Words are quoted as a shell quotes them; nothing is expanded. */
import type { PasswordCommand } from "@/ipc";

/** As the form holds it. */
export interface CommandText {
  readonly text: string;
  /** Read by the system's shell instead of split into words. */
  readonly shell: boolean;
  /** Seconds. */
  readonly timeout: string;
}

export const NO_COMMAND: CommandText = { text: "", shell: false, timeout: "30" };

/** The words of a line, or `null` where a quote is not closed. */
export function splitWords(line: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at);
    if (quote !== null) {
      if (sign === quote) quote = null;
      else if (quote === '"' && sign === "\\" && /["\\]/.test(line.charAt(at + 1))) {
        at += 1;
        word = (word ?? "") + line.charAt(at);
      } else word = (word ?? "") + sign;
    } else if (sign === "'" || sign === '"') {
      quote = sign;
      word ??= "";
    } else if (/\s/.test(sign)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (sign === "\\" && /[\s'"\\]/.test(line.charAt(at + 1))) {
      at += 1;
      word = (word ?? "") + line.charAt(at);
    } else word = (word ?? "") + sign;
  }
  if (quote !== null) return null;
  if (word !== null) words.push(word);
  return words;
}

const quoted = (word: string): string =>
  /^[\p{L}\p{N}_./:=@%+,-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\"'\"'")}'`;

/** The exact command in one line, as it would be typed. */
export const commandLine = ({ argv, shell = false }: PasswordCommand): string =>
  shell ? (argv[0] ?? "") : argv.map(quoted).join(" ");

export const textOf = (command: PasswordCommand | null): CommandText =>
  command === null
    ? NO_COMMAND
    : { text: commandLine(command), shell: command.shell ?? false, timeout: String(command.timeout_s ?? 30) };

export function commandOf({ text, shell, timeout }: CommandText): PasswordCommand {
  const seconds = /^\d+$/.test(timeout.trim()) ? Number(timeout) : Number(NO_COMMAND.timeout);
  return { argv: shell ? [text] : [...(splitWords(text) ?? [])], shell, timeout_s: seconds };
}
