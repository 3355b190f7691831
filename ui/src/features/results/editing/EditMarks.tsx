import { useKeys, useRunCommand } from "@/commands";
import { Badge, Icon, IconButton, tip } from "@/design";
import type { EditsStore } from "./store";
import { useEditsState } from "./useEdits";

/** In a pane's bar: a way to add a row, or a lock that says why nothing can be edited. */
export function EditMarks({ store }: { store: EditsStore | null }) {
  const state = useEditsState(store);
  const keys = useKeys("edits.insert");
  const run = useRunCommand();
  const view = state?.staged?.view;
  if (!view) return null;
  if (view.refused) {
    const { message, hint } = view.refused;
    return (
      <span
        className="rh-edit-lock"
        tabIndex={0}
        role="note"
        aria-label={`Read-only: ${message} ${hint ?? ""}`}
        {...tip(hint ? `${message}\n${hint}` : message)}
      >
        <Icon name="lock" size={14} />
        <span className="rh-truncate">Read-only</span>
      </span>
    );
  }
  return (
    <>
      {view.warnings.map((warning) => (
        <Badge key={warning} tone="warn" icon="warning" tooltip={warning}>
          {warning.length > 48 ? "Careful" : warning}
        </Badge>
      ))}
      <IconButton icon="plus" label="New row" {...(keys ? { keys } : {})} onClick={() => run("edits.insert")} />
    </>
  );
}
