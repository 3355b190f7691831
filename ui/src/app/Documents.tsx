import { memo, useCallback, useMemo, useState } from "react";
import { ActorFields, actorProblem, actorWords, NOBODY, sameActor } from "@/features/acting";
import { type ActorWays, ConnectionForm, HomePage } from "@/features/connections";
import { SettingsPage } from "@/features/settings";
import { hasPage } from "@/ipc";
import type { Actions } from "./actions";
import { ActivityDocument } from "./documents/ActivityDocument";
import { AdvisorDocument } from "./documents/AdvisorDocument";
import { CompareDocument } from "./documents/CompareDocument";
import { DiagramDocument } from "./documents/DiagramDocument";
import { KeysDocument } from "./documents/KeysDocument";
import { LiveDocument } from "./documents/LiveDocument";
import { MigrationsDocument } from "./documents/MigrationsDocument";
import { ObjectDocument } from "./documents/ObjectDocument";
import { PlanDocument } from "./documents/PlanDocument";
import { PoliciesDocument } from "./documents/PoliciesDocument";
import { QueryDocument } from "./documents/QueryDocument";
import { RelationDocument } from "./documents/RelationDocument";
import { ErrorBoundary } from "./ErrorBoundary";
import type { ConnectionTab, OpenTab } from "./model";
import { panelIdOf, placeOf } from "./place";
import { type Direction, isFront, type Side, sideOf } from "./split";
import { useTitles } from "./TabStrip";
import { useCloseGuard, useWorkspace } from "./workspace";

interface DocumentProps<T> {
  tab: T;
  active: boolean;
  actions: Actions;
}

function Home({ actions }: { actions: Actions }) {
  const { live } = useWorkspace();
  const states = useMemo(() => [...live.connections.values()], [live.connections]);
  return (
    <HomePage
      states={states}
      onOpen={(id) => void actions.open(id)}
      onNew={() => actions.connectionForm(null)}
      onEdit={(id) => actions.connectionForm(id)}
      onOpenSample={() => actions.sample()}
      onOpenFile={() => void actions.file()}
    />
  );
}

const UNSAVED = {
  title: "Close without saving?",
  description: "What was entered for this connection is given up.",
  confirm: "Close without saving",
};

const ACTORS: ActorWays = {
  field: (actor, onActor) => (
    <ActorFields
      layout="row"
      actor={actor ?? NOBODY}
      onActor={(next) => onActor(sameActor(next, NOBODY) && !(next.settings ?? []).length ? null : next)}
    />
  ),
  words: actorWords,
  problem: actorProblem,
};

function Connection({ tab, active, actions }: DocumentProps<ConnectionTab>) {
  const [dirty, setDirty] = useState(false);
  useCloseGuard(tab.id, dirty ? UNSAVED : null);
  return (
    <ConnectionForm
      profileId={tab.profileId}
      {...(tab.target ? { initialTarget: tab.target } : {})}
      active={active}
      actors={ACTORS}
      onDirty={setDirty}
      onCancel={() => actions.close(tab.id, true)}
      onSaved={(profile, connect) => {
        actions.close(tab.id, true);
        if (connect) void actions.open(profile.id);
        else actions.home();
      }}
    />
  );
}

function Content({ tab, active, actions }: DocumentProps<OpenTab>) {
  switch (tab.kind) {
    case "home":
      return <Home actions={actions} />;
    case "settings":
      return <SettingsPage />;
    case "connection":
      return <Connection tab={tab} active={active} actions={actions} />;
    case "query":
      return <QueryDocument tab={tab} active={active} actions={actions} />;
    case "relation":
      return hasPage(tab.object) ? (
        <ObjectDocument tab={tab} active={active} actions={actions} />
      ) : (
        <RelationDocument tab={tab} active={active} actions={actions} />
      );
    case "activity":
      return <ActivityDocument tab={tab} active={active} actions={actions} />;
    case "policies":
      return <PoliciesDocument tab={tab} active={active} actions={actions} />;
    case "advisor":
      return <AdvisorDocument tab={tab} active={active} actions={actions} />;
    case "diagram":
      return <DiagramDocument tab={tab} active={active} actions={actions} />;
    case "migrations":
      return <MigrationsDocument tab={tab} active={active} actions={actions} />;
    case "keys":
      return <KeysDocument tab={tab} active={active} actions={actions} />;
    case "live":
      return <LiveDocument tab={tab} active={active} actions={actions} />;
    case "compare":
      return <CompareDocument tab={tab} active={active} actions={actions} />;
    case "plan":
      return <PlanDocument tab={tab} actions={actions} />;
  }
}

const SAFE = {
  home: "Your connections are as they were.",
  settings: "Your settings are as they were.",
  connection: "What is saved is as it was.",
  query: "Your text is safe.",
  relation: "Nothing was changed.",
  activity: "Nothing was changed.",
  policies: "The drafts are safe; nothing was applied.",
  advisor: "Nothing was changed.",
  diagram: "Where tables lie is kept.",
  migrations: "What ran and what did not is kept in the database's history.",
  compare: "Nothing was changed.",
  keys: "What was not saved is not on the server; nothing else was changed.",
  live: "What was followed ends with its tab; nothing was changed.",
  plan: "Nothing was changed.",
} as const;

interface PlacedProps extends DocumentProps<OpenTab> {
  title: string;
  /** In front of its group; `active` is in front of the group with the focus. */
  front: boolean;
  side: Side;
  direction: Direction | null;
  share: number;
  onFocus: (id: string) => void;
}

const Document = memo(function Document({ tab, active, actions, title, front, onFocus, ...place }: PlacedProps) {
  const focus = active || !front ? undefined : () => onFocus(tab.id);
  return (
    <div
      style={placeOf(place)}
      data-focused={active || undefined}
      onPointerDownCapture={focus}
      onFocusCapture={focus}
      className="rh-document"
      role="tabpanel"
      id={panelIdOf(tab.id)}
      aria-label={title}
      data-hidden={!front || undefined}
      inert={!front}
    >
      <ErrorBoundary what={title} safe={SAFE[tab.kind]} onClose={() => actions.close(tab.id, true)}>
        <Content tab={tab} active={active} actions={actions} />
      </ErrorBoundary>
    </div>
  );
});

/** What the tabs hold. A tab is drawn when it is first shown and stays drawn, hidden, until it is closed. */
export function Documents({ actions }: { actions: Actions }) {
  const { tabs, dispatch } = useWorkspace();
  const title = useTitles();
  const onFocus = useCallback((id: string) => dispatch({ type: "activate", id }), [dispatch]);
  return (
    <div className="rh-documents">
      {tabs.open
        .filter((tab) => tabs.shown.has(tab.id))
        .map((tab) => (
          <Document
            key={tab.id}
            tab={tab}
            active={tab.id === tabs.active}
            front={isFront(tabs, tab.id)}
            side={sideOf(tabs, tab.id)}
            direction={tabs.split?.direction ?? null}
            share={tabs.split?.share ?? 1}
            onFocus={onFocus}
            actions={actions}
            title={title(tab)}
          />
        ))}
    </div>
  );
}
