import { IconButton, Select, Skeleton } from "@/design";
import type { GeneratedTable, GenerateLook, ObjectRef } from "@/ipc";
import { count, isNumeric, rowsOf } from "../model";

const keyOf = ({ database, schema, name }: ObjectRef) => JSON.stringify([database, schema, name]);

export interface SamplePreviewProps {
  look: GenerateLook | null;
  /** Whether it is a look at these very choices. */
  current: boolean;
  nameOf: (table: ObjectRef) => string;
  /** The table that is shown; the first where that is none of them. */
  shown: string | null;
  onShown: (key: string) => void;
}

function Value({
  value,
  carried,
  column,
}: {
  value: string | null;
  carried: boolean;
  column: GeneratedTable["columns"][number];
}) {
  if (!carried)
    return (
      <td className="rh-generate-server" title="The server makes it as the row goes in">
        made by the server
      </td>
    );
  if (value === null)
    return (
      <td>
        <span className="rh-generate-null">NULL</span>
      </td>
    );
  return (
    <td title={value} className={isNumeric(column.native_type) ? "rh-generate-number" : undefined}>
      {value === "" ? <span className="rh-generate-empty">''</span> : value}
    </td>
  );
}

function Rows({ table, name }: { table: GeneratedTable; name: string }) {
  return (
    <section className="rh-generate-rows rh-scroll" tabIndex={0} aria-label={`First rows for ${name}`}>
      <table>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column.name} scope="col" title={`${column.name} ${column.native_type}\n${column.words}`}>
                <span className="rh-generate-column">{column.name}</span>
                <span className="rh-generate-type">{column.native_type}</span>
                <span className="rh-generate-words">{column.words}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.sample.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: made-up rows have nothing else
            <tr key={at}>
              {table.columns.map((column, cell) => (
                <Value key={column.name} value={row[cell] ?? null} carried={column.carried} column={column} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The first of the rows that would be made up, a table at a time, in the order in which they are filled. */
export function SamplePreview({ look, current, nameOf, shown, onShown }: SamplePreviewProps) {
  if (look === null) return <Skeleton width="100%" height={220} />;
  const found = look.tables.findIndex(({ table }) => keyOf(table) === shown);
  const at = Math.max(0, found);
  const table = look.tables[at];
  if (!table) return null;
  const name = nameOf(table.table);
  const go = (step: number) => {
    const next = look.tables[at + step];
    if (next) onShown(keyOf(next.table));
  };
  return (
    <div className="rh-generate-preview" aria-busy={!current} data-old={!current || undefined}>
      <div className="rh-generate-bar">
        {look.tables.length > 1 ? (
          <>
            <Select
              dense
              label="Table, in the order they are filled"
              value={keyOf(table.table)}
              options={look.tables.map((each, place) => ({
                value: keyOf(each.table),
                label: `${place + 1}. ${nameOf(each.table)}`,
                meta: rowsOf(each.rows),
              }))}
              onChange={onShown}
            />
            <IconButton
              icon="chevron-left"
              dense
              label="Table before"
              disabledReason={at === 0 ? "It is filled first" : undefined}
              onClick={() => go(-1)}
            />
            <IconButton
              icon="chevron-right"
              dense
              label="Table after"
              disabledReason={at === look.tables.length - 1 ? "It is filled last" : undefined}
              onClick={() => go(1)}
            />
          </>
        ) : (
          <strong className="rh-truncate">{name}</strong>
        )}
        <span className="rh-meta rh-truncate">
          {rowsOf(table.rows)} more; it has {table.existing === 0 ? "none" : count(table.existing)}
        </span>
      </div>
      <Rows table={table} name={name} />
    </div>
  );
}
