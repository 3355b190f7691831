import type { CSSProperties } from "react";
import { Badge, Icon } from "@/design";
import type { ColumnRow, ObjectRef, RelationPage } from "@/ipc";
import { columnsShown } from "../model";
import { LongTable } from "./LongTable";
import { Reference } from "./Reference";

function Nullable({ column }: { column: ColumnRow }) {
  if (column.nullable === null) return <span className="text-ink-3">not known</span>;
  return column.nullable ? <span className="text-ink-3">NULL</span> : <span>NOT NULL</span>;
}

function Computed({ column }: { column: ColumnRow }) {
  return (
    <span className="flex min-h-6 items-center gap-1.5">
      {column.identity === null ? null : <Badge>identity {column.identity}</Badge>}
      {column.generated === null ? null : (
        <>
          <Badge>generated</Badge>
          <span className="rh-mono rel-cell">{column.generated}</span>
        </>
      )}
    </span>
  );
}

export interface ColumnsTableProps {
  page: RelationPage;
  /** Those of the page's columns that are to be shown. */
  columns: readonly ColumnRow[];
  scroller: () => HTMLElement | null;
  onOpen: (object: ObjectRef) => void;
}

/** The widest text in letters, within what a cell may be wide. */
const widest = (texts: readonly string[]): number =>
  Math.min(
    44,
    texts.reduce((most, text) => Math.max(most, text.length), 0),
  );

export function ColumnsTable({ page, columns, scroller, onOpen }: ColumnsTableProps) {
  // From the whole page: columns of the table do not come and go while one types in the filter.
  const shown = columnsShown(page.columns);
  const style = {
    "--rel-name": `${widest(page.columns.map((column) => column.name))}ch`,
    "--rel-type": `${widest(page.columns.map((column) => column.native_type))}ch`,
  } as CSSProperties;
  return (
    <LongTable
      label={`Columns of ${page.object.name}`}
      rows={columns}
      keyOf={(column) => column.ordinal.toString()}
      span={5 + Object.values(shown).filter(Boolean).length}
      scroller={scroller}
      style={style}
      head={
        <>
          <th className="rh-num" scope="col">
            #
          </th>
          <th scope="col">
            <span className="rh-visually-hidden">Key</span>
          </th>
          <th scope="col" className="rel-th-name">
            Name
          </th>
          <th scope="col" className="rel-th-type">
            Type
          </th>
          <th scope="col">Nullable</th>
          {shown.default ? <th scope="col">Default</th> : null}
          {shown.computed ? <th scope="col">Computed</th> : null}
          {shown.references ? <th scope="col">References</th> : null}
          {shown.collation ? <th scope="col">Collation</th> : null}
          {shown.comment ? <th scope="col">Comment</th> : null}
        </>
      }
      cells={(column) => (
        <>
          <td className="rh-num rh-meta">{column.ordinal}</td>
          <td>
            <span className="rel-glyphs">
              {column.primary_key ? <Icon name="key" size={14} className="rel-key" label="Primary key" /> : null}
              {column.references ? <Icon name="foreign-key" size={14} label="Foreign key" /> : null}
            </span>
          </td>
          <td className="rh-mono">
            <span className="rel-cell">{column.name}</span>
          </td>
          <td className="rh-mono text-ink-2">
            <span className="rel-cell">{column.native_type}</span>
          </td>
          <td className="rel-text">
            <Nullable column={column} />
          </td>
          {shown.default ? (
            <td className="rh-mono">
              <span className="rel-cell">{column.default}</span>
            </td>
          ) : null}
          {shown.computed ? (
            <td>
              <Computed column={column} />
            </td>
          ) : null}
          {shown.references ? (
            <td>
              {column.references ? <Reference {...column.references} near={page.object} onOpen={onOpen} /> : null}
            </td>
          ) : null}
          {shown.collation ? <td className="rh-mono">{column.collation}</td> : null}
          {shown.comment ? (
            <td className="text-ink-2">
              <span className="rel-cell">{column.comment}</span>
            </td>
          ) : null}
        </>
      )}
    />
  );
}
