/** Plans as they are shown: rows of the tree, heat, sums. Pure. Digits stay the server's own; numbers are only for lengths. */
import type { ExplainedPlan, Plan, PlanNode } from "@/ipc";

/** Deeper than this the indentation grows no more. */
export const DEEPEST = 24;

export type Heat = 0 | 1 | 2 | 3 | 4 | 5;

/** A visible row of the tree. */
export interface PlanRow {
  readonly place: number;
  readonly node: PlanNode;
  readonly branch: boolean;
  readonly open: boolean;
}

/** Which nodes have others below. */
export function branches(nodes: readonly PlanNode[]): readonly boolean[] {
  const found = nodes.map(() => false);
  for (const node of nodes) if (node.parent !== null) found[node.parent] = true;
  return found;
}

/** What is visible, top to bottom; what is below a closed node is not. */
export function rowsOf(nodes: readonly PlanNode[], closed: ReadonlySet<number>): readonly PlanRow[] {
  const branch = branches(nodes);
  const hidden = nodes.map(() => false);
  const rows: PlanRow[] = [];
  nodes.forEach((node, place) => {
    const above = node.parent;
    if (above !== null && (hidden[above] || closed.has(above))) {
      hidden[place] = true;
      return;
    }
    rows.push({ place, node, branch: branch[place] ?? false, open: !closed.has(place) });
  });
  return rows;
}

/** Whether a node is its parent's last: then no line goes on below it. */
export function lastOnes(nodes: readonly PlanNode[]): readonly boolean[] {
  const last = nodes.map(() => false);
  const seen = new Set<number | null>();
  for (let place = nodes.length - 1; place >= 0; place -= 1) {
    const parent = nodes[place]?.parent ?? null;
    last[place] = !seen.has(parent);
    seen.add(parent);
  }
  return last;
}

/** The lines left of a row, outermost first: whether one passes by. Only those that are drawn. */
export function guidesOf(nodes: readonly PlanNode[], last: readonly boolean[], place: number): readonly boolean[] {
  const guides: boolean[] = [];
  let at = nodes[place]?.parent ?? null;
  while (at !== null && guides.length < DEEPEST) {
    const above: number | null = nodes[at]?.parent ?? null;
    // The first has nothing beside it.
    if (above !== null) guides.unshift(!last[at]);
    at = above;
  }
  return guides;
}

/** What a node costs of the whole: by its own time where it was measured, by its own cost else. */
export interface Share {
  readonly percent: number;
  readonly heat: Heat;
  /** Of the greatest, 0 to 100. */
  readonly bar: number;
}

const amountOf = (node: PlanNode, measured: boolean): number | null => {
  if (measured) return node.own_ns;
  const cost = node.own_cost === null ? Number.NaN : Number(node.own_cost);
  return Number.isFinite(cost) ? cost : null;
};

export function heatOf(percent: number): Heat {
  if (percent >= 40) return 5;
  if (percent >= 18) return 4;
  if (percent >= 8) return 3;
  if (percent >= 3) return 2;
  return 1;
}

/** Whether times were measured at all. */
export const isTimed = (plan: Plan): boolean => plan.nodes.some((node) => node.own_ns !== null);

export function sharesOf(plan: Plan): readonly (Share | null)[] {
  const timed = isTimed(plan);
  const amounts = plan.nodes.map((node) => amountOf(node, timed));
  const sum = amounts.reduce((all: number, amount) => all + (amount ?? 0), 0);
  const whole = timed ? Math.max(plan.execution_ns ?? 0, plan.nodes[0]?.total_ns ?? 0) || sum : sum;
  const most = amounts.reduce((greatest: number, amount) => Math.max(greatest, amount ?? 0), 0);
  return amounts.map((amount) => {
    if (amount === null || whole <= 0) return null;
    const percent = Math.min(100, (100 * amount) / whole);
    return { percent, heat: heatOf(percent), bar: most > 0 ? (100 * amount) / most : 0 };
  });
}

/** Nodes that took most, the hottest first. */
export function hottest(plan: Plan, count: number): readonly number[] {
  const shares = sharesOf(plan);
  return shares
    .flatMap((share, place) => (share ? [{ place, percent: share.percent }] : []))
    .sort((a, b) => b.percent - a.percent)
    .slice(0, count)
    .map(({ place }) => place);
}

const THOUSANDS = /\B(?=(\d{3})+$)/g;

/** Digits in groups of three; all of them, and what is behind the point as it is. */
export function grouped(digits: string): string {
  const match = /^(-?\d+)(\.\d+)?$/.exec(digits);
  if (!match) return digits;
  const [, whole = "", rest = ""] = match;
  return `${whole.replace(THOUSANDS, ",")}${/^\.0+$/.test(rest) ? "" : rest}`;
}

