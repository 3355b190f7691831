/** Where a policy is copied to: the same as dragging its card, for the keyboard. */
import { useState } from "react";
import { Button, Dialog, EmptyState, Icon, number, SearchField, VirtualList } from "@/design";
import type { PolicyDraft, PolicyOn, PolicyTableRow } from "@/ipc";
import { sameTable, tableWords } from "../drafts";
import { asked, NO_FILTER, PAGE } from "../model";
import { type Place, useTables } from "../queries";

export interface CopyDialogProps {
  place: Place;
  /** Where it is. */
  on: PolicyOn;
  policy: PolicyDraft;
  onCopy: (to: PolicyOn) => void;
  onClose: () => void;
}

export function CopyDialog({ place, on, policy, onCopy, onClose }: CopyDialogProps) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<PolicyOn | null>(null);
  const tables = useTables(place, asked({ ...NO_FILTER, text }), [0], true);
  const total = tables.total ?? 0;
  const rows = Array.from({ length: Math.min(total, PAGE) }, (_, index) => tables.at(index)).filter(
    (row): row is PolicyTableRow => row !== undefined && !sameTable(row.on, on),
  );
  const copy = (to: PolicyOn | null) => {
    if (!to) return;
    onCopy(to);
    onClose();
  };
  return (
    <Dialog
      open
      width={480}
      onClose={onClose}
      title={`Copy ${policy.name}`}
      description={`It becomes a draft of the table you choose; ${tableWords(on)} keeps its own.`}
      footer={
        <>
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button variant="primary" disabledReason={chosen ? undefined : "choose a table"} onClick={() => copy(chosen)}>
            Copy as a draft
          </Button>
        </>
      }
    >
      <SearchField autoFocus label="Find a table" placeholder="Find a table" value={text} onChange={setText} />
      {rows.length > 0 ? (
        <VirtualList
          label="Tables"
          className="pol-copy-list"
          items={rows}
          keyOf={(row) => tableWords(row.on)}
          itemHeight={28}
          selected={chosen ? tableWords(chosen) : undefined}
          onSelect={(_, row) => setChosen(row.on)}
          onOpen={(row) => copy(row.on)}
          renderItem={(row) => (
            <span className="flex items-center gap-2 min-w-0 px-2">
              <Icon name="table" size={14} />
              <span className="rh-truncate">{tableWords(row.on)}</span>
            </span>
          )}
        />
      ) : (
        <EmptyState icon="table" title={tables.total === undefined ? "Reading the tables" : "No other table"} />
      )}
      {total > PAGE ? (
        <p className="rh-meta">
          The first {PAGE} of {number(total)} are shown.
        </p>
      ) : null}
    </Dialog>
  );
}
