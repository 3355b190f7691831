import { memo, useMemo, useState } from "react";
import { ConnectionForm, HomePage } from "@/features/connections";
import { SettingsPage } from "@/features/settings";
import type { Actions } from "./actions";
import { ActivityDocument } from "./documents/ActivityDocument";
import { QueryDocument } from "./documents/QueryDocument";
import { RelationDocument } from "./documents/RelationDocument";
import { ErrorBoundary } from "./ErrorBoundary";
import type { ConnectionTab, OpenTab } from "./model";
import { panelIdOf, useTitles } from "./TabStrip";
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

function Connection({ tab, active, actions }: DocumentProps<ConnectionTab>) {
  const [dirty, setDirty] = useState(false);
  useCloseGuard(tab.id, dirty ? UNSAVED : null);
  return (
    <ConnectionForm
      profileId={tab.profileId}
      {...(tab.target ? { initialTarget: tab.target } : {})}
      active={active}
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
      return <RelationDocument tab={tab} active={active} actions={actions} />;
    case "activity":
      return <ActivityDocument tab={tab} active={active} actions={actions} />;
  }
}

const SAFE = {
  home: "Your connections are as they were.",
  settings: "Your settings are as they were.",
  connection: "What is saved is as it was.",
  query: "Your text is safe.",
  relation: "Nothing was changed.",
  activity: "Nothing was changed.",
} as const;

const Document = memo(function Document({ tab, active, actions, title }: DocumentProps<OpenTab> & { title: string }) {
  return (
    <div
      className="rh-document"
      role="tabpanel"
      id={panelIdOf(tab.id)}
      aria-label={title}
      data-hidden={!active || undefined}
      inert={!active}
    >
      <ErrorBoundary what={title} safe={SAFE[tab.kind]} onClose={() => actions.close(tab.id, true)}>
        <Content tab={tab} active={active} actions={actions} />
      </ErrorBoundary>
    </div>
  );
});

/** What the tabs hold. A tab is drawn when it is first shown and stays drawn, hidden, until it is closed. */
export function Documents({ actions }: { actions: Actions }) {
  const { tabs } = useWorkspace();
  const title = useTitles();
  return (
    <div className="rh-documents">
      {tabs.open
        .filter((tab) => tabs.shown.has(tab.id))
        .map((tab) => (
          <Document key={tab.id} tab={tab} active={tab.id === tabs.active} actions={actions} title={title(tab)} />
        ))}
    </div>
  );
}
