import { IconButton, VirtualList } from "@/design";
import { problemInWords, type Staged } from "./model";
import { type EditsStore, step } from "./store";
import type { EditedRow } from "./types";

const SIGN = { update: "~", insert: "+", delete: "−", saved: "•", gone: "•" } as const;
const SAID = { update: "changed", insert: "new", delete: "deleted", saved: "saved", gone: "gone" } as const;

/** Every staged row; a press goes there, each can be taken back by itself. */
export function ChangeList({
  staged,
  store,
  onGo,
}: {
  staged: Staged;
  store: EditsStore;
  onGo: (row: EditedRow) => void;
}) {
  const rows = [...staged.byId.values()]
    .map(({ row }) => row)
    .filter((row) => row.kind === "update" || row.kind === "insert" || row.kind === "delete");
  return (
    <div className="p-1" style={{ height: Math.min(320, rows.length * 32 + 8) }}>
      <VirtualList
        label="Changes that are not saved"
        items={rows}
        keyOf={(row) => String(row.id)}
        itemHeight={32}
        selected={undefined}
        onSelect={() => undefined}
        onOpen={onGo}
        renderItem={(row) => {
          const problem = problemInWords(row);
          const columns = row.cells.length + row.hidden.length;
          return (
            <div className="rh-change">
              <button
                type="button"
                className="rh-change-go"
                tabIndex={-1}
                onClick={() => onGo(row)}
                data-tip={problem ?? "Go to the row"}
              >
                <span className="rh-change-sign" data-kind={row.kind} aria-label={SAID[row.kind]}>
                  {SIGN[row.kind]}
                </span>
                <span className="rh-mono rh-truncate">{row.name}</span>
                <span className={`rh-meta rh-truncate ${problem ? "rh-tone-danger" : ""}`}>
                  {problem ??
                    (row.kind === "delete" ? "deleted" : `${columns} ${columns === 1 ? "column" : "columns"}`)}
                  {row.at === null && row.kind !== "insert" ? " · not shown here" : ""}
                </span>
              </button>
              <IconButton
                icon="undo"
                label={`Take back ${row.name}`}
                quiet
                onClick={() =>
                  void store.stage(step(`Take back ${row.name}`, { revert: [{ kind: "staged", id: row.id }] }))
                }
              />
            </div>
          );
        }}
      />
    </div>
  );
}
