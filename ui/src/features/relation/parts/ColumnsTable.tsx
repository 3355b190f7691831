import type { CSSProperties } from "react";
import { Badge, Icon, tip } from "@/design";
import type { ColumnRow, ObjectRef, RelationPage } from "@/ipc";
import { columnsShown } from "../model";
import { LongTable } from "./LongTable";
import { Reference } from "./Reference";

function Nullable({ column }: { column: ColumnRow }) {
  if (column.nullable === null) return <span className="text-ink-3">not known</span>;
  return column.nullable ? <span className="text-ink-3">NULL</span> : <span>NOT NULL</span>;
}

/** One line of text; what does not fit is told on hover. */
function Line({ text, mono = false }: { text: string | null; mono?: boolean }) {
  if (text === null || text === "") return null;
  return (
    <span className={`rel-line${mono ? " rh-mono" : ""}`} {...tip(text)}>
      {text}
    </span>
  );
}

/** What a row that says nothing gets: a default, or a value the server makes. */
function Default({ column }: { column: ColumnRow }) {
  if (column.identity !== null) return <Badge>identity {column.identity}</Badge>;
  if (column.generated === null) return <Line mono text={column.default} />;
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Badge>generated</Badge>
      <Line mono text={column.generated} />
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
  const spare = !shown.default && !shown.comment && !shown.collation;
  const style = {
    "--rel-name": widest(page.columns.map((column) => column.name)),
    "--rel-type": widest(page.columns.map((column) => column.native_type)),
  } as CSSProperties;
  return (
    <LongTable
      label={`Columns of ${page.object.name}`}
      rows={columns}
      keyOf={(column) => column.ordinal.toString()}
      span={5 + Object.values(shown).filter(Boolean).length}
      scroller={scroller}
      style={style}
      fixed
      head={
        <>
          <th className="rh-num rel-th-place" scope="col">
            #
          </th>
          <th scope="col" className="rel-th-key">
            <span className="rh-visually-hidden">Key</span>
          </th>
          <th scope="col" className="rel-th-name">
            Name
          </th>
          <th scope="col" className="rel-th-type">
            Type
          </th>
          <th scope="col" className="rel-th-null">
            Nullable
          </th>
          {shown.default ? <th scope="col">Default</th> : null}
          {shown.references ? (
            <th scope="col" className="rel-th-references">
              References
            </th>
          ) : null}
          {shown.comment ? <th scope="col">Comment</th> : null}
          {shown.collation ? <th scope="col">Collation</th> : null}
          {/* Takes what is left, so that the others keep their widths. */}
          {spare ? <td /> : null}
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
          <td>
            <Line mono text={column.name} />
          </td>
          <td className="text-ink-2">
            <Line mono text={column.native_type} />
          </td>
          <td className="rel-text">
            <Nullable column={column} />
          </td>
          {shown.default ? (
            <td>
              <Default column={column} />
            </td>
          ) : null}
          {shown.references ? (
            <td>
              {column.references ? <Reference {...column.references} near={page.object} onOpen={onOpen} line /> : null}
            </td>
          ) : null}
          {shown.comment ? (
            <td className="text-ink-2">
              <Line text={column.comment} />
            </td>
          ) : null}
          {shown.collation ? (
            <td className="text-ink-2">
              <Line mono text={column.collation} />
            </td>
          ) : null}
          {spare ? <td /> : null}
        </>
      )}
    />
  );
}
