/** Keys, foreign keys, indexes or checks of a table: a line each, unfolded for changing it. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Badge, Button, EmptyState, IconButton, Sign } from "@/design";
import { type AppError, failureOf, type ObjectRef, type StructureEdit, type StructurePart } from "@/ipc";
import { useDesk } from "../desk";
import { Wrong } from "./fields";

export interface PartsSectionProps<Form> {
  /** `key`, `foreign key` … */
  word: string;
  many: string;
  /** What it is for, where there are none. */
  none: string;
  parts: readonly StructurePart<Form>[];
  /** What a new one begins as. */
  empty: Form;
  form: (form: Form, onChange: (form: Form) => void) => ReactNode;
  /** Why it cannot be staged as it stands; null where it can. */
  problem: (form: Form) => string | null;
  edit: (name: string | null, form: Form) => StructureEdit;
}

export function PartsSection<Form>(props: PartsSectionProps<Form>) {
  const { word, many, none, parts, empty } = props;
  const { readOnly, stage, highlight } = useDesk();
  const [open, setOpen] = useState<ObjectRef["name"] | null>(null);
  const [adding, setAdding] = useState(false);
  const [failed, setFailed] = useState<AppError | null>(null);
  const section = useRef<HTMLElement>(null);
  // Whoever was in the form goes on where it was called from.
  const left = () => {
    setOpen(null);
    setAdding(false);
    requestAnimationFrame(() => section.current?.querySelector<HTMLElement>("[data-new]")?.focus());
  };
  const drop = async (part: StructurePart<Form>) => {
    setFailed(await stage([{ edit: "drop", object: part.object }]));
  };
  return (
    <section ref={section} aria-label={many} className="str-parts">
      <Wrong error={failed} />
      {parts.length === 0 && !adding ? (
        <EmptyState
          picture="empty"
          title={`No ${many.toLowerCase()}`}
          actions={
            <Button data-new icon="plus" disabledReason={readOnly} onClick={() => setAdding(true)}>
              New {word}
            </Button>
          }
        >
          {none}
        </EmptyState>
      ) : (
        <ul className="str-list">
          {parts.map((part) => {
            const name = part.object.name;
            const fixed =
              part.fixed ?? (part.form === null ? "its form has no room for all of it: use its text" : null);
            const unfolded = open === name && part.form !== null && part.change !== "removed";
            return (
              <li key={name} className="str-part" data-becoming={part.change ?? undefined}>
                <div className="str-part-line">
                  {part.change ? <Sign of={part.change} /> : <span className="str-nosign" />}
                  <span className="str-part-name rh-mono rh-truncate" title={name}>
                    {name}
                  </span>
                  <code className="str-part-text" title={part.text}>
                    {highlight(part.text)}
                  </code>
                  {part.fixed ? (
                    <Badge tone="outline" icon="lock" tooltip={part.fixed}>
                      fixed
                    </Badge>
                  ) : null}
                  <IconButton
                    icon="edit"
                    label={`Change ${name}`}
                    quiet
                    pressed={unfolded}
                    disabledReason={
                      readOnly ?? (part.change === "removed" ? "it goes" : undefined) ?? fixed ?? undefined
                    }
                    onClick={() => setOpen(unfolded ? null : name)}
                  />
                  <IconButton
                    icon="trash"
                    label={`Drop ${name}`}
                    quiet
                    disabledReason={
                      readOnly ?? (part.change === "removed" ? "it goes already" : undefined) ?? part.fixed ?? undefined
                    }
                    onClick={() => void drop(part)}
                  />
                </div>
                {unfolded && part.form ? (
                  <Editor {...props} label={`Change ${name}`} begin={part.form} name={name} onDone={left} />
                ) : null}
              </li>
            );
          })}
        </ul>
      )}
      {adding ? (
        <Editor {...props} label={`New ${word}`} begin={empty} name={null} onDone={left} />
      ) : parts.length > 0 ? (
        <div className="str-add">
          <Button data-new icon="plus" dense disabledReason={readOnly} onClick={() => setAdding(true)}>
            New {word}
          </Button>
        </div>
      ) : null}
    </section>
  );
}

interface EditorProps<Form> extends PartsSectionProps<Form> {
  label: string;
  begin: Form;
  name: string | null;
  onDone: () => void;
}

function Editor<Form>({ label, begin, name, form, problem, edit, onDone }: EditorProps<Form>) {
  const { stage } = useDesk();
  const [now, setNow] = useState(begin);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<AppError | null>(null);
  const own = useRef<HTMLDivElement>(null);
  useEffect(() => own.current?.querySelector<HTMLElement>("input, .cm-content, button")?.focus(), []);
  const wrong = problem(now);
  const same = name !== null && JSON.stringify(now) === JSON.stringify(begin);
  const send = async () => {
    if (wrong !== null || same || busy) return;
    setBusy(true);
    try {
      const error = await stage([edit(name, now)]);
      setFailed(error);
      if (error === null) onDone();
    } catch (thrown) {
      setFailed(failureOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div
      ref={own}
      role="group"
      aria-label={label}
      className="str-editor"
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          void send();
        } else if (event.key === "Escape" && !event.defaultPrevented) {
          event.stopPropagation();
          onDone();
        }
      }}
    >
      {form(now, setNow)}
      <Wrong error={failed} />
      <div className="str-editor-foot">
        <Button
          variant="primary"
          dense
          loading={busy}
          disabledReason={wrong ?? (same ? "nothing is changed" : undefined)}
          keys="Mod+Enter"
          onClick={() => void send()}
        >
          Stage
        </Button>
        <Button dense variant="ghost" keys="Escape" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
