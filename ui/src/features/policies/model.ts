/** What the policies of a database look like: states in words and tones, what of the page a tab keeps. Pure. */
import type { IconName, Tone } from "@/design";
import type {
  PolicyActor,
  PolicyCommand,
  PolicyCounts,
  PolicyLevel,
  PolicyOn,
  PolicyState,
  PolicyTablesFilter,
} from "@/ipc";

interface StateLook {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: "danger" | "warn" | "ok" | "neutral";
  readonly says: string;
}

/** Red is exposed with row security off, amber is on without policy, green is on. Never colour alone. */
export const STATES: Readonly<Record<PolicyState, StateLook>> = {
  exposed: {
    word: "off, exposed",
    icon: "error",
    tone: "danger",
    says: "Row security is off, and untrusted clients reach the table",
  },
  open: {
    word: "all rows exposed",
    icon: "error",
    tone: "danger",
    says: "Row security is on, and untrusted clients get every row all the same",
  },
  no_policy: {
    word: "on, no policy",
    icon: "warning",
    tone: "warn",
    says: "Row security is on and nothing lets a row through: nobody it applies to sees one",
  },
  not_known: { word: "not known", icon: "eye-off", tone: "neutral", says: "Whether row security is on was not read" },
  off: {
    word: "off",
    icon: "minus",
    tone: "neutral",
    says: "Row security is off: a privilege is enough for every row",
  },
  on: { word: "on", icon: "policy", tone: "ok", says: "Policies decide which rows a role gets, but not the owner" },
  forced: { word: "forced", icon: "lock", tone: "ok", says: "Policies decide which rows a role gets, the owner too" },
};

/** In the order of how much they want looking at. */
export const STATE_ORDER: readonly PolicyState[] = ["exposed", "open", "no_policy", "not_known", "off", "on", "forced"];

export const COMMANDS: readonly {
  readonly value: Exclude<PolicyCommand, "all">;
  readonly word: string;
  readonly letter: string;
}[] = [
  { value: "select", word: "SELECT", letter: "S" },
  { value: "insert", word: "INSERT", letter: "I" },
  { value: "update", word: "UPDATE", letter: "U" },
  { value: "delete", word: "DELETE", letter: "D" },
];
export type OneCommand = (typeof COMMANDS)[number]["value"];

export const LEVELS: Readonly<Record<PolicyLevel, { readonly word: string; readonly tone: Tone }>> = {
  none: { word: "no rows", tone: "neutral" },
  filtered: { word: "filtered", tone: "ok" },
  all: { word: "all rows", tone: "warn" },
  bypass: { word: "bypass", tone: "info" },
  not_known: { word: "not known", tone: "outline" },
};

/** The tables of each state, those that there are, the worst first. */
export function tallyOf(counts: PolicyCounts): readonly { readonly state: PolicyState; readonly count: number }[] {
  return STATE_ORDER.map((state) => ({ state, count: counts[state] })).filter(({ count }) => count > 0);
}

export type Within = "all" | "needs_work" | "staged";

/** What the tables are narrowed to, as the controls have it. */
export interface TableFilter {
  readonly text: string;
  readonly schema: string | null;
  readonly role: string | null;
  readonly state: PolicyState | null;
  readonly within: Within;
}

export const NO_FILTER: TableFilter = { text: "", schema: null, role: null, state: null, within: "all" };

export const isFiltered = ({ text, schema, role, state, within }: TableFilter): boolean =>
  text.trim() !== "" || schema !== null || role !== null || state !== null || within !== "all";

/** The same as the core takes it. */
export const asked = (filter: TableFilter): PolicyTablesFilter => ({
  text: filter.text.trim(),
  schemas: filter.schema === null ? [] : [filter.schema],
  role: filter.role,
  states: filter.state === null ? [] : [filter.state],
  needs_work: filter.within === "needs_work",
  staged: filter.within === "staged",
  worst_first: filter.within === "needs_work",
});

/** The policy in the editor: its key as of `shownPolicies`. */
export interface Edited {
  readonly on: PolicyOn;
  readonly key: string;
}

export const SECTIONS = ["tables", "coverage", "test", "suites"] as const;
export type Section = (typeof SECTIONS)[number];

/** What a tab keeps of the tester. */
export interface TesterView {
  readonly on: PolicyOn | null;
  readonly trying: OneCommand | "sql";
  readonly statement: string;
  /** Every row is counted, not only the sample. */
  readonly count: boolean;
  /** Whom it is tried as: one or two; none before anybody was chosen. */
  readonly actors: readonly PolicyActor[];
}

/** The suite that is open in a tab, as it stands there. */
export interface SuiteView {
  readonly text: string;
  /** The file behind it; null before it was saved. */
  readonly file: { readonly path: string; readonly stamp: string; readonly crlf: boolean } | null;
  /** The text of the file. */
  readonly saved: string | null;
  /** The place of the case that is looked at: names are typed, and may be the same for a while. */
  readonly chosen: number;
}

/** How a tab shows the policies of a database. */
export interface PoliciesView {
  readonly section: Section;
  readonly filter: TableFilter;
  /** The table that is unfolded. */
  readonly open: PolicyOn | null;
  readonly editing: Edited | null;
  /** Whom the unfolded table's policies are combined for. */
  readonly role: string | null;
  readonly command: OneCommand;
  /** Roles that the matrix is narrowed to; none is all. */
  readonly roles: readonly string[];
  readonly test: TesterView;
  readonly suite: SuiteView | null;
  /** Pixels of what will run, beside the form. */
  readonly side: number;
}

