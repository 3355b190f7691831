import { Button, Dialog } from "@/design";
import type { ResultHead } from "@/ipc";
import { formatCount } from "../format";
import { conflictsOf, type Staged } from "./model";
import type { EditsStore } from "./store";
import type { EditedRow, ShownValue } from "./types";

function Value({ value }: { value: ShownValue | null }) {
  if (!value) return <span className="rh-meta">deleted</span>;
  switch (value.kind) {
    case "null":
      return <span className="rh-meta">NULL</span>;
    case "default":
      return <em className="rh-meta">default</em>;
    case "bytes":
      return (
        <span className="rh-mono">
          {value.text.slice(0, 64)} <span className="rh-meta">{formatCount(value.bytes)} bytes</span>
        </span>
      );
    case "text":
      return value.text === "" ? (
        <span className="rh-meta">''</span>
      ) : (
        <span className="rh-mono">{value.text.length > 600 ? `${value.text.slice(0, 600)}…` : value.text}</span>
      );
  }
}

/** Rows that somebody else changed or deleted meanwhile: yours, theirs and what was read, side by side. Either can be kept. */
export function Conflicts({
  staged,
  store,
  head,
  onGo,
  onClose,
}: {
  staged: Staged;
  store: EditsStore;
  head: ResultHead;
  onGo: (row: EditedRow) => void;
  onClose: () => void;
}) {
  const rows = conflictsOf(staged);
  const ids = rows.map((row) => row.id);
  const changed = rows.filter((row) => row.problem?.kind === "changed").map((row) => row.id);
  const settle = async (work: Promise<boolean>, left: boolean) => {
    if ((await work) && !left) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      width={820}
      title={
        rows.length === 1 ? "Somebody else changed a row" : `Somebody else changed ${formatCount(rows.length)} rows`
      }
      description="Nothing was saved. Choose what each row is to be; the choice is staged and saved with the rest."
      footer={
        <>
          <Button
            disabledReason={changed.length ? undefined : "no row was only changed"}
            onClick={() => void settle(store.resolveAll(changed, "yours"), changed.length < ids.length)}
          >
            Keep all of yours
          </Button>
          <Button onClick={() => void settle(store.resolveAll(ids, "theirs"), false)}>Keep all of theirs</Button>
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Decide later
          </Button>
        </>
      }
    >
      <div className="rh-review-list rh-scroll flex flex-col gap-3">
        {rows.map((row) => (
          <section key={row.id} aria-label={row.name} className="border border-line rounded-md">
            <header className="flex items-center gap-2 px-2 py-1 bg-sunk">
              <button
                type="button"
                className="rh-mono font-[500] rh-truncate"
                data-tip="Go to the row"
                onClick={() => onGo(row)}
              >
                {row.name}
              </button>
              <span className="rh-meta">{row.kind === "delete" ? "you delete it" : ""}</span>
              <span className="flex-1" />
              {row.problem?.kind === "changed" ? (
                <Button dense onClick={() => void settle(store.resolve(row.id, "yours"), rows.length > 1)}>
                  Keep yours
                </Button>
              ) : null}
              <Button dense onClick={() => void settle(store.resolve(row.id, "theirs"), rows.length > 1)}>
                {row.problem?.kind === "gone" ? "Drop the change" : "Keep theirs"}
              </Button>
            </header>
            {row.problem?.kind === "changed" ? (
              <table className="rh-conflict">
                <thead>
                  <tr>
                    <th scope="col">Column</th>
                    <th scope="col">Yours</th>
                    <th scope="col">Theirs</th>
                    <th scope="col">As it was read</th>
                  </tr>
                </thead>
                <tbody>
                  {row.problem.cells.map((cell) => (
                    <tr key={cell.column}>
                      <td>{head.columns[cell.column]?.name}</td>
                      <td data-yours>
                        <Value value={cell.yours} />
                      </td>
                      <td>
                        <Value value={cell.theirs} />
                      </td>
                      <td>
                        <Value value={cell.original} />
                      </td>
                    </tr>
                  ))}
                  {row.problem.hidden.map((name) => (
                    <tr key={`hidden ${name}`}>
                      <td>{name}</td>
                      <td colSpan={3} className="rh-meta">
                        not shown here: open the table to see both values
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            ) : (
              <p className="p-2">It was deleted, or has another key now. There is nothing left to change.</p>
            )}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
