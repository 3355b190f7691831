import { useKeys, useOffers, useRunCommand } from "@/commands";
import { Button, IconButton, plural, Segmented } from "@/design";
import type { DocumentsHead } from "@/ipc";
import { type CollectionPlace, type DocumentsView, VIEWS } from "./model";

/** How documents are shown: as trees, as texts, or in the grid. */
export function ViewSwitch({
  view,
  onView,
  active,
  place,
}: {
  view: DocumentsView;
  onView: (view: DocumentsView) => void;
  active: boolean;
  place: CollectionPlace | null;
}) {
  const run = useRunCommand();
  const insertKeys = useKeys("edits.insert");
  useOffers(
    {
      "documents.tree": { run: () => onView("tree") },
      "documents.json": { run: () => onView("json") },
      "documents.grid": { run: () => onView("grid") },
    },
    active,
  );
  return (
    <>
      {place && view !== "grid" ? (
        <IconButton
          icon="plus"
          label="Insert document"
          {...(insertKeys ? { keys: insertKeys } : {})}
          disabledReason={place.locked ?? undefined}
          onClick={() => run("edits.insert")}
        />
      ) : null}
      <Segmented label="How documents are shown" dense value={view} onChange={onView} options={VIEWS} />
    </>
  );
}

/** What the grid's columns rest on: said for as long as there may be more fields than columns. */
export function ColumnsNote({
  documents,
  rows,
  active,
  onInfer,
}: {
  documents: DocumentsHead;
  rows: number;
  active: boolean;
  onInfer: (() => void) | undefined;
}) {
  const { sampled, left_out } = documents;
  const all = sampled >= rows && left_out === 0;
  useOffers(
    onInfer
      ? {
          "documents.infer": {
            run: onInfer,
            ...(sampled >= rows ? { disabledReason: "all that are here were looked at" } : {}),
          },
        }
      : {},
    active,
  );
  return (
    <div className="doc-note rh-meta" role="note">
      <span>
        columns inferred from {all && rows > 0 ? "all " : ""}
        {plural(sampled, "document")}
      </span>
      {left_out > 0 ? (
        <span className="rh-tone-warn">
          {plural(left_out, "field")} {left_out === 1 ? "has" : "have"} no column
        </span>
      ) : null}
      {sampled < rows && onInfer ? (
        <Button dense variant="ghost" onClick={onInfer}>
          Look at more
        </Button>
      ) : null}
    </div>
  );
}
