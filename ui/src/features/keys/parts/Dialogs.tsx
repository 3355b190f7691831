/** Forms for a new key and for another name. */
import { useState } from "react";
import { Button, Dialog, ErrorBlock, Field, Input, Select, Textarea } from "@/design";
import { type AppError, failureOf, failureProps, type KeyEdit, type KeyElement } from "@/ipc";
import { isName, KINDS, kindWord, NAME_HELP, readTtl, ttlWords } from "../model";
import { PLACE_HELP, readPlace, scoreOf } from "../places";

const BLANK: KeyElement = { name: null, place: null, value: null, fields: [], ttl_ms: null, cut: null };

/** What was entered of a first, or another, element. */
export interface Entered {
  readonly name: string;
  readonly value: string;
}

/** An element of what was entered. */
export function elementOf(kind: string, { name, value }: Entered, place: number | null = null): KeyElement {
  const text = { as: "text" as const, of: value };
  switch (kind) {
    case "hash":
      return { ...BLANK, name, value: text };
    case "set":
      return { ...BLANK, name };
    case "zset":
      return { ...BLANK, name, value: { as: "text", of: value.trim() || "0" } };
    case "list":
      return { ...BLANK, place, value: text };
    case "place": {
      const place = readPlace(value);
      return { ...BLANK, name, value: { as: "text", of: (place && scoreOf(place)) ?? "" } };
    }
    case "hyperloglog":
      return { ...BLANK, name: value };
    case "stream":
      return { ...BLANK, name: "*", fields: [{ name, value: text }] };
    default:
      return { ...BLANK, value: text };
  }
}

/** What the two fields of an element are called; none where it has no such field. */
export function fieldWords(kind: string): { name: string | null; value: string | null } {
  switch (kind) {
    case "hash":
    case "stream":
      return { name: "Field", value: "Value" };
    case "set":
      return { name: "Member", value: null };
    case "zset":
      return { name: "Member", value: "Score" };
    case "place":
      return { name: "Member", value: "Longitude, latitude" };
    case "hyperloglog":
      return { name: null, value: "Element" };
    case "list":
      return { name: null, value: "Item" };
    default:
      return { name: null, value: "Value" };
  }
}

/** What a value that was entered is not. */
export function valueProblem(kind: string, value: string): string | undefined {
  if (kind === "place") return readPlace(value) ? undefined : PLACE_HELP;
  return kind === "hyperloglog" && !isName(value) ? NAME_HELP : undefined;
}

/** Ways to begin a key that are no types of their own, and the types they are. */
const WAYS: Readonly<Record<string, { readonly kind: string; readonly label: string }>> = {
  place: { kind: "zset", label: "zset of places" },
  hyperloglog: { kind: "string", label: "HyperLogLog" },
};

export interface NewKeyDialogProps {
  /** What its name begins with. */
  prefix: string;
  onCreate: (key: string, kind: string, edit: KeyEdit) => Promise<boolean>;
  onDone: (key: string | null) => void;
}

/** Values of one line, and what stands there before one is typed. */
const LINES: Readonly<Record<string, string>> = { zset: "0", place: "13.361389, 38.115556", hyperloglog: "" };

interface Form {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  readonly value: string;
  readonly ttl: string;
}

