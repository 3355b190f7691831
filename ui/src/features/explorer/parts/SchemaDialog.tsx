/** Which schemas of a connection are shown in the tree. */
import { type FormEvent, useId, useState } from "react";
import { Button, Checkbox, Dialog, Field, Input } from "@/design";
import type { ConnectionProfile } from "@/ipc";
import { isShown, patternsOf } from "../schemaFilter";

export interface SchemaDialogProps {
  profile: ConnectionProfile;
  /** The schemas that are known. */
  known: readonly string[];
  onSave: (schemas: readonly string[]) => void;
  onClose: () => void;
}

export function SchemaDialog({ profile, known, onSave, onClose }: SchemaDialogProps) {
  const form = useId();
  const stored = profile.schemas ?? [];
  const [ticked, setTicked] = useState<ReadonlySet<string>>(
    () => new Set(known.filter((name) => stored.length === 0 || stored.includes(name))),
  );
  const [text, setText] = useState(stored.filter((pattern) => !known.includes(pattern)).join(", "));
  const patterns = patternsOf(text);
  const byPattern = (name: string) => patterns.length > 0 && isShown(patterns, name);
  const all = known.length > 0 && ticked.size === known.length;
  const chosen = [...known.filter((name) => ticked.has(name) && !byPattern(name)), ...patterns];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Everything is no filter: a schema that is made tomorrow is shown too.
    if (chosen.length > 0) onSave(all ? [] : chosen);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Schemas of ${profile.name}`}
      description="The tree shows these. Search and completion still know all of them."
      footer={
        <>
          <Button onClick={() => onSave([])}>Show all</Button>
          <Button className="ml-auto" keys="Escape" showKeys onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant="primary"
            type="submit"
            form={form}
            disabledReason={chosen.length === 0 ? "Nothing would be shown" : undefined}
          >
            Show these
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        {known.length > 0 ? (
          <fieldset className="exp-schemas">
            <legend className="rh-visually-hidden">Schemas</legend>
            {known.map((name) => (
              <Checkbox
                key={name}
                checked={ticked.has(name) || byPattern(name)}
                disabled={byPattern(name)}
                onChange={(on) => {
                  const next = new Set(ticked);
                  if (on) next.add(name);
                  else next.delete(name);
                  setTicked(next);
                }}
              >
                <span className="rh-mono">{name}</span>
              </Checkbox>
            ))}
          </fieldset>
        ) : null}
        <Field label="And by name" hint="With commas between; * stands for any letters." layout="stack">
          {(control) => <Input {...control} mono value={text} onChange={setText} placeholder="shop_*, audit" />}
        </Field>
      </form>
    </Dialog>
  );
}
