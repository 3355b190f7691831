/** What stands under a review: who is in the way of it, what has to be said yes to, and what became of one whose answer was lost. */
import type { ReactNode } from "react";
import { Button } from "./Button";
import { Field } from "./Field";
import { Fold } from "./Fold";
import { Input } from "./Input";
import { Banner, CodeBlock } from "./States";
import type { StateTone } from "./tones";

export interface Blocking {
  /** Who it is, in a line. */
  readonly words: string;
  /** What they run or ran last. */
  readonly statement: string | null;
}

/** A lock was not to be had. */
export function Blocked(props: { children: ReactNode; blockers: readonly Blocking[]; onRetry: () => void }) {
  const { children, blockers, onRetry } = props;
  return (
    <div className="rh-blocked" role="alert">
      <Banner
        tone="danger"
        icon="lock"
        detail={
          blockers.length === 0
            ? "Whoever held it was gone before it could be asked."
            : blockers.length === 1
              ? "One session holds it:"
              : `${blockers.length} sessions hold it:`
        }
        actions={
          <Button icon="refresh" onClick={onRetry}>
            Retry
          </Button>
        }
      >
        {children}
      </Banner>
      {blockers.map(({ words, statement }) => (
        <div key={`${words} ${statement ?? ""}`} className="rh-blocker">
          <div>{words}</div>
          {statement ? <code className="rh-blocker-code rh-selectable">{statement}</code> : null}
        </div>
      ))}
    </div>
  );
}

export interface ConsentProps {
  title: string;
  connection: string;
  production: boolean;
  /** What else has to be known before a yes. */
  notes?: readonly string[];
  /** What has to be typed; nothing where it is null. */
  wanted: string | null;
  typed: string;
  onTyped: (text: string) => void;
}

/** A question that has to be answered with a yes before anything is sent. */
export function Consent({ title, connection, production, notes = [], wanted, typed, onTyped }: ConsentProps) {
  return (
    <div className="rh-consent" role="group" aria-label={title}>
      <Banner
        tone={production ? "danger" : "warn"}
        detail={[`On ${connection}${production ? ", which is production" : ""}. Nothing has been sent.`, ...notes].join(
          " ",
        )}
      >
        {title}
      </Banner>
      {wanted === null ? null : (
        <Field label={`Type ${wanted} to go on`} layout="stack">
          {(control) => <Input {...control} mono value={typed} onChange={onTyped} />}
        </Field>
      )}
    </div>
  );
}

export interface LostAnswerProps {
  tone: StateTone;
  words: string;
  sql: string;
  highlight: (sql: string) => ReactNode;
  actions?: ReactNode;
  onRead: () => void;
}

/** Changes whose answer nobody got, because the program ended or the connection broke while they were sent. */
export function LostAnswer({ tone, words, sql, highlight, actions, onRead }: LostAnswerProps) {
  return (
    <section aria-label="Changes whose answer was lost">
      <Banner
        tone={tone}
        edge
        actions={
          <>
            {actions}
            <Button dense onClick={onRead}>
              I have read it
            </Button>
          </>
        }
        detail={
          sql === "" ? undefined : (
            <Fold label="What was sent">
              <CodeBlock label="What was sent" copy={sql} wrap>
                {highlight(sql)}
              </CodeBlock>
            </Fold>
          )
        }
      >
        {words}
      </Banner>
    </section>
  );
}
