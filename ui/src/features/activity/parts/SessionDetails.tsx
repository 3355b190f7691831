/** One session whole: whose it is, what it does and waits for, its statement, and what can be done to it. */
import { Badge, Button, CodeBlock, EmptyState, type Property, PropertyList } from "@/design";
import type { ActivityMoment, ActivitySession, SessionSignal } from "@/ipc";
import { age, cannot, DOING } from "../model";
import type { Signals } from "../useSignals";

export interface SessionDetailsProps {
  session: ActivitySession | null;
  moment: ActivityMoment;
  connection: { readonly readOnly: boolean; readonly open: boolean };
  signals: Signals;
  keys: { readonly cancel: string | undefined; readonly kill: string | undefined };
  onShow: (id: string) => void;
}

function Related({ title, ids, onShow }: { title: string; ids: readonly string[]; onShow: (id: string) => void }) {
  if (ids.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <span className="act-label">{title}</span>
      {ids.map((id) => (
        <Button key={id} dense onClick={() => onShow(id)}>
          {id}
        </Button>
      ))}
    </div>
  );
}

export function SessionDetails({ session, moment, connection, signals, keys, onShow }: SessionDetailsProps) {
  if (session === null) {
    return (
      <EmptyState icon="info" title="No session chosen">
        Choose one to read its whole statement.
      </EmptyState>
    );
  }
  const { word, tone } = DOING[session.doing];
  const facts: readonly (readonly [string, string | null, boolean?])[] = [
    ["User", session.user],
    ["Database", session.database],
    ["Application", session.application, false],
    ["Client", session.client],
    ["In this state", age(session.doing_ms) || null, false],
    ["Transaction", session.transaction_ms === null ? null : `open for ${age(session.transaction_ms)}`, false],
    ["Waits for", session.waits_for, false],
    ["Process", session.background, false],
  ];
  const items = facts.flatMap(([name, value, mono = true]): Property[] =>
    value === null ? [] : [{ name, value, mono }],
  );
  const unique = (ids: readonly (string | null)[]) => [...new Set(ids.filter((id) => id !== null))];
  const by = unique(moment.waits.filter((wait) => wait.waiter === session.id).map((wait) => wait.blocker));
  const behind = unique(moment.waits.filter((wait) => wait.blocker === session.id).map((wait) => wait.waiter));
  const action = (signal: SessionSignal, label: string, key: string | undefined) => (
    <Button
      dense
      variant={signal === "kill" ? "danger" : "secondary"}
      icon={signal === "kill" ? "close" : "stop"}
      loading={signals.busy === session.id}
      disabledReason={cannot(session, signal, connection)}
      {...(key ? { keys: key } : {})}
      onClick={() => signals.send(session, signal)}
    >
      {label}
    </Button>
  );
  return (
    <section className="act-details rh-scroll" aria-label={`Session ${session.id}`}>
      <div className="act-details-head">
        <h3 className="rh-selectable">Session {session.id}</h3>
        <Badge tone={tone}>{word}</Badge>
        {session.asking ? (
          <Badge tone="outline">asks this</Badge>
        ) : session.ours ? (
          <Badge tone="outline">ours</Badge>
        ) : null}
      </div>
      <div className="flex flex-wrap gap-2">
        {action("cancel", "Cancel statement", keys.cancel)}
        {action("kill", "End session", keys.kill)}
      </div>
      <Related title="Waits for" ids={by} onShow={onShow} />
      <Related title="In the way of" ids={behind} onShow={onShow} />
      <div className="act-statement">
        <span className="act-label">
          {session.doing === "active" ? "Statement" : "Last statement"}
          {session.statement_ms === null ? null : `, begun ${age(session.statement_ms)} ago`}
        </span>
        {session.statement === null ? (
          <span className="text-ink-3">
            {session.doing === "hidden" ? "This login may not see it." : "None is told."}
          </span>
        ) : (
          <CodeBlock label={`Statement of session ${session.id}`} copy={session.statement} wrap>
            {session.statement}
          </CodeBlock>
        )}
        {session.cut ? (
          <span className="rh-meta">The server keeps no more of it (track_activity_query_size).</span>
        ) : null}
      </div>
      <PropertyList items={items} labelWidth={96} />
    </section>
  );
}
