import { useState } from "react";
import { Button, Checkbox, Dialog, Input } from "@/design";
import type { ParameterValue, PlaceholderMark } from "@/ipc";

export interface ParameterDialogProps {
  placeholders: readonly PlaceholderMark[];
  /** What was given last time, by name. */
  former: ReadonlyMap<string, string | null>;
  onRun: (values: readonly ParameterValue[]) => void;
  onCancel: () => void;
}

/** Asks for the values of the server's own placeholders. The text that is sent stays as it is typed. */
export function ParameterDialog({ placeholders, former, onRun, onCancel }: ParameterDialogProps) {
  const [values, setValues] = useState<Readonly<Record<string, string | null>>>(() =>
    Object.fromEntries(placeholders.map((mark) => [mark.name, former.get(mark.name) ?? ""])),
  );
  const change = (name: string, value: string | null) => setValues((now) => ({ ...now, [name]: value }));
  const run = () => onRun(placeholders.map((mark) => ({ name: mark.name, value: values[mark.name] ?? null })));
  return (
    <Dialog
      open
      onClose={onCancel}
      title="Parameters"
      description="The server reads each value as the type it expects there. The values are filled in next time, but those that look like secrets."
      width={460}
      footer={
        <>
          <Button variant="ghost" onClick={onCancel}>
            Cancel
          </Button>
          <Button variant="primary" icon="run" onClick={run} keys="Enter" showKeys>
            Run
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        {placeholders.map((mark, index) => (
          <div key={mark.name} className="flex items-center gap-2">
            <label className="rh-mono w-[120px] rh-truncate" htmlFor={`parameter-${mark.name}`}>
              {mark.text}
            </label>
            <Input
              id={`parameter-${mark.name}`}
              mono
              autoFocus={index === 0}
              disabled={values[mark.name] === null}
              value={values[mark.name] ?? ""}
              onChange={(text) => change(mark.name, text)}
              placeholder={values[mark.name] === null ? "NULL" : ""}
            />
            <Checkbox checked={values[mark.name] === null} onChange={(on) => change(mark.name, on ? null : "")}>
              NULL
            </Checkbox>
          </div>
        ))}
        {/* Enter in a field submits. */}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </Dialog>
  );
}
