import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { EmptyState, IconButton, Segmented, Toolbar } from "@/design";
import { iconOf, ObjectStructure, shownObject, useObject, viewsOf } from "@/features/relation";
import { type ConnectionState, queryKeys } from "@/ipc";
import type { Actions } from "../actions";
import type { RelationTab } from "../model";
import { canAlter, sectionOf, TabStructure } from "../structure";
import { useWorkspace } from "../workspace";
import { ConnectionBanner } from "./ConnectionBanner";
import { Offline } from "./Offline";
import { useFocusWhen } from "./useFocusWhen";

const FIRST = "definition";
const EDIT = "edit";
const PRIVILEGES = "privileges";
/** Kinds whose definition can be staged. */
const ALTERED: ReadonlySet<string> = new Set(["routine", "type", "sequence", "extension", "event"]);

const altered = (state: ConnectionState | undefined, kind: string): boolean =>
  kind === "role" ? state?.can_alter_roles === true : canAlter(state) && ALTERED.has(kind);

function readView(json: string): string {
  try {
    const kept: unknown = JSON.parse(json);
    return typeof kept === "object" && kept !== null && "view" in kept && typeof kept.view === "string"
      ? kept.view
      : FIRST;
  } catch {
    return FIRST;
  }
}

interface ObjectDocumentProps {
  tab: RelationTab;
  active: boolean;
  actions: Actions;
}

/** A routine, type, sequence, event, role or extension: facts, its definition, and who may use it. */
export function ObjectDocument({ tab, active, actions }: ObjectDocumentProps) {
  const { live, profile } = useWorkspace();
  const view = useMemo(() => readView(tab.view), [tab.view]);
  const state = live.connections.get(tab.profileId);
  const phase = state?.phase.phase;
  const name = profile(tab.profileId)?.name ?? "this connection";
  // What was read stays on screen when the server goes, and what was kept is told while it is away.
  const told = phase === "open" || phase === "lost" || phase === "failed";
  const [seen, setSeen] = useState(told);
  useEffect(() => {
    if (told) setSeen(true);
  }, [told]);
  const reconnect = () => void actions.connect(tab.profileId);
  return (
    <div
      className="flex flex-col h-full min-h-0 outline-none"
      data-scope="relation"
      tabIndex={-1}
      ref={useFocusWhen(active, view)}
    >
      {seen ? (
        <Opened tab={tab} active={active} actions={actions} view={view} />
      ) : (
        <>
          <Toolbar label="Object" icon={iconOf(tab.object)} what={shownObject(tab.object)} />
          <ConnectionBanner state={state} name={name} onReconnect={reconnect} />
          {phase === "connecting" ? (
            <EmptyState picture="loading" title={`Connecting to ${name}`} />
          ) : (
            <Offline name={name} onConnect={reconnect}>
              What it is is read when you connect.
            </Offline>
          )}
        </>
      )}
    </div>
  );
}

function Opened({ tab, active, actions, view }: ObjectDocumentProps & { view: string }) {
  const { dispatch, live, profile } = useWorkspace();
  const queries = useQueryClient();
  const page = useObject(tab.profileId, tab.object);
  const state = live.connections.get(tab.profileId);
  const name = profile(tab.profileId)?.name ?? "this connection";
  const newQuery = useKeys("tab.new-query");
  const show = (next: string) =>
    dispatch({ type: "change", id: tab.id, change: { view: JSON.stringify({ view: next }) } });
  useOffers(
    {
      "relation.refresh": {
        run: () => {
          for (const key of [queryKeys.object, queryKeys.definition])
            void queries.invalidateQueries({ queryKey: [...key(tab.profileId, tab.object)] });
        },
        ...(state?.phase.phase === "open" ? {} : { disabledReason: "the connection is not open" }),
      },
      "relation.ddl": { run: () => show("definition") },
      ...(altered(state, tab.object.kind) ? { "relation.edit": { run: () => show(EDIT) } } : {}),
      ...(page.data && page.data.grants_state !== "absent"
        ? { "relation.grants": { run: () => show(PRIVILEGES) } }
        : {}),
    },
    active,
  );
  const views = viewsOf(page.data);
  const editable = altered(state, tab.object.kind);
  const edit = editable || view === EDIT ? [{ value: EDIT, label: "Edit" }] : [];
  // What is known only once it is read stands last: nothing moves when it comes.
  const all = [...views.slice(0, 1), ...edit, ...views.slice(1)];
  // A list that was kept in front may have nothing in it any more.
  const options = all.some((each) => each.value === view)
    ? all
    : [...all, { value: view, label: view === PRIVILEGES ? "Privileges" : view }];
  const schema = tab.object.schema;
  return (
    <>
      <Toolbar
        label="Object"
        icon={iconOf(tab.object)}
        what={
          <>
            {schema ? <span className="text-ink-3 font-[400]">{schema}.</span> : null}
            {shownObject(tab.object)}
          </>
        }
        end={
          <IconButton
            icon="terminal"
            label={`New query on ${name}`}
            {...(newQuery ? { keys: newQuery } : {})}
            onClick={() => actions.query({ profileId: tab.profileId, database: tab.object.database })}
          />
        }
      >
        {options.length > 1 ? (
          <Segmented label="What of it" dense value={view} onChange={show} options={options} />
        ) : null}
      </Toolbar>
      <ConnectionBanner state={state} name={name} onReconnect={() => void actions.connect(tab.profileId)} />
      <div className="flex-1 min-h-0 relative">
        {view === EDIT ? (
          <TabStructure
            tab={tab}
            active={active}
            actions={actions}
            section={sectionOf(tab.view)}
            onSection={(section) =>
              dispatch({ type: "change", id: tab.id, change: { view: JSON.stringify({ view: EDIT, section }) } })
            }
          />
        ) : (
          <ObjectStructure profileId={tab.profileId} object={tab.object} view={view} />
        )}
      </div>
    </>
  );
}
