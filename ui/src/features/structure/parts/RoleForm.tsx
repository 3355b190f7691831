/** A role: what it may do, and whose rights it has. Its password is no part of what is staged. */
import { useState } from "react";
import { Button, Checkbox, Combobox, Field, IconButton, Input } from "@/design";
import type { AppError, ObjectRef, StructureEdit, StructureMembership, StructureRoleForm } from "@/ipc";
import { useDesk } from "../desk";
import { orNone } from "../model";
import { Note, Wrong } from "./fields";

/** As the server makes one where nothing is said. */
export const emptyRole = (): StructureRoleForm => ({
  login: false,
  superuser: false,
  create_database: false,
  create_role: false,
  inherit: true,
  replication: false,
  bypass_row_security: false,
  connection_limit: null,
  valid_until: null,
  member_of: [],
});

const FLAGS = [
  ["login", "Can log in"],
  ["create_database", "Makes databases"],
  ["create_role", "Makes roles"],
  ["inherit", "Has the rights of its groups"],
  ["replication", "Replicates"],
  ["bypass_row_security", "Row security does not apply to it"],
  ["superuser", "Superuser: nothing is refused"],
] as const;

type RoleEdit = Extract<StructureEdit, { edit: "role" }>;

export function RoleForm({ edit, onEdit }: { edit: RoleEdit; onEdit: (edit: RoleEdit) => void }) {
  const { abilities } = useDesk();
  const { role } = edit;
  const set = (part: Partial<StructureRoleForm>) => onEdit({ ...edit, role: { ...role, ...part } });
  const member = (at: number, part: Partial<StructureMembership>) =>
    set({ member_of: role.member_of.map((each, place) => (place === at ? { ...each, ...part } : each)) });
  const left = (abilities.roles?.names ?? []).filter(
    (name) => name !== edit.name && name !== edit.object?.name && !role.member_of.some((each) => each.role === name),
  );
  const [group, setGroup] = useState("");
  return (
    <>
      <div className="rh-field-row" role="group" aria-label="What it may do">
        <span className="rh-field-label">May</span>
        <div className="str-flags">
          {FLAGS.map(([key, label]) => (
            <Checkbox key={key} checked={role[key]} onChange={(on) => set({ [key]: on })}>
              {label}
            </Checkbox>
          ))}
        </div>
      </div>
      <Field label="Sessions" note="optional" hint="Most at a time; no limit where empty.">
        {(control) => (
          <Input
            {...control}
            mono
            inputMode="numeric"
            value={role.connection_limit === null ? "" : String(role.connection_limit)}
            onChange={(text) => {
              const limit = Number(text);
              if (text.trim() === "") set({ connection_limit: null });
              else if (Number.isSafeInteger(limit) && limit >= 0) set({ connection_limit: limit });
            }}
          />
        )}
      </Field>
      <Field label="Valid until" note="optional" hint="From then on its password is refused.">
        {(control) => (
          <Input
            {...control}
            mono
            placeholder="2030-01-01 00:00:00+00"
            value={role.valid_until ?? ""}
            onChange={(text) => set({ valid_until: orNone(text) })}
          />
        )}
      </Field>
      <div className="rh-field-row" role="group" aria-label="Member of">
        <span className="rh-field-label">Member of</span>
        <div className="str-keys">
          {role.member_of.map((own, at) => (
            <div key={own.role} className="str-key str-member">
              <span className="rh-mono rh-truncate" title={own.role}>
                {own.role}
              </span>
              <Checkbox checked={own.admin} onChange={(admin) => member(at, { admin })}>
                Admin
              </Checkbox>
              {abilities.roles?.membership_options ? (
                <>
                  <Checkbox checked={own.inherit ?? role.inherit} onChange={(inherit) => member(at, { inherit })}>
                    Inherits
                  </Checkbox>
                  <Checkbox checked={own.set ?? true} onChange={(on) => member(at, { set: on })}>
                    May become it
                  </Checkbox>
                </>
              ) : null}
              <IconButton
                icon="close"
                label={`No member of ${own.role}`}
                quiet
                onClick={() => set({ member_of: role.member_of.filter((_, place) => place !== at) })}
              />
            </div>
          ))}
          <Combobox
            label="Another role"
            mono
            value={group}
            options={left}
            placeholder={role.member_of.length === 0 ? "a role" : "another role"}
            onChange={setGroup}
            onCommit={(text) => {
              const found = text.trim();
              if (found !== "" && !role.member_of.some((each) => each.role === found))
                set({ member_of: [...role.member_of, { role: found, admin: false, inherit: null, set: null }] });
              setGroup("");
            }}
          />
        </div>
      </div>
      {role.login && edit.object === null ? (
        <Note tone="info">It gets no password here. Give it one with \password in psql, or ALTER ROLE.</Note>
      ) : null}
    </>
  );
}

/** What keeps a role from being dropped, and giving that away. */
export function RoleHeld({ role, held }: { role: ObjectRef; held: readonly string[] }) {
  const { abilities, readOnly, stage } = useDesk();
  const [owner, setOwner] = useState("");
  const [error, setError] = useState<AppError | null>(null);
  if (held.length === 0) return null;
  const to = owner.trim();
  return (
    <section aria-label="What keeps it" className="str-block">
      <h3>What keeps it from being dropped</h3>
      {held.map((words) => (
        <p key={words} className="rh-meta">
          {words}
        </p>
      ))}
      <div className="str-key str-role">
        <Combobox
          label="New owner"
          mono
          value={owner}
          options={(abilities.roles?.names ?? []).filter((name) => name !== role.name && !name.startsWith("pg_"))}
          placeholder="who is to own it"
          readOnly={readOnly !== undefined}
          onChange={setOwner}
        />
        <Button
          dense
          disabledReason={readOnly ?? (to === "" ? "Name a role first" : undefined)}
          onClick={() => void stage([{ edit: "disown", role, owner: to }]).then(setError)}
        >
          Give it away, and take its privileges here
        </Button>
      </div>
      <p className="rh-meta">What it owns in other databases is not seen from here: the review counts it.</p>
      <Wrong error={error} />
    </section>
  );
}
