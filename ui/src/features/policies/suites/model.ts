/** Suites: files of statements with what is to come of them, as docs/policies.md has them; read loosely here and strictly by the core. Pure. */
import { plural } from "@/design";
import type { PolicyActor, PolicyAttempted, PolicySuiteCase } from "@/ipc";

export type SuiteRows = readonly (string | null)[] | readonly (readonly (string | null)[])[];

export type Expect =
  | { readonly rows: SuiteRows }
  | { readonly count: number }
  | { readonly affected: number }
  | { readonly error: string }
  | { readonly refused: true };

export interface SuiteActor {
  readonly role?: string;
  readonly claims?: unknown;
  readonly settings?: Readonly<Record<string, string>>;
}

export interface SuiteCase {
  readonly name: string;
  readonly as?: SuiteActor;
  readonly statement: string;
  readonly expect: Expect;
  readonly setup?: readonly string[];
  readonly then?: { readonly statement: string; readonly expect: Expect };
}

export interface Suite {
  readonly name: string;
  readonly claims_setting?: string;
  readonly setup?: readonly string[];
  readonly cases: readonly SuiteCase[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A suite, or why it is none: enough of a look to show it. What it may hold is for the core to say. */
export function readSuite(text: string): { readonly suite: Suite } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    // The engine says where, each in its own words.
    return { problem: `A suite is JSON, and this is none${thrown instanceof Error ? `: ${thrown.message}` : ""}` };
  }
  if (!isObject(value) || typeof value["name"] !== "string" || !Array.isArray(value["cases"]))
    return { problem: "A suite is an object with a name and cases" };
  for (const [index, each] of value["cases"].entries()) {
    if (
      !isObject(each) ||
      typeof each["name"] !== "string" ||
      typeof each["statement"] !== "string" ||
      !isObject(each["expect"])
    )
      return { problem: `Case ${index + 1} has no name, no statement or nothing that is expected` };
  }
  return { suite: value as unknown as Suite };
}

/** Leaves out what is empty. */
function tidy(part: SuiteCase): SuiteCase {
  const actor = part.as ?? {};
  const made = {
    ...(actor.role ? { role: actor.role } : {}),
    ...(actor.claims !== undefined && actor.claims !== null ? { claims: actor.claims } : {}),
    ...(actor.settings && Object.keys(actor.settings).length > 0 ? { settings: actor.settings } : {}),
  };
  return {
    name: part.name,
    ...(Object.keys(made).length > 0 ? { as: made } : {}),
    statement: part.statement,
    expect: part.expect,
    ...(part.setup && part.setup.length > 0 ? { setup: part.setup } : {}),
    // biome-ignore lint/suspicious/noThenProperty: the format's name for the statement after it.
    ...(part.then ? { then: part.then } : {}),
  };
}

/** The suite as the file has it. */
export function writeSuite({ name, claims_setting, setup, cases }: Suite): string {
  const made: Suite = {
    name,
    ...(claims_setting ? { claims_setting } : {}),
    ...(setup && setup.length > 0 ? { setup } : {}),
    cases: cases.map(tidy),
  };
  return `${JSON.stringify(made, null, 2)}\n`;
}

export const NEW_SUITE: Suite = { name: "suite", cases: [] };

export const NEW_CASE: SuiteCase = { name: "new case", statement: "select 1", expect: { count: 1 } };

/** One case as a suite of its own: cases do not know each other, so each may be run alone. */
export const aloneOf = (suite: Suite, one: SuiteCase): string => writeSuite({ ...suite, cases: [one] });

/** A name that no case has yet. */
export function freeName(wanted: string, cases: readonly SuiteCase[]): string {
  const taken = new Set(cases.map(({ name }) => name));
  if (!taken.has(wanted)) return wanted;
  let next = 2;
  while (taken.has(`${wanted} ${next}`)) next += 1;
  return `${wanted} ${next}`;
}

