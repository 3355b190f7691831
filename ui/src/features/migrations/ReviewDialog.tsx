/** What applying migrations or taking them back sends, to the letter, and what became of it. */
import { type ReactNode, useRef, useState } from "react";
import {
  Banner,
  Blocked,
  Button,
  Consent,
  copyText,
  Dialog,
  ErrorBlock,
  MenuButton,
  number,
  plural,
  Select,
  Skeleton,
  toast,
} from "@/design";
import { blockerProps, failureOf, failureProps, type MigrationReview } from "@/ipc";
import type { Place } from "./model";
import { Step } from "./parts/Step";
import { type Asked, useReview } from "./queries";
import { type Done, type Outcome, type Stopped, useRun } from "./useRun";

export interface ReviewDialogProps {
  place: Place;
  asked: Asked;
  /** The connection's name, where a person must not mistake it: production. */
  applyTo: string | undefined;
  highlight: (sql: string) => ReactNode;
  /** Why nothing can be run. */
  readOnly: string | undefined;
  onDone: (done: Done) => void;
  /** Folder or history changed: they are read again. */
  onStale: () => void;
  /** Opens statements in an editor; nothing runs. */
  onScript: (title: string, sql: string) => void;
  onClose: () => void;
}

const WAITS = [200, 1_000, 2_000, 5_000, 30_000] as const;
const waitWords = (ms: number) => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`);

const scriptOf = ({ steps }: MigrationReview): string =>
  steps.map(({ file, statements }) => `-- ${file}\n${statements.map(({ sql }) => `${sql};\n`).join("")}`).join("\n");

function describe({ steps }: MigrationReview): string {
  const statements = steps.reduce((sum, step) => sum + step.statements.length, 0);
  return `${plural(statements, "statement")} of ${plural(steps.length, "file")}. Each file is kept before the next begins.`;
}

export function ReviewDialog(props: ReviewDialogProps) {
  const { place, asked, applyTo, highlight, readOnly, onDone, onStale, onScript, onClose } = props;
  const [lockTimeout, setLockTimeout] = useState(2_000);
  const [confirmed, setConfirmed] = useState("");
  const review = useReview(place, asked);
  const { data } = review;
  const stale = useRef(onStale);
  stale.current = onStale;
  const { outcome, busy, clear, attempt, run } = useRun(place, onDone, () => stale.current());
  const question = outcome.state === "confirm" ? outcome.question : null;
  const stopped = outcome.state === "stopped" ? outcome : null;
  const up = asked.direction === "up";
  const nothing = data && data.steps.length === 0 ? "there is nothing to run" : undefined;
  const reading = data ? undefined : "it is being read";
  const over = stopped && !stopped.tried && stopped.at.blockers.length === 0 ? "it stopped: close and look" : undefined;
  const reason =
    readOnly ??
    reading ??
    nothing ??
    over ??
    (question?.typed && confirmed.trim() !== question.typed ? `Type ${question.typed} first` : undefined);
  const send = () => {
    if (reason !== undefined) return;
    const consent = question
      ? { digest: question.digest, typed: question.typed === null ? null : confirmed.trim() }
      : null;
    void run(asked, lockTimeout, consent);
  };
  const count = data ? plural(data.steps.length, "migration") : "migrations";
  const verb = up ? "Apply" : "Roll back";
  return (
    <Dialog
      open
      width={920}
      onClose={onClose}
      title={`${verb} ${count}`}
      description={data ? describe(data) : undefined}
      footer={
        <>
          <MenuButton
            icon="copy"
            label="Copy"
            variant="secondary"
            disabledReason={nothing ?? reading}
            items={
              data
                ? [
                    { label: "Copy the script", icon: "copy", onSelect: () => void copyText(scriptOf(data)) },
                    {
                      label: "Open the script in an editor",
                      icon: "terminal",
                      onSelect: () => {
                        onClose();
                        onScript(up ? "Migrations" : "Migrations, back", scriptOf(data));
                      },
                    },
                  ]
                : []
            }
          >
            Copy
          </MenuButton>
          <Button
            icon="flask"
            loading={outcome.state === "trying"}
            disabledReason={
              nothing ??
              reading ??
              over ??
              data?.untriable?.replace(/\.$/, "") ??
              (busy && outcome.state !== "trying" ? "it is not possible now" : undefined)
            }
            tooltip="Runs everything and rolls it back"
            onClick={() => void attempt(asked, lockTimeout)}
          >
            Try
          </Button>
          <span className="mig-waits">
            <span className="rh-meta" aria-hidden="true">
              Wait for locks
            </span>
            <Select
              label="Wait for locks"
              value={String(lockTimeout)}
              onChange={(ms) => setLockTimeout(Number(ms))}
              options={WAITS.map((ms) => ({ value: String(ms), label: waitWords(ms) }))}
            />
          </span>
          <Button className="ml-auto" onClick={question ? clear : onClose} keys="Escape" showKeys>
            {question ? "Not yet" : "Close"}
          </Button>
          <Button
            variant={question || !up ? "danger" : "primary"}
            loading={outcome.state === "running"}
            disabledReason={reason}
            onClick={send}
          >
            {question ? question.confirm : applyTo ? `${verb}${up ? " to" : " on"} ${applyTo}` : verb}
          </Button>
        </>
      }
    >
      {review.error ? <ErrorBlock {...failureProps(failureOf(review.error))} /> : null}
      {data ? (
        <div
          className="mig-review rh-scroll"
          role="region"
          aria-label="What is sent"
          tabIndex={0}
          data-short={stopped !== null || question !== null || undefined}
        >
          {outcome.state === "stale" ? (
            <Banner tone="warn">
              Folder or history were not what you had reviewed. Nothing was sent: this is how it would be done now.
            </Banner>
          ) : null}
          {data.warnings.map((warning) => (
            <Banner key={warning} tone="warn">
              {warning}
            </Banner>
          ))}
          {data.untriable ? <Banner tone="info">It cannot be tried first: {data.untriable}</Banner> : null}
          {data.steps.length === 0 ? <p className="rh-meta">There is nothing to run.</p> : null}
          {data.steps.map((step) => (
            <Step
              key={step.version}
              step={step}
              kept={stopped !== null && !stopped.tried && stopped.at.kept.includes(step.version)}
              stopped={stopped && stopped.at.version === step.version ? stopped.at : null}
              tried={stopped?.tried ?? false}
              highlight={highlight}
            />
          ))}
        </div>
      ) : review.error ? null : (
        <Skeleton width="100%" height={320} />
      )}
      <Said outcome={outcome} onRetry={send} />
      {question ? (
        <Consent
          title={question.title}
          connection={question.connection}
          production={question.production}
          notes={question.notes}
          wanted={question.typed}
          typed={confirmed}
          onTyped={setConfirmed}
        />
      ) : null}
    </Dialog>
  );
}

/** What is kept of what ran before it stopped. */
function keptOf({ kept, statements_kept, file }: Stopped): string {
  const whole =
    kept.length === 0 ? "" : `${plural(kept.length, "migration")} before it ${kept.length === 1 ? "is" : "are"} kept. `;
  if (statements_kept === 0) return `${whole}Nothing of ${file} is kept.`;
  const first =
    statements_kept === 1 ? "the first statement is" : `the first ${number(statements_kept)} statements are`;
  return `${whole}Of ${file} ${first} kept.`;
}

function Said({ outcome, onRetry }: { outcome: Outcome; onRetry: () => void }) {
  switch (outcome.state) {
    case "fine":
      return (
        <Banner tone="ok">
          The server takes all of it ({number(outcome.done.elapsed_ms)} ms). It was rolled back: nothing is changed.
        </Banner>
      );
    case "failed":
      return <ErrorBlock {...failureProps(outcome.error)} />;
    case "stopped": {
      const { at, tried } = outcome;
      const where = `Statement ${at.statement + 1} of ${at.file} did not run.`;
      if (at.blockers.length > 0)
        return (
          <Blocked blockers={at.blockers.map(blockerProps)} onRetry={onRetry}>
            {where} {at.error.message} {tried ? "Nothing is changed." : keptOf(at)}
          </Blocked>
        );
      return (
        <Banner tone={tried ? "warn" : "danger"}>
          {where} {tried ? "Everything was rolled back: nothing is changed." : keptOf(at)}
        </Banner>
      );
    }
    default:
      return null;
  }
}

/** Says that it is done. */
export function tellDone({ versions, elapsed_ms }: Done, up: boolean): void {
  toast({
    tone: "ok",
    title: `${up ? "Applied" : "Rolled back"} ${plural(versions.length, "migration")} in ${number(elapsed_ms)} ms`,
  });
}
