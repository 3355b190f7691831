import { useKeys } from "@/commands";
import { IconButton } from "@/design";
import { HistoryPanel } from "@/features/history";
import type { Actions } from "./actions";
import { ErrorBoundary } from "./ErrorBoundary";
import { profileOfTab } from "./model";
import type { Panel, Place } from "./panel";
import { useWorkspace } from "./workspace";

const TITLES: Readonly<Record<Place, string>> = { explorer: "Explorer", search: "Search", history: "History" };

/** What the side panel shows. */
export function SideContent({ panel, actions }: { panel: Panel; actions: Actions }) {
  const { active, editors } = useWorkspace();
  const hideKeys = useKeys("panel.side");
  const newKeys = useKeys("connection.new");
  const title = TITLES[panel.place];
  const editor = active?.kind === "query" ? editors.get(active.id) : undefined;
  return (
    <>
      <div className="rh-side-head">
        <h2 className="flex-1 rh-truncate text-base">{title}</h2>
        {panel.place === "explorer" ? (
          <IconButton
            icon="plus"
            label="New connection"
            dense
            {...(newKeys ? { keys: newKeys } : {})}
            onClick={() => actions.connectionForm(null)}
          />
        ) : null}
        <IconButton
          icon="panel"
          label="Hide the side panel"
          dense
          {...(hideKeys ? { keys: hideKeys } : {})}
          onClick={panel.hide}
        />
      </div>
      <ErrorBoundary key={panel.place} what={title} safe="The tabs are as they were.">
        {panel.place === "history" ? (
          <HistoryPanel
            onInsert={editor ? (text) => editor.insert(text) : undefined}
            onOpen={(entry) =>
              actions.query({
                profileId: entry.profile_id ?? profileOfTab(active),
                database: entry.database,
                text: entry.text,
              })
            }
          />
        ) : (
          <div className="flex-1" />
        )}
      </ErrorBoundary>
    </>
  );
}
