/** Partitions, pure: what a bound begins as, and what is wrong with one. */
import type { StructureBound, StructurePartition, StructurePartitioning, StructurePartitionWay } from "@/ipc";

export const WAYS: Readonly<Record<StructurePartitionWay, string>> = {
  range: "By range",
  list: "By list",
  hash: "By hash",
};

/** A bound of a table that is divided so, without its values. */
export function emptyBound(by: StructurePartitioning | null): StructureBound {
  switch (by?.way) {
    case "list":
      return { bound: "list", values: [] };
    case "hash":
      return { bound: "hash", modulus: 4, remainder: 0 };
    default:
      return { bound: "range", from: [], to: [] };
  }
}

/** The bound after those that there are: the next range begins where the last ends, the next hash leaves one more. */
export function nextBound(by: StructurePartitioning | null, there: readonly StructurePartition[]): StructureBound {
  const left = there.filter(({ change }) => change !== "removed");
  if (by?.way === "hash") {
    const taken = left.flatMap(({ bound }) => {
      const found = /modulus (\d+), remainder (\d+)/i.exec(bound);
      return found ? [{ modulus: Number(found[1]), remainder: Number(found[2]) }] : [];
    });
    const modulus = taken[0]?.modulus ?? 4;
    const free = Array.from({ length: modulus }, (_, at) => at).find(
      (at) => !taken.some(({ remainder }) => remainder === at),
    );
    return { bound: "hash", modulus, remainder: free ?? 0 };
  }
  if (by?.way === "range" && by.keys.length === 1) {
    const ends = left
      .flatMap(({ bound }) => /\bTO \((.+)\)$/i.exec(bound)?.[1] ?? [])
      .filter((end) => !/maxvalue/i.test(end));
    // Numbers by their size: 900 ends before 1000.
    const last = ends.toSorted((one, other) => one.localeCompare(other, "en", { numeric: true })).at(-1);
    if (last !== undefined) return { bound: "range", from: [last.replaceAll(/^'|'$/g, "")], to: [] };
  }
  return emptyBound(by);
}

/** Why a bound cannot be staged as it stands; null where it can. */
export function boundProblem(bound: StructureBound, keys: number, from: boolean): string | null {
  const filled = (values: readonly string[]) => values.filter((text) => text.trim() !== "").length;
  switch (bound.bound) {
    case "range":
      if (from && filled(bound.from) < keys) return "Say where it begins";
      return filled(bound.to) < keys ? "Say where it ends" : null;
    case "list":
      return filled(bound.values) === 0 ? "Write a value" : null;
    case "hash":
      if (bound.modulus < 1) return "Nothing can be divided by 0";
      return bound.remainder < bound.modulus ? null : `What is left is less than ${bound.modulus}`;
    default:
      return null;
  }
}

/** Why a table cannot be divided so; null where it can. */
export const partitioningProblem = (form: StructurePartitioning | null): string | null =>
  form?.keys.some(({ text }) => text.trim() === "") ? "Say what its rows are divided by" : null;
