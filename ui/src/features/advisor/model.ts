/** What an advisor's report looks like: levels in words and tones, which findings are asked for, what a tab keeps. Pure. */

import type { IconName } from "@/design";
import { number, plural } from "@/design";
import type {
  AdvisorExposure,
  AdvisorFilter,
  AdvisorFinding,
  AdvisorFix,
  AdvisorLevel,
  AdvisorObject,
  AdvisorObjectRow,
  AdvisorPoint,
  AdvisorReport,
  AdvisorRowSecurity,
  AdvisorRule,
  AdvisorScan,
} from "@/ipc";

interface LevelLook {
  readonly word: string;
  readonly many: string;
  readonly icon: IconName;
  readonly tone: "danger" | "warn" | "info";
}

export const LEVELS: Readonly<Record<AdvisorLevel, LevelLook>> = {
  error: { word: "Error", many: "errors", icon: "error", tone: "danger" },
  warning: { word: "Warning", many: "warnings", icon: "warning", tone: "warn" },
  info: { word: "Info", many: "notes", icon: "info", tone: "info" },
};

/** The letters of rules' ids. */
export const GROUPS: readonly { readonly letter: string; readonly word: string }[] = [
  { letter: "S", word: "Row security and exposure" },
  { letter: "K", word: "Keys and references" },
  { letter: "I", word: "Indexes" },
  { letter: "T", word: "Types and shapes" },
  { letter: "O", word: "Operations" },
];

/**
 * What was found and nobody accepted, the same by what it is about, what was accepted, rules that did not look at everything;
 * statements and tables as figures.
 */
export const WITHIN = ["found", "tables", "accepted", "unseen", "slow", "bloat"] as const;
export type Within = (typeof WITHIN)[number];

/** Whether it lists what a filter is for. */
export const hasLists = (within: Within): boolean => within === "found" || within === "tables" || within === "accepted";

/** What a tab keeps of how it shows a report. */
export interface AdvisorView {
  readonly text: string;
  readonly level: AdvisorLevel | null;
  readonly group: string | null;
  readonly kind: string | null;
  readonly within: Within;
  /** The object whose findings are listed, instead of all. */
  readonly about: AdvisorObject | null;
  /** The object that is looked at among the tables. */
  readonly object: AdvisorObject | null;
  /** The key of the finding that is looked at. */
  readonly chosen: string | null;
  /** Pixels of it. */
  readonly side: number;
}

export const FIRST_VIEW: AdvisorView = {
  text: "",
  level: null,
  group: null,
  kind: null,
  within: "found",
  about: null,
  object: null,
  chosen: null,
  side: 420,
};

function readObject(kept: unknown): AdvisorObject | null {
  if (typeof kept !== "object" || kept === null) return null;
  const { schema, name, kind, label } = kept as Partial<Record<keyof AdvisorObject, unknown>>;
  if (typeof name !== "string" || typeof kind !== "string" || typeof label !== "string") return null;
  return { schema: typeof schema === "string" ? schema : null, name, kind, relation: null, label };
}

export function readView(json: string): AdvisorView {
  let kept: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== "object" || parsed === null) return FIRST_VIEW;
    kept = { ...parsed };
  } catch {
    return FIRST_VIEW;
  }
  const text = (name: string) => (typeof kept[name] === "string" && kept[name] !== "" ? (kept[name] as string) : null);
  const { side } = kept;
  return {
    text: text("text") ?? "",
    level: (["error", "warning", "info"] as const).find((level) => level === kept["level"]) ?? null,
    group: GROUPS.find(({ letter }) => letter === kept["group"])?.letter ?? null,
    kind: text("kind"),
    within: WITHIN.find((each) => each === kept["within"]) ?? "found",
    about: readObject(kept["about"]),
    object: readObject(kept["object"]),
    chosen: text("chosen"),
    side: typeof side === "number" && side >= 280 && side <= 900 ? side : FIRST_VIEW.side,
  };
}

/** The same as the core takes it. */
export const asked = ({ text, level, group, kind, within, about }: AdvisorView): AdvisorFilter => ({
  text: text.trim(),
  levels: level === null ? [] : [level],
  groups: group === null ? [] : [group],
  rules: [],
  kinds: kind === null ? [] : [kind],
  schema: null,
  about: within === "tables" ? null : about,
  accepted: within === "accepted",
});

export const isFiltered = ({ text, level, group, kind }: AdvisorView): boolean =>
  text.trim() !== "" || level !== null || group !== null || kind !== null;

export const sameObject = (one: AdvisorObject | null, other: AdvisorObject): boolean =>
  one !== null && one.kind === other.kind && one.schema === other.schema && one.name === other.name;

/** How much was found about an object: in the order of weight, each with its shape and words. */
export function talliesOf({ errors, warnings, infos, accepted }: AdvisorObjectRow) {
  const of = (count: number, level: AdvisorLevel) => {
    const { icon, tone, word, many } = LEVELS[level];
    const one = level === "info" ? "note" : word.toLowerCase();
    return { count, icon, tone, word: count === 1 ? one : many };
  };
  return [
    of(errors, "error"),
    of(warnings, "warning"),
    of(infos, "info"),
    { count: accepted, icon: "eye-off" as const, tone: "neutral" as const, word: "accepted" },
  ];
}

