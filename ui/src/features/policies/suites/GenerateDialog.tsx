/** Makes a suite for a table: two users, whose rows the other must not reach, and somebody who has not signed in. */
import { useState } from "react";
import { Button, Checkbox, Dialog, ErrorBlock, Field, Input, Select } from "@/design";
import {
  type AppError,
  failureOf,
  failureProps,
  host,
  type PolicyActor,
  type PolicyOn,
  type PolicyOverview,
} from "@/ipc";
import { type Place, useTable } from "../queries";
import { TablePicker } from "../tester/TablePicker";
import { readSuite, type Suite } from "./model";

export interface GenerateDialogProps {
  place: Place;
  able: boolean;
  overview: PolicyOverview;
  on: PolicyOn | null;
  /** Those of the tester: its roles and settings are taken where there are any. */
  actors: readonly PolicyActor[];
  /** Its cases are added to those that there are. */
  adding: boolean;
  onMade: (suite: Suite, notes: readonly string[]) => void;
  onClose: () => void;
}

const LIKELIEST = "\u0000";

/** How a statement says who sends it: `{id}` stands for the user. */
function actorFrom(role: string, claims: string, setting: string, id: string): PolicyActor {
  const json = JSON.stringify(id).slice(1, -1);
  return {
    role,
    claims: claims.trim() === "" ? null : claims.replaceAll("{id}", json),
    claims_setting: null,
    settings: setting.trim() === "" ? [] : [[setting.trim(), id]],
    apply_role_settings: false,
  };
}

export function GenerateDialog(props: GenerateDialogProps) {
  const { place, able, overview, actors, adding, onMade, onClose } = props;
  const [on, setOn] = useState(props.on);
  const table = useTable(place, on, able);
  const roles = overview.roles.filter(({ name }) => name !== "PUBLIC");
  const exposed = roles.filter((role) => role.exposed).map(({ name }) => name);
  const anonymous = exposed.find((name) => /anon/i.test(name)) ?? null;
  const [first] = actors;
  const [role, setRole] = useState(first?.role ?? exposed.find((name) => name !== anonymous) ?? roles[0]?.name ?? "");
  const [nobody, setNobody] = useState(anonymous ?? "");
  const [withNobody, setWithNobody] = useState(anonymous !== null);
  const [owner, setOwner] = useState(LIKELIEST);
  const [setting, setSetting] = useState(first?.settings?.[0]?.[0] ?? "");
  const [claims, setClaims] = useState(setting === "" ? '{"sub": "{id}"}' : "");
  const [users, setUsers] = useState<readonly [string, string]>(["", ""]);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const columns = table.data?.columns ?? [];
  const [one, other] = users;
  const missing =
    on === null
      ? "choose a table"
      : one.trim() === "" || other.trim() === ""
        ? "say who the two users are"
        : one === other
          ? "the two users are the same"
          : claims.trim() === "" && setting.trim() === ""
            ? "say how a statement tells who sends it"
            : undefined;
  const work = async (job: () => Promise<void>) => {
    setBusy(true);
    setFailure(null);
    await job().catch((thrown: unknown) => setFailure(failureOf(thrown)));
    setBusy(false);
  };
  /** Two values that the owner's column holds now. */
  const takeUsers = () =>
    work(async () => {
      if (on === null || owner === LIKELIEST) return;
      const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
      const column = quoted(owner);
      const statement = `select distinct ${column}::text from ${quoted(on.schema)}.${quoted(on.table)} where ${column} is not null order by 1 limit 2`;
      const { outcome } = await host().policyAttempt(place.profileId, place.database, { statement, rows: 2 });
      if (outcome.outcome !== "done") return;
      const [a, b] = outcome.answer.rows.map(([value]) => value ?? "");
      setUsers([a ?? "", b ?? ""]);
    });
  const make = () =>
    work(async () => {
      if (on === null) return;
      const user = (id: string) => ({ name: id, id, actor: actorFrom(role, claims, setting, id) });
      const { json, notes } = await host().policySuite(place.profileId, place.database, on, {
        owner: owner === LIKELIEST ? null : owner,
        one: user(one.trim()),
        other: user(other.trim()),
        anonymous: withNobody && nobody !== "" ? { role: nobody } : null,
      });
      const read = readSuite(json);
      if ("suite" in read) onMade(read.suite, notes);
    });
  const choices = roles.map(({ name }) => ({ value: name, label: name }));
  return (
    <Dialog
      open
      width={640}
      onClose={onClose}
      title={adding ? "Add cases for a table" : "Make a suite for a table"}
      description="Each sees their own rows; nobody sees, changes, adds or takes over the other's, by whatever way; who has not signed in gets nothing. Nothing runs yet."
      footer={
        <>
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button variant="primary" loading={busy} disabledReason={missing} onClick={() => void make()}>
            {adding ? "Add cases" : "Make it"}
          </Button>
        </>
      }
    >
      <div className="sui-make">
        <Field label="Table">
          {() => <TablePicker place={place} able={able} label="Table of the suite" on={on} onChoose={setOn} />}
        </Field>
        <Field
          label="Who owns a row"
          hint={owner === LIKELIEST ? "A column such as owner_id, user_id or created_by" : undefined}
        >
          {() => (
            <Select
              label="Column that names who owns a row"
              value={owner}
              options={[
                { value: LIKELIEST, label: "the likeliest column" },
                ...columns.map(({ name, native_type }) => ({ value: name, label: name, meta: native_type })),
              ]}
              onChange={setOwner}
            />
          )}
        </Field>
        <Field label="Two users" hint="What that column holds for each of them">
          {(control) => (
            <div className="sui-users">
              <Input
                {...control}
                mono
                aria-label="One user"
                value={one}
                onChange={(value) => setUsers([value, other])}
              />
              <Input mono aria-label="Another user" value={other} onChange={(value) => setUsers([one, value])} />
              <Button
                variant="ghost"
                disabledReason={
                  owner === LIKELIEST ? "choose the column first" : on === null ? "choose a table" : undefined
                }
                onClick={() => void takeUsers()}
              >
                From its rows
              </Button>
            </div>
          )}
        </Field>
        <Field label="Their role">
          {() => (
            <Select label="Role of who has signed in" icon="role" value={role} options={choices} onChange={setRole} />
          )}
        </Field>
        <Field label="Their claims" hint="{id} stands for the user; empty where there are none">
          {(control) => <Input {...control} mono value={claims} onChange={setClaims} />}
        </Field>
        <Field label="A setting" hint="that holds the user's id, instead of claims or beside them">
          {(control) => <Input {...control} mono placeholder="app.user_id" value={setting} onChange={setSetting} />}
        </Field>
        <Field label="Not signed in">
          {() => (
            <div className="sui-users">
              <Checkbox checked={withNobody} onChange={setWithNobody} label="Cases of who has not signed in">
                cases as
              </Checkbox>
              <Select
                label="Role of who has not signed in"
                icon="role"
                value={nobody === "" ? undefined : nobody}
                placeholder="choose a role"
                options={choices}
                onChange={(name) => {
                  setNobody(name);
                  setWithNobody(true);
                }}
              />
            </div>
          )}
        </Field>
        {failure ? <ErrorBlock {...failureProps(failure)} /> : null}
      </div>
    </Dialog>
  );
}
