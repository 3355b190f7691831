/** What applying the drafts sends, to the letter: each step with its lock and its undo, and what it changes for whom. */
import { type ReactNode, useState } from "react";
import {
  Badge,
  Banner,
  Blocked,
  Button,
  CodeBlock,
  Consent,
  copyText,
  Dialog,
  ErrorBlock,
  Field,
  Fold,
  Input,
  MenuButton,
  plural,
  Skeleton,
  toast,
} from "@/design";
import { blockerProps, failureOf, failureProps, host, type PolicyPlan, type PolicyStep } from "@/ipc";
import { tableWords } from "./drafts";
import { Coverage } from "./parts/Coverage";
import { MissingNames } from "./parts/MissingNames";
import { WhatIfRows } from "./parts/WhatIfRows";
import { type Place, usePlan } from "./queries";
import { migrationPaths, stepOf, tablesOf, unacknowledged } from "./review";
import { type Applied, type Outcome, useApply } from "./useApply";
import { tell } from "./usePolicyActions";

export interface ReviewDialogProps {
  place: Place;
  /** The connection's name, where a person must not mistake it: production. */
  applyTo: string | undefined;
  highlight: (sql: string) => ReactNode;
  /** Why nothing can be applied. */
  readOnly: string | undefined;
  onApplied: (applied: Applied) => void;
  onClose: () => void;
}

async function saveMigration({ up, down }: PolicyPlan): Promise<void> {
  const chosen = await host().pickSavePath("Save the migration", "policies.up.sql");
  if (!chosen) return;
  const paths = migrationPaths(chosen);
  await host().saveFile({ path: paths.up, text: up, stamp: null, crlf: false });
  await host().saveFile({ path: paths.down, text: down, stamp: null, crlf: false });
  toast({ tone: "ok", title: "Saved as a migration", detail: `${paths.up} and ${paths.down}` });
}