/** The cases of another suite after these; what it prepares goes along with each of them. */
export function withCases(suite: Suite, more: Suite): Suite {
  const cases = [...suite.cases];
  for (const one of more.cases)
    cases.push({ ...one, name: freeName(one.name, cases), setup: [...(more.setup ?? []), ...(one.setup ?? [])] });
  return { ...suite, cases };
}

/** The claims as the setting holds them. */
export const claimsText = (claims: unknown): string =>
  claims === undefined || claims === null ? "" : typeof claims === "string" ? claims : JSON.stringify(claims);

/** Claims from what was typed: JSON where it is one, the text itself where it is not. */
export function claimsOf(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Who sends a case, in a few words. */
export function actorWords(actor: SuiteActor | undefined): string {
  const claims = actor?.claims;
  const who = isObject(claims) && typeof claims["sub"] === "string" ? ` ${claims["sub"]}` : "";
  const [setting] = Object.entries(actor?.settings ?? {});
  return `${actor?.role ?? "the login"}${who}${who === "" && setting ? ` ${setting[1]}` : ""}`;
}

/** An actor of the tester in the words of suites. */
export function saidActor(actor: PolicyActor, setting: string | undefined): SuiteActor {
  const settings = Object.fromEntries(actor.settings ?? []);
  const claims = actor.claims ?? "";
  const own = actor.claims_setting ?? undefined;
  // The suite has one setting for claims: claims that go elsewhere are a setting as any other.
  const elsewhere = claims !== "" && (own ?? "request.jwt.claims") !== (setting ?? "request.jwt.claims");
  return {
    ...(actor.role ? { role: actor.role } : {}),
    ...(claims !== "" && !elsewhere ? { claims: claimsOf(claims) } : {}),
    settings: elsewhere ? { ...settings, [own ?? "request.jwt.claims"]: claims } : settings,
  };
}

/** Rows of an answer that are worth writing out. */
const MOST_ROWS = 50;

/** What came of an attempt, as what is to come of it from now on. */
export function expectOf({ outcome }: PolicyAttempted): Expect {
  switch (outcome.outcome) {
    case "done": {
      const { affected, row_count, rows, columns } = outcome.answer;
      if (affected !== null) return { affected };
      if (rows.length !== row_count || row_count > MOST_ROWS || columns.length === 0) return { count: row_count };
      return { rows: rows.map(([first]) => first ?? null) };
    }
    case "no_privilege":
    case "policy_refused":
      return { error: outcome.error.native?.code ?? "42501" };
    case "failed":
      return outcome.error.native?.code ? { error: outcome.error.native.code } : { refused: true };
    case "timed_out":
      return { error: "57014" };
    case "not_sent":
      return { refused: true };
  }
}

/** The open suite, or a new one, with what was tried as cases; null where the open one cannot be read. */
export function keptIn(
  open: string | null,
  tried: {
    readonly statement: string;
    readonly actors: readonly PolicyActor[];
    readonly attempted: readonly PolicyAttempted[];
  },
): Suite | null {
  const read = open === null ? { suite: NEW_SUITE } : readSuite(open);
  if ("problem" in read) return null;
  const cases = [...read.suite.cases];
  for (const [index, attempted] of tried.attempted.entries()) {
    const as = saidActor(tried.actors[index] ?? {}, read.suite.claims_setting);
    const name = `${actorWords(as)}: ${tried.statement.replaceAll(/\s+/g, " ").trim().slice(0, 80)}`;
    cases.push({ name: freeName(name, cases), as, statement: tried.statement, expect: expectOf(attempted) });
  }
  return { ...read.suite, cases };
}

export const KINDS = [
  { value: "rows", label: "these rows, in any order" },
  { value: "count", label: "so many rows" },
  { value: "affected", label: "so many rows added, changed or removed" },
  { value: "error", label: "an error, by its SQLSTATE" },
  { value: "refused", label: "a refusal" },
] as const;
export type Kind = (typeof KINDS)[number]["value"];

export const kindOf = (expect: Expect): Kind => KINDS.find(({ value }) => value in expect)?.value ?? "refused";

/** What is expected as one word, in a field of its kind; nothing where it takes none. */
export function expectText(expect: Expect): string {
  if ("rows" in expect) return JSON.stringify(expect.rows);
  if ("count" in expect) return String(expect.count);
  if ("affected" in expect) return String(expect.affected);
  if ("error" in expect) return expect.error;
  return "";
}

const isCell = (value: unknown): boolean => value === null || typeof value === "string" || typeof value === "number";

/** What is expected from its kind and text; a sentence where that is none. */
export function expectFrom(kind: Kind, text: string): Expect | string {
  if (kind === "refused") return { refused: true };
  if (kind === "error") return text.trim() === "" ? "Give the SQLSTATE, such as 42501" : { error: text.trim() };
  if (kind === "rows") {
    try {
      const rows: unknown = JSON.parse(text === "" ? "[]" : text);
      const fits = Array.isArray(rows) && rows.every((row) => isCell(row) || (Array.isArray(row) && row.every(isCell)));
      return fits ? { rows: rows as SuiteRows } : 'A list of values: ["1", null], or of rows: [["1", "a"]]';
    } catch {
      return 'A list of values as JSON: ["1", null]';
    }
  }
  const count = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(count) || count < 0) return "A whole number";
  return kind === "count" ? { count } : { affected: count };
}

