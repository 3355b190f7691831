/** What can be done with saved queries and their folders, from the menu and by key; dialogs come with it. */
import { type ReactNode, useState } from "react";
import { Button, ConfirmDialog, Dialog, Field, Input, toast } from "@/design";
import { failureOf, host, type SavedHead, type SavedImport, type SavedRemoval } from "@/ipc";
import { importWords, joinPath, nameOf, parentOf } from "./model";
import { SavedDialog } from "./SavedDialog";

type Asking =
  | { readonly kind: "edit"; readonly head: SavedHead; readonly focus: "name" | "folder" | "tags" }
  | { readonly kind: "folder"; readonly parent: string }
  | { readonly kind: "rename"; readonly path: string }
  | { readonly kind: "replace"; readonly path: string; readonly folder: string; readonly done: SavedImport };

function told(thrown: unknown): void {
  const { message, hint } = failureOf(thrown);
  toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
}

/** The name of a folder: new, or another one. */
function FolderDialog(props: {
  title: string;
  initial: string;
  hint: string;
  confirm: string;
  onSave: (path: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const [path, setPath] = useState(props.initial);
  const [error, setError] = useState<string>();
  const save = () => {
    if (path.trim() === "") return;
    props.onSave(path.trim()).then(props.onClose, (thrown: unknown) => setError(failureOf(thrown).message));
  };
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={props.title}
      footer={
        <>
          <Button variant="ghost" onClick={props.onClose}>
            Cancel
          </Button>
          <Button variant="primary" keys="Enter" showKeys onClick={save}>
            {props.confirm}
          </Button>
        </>
      }
    >
      <Field label="Name" layout="stack" hint={props.hint} error={error}>
        {(control) => (
          <Input
            {...control}
            icon="folder"
            value={path}
            onChange={setPath}
            onKeyDown={(event) => {
              if (event.key === "Enter") save();
            }}
          />
        )}
      </Field>
    </Dialog>
  );
}

export function useSavedActions(onFolder: (path: string) => void) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const close = () => setAsking(null);
  const removed = (what: string, removal: SavedRemoval) =>
    toast({
      title: `${what} was deleted`,
      action: { label: "Undo", onPress: () => void host().restoreSaved(removal).catch(told) },
      stay: 12_000,
    });
  const read = async (path: string, folder: string, replace: boolean) => {
    const done = await host().importSaved(path, folder === "" ? null : folder, replace);
    if (done.differing.length > 0) setAsking({ kind: "replace", path, folder, done });
    else {
      const first = done.skipped[0];
      toast({
        tone: done.skipped.length > 0 ? "warn" : "ok",
        title: importWords(done),
        ...(first ? { detail: `${first.path}: ${first.reason}` } : {}),
      });
    }
  };
  const actions = {
    edit: (head: SavedHead, focus: "name" | "folder" | "tags" = "name") => setAsking({ kind: "edit", head, focus }),
    newFolder: (parent: string) => setAsking({ kind: "folder", parent }),
    renameFolder: (path: string) => setAsking({ kind: "rename", path }),
    move: (ids: readonly string[], folder: string) =>
      void host()
        .moveSaved([...ids], folder)
        .then(() => folder !== "" && onFolder(folder), told),
    remove: (heads: readonly SavedHead[]) => {
      const what = heads.length === 1 ? `“${heads[0]?.name ?? ""}”` : `${heads.length} saved queries`;
      host()
        .removeSaved(heads.map((head) => head.id))
        .then((removal) => removed(what, removal), told);
    },
    removeFolder: (path: string) =>
      void host()
        .removeSavedFolder(path)
        .then((removal) => removed(`The folder “${nameOf(path)}”`, removal), told),
    import: async (folder: string) => {
      try {
        const path = await host().pickFolder("Import a folder of .sql files");
        if (path !== null) await read(path, folder, false);
      } catch (thrown) {
        told(thrown);
      }
    },
    export: async (folder: string) => {
      try {
        const path = await host().pickFolder("Export saved queries into a folder");
        if (path === null) return;
        const { written, unchanged } = await host().exportSaved(folder === "" ? null : folder, path);
        toast({ tone: "ok", title: `${written} written, ${unchanged} unchanged`, detail: path });
      } catch (thrown) {
        told(thrown);
      }
    },
  };
  let dialog: ReactNode = null;
  if (asking?.kind === "edit") {
    const { head, focus } = asking;
    const { id, name, folder, tags, profile_id, driver } = head;
    dialog = (
      <SavedDialog
        title={`“${name}”`}
        initial={{ name, folder, tags, profile_id, driver }}
        confirmLabel="Save"
        focus={focus}
        onSave={async (details) => {
          const kept = await host().changeSaved(id, details);
          if (kept.folder !== "") onFolder(kept.folder);
        }}
        onClose={close}
      />
    );
  } else if (asking?.kind === "folder") {
    const { parent } = asking;
    dialog = (
      <FolderDialog
        title={parent === "" ? "New folder" : `New folder in “${nameOf(parent)}”`}
        initial=""
        hint="Folders in folders with / between them"
        confirm="Make the folder"
        onSave={(name) =>
          host()
            .createSavedFolder(joinPath(parent, name))
            .then((path) => onFolder(path))
        }
        onClose={close}
      />
    );
  } else if (asking?.kind === "rename") {
    const { path } = asking;
    const parent = parentOf(path);
    dialog = (
      <FolderDialog
        title={`Rename “${nameOf(path)}”`}
        initial={path}
        hint={parent === "" ? "With a / it moves into a folder" : "The whole path: another one moves it"}
        confirm="Rename"
        onSave={(to) =>
          host()
            .moveSavedFolder(path, to)
            .then((kept) => onFolder(kept))
        }
        onClose={close}
      />
    );
  } else if (asking?.kind === "replace") {
    const { path, folder, done } = asking;
    const count = done.differing.length;
    dialog = (
      <ConfirmDialog
        open
        onClose={() => {
          close();
          toast({ tone: "ok", title: `${importWords(done)}; ${count} kept as they are` });
        }}
        onConfirm={() => {
          close();
          read(path, folder, true).catch(told);
        }}
        title={count === 1 ? "Replace a saved query?" : `Replace ${count} saved queries?`}
        description={`${done.differing.slice(0, 5).join(", ")}${count > 5 ? ` and ${count - 5} more` : ""} say something else than the files. Replacing takes the files' texts; yours are gone then.`}
        confirmLabel="Take the files'"
        danger
      />
    );
  }
  return { actions, dialog };
}