export const FIRST_VIEW: PoliciesView = {
  section: "tables",
  filter: NO_FILTER,
  open: null,
  editing: null,
  role: null,
  command: "select",
  roles: [],
  test: { on: null, trying: "select", statement: "", count: false, actors: [] },
  suite: null,
  side: 460,
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const words = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

function tableOf(value: unknown): PolicyOn | null {
  if (!isObject(value)) return null;
  const { schema, table } = value;
  return typeof schema === "string" && typeof table === "string" ? { schema, table } : null;
}

function testerOf(value: unknown): TesterView {
  if (!isObject(value)) return FIRST_VIEW.test;
  const { trying, statement, count } = value;
  return {
    on: tableOf(value["on"]),
    trying: trying === "sql" ? "sql" : (COMMANDS.find((each) => each.value === trying)?.value ?? "select"),
    statement: typeof statement === "string" ? statement : "",
    count: count === true,
    actors: Array.isArray(value["actors"]) ? value["actors"].flatMap(actorOf).slice(0, 2) : [],
  };
}

function actorOf(value: unknown): readonly PolicyActor[] {
  if (!isObject(value)) return [];
  const { settings } = value;
  const isPair = (each: unknown): each is [string, string] =>
    Array.isArray(each) && each.length === 2 && each.every((part) => typeof part === "string");
  return [
    {
      role: words(value["role"]),
      claims: words(value["claims"]),
      claims_setting: words(value["claims_setting"]),
      settings: Array.isArray(settings) ? settings.filter(isPair) : [],
      apply_role_settings: value["apply_role_settings"] === true,
    },
  ];
}

function suiteOf(value: unknown): SuiteView | null {
  if (!isObject(value) || typeof value["text"] !== "string") return null;
  const file = isObject(value["file"]) ? value["file"] : {};
  const path = words(file["path"]);
  const stamp = words(file["stamp"]);
  return {
    text: value["text"],
    file: path && stamp ? { path, stamp, crlf: file["crlf"] === true } : null,
    saved: words(value["saved"]),
    chosen: Number.isSafeInteger(value["chosen"]) ? Math.max(0, Number(value["chosen"])) : 0,
  };
}

/** What a tab kept; whatever cannot be read is as at first. */
export function readView(json: string): PoliciesView {
  let kept: unknown;
  try {
    kept = JSON.parse(json);
  } catch {
    return FIRST_VIEW;
  }
  if (!isObject(kept)) return FIRST_VIEW;
  const filter = isObject(kept["filter"]) ? kept["filter"] : {};
  const editing = isObject(kept["editing"]) ? kept["editing"] : {};
  const on = tableOf(editing["on"]);
  const key = words(editing["key"]);
  const side = kept["side"];
  const roles = kept["roles"];
  return {
    section: SECTIONS.find((each) => each === kept["section"]) ?? "tables",
    filter: {
      text: words(filter["text"]) ?? "",
      schema: words(filter["schema"]),
      role: words(filter["role"]),
      state: STATE_ORDER.find((each) => each === filter["state"]) ?? null,
      within: filter["within"] === "needs_work" || filter["within"] === "staged" ? filter["within"] : "all",
    },
    open: tableOf(kept["open"]),
    editing: on && key ? { on, key } : null,
    role: words(kept["role"]),
    command: COMMANDS.find(({ value }) => value === kept["command"])?.value ?? "select",
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [],
    test: testerOf(kept["test"]),
    suite: suiteOf(kept["suite"]),
    side: typeof side === "number" && side >= 280 && side <= 900 ? side : FIRST_VIEW.side,
  };
}

/** A tab's view with one table found and unfolded. */
export function unfolded(
  json: string,
  { schema, name }: { readonly schema: string | null; readonly name: string },
): string {
  const on = { schema: schema ?? "", table: name };
  const filter = { ...NO_FILTER, text: name, schema };
  return JSON.stringify({
    ...readView(json),
    section: "tables",
    open: on,
    editing: null,
    filter,
  } satisfies PoliciesView);
}

/** A tab's view at one of its pages: with somebody in the tester, with a suite open. What was being edited is a draft. */
export function showing(
  json: string,
  section: Section,
  { actor, suite }: { readonly actor?: PolicyActor; readonly suite?: SuiteView } = {},
): string {
  const view = readView(json);
  return JSON.stringify({
    ...view,
    section,
    editing: null,
    ...(actor ? { test: { ...view.test, actors: [actor] } } : {}),
    ...(suite ? { suite } : {}),
  } satisfies PoliciesView);
}

/** Rows that are asked of the core at once. */
export const PAGE = 200;

/** The pages that rows from `first` to `last` lie in. */
export function pagesOf(first: number, last: number): readonly number[] {
  const from = Math.floor(Math.max(0, first) / PAGE);
  const to = Math.floor(Math.max(first, last, 0) / PAGE);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** The role that a table's policies are first combined for: an exposed one that a policy names, else one it names, else any. */
export function firstRole(
  roles: readonly { readonly name: string; readonly exposed: boolean }[],
  ofPolicies: readonly (readonly string[])[],
): string | null {
  const named = new Set(ofPolicies.flat());
  const found =
    roles.find(({ name, exposed }) => exposed && named.has(name)) ??
    roles.find(({ name }) => named.has(name)) ??
    roles.find(({ exposed }) => exposed) ??
    roles[0];
  return found?.name ?? null;
}