/** How row security stands on a table. */
export function rowSecurityWords({ enabled, forced, policies }: AdvisorRowSecurity): string {
  if (!enabled) return "row security off";
  return `row security ${forced ? "forced" : "on"}, ${policies === 0 ? "no policy" : plural(policies, "policy", "policies")}`;
}

/** The head of the page, in a sentence. */
export function summaryOf({ score, errors, warnings }: AdvisorReport): string {
  return `${plural(score.secured, "table")} secured, ${plural(warnings, "warning")}, ${plural(errors, "error")}`;
}

/** How many rules there were, and how many of them say nothing. */
export function ranOf({ rules, elapsed_ms }: Pick<AdvisorReport, "rules" | "elapsed_ms">): string {
  const missing = notEvaluated(rules).length;
  const whole = rules.filter(({ result }) => result !== "not_evaluated").length;
  const said = `${number(whole)} of ${plural(rules.length, "rule")} ran in ${number(elapsed_ms)} ms.`;
  return missing === 0 ? said : `${said} ${number(missing)} could not be evaluated, or not in full.`;
}

const clock = (ms: number): string =>
  new Date(ms).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });

/** When it was looked at, and when it is again. */
export function scanWords({ last_ms, next_ms, waiting }: AdvisorScan): string {
  const next = next_ms === null ? "" : `, again at ${clock(next_ms)}`;
  return `Looked at ${clock(last_ms)}${next}.${waiting === null ? "" : ` ${waiting}`}`;
}

/** Rules that did not look at everything: these are not passes. */
export const notEvaluated = (rules: readonly AdvisorRule[]): readonly AdvisorRule[] =>
  rules.filter(({ result, reason }) => result === "not_evaluated" || reason !== null);

/** Grades as heights, F at the bottom; as points of a line in a box. */
export function line(points: readonly AdvisorPoint[], width: number, height: number): string {
  const level = (grade: string) => Math.max(0, "FEDCBA".indexOf(grade[0] ?? "F")) / 5;
  const step = points.length > 1 ? width / (points.length - 1) : 0;
  return points
    .map(({ grade }, at) => `${(at * step).toFixed(1)},${((1 - level(grade)) * height).toFixed(1)}`)
    .join(" ");
}

/** `C to B?` over what time. */
export function trend(points: readonly AdvisorPoint[]): string | null {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || first === last) return null;
  const word = ({ grade, uncertain }: AdvisorPoint) => `${grade}${uncertain ? "?" : ""}`;
  return `${word(first)} to ${word(last)}`;
}

/** What a person has to know of a fix before it runs. */
export function fixWords({ lock, transaction_safe, undo }: AdvisorFix): readonly string[] {
  return [
    lock === null ? "Locks no table" : lock,
    transaction_safe ? "one transaction" : "outside of any transaction",
    ...(undo === null ? ["no way back"] : []),
  ];
}

/** A fix as it is opened in an editor: nothing of it has run. */
export function scriptOf({ message, object, rule, fix }: AdvisorFinding): string {
  if (!fix) return "";
  const says = [`${rule}: ${object.label}`, message, ...fixWords(fix)].flatMap((text) => text.split("\n"));
  const undo = fix.undo ? `\n\n-- Undo:\n${commented(fix.undo)}` : "";
  return `${says.map((text) => `-- ${text}`).join("\n")}\n${fix.sql.trim()}${undo}\n`;
}

/** How many fixes become drafts of policies, how many a script, and how many of those may not run in a transaction. */
export function fixesOf(findings: readonly Pick<AdvisorFinding, "fix">[]) {
  const fixes = findings.flatMap(({ fix }) => (fix ? [fix] : []));
  const script = fixes.filter(({ drafts }) => !drafts);
  return {
    drafts: fixes.length - script.length,
    script: script.length,
    alone: script.filter(({ transaction_safe }) => !transaction_safe).length,
  };
}

const commented = (sql: string): string =>
  sql
    .trim()
    .split("\n")
    .map((each) => `-- ${each}`)
    .join("\n");

/** What untrusted clients reach, in a sentence. */
export function exposureWords(exposure: AdvisorExposure | null): string {
  if (!exposure) return "Nobody said which schemas and roles untrusted clients reach, and nothing hints at it.";
  const { schemas, anonymous, signed_in, guessed_from } = exposure;
  const roles = [...anonymous, ...signed_in];
  const said =
    schemas.length === 0
      ? "No schema is exposed to untrusted clients."
      : `Untrusted clients reach ${schemas.join(", ")} as ${roles.length === 0 ? "nobody" : roles.join(", ")}.`;
  return guessed_from === null ? said : `${said} That is a guess, from ${guessed_from}.`;
}

/** `312 ms`, `4.1 s`, `2 min`, `3.5 h`. */
export function msWords(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

/** `9.6 MB`, in powers of 1000 as disks are sold. */
export function bytesWords(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1_000 ** unit;
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A list that was typed: names between commas. */
export const names = (text: string): string[] => [
  ...new Set(
    text
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  ),
];
