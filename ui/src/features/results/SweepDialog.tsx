import { useRef, useState } from "react";
import { Banner, Button, Dialog, Field, Input } from "@/design";
import type { RunConsent, SweepQuestion } from "@/ipc";
import "./sweep.css";

/** Asks before statements that change the whole of something: what, about how much, and the way back. */
export function SweepDialog({
  question,
  onConfirm,
  onCancel,
}: {
  question: SweepQuestion;
  onConfirm: (consent: RunConsent) => void;
  onCancel: () => void;
}) {
  const [text, setText] = useState("");
  const cancel = useRef<HTMLButtonElement>(null);
  const typed = question.typed;
  const ready = typed === null || text.trim() === typed;
  const where = question.production ? `On ${question.connection}, which is production.` : `On ${question.connection}.`;
  return (
    <Dialog
      open
      alert
      width={520}
      onClose={onCancel}
      title={question.title}
      description={`${where} Nothing has been sent.`}
      // A press of Enter too many must not change a table.
      {...(typed === null ? { initialFocus: cancel } : {})}
      footer={
        <>
          <Button ref={cancel} className="ml-auto" onClick={onCancel} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button
            variant="danger"
            className="rh-sweep-yes"
            disabledReason={ready ? undefined : `Type ${typed} first`}
            onClick={() => onConfirm({ digest: question.digest, typed: typed === null ? null : text.trim() })}
          >
            {question.confirm}
          </Button>
        </>
      }
    >
      {question.notes.map((note) => (
        <Banner key={note} tone="warn">
          {note}
        </Banner>
      ))}
      <ul className="rh-sweep" aria-label="What it changes">
        {question.changes.map((change) => (
          <li key={`${change.range.from} ${change.action}`}>
            <span className="rh-sweep-action">{change.action}</span>
            {change.targets.map((target) => (
              <div key={target.name} className="rh-sweep-target">
                <code title={target.name}>{target.name}</code>
                {target.rows ? <span className="rh-meta">{target.rows}</span> : null}
              </div>
            ))}
            <p className="rh-meta">{change.way_back_words}</p>
          </li>
        ))}
        {question.more > 0 ? <li className="rh-meta">{`… and ${question.more} more`}</li> : null}
      </ul>
      {typed === null ? null : (
        <Field label={`Type ${typed} to go on`} layout="stack">
          {(control) => <Input {...control} mono value={text} onChange={setText} />}
        </Field>
      )}
    </Dialog>
  );
}