/** `0.012 ms`, `12.3 ms`, `1,880 ms`, `12.3 s`. */
export function duration(ns: number | null): string {
  if (ns === null) return "";
  const ms = ns / 1e6;
  if (ms >= 10_000) return `${grouped((ms / 1000).toFixed(1))} s`;
  if (ms >= 100) return `${grouped(String(Math.round(ms)))} ms`;
  const digits = ms >= 10 ? 1 : ms >= 1 ? 2 : 3;
  return `${ms.toFixed(digits).replace(/\.?0+$/, "") || "0"} ms`;
}

/** `8 kB`, `12.5 MB`. */
export function bytes(count: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let amount = count;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${amount >= 100 || unit === 0 ? Math.round(amount) : amount.toFixed(1).replace(/\.0$/, "")} ${units[unit]}`;
}

/** What a node says of pages, the weightiest first. */
export function pagesText(node: PlanNode, pageBytes: number): string {
  const pages = node.pages;
  if (!pages) return "";
  if (pages.temp_written > 0) return `spilled ${bytes(pages.temp_written * pageBytes)}`;
  if (pages.read > 0) return `${grouped(String(pages.read))} read`;
  if (pages.hit > 0) return `${grouped(String(pages.hit))} hit`;
  return "";
}

export interface Total {
  readonly label: string;
  readonly value: string;
  readonly tip?: string;
}

/** Sums of the whole plan. */
export function totalsOf({ plan }: ExplainedPlan): readonly Total[] {
  const totals: Total[] = [];
  if (plan.execution_ns !== null) totals.push({ label: "Execution", value: duration(plan.execution_ns) });
  if (plan.planning_ns !== null) totals.push({ label: "Planning", value: duration(plan.planning_ns) });
  if (!plan.measured) {
    const cost = plan.nodes[0]?.total_cost;
    if (cost) totals.push({ label: "Cost", value: grouped(cost), tip: "The server's own unit; nothing was run" });
  }
  const sum = (key: "read" | "temp_written") => plan.nodes.reduce((all, node) => all + (node.pages?.[key] ?? 0), 0);
  const pages = `counted in pages of ${bytes(plan.page_bytes)}`;
  if (sum("read") > 0) {
    const tip = `${grouped(String(sum("read")))} pages from outside of the server's own memory, ${pages}`;
    totals.push({ label: "Read", value: bytes(sum("read") * plan.page_bytes), tip });
  }
  if (sum("temp_written") > 0) {
    const tip = `Put aside because it did not fit the memory it was given, ${pages}`;
    totals.push({ label: "Spilled", value: bytes(sum("temp_written") * plan.page_bytes), tip });
  }
  return totals;
}

/** Lengths of the two bars of a row, in percent of the longest: on a scale of powers of ten. */
export function rowBars(plan: Plan): readonly { readonly estimated: number; readonly actual: number | null }[] {
  const scale = (digits: string | null | undefined): number | null => {
    const rows = digits === null || digits === undefined ? Number.NaN : Number(digits);
    return Number.isFinite(rows) ? Math.log10(Math.max(rows, 0) + 1) : null;
  };
  const bars = plan.nodes.map((node) => ({ estimated: scale(node.estimated_rows), actual: scale(node.actual?.rows) }));
  const most = bars.reduce((all, bar) => Math.max(all, bar.estimated ?? 0, bar.actual ?? 0), 0);
  const length = (value: number) => (most > 0 ? (100 * value) / most : 0);
  return bars.map(({ estimated, actual }) => ({
    estimated: length(estimated ?? 0),
    actual: actual === null ? null : length(actual),
  }));
}

/** What a person should look at first, in a sentence; `null` where nothing stands out. */
export function noticed(plan: Plan): { readonly place: number; readonly title: string; readonly text: string } | null {
  const far = plan.nodes.map((node) => node.off?.weight === "far");
  // Where it begins: an estimate that is wrong below makes those above it wrong.
  const below = plan.nodes.map(() => false);
  plan.nodes.forEach((node, place) => {
    if (far[place] && node.parent !== null) below[node.parent] = true;
  });
  const worst = plan.nodes
    .map((node, place) => ({ node, place }))
    .filter(({ place }) => far[place] && !below[place])
    .reduce<{ node: PlanNode; place: number } | null>(
      (best, one) => (best && (best.node.total_ns ?? 0) >= (one.node.total_ns ?? 0) ? best : one),
      null,
    );
  if (!worst) return null;
  const { node, place } = worst;
  const rows = `${grouped(node.estimated_rows ?? "?")} rows were expected, ${grouped(node.actual?.rows ?? "?")} came`;
  return {
    place,
    title: `${node.title}: ${node.off?.words}.`,
    text: `${rows}. What is planned above it rests on that number.`,
  };
}

/** Properties that only say that nothing happened. */
const NOTHING = /^(?:(?:Shared|Local|Temp) .*|WAL .*|.*I\/O .* Time|Disabled|Async Capable|Parallel Aware)$/;

export const isNothing = (name: string, text: string): boolean =>
  NOTHING.test(name) && /^(?:0(?:\.0+)?|false)$/.test(text);

/** The one line of a statement that says most. */
export const firstWords = (text: string, most = 160): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
};
