/** Two plans side by side: which node became which, and what changed. Pure. */
import type { Plan, PlanNode } from "@/ipc";

/** A node of the one, of the other, or of both. */
export interface Pair {
  readonly before: number | null;
  readonly after: number | null;
}

type Key = (node: PlanNode) => string | null;

const relationOf: Key = (node) =>
  node.relation === null ? null : [node.schema ?? "", node.relation, node.alias ?? ""].join("\u001f");

/** From the surest sign to the weakest. Each is tried on what is left; the n-th of one is the n-th of the other. */
const KEYS: readonly Key[] = [
  (node) => {
    const relation = relationOf(node);
    return relation === null ? null : [node.kind, relation, node.index ?? "", node.role ?? ""].join("\u001f");
  },
  (node) => {
    const relation = relationOf(node);
    return relation === null ? null : [node.kind, relation].join("\u001f");
  },
  relationOf,
  (node) => node.relation,
  (node) => (node.relation === null ? [node.kind, node.summary ?? "", node.role ?? ""].join("\u001f") : null),
];

/** What kinds do, where they differ in how. */
export function family(kind: string): string {
  if (/join|nested loop/i.test(kind)) return "join";
  if (/aggregate|group/i.test(kind)) return "aggregate";
  if (/sort|order/i.test(kind)) return "sort";
  if (/gather/i.test(kind)) return "gather";
  if (/scan|search|lookup|single row/i.test(kind)) return "scan";
  return kind;
}

/** Which node of the one is which of the other. */
export function matched(before: Plan, after: Plan): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const taken = new Set<number>();
  const take = (old: number, now: number) => {
    found.set(now, old);
    taken.add(old);
  };
  for (const key of KEYS) {
    const waiting = new Map<string, number[]>();
    before.nodes.forEach((node, place) => {
      const name = taken.has(place) ? null : key(node);
      if (name !== null) waiting.set(name, [...(waiting.get(name) ?? []), place]);
    });
    after.nodes.forEach((node, place) => {
      const name = found.has(place) ? null : key(node);
      const old = name === null ? undefined : waiting.get(name)?.shift();
      if (old !== undefined) take(old, place);
    });
  }
  // What is above those that are found: the nearest of the same family, from the leaves up.
  for (let now = after.nodes.length - 1; now >= 0; now -= 1) {
    if (found.has(now)) continue;
    const kind = family(after.nodes[now]?.kind ?? "");
    for (let child = now + 1; child < after.nodes.length; child += 1) {
      if (after.nodes[child]?.parent !== now) continue;
      const old = found.get(child);
      let above = old === undefined ? null : (before.nodes[old]?.parent ?? null);
      while (above !== null && (taken.has(above) || family(before.nodes[above]?.kind ?? "") !== kind)) {
        above = before.nodes[above]?.parent ?? null;
      }
      if (above === null) continue;
      take(above, now);
      break;
    }
  }
  return found;
}

/** Both plans from top to bottom, in the order of the later one; what is gone stands where it was. */
export function paired(before: Plan, after: Plan): readonly Pair[] {
  const found = matched(before, after);
  const kept = new Set(found.values());
  const pairs: Pair[] = [];
  let next = 0;
  const gone = (until: number) => {
    for (; next < until; next += 1) if (!kept.has(next)) pairs.push({ before: next, after: null });
  };
  after.nodes.forEach((_, place) => {
    const old = found.get(place) ?? null;
    if (old !== null) gone(old);
    pairs.push({ before: old, after: place });
  });
  gone(before.nodes.length);
  return pairs;
}

export type Better = "better" | "worse" | "same";

export interface Change {
  readonly what: "kind" | "index" | "time" | "rows" | "cost" | "gone" | "new";
  readonly words: string;
  readonly better: Better | null;
}

const numeric = (digits: string | null | undefined): number | null => {
  const value = digits === null || digits === undefined ? Number.NaN : Number(digits);
  return Number.isFinite(value) ? value : null;
};

/** `2×`, `1.3×`. */
const times = (factor: number): string =>
  `${factor >= 9.95 ? Math.round(factor) : factor.toFixed(1).replace(".0", "")}×`;

/** How two amounts differ; nothing below a tenth, and nothing of what is too small to matter. */
function changed(old: number | null, now: number | null, least: number): { factor: number; more: boolean } | null {
  if (old === null || now === null) return null;
  if (Math.max(old, now) < least) return null;
  const [low, high] = [Math.max(Math.min(old, now), least / 100, 1e-9), Math.max(old, now)];
  const factor = high / low;
  return factor < 1.1 ? null : { factor, more: now > old };
}

/** What is different about a pair. */
export function changesOf(before: PlanNode | null, after: PlanNode | null): readonly Change[] {
  if (!before || !after) {
    const only = before ?? after;
    const words = `${before ? "gone" : "new"}${only?.index ? `, index ${only.index}` : ""}`;
    return [{ what: before ? "gone" : "new", words, better: null }];
  }
  const changes: Change[] = [];
  if (before.kind !== after.kind) changes.push({ what: "kind", words: `was ${before.kind}`, better: null });
  if (before.index !== after.index) {
    const words =
      after.index === null
        ? `no index, was ${before.index}`
        : `index ${after.index}${before.index ? `, was ${before.index}` : ""}`;
    changes.push({ what: "index", words, better: null });
  }
  const time = changed(before.own_ns, after.own_ns, 10_000);
  if (time) {
    const words = `${times(time.factor)} ${time.more ? "slower" : "faster"}`;
    changes.push({ what: "time", words, better: time.more ? "worse" : "better" });
  }
  const rows = changed(
    numeric(before.actual?.rows ?? before.estimated_rows),
    numeric(after.actual?.rows ?? after.estimated_rows),
    1,
  );
  if (rows)
    changes.push({ what: "rows", words: `${times(rows.factor)} ${rows.more ? "more" : "fewer"} rows`, better: null });
  const cost = changed(numeric(before.own_cost), numeric(after.own_cost), 0.01);
  if (cost && !time) {
    const words = `cost ${times(cost.factor)} ${cost.more ? "higher" : "lower"}`;
    changes.push({ what: "cost", words, better: cost.more ? "worse" : "better" });
  }
  return changes;
}

export interface Verdict {
  readonly label: string;
  readonly before: number | null;
  readonly after: number | null;
  readonly unit: "ns" | "cost";
  readonly words: string;
  readonly better: Better;
}

/** The whole of both: time where both were measured, cost else. */
export function verdict(before: Plan, after: Plan): Verdict {
  const timed = before.execution_ns !== null && after.execution_ns !== null;
  const old = timed ? before.execution_ns : numeric(before.nodes[0]?.total_cost);
  const now = timed ? after.execution_ns : numeric(after.nodes[0]?.total_cost);
  const change = changed(old, now, timed ? 1_000 : 0.01);
  const label = timed ? "Execution" : "Cost";
  const unit = timed ? "ns" : "cost";
  if (!change)
    return {
      label,
      before: old,
      after: now,
      unit,
      words: old === null || now === null ? "cannot be compared" : "about the same",
      better: "same",
    };
  const worse = timed ? "slower" : "higher";
  const improved = timed ? "faster" : "lower";
  const words = `${times(change.factor)} ${change.more ? worse : improved}`;
  return { label, before: old, after: now, unit, words, better: change.more ? "worse" : "better" };
}