export function ReviewDialog({ place, applyTo, highlight, readOnly, onApplied, onClose }: ReviewDialogProps) {
  const plan = usePlan(place, true);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [confirmed, setConfirmed] = useState("");
  const { outcome, busy, clear, attempt, apply } = useApply(place, onApplied);
  const data = plan.data;
  const missing = data ? unacknowledged(data.losing, typed) : [];
  const question = outcome.state === "confirm" ? outcome.question : null;
  const nothing = data && data.steps.length === 0 ? "there is nothing to apply" : undefined;
  const reason =
    readOnly ??
    (!data ? "it is being read" : undefined) ??
    nothing ??
    data?.refusal ??
    (missing.length > 0 ? `Type ${missing[0]} first` : undefined) ??
    (question?.typed && confirmed.trim() !== question.typed ? `Type ${question.typed} first` : undefined);
  const send = () => {
    if (reason !== undefined || !data) return;
    const consent = question
      ? { digest: question.digest, typed: question.typed === null ? null : confirmed.trim() }
      : null;
    void apply(data.losing, consent);
  };
  const failedStep =
    data && (outcome.state === "locked" || outcome.state === "refused") ? stepOf(data.steps, outcome.statement) : null;
  const label = question ? question.confirm : applyTo ? `Apply to ${applyTo}` : "Apply";
  return (
    <Dialog
      open
      width={880}
      onClose={onClose}
      title="Review the drafts"
      description={
        data
          ? `${plural(data.steps.length, "step")} in one transaction: all of it or nothing. It is sent as it stands here.`
          : undefined
      }
      footer={
        <>
          <MenuButton
            icon="copy"
            label="Copy or save"
            variant="secondary"
            disabledReason={nothing ?? (data ? undefined : "it is being read")}
            items={
              data
                ? [
                    { label: "Copy the statements", icon: "copy", onSelect: () => void copyText(data.sql) },
                    { label: "Copy the undo", icon: "undo", onSelect: () => void copyText(data.undo) },
                    { separator: true },
                    {
                      label: "Save as a migration, up and down…",
                      icon: "save",
                      onSelect: () => void saveMigration(data).catch(tell),
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
            disabledReason={nothing ?? (busy && outcome.state !== "trying" ? "it is not possible now" : undefined)}
            tooltip="Runs everything and rolls it back; waits for locks 200 ms at most"
            onClick={() => void attempt()}
          >
            Check on server
          </Button>
          <Button className="ml-auto" onClick={question ? clear : onClose} keys="Escape" showKeys>
            {question ? "Not yet" : "Close"}
          </Button>
          <Button
            variant={question || (data?.losing.length ?? 0) > 0 ? "danger" : "primary"}
            loading={outcome.state === "applying"}
            disabledReason={reason}
            onClick={send}
          >
            {label}
          </Button>
        </>
      }
    >
      {plan.error ? <ErrorBlock {...failureProps(failureOf(plan.error))} /> : null}
      {data ? (
        <div className="pol-review rh-scroll" role="region" aria-label="Steps" tabIndex={0}>
          {data.refusal ? (
            <Banner tone="danger">
              {data.missing.some(({ certain }) => certain) && data.steps.length > 0
                ? "The server would refuse this: what it names is not there."
                : data.refusal}
            </Banner>
          ) : null}
          {data.missing.length > 0 ? <MissingNames missing={data.missing} /> : null}
          {data.warnings.map((warning) => (
            <Banner key={warning} tone="warn">
              {warning}
            </Banner>
          ))}
          {data.steps.map((step, index) => (
            <Step
              // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place.
              key={index}
              step={step}
              number={index + 1}
              failed={failedStep === index}
              highlight={highlight}
            />
          ))}
          {data.steps.length > 0 ? (
            <section aria-label="What changes for whom">
              <h3 className="pol-h">What changes for whom</h3>
              <Coverage changes={data.coverage} tables />
            </section>
          ) : null}
          {data.steps.length > 0 ? <WhatIfRows place={place} tables={tablesOf(data.steps)} /> : null}
        </div>
      ) : plan.error ? null : (
        <Skeleton width="100%" height={240} />
      )}
      {data && data.losing.length > 0 ? (
        <div className="rh-consent" role="group" aria-label="Roles that get nothing any more">
          <Banner tone="danger">
            {data.losing.length === 1 ? "A role gets" : "Roles get"} nothing any more where{" "}
            {data.losing.length === 1 ? "it" : "they"} got rows before. Type{" "}
            {data.losing.length === 1 ? "its name" : "their names"} to go on.
          </Banner>
          {data.losing.map((role) => (
            <Field key={role} label={`Type ${role}`}>
              {(control) => (
                <Input
                  {...control}
                  mono
                  value={typed[role] ?? ""}
                  onChange={(text) => setTyped({ ...typed, [role]: text })}
                />
              )}
            </Field>
          ))}
        </div>
      ) : null}
      <Said
        outcome={outcome}
        onRetry={outcome.state === "locked" && outcome.while === "applying" ? send : () => void attempt()}
      />
      {question ? (
        <Consent
          title={question.title}
          connection={question.connection}
          production={question.production}
          wanted={question.typed}
          typed={confirmed}
          onTyped={setConfirmed}
        />
      ) : null}
    </Dialog>
  );
}

function Said({ outcome, onRetry }: { outcome: Outcome; onRetry: () => void }) {
  if (outcome.state === "fine")
    return <Banner tone="ok">The server takes all of it. It was rolled back: nothing is changed.</Banner>;
  if (outcome.state === "refused") return <ErrorBlock {...failureProps(outcome.error)} />;
  if (outcome.state !== "locked") return null;
  return (
    <Blocked blockers={outcome.blockers.map(blockerProps)} onRetry={onRetry}>
      {outcome.error.message} Nothing was changed.
    </Blocked>
  );
}

function Step(props: { step: PolicyStep; number: number; failed: boolean; highlight: (sql: string) => ReactNode }) {
  const { step, number, failed, highlight } = props;
  const sql = step.sql.map((one) => `${one};`).join("\n");
  const undo = step.undo.map((one) => `${one};`).join("\n");
  return (
    <section className="pol-step" data-failed={failed || undefined} aria-label={`Step ${number}`}>
      <h3 className="pol-h">
        <span className="rh-meta tabular-nums">{number}</span> {step.what}{" "}
        <span className="rh-meta">on {tableWords(step.on)}</span>
        {failed ? (
          <Badge tone="danger" icon="error">
            stopped here
          </Badge>
        ) : null}
      </h3>
      <CodeBlock label={`Statements of step ${number}`} copy={sql} wrap>
        {highlight(sql)}
      </CodeBlock>
      <p className="pol-lock">
        <Badge tone={step.lock === "ACCESS EXCLUSIVE" ? "warn" : "neutral"} icon="lock" mono>
          {step.lock}
        </Badge>
        <span className="rh-meta">{step.waits}</span>
      </p>
      <Fold label="Undo">
        <CodeBlock label={`Undo of step ${number}`} copy={undo} wrap>
          {highlight(undo)}
        </CodeBlock>
      </Fold>
    </section>
  );
}
