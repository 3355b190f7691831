/** What applying the staged changes sends, to the letter: each statement with what it locks, does and risks, and the way back. */
import { type ReactNode, useRef, useState } from "react";
import {
  Banner,
  Blocked,
  Button,
  CodeBlock,
  copyText,
  Dialog,
  ErrorBlock,
  MenuButton,
  plural,
  Segmented,
  Select,
  Skeleton,
  toast,
} from "@/design";
import { blockerProps, failureOf, failureProps, type ObjectRef, type StructureReview } from "@/ipc";
import type { Place } from "./model";
import { Question } from "./parts/Question";
import { Step } from "./parts/Step";
import { useReview, useRisks } from "./queries";
import { type Done, type Outcome, useApply } from "./useApply";

export interface ReviewDialogProps {
  place: Place;
  /** The connection's name, where a person must not mistake it: production. */
  applyTo: string | undefined;
  highlight: (sql: string) => ReactNode;
  /** Why nothing can be applied. */
  readOnly: string | undefined;
  onApplied: (done: Done) => void;
  /** Opens statements in an editor; nothing runs. */
  onScript: (title: string, sql: string) => void;
  onClose: () => void;
}

type View = "steps" | "script" | "back";

const WAITS = [200, 1_000, 2_000, 5_000, 30_000] as const;
const waitWords = (ms: number) => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`);

const togetherWords = ({ steps, together }: StructureReview) =>
  `${plural(steps.length, "statement")}${
    together ? " in one transaction: all of it or nothing" : ": not all of it is kept together"
  }. It is sent as it stands here.`;

export function ReviewDialog(props: ReviewDialogProps) {
  const { place, applyTo, highlight, readOnly, onApplied, onScript, onClose } = props;
  const [online, setOnline] = useState<readonly ObjectRef[]>([]);
  const [view, setView] = useState<View>("steps");
  const [waits, setWaits] = useState<number | null>(null);
  const [confirmed, setConfirmed] = useState("");
  const review = useReview(place, online);
  const data = review.data;
  const risks = useRisks(place, review.isPlaceholderData ? undefined : data?.digest, online);
  const again = useRef(review.refetch);
  again.current = review.refetch;
  const { outcome, busy, clear, attempt, apply } = useApply(place, onApplied, () => void again.current());
  const lockTimeout = waits ?? data?.lock_timeout_ms ?? 2_000;
  const question = outcome.state === "confirm" ? outcome.question : null;
  const nothing = data && data.steps.length === 0 ? "there is nothing to apply" : undefined;
  const reading = !data || review.isPlaceholderData ? "it is being read" : undefined;
  const reason =
    readOnly ??
    reading ??
    nothing ??
    data?.refusal ??
    (question?.typed && confirmed.trim() !== question.typed ? `Type ${question.typed} first` : undefined);
  const sent = { digest: data?.digest ?? "", online };
  const send = () => {
    if (reason !== undefined || busy) return;
    if (!question) setConfirmed("");
    const consent = question
      ? { digest: question.digest, typed: question.typed === null ? null : confirmed.trim() }
      : null;
    void apply(sent, lockTimeout, consent);
  };
  const failedAt = outcome.state === "locked" || outcome.state === "refused" ? outcome.statement : null;
  const kept = outcome.state === "locked" || outcome.state === "refused" ? (outcome.kept ?? 0) : 0;
  const takes = data?.steps.some(({ loses }) => loses !== null) ?? false;
  const options = [...new Set([...WAITS, lockTimeout])].sort((a, b) => a - b);
  const choose = (object: ObjectRef, on: boolean) => {
    const key = JSON.stringify(object);
    const rest = online.filter((each) => JSON.stringify(each) !== key);
    setOnline(on ? [...rest, object] : rest);
    clear();
  };
  return (
    <Dialog
      open
      width={920}
      onClose={onClose}
      title="Review the changes"
      description={data ? togetherWords(data) : undefined}
      footer={
        <>
          <MenuButton
            icon="copy"
            label="Copy"
            variant="secondary"
            disabledReason={nothing ?? (data ? undefined : "it is being read")}
            items={
              data
                ? [
                    { label: "Copy the script", icon: "copy", onSelect: () => void copyText(data.script) },
                    { label: "Copy the way back", icon: "undo", onSelect: () => void copyText(data.back_script) },
                    { separator: true },
                    {
                      label: "Open the script in an editor",
                      icon: "terminal",
                      onSelect: () => {
                        onClose();
                        onScript("Schema changes", data.script);
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
              nothing ?? reading ?? (busy && outcome.state !== "trying" ? "it is not possible now" : undefined)
            }
            tooltip="Runs everything and rolls it back"
            onClick={() => void attempt(sent)}
          >
            Try
          </Button>
          <span className="str-waits">
            <span className="rh-meta" aria-hidden="true">
              Wait for locks
            </span>
            <Select
              label="Wait for locks"
              value={String(lockTimeout)}
              onChange={(ms) => setWaits(Number(ms))}
              options={options.map((ms) => ({ value: String(ms), label: waitWords(ms) }))}
            />
          </span>
          <Button className="ml-auto" onClick={question ? clear : onClose} keys="Escape" showKeys>
            {question ? "Not yet" : "Close"}
          </Button>
          <Button
            variant={question || takes ? "danger" : "primary"}
            loading={outcome.state === "applying"}
            disabledReason={reason}
            onClick={send}
          >
            {question ? question.confirm : applyTo ? `Apply to ${applyTo}` : "Apply"}
          </Button>
        </>
      }
    >
      {review.error ? <ErrorBlock {...failureProps(failureOf(review.error))} /> : null}
      {data ? (
        <>
          <div className="str-review-head">
            <Segmented
              label="What of it"
              dense
              value={view}
              onChange={setView}
              options={[
                { value: "steps", label: "Statements", count: data.steps.length },
                { value: "script", label: "Script" },
                {
                  value: "back",
                  label: "Way back",
                  ...(data.lossy.length > 0 ? { tooltip: "It does not bring everything back" } : {}),
                },
              ]}
            />
            {data.lossy.length > 0 && view !== "back" ? (
              <span className="str-lossy rh-truncate" title={data.lossy.join("\n")}>
                The way back loses something
              </span>
            ) : null}
          </div>
          <div
            className="str-review rh-scroll"
            data-short={question !== null || outcome.state === "locked" || undefined}
            role="region"
            aria-label="What is sent"
            tabIndex={0}
          >
            {data.refusal ? <Banner tone="danger">{data.refusal}</Banner> : null}
            {outcome.state === "stale" ? (
              <Banner tone="warn">
                What is there was not what you had reviewed. Nothing was sent: this is how it would be done now.
              </Banner>
            ) : null}
            {data.warnings.map((warning) => (
              <Banner key={warning} tone="warn">
                {warning}
              </Banner>
            ))}
            {view === "steps" ? (
              <Steps
                review={data}
                failedAt={failedAt}
                kept={kept}
                outcome={outcome}
                risks={risks}
                highlight={highlight}
                onOnline={choose}
                onScript={(title, sql) => {
                  onClose();
                  onScript(title, sql);
                }}
              />
            ) : view === "script" ? (
              <CodeBlock label="The script" copy={data.script}>
                {highlight(data.script)}
              </CodeBlock>
            ) : (
              <Back review={data} highlight={highlight} />
            )}
          </div>
        </>
      ) : review.error ? null : (
        <Skeleton width="100%" height={320} />
      )}
      <Said outcome={outcome} onRetry={send} shown={view === "steps" && failedAt !== null} />
      {question ? (
        <Question question={question} typed={confirmed} onTyped={setConfirmed} onYes={send} onNo={clear} />
      ) : null}
    </Dialog>
  );
}

interface StepsProps {
  review: StructureReview;
  failedAt: number | null;
  kept: number;
  outcome: Outcome;
  risks: ReturnType<typeof useRisks>;
  highlight: (sql: string) => ReactNode;
  onOnline: (object: ObjectRef, on: boolean) => void;
  onScript: (title: string, sql: string) => void;
}

/** The statements, under a line wherever another transaction begins. */
function Steps({ review, failedAt, kept, outcome, risks, highlight, onOnline, onScript }: StepsProps) {
  const several = new Set(review.steps.map(({ transaction }) => transaction)).size > 1;
  if (review.steps.length === 0) return <p className="rh-meta">What is staged changes nothing.</p>;
  return review.steps.map((step, at) => {
    const before = review.steps[at - 1];
    const begins = several && (at === 0 || step.transaction === null || before?.transaction !== step.transaction);
    return (
      <Step
        // biome-ignore lint/suspicious/noArrayIndexKey: a statement is its place.
        key={at}
        step={step}
        number={at + 1}
        begins={begins}
        done={at < kept ? "kept" : at === failedAt ? "stopped" : null}
        refused={at === failedAt && outcome.state === "refused" ? outcome : null}
        counting={risks.isFetching && !risks.data}
        risks={(risks.data ?? []).filter((risk) => risk.step === at)}
        highlight={highlight}
        onOnline={onOnline}
        onScript={onScript}
      />
    );
  });
}

function Back({ review, highlight }: { review: StructureReview; highlight: (sql: string) => ReactNode }) {
  return (
    <>
      {review.lossy.length > 0 ? (
        <Banner tone="warn" detail={review.lossy.join(" ")}>
          What goes is not brought back by this
        </Banner>
      ) : (
        <p className="rh-meta">It brings the schema back exactly as it is.</p>
      )}
      <ol className="str-back">
        {review.back.map(({ sql, loses }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a statement is its place.
          <li key={at}>
            <CodeBlock label={`Statement ${at + 1} of the way back`} copy={`${sql};`} wrap>
              {highlight(`${sql};`)}
            </CodeBlock>
            {loses ? <p className="str-loses">Lost: {loses}</p> : null}
          </li>
        ))}
      </ol>
    </>
  );
}

function Said({ outcome, onRetry, shown }: { outcome: Outcome; onRetry: () => void; shown: boolean }) {
  switch (outcome.state) {
    case "fine":
      return (
        <Banner tone="ok">
          The server takes all of it ({outcome.elapsed_ms} ms). It was rolled back: nothing is changed.
        </Banner>
      );
    case "impossible":
      return <Banner tone="info">{outcome.why}</Banner>;
    case "refused":
      return shown ? null : <ErrorBlock {...failureProps(outcome.error)} />;
    case "locked":
      return (
        <Blocked blockers={outcome.blockers.map(blockerProps)} onRetry={onRetry}>
          {outcome.error.message}{" "}
          {outcome.kept > 0 ? `${plural(outcome.kept, "statement")} before it are kept.` : "Nothing was changed."}
        </Blocked>
      );
    default:
      return null;
  }
}

/** Says that it is done, and offers the way back. */
export function tellApplied({ statements, elapsed_ms }: Done, onBack: () => void): void {
  toast({
    tone: "ok",
    title: `Applied ${plural(statements, "statement")} in ${elapsed_ms.toLocaleString("en-US")} ms`,
    action: { label: "Stage the way back", onPress: onBack },
  });
}
