// Writes the manual page and bash's completion from what the programs themselves say, so that they cannot disagree:
// node package-docs.mjs ROWHOUSE FOLDER DATE
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [program, folder, date] = process.argv.slice(2);
if (!program || !folder || !date) throw new Error("usage: package-docs.mjs ROWHOUSE FOLDER DATE");

const ask = (...words) => execFileSync(program, words, { encoding: "utf8", env: { ...process.env, COLUMNS: "100" } });
const version = ask("--version").trim().split(" ").pop();

/** The names under "Commands:" of a help text. */
function commandsOf(help) {
  const [, block = ""] = help.match(/^Commands:\n((?: {2}.*\n)+)/m) ?? [];
  return [...block.matchAll(/^ {2}([a-z][a-z-]*)\s/gm)].map(([, name]) => name).filter((name) => name !== "help");
}

/** Every command with its help, the program itself first. */
function tree(words = []) {
  const help = ask(...words, "--help");
  return [{ words, help }, ...commandsOf(help).flatMap((name) => tree([...words, name]))];
}

const commands = tree();
if (commands.length < 5) throw new Error("the help names fewer commands than there are: has its form changed?");

// A line that begins with a dot or an apostrophe is an instruction to roff; a hyphen is not a dash.
const roff = (text) =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "\\[u2026]")
    .replace(/^([.'])/gm, "\\&$1");

function page(name, summary, synopsis, body) {
  return [
    `.TH ${name.toUpperCase().replaceAll("-", "\\-")} 1 ${date} "Rowhouse ${version}" "User Commands"`,
    `.SH NAME\n${roff(name)} \\- ${roff(summary)}`,
    `.SH SYNOPSIS\n.nf\n${roff(synopsis)}\n.fi`,
    ...body,
    "",
  ].join("\n");
}

const verbatim = (title, text) => `.SH ${title}\n.nf\n${roff(text.trimEnd())}\n.fi`;
const usageOf = (help) => help.match(/^Usage: (.*)$/m)?.[1] ?? "";

const leaves = commands.filter(({ help }) => commandsOf(help).length === 0);
const manual = page(
  "rowhouse",
  "databases from the terminal",
  leaves.map(({ help }) => usageOf(help)).join("\n"),
  [
    ...commands.map(({ words, help }) => verbatim(words.length ? `"${words.join(" ").toUpperCase()}"` : "DESCRIPTION", help)),
    ".SH SEE ALSO\n.BR rowhouse\\-desktop (1)",
  ],
);
const window = page("rowhouse-desktop", "the window of the database studio Rowhouse", "rowhouse-desktop [--sample | TARGET]", [
  `.SH DESCRIPTION\n${roff("TARGET is a saved connection's name, a URL, or the path of a database or .sql file; --sample is the built-in sample database. Where Rowhouse already runs, the same process opens one more window.")}`,
  `.SH ENVIRONMENT\n.TP\nROWHOUSE_HOME\n${roff("The folder of the store, when it is not ~/.local/share/rowhouse.")}`,
  ".SH SEE ALSO\n.BR rowhouse (1)",
]);

const optionsOf = (help) => [...new Set([...help.matchAll(/^\s+(?:-\w, )?(--[a-z][a-z-]*)/gm)].map(([, option]) => option))];
const cases = commands
  .map(({ words, help }) => `    "${words.join(" ")}") words="${[...commandsOf(help), ...optionsOf(help)].join(" ")}" ;;`)
  .join("\n");
const completion = `# bash completion for rowhouse
_rowhouse() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
${commands
  .filter(({ words }) => words.length > 0)
  .map(({ words }) => `    "${words.join(" ")}") path="${words.join(" ")}" ;;`)
  .join("\n")}
    esac
  done
  case "$path" in
${cases}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _rowhouse rowhouse
`;

function write(path, text) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
write("usr/share/man/man1/rowhouse.1", manual);
write("usr/share/man/man1/rowhouse-desktop.1", window);
write("usr/share/bash-completion/completions/rowhouse", completion);
