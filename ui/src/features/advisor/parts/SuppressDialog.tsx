/** Accepts findings, with who and why: they are listed apart from then on, and still count for the grade. */
import { useState } from "react";
import { Button, Dialog, ErrorBlock, Field, Input, plural, Textarea } from "@/design";
import { type AppError, failureOf, failureProps } from "@/ipc";

export interface SuppressDialogProps {
  count: number;
  what: string;
  author: string;
  onSuppress: (reason: string, author: string) => Promise<void>;
  onClose: () => void;
}

export function SuppressDialog({ count, what, author: first, onSuppress, onClose }: SuppressDialogProps) {
  const [reason, setReason] = useState("");
  const [author, setAuthor] = useState(first);
  const [failure, setFailure] = useState<AppError | null>(null);
  const missing = reason.trim() === "" ? "say why" : author.trim() === "" ? "say who" : undefined;
  return (
    <Dialog
      open
      width={480}
      onClose={onClose}
      title={`Accept ${plural(count, "finding")}?`}
      description={`${what}. It is listed under Accepted from then on; the grade counts it as before.`}
      footer={
        <>
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button
            variant="primary"
            disabledReason={missing}
            onClick={() =>
              void onSuppress(reason.trim(), author.trim()).catch((thrown: unknown) => setFailure(failureOf(thrown)))
            }
          >
            Accept
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Why" layout="stack">
          {(control) => <Textarea {...control} rows={3} value={reason} onChange={setReason} />}
        </Field>
        <Field label="Who" layout="stack">
          {(control) => <Input {...control} value={author} onChange={setAuthor} />}
        </Field>
        {failure ? <ErrorBlock {...failureProps(failure)} /> : null}
      </div>
    </Dialog>
  );
}
