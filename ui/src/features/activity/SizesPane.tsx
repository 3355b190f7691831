/** How large tables and indexes are, and what of them is used. */
import { type ReactNode, useState } from "react";
import { Badge, EmptyState, SearchField, Segmented } from "@/design";
import type { ActivitySizes, IndexUse, ObjectRef, TableUse } from "@/ipc";
import {
  type ActivityView,
  ago,
  bytes,
  count,
  dayOf,
  exactTime,
  INDEX_CELLS,
  inOrder,
  named,
  type Order,
  TABLE_CELLS,
} from "./model";
import { type RowColumn, RowTable } from "./parts/RowTable";

export interface SizesPaneProps {
  sizes: ActivitySizes;
  view: ActivityView;
  onView: (change: Partial<ActivityView>) => void;
  text: string;
  onText: (text: string) => void;
  onOpen: (table: ObjectRef) => void;
  dimmed: boolean;
  filterRef: (node: HTMLInputElement | null) => void;
}

function Name({ object, badges }: { object: ObjectRef; badges?: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5 min-w-0">
      <span className="rh-mono rh-truncate" data-tip={object.schema ? `${object.schema}.${object.name}` : object.name}>
        {object.schema ? <span className="text-ink-3">{object.schema}.</span> : null}
        {object.name}
      </span>
      {badges}
    </span>
  );
}

const Size = ({ value, busy }: { value: number | null; busy: boolean }) => (
  <span data-tip={value === null ? undefined : `${count(value)} bytes${busy ? ", as written down last" : ""}`}>
    {busy && value !== null ? "≈ " : ""}
    {bytes(value)}
  </span>
);

const Moment = ({ at, now }: { at: number | null; now: number }) => (
  <span data-tip={exactTime(at) || undefined}>
    {at === null ? <span className="text-ink-3">never</span> : ago(at, now)}
  </span>
);

/** What nobody tells has no column. */
function tableColumns({ tables, counts_rows, at_ms }: ActivitySizes): readonly RowColumn<TableUse>[] {
  const told = (of: (table: TableUse) => unknown) => tables.some((table) => of(table) !== null);
  const size = (id: string, head: string, of: (table: TableUse) => number | null, tip?: string) => ({
    id,
    head,
    width: 92,
    number: true,
    desc: true,
    ...(tip ? { tip } : {}),
    cell: (table: TableUse) => <Size value={of(table)} busy={table.busy} />,
  });
  const uses = (id: string, head: string, tip: string, of: (table: TableUse) => number | null) => ({
    id,
    head,
    width: 110,
    number: true,
    desc: true,
    tip,
    cell: (table: TableUse) => count(of(table)),
  });
  const dead = told((table) => table.dead_rows);
  return [
    {
      id: "name",
      head: "Table",
      cell: (table) => (
        <Name
          object={table.object}
          badges={
            <>
              {table.kind ? <Badge tone="outline">{table.kind}</Badge> : null}
              {table.busy ? (
                <Badge tone="warn" tooltip="Somebody holds it exclusively: its size is the one written down last.">
                  held
                </Badge>
              ) : null}
            </>
          }
        />
      ),
    },
    {
      id: "rows",
      head: "Rows",
      width: 104,
      number: true,
      desc: true,
      tip: "As the server estimates",
      cell: (table) => (table.rows === null ? "" : `≈ ${count(table.rows)}`),
    },
    size("total", "Total", (table) => table.total_bytes),
    size("data", "Data", (table) => table.table_bytes),
    size("indexes", "Indexes", (table) => table.index_bytes),
    ...(told((table) => table.free_bytes)
      ? [size("free", "Free", (table) => table.free_bytes, "Allocated and not used")]
      : []),
    ...(told((table) => table.seq_scans ?? table.index_scans)
      ? [
          uses(
            "seq",
            counts_rows ? "Without index" : "Full scans",
            counts_rows ? "Rows read without an index" : "Times it was read from end to end",
            (table) => table.seq_scans,
          ),
          uses(
            "idx",
            "By index",
            counts_rows ? "Rows read by an index" : "Times it was read by an index",
            (table) => table.index_scans,
          ),
        ]
      : []),
    ...(dead
      ? [
          uses("dead", "Dead rows", "Gone and not cleaned up, as the server estimates", (table) => table.dead_rows),
          {
            id: "vacuumed",
            head: "Vacuumed",
            width: 96,
            number: true,
            cell: (table: TableUse) => <Moment at={table.vacuumed_ms} now={at_ms} />,
          },
        ]
      : []),
    ...(told((table) => table.analyzed_ms)
      ? [
          {
            id: "analyzed",
            head: "Analyzed",
            width: 96,
            number: true,
            cell: (table: TableUse) => <Moment at={table.analyzed_ms} now={at_ms} />,
          },
        ]
      : []),
  ];
}

