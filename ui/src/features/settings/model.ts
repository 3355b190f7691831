/** Shortcuts as a person changes them: what was pressed, what it would clash with. Pure. */
import { COMMANDS, type CommandDefinition, type CommandId, clashes, effectiveKeys, type Scope } from "@/commands";

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;
type Own = Readonly<Record<string, string | undefined>>;

const MODIFIERS = new Set([
  "Control",
  "Shift",
  "Alt",
  "Meta",
  "AltGraph",
  "CapsLock",
  "Dead",
  "Process",
  "Unidentified",
]);

/** A press as it is written in the table, or null while only modifiers are down. */
export function keysOf(event: Pressed, mac: boolean): string | null {
  const { key } = event;
  if (MODIFIERS.has(key)) return null;
  const mod = mac ? event.metaKey : event.ctrlKey;
  const letter = /^[a-z0-9]$/i.test(key) || key.length > 1;
  const parts = [
    mod ? "Mod" : "",
    mac && event.ctrlKey ? "Ctrl" : "",
    !mac && event.metaKey ? "Meta" : "",
    event.altKey ? "Alt" : "",
    // A symbol already holds its Shift.
    event.shiftKey && letter ? "Shift" : "",
    key === " " ? "Space" : key.length === 1 ? key.toUpperCase() : key,
  ];
  return parts.filter(Boolean).join("+");
}

/** Why these keys cannot be a shortcut at all: they would type or move instead. */
export function refusal(keys: string): string | null {
  const parts = keys.split("+").filter(Boolean);
  const key = parts.at(-1) ?? "";
  const held = parts.slice(0, -1).filter((part) => part !== "Shift");
  if (key === "Escape") return "Esc always goes one step back.";
  if (/^F\d{1,2}$/.test(key) || held.length > 0) return null;
  return "Without Ctrl, Alt or a function key this would type or move.";
}

/** The command that has these keys already, where both could be meant. */
export function clashWith(own: Own, id: CommandId, keys: string): (CommandDefinition & { id: CommandId }) | null {
  const list = COMMANDS as readonly (CommandDefinition & { id: CommandId })[];
  const found = clashes(effectiveKeys({ ...own, [id]: keys })).find(
    ({ first, second }) => first === id || second === id,
  );
  if (!found) return null;
  const other = found.first === id ? found.second : found.first;
  return list.find((command) => command.id === other) ?? null;
}

/** A person's keys with one changed; the default is not kept, so that a better default can come. */
export function withKeys(own: Own, id: CommandId, keys: string | null): Record<string, string> {
  const command = (COMMANDS as readonly CommandDefinition[]).find((each) => each.id === id);
  const next: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) if (value !== undefined && name !== id) next[name] = value;
  if (keys !== null && keys !== (command?.keys ?? "")) next[id] = keys;
  return next;
}

export const SCOPE_TITLES: Readonly<Record<Scope, string>> = {
  global: "Everywhere",
  home: "On the connections page",
  explorer: "In the explorer",
  query: "In a query",
  relation: "In a table",
  policies: "In a tab of policies",
  advisor: "In an advisor's tab",
  diagram: "In a diagram",
  structure: "In the structure of a table",
  migrations: "In a tab of migrations",
  compare: "In a comparison",
  keys: "In a tab of keys",
  live: "Live view",
  activity: "In an activity tab",
  results: "In results",
  connection: "In a connection's form",
};

/** A number as typed, or null when it is none or outside its range: what is kept is never another than was typed. */
export function numberOf(text: string, min: number, max: number): number | null {
  if (!/^\s*\d[\d, _]*\s*$/.test(text)) return null;
  const number = Number(text.replace(/[, _]/g, ""));
  return number >= min && number <= max ? number : null;
}