export function NewKeyDialog({ prefix, onCreate, onDone }: NewKeyDialogProps) {
  const [form, setForm] = useState<Form>({ key: prefix, kind: "string", name: "", value: "", ttl: "" });
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const put = (change: Partial<Form>) => {
    setForm((now) => ({ ...now, ...change }));
    setFailure(null);
  };
  const words = fieldWords(form.kind);
  const ttl = form.ttl.trim() === "" ? null : readTtl(form.ttl);
  const wrong = {
    key: form.key === "" ? "A key has a name." : isName(form.key) ? undefined : NAME_HELP,
    name: words.name !== null && !isName(form.name) ? NAME_HELP : undefined,
    value: valueProblem(form.kind, form.value),
    ttl: form.ttl.trim() !== "" && ttl === null ? "No time that comes. For example 90, 15 min, 2 h." : undefined,
  };
  const taken =
    failure?.code === "already_exists" ? [failure.message, failure.hint].filter(Boolean).join(" ") : undefined;
  const create = async () => {
    setTried(true);
    if (wrong.key || wrong.name || wrong.value || wrong.ttl) return;
    setBusy(true);
    setFailure(null);
    try {
      const element = elementOf(form.kind, form);
      const kind = WAYS[form.kind]?.kind ?? form.kind;
      if (await onCreate(form.key, kind, { edit: "create", element, ttl_ms: ttl })) onDone(form.key);
    } catch (thrown) {
      setFailure(failureOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title="New key"
      onClose={() => onDone(null)}
      footer={
        <>
          <Button className="ml-auto" keys="Escape" showKeys onClick={() => onDone(null)}>
            Cancel
          </Button>
          <Button variant="primary" loading={busy} onClick={() => void create()}>
            Create
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <Field label="Name" error={taken ?? (tried ? wrong.key : isName(form.key) ? undefined : wrong.key)}>
          {(control) => <Input {...control} mono value={form.key} onChange={(key) => put({ key })} />}
        </Field>
        <Field label="Type">
          {(control) => (
            <Select
              {...control}
              block
              label="Type"
              value={form.kind}
              options={[
                ...KINDS.map((kind) => ({ value: kind as string, label: kindWord(kind) })),
                ...Object.entries(WAYS).map(([value, { label }]) => ({ value, label })),
              ]}
              onChange={(kind) => put({ kind, ...(kind === "ReJSON-RL" && form.value === "" ? { value: "{}" } : {}) })}
            />
          )}
        </Field>
        {words.name === null ? null : (
          <Field label={words.name} error={wrong.name}>
            {(control) => <Input {...control} mono value={form.name} onChange={(name) => put({ name })} />}
          </Field>
        )}
        {words.value === null ? null : (
          <Field label={words.value} error={tried ? wrong.value : undefined}>
            {(control) =>
              LINES[form.kind] !== undefined ? (
                <Input
                  {...control}
                  mono
                  value={form.value}
                  placeholder={LINES[form.kind]}
                  onChange={(value) => put({ value })}
                />
              ) : (
                <Textarea {...control} mono rows={4} value={form.value} onChange={(value) => put({ value })} />
              )
            }
          </Field>
        )}
        <Field
          label="Expires after"
          note="optional"
          error={wrong.ttl}
          hint={ttl === null ? "Seconds, or 15 min, 2 h, 3 d." : `In ${ttlWords(ttl)}`}
        >
          {(control) => (
            <Input {...control} mono value={form.ttl} placeholder="never" onChange={(next) => put({ ttl: next })} />
          )}
        </Field>
        {failure && taken === undefined ? <ErrorBlock {...failureProps(failure)} /> : null}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

export interface RenameDialogProps {
  name: string;
  /** False where a person said no. */
  onRename: (to: string) => Promise<boolean>;
  onDone: () => void;
}

export function RenameDialog({ name, onRename, onDone }: RenameDialogProps) {
  const [to, setTo] = useState(name);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const wrong = to === "" ? "A key has a name." : isName(to) ? undefined : NAME_HELP;
  const rename = async () => {
    if (to === name) return onDone();
    if (wrong) return;
    setBusy(true);
    try {
      if (await onRename(to)) onDone();
    } catch (thrown) {
      setFailure(failureOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title="Rename key"
      onClose={onDone}
      footer={
        <>
          <Button className="ml-auto" keys="Escape" showKeys onClick={onDone}>
            Cancel
          </Button>
          <Button variant="primary" loading={busy} onClick={() => void rename()}>
            Rename
          </Button>
        </>
      }
    >
      <Field
        label="Name"
        layout="stack"
        error={failure ? [failure.message, failure.hint].filter(Boolean).join(" ") : wrong}
        hint="Its value and its time to live stay. A key that is there already is never written over."
      >
        {(control) => (
          <Input
            {...control}
            mono
            value={to}
            onChange={(next) => {
              setTo(next);
              setFailure(null);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") void rename();
            }}
          />
        )}
      </Field>
    </Dialog>
  );
}
