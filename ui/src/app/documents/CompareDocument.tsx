/** What differs between a database and something else. */
import { useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { Toolbar } from "@/design";
import { type CompareHandle, ComparePane, type Connection, readView } from "@/features/compare";
import { useHighlight } from "@/features/relation";
import type { CompareSide } from "@/ipc";
import type { Actions } from "../actions";
import type { CompareTab } from "../model";
import { canAlter } from "../structure";
import { useWorkspace } from "../workspace";
import { useFocusWhen } from "./useFocusWhen";
import { useKeptView } from "./useKeptView";

export function CompareDocument({ tab, active, actions }: { tab: CompareTab; active: boolean; actions: Actions }) {
  const { live, profile, profiles } = useWorkspace();
  const { profileId, database } = tab;
  const { view, onView } = useKeptView(tab, readView);
  const pane = useRef<CompareHandle>(null);
  const [problem, setProblem] = useState<string | undefined>("choose the second side");
  const own = useMemo<CompareSide>(
    () => ({ from: "database", profile_id: profileId, database }),
    [profileId, database],
  );
  const connections = useMemo(
    () =>
      profiles.flatMap(({ id, name }): Connection[] => {
        const state = live.connections.get(id);
        const open = state?.phase.phase === "open";
        // What is open and has no schema to speak of cannot be a side.
        return open && !canAlter(state) ? [] : [{ id, name, open, database: state?.database ?? null }];
      }),
    [profiles, live.connections],
  );
  const highlight = useHighlight(profileId);
  useOffers(
    {
      "compare.run": { run: () => pane.current?.run(), ...(problem ? { disabledReason: problem } : {}) },
      "compare.swap": {
        run: () => pane.current?.swap(),
        ...(view.to ? {} : { disabledReason: "choose the second side first" }),
      },
      "compare.filter": { run: () => pane.current?.filter() },
      "compare.tree": { run: () => onView({ section: "tree" }) },
      "compare.script": { run: () => onView({ section: "script" }) },
    },
    active,
  );
  const keys = {
    run: useKeys("compare.run"),
    swap: useKeys("compare.swap"),
    filter: useKeys("compare.filter"),
    tree: useKeys("compare.tree"),
    script: useKeys("compare.script"),
  };
  const shown = database ?? live.connections.get(profileId)?.database ?? null;
  return (
    <div
      className="flex flex-col h-full min-h-0 outline-none"
      data-scope="compare"
      tabIndex={-1}
      ref={useFocusWhen(active, view.section)}
    >
      <Toolbar
        label="Compare"
        icon="matrix"
        what={
          <>
            {profile(profileId)?.name ?? "this connection"}
            {shown ? <span className="text-ink-3 font-[400]"> · {shown}</span> : null}
          </>
        }
      />
      <div className="flex-1 min-h-0">
        <ComparePane
          ref={pane}
          own={own}
          connections={connections}
          view={view}
          onView={onView}
          highlight={highlight}
          onConnect={(id) => void actions.connect(id)}
          onScript={(side, title, text) =>
            actions.query(
              side.from === "database"
                ? { profileId: side.profile_id, database: side.database, title, text }
                : { profileId: null, title, text },
            )
          }
          onProblem={setProblem}
          keys={keys}
        />
      </div>
    </div>
  );
}