function rowsWords(rows: SuiteRows): string {
  const shown = rows
    .slice(0, 8)
    .map((row) => (Array.isArray(row) ? `(${row.map(cellWords).join(", ")})` : cellWords(row as string | null)));
  return `${plural(rows.length, "row")}${rows.length > 0 ? `: ${shown.join(", ")}${rows.length > 8 ? " …" : ""}` : ""}`;
}
const cellWords = (value: string | null): string => (value === null ? "NULL" : String(value));

export function expectWords(expect: Expect): string {
  if ("rows" in expect) return rowsWords(expect.rows);
  if ("count" in expect) return plural(expect.count, "row");
  if ("affected" in expect) return `${plural(expect.affected, "row")} affected`;
  if ("error" in expect) return `error ${expect.error}`;
  return "refused";
}

/** What the core says came, as it says it. */
interface Got {
  readonly rows?: SuiteRows;
  readonly count?: number;
  readonly affected?: number;
  readonly error?: string;
  readonly refused?: boolean;
  readonly message?: string;
  /** It did not come to the statement. */
  readonly not_run?: boolean;
  readonly then?: Got;
}

function readGot(text: string): Got {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as Got) : {};
  } catch {
    return {};
  }
}

/** What came, in the words of expectations. */
export function gotWords({ got }: PolicySuiteCase): string {
  const words = (each: Got): string => {
    const said = each.message ? `: ${each.message}` : "";
    if (each.not_run === true) return `it did not come to the statement${said}`;
    if (each.error !== undefined) return `error ${each.error}${said}`;
    if (each.refused === true) return `refused${said}`;
    if (each.rows !== undefined) return rowsWords(each.rows);
    if (each.affected !== undefined) return `${plural(each.affected, "row")} affected`;
    if (each.count !== undefined) return plural(each.count, "row");
    return each.message ?? "nothing";
  };
  const read = readGot(got);
  return read.then ? `${words(read)}; afterwards ${words(read.then)}` : words(read);
}

/** What came as an expectation; null where it cannot be one. */
export function gotExpect({ got }: PolicySuiteCase): Expect | null {
  const { rows, count, affected, error, refused, not_run } = readGot(got);
  if (not_run === true) return null;
  if (error !== undefined) return { error };
  if (refused === true) return { refused: true };
  if (rows !== undefined) return { rows };
  if (affected !== undefined) return { affected };
  return count === undefined ? null : { count };
}
