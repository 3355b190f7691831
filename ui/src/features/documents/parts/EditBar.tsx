import { useKeys } from "@/commands";
import { Banner, Button, plural, StagedBar } from "@/design";
import { changeWords, noteOf, type StagedDocument } from "../staged";
import type { Staging } from "../useStaged";

const many = (changes: number, documents: number) => `${plural(changes, "change")} in ${plural(documents, "document")}`;

/** What is staged: how much, each of it, and the ways to be done with it. */
export function EditBar({
  staging,
  saveTo,
  locked,
  onReview,
  onRead,
  onGo,
}: {
  staging: Staging;
  saveTo?: string | undefined;
  locked: string | null;
  onReview: () => void;
  onRead: () => void;
  onGo: (document: StagedDocument) => void;
}) {
  const saveKeys = useKeys("edits.save");
  const reviewKeys = useKeys("edits.review");
  const { staged, standingOf, failure } = staging;
  const lost = staged.filter((each) => standingOf(each) !== "here");
  const changed = lost.filter((each) => standingOf(each) === "changed");
  const count = staged.reduce((sum, each) => sum + each.changes.length, 0);
  return (
    <>
      {failure ? (
        <Banner
          tone="danger"
          edge
          detail={failure.hint}
          onDismiss={staging.dismiss}
          actions={
            failure.code === "conflict" ? (
              <Button dense onClick={onRead}>
                Read it again
              </Button>
            ) : undefined
          }
        >
          {failure.message}
        </Banner>
      ) : null}
      {changed.length > 0 ? (
        <Banner
          tone="warn"
          edge
          detail="Your changes were made to what it was before, and are not sent. Discard them, and change it as it is now."
          actions={
            <Button dense onClick={() => changed.map((each) => staging.discard(each))}>
              {changed.length === 1 ? "Discard its changes" : "Discard their changes"}
            </Button>
          }
        >
          {changed.length === 1
            ? "A document you changed is another one on the server by now."
            : `${plural(changed.length, "document")} you changed are others on the server by now.`}
        </Banner>
      ) : null}
      {staged.length > 0 ? (
        <StagedBar
          label="Staged changes"
          words={many(count, staged.length)}
          many="Changes"
          items={staged.flatMap((each) =>
            each.changes.map((change, at) => ({
              key: `${each.holdId}/${each.row}/${at}`,
              becoming:
                change.kind === "append"
                  ? ("added" as const)
                  : change.kind === "remove"
                    ? ("removed" as const)
                    : ("changed" as const),
              label: changeWords(change),
              meta:
                standingOf(each) === "here"
                  ? `document ${(each.row + 1).toLocaleString("en-US")}`
                  : standingOf(each) === "changed"
                    ? "changed on the server since"
                    : "its document is not among those on show",
              wrong: standingOf(each) === "changed",
              ...(standingOf(each) === "here" ? { onGo: () => onGo(each) } : {}),
              onDiscard: () => {
                const rest = each.changes.filter((other) => other !== change);
                if (standingOf(each) === "here") void staging.stage(each.row, () => rest);
                else staging.discard(each);
              },
            })),
          )}
          note={
            <span className="rh-meta rh-truncate">
              {lost.length > changed.length
                ? `${plural(lost.length - changed.length, "document")} not among those on show`
                : noteOf(staged)}
            </span>
          }
          discarded="Nothing of it has been sent. It cannot be brought back."
          onDiscardAll={() => staging.discard()}
          onReview={onReview}
          reviewKeys={reviewKeys}
          save={{
            label: saveTo ? `Save to ${saveTo}` : "Save",
            keys: saveKeys,
            loading: staging.saving,
            disabledReason:
              locked ?? (lost.length === staged.length ? "none of them is among those on show" : undefined),
            onSave: () => void staging.save(),
          }}
        />
      ) : null}
    </>
  );
}
