import { type ReactNode, useMemo } from "react";
import { useKeys, useRunCommand } from "@/commands";
import { IconButton } from "@/design";
import { ExplorerPanel, SearchPanel } from "@/features/explorer";
import { HistoryPanel } from "@/features/history";
import { SavedPanel } from "@/features/saved";
import { isData, openImportInto } from "@/features/transfer";
import type { ObjectRef } from "@/ipc";
import type { Actions } from "./actions";
import { ErrorBoundary } from "./ErrorBoundary";
import { generateIn } from "./generating";
import { planTitle, profileOfTab } from "./model";
import type { Panel, Place } from "./panel";
import { Security } from "./security";
import { canAlter, newObject, partition, placeOf, stageDrop } from "./structure";
import { useWorkspace } from "./workspace";

const TITLES: Readonly<Record<Place, string>> = {
  explorer: "Explorer",
  search: "Search",
  history: "History",
  saved: "Saved queries",
  security: "Security",
};

/** Asks what is imported into a table, or into a new one of a schema; false for a file without rows. */
function importInto(profileId: string, into: ObjectRef, path: string | null = null): boolean {
  if (path !== null && !isData(path)) return false;
  const table: ObjectRef =
    into.kind === "schema"
      ? { database: into.database, schema: into.name || null, kind: "relation", name: "", signature: null }
      : into;
  openImportInto({ profileId, table, path });
  return true;
}

function Explorer({ actions, hide }: { actions: Actions; hide: ReactNode }) {
  const { active, live, profiles } = useWorkspace();
  const states = useMemo(() => [...live.connections.values()], [live.connections]);
  const selected = useMemo(
    () => (active?.kind === "relation" ? { profileId: active.profileId, object: active.object } : null),
    [active],
  );
  return (
    <ExplorerPanel
      profiles={profiles}
      states={states}
      active={profileOfTab(active)}
      selected={selected}
      onNewConnection={() => actions.connectionForm(null)}
      onOpenRelation={(profileId, object, _aside, view) => actions.relation(profileId, object, view)}
      onOpenQuery={(profileId, database) => actions.query({ profileId, database: database ?? null })}
      onConnect={(profileId) => void actions.connect(profileId)}
      onDisconnect={(profileId) => void actions.disconnect(profileId)}
      onActivity={actions.activity}
      onPolicies={actions.policies}
      onAdvisor={actions.advisor}
      onDiagram={actions.diagram}
      onMigrations={actions.migrations}
      onCompare={actions.compare}
      onKeys={actions.keys}
      onLive={actions.live}
      onImport={importInto}
      onGenerate={generateIn}
      canAlter={(profileId) => canAlter(live.connections.get(profileId))}
      onStructure={actions.structure}
      onNewObject={(profileId, database, schema, kind) =>
        newObject(placeOf(profileId, database, live.connections.get(profileId)), schema, kind)
      }
      onPartition={(profileId, object, what) => {
        if (what === "detach") actions.structure(profileId, object);
        partition(placeOf(profileId, object.database, live.connections.get(profileId)), object, what);
      }}
      onDropObject={(profileId, object) => {
        actions.structure(profileId, object);
        stageDrop(placeOf(profileId, object.database, live.connections.get(profileId)), object);
      }}
      onEditConnection={(profileId) => actions.connectionForm(profileId)}
      headEnd={hide}
    />
  );
}

function Search({ actions, hide }: { actions: Actions; hide: ReactNode }) {
  const { live } = useWorkspace();
  // Also those whose server is away: what was kept of them is searched.
  const open = useMemo(
    () =>
      [...live.connections.values()].filter((state) => state.phase.phase !== "closed").map((state) => state.profile_id),
    [live.connections],
  );
  return (
    <SearchPanel
      profileIds={open}
      onOpenRelation={(profileId, object) => actions.relation(profileId, object)}
      headEnd={hide}
    />
  );
}

function History({ actions, hide }: { actions: Actions; hide: ReactNode }) {
  const { active, editors } = useWorkspace();
  const inQuery = active?.kind === "query";
  return (
    <>
      <div className="rh-side-head">
        <h2 className="flex-1">History</h2>
        {hide}
      </div>
      <HistoryPanel
        onInsert={inQuery ? (text) => editors.get(active.id)?.insert(text) : undefined}
        onOpen={(entry) =>
          actions.query({
            profileId: entry.profile_id ?? profileOfTab(active),
            database: entry.database,
            text: entry.text,
          })
        }
        onPlan={({ id, profile_id, text }, compare) => actions.plan(id, profile_id, planTitle(text), compare)}
      />
    </>
  );
}

function Saved({ actions, hide }: { actions: Actions; hide: ReactNode }) {
  const { active, editors } = useWorkspace();
  const run = useRunCommand();
  const inQuery = active?.kind === "query";
  return (
    <SavedPanel
      onOpen={(id) => void actions.saved(id)}
      onInsert={inQuery ? (text) => editors.get(active.id)?.insert(text) : undefined}
      saveKeys={useKeys("query.save")}
      onSave={inQuery ? () => run("query.save-query") : undefined}
      headEnd={hide}
    />
  );
}

/** What the side panel shows. */
export function SideContent({ panel, actions }: { panel: Panel; actions: Actions }) {
  const keys = useKeys("panel.side");
  const hide = (
    <IconButton icon="panel" label="Hide the side panel" dense {...(keys ? { keys } : {})} onClick={panel.hide} />
  );
  const Shown = { explorer: Explorer, search: Search, history: History, saved: Saved, security: Security }[panel.place];
  return (
    <ErrorBoundary key={panel.place} what={TITLES[panel.place]} safe="The tabs are as they were.">
      <Shown actions={actions} hide={hide} />
    </ErrorBoundary>
  );
}
