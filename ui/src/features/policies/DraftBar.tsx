/** What waits to be applied, over all tables: how many drafts, a list of them, Discard and Review. */
import { useRef, useState } from "react";
import { Badge, Button, ConfirmDialog, Icon, IconButton, Popover, plural } from "@/design";
import type { PolicyMissing, PolicyOn, StagedPolicyChange } from "@/ipc";
import { changeWords, draftWords, keyOfKept, keyOfNew, madeBy, missingOf, missingWords, tableWords } from "./drafts";
import type { PolicyActions } from "./usePolicyActions";

export interface DraftBarProps {
  changes: readonly StagedPolicyChange[];
  /** Roles that would get nothing any more. */
  losing: readonly string[];
  /** Why the drafts cannot be applied. */
  refusal: string | null;
  /** Names in them that are not there. */
  missing: readonly PolicyMissing[];
  actions: PolicyActions;
  onGo: (on: PolicyOn) => void;
  onReview: () => void;
  reviewKeys: string | undefined;
}

const SIGNS = { create: "+", alter: "~", drop: "−", row_security: "~" } as const;
const KINDS = { create: "insert", alter: "update", drop: "delete", row_security: "update" } as const;

export function DraftBar({ changes, losing, refusal, missing, actions, onGo, onReview, reviewKeys }: DraftBarProps) {
  const [list, setList] = useState(false);
  const [asking, setAsking] = useState(false);
  const counts = useRef<HTMLButtonElement>(null);
  if (changes.length === 0) return null;
  const named = draftWords(changes);
  const conflicts = changes.filter(({ conflict }) => conflict !== null).length;
  const go = ({ id, change }: StagedPolicyChange) => {
    setList(false);
    if (change.change === "create") actions.edit(change.on, keyOfNew(id));
    else if (change.change === "alter") actions.edit(change.on, keyOfKept(change.before.name));
    else onGo(change.on);
  };
  return (
    <div className="pol-pending" role="group" aria-label="Drafts that are not applied">
      <Button ref={counts} dense variant="ghost" opens tooltip="Every draft" onClick={() => setList((open) => !open)}>
        {named}
      </Button>
      {conflicts > 0 ? (
        <Badge tone="danger" icon="warning">
          {plural(conflicts, "conflict")}
        </Badge>
      ) : null}
      {missing.length > 0 ? (
        <Badge
          tone={missing.some(({ certain }) => certain) ? "danger" : "warn"}
          icon="warning"
          tooltip={missing.map(({ name }) => name).join(", ")}
        >
          {missingWords(missing.length)}
        </Badge>
      ) : null}
      {losing.length > 0 ? (
        <Badge tone="danger" icon="error" tooltip={losing.join(", ")}>
          {losing.length === 1 ? `${losing[0]} gets nothing any more` : `${losing.length} roles get nothing any more`}
        </Badge>
      ) : null}
      {refusal ? (
        <span className="pol-refusal rh-truncate" title={refusal}>
          <Icon name="error" size={14} /> {refusal}
        </span>
      ) : (
        <span className="rh-meta pol-wide">Nothing is sent before you have seen it.</span>
      )}
      <span className="flex-1" />
      <Button variant="ghost" onClick={() => setAsking(true)}>
        Discard
      </Button>
      <Button variant="primary" {...(reviewKeys ? { keys: reviewKeys, showKeys: true } : {})} onClick={onReview}>
        Review
      </Button>
      {list && counts.current ? (
        <Popover
          open
          onClose={() => setList(false)}
          anchor={counts.current}
          label="Drafts"
          side="top"
          align="start"
          width={440}
        >
          <ul className="pol-drafts rh-scroll">
            {changes.map((staged) => (
              <li key={staged.id}>
                <button type="button" className="pol-draft" onClick={() => go(staged)}>
                  <span className="pol-sign" data-kind={KINDS[staged.change.change]} aria-hidden="true">
                    {SIGNS[staged.change.change]}
                  </span>
                  <span className="min-w-0">
                    <span className="rh-truncate block">{changeWords(staged.change)}</span>
                    <span className="rh-meta rh-truncate block">
                      {staged.conflict ??
                        missingOf(missing, staged.change.on, madeBy(staged.change))[0]?.words ??
                        tableWords(staged.change.on)}
                    </span>
                  </span>
                </button>
                <IconButton
                  icon="undo"
                  label={`Discard: ${changeWords(staged.change)}`}
                  quiet
                  onClick={() => void actions.stage([{ edit: "discard", id: staged.id }])}
                />
              </li>
            ))}
          </ul>
        </Popover>
      ) : null}
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void actions.stage([{ edit: "discard_all" }]);
        }}
        title={`Discard ${named}?`}
        description="Policies are again as the server has them. What was drafted is gone."
        confirmLabel={`Discard ${named}`}
        danger
      />
    </div>
  );
}
