import { ConfirmDialog } from "@/design";
import type { Actions } from "./actions";
import { useWorkspace } from "./workspace";

/** Asks before closing a tab that would lose something. */
export function ConfirmClose({ id, onDone, actions }: { id: string | null; onDone: () => void; actions: Actions }) {
  const { guards } = useWorkspace();
  const guard = id === null ? undefined : guards.get(id);
  return (
    <ConfirmDialog
      open={guard !== undefined}
      onClose={onDone}
      onConfirm={() => {
        if (id !== null) actions.close(id, true);
        onDone();
      }}
      title={guard?.title ?? ""}
      description={guard?.description ?? ""}
      confirmLabel={guard?.confirm ?? "Close"}
      danger
    />
  );
}
