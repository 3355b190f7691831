import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { Button, Dialog, Field, Input, Select, type SelectOption } from "@/design";
import { failureOf, host, queryKeys, type SavedDetails } from "@/ipc";
import { tagsOf } from "./model";
import { ALL_SAVED } from "./useSaved";
import "./saved.css";

export interface SavedDialogProps {
  title: string;
  description?: ReactNode;
  initial: SavedDetails;
  confirmLabel: string;
  /** Where the focus begins: what the person came for. */
  focus?: "name" | "folder" | "tags";
  /** Left of the buttons: another way to save. */
  alternative?: ReactNode;
  /** Saves; what it throws stands at its field. */
  onSave: (details: SavedDetails) => Promise<void>;
  onClose: () => void;
}

const ANY = "";

/** Name, folder, tags and connection of a saved query. */
export function SavedDialog({
  title,
  description,
  initial,
  confirmLabel,
  focus = "name",
  alternative,
  onSave,
  onClose,
}: SavedDialogProps) {
  const [name, setName] = useState(initial.name);
  const [folder, setFolder] = useState(initial.folder);
  const [tags, setTags] = useState(initial.tags.join(", "));
  const [profileId, setProfileId] = useState(initial.profile_id ?? ANY);
  const [failure, setFailure] = useState<{ message: string; hint: string | null } | null>(null);
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const listId = useId();
  const profiles = useQuery({ queryKey: queryKeys.profiles, queryFn: () => host().profiles() });
  const known = useQuery({ queryKey: queryKeys.saved("", []), queryFn: () => host().savedQueries(ALL_SAVED) });
  const options: SelectOption<string>[] = [
    { value: ANY, label: "Any connection" },
    ...(profiles.data ?? []).map((each) => ({
      value: each.id,
      label: each.name,
      meta: each.driver_label,
      icon: "database" as const,
    })),
  ];
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    if (busy || name.trim() === "") return;
    setBusy(true);
    setFailure(null);
    const chosen = profiles.data?.find((each) => each.id === profileId);
    try {
      await onSave({
        name: name.trim(),
        folder: folder.trim(),
        tags: tagsOf(tags),
        profile_id: chosen?.id ?? null,
        // Without a connection it is still written for the engine it was.
        driver: chosen?.driver ?? initial.driver,
      });
      onClose();
    } catch (thrown) {
      const { message, hint } = failureOf(thrown);
      setFailure({ message, hint });
      setBusy(false);
    }
  };
  const words = failure ? [failure.message, failure.hint].filter(Boolean).join(" ") : undefined;
  const atFolder = words !== undefined && /folder/i.test(failure?.message ?? "");
  const here = (part: typeof focus) => (focus === part ? { ref: first } : {});
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={description}
      width={480}
      initialFocus={first}
      footer={
        <>
          {alternative}
          <Button className="ml-auto" variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant="primary"
            icon="save"
            keys="Enter"
            showKeys
            loading={busy}
            disabledReason={name.trim() === "" ? "Give it a name first" : undefined}
            onClick={() => void save()}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <form className="saved-form flex flex-col gap-3" onSubmit={(event) => void save(event)}>
        <Field label="Name" error={atFolder ? undefined : words}>
          {(control) => (
            <Input
              {...control}
              {...here("name")}
              value={name}
              onChange={setName}
              maxLength={120}
              placeholder="Orders by day"
            />
          )}
        </Field>
        <Field label="Folder" hint="Folders in folders with / between them" error={atFolder ? words : undefined}>
          {(control) => (
            <Input
              {...control}
              {...here("folder")}
              icon="folder"
              list={`${listId}-folders`}
              value={folder}
              onChange={setFolder}
              placeholder="Top"
            />
          )}
        </Field>
        <datalist id={`${listId}-folders`}>
          {(known.data?.folders ?? []).map((path) => (
            <option key={path} value={path} />
          ))}
        </datalist>
        <Field label="Tags" hint="With commas between them">
          {(control) => (
            <Input
              {...control}
              {...here("tags")}
              list={`${listId}-tags`}
              value={tags}
              onChange={setTags}
              placeholder="sales, daily"
            />
          )}
        </Field>
        <datalist id={`${listId}-tags`}>
          {(known.data?.tags ?? []).map((tag) => (
            <option key={tag.name} value={tag.name} />
          ))}
        </datalist>
        <Field label="For">
          {(control) => (
            <Select {...control} block label="Connection" value={profileId} options={options} onChange={setProfileId} />
          )}
        </Field>
        {/* Enter in a field submits. */}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </Dialog>
  );
}
