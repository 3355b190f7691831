import { useEffect, useState } from "react";
import { Button, Dialog, EmptyState, ErrorBlock, plural, Spinner } from "@/design";
import { type AppError, type DocumentPreview, failureOf, failureProps, host } from "@/ipc";
import { diffLines, hunksOf } from "../diff";
import { patchesOf, type StagedDocument } from "../staged";
import { Coloured } from "./Coloured";

/** Longer texts are not coloured, and only what differs of them is drawn. */
const LONGEST_LINE = 2_000;

type Reviewed = { readonly preview: DocumentPreview } | { readonly failure: AppError };

const cut = (line: string) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} …` : line);

function Sides({ preview }: { preview: DocumentPreview }) {
  return (
    <div className="doc-sides rh-mono rh-selectable">
      <div className="doc-side-head">As it is</div>
      <div className="doc-side-head">As it would be</div>
      {hunksOf(diffLines(preview.before, preview.after)).flatMap((hunk, at) =>
        "left" in hunk
          ? [
              // biome-ignore lint/suspicious/noArrayIndexKey: a part has no name but its place
              <div key={at} className="doc-left rh-meta">
                {plural(hunk.left, "line")} as before
              </div>,
            ]
          : hunk.flatMap((line, within) => {
              const key = `${at}.${within}`;
              return [
                <pre key={`${key}b`} data-mark={line.same || line.before === null ? undefined : "deleted"}>
                  <Coloured text={cut(line.before ?? "")} />
                </pre>,
                <pre key={`${key}a`} data-mark={line.same || line.after === null ? undefined : "new"}>
                  <Coloured text={cut(line.after ?? "")} />
                </pre>,
              ];
            }),
      )}
    </div>
  );
}

/** What a save would make of each document, before and after side by side. Nothing is sent for it. */
export function ReviewDialog({
  documents,
  saveLabel,
  locked,
  onSave,
  onClose,
}: {
  documents: readonly StagedDocument[];
  saveLabel: string;
  locked: string | null;
  onSave: () => void;
  onClose: () => void;
}) {
  const [reviewed, setReviewed] = useState<readonly Reviewed[] | null>(null);
  useEffect(() => {
    let alive = true;
    const ask = (each: StagedDocument): Promise<Reviewed> =>
      host()
        .documentPreview({ hold_id: each.holdId, row: each.row, patches: patchesOf(each.changes) })
        .then((preview) => ({ preview }))
        .catch((thrown: unknown) => ({ failure: failureOf(thrown) }));
    void Promise.all(documents.map(ask)).then((answers) => alive && setReviewed(answers));
    return () => {
      alive = false;
    };
  }, [documents]);
  const wrong = reviewed?.some((each) => "failure" in each) ?? false;
  return (
    <Dialog
      open
      onClose={onClose}
      width={960}
      title="Review changes"
      description={`${plural(documents.length, "document")}. Each is replaced only while it is on the server what was read; what nobody changed stays to the byte.`}
      footer={
        <>
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Back
          </Button>
          <Button
            variant="primary"
            disabledReason={
              locked ?? (reviewed === null ? "it is being read" : wrong ? "a change cannot be made" : undefined)
            }
            onClick={onSave}
          >
            {saveLabel}
          </Button>
        </>
      }
    >
      {reviewed === null ? (
        <Spinner label="Reading the documents" />
      ) : reviewed.length === 0 ? (
        <EmptyState icon="rows" title="None of the changed documents is among those on show" />
      ) : (
        reviewed.map((each, at) => (
          <section
            key={documents[at]?.row}
            aria-label={`Document ${(documents[at]?.row ?? 0) + 1}`}
            className="doc-review"
          >
            {reviewed.length > 1 ? <h3 className="rh-meta">Document {(documents[at]?.row ?? 0) + 1}</h3> : null}
            {"failure" in each ? <ErrorBlock {...failureProps(each.failure)} /> : <Sides preview={each.preview} />}
          </section>
        ))
      )}
    </Dialog>
  );
}
