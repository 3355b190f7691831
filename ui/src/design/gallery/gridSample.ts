import type { Cell, FetchWindow, GridColumn } from "@/features/results/grid";

const WORDS = [
  "alpha",
  "bravo",
  "Zürich",
  "delta",
  "foxtrot",
  "golf",
  "hotel",
  "Ωmega",
  "juliet",
  "kilo",
  "lima",
  "東京",
  "oscar",
  "papa",
];

export function sampleColumns(count: number): GridColumn[] {
  const kinds: Omit<GridColumn, "id">[] = [
    { name: "id", type: "bigint", align: "right", key: "primary" },
    { name: "customer_id", type: "bigint", align: "right", key: "foreign" },
    { name: "status", type: "order_status", align: "left" },
    { name: "total", type: "numeric(12,2)", align: "right", sort: "descending" },
    { name: "placed_at", type: "timestamptz", align: "left" },
    { name: "is_gift", type: "boolean", align: "left" },
    { name: "coupon", type: "varchar(24)", align: "left" },
    { name: "shipping", type: "jsonb", align: "left" },
    { name: "photo", type: "bytea", align: "left" },
    { name: "note", type: "text", align: "left" },
  ];
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length];
    const round = Math.floor(index / kinds.length);
    const name = `${kind?.name ?? "column"}${round > 0 ? `_${round}` : ""}`;
    return { align: "left", ...kind, id: String(index), name };
  });
}

export function sampleCell(row: number, column: number): Cell {
  const word = (n: number) => WORDS[Math.abs(n) % WORDS.length] ?? "";
  switch (column % 10) {
    case 0:
      return { text: String(1_204_417 - row + column), class: "number" };
    case 1:
      return { text: String((row * 7 + column * 31) % 48_000), class: "number" };
    case 2:
      return { text: ["paid", "shipped", "delivered", "cancelled"][(row + column) % 4] ?? "", class: "text" };
    case 3:
      return { text: (((row * 1337 + column) % 100_000) / 100).toFixed(2), class: "number" };
    case 4:
      return { text: `2026-11-${String(1 + (row % 28)).padStart(2, "0")} 12:34:56.789+00`, class: "text" };
    case 5:
      return row % 3 === 0 ? { text: "", class: "null" } : { text: row % 2 ? "true" : "false", class: "bool" };
    case 6:
      return row % 4 === 0
        ? { text: "", class: "empty" }
        : row % 4 === 1
          ? { text: "", class: "null" }
          : { text: "BRICK-5", class: "text" };
    case 7:
      return { text: `{"city": "${word(row)}", "express": ${row % 2 === 0}}`, class: "json" };
    case 8:
      return row % 5 === 0
        ? { text: "", class: "null" }
        : { text: `\\x${((row * 2_654_435_761) >>> 0).toString(16)}`, class: "bytes" };
    default:
      return row % 9 === 0
        ? { text: `${word(row)}\n${word(row + 1)} ${word(row + 2)}`.repeat(12), class: "long", truncated: true }
        : row % 9 === 1
          ? { text: "default", class: "default" }
          : { text: `${word(row + column)} ${word(row * 3 + column)}`, class: "text" };
  }
}

/** Answers after `delay` milliseconds, as a window over the bridge would. */
export function sampleFetch(delay: number): FetchWindow {
  return ({ firstRow, rowCount, firstColumn }) =>
    new Promise((resolve) => {
      setTimeout(
        () => resolve({ rowCount, cell: (row, column) => sampleCell(firstRow + row, firstColumn + column) }),
        delay,
      );
    });
}
