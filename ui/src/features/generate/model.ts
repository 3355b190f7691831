/** Which tables get how many rows: pure. */
import type { Generate, GenerateCandidate, GenerateOffer, ObjectRef } from "@/ipc";

/** What a person has chosen of one candidate; its rows as they are typed. */
export interface Choice {
  readonly chosen: boolean;
  readonly rows: string;
}

export interface Draft {
  /** One for each candidate of the offer. */
  readonly choices: readonly Choice[];
  readonly seed: string;
  readonly dryRun: boolean;
  readonly typed: string;
}

export const USUAL_ROWS = 100;
/** More than this is no seed but a load test. */
export const MOST_ROWS = 100_000_000;
const MOST_SEED = 4_294_967_295;

const whole = new Intl.NumberFormat("en-US");
export const count = (value: number): string => whole.format(value);
export const rowsOf = (value: number): string => `${count(value)} ${value === 1 ? "row" : "rows"}`;

/** What was asked for gets rows; what is around it waits to be chosen. */
export const firstDraft = (offer: GenerateOffer): Draft => ({
  choices: offer.candidates.map(({ asked }) => ({ chosen: asked, rows: String(USUAL_ROWS) })),
  seed: "1",
  dryRun: false,
  typed: "",
});

/** A whole number as people type it: `1,000`, `1 000`, `1_000`. */
export function numberIn(text: string): number | null {
  const plain = text.trim().replace(/[,_ \u00a0\u202f]/g, "");
  return /^\d{1,12}$/.test(plain) ? Number(plain) : null;
}

export function rowsIn(text: string): number | null {
  const rows = numberIn(text);
  return rows !== null && rows >= 1 && rows <= MOST_ROWS ? rows : null;
}

export function seedIn(text: string): number | null {
  const seed = numberIn(text);
  return seed !== null && seed <= MOST_SEED ? seed : null;
}

/** Another seed, small enough to be read out to a class. */
export function otherSeed(now: string, random: () => number = Math.random): string {
  const drawn = String(1 + Math.floor(random() * 999_999));
  return drawn === now.trim() ? String(Number(drawn) + 1) : drawn;
}

/** Whether both offer the same tables in the same order. */
export const sameTables = (a: GenerateOffer, b: GenerateOffer): boolean => {
  const names = ({ candidates }: GenerateOffer) => JSON.stringify(candidates.map(({ table }) => table));
  return names(a) === names(b);
};

/** Names as they are told apart: with their schema where it is not that of the first. */
export function namesOf(candidates: readonly Pick<GenerateCandidate, "table">[]): (table: ObjectRef) => string {
  const home = candidates[0]?.table.schema;
  return (table) => (table.schema && table.schema !== home ? `${table.schema}.${table.name}` : table.name);
}

/** Everything that these refer to, however far, themselves not. */
export function referred({ candidates }: GenerateOffer, from: readonly number[]): readonly number[] {
  const found = new Set(from);
  for (const at of found) for (const to of candidates[at]?.refers_to ?? []) if (candidates[to]) found.add(to);
  return [...found].filter((at) => !from.includes(at)).sort((a, b) => a - b);
}

export const chosenOf = (draft: Draft): readonly number[] =>
  draft.choices.flatMap(({ chosen }, at) => (chosen ? [at] : []));

/** Whether it has no rows, as far as the server has counted. */
export const seemsEmpty = ({ estimated_rows }: GenerateCandidate): boolean => !estimated_rows;

/** What the chosen tables refer to and is not chosen; and of those, what seems to have no rows to refer to. */
export function missing(offer: GenerateOffer, draft: Draft): { all: readonly number[]; empty: readonly number[] } {
  const all = referred(offer, chosenOf(draft));
  return {
    all,
    empty: all.filter((at) => {
      const candidate = offer.candidates[at];
      return candidate !== undefined && seemsEmpty(candidate);
    }),
  };
}

