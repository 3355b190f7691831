/** One finding: what is wrong, what was seen, what mends it and takes that back. Nothing of it runs here. */
import type { ReactNode } from "react";
import { Badge, Button, CodeBlock, Icon } from "@/design";
import type { AdvisorFinding } from "@/ipc";
import { LEVELS } from "../model";

export interface DetailsProps {
  finding: AdvisorFinding;
  highlight: (sql: string) => ReactNode;
  onFix: () => void;
  onSuppress: () => void;
  onUnsuppress: () => void;
  onRule: () => void;
  /** Opens what it is about; absent where that has no page. */
  onOpen: (() => void) | undefined;
  fixKeys: string | undefined;
}

export function Details(props: DetailsProps) {
  const { finding, highlight, onFix, onSuppress, onUnsuppress, onRule, onOpen, fixKeys } = props;
  const { level, title, message, rule, name, object, evidence, fix, accepted } = finding;
  const look = LEVELS[level];
  return (
    <section className="adv-details rh-scroll" aria-label={`Finding: ${title}`} tabIndex={0}>
      <div>
        <p className="flex items-center gap-2">
          <span className="adv-level" data-tone={look.tone}>
            <Icon name={look.icon} size={14} /> {look.word}
          </span>
          <span className="rh-meta rh-mono">
            {rule} {name}
          </span>
        </p>
        <h2 className="adv-title rh-selectable">{title}</h2>
        <p className="flex items-center gap-2 min-w-0">
          <span className="rh-mono rh-truncate rh-selectable" title={object.label}>
            {object.label}
          </span>
          <span className="rh-meta flex-none">{object.kind}</span>
          {onOpen ? (
            <Button dense variant="ghost" icon="open-external" onClick={onOpen}>
              Open
            </Button>
          ) : null}
        </p>
        <p className="rh-selectable adv-message">{message}</p>
      </div>
      {accepted ? (
        <div className="adv-accepted">
          <Icon name="eye-off" size={14} />
          <span>
            Accepted by {accepted.author || "somebody"} on {accepted.date}: {accepted.reason}
          </span>
        </div>
      ) : null}
      {evidence.length > 0 ? (
        <div>
          <h3>Evidence</h3>
          <ul className="adv-evidence rh-selectable">
            {evidence.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </div>
      ) : null}
      {fix ? (
        <>
          <div>
            <h3>Fix</h3>
            <CodeBlock label="Fix" copy={fix.sql} wrap>
              {highlight(fix.sql)}
            </CodeBlock>
            <p className="flex items-center gap-2 pt-2 flex-wrap">
              <Badge tone={fix.lock === "ACCESS EXCLUSIVE" ? "warn" : "neutral"} icon="lock" mono={fix.lock !== null}>
                {fix.lock ?? "locks no table"}
              </Badge>
              {fix.transaction_safe ? (
                <Badge tone="ok" icon="check">
                  one transaction
                </Badge>
              ) : (
                <Badge tone="warn" icon="warning">
                  outside of any transaction
                </Badge>
              )}
              {fix.drafts ? (
                <Badge
                  tone="accent"
                  icon="policy"
                  tooltip="Opens among the drafts of policies, with who gets how far before and after"
                >
                  drafts of policies
                </Badge>
              ) : null}
            </p>
          </div>
          <div>
            <h3>Undo</h3>
            {fix.undo === null ? (
              <p className="rh-meta">There is no way back, or nothing to take back.</p>
            ) : (
              <CodeBlock label="Undo" copy={fix.undo} wrap>
                {highlight(fix.undo)}
              </CodeBlock>
            )}
          </div>
        </>
      ) : (
        <p className="rh-meta">No statement mends this by itself: it takes a person's decision.</p>
      )}
      <div className="adv-do">
        {fix ? (
          <Button variant="primary" onClick={onFix} {...(fixKeys ? { keys: fixKeys, showKeys: true } : {})}>
            {fix.drafts ? "Open as drafts" : "Review fix"}
          </Button>
        ) : null}
        {accepted ? (
          <Button onClick={onUnsuppress}>Count it again</Button>
        ) : (
          <Button onClick={onSuppress}>Accept…</Button>
        )}
        <Button variant="ghost" className="ml-auto" onClick={onRule}>
          About {rule}
        </Button>
      </div>
    </section>
  );
}
