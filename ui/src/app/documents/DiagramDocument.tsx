/** A database as a map. What was kept of it is drawn without the server too. */
import { useMemo } from "react";
import { useKeys } from "@/commands";
import { DiagramPane, readView } from "@/features/erd";
import { openStructure, StagedChanges } from "@/features/structure";
import type { Actions } from "../actions";
import type { DiagramTab } from "../model";
import { canAlter, useAround } from "../structure";
import { useWorkspace } from "../workspace";
import { ConnectionBanner } from "./ConnectionBanner";
import { useEditing } from "./useEditing";
import { useFocusWhen } from "./useFocusWhen";
import { useKeptView } from "./useKeptView";

export function DiagramDocument({ tab, active, actions }: { tab: DiagramTab; active: boolean; actions: Actions }) {
  const { live, profile } = useWorkspace();
  const { profileId, database } = tab;
  const name = profile(profileId)?.name ?? "this connection";
  const state = live.connections.get(profileId);
  const { view, onView } = useKeptView(tab, readView);
  const place = useMemo(() => ({ profileId, database }), [profileId, database]);
  const shown = database ?? state?.database ?? null;
  const open = state?.phase.phase === "open";
  const alters = canAlter(state);
  const around = useAround(place, actions);
  const keys = { undo: useKeys("diagram.undo"), redo: useKeys("diagram.redo"), review: useKeys("diagram.review") };
  const editing = useEditing(place, alters, open, shown, around);
  const reconnect = () => void actions.connect(profileId);
  return (
    <div
      className="flex flex-col h-full min-h-0 outline-none"
      data-scope="diagram"
      tabIndex={-1}
      ref={useFocusWhen(active, "diagram")}
    >
      <ConnectionBanner state={state} name={name} onReconnect={reconnect} />
      <div className="flex-1 min-h-0">
        <DiagramPane
          tabId={tab.id}
          place={place}
          name={name}
          database={shown}
          open={open}
          active={active}
          view={view}
          onView={onView}
          onTable={({ schema, name: table }, page) =>
            actions.relation(
              profileId,
              { database: shown, schema: schema || null, kind: "relation", name: table, signature: null },
              page,
            )
          }
          onConnect={reconnect}
          editing={editing}
          onReview={() => openStructure(place, { ask: "review" })}
          staged={
            alters ? (
              <StagedChanges
                place={place}
                able={open}
                highlight={around.highlight}
                onGo={around.onOpen}
                onMigration={() => actions.migrations(profileId, database, true)}
                keys={keys}
              />
            ) : null
          }
        />
      </div>
    </div>
  );
}
