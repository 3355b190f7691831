/** Migrations of a database, pure: words, what can be done with which, and what a list shows. */
import { type IconName, number, plural, type Tone } from "@/design";
import type { MigrationRow, MigrationState, MigrationStatus, MigrationTool, TextRange } from "@/ipc";

/** A database of a connection; `null` is the connection's own. */
export interface Place {
  readonly profileId: string;
  readonly database: string | null;
}

/** How a tab looks at them; kept with it. */
export interface View {
  /** `null`: the folder that is remembered for the database. */
  readonly folder: string | null;
  readonly filter: string;
  /** Version of the chosen one. */
  readonly chosen: string | null;
  /** Pixels of the details. */
  readonly side: number;
}

export function readView(kept: string): View {
  const nothing: View = { folder: null, filter: "", chosen: null, side: 400 };
  try {
    const read: unknown = JSON.parse(kept);
    if (typeof read !== "object" || read === null) return nothing;
    const { folder, filter, chosen, side }: Partial<Record<keyof View, unknown>> = read;
    return {
      folder: typeof folder === "string" ? folder : null,
      filter: typeof filter === "string" ? filter : "",
      chosen: typeof chosen === "string" ? chosen : null,
      side: typeof side === "number" ? side : nothing.side,
    };
  } catch {
    return nothing;
  }
}

export const TOOL_WORDS: Readonly<Record<MigrationTool, string>> = {
  sqlx: "sqlx",
  flyway: "Flyway",
  liquibase: "Liquibase",
  prisma: "Prisma",
  drizzle: "Drizzle",
  rails: "Rails",
  django: "Django",
  supabase: "Supabase",
};

export interface StateLook {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: Tone;
  /** What it means, in a sentence. */
  readonly means: string;
}

export const STATES: Readonly<Record<MigrationState["state"], StateLook>> = {
  applied: { word: "applied", icon: "check", tone: "ok", means: "It was applied, and its file is what was applied." },
  pending: { word: "pending", icon: "clock", tone: "info", means: "It is not applied yet." },
  late: {
    word: "late",
    icon: "history",
    tone: "warn",
    means: "It is not applied, though a later one is: it runs after that one here, and before it elsewhere.",
  },
  drifted: {
    word: "drifted",
    icon: "edit",
    tone: "warn",
    means: "It was applied, and its file is another than what was applied.",
  },
  missing: { word: "missing", icon: "file", tone: "warn", means: "It was applied, and the folder has no file of it." },
  failed: { word: "failed", icon: "error", tone: "danger", means: "It was begun and never brought to its end." },
};

/** What is kept of a migration that failed: `statements 1–2 of 5 are kept; the third may be`. */
export function keptWords({ kept, of, uncertain }: MigrationState & { state: "failed" }): string {
  if (kept === null) return "Nobody wrote down which of its statements are kept.";
  const all = of === null ? "" : ` of ${of}`;
  const sure =
    kept === 0
      ? of === null
        ? "None of its statements is kept for sure"
        : `None of its ${plural(of, "statement")} is kept for sure`
      : kept === 1
        ? `Statement 1${all} is kept`
        : `Statements 1–${kept}${all} are kept`;
  return uncertain ? `${sure}; number ${kept + 1} may be.` : `${sure.replace(" for sure", "")}.`;
}

const isPending = ({ state }: MigrationRow): boolean => state.state === "pending" || state.state === "late";
/** Whether it is there, as far as the history says. */
export const isApplied = ({ state }: MigrationRow): boolean =>
  state.state === "applied" || state.state === "drifted" || state.state === "missing";

/** The one that is looked at: the chosen one, else what failed, what is next, or the last. */
export const chosenOf = (rows: readonly MigrationRow[], version: string | null): MigrationRow | null =>
  rows.find((row) => row.version === version) ??
  rows.find(({ state }) => state.state === "failed") ??
  rows.find(isPending) ??
  rows.at(-1) ??
  null;

/** Why nothing can be done with any of them; `undefined` where it can. */
export function blockedBy(status: MigrationStatus | undefined, readOnly: string | undefined): string | undefined {
  if (readOnly !== undefined) return readOnly;
  if (!status) return "they are being read";
  if (status.folder === null) return "choose a folder first";
  if (status.refusal !== null) return status.refusal.replace(/\.$/, "");
  return undefined;
}

/** Why what is pending cannot be applied. */
export function noApply(status: MigrationStatus): string | undefined {
  const failed = status.rows.find(({ state }) => state.state === "failed");
  if (failed) return `say first what became of ${failed.version}`;
  return status.pending === 0 ? "nothing is pending" : undefined;
}

/** Why the last one cannot be taken back. */
export function noBack(status: MigrationStatus): string | undefined {
  const failed = status.rows.find(({ state }) => state.state === "failed");
  if (failed) return `say first what became of ${failed.version}`;
  const last = status.rows.findLast(isApplied);
  if (!last) return "nothing is applied";
  return last.down === null ? `nothing is written that takes ${last.version} back` : undefined;
}

/** Why it cannot be applied up to this one. */
export const noApplyTo = (status: MigrationStatus, row: MigrationRow): string | undefined =>
  isPending(row) ? noApply(status) : "it is not pending";

/** Those that are taken back so that `row` is the last one, the last first; why not where one of them cannot be. */
export function backTo(status: MigrationStatus, row: MigrationRow): { rows: MigrationRow[]; reason?: string } {
  const at = status.rows.indexOf(row);
  const rows = status.rows
    .slice(at + 1)
    .filter(isApplied)
    .toReversed();
  if (!isApplied(row)) return { rows, reason: "it is not applied" };
  if (rows.length === 0) return { rows, reason: "it is the last that is applied" };
  const stuck = rows.find(({ down }) => down === null);
  return stuck ? { rows, reason: `nothing is written that takes ${stuck.version} back` } : { rows };
}

/** Those that the words are about: version, name, file or state. */
export function filtered(rows: readonly MigrationRow[], text: string): readonly MigrationRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ version, name, file, state }) => {
    const all = `${version} ${name} ${file ?? ""} ${state.state}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** How many there are of each state, for a line: `5 applied · 2 pending`. */
export function countWords(rows: readonly MigrationRow[]): string {
  const counts = new Map<MigrationState["state"], number>();
  for (const { state } of rows) counts.set(state.state, (counts.get(state.state) ?? 0) + 1);
  return (Object.keys(STATES) as MigrationState["state"][])
    .flatMap((state) => {
      const count = counts.get(state);
      return count ? [`${number(count)} ${STATES[state].word}`] : [];
    })
    .join(" · ");
}

const clock = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
export const atWords = (ms: number): string => clock.format(ms);
export const tookWords = (ms: number): string => (ms < 10_000 ? `${number(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

/** A file of the folder, as a path. */
export const pathIn = (folder: string, file: string): string =>
  `${folder.replace(/[/\\]+$/, "")}${folder.includes("\\") && !folder.includes("/") ? "\\" : "/"}${file}`;

/** Why a new migration cannot be written; `undefined` where it can. */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === "") return "give it a name first";
  return /[/\\]/.test(name) ? "a name has no slashes" : undefined;
}

/** Where in a statement it is: `Line 2, column 7: total`. */
export function placeWords(sql: string, { from, to }: TextRange): string {
  const before = sql.slice(0, from).split("\n");
  const words = sql.slice(from, to).replace(/\s+/g, " ").trim();
  const where = `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  return words === "" ? where : `${where}: ${words.length > 60 ? `${words.slice(0, 60)}…` : words}`;
}
