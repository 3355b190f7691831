/** The sessions of a server, and the one that is chosen. */
import type { ReactNode } from "react";
import { Badge, Checkbox, EmptyState, type MenuItem, SearchField } from "@/design";
import type { ActivityMoment, ActivitySession } from "@/ipc";
import { type ActivityView, age, DOING, inOrder, type Order, oneLine, SESSION_CELLS, sessionsShown } from "./model";
import { type RowColumn, RowTable } from "./parts/RowTable";

export interface SessionsPaneProps {
  moment: ActivityMoment;
  view: ActivityView;
  onView: (change: Partial<ActivityView>) => void;
  text: string;
  onText: (text: string) => void;
  selected: string | null;
  onSelect: (id: string) => void;
  menu: (session: ActivitySession) => readonly MenuItem[];
  dimmed: boolean;
  filterRef: (node: HTMLInputElement | null) => void;
}

const COLUMNS: readonly RowColumn<ActivitySession>[] = [
  { id: "id", head: "ID", width: 76, number: true, cell: (session) => <span className="rh-mono">{session.id}</span> },
  { id: "user", head: "User", width: 110, cell: (session) => session.user },
  {
    id: "doing",
    head: "State",
    width: 138,
    cell: (session) => (
      <Badge tone={DOING[session.doing].tone} {...(session.background ? { tooltip: session.background } : {})}>
        {session.doing === "background" ? session.background : DOING[session.doing].word}
      </Badge>
    ),
  },
  { id: "doing_ms", head: "For", width: 88, number: true, desc: true, cell: (session) => age(session.doing_ms) },
  { id: "waits_for", head: "Waits for", width: 130, cell: (session) => session.waits_for },
  {
    id: "statement",
    head: "Statement",
    cell: (session) =>
      session.doing === "hidden" ? (
        <span className="text-ink-3">not visible to this login</span>
      ) : (
        <span className={session.doing === "active" ? "rh-mono" : "rh-mono text-ink-3"}>
          {oneLine(session.statement)}
        </span>
      ),
  },
  {
    id: "transaction_ms",
    head: "Transaction",
    width: 96,
    number: true,
    desc: true,
    tip: "Age of its open transaction",
    cell: (session) => age(session.transaction_ms),
  },
  { id: "database", head: "Database", width: 100, cell: (session) => session.database },
  {
    id: "client",
    head: "Client",
    width: 150,
    cell: (session) => (
      <span data-tip={[session.application, session.client].filter(Boolean).join(" · ") || undefined}>
        {session.application ?? session.client}
      </span>
    ),
  },
];

const USUAL: Order = { by: "doing", desc: false };

export function SessionsPane(props: SessionsPaneProps): ReactNode {
  const { moment, view, onView, text, onText, selected, onSelect, menu, dimmed, filterRef } = props;
  const order = view.order.sessions ?? USUAL;
  const shown = sessionsShown(moment, view, text);
  const hidden = moment.sessions.length - shown.length;
  return (
    <>
      <div className="act-tools">
        <SearchField
          dense
          ref={filterRef}
          label="Filter sessions"
          placeholder="Filter by user, client, statement …"
          value={text}
          onChange={onText}
        />
        <Checkbox checked={view.idle} onChange={(idle) => onView({ idle })}>
          Idle
        </Checkbox>
        <Checkbox checked={view.ours} onChange={(ours) => onView({ ours })}>
          Ours
        </Checkbox>
        <Checkbox checked={view.background} onChange={(background) => onView({ background })}>
          Background
        </Checkbox>
        <span className="rh-meta tabular-nums ml-auto">
          {shown.length} shown{hidden > 0 ? `, ${hidden} hidden` : ""}
        </span>
      </div>
      <div className="act-body">
        {shown.length === 0 ? (
          <EmptyState picture="empty" title="No session to show">
            {text.trim() === ""
              ? "All there are are hidden by the switches above."
              : `None has “${text.trim()}” in it.`}
          </EmptyState>
        ) : (
          <RowTable
            label="Sessions"
            rows={inOrder(shown, SESSION_CELLS, order)}
            columns={COLUMNS}
            keyOf={(session) => session.id}
            selected={selected}
            onSelect={onSelect}
            menu={menu}
            order={order}
            onOrder={(sessions) => onView({ order: { ...view.order, sessions } })}
            least={1140}
            dimmed={dimmed}
          />
        )}
      </div>
    </>
  );
}
