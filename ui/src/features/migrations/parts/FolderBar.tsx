/** The folder that is looked at: chosen in the system's dialog or typed. */
import { useEffect, useState } from "react";
import { Badge, Button, IconButton, Input } from "@/design";
import { host, type MigrationStatus } from "@/ipc";
import { TOOL_WORDS } from "../model";

export interface FolderBarProps {
  /** What is looked at now. */
  folder: string | null;
  status: MigrationStatus | undefined;
  onFolder: (folder: string) => void;
  keys: string | undefined;
  disabledReason: string | undefined;
}

/** Asks for a folder; answers nothing where nobody chose one. */
export const pickFolder = (): Promise<string | null> => host().pickFolder("The folder that the migrations are in");

export function FolderBar({ folder, status, onFolder, keys, disabledReason }: FolderBarProps) {
  const [typed, setTyped] = useState(folder ?? "");
  useEffect(() => setTyped(folder ?? ""), [folder]);
  const changed = typed.trim() !== (folder ?? "") && typed.trim() !== "";
  const take = () => {
    if (changed) onFolder(typed.trim());
  };
  return (
    <div className="mig-folder">
      <Input
        icon="folder"
        mono
        aria-label="Folder of migrations"
        placeholder="/path/to/migrations"
        value={typed}
        onChange={setTyped}
        onKeyDown={(event) => {
          if (event.key === "Enter") take();
          else if (event.key === "Escape") setTyped(folder ?? "");
        }}
        end={
          changed ? (
            <IconButton icon="arrow-right" label="Read this folder" quiet keys="Enter" onClick={take} />
          ) : undefined
        }
      />
      <Button
        dense
        disabledReason={disabledReason}
        {...(keys ? { keys } : {})}
        onClick={() => void pickFolder().then((path) => path !== null && onFolder(path))}
      >
        Choose…
      </Button>
      {status?.tool ? (
        <Badge tooltip={status.folder === null ? "Whose history it is" : "Whose folder it is"}>
          {TOOL_WORDS[status.tool]}
        </Badge>
      ) : null}
      {status && !status.transactional ? (
        <Badge
          tone="warn"
          icon="warning"
          tooltip="Here statements are kept one by one: what ran stays when a later one fails"
        >
          no whole-file rollback
        </Badge>
      ) : null}
    </div>
  );
}
