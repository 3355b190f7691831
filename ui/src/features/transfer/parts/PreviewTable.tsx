import type { FileContents } from "@/ipc";
import "../transfer.css";

/** The first rows of a file, as they were read: NULL and empty text apart. */
export function PreviewTable({ contents }: { contents: FileContents }) {
  return (
    <section className="rh-transfer-preview" tabIndex={0} aria-label="First rows of the file">
      <table>
        <thead>
          <tr>
            {contents.columns.map((column) => (
              <th key={column.name} scope="col" title={column.name}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {contents.preview.slice(0, 8).map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have nothing else
            <tr key={at}>
              {contents.columns.map((column, cell) => {
                const value = row[cell];
                return (
                  <td key={column.name} title={value ?? "NULL"}>
                    {value == null ? (
                      <span className="rh-transfer-null">NULL</span>
                    ) : value === "" ? (
                      <span className="rh-transfer-null">''</span>
                    ) : (
                      value
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
