import { Button, Input, Select } from "@/design";
import type { FileContents } from "@/ipc";
import type { ImportDraft } from "../importModel";
import { count } from "../model";
import "../transfer.css";

export interface MappingTableProps {
  contents: FileContents;
  draft: ImportDraft;
  onColumns: (columns: readonly string[]) => void;
  onTypes: (types: readonly string[]) => void;
  onReset: () => void;
}

const LEFT_OUT = "";
const set = (list: readonly string[], at: number, value: string) =>
  list.map((old, index) => (index === at ? value : old));

/** Which column of the file goes into which of the table. */
export function MappingTable({ contents, draft, onColumns, onTypes, onReset }: MappingTableProps) {
  const into = contents.into ?? [];
  return (
    <div className="rh-transfer-mapping">
      <table>
        <thead>
          <tr>
            <th scope="col">In the file</th>
            <th scope="col">All of its values are</th>
            <th scope="col">{draft.create ? "New column" : "Into"}</th>
            {draft.create ? <th scope="col">Type</th> : null}
          </tr>
        </thead>
        <tbody>
          {contents.columns.map((column, at) => (
            <tr key={column.name}>
              <th scope="row" title={column.name}>
                {column.name}
              </th>
              <td className="rh-meta">
                {column.words}
                {column.nulls ? `, ${count(column.nulls)} NULL` : ""}
                {column.empty ? `, ${count(column.empty)} empty` : ""}
                {column.odd ? <div title={column.odd}>{column.odd}</div> : null}
              </td>
              <td>
                {draft.create ? (
                  <Input
                    dense
                    mono
                    aria-label={`New column for ${column.name}; nothing leaves it out`}
                    value={draft.columns[at] ?? ""}
                    onChange={(name) => onColumns(set(draft.columns, at, name))}
                  />
                ) : (
                  <Select
                    dense
                    block
                    mono
                    label={`Where ${column.name} goes`}
                    value={draft.columns[at] ?? LEFT_OUT}
                    onChange={(name) => onColumns(set(draft.columns, at, name))}
                    options={[
                      { value: LEFT_OUT, label: "left out" },
                      ...into.map((target) => ({
                        value: target.name,
                        label: target.name,
                        meta: `${target.native_type}${target.required ? ", needed" : ""}`,
                        ...(target.generated ? { disabledReason: "The database computes it" } : {}),
                      })),
                    ]}
                  />
                )}
              </td>
              {draft.create ? (
                <td>
                  <Input
                    dense
                    mono
                    aria-label={`Type of ${column.name}`}
                    value={draft.types[at] ?? ""}
                    onChange={(type) => onTypes(set(draft.types, at, type))}
                  />
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
      <Button dense variant="ghost" onClick={onReset}>
        By name again
      </Button>
    </div>
  );
}
