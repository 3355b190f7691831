/** A dialog with one thing to stage. */
import { type ReactNode, useState } from "react";
import { Button, Dialog } from "@/design";
import type { AppError } from "@/ipc";
import { closeStructure } from "../asking";
import { useDesk } from "../desk";
import { Wrong } from "./fields";

export interface SheetProps {
  title: string;
  description?: ReactNode;
  width?: number;
  /** Why it cannot be staged as it stands; null where it can. */
  problem: string | null;
  /** Stages it; answers what was wrong. */
  send: () => Promise<AppError | null>;
  children: ReactNode;
}

export function Sheet({ title, description, width = 560, problem, send, children }: SheetProps) {
  const { readOnly } = useDesk();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const reason = readOnly ?? problem ?? undefined;
  const go = async () => {
    if (reason !== undefined || busy) return;
    setBusy(true);
    const refused = await send();
    setBusy(false);
    setError(refused);
  };
  return (
    <Dialog
      open
      title={title}
      description={description}
      width={width}
      onClose={closeStructure}
      footer={
        <>
          <span className="rh-meta">Nothing is sent before you have seen it.</span>
          <Button className="ml-auto" onClick={closeStructure} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button variant="primary" loading={busy} disabledReason={reason} keys="Mod+Enter" onClick={() => void go()}>
            Stage
          </Button>
        </>
      }
    >
      <div
        className="str-sheet"
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.defaultPrevented) return;
          const inText =
            event.target instanceof Element && event.target.closest("textarea, .cm-editor, button") !== null;
          if (inText && !event.ctrlKey && !event.metaKey) return;
          event.preventDefault();
          void go();
        }}
      >
        {children}
        <Wrong error={error} />
      </div>
    </Dialog>
  );
}
