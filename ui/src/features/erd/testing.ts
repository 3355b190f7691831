/** A drawing for tests: three tables, each refers to the one before it. */
import type { DiagramBox, DiagramDrawing, DiagramLine, DiagramRow } from "@/ipc";

const row = (name: string, primary: boolean): DiagramRow => ({
  name,
  native_type: "bigint",
  nullable: !primary,
  primary,
  unique: primary,
  foreign: !primary,
  comment: null,
  staged: null,
});

const box = (name: string, x: number, y: number): DiagramBox => ({
  schema: "public",
  name,
  title: name,
  kind: "table",
  comment: null,
  x,
  y,
  width: 184,
  height: 72,
  rows: [row("id", true), row("other_id", false)],
  folded: 0,
  outside: 0,
  colour: null,
  staged: null,
});

const line = (from: number, to: number, corners: number[]): DiagramLine => ({
  name: `fk_${from}`,
  from: { table: from, columns: ["other_id"], y: 58, cardinality: "zero_or_many" },
  to: { table: to, columns: ["id"], y: 38, cardinality: "zero_or_one" },
  on_delete: "cascade",
  on_update: "no action",
  inferred: false,
  staged: null,
  corners,
});

export function drawing(): DiagramDrawing {
  return {
    id: "d-1",
    name: "All tables",
    scope: {
      schemas: null,
      only: null,
      hidden: [],
      views: false,
      partitions: false,
      columns: "all",
      inferred: true,
      grouping: "schema",
    },
    as_of_ms: 0,
    offline: false,
    tables: 3,
    schemas: ["public"],
    layout_ms: null,
    boxes: [box("customers", 24, 72), box("orders", 296, 72), box("lines", 24, 400)],
    lines: [line(1, 0, [296, 130, 252, 130, 252, 110, 208, 110]), line(2, 1, [208, 458, 272, 458, 272, 110, 296, 110])],
    frames: [{ title: "public", colour: 0, members: [0, 1, 2], x: 8, y: 28, width: 488, height: 460 }],
    notes: [],
    metrics: {
      head: 28,
      row: 20,
      foot: 4,
      pad: 10,
      mark: 14,
      gap: 16,
      head_text: 12,
      name_text: 11,
      type_text: 11,
      frame_pad: 16,
      frame_head: 28,
      note_pad: 8,
      note_row: 18,
    },
    renamed: [],
    added: [],
    gone: [],
  };
}
