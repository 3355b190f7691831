/** A role, claims and settings to be written, checked while one types. */
import { Button, Checkbox, Field, IconButton, Input, Textarea } from "@/design";
import { claimsProblem, type PolicyActor } from "@/ipc";
import { CLAIMS_SETTING } from "../model";

export interface ActorFieldsProps {
  actor: PolicyActor;
  onActor: (actor: PolicyActor) => void;
  /** What has to be known about the role. */
  roleHint?: string | undefined;
  /** Labels above the fields, or left of them. */
  layout?: "stack" | "row";
}

export function ActorFields({ actor, onActor, roleHint, layout = "stack" }: ActorFieldsProps) {
  const part = (change: Partial<PolicyActor>) => onActor({ ...actor, ...change });
  const settings = actor.settings ?? [];
  const named = settings.length > 0 || Boolean(actor.claims_setting) || actor.apply_role_settings === true;
  return (
    <div className="act-fields">
      <Field label="Role" layout={layout} {...(roleHint ? { hint: roleHint } : {})}>
        {(control) => (
          <Input
            {...control}
            mono
            icon="role"
            placeholder="the login itself"
            value={actor.role ?? ""}
            onChange={(role) => part({ role: role === "" ? null : role })}
          />
        )}
      </Field>
      <Field label="Claims" note="JSON" layout={layout} error={claimsProblem(actor.claims)}>
        {(control) => (
          <Textarea
            {...control}
            mono
            rows={3}
            placeholder='{"sub": "5f0c1a7e-…", "role": "authenticated"}'
            value={actor.claims ?? ""}
            onChange={(claims) => part({ claims: claims === "" ? null : claims })}
          />
        )}
      </Field>
      <details className="act-more" open={named || undefined}>
        <summary>
          Settings{settings.length > 0 ? ` (${settings.length})` : ""}{" "}
          <span className="rh-meta">of the actor, the role's own, the one that holds the claims</span>
        </summary>
        <div className="act-settings">
          {settings.map(([name, value], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a setting is its place.
            <div key={index} className="act-setting">
              <Input
                dense
                mono
                aria-label={`Setting ${index + 1}`}
                placeholder="app.user_id"
                value={name}
                onChange={(next) => part({ settings: settings.with(index, [next, value]) })}
              />
              <Input
                dense
                mono
                aria-label={`Value ${index + 1}`}
                value={value}
                onChange={(next) => part({ settings: settings.with(index, [name, next]) })}
              />
              <IconButton
                dense
                icon="close"
                label={`Without setting ${name || index + 1}`}
                onClick={() => part({ settings: settings.toSpliced(index, 1) })}
              />
            </div>
          ))}
          <Button dense variant="ghost" icon="plus" onClick={() => part({ settings: [...settings, ["", ""]] })}>
            Setting
          </Button>
          <Checkbox
            checked={actor.apply_role_settings ?? false}
            onChange={(apply_role_settings) => part({ apply_role_settings })}
          >
            Apply the role's own settings first (ALTER ROLE … SET)
          </Checkbox>
          <Field label="Setting that holds the claims" layout="stack">
            {(control) => (
              <Input
                {...control}
                dense
                mono
                placeholder={CLAIMS_SETTING}
                value={actor.claims_setting ?? ""}
                onChange={(name) => part({ claims_setting: name.trim() === "" ? null : name })}
              />
            )}
          </Field>
        </div>
      </details>
    </div>
  );
}
