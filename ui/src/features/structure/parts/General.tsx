/** What an object is as a whole: its form or text, name, comment, owner, row security, and who may do what with it. */
import { type ReactNode, useEffect, useState } from "react";
import { Button, Checkbox, Combobox, Field, IconButton, Input, Switch, Textarea } from "@/design";
import type { AppError, StructureEdit, StructureGrant, StructurePage } from "@/ipc";
import { useDesk } from "../desk";
import { exposed, orNone, titleOf } from "../model";
import { Note, Wrong } from "./fields";
import { ObjectForm } from "./objectForms";
import { RoleHeld } from "./RoleForm";

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="str-block">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** A text that is staged when its field is left. */
function useText(value: string, send: (text: string) => Promise<AppError | null>) {
  const [text, setText] = useState(value);
  const [error, setError] = useState<AppError | null>(null);
  useEffect(() => setText(value), [value]);
  const commit = async (next = text) => {
    if (next === value) return;
    setError(await send(next));
  };
  return { text, setText, error, commit };
}

function Whole({ page, edit }: { page: StructurePage; edit: StructureEdit }) {
  const { stage, readOnly } = useDesk();
  const begun = JSON.stringify(edit);
  const [now, setNow] = useState(edit);
  const [error, setError] = useState<AppError | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => setNow(JSON.parse(begun) as StructureEdit), [begun]);
  const same = JSON.stringify(now) === begun;
  const form = <ObjectForm edit={now} onEdit={setNow} />;
  const send = async () => {
    setBusy(true);
    const asked = "object" in now ? ({ ...now, object: page.object } as StructureEdit) : now;
    setError(await stage([asked]));
    setBusy(false);
  };
  if (edit.edit === "create_schema" || edit.edit === "create_extension") return null;
  return (
    <Block title={edit.edit === "text" ? "Definition" : "What it is"}>
      {form}
      <Wrong error={error} />
      <div className="str-editor-foot">
        <Button
          dense
          variant="primary"
          loading={busy}
          disabledReason={readOnly ?? (same ? "nothing is changed" : undefined)}
          onClick={() => void send()}
        >
          Stage
        </Button>
        <Button
          dense
          variant="ghost"
          disabledReason={same ? "nothing is changed" : undefined}
          onClick={() => setNow(JSON.parse(begun) as StructureEdit)}
        >
          As it was
        </Button>
      </div>
    </Block>
  );
}

function Grants({ page, known }: { page: StructurePage; known: readonly string[] }) {
  const { abilities, stage, readOnly } = useDesk();
  const [error, setError] = useState<AppError | null>(null);
  const [role, setRole] = useState("");
  const offered = [...new Set([...known, ...page.grants.map(({ privilege }) => privilege)])];
  const whole = page.grants.filter(({ column }) => column === null);
  const ofColumns = page.grants.filter(({ column }) => column !== null);
  const roles = [...new Set(whole.map(({ grantee }) => grantee))];
  const send = async (grants: StructureGrant[]) =>
    setError(await stage([{ edit: "grants", object: page.object, grants }]));
  const toggle = (grantee: string, privilege: string, on: boolean) => {
    const rest = page.grants.filter(
      (each) => each.column !== null || each.grantee !== grantee || each.privilege !== privilege,
    );
    // Servers whose objects have no owners know one right to pass on for all that somebody holds on an object.
    const grantable = !abilities.owners && page.grants.some((each) => each.grantee === grantee && each.grantable);
    return send(on ? [...rest, { grantee, column: null, privilege, grantable }] : rest);
  };
  return (
    <Block title="Privileges">
      <Wrong error={error} />
      {roles.length > 0 ? (
        <div className="str-wide">
          <table className="rh-table str-grants" aria-label="Privileges">
            <thead>
              <tr>
                <th>Who</th>
                {offered.map((privilege) => (
                  <th key={privilege}>{privilege}</th>
                ))}
                <th>
                  <span className="rh-visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {roles.map((grantee) => (
                <tr key={grantee}>
                  <td className="rh-mono">{grantee}</td>
                  {offered.map((privilege) => {
                    const held = whole.find((each) => each.grantee === grantee && each.privilege === privilege);
                    return (
                      <td key={privilege}>
                        <Checkbox
                          label={`${grantee} may ${privilege}`}
                          checked={held !== undefined}
                          disabled={readOnly !== undefined}
                          onChange={(on) => void toggle(grantee, privilege, on)}
                        >
                          {held?.grantable ? <span className="rh-meta">may pass on</span> : null}
                        </Checkbox>
                      </td>
                    );
                  })}
                  <td>
                    <IconButton
                      icon="close"
                      label={`Nothing for ${grantee}`}
                      quiet
                      disabledReason={readOnly}
                      onClick={() => void send(page.grants.filter((each) => each.grantee !== grantee))}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p className="rh-meta">
          {abilities.owners
            ? "Only its owner may use it, and who needs no privileges."
            : "Nothing is granted on it alone; what is granted on its database counts here too."}
        </p>
      )}
      {ofColumns.map(({ grantee, column, privilege }) => (
        <p key={`${grantee} ${column ?? ""} ${privilege}`} className="rh-meta">
          {grantee} may {privilege} {column}
        </p>
      ))}
      <div className="str-key str-role">
        <Input
          mono
          aria-label="Another role"
          placeholder={abilities.owners ? "another role, or PUBLIC" : "user@host, or a role"}
          value={role}
          readOnly={readOnly !== undefined}
          onChange={setRole}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || role.trim() === "") return;
            event.preventDefault();
            void toggle(role.trim(), offered[0] ?? "SELECT", true).then(() => setRole(""));
          }}
        />
        <Button
          dense
          disabledReason={readOnly ?? (role.trim() === "" ? "Name a role first" : undefined)}
          onClick={() => void toggle(role.trim(), offered[0] ?? "SELECT", true).then(() => setRole(""))}
        >
          Grant {offered[0] ?? "SELECT"}
        </Button>
      </div>
    </Block>
  );
}