export const choose = (draft: Draft, which: readonly number[], chosen: boolean): Draft => ({
  ...draft,
  choices: draft.choices.map((choice, at) => (which.includes(at) ? { ...choice, chosen } : choice)),
});

export const withRows = (draft: Draft, at: number, rows: string): Draft => ({
  ...draft,
  choices: draft.choices.map((choice, each) => (each === at ? { ...choice, rows } : choice)),
});

export const withSameRows = (draft: Draft, rows: string): Draft => ({
  ...draft,
  choices: draft.choices.map((choice) => ({ ...choice, rows })),
});

export const totalOf = (draft: Draft): number =>
  draft.choices.reduce((sum, { chosen, rows }) => sum + (chosen ? (rowsIn(rows) ?? 0) : 0), 0);

/** Why these choices cannot be looked at; nothing where they can. */
export function refusal(draft: Draft, offer: GenerateOffer): string | undefined {
  if (offer.forbidden !== null) return offer.forbidden;
  const chosen = chosenOf(draft);
  if (chosen.length === 0) return "Choose at least one table";
  const nameOf = namesOf(offer.candidates);
  const odd = chosen.find((at) => rowsIn(draft.choices[at]?.rows ?? "") === null);
  const oddOne = odd === undefined ? undefined : offer.candidates[odd];
  if (oddOne) return `Give ${nameOf(oddOne.table)} a number of rows from 1 to ${count(MOST_ROWS)}`;
  if (seedIn(draft.seed) === null) return `The seed number goes from 0 to ${count(MOST_SEED)}`;
  return undefined;
}

/** What is looked at: neither a trial nor what is typed changes it. */
export function requestOf(draft: Draft, offer: GenerateOffer, profileId: string): Generate {
  const tables = chosenOf(draft).flatMap((at) => {
    const table = offer.candidates[at]?.table;
    const rows = rowsIn(draft.choices[at]?.rows ?? "");
    return table && rows !== null ? [{ table, rows }] : [];
  });
  return { profile_id: profileId, tables, seed: seedIn(draft.seed) ?? 1, dry_run: false, confirmed: null };
}

/** `orders`, `orders and customers`, `orders and 3 more tables`. */
export function tablesInWords(names: readonly string[]): string {
  const [first = "no table", second] = names;
  if (second === undefined) return first;
  return names.length === 2 ? `${first} and ${second}` : `${first} and ${count(names.length - 1)} more tables`;
}

/** What is said of it while it runs and in the end. */
export function wordsOf({ tables, dry_run, seed }: Generate) {
  const place = tablesInWords(tables.map(({ table }) => table.name));
  return {
    name: place,
    title: `${dry_run ? "Trying to generate" : "Generating"} rows for ${place}`,
    done: (rows: number) =>
      dry_run ? `${rowsOf(rows)} would go into ${place}` : `${rowsOf(rows)} generated in ${place} (seed ${seed})`,
    stopped: `Stopped: nothing was changed in ${place}`,
  };
}

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** `1.2 M`, as the tree writes it. */
const short = (rows: number): string =>
  compact
    .format(rows)
    .replace(/(\d)([A-Z])/, "$1 $2")
    .replace("K", "k");

/** What it has and where its keys lead, in a line. */
export function factsOf(candidate: GenerateCandidate, offer: GenerateOffer, own: number): string {
  const nameOf = namesOf(offer.candidates);
  const { estimated_rows: rows } = candidate;
  const has = rows === null ? "not counted" : rows === 0 ? "empty" : `${short(rows)} ${rows === 1 ? "row" : "rows"} ~`;
  const to = candidate.refers_to.flatMap((at) => {
    const table = offer.candidates[at]?.table;
    return table ? [at === own ? "itself" : nameOf(table)] : [];
  });
  return to.length ? `${has} · refers to ${to.join(", ")}` : has;
}

/** Whether values of this type stand at the right, as in the grid. */
export const isNumeric = (nativeType: string): boolean =>
  /^(tiny|small|medium|big)?(int|serial)|^(numeric|decimal|float|double|real|money|number)/i.test(nativeType.trim());
