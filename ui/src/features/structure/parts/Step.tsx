/** A statement of a review: its text, what it locks and who waits, what it does to rows, what is said of it. */
import { type ReactNode, useEffect, useRef } from "react";
import { Badge, Button, Checkbox, CodeBlock, copyText, ErrorBlock, Fold } from "@/design";
import {
  type AppError,
  failureProps,
  type ObjectRef,
  type StructureRisk,
  type StructureStep,
  type StructureWork,
} from "@/ipc";
import { Note } from "./fields";

export interface StepProps {
  step: StructureStep;
  number: number;
  /** Another transaction begins with it. */
  begins: boolean;
  done: "kept" | "stopped" | null;
  refused: { readonly error: AppError; readonly leftover: string | null } | null;
  /** What is at risk is being counted. */
  counting: boolean;
  risks: readonly StructureRisk[];
  highlight: (sql: string) => ReactNode;
  onOnline: (object: ObjectRef, on: boolean) => void;
  onScript: (title: string, sql: string) => void;
}

const WORK: Readonly<Record<StructureWork, { tone: "neutral" | "info" | "warn"; words: string }>> = {
  nothing: { tone: "neutral", words: "definitions only" },
  scan: { tone: "info", words: "reads whole tables" },
  rewrite: { tone: "warn", words: "writes the table anew" },
};

const TONES = { error: "danger", warning: "warn", info: "info" } as const;
const strong = (lock: string) => /^(ACCESS EXCLUSIVE|EXCLUSIVE)/i.test(lock);

export function Step(props: StepProps) {
  const { step, number, begins, done, refused, counting, risks, highlight, onOnline, onScript } = props;
  const { work, locks, online, findings, loses, unless } = step;
  const leftover = refused?.leftover ?? null;
  const own = useRef<HTMLElement>(null);
  useEffect(() => {
    if (done === "stopped") own.current?.scrollIntoView?.({ block: "nearest" });
  }, [done]);
  return (
    <section ref={own} className="str-step" data-failed={done === "stopped" || undefined} aria-label={`Step ${number}`}>
      {begins ? (
        <p className="str-transaction">
          {step.transaction === null ? "By itself, kept at once" : `Transaction ${step.transaction + 1}`}
        </p>
      ) : null}
      <h3 className="str-step-h">
        <span className="rh-meta tabular-nums">{number}</span> {step.what}
        {done === "stopped" ? (
          <Badge tone="danger" icon="error">
            stopped here
          </Badge>
        ) : done === "kept" ? (
          <Badge tone="ok" icon="check">
            kept
          </Badge>
        ) : null}
      </h3>
      <CodeBlock label={`Statement ${number}`} copy={`${step.sql};`} wrap>
        {highlight(`${step.sql};`)}
      </CodeBlock>
      {refused ? (
        <ErrorBlock
          {...failureProps(refused.error)}
          {...(leftover
            ? {
                actions: (
                  <>
                    <Button dense onClick={() => onScript("Clear away what is left", `${leftover};`)}>
                      Clear away what it left…
                    </Button>
                    <Button dense variant="ghost" onClick={() => void copyText(`${leftover};`)}>
                      Copy
                    </Button>
                  </>
                ),
              }
            : {})}
        />
      ) : null}
      <ul className="str-facts">
        {locks.map(({ table, lock, waits }) => (
          <li key={`${table} ${lock}`}>
            <Badge tone={strong(lock) ? "warn" : "neutral"} icon="lock" mono>
              {lock}
            </Badge>
            <span className="rh-meta">
              <span className="rh-mono">{table}</span>: {waits}
            </span>
          </li>
        ))}
        <li>
          {step.unread ? (
            <Badge tone="warn" icon="warning">
              not understood: nothing is claimed of it
            </Badge>
          ) : (
            <Badge tone={WORK[work].tone} {...(work === "rewrite" ? { icon: "warning" as const } : {})}>
              {WORK[work].words}
            </Badge>
          )}
          {unless ? <span className="rh-meta">{unless}</span> : null}
        </li>
      </ul>
      {loses ? <Note tone="danger">Goes for good: {loses}.</Note> : null}
      {loses && counting && risks.length === 0 ? (
        <p className="str-note" aria-busy="true">
          <span className="rh-spinner" /> <span className="rh-meta">Counting what is at risk</span>
        </p>
      ) : null}
      {risks.map(({ words, fails }) => (
        <Note key={words} tone={fails ? "danger" : "warn"}>
          {words}
        </Note>
      ))}
      {findings.map(({ rule, level, title, detail }) => (
        <Note key={rule + title} tone={TONES[level as keyof typeof TONES] ?? "info"}>
          <span className="rh-mono">{rule}</span> {title}. <span className="rh-meta">{detail}</span>
        </Note>
      ))}
      {online ? (
        <div className="str-online">
          {online.offered ? (
            <Checkbox checked={online.chosen} onChange={(on) => onOnline(step.object, on)}>
              Do it while others go on working
            </Checkbox>
          ) : (
            <span>While others go on working</span>
          )}
          <span className="rh-meta">{online.words}</span>
          <Fold label="Its statements">
            <CodeBlock label={`The other way of statement ${number}`} copy={online.sql} wrap>
              {highlight(online.sql)}
            </CodeBlock>
          </Fold>
        </div>
      ) : null}
    </section>
  );
}
