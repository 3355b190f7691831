import { useState } from "react";
import { Button, ConfirmDialog } from "@/design";
import type { Actions } from "./actions";
import { guardOf } from "./closing";
import { useWorkspace } from "./workspace";

/** Asks before closing a tab that would lose something. */
export function ConfirmClose({ id, onDone, actions }: { id: string | null; onDone: () => void; actions: Actions }) {
  const { tabs, guards, dispatch } = useWorkspace();
  const [saving, setSaving] = useState(false);
  const tab = tabs.open.find((each) => each.id === id);
  const guard = tab ? guardOf(tab, guards, dispatch) : null;
  const close = () => {
    if (id !== null) actions.close(id, true);
    onDone();
  };
  const { save } = guard ?? {};
  const keep = async () => {
    if (!save) return;
    setSaving(true);
    const kept = await save().finally(() => setSaving(false));
    if (kept) close();
    else onDone();
  };
  return (
    <ConfirmDialog
      open={guard !== null}
      onClose={onDone}
      onConfirm={close}
      title={guard?.title ?? ""}
      description={guard?.description ?? ""}
      confirmLabel={guard?.confirm ?? "Close"}
      danger
      {...(save
        ? {
            alternative: (
              <Button variant="primary" icon="save" loading={saving} onClick={() => void keep()}>
                Save
              </Button>
            ),
          }
        : {})}
    />
  );
}
