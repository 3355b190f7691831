/** A policy as fields. Which of them there are depends on its command. */
import { Field, Input, Segmented, Textarea } from "@/design";
import type { PolicyCommand, PolicyDraft, PolicyOn } from "@/ipc";
import { forCommand, takes } from "../drafts";
import type { Place } from "../queries";
import { ExpressionField, type SqlField } from "./ExpressionField";
import { RolesField } from "./RolesField";

export interface PolicyFormProps {
  place: Place;
  on: PolicyOn;
  policy: PolicyDraft;
  onPolicy: (policy: PolicyDraft) => void;
  roles: readonly string[];
  field: SqlField;
  /** Why its name will not do. */
  nameProblem: string | undefined;
}

const ALL: readonly { value: PolicyCommand; label: string }[] = [
  { value: "all", label: "All" },
  { value: "select", label: "Select" },
  { value: "insert", label: "Insert" },
  { value: "update", label: "Update" },
  { value: "delete", label: "Delete" },
];

const bytes = (text: string) => new TextEncoder().encode(text).length;

export function PolicyForm({ place, on, policy, onPolicy, roles, field, nameProblem }: PolicyFormProps) {
  const part = (change: Partial<PolicyDraft>) => onPolicy({ ...policy, ...change });
  const { using, check } = takes(policy.command);
  const word = policy.command.toUpperCase();
  const length = bytes(policy.name);
  return (
    <div className="pol-form">
      <Field
        label="Name"
        error={nameProblem}
        {...(length > 63 ? { hint: `${length} bytes: the server keeps the first 63` } : {})}
      >
        {(control) => <Input {...control} mono value={policy.name} onChange={(name) => part({ name })} />}
      </Field>
      <div className="rh-field-row">
        <span className="rh-field-label">Kind</span>
        <div>
          <Segmented
            label="Kind"
            value={policy.permissive ? "permissive" : "restrictive"}
            onChange={(kind) => part({ permissive: kind === "permissive" })}
            options={[
              { value: "permissive", label: "Permissive" },
              { value: "restrictive", label: "Restrictive" },
            ]}
          />
          <p className="rh-meta pol-field-note">
            {policy.permissive
              ? "One passing permissive policy is enough."
              : "Every restrictive policy must pass, and at least one permissive policy too."}
          </p>
        </div>
      </div>
      <div className="rh-field-row">
        <span className="rh-field-label">Command</span>
        <div>
          <Segmented
            label="Command"
            value={policy.command}
            onChange={(command) => onPolicy(forCommand(policy, command))}
            options={ALL}
          />
        </div>
      </div>
      <Field label="Roles" hint={policy.roles.length === 0 ? "Without a role it is for everyone (PUBLIC)" : undefined}>
        {(control) => (
          <RolesField
            id={control.id}
            describedBy={control["aria-describedby"]}
            chosen={policy.roles}
            roles={roles}
            onChange={(chosen) => part({ roles: chosen })}
          />
        )}
      </Field>
      <ExpressionField
        key={`using ${using}`}
        place={place}
        on={on}
        command={policy.command}
        part="using"
        text={policy.using}
        onText={(text) => part({ using: text })}
        field={field}
        refused={using ? null : `Not used for ${word}: no row is there yet`}
        absent={policy.permissive ? "Without it no row is let through." : "Without it nothing is asked."}
      />
      <ExpressionField
        key={`check ${check}`}
        place={place}
        on={on}
        command={policy.command}
        part="with_check"
        text={policy.with_check}
        onText={(text) => part({ with_check: text })}
        field={field}
        refused={check ? null : `Not used for ${word}: no row is written`}
        absent={
          policy.command === "insert"
            ? "Without it no row is let in."
            : "Without it the rows as written must pass Using too."
        }
      />
      <Field label="Comment">
        {(control) => (
          <Textarea
            {...control}
            rows={2}
            value={policy.comment ?? ""}
            onChange={(comment) => part({ comment: comment === "" ? null : comment })}
          />
        )}
      </Field>
    </div>
  );
}
