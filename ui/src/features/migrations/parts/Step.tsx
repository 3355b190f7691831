/** A migration of a review: its statements with what they lock and what is said of them. */
import { type ReactNode, useEffect, useRef } from "react";
import { Badge, CodeBlock, ErrorBlock, Icon } from "@/design";
import { failureProps, type MigrationStep } from "@/ipc";
import { placeWords } from "../model";
import type { Stopped } from "../useRun";

export interface StepProps {
  step: MigrationStep;
  /** It ran, and is kept as a whole. */
  kept: boolean;
  /** One of its statements did not run. */
  stopped: Stopped | null;
  tried: boolean;
  highlight: (sql: string) => ReactNode;
}

/** How serious a finding is: its second word says so. */
const toneOf = (finding: string) =>
  /^\S+ error\b/.test(finding) ? "danger" : /^\S+ warning\b/.test(finding) ? "warn" : "info";

export function Step({ step, kept, stopped, tried, highlight }: StepProps) {
  const failed = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (stopped) failed.current?.scrollIntoView?.({ block: "center" });
  }, [stopped]);
  // What keeps the history comes before and after the migration's own statements.
  const beside = stopped && step.statements[stopped.statement]?.sql !== stopped.sql ? stopped : null;
  return (
    <section
      className="mig-step"
      aria-label={`${step.version} ${step.name}`}
      data-failed={stopped !== null || undefined}
    >
      <h3 className="mig-step-h">
        <span className="rh-mono">{step.version}</span>
        <span className="rh-truncate" title={step.name}>
          {step.name}
        </span>
        {kept ? (
          <Badge tone="ok" icon="check">
            kept
          </Badge>
        ) : stopped ? (
          <Badge tone="danger" icon="error">
            stopped here
          </Badge>
        ) : null}
        <span className="flex-1" />
        {step.transaction ? (
          <span className="rh-meta">one transaction</span>
        ) : (
          <Badge tone="warn" icon="warning" tooltip="Statements that ran stay when a later one fails">
            no transaction
          </Badge>
        )}
      </h3>
      <p className="rh-meta rh-mono rh-truncate" title={step.file}>
        {step.file}
      </p>
      <ol className="mig-statements">
        {step.statements.map(({ sql, locks, findings }, at) => {
          const wrong = !beside && stopped?.statement === at ? stopped : null;
          const stays = stopped !== null && !tried && at < stopped.statements_kept;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a statement is its place.
            <li key={at} ref={wrong ? failed : undefined} data-failed={wrong !== null || undefined}>
              <CodeBlock label={`Statement ${at + 1} of ${step.file}`} copy={`${sql};`} wrap>
                {highlight(`${sql};`)}
              </CodeBlock>
              {stays ? (
                <p className="mig-fact">
                  <Icon name="check" size={12} className="rh-tone-ok" /> kept
                </p>
              ) : null}
              {wrong && wrong.blockers.length === 0 ? (
                <>
                  <ErrorBlock {...failureProps(wrong.error)} />
                  {wrong.error.range ? <p className="mig-fact">{placeWords(sql, wrong.error.range)}</p> : null}
                </>
              ) : null}
              {[...new Set(locks)].map((lock) => (
                <p key={lock} className="mig-fact">
                  <Icon name="lock" size={12} /> {lock}
                </p>
              ))}
              {[...new Set(findings)].map((finding) => (
                <p key={finding} className="mig-fact" data-tone={toneOf(finding)}>
                  <Icon
                    name={toneOf(finding) === "info" ? "info" : "warning"}
                    size={12}
                    className={`rh-tone-${toneOf(finding)}`}
                  />{" "}
                  {finding}
                </p>
              ))}
            </li>
          );
        })}
      </ol>
      {beside && beside.blockers.length === 0 ? (
        <div className="mig-statements">
          <ErrorBlock {...failureProps(beside.error)} />
          <CodeBlock label="The statement that did not run" wrap>
            {highlight(`${beside.sql};`)}
          </CodeBlock>
        </div>
      ) : null}
    </section>
  );
}
