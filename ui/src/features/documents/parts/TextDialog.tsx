import { useEffect, useId, useState } from "react";
import { Button, Dialog, Spinner } from "@/design";
import { type AppError, type DocumentDeed, failureOf, host } from "@/ipc";
import type { TextFieldSlot } from "../field";

/** What a document's text is written for. */
export type TextTask =
  | { readonly kind: "insert" }
  | { readonly kind: "duplicate"; readonly holdId: string; readonly row: number }
  | { readonly kind: "edit"; readonly holdId: string; readonly row: number };

/** Without its `_id`: a copy gets one of its own. */
export const withoutId = (text: string): string =>
  text.replace(/^(\s*\{\s*)(?:"_id"|_id)\s*:\s*[A-Za-z]*\(?(?:"[^"]*"|-?[\w.+-]+)\)?\s*,?\s*\n?/, "$1");

/** A document as text: what is no document is said at its place, and nothing is sent then. */
export function TextDialog({
  task,
  collection,
  field,
  saveTo,
  onSend,
  onClose,
}: {
  task: TextTask;
  collection: string;
  field: TextFieldSlot;
  saveTo?: string | undefined;
  onSend: (deed: DocumentDeed) => Promise<unknown>;
  onClose: () => void;
}) {
  const problem = useId();
  const [text, setText] = useState<string | null>(task.kind === "insert" ? "{\n  \n}" : null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [sending, setSending] = useState(false);
  useEffect(() => {
    if (task.kind === "insert") return;
    let alive = true;
    host()
      .holdDocument(task.holdId, task.row, "shell")
      .then((read) => alive && setText(task.kind === "duplicate" ? withoutId(read) : read))
      .catch((thrown: unknown) => alive && setFailure(failureOf(thrown)));
    return () => {
      alive = false;
    };
  }, [task]);
  const send = () => {
    if (text === null || sending) return;
    setSending(true);
    setFailure(null);
    const deed: DocumentDeed =
      task.kind === "edit" ? { deed: "text", hold_id: task.holdId, row: task.row, text } : { deed: "insert", text };
    onSend(deed)
      .then(onClose)
      .catch((thrown: unknown) => setFailure(failureOf(thrown)))
      .finally(() => setSending(false));
  };
  const verb = task.kind === "edit" ? "Save" : "Insert";
  return (
    <Dialog
      open
      onClose={onClose}
      width={760}
      title={
        task.kind === "edit" ? "Edit document" : task.kind === "duplicate" ? "Duplicate document" : "Insert document"
      }
      description={
        task.kind === "edit"
          ? `Document ${(task.row + 1).toLocaleString("en-US")} of ${collection}. It is replaced only while it is on the server what was read.`
          : `Into ${collection}. Without an _id it gets one of its own.`
      }
      footer={
        <>
          <span className="rh-meta">Shell literals or Extended JSON</span>
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button
            variant="primary"
            loading={sending}
            disabledReason={text === null ? "it is being read" : undefined}
            keys="Mod+Enter"
            showKeys
            onClick={send}
          >
            {saveTo ? `${verb} to ${saveTo}` : verb}
          </Button>
        </>
      }
    >
      <div
        className="doc-text"
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          event.stopPropagation();
          send();
        }}
      >
        {text === null && !failure ? <Spinner label="Reading the document" /> : null}
        {text === null ? null : (
          <div className="rh-input rh-input-mono doc-text-field" data-invalid={failure ? true : undefined}>
            {field({
              label: "Document",
              value: text,
              onChange: (next) => {
                setText(next);
                setFailure(null);
              },
              wrong: failure?.range ?? null,
              before: "",
              focus: true,
              describedBy: problem,
              tall: true,
            })}
          </div>
        )}
        <p id={problem} role="alert" className="rh-tone-danger doc-text-problem">
          {failure ? (
            <>
              {failure.message}
              {failure.range && text !== null ? ` (line ${text.slice(0, failure.range.from).split("\n").length})` : ""}
              {failure.hint ? ` ${failure.hint}` : ""}
            </>
          ) : null}
        </p>
      </div>
    </Dialog>
  );
}