function indexColumns({ indexes, counts_rows, at_ms }: ActivitySizes): readonly RowColumn<IndexUse>[] {
  const counted = indexes.some((index) => index.scans !== null);
  return [
    {
      id: "name",
      head: "Index",
      cell: (index) => (
        <Name
          object={index.object}
          badges={
            <>
              {index.primary ? <Badge>primary</Badge> : index.unique ? <Badge>unique</Badge> : null}
              {index.valid ? null : <Badge tone="danger">not valid</Badge>}
              {index.scans === 0 && !index.primary && !index.unique ? <Badge tone="warn">unused</Badge> : null}
            </>
          }
        />
      ),
    },
    {
      id: "table",
      head: "Table",
      width: 220,
      cell: (index) => (
        <span className="rh-mono" data-tip={index.object.signature ?? undefined}>
          {index.object.signature}
        </span>
      ),
    },
    {
      id: "bytes",
      head: "Size",
      width: 96,
      number: true,
      desc: true,
      cell: (index) => <Size value={index.bytes} busy={index.busy} />,
    },
    ...(counted
      ? [
          {
            id: "scans",
            head: counts_rows ? "Rows read" : "Scans",
            width: 110,
            number: true,
            tip: "How much it was used; the unused ones stand first",
            cell: (index: IndexUse) => count(index.scans),
          },
        ]
      : []),
    ...(indexes.some((index) => index.used_ms !== null)
      ? [
          {
            id: "used",
            head: "Last used",
            width: 110,
            number: true,
            cell: (index: IndexUse) => <Moment at={index.used_ms} now={at_ms} />,
          },
        ]
      : []),
  ];
}

const LARGEST: Order = { by: "total", desc: true };
const UNUSED: Order = { by: "bytes", desc: true };
const keyOf = ({ object }: TableUse | IndexUse) => JSON.stringify([object.schema, object.signature, object.name]);

export function SizesPane({ sizes, view, onView, text, onText, onOpen, dimmed, filterRef }: SizesPaneProps) {
  const [selected, setSelected] = useState<string | null>(null);
  const { tables, indexes } = sizes;
  const shownTables = named(tables, text);
  const shownIndexes = named(indexes, text);
  const total = tables.reduce((sum, table) => sum + (table.total_bytes ?? 0), 0);
  const order = view.order[view.sizes] ?? (view.sizes === "tables" ? LARGEST : UNUSED);
  const onOrder = (next: Order) => onView({ order: { ...view.order, [view.sizes]: next } });
  const shared = { selected, onSelect: setSelected, order, onOrder, keyOf, dimmed };
  const none = view.sizes === "tables" ? shownTables.length === 0 : shownIndexes.length === 0;
  return (
    <>
      <div className="act-tools">
        <Segmented
          label="Sizes of"
          dense
          value={view.sizes}
          onChange={(next) => onView({ sizes: next })}
          options={[
            { value: "tables", label: "Tables", count: count(tables.length) },
            { value: "indexes", label: "Indexes", count: count(indexes.length) },
          ]}
        />
        <SearchField
          dense
          ref={filterRef}
          label={`Filter ${view.sizes}`}
          placeholder={`Filter ${view.sizes}`}
          value={text}
          onChange={onText}
        />
        <span className="rh-meta tabular-nums ml-auto">
          {bytes(total)} in all
          {sizes.counted_since_ms === null ? "" : `, uses counted since ${dayOf(sizes.counted_since_ms)}`}
        </span>
      </div>
      <div className="act-body">
        {none ? (
          <EmptyState picture="empty" title={`No ${view.sizes}`}>
            {text.trim() === "" ? `This database has no ${view.sizes}.` : `None has “${text.trim()}” in its name.`}
          </EmptyState>
        ) : view.sizes === "tables" ? (
          <RowTable
            {...shared}
            label="Tables"
            rows={inOrder(shownTables, TABLE_CELLS, order)}
            columns={tableColumns(sizes)}
            onOpen={(table) => onOpen(table.object)}
            menu={(table) => [
              { label: "Open data", icon: "table", keys: "Enter", onSelect: () => onOpen(table.object) },
            ]}
            least={1160}
          />
        ) : (
          <RowTable
            {...shared}
            label="Indexes"
            rows={inOrder(shownIndexes, INDEX_CELLS, order)}
            columns={indexColumns(sizes)}
            onOpen={({ object }) => object.signature && onOpen(tableOf(object, object.signature))}
            menu={({ object }) =>
              object.signature
                ? [
                    {
                      label: "Open its table",
                      icon: "table",
                      keys: "Enter",
                      onSelect: () => onOpen(tableOf(object, object.signature ?? "")),
                    },
                  ]
                : []
            }
            least={760}
          />
        )}
      </div>
    </>
  );
}

const tableOf = (index: ObjectRef, name: string): ObjectRef => ({
  database: index.database,
  schema: index.schema,
  kind: "relation",
  name,
  signature: null,
});
