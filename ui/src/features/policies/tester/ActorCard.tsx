/** Whom a statement is tried as: a role, claims, settings; loaded from and kept with the connection. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  Button,
  Checkbox,
  Dialog,
  Field,
  IconButton,
  Input,
  MenuButton,
  type MenuItem,
  Select,
  Textarea,
  toast,
} from "@/design";
import { host, type PolicyActor, type PolicyRole, queryKeys } from "@/ipc";
import type { Place } from "../queries";
import { tell } from "../usePolicyActions";
import { claimsHint, NOBODY } from "./model";
import { PickUserDialog } from "./PickUserDialog";

const LOGIN = "\u0000";

export interface ActorCardProps {
  place: Place;
  able: boolean;
  letter: "A" | "B";
  actor: PolicyActor;
  onActor: (actor: PolicyActor) => void;
  roles: readonly PolicyRole[];
  onRemove?: () => void;
}

export function ActorCard({ place, able, letter, actor, onActor, roles, onRemove }: ActorCardProps) {
  const [naming, setNaming] = useState(false);
  const [picking, setPicking] = useState(false);
  const queries = useQueryClient();
  const key = [...queryKeys.security(place.profileId, null), "actors"];
  const saved = useQuery({ queryKey: key, queryFn: () => host().policyActors(place.profileId), retry: false });
  const part = (change: Partial<PolicyActor>) => onActor({ ...actor, ...change });
  const settings = actor.settings ?? [];
  const again = () => queries.invalidateQueries({ queryKey: key });
  const items: readonly MenuItem[] = [
    ...(saved.data ?? []).map(
      (each): MenuItem => ({
        label: each.name,
        icon: "role",
        meta: each.actor.role ?? "the login",
        onSelect: () => onActor(each.actor),
      }),
    ),
    ...(saved.data?.length ? [{ separator: true } as const] : []),
    { label: "Keep this actor…", icon: "save", onSelect: () => setNaming(true) },
    ...(saved.data?.length
      ? [
          {
            label: "Forget",
            icon: "trash" as const,
            items: saved.data.map(
              (each): MenuItem => ({
                label: each.name,
                onSelect: () => void host().removePolicyActor(place.profileId, each.name).then(again).catch(tell),
              }),
            ),
          } as MenuItem,
        ]
      : []),
    { label: "Empty", icon: "undo", onSelect: () => onActor(NOBODY) },
  ];
  return (
    <section className="try-actor" aria-label={`Actor ${letter}`}>
      <div className="try-actor-head">
        <span className="try-letter" data-letter={letter} aria-hidden="true">
          {letter}
        </span>
        <Select
          dense
          label={`Role of ${letter}`}
          icon="role"
          value={actor.role ?? LOGIN}
          options={[
            { value: LOGIN, label: "the login itself" },
            ...roles
              .filter(({ name }) => name !== "PUBLIC")
              .map(({ name, superuser, bypass, exposed }) => ({
                value: name,
                label: name,
                meta: superuser ? "superuser" : bypass ? "bypasses" : exposed ? "exposed" : "",
              })),
          ]}
          onChange={(role) => part({ role: role === LOGIN ? null : role })}
        />
        <Button
          dense
          variant="ghost"
          icon="table"
          tooltip="A row of a table of users becomes the actor"
          disabledReason={able ? undefined : "the connection is not open"}
          onClick={() => setPicking(true)}
        >
          User…
        </Button>
        <MenuButton dense variant="ghost" icon="saved" label={`Kept actors, for ${letter}`} items={items} align="end" />
        {onRemove ? <IconButton dense icon="close" label={`Without ${letter}`} onClick={onRemove} /> : null}
      </div>
      <Field label="Claims" layout="stack" hint={claimsHint(actor.claims)}>
        {(control) => (
          <Textarea
            {...control}
            mono
            rows={2}
            placeholder='{"sub": "5f0c1a7e-…", "role": "authenticated"}'
            value={actor.claims ?? ""}
            onChange={(claims) => part({ claims: claims === "" ? null : claims })}
          />
        )}
      </Field>
      <details className="try-more">
        <summary className="rh-meta">
          Settings{settings.length > 0 ? ` (${settings.length})` : ""}, the claims' setting
        </summary>
        <div className="try-settings">
          <Input
            dense
            mono
            aria-label={`Setting that the claims of ${letter} are put into`}
            placeholder="request.jwt.claims"
            value={actor.claims_setting ?? ""}
            onChange={(name) => part({ claims_setting: name.trim() === "" ? null : name })}
          />
          {settings.map(([name, value], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a setting is its place.
            <div key={index} className="try-setting">
              <Input
                dense
                mono
                aria-label={`Setting ${index + 1} of ${letter}`}
                placeholder="app.user_id"
                value={name}
                onChange={(next) => part({ settings: settings.with(index, [next, value]) })}
              />
              <Input
                dense
                mono
                aria-label={`Value ${index + 1} of ${letter}`}
                value={value}
                onChange={(next) => part({ settings: settings.with(index, [name, next]) })}
              />
              <IconButton
                dense
                icon="close"
                label={`Without setting ${name}`}
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
            With the role's own settings (ALTER ROLE … SET)
          </Checkbox>
        </div>
      </details>
      {picking ? (
        <PickUserDialog
          place={place}
          able={able}
          letter={letter}
          roles={roles}
          onPick={onActor}
          onClose={() => setPicking(false)}
        />
      ) : null}
      {naming ? (
        <KeepDialog
          suggestion={actor.role ?? ""}
          onClose={() => setNaming(false)}
          onKeep={(name) => {
            setNaming(false);
            host()
              .keepPolicyActor(place.profileId, name, actor)
              .then(again)
              .then(() => toast({ tone: "ok", title: `${name} is kept with the connection` }))
              .catch(tell);
          }}
        />
      ) : null}
    </section>
  );
}

function KeepDialog(props: { suggestion: string; onKeep: (name: string) => void; onClose: () => void }) {
  const [name, setName] = useState(props.suggestion);
  const missing = name.trim() === "" ? "give it a name" : undefined;
  return (
    <Dialog
      open
      width={420}
      onClose={props.onClose}
      title="Keep this actor"
      description="With the connection, for every database of it. Claims and settings are kept as they stand."
      footer={
        <>
          <Button className="ml-auto" onClick={props.onClose} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button variant="primary" disabledReason={missing} onClick={() => props.onKeep(name.trim())}>
            Keep
          </Button>
        </>
      }
    >
      <Field label="Name" layout="stack">
        {(control) => <Input {...control} value={name} onChange={setName} />}
      </Field>
    </Dialog>
  );
}
