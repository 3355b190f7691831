/** Who gets which rows of a database, and the drafts that change it. */
import { useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { EmptyState, IconButton, Segmented, Toolbar } from "@/design";
import { ConditionField } from "@/features/editor";
import {
  type PoliciesHandle,
  PoliciesPane,
  readView,
  SECTIONS,
  type SqlFieldProps,
  useReadAgain,
} from "@/features/policies";
import { useDriverOf, useHighlight } from "@/features/relation";
import type { PolicyOn } from "@/ipc";
import type { Actions } from "../actions";
import type { PoliciesTab } from "../model";
import { useWorkspace } from "../workspace";
import { ConnectionBanner } from "./ConnectionBanner";
import { Offline } from "./Offline";
import { useFocusWhen } from "./useFocusWhen";
import { useKeptView } from "./useKeptView";

const WORDS = { tables: "Tables", coverage: "Coverage", test: "Test", suites: "Suites" } as const;
const NOT_OPEN = "the connection is not open";

export function PoliciesDocument({ tab, active, actions }: { tab: PoliciesTab; active: boolean; actions: Actions }) {
  const { live, profile: profileBy } = useWorkspace();
  const { profileId, database } = tab;
  const profile = profileBy(profileId);
  const name = profile?.name ?? "this connection";
  const state = live.connections.get(profileId);
  const phase = state?.phase.phase;
  const open = phase === "open";
  const able = open && state?.can_secure === true;
  const { view, onView } = useKeptView(tab, readView);
  const place = useMemo(() => ({ profileId, database }), [profileId, database]);
  const readAgain = useReadAgain(place);
  const pane = useRef<PoliciesHandle>(null);
  const [drafts, setDrafts] = useState(0);
  const [ready, setReady] = useState(false);
  const driver = useDriverOf(profileId);
  const highlight = useHighlight(profileId);
  const field = (props: SqlFieldProps) => (
    <ConditionField
      {...props}
      lines="many"
      language={driver?.language ?? null}
      place={{ tabId: tab.id, profileId, database, driver: driver?.id ?? "" }}
    />
  );
  // Once seen, it stays on screen when the server goes.
  const [seen, setSeen] = useState(able);
  if (able && !seen) setSeen(true);

  const unable = able ? {} : { disabledReason: NOT_OPEN };
  const noDrafts = drafts > 0 ? unable : { disabledReason: "there are no drafts" };
  const noTable = view.open && !view.editing ? unable : { disabledReason: "unfold a table first" };
  useOffers(
    {
      "policies.refresh": { run: readAgain, ...unable },
      "policies.filter": { run: () => pane.current?.filter() },
      "policies.tables": { run: () => onView({ section: "tables" }) },
      "policies.coverage": { run: () => onView({ section: "coverage" }) },
      "policies.test": { run: () => onView({ section: "test" }) },
      "policies.suites": { run: () => onView({ section: "suites" }) },
      "policies.run": {
        run: () => pane.current?.run(),
        ...(view.section === "test" || view.section === "suites"
          ? unable
          : { disabledReason: "go to the tester or a suite first" }),
      },
      "policies.save": {
        run: () => pane.current?.save(),
        ...(view.section === "suites" && view.suite ? {} : { disabledReason: "open a suite first" }),
      },
      "policies.new": { run: () => pane.current?.add(), ...noTable },
      "policies.review": { run: () => pane.current?.review(), ...noDrafts },
    },
    active,
  );
  const keys = {
    refresh: useKeys("policies.refresh"),
    filter: useKeys("policies.filter"),
    tables: useKeys("policies.tables"),
    coverage: useKeys("policies.coverage"),
    test: useKeys("policies.test"),
    suites: useKeys("policies.suites"),
    run: useKeys("policies.run"),
    save: useKeys("policies.save"),
    add: useKeys("policies.new"),
    review: useKeys("policies.review"),
  };
  const readOnly =
    profile?.safety === "read_only" || (state?.read_only ?? null) !== null
      ? "the connection is read-only"
      : open
        ? undefined
        : NOT_OPEN;
  const reconnect = () => void actions.connect(profileId);
  const shown = database ?? state?.database ?? null;
  const relation = ({ schema, table }: PolicyOn) =>
    actions.relation(profileId, { database: shown, schema, kind: "relation", name: table, signature: null });
  return (
    <div
      className="flex flex-col h-full min-h-0 outline-none"
      data-scope="policies"
      tabIndex={-1}
      ref={useFocusWhen(active, `${view.section} ${view.editing?.key ?? ""} ${ready}`)}
    >
      <Toolbar
        label="Policies"
        icon="policy"
        what={
          <>
            {name}
            {shown ? <span className="text-ink-3 font-[400]"> · {shown}</span> : null}
          </>
        }
        end={
          <IconButton
            icon="refresh"
            label="Read again"
            disabledReason={able ? undefined : NOT_OPEN}
            {...(keys.refresh ? { keys: keys.refresh } : {})}
            onClick={readAgain}
          />
        }
      >
        {able && !view.editing ? (
          <Segmented
            label="What of it"
            dense
            value={view.section}
            onChange={(section) => onView({ section })}
            options={SECTIONS.map((value) => ({
              value,
              label: WORDS[value],
              ...(keys[value] ? { keys: keys[value], tooltip: WORDS[value] } : {}),
            }))}
          />
        ) : null}
      </Toolbar>
      <ConnectionBanner state={state} name={name} onReconnect={reconnect} />
      <div className="flex-1 min-h-0 relative">
        {open && !able ? (
          <EmptyState picture="empty" title="No row security here">
            {state?.server?.product ?? "This database"} has no policies for rows.
          </EmptyState>
        ) : seen ? (
          <PoliciesPane
            ref={pane}
            place={place}
            able={able}
            view={view}
            onView={onView}
            readOnly={readOnly}
            applyTo={profile?.environment === "production" ? name : undefined}
            field={field}
            highlight={highlight}
            onOpenTable={relation}
            onScript={(title, text) => actions.query({ profileId, database, title, text })}
            {...(state?.can_advise ? { onAdvisor: () => actions.advisor(profileId, database) } : {})}
            keys={keys}
            onReady={() => setReady(true)}
            onDrafts={setDrafts}
          />
        ) : phase === "connecting" ? (
          <EmptyState picture="loading" title={`Connecting to ${name}`} />
        ) : (
          <Offline name={name} onConnect={reconnect}>
            Its policies are read when you connect. Drafts are kept.
          </Offline>
        )}
      </div>
    </div>
  );
}
