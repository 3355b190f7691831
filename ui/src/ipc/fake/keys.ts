/** Foreign keys of the fake's columns. */
import type { ObjectRef, ResultColumn, ResultKey } from "../bindings";

/** The keys of a result's columns, as its head tells them. */
export const keysOf = (columns: readonly ResultColumn[]): ResultKey[] =>
  columns.flatMap((column, at) => {
    const [name, target = "id"] = column.references?.split(".") ?? [];
    if (!name) return [];
    const object: ObjectRef = { database: null, schema: null, kind: "relation", name, signature: null };
    return [
      {
        name: `${column.name}_fkey`,
        columns: [column.name],
        shown_at: [at],
        object,
        referenced_columns: [target],
        label: `→ ${name}.${target} (ON DELETE RESTRICT)`,
        values_at: [at],
        obstacle: null,
      },
    ];
  });
