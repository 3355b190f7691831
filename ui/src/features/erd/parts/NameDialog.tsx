/** Asks what a diagram is called. */
import { useId, useState } from "react";
import { Button, Dialog, Field, Input } from "@/design";

export function NameDialog({
  title,
  action,
  first,
  taken,
  onClose,
  onName,
}: {
  title: string;
  action: string;
  first: string;
  taken: readonly string[];
  onClose: () => void;
  onName: (name: string) => void;
}) {
  const id = useId();
  const [name, setName] = useState(first);
  const text = name.trim();
  const clash = taken.some((each) => each.toLowerCase() === text.toLowerCase() && each !== first);
  const refused = text === "" ? "give it a name" : clash ? "there is a diagram of that name" : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      width={400}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={id} disabledReason={refused}>
            {action}
          </Button>
        </>
      }
    >
      <form
        id={id}
        onSubmit={(event) => {
          event.preventDefault();
          if (refused) return;
          onClose();
          onName(text);
        }}
      >
        <Field label="Name" {...(clash ? { error: "There is a diagram of that name." } : {})}>
          {(control) => <Input {...control} value={name} onChange={setName} maxLength={120} />}
        </Field>
      </form>
    </Dialog>
  );
}
