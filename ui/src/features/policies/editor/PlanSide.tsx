/** Beside the form: what will run for this table, its lock and its undo, and what it changes for whom. */
import type { ReactNode } from "react";
import { Badge, Banner, CodeBlock, ErrorBlock, Skeleton } from "@/design";
import { failureOf, failureProps, type PolicyOn } from "@/ipc";
import { sameTable } from "../drafts";
import { Coverage } from "../parts/Coverage";
import { type Place, usePlan } from "../queries";

export function PlanSide({
  place,
  on,
  highlight,
}: {
  place: Place;
  on: PolicyOn;
  highlight: (sql: string) => ReactNode;
}) {
  const plan = usePlan(place, true);
  if (!plan.data) {
    return (
      <div className="pol-side" role="status" aria-busy={!plan.error}>
        {plan.error ? <ErrorBlock {...failureProps(failureOf(plan.error))} /> : <Skeleton width="100%" height={160} />}
      </div>
    );
  }
  const { steps, refusal, coverage, warnings } = plan.data;
  const own = steps.filter((step) => sameTable(step.on, on));
  const sql = own
    .flatMap((step) => step.sql)
    .map((one) => `${one};`)
    .join("\n\n");
  const undo = own
    .toReversed()
    .flatMap((step) => step.undo)
    .map((one) => `${one};`)
    .join("\n\n");
  const strongest = own.find(({ lock }) => lock === "ACCESS EXCLUSIVE") ?? own[0];
  return (
    <div className="pol-side rh-scroll" tabIndex={0} role="region" aria-label="What will run">
      <h3 className="pol-h">
        What will run <span className="rh-meta">in one transaction, when you apply it</span>
      </h3>
      {refusal ? <Banner tone="danger">{refusal}</Banner> : null}
      {own.length === 0 ? (
        <p className="rh-meta">
          {refusal ? "Nothing can be written until that is mended." : "Nothing: it is as the server has it."}
        </p>
      ) : (
        <>
          <CodeBlock label="Statements" copy={sql} wrap>
            {highlight(sql)}
          </CodeBlock>
          {strongest ? (
            <p className="pol-lock">
              <Badge tone={strongest.lock === "ACCESS EXCLUSIVE" ? "warn" : "neutral"} icon="lock" mono>
                {strongest.lock}
              </Badge>
              <span className="rh-meta">{strongest.waits}</span>
            </p>
          ) : null}
          {warnings.map((warning) => (
            <Banner key={warning} tone="warn">
              {warning}
            </Banner>
          ))}
          <h3 className="pol-h">What changes</h3>
          <Coverage changes={coverage.filter((change) => sameTable(change.on, on))} tables={false} />
          <h3 className="pol-h">How to undo it</h3>
          <CodeBlock label="Undo" copy={undo} wrap>
            {highlight(undo)}
          </CodeBlock>
        </>
      )}
    </div>
  );
}
