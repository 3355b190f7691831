/** How tables are divided in the fake host, in data and in words. */
import type { ObjectRef, StructureBound, StructurePartitioning, StructurePartitions } from "../bindings";

/** How the one partitioned table is divided. */
export function divided(own: ObjectRef): StructurePartitions {
  const one = (year: number) => ({
    object: { ...own, name: `${own.name}_${year}` },
    name: `${own.name}_${year}`,
    bound: `FOR VALUES FROM ('${year}-01-01') TO ('${year + 1}-01-01')`,
    by: year === 2026 ? "LIST (kind)" : null,
    change: null,
  });
  return {
    by: "RANGE (at)",
    form: { way: "range", keys: [{ text: "at", expression: false }] },
    partitions: [one(2024), one(2025), one(2026)],
    of: null,
  };
}

/** A bound as the server writes it. */
export function boundText(bound: StructureBound): string {
  const list = (values: readonly string[]) =>
    values
      .map((text) => (/^(minvalue|maxvalue|null|-?\d+)$/i.test(text) ? text.toUpperCase() : `'${text}'`))
      .join(", ");
  switch (bound.bound) {
    case "range":
      return `FOR VALUES FROM (${list(bound.from)}) TO (${list(bound.to)})`;
    case "list":
      return `FOR VALUES IN (${list(bound.values)})`;
    case "hash":
      return `FOR VALUES WITH (modulus ${bound.modulus}, remainder ${bound.remainder})`;
    default:
      return "DEFAULT";
  }
}

export const dividedText = ({ way, keys }: StructurePartitioning): string =>
  `${way.toUpperCase()} (${keys.map(({ text }) => text).join(", ")})`;