export function General({ page, owners }: { page: StructurePage; owners: readonly string[] }) {
  const { abilities, readOnly, stage, onOpen } = useDesk();
  const { object } = page;
  const [error, setError] = useState<AppError | null>(null);
  const locked = readOnly !== undefined || page.change === "removed";
  const name = useText(object.name, (text) => stage([{ edit: "rename", object, name: text.trim() }]));
  const comment = useText(page.comment ?? "", (text) => stage([{ edit: "comment", object, text: orNone(text) }]));
  const owner = useText(page.owner ?? "", (text) => stage([{ edit: "owner", object, owner: text.trim() }]));
  const security = page.row_security;
  const granted = abilities.privileges.find(({ kind }) => kind === object.kind);
  const secure = async (enabled: boolean, forced: boolean) =>
    setError(await stage([{ edit: "row_security", table: object, enabled, forced }]));
  return (
    <div className="str-general">
      {page.edit ? <Whole key={object.name} page={page} edit={page.edit} /> : null}
      <Block title="Name and comment">
        <Field label="Name" {...(page.was ? { hint: `Now ${page.was}.` } : {})}>
          {(control) => (
            <Input
              {...control}
              mono
              readOnly={locked}
              value={name.text}
              onChange={name.setText}
              onBlur={() => void name.commit()}
              onKeyDown={(event) => {
                if (event.key === "Enter") void name.commit();
              }}
            />
          )}
        </Field>
        <Wrong error={name.error} />
        {abilities.comments ? (
          <Field label="Comment">
            {(control) => (
              <Textarea
                {...control}
                readOnly={locked}
                value={comment.text}
                onChange={comment.setText}
                onBlur={() => void comment.commit()}
              />
            )}
          </Field>
        ) : null}
        <Wrong error={comment.error} />
        {abilities.owners && page.kind !== "role" ? (
          <Field label="Owner">
            {(control) => (
              <Combobox
                {...control}
                mono
                readOnly={locked}
                value={owner.text}
                options={owners}
                onChange={owner.setText}
                onCommit={(text) => void owner.commit(text)}
              />
            )}
          </Field>
        ) : null}
        <Wrong error={owner.error} />
      </Block>
      {abilities.row_security && security ? (
        <Block title="Row security">
          <Switch checked={security[0]} disabled={locked} onChange={(on) => void secure(on, security[1])}>
            Policies say who gets which rows
          </Switch>
          <Switch
            checked={security[1]}
            disabled={locked || !security[0]}
            onChange={(on) => void secure(security[0], on)}
          >
            The owner too
          </Switch>
          {!security[0] && exposed(abilities, object.schema) ? (
            <Note tone="warn">
              Untrusted clients reach {object.schema}: without row security they get every row that their role may read.
            </Note>
          ) : null}
          <Wrong error={error} />
        </Block>
      ) : null}
      {page.kind === "role" ? (
        <RoleHeld role={object} held={page.held} />
      ) : granted ? (
        <Grants page={page} known={granted.privileges} />
      ) : null}
      {page.referenced_by.length > 0 ? (
        <Block title="Referred to by">
          <ul className="str-links">
            {page.referenced_by.map((other) => (
              <li key={titleOf(other)}>
                <button type="button" className="rh-mono" onClick={() => onOpen(other)}>
                  {titleOf(other)}
                </button>
              </li>
            ))}
          </ul>
        </Block>
      ) : null}
    </div>
  );
}
