/** What is wrong with a database, read when it is opened and when its schema changes. */
import { useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { Button, EmptyState, Toolbar, toast } from "@/design";
import { type AdvisorHandle, AdvisorPane, readView, useLookAgain } from "@/features/advisor";
import { useHighlight } from "@/features/relation";
import { type AdvisorObject, failureOf, type ObjectRef, type PolicyOn } from "@/ipc";
import type { Actions } from "../actions";
import type { AdvisorTab } from "../model";
import { useWorkspace } from "../workspace";
import { ConnectionBanner } from "./ConnectionBanner";
import { Offline } from "./Offline";
import { useFocusWhen } from "./useFocusWhen";
import { useKeptView } from "./useKeptView";

const NOT_OPEN = "the connection is not open";
const RELATIONS = ["table", "view", "materialized view", "foreign table"];

export function AdvisorDocument({ tab, active, actions }: { tab: AdvisorTab; active: boolean; actions: Actions }) {
  const { live, profile: profileBy } = useWorkspace();
  const { profileId, database } = tab;
  const profile = profileBy(profileId);
  const name = profile?.name ?? "this connection";
  const state = live.connections.get(profileId);
  const phase = state?.phase.phase;
  const open = phase === "open";
  const able = open && state?.can_advise === true;
  const { view, onView } = useKeptView(tab, readView);
  const place = useMemo(() => ({ profileId, database }), [profileId, database]);
  const lookAgain = useLookAgain(place);
  const [looking, setLooking] = useState(false);
  const again = () => {
    setLooking(true);
    lookAgain()
      .catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message }))
      .finally(() => setLooking(false));
  };
  const pane = useRef<AdvisorHandle>(null);
  const [fixable, setFixable] = useState(false);
  const highlight = useHighlight(profileId);
  const [seen, setSeen] = useState(able);
  if (able && !seen) setSeen(true);
  const unable = able ? {} : { disabledReason: NOT_OPEN };
  useOffers(
    {
      "advisor.look": { run: again, ...unable },
      "advisor.filter": { run: () => pane.current?.filter() },
      "advisor.fix": {
        run: () => pane.current?.fix(),
        ...(fixable ? {} : { disabledReason: "choose a finding that has a fix" }),
      },
    },
    active,
  );
  const keys = {
    look: useKeys("advisor.look"),
    filter: useKeys("advisor.filter"),
    fix: useKeys("advisor.fix"),
  };
  const shown = database ?? state?.database ?? null;
  const named = (schema: string | null, name: string): ObjectRef => ({
    database: shown,
    schema,
    kind: "relation",
    name,
    signature: null,
  });
  const table = (on: PolicyOn) => named(on.schema, on.table);
  const waysTo = ({ schema, name: own, kind, relation }: AdvisorObject) => {
    const of = relation ?? (RELATIONS.includes(kind) ? own : null);
    if (of === null) return {};
    const secured = state?.can_secure && (relation !== null || kind === "table");
    return {
      open: () => actions.relation(profileId, named(schema, of)),
      ...(secured ? { policies: () => actions.policies(profileId, database, named(schema, of)) } : {}),
    };
  };
  const reconnect = () => void actions.connect(profileId);
  return (
    <div
      className="flex flex-col h-full min-h-0 outline-none"
      data-scope="advisor"
      tabIndex={-1}
      ref={useFocusWhen(active, `${seen}`)}
    >
      <Toolbar
        label="Advisor"
        icon="bulb"
        what={
          <>
            {name}
            {shown ? <span className="text-ink-3 font-[400]"> · {shown}</span> : null}
          </>
        }
        end={
          <Button
            dense
            variant="ghost"
            icon="refresh"
            loading={looking}
            disabledReason={able ? undefined : NOT_OPEN}
            {...(keys.look ? { keys: keys.look, showKeys: true } : {})}
            onClick={again}
          >
            Look again
          </Button>
        }
      />
      <ConnectionBanner state={state} name={name} onReconnect={reconnect} />
      <div className="flex-1 min-h-0 relative">
        {open && !able ? (
          <EmptyState picture="empty" title="No advisor here">
            There are no rules for {state?.server?.product ?? "this database"}.
          </EmptyState>
        ) : seen ? (
          <AdvisorPane
            ref={pane}
            place={place}
            able={able}
            front={active}
            view={view}
            onView={onView}
            highlight={highlight}
            author={state?.server?.facts["user"] ?? profile?.values["user"] ?? ""}
            onScript={(title, text) => actions.query({ profileId, database, title, text })}
            onTable={(on) => actions.relation(profileId, table(on))}
            onDrafts={([first]) => {
              if (first) actions.policies(profileId, database, table(first));
            }}
            waysTo={waysTo}
            keys={keys}
            onChosen={setFixable}
          />
        ) : phase === "connecting" ? (
          <EmptyState picture="loading" title={`Connecting to ${name}`} />
        ) : (
          <Offline name={name} onConnect={reconnect}>
            The database is looked at when you connect.
          </Offline>
        )}
      </div>
    </div>
  );
}
