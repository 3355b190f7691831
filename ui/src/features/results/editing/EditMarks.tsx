import { useState } from "react";
import { useKeys, useRunCommand } from "@/commands";
import { Badge, Button, ConfirmDialog, Icon, IconButton, tip } from "@/design";
import type { EditsStore } from "./store";
import { useEditsState } from "./useEdits";

/** In a pane's bar: a way to add a row, or a lock that says why nothing can be edited. */
export function EditMarks({ store }: { store: EditsStore | null }) {
  const state = useEditsState(store);
  const keys = useKeys("edits.insert");
  const run = useRunCommand();
  const [asking, setAsking] = useState(false);
  const view = state?.staged?.view;
  if (!view) return null;
  if (view.refused) {
    const { code, message, hint } = view.refused;
    // What is staged stands in the way: it fits the relation no more, or cannot be read.
    const staged = code === "conflict" || code === "corrupt";
    return (
      <>
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
        {staged ? (
          <Button dense onClick={() => setAsking(true)}>
            Discard staged edits
          </Button>
        ) : null}
        <ConfirmDialog
          open={asking}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            void store?.discard();
          }}
          title="Discard what is staged here?"
          description={`${message} Nothing of it was sent; it cannot be brought back.`}
          confirmLabel="Discard"
          danger
        />
      </>
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
