/** Where a policy is copied to, and what of it will not be there: the same as dragging its card, for the keyboard. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Banner, Button, Dialog, EmptyState, ErrorBlock, Icon, number, SearchField, VirtualList } from "@/design";
import { failureOf, failureProps, type PolicyDraft, type PolicyOn, type PolicyTableRow } from "@/ipc";
import { holds, missingWords, sameTable, tableWords } from "../drafts";
import { asked, NO_FILTER, PAGE } from "../model";
import { copiedQuery, type Place, useCopied, useTables } from "../queries";
import { tell } from "../usePolicyActions";
import { MissingNames } from "./MissingNames";

export interface CopyDialogProps {
  place: Place;
  /** Where it is. */
  on: PolicyOn;
  policy: PolicyDraft;
  /** Where it is to go, where that is said already. */
  to: PolicyOn | null;
  /** With the policy as it is for that table. */
  onCopy: (to: PolicyOn, policy: PolicyDraft) => void;
  onClose: () => void;
}

export function CopyDialog({ place, on, policy, to, onCopy, onClose }: CopyDialogProps) {
  const queries = useQueryClient();
  const [text, setText] = useState(to?.table ?? "");
  const [chosen, setChosen] = useState<PolicyOn | null>(to);
  const tables = useTables(place, asked({ ...NO_FILTER, text }), [0], true);
  const copied = useCopied(place, on, policy, chosen);
  const total = tables.total ?? 0;
  const rows = Array.from({ length: Math.min(total, PAGE) }, (_, index) => tables.at(index)).filter(
    (row): row is PolicyTableRow => row !== undefined && !sameTable(row.on, on),
  );
  const whole = copied.data ? holds(copied.data) : true;
  const copy = (where: PolicyOn, made: PolicyDraft) => {
    onCopy(where, made);
    onClose();
  };
  /** Copied at once where everything it names is there. */
  const pick = (where: PolicyOn) => {
    setChosen(where);
    queries
      .fetchQuery(copiedQuery(place, on, policy, where))
      .then((made) => {
        if (holds(made)) copy(where, made.policy);
      })
      .catch(tell);
  };
  const waits = chosen ? (copied.data ? undefined : "it is being looked at") : "choose a table";
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
          <Button
            variant="primary"
            disabledReason={waits}
            onClick={() => chosen && copied.data && copy(chosen, copied.data.policy)}
          >
            {whole ? "Copy as a draft" : "Copy all the same"}
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
          onOpen={(row) => pick(row.on)}
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
      {copied.error ? <ErrorBlock {...failureProps(failureOf(copied.error))} /> : null}
      {chosen && copied.data && !whole ? (
        <div className="pol-copy-missing rh-scroll" role="status">
          <Banner
            tone={copied.data.missing.some(({ certain }) => certain) ? "danger" : "warn"}
            detail="As a draft it can be mended; until then it cannot be applied."
          >
            {copied.data.missing.length > 0
              ? `${missingWords(copied.data.missing.length)} for ${tableWords(chosen)}.`
              : `Not all of it means the same for ${tableWords(chosen)}.`}
          </Banner>
          <MissingNames missing={copied.data.missing} notes={copied.data.notes} />
        </div>
      ) : null}
    </Dialog>
  );
}
