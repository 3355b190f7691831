import { type ReactNode, useEffect, useState } from "react";
import { Banner, Button, copyText, Dialog, EmptyState, Spinner } from "@/design";
import { type AppError, failureOf } from "@/ipc";
import { formatCount } from "../format";
import { countsInWords } from "./model";
import type { EditsStore } from "./store";
import type { EditsReview } from "./types";

/** What a save would send, to the letter, and what else it touches. */
export function ReviewSheet({
  store,
  saveTo,
  highlight,
  onSave,
  onClose,
}: {
  store: EditsStore;
  saveTo: string | undefined;
  highlight: ((sql: string) => ReactNode) | undefined;
  onSave: () => void;
  onClose: () => void;
}) {
  const [review, setReview] = useState<EditsReview | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    let alive = true;
    store
      .review()
      .then((answer) => alive && setReview(answer))
      .catch((thrown: unknown) => alive && setFailure(failureOf(thrown)));
    return () => {
      alive = false;
    };
  }, [store]);
  const copy = () =>
    void store
      .script()
      .then(copyText)
      .then(setCopied)
      .catch((thrown: unknown) => setFailure(failureOf(thrown)));
  const more = review ? review.total - review.statements.length : 0;
  return (
    <Dialog
      open
      onClose={onClose}
      width={820}
      title="Review changes"
      description={
        review
          ? `${countsInWords(review.counts).join(", ")}, in one transaction${review.acting === null ? "" : ` as ${review.acting}`}. This is sent as it stands.`
          : undefined
      }
      footer={
        <>
          <Button
            icon={copied ? "check" : "copy"}
            onClick={copy}
            disabledReason={review ? undefined : "it is being read"}
          >
            {copied ? "Copied" : "Copy all"}
          </Button>
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Close
          </Button>
          <Button
            variant="primary"
            disabledReason={review && review.total > 0 ? undefined : "there is nothing to save"}
            onClick={onSave}
          >
            {saveTo ? `Save to ${saveTo}` : "Save"}
          </Button>
        </>
      }
    >
      {failure ? (
        <Banner tone="danger" detail={failure.hint}>
          {failure.message}
        </Banner>
      ) : null}
      {review?.warnings.map((warning) => (
        <Banner key={warning} tone="warn">
          {warning}
        </Banner>
      ))}
      {review && review.consequences.length > 0 ? (
        <div className="py-2">
          <h3 className="font-[600] mb-1">What else it touches</h3>
          <ul className="list-disc pl-5">
            {review.consequences.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      ) : null}
      {review ? (
        review.statements.length > 0 ? (
          <div
            className="mt-2 rh-review-list rh-scroll rh-selectable border border-line rounded-md"
            role="region"
            aria-label="Statements"
            tabIndex={0}
          >
            {review.statements.map((statement, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a statement is its place.
              <pre key={index}>
                {highlight ? highlight(statement.text) : statement.text}
                {statement.cut ? <span className="rh-meta"> … the rest is not shown; “Copy all” has it</span> : null}
              </pre>
            ))}
            {more > 0 ? (
              <p className="rh-meta p-2">… and {formatCount(more)} more statements. “Copy all” has them.</p>
            ) : null}
          </div>
        ) : (
          <EmptyState icon="check" title="Nothing to save">
            Everything was taken back.
          </EmptyState>
        )
      ) : failure ? null : (
        <div className="p-6 grid place-items-center">
          <Spinner label="Writing the statements" />
        </div>
      )}
    </Dialog>
  );
}
