/** What waits to be applied, over all tables: how many drafts, a list of them, Discard and Review. */
import { Badge, Icon, plural, StagedBar } from "@/design";
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

const BECOMING = { create: "added", alter: "changed", drop: "removed", row_security: "changed" } as const;

export function DraftBar({ changes, losing, refusal, missing, actions, onGo, onReview, reviewKeys }: DraftBarProps) {
  if (changes.length === 0) return null;
  const conflicts = changes.filter(({ conflict }) => conflict !== null).length;
  const go = ({ id, change }: StagedPolicyChange) => {
    if (change.change === "create") actions.edit(change.on, keyOfNew(id));
    else if (change.change === "alter") actions.edit(change.on, keyOfKept(change.before.name));
    else onGo(change.on);
  };
  return (
    <StagedBar
      label="Drafts that are not applied"
      words={draftWords(changes)}
      many="Drafts"
      items={changes.map((staged) => ({
        key: staged.id,
        becoming: BECOMING[staged.change.change],
        label: changeWords(staged.change),
        meta:
          staged.conflict ??
          missingOf(missing, staged.change.on, madeBy(staged.change))[0]?.words ??
          tableWords(staged.change.on),
        wrong: staged.conflict !== null,
        onGo: () => go(staged),
        onDiscard: () => void actions.stage([{ edit: "discard", id: staged.id }]),
      }))}
      marks={
        <>
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
              {losing.length === 1
                ? `${losing[0]} gets nothing any more`
                : `${losing.length} roles get nothing any more`}
            </Badge>
          ) : null}
        </>
      }
      note={
        refusal ? (
          <span className="rh-staged-refusal rh-truncate" title={refusal}>
            <Icon name="error" size={14} /> {refusal}
          </span>
        ) : (
          <span className="rh-meta pol-wide">Nothing is sent before you have seen it.</span>
        )
      }
      discarded="Policies are again as the server has them. What was drafted is gone."
      onDiscardAll={() => void actions.stage([{ edit: "discard_all" }])}
      onReview={onReview}
      reviewKeys={reviewKeys}
    />
  );
}
