/** A new connection, or a saved one to be changed. Everything about the database itself comes from its driver's fields. */
import { type KeyboardEvent, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { Button, ConfirmDialog, Dialog, EmptyState, ErrorBlock, hasOpenLayer, Kbd, Toolbar } from "@/design";
import {
  type ConnectionProfile,
  type DriverForm,
  failureOf,
  failureProps,
  type KeptAmounts,
  type KeychainState,
} from "@/ipc";
import "./connections.css";
import { colourOf, groupsOf } from "./home";
import { editForm, type FormState, newForm, passwordField } from "./model";
import { ActorSection, type ActorWays } from "./parts/ActorSection";
import { AddressRow } from "./parts/AddressRow";
import { DriverList, DriverSelect } from "./parts/DriverChoice";
import { DriverFields } from "./parts/DriverFields";
import { OwnSection } from "./parts/OwnSection";
import { PasswordRow } from "./parts/PasswordRow";
import { TestPanel } from "./parts/TestPanel";
import { useAbout, useDrivers, useProfiles } from "./queries";
import { useConnectionForm } from "./useConnectionForm";

export interface ConnectionFormProps {
  /** The saved connection to change; `null` makes a new one. */
  profileId: string | null;
  /** The driver a new connection starts with. */
  initialDriver?: string;
  /** An address to fill a new connection's form with. */
  initialTarget?: string;
  /** Saved; `connect` says whether it is to be opened now. */
  onSaved: (profile: ConnectionProfile, connect: boolean) => void;
  /** Left without saving; what was entered is given up, after asking. */
  onCancel: () => void;
  onDirty?: (dirty: boolean) => void;
  /** Whether its tab is in front; its shortcuts are off otherwise. */
  active?: boolean;
  /** How an actor is written and said, for databases that know them. */
  actors?: ActorWays;
}

export function ConnectionForm(props: ConnectionFormProps) {
  const drivers = useDrivers();
  const profiles = useProfiles();
  const about = useAbout();
  const failed = drivers.error ?? profiles.error;
  if (failed) {
    return (
      <EmptyState
        picture="error"
        title="The form could not be read"
        actions={
          <Button
            onClick={() => {
              void drivers.refetch();
              void profiles.refetch();
            }}
          >
            Try again
          </Button>
        }
      >
        {failureOf(failed).message}
      </EmptyState>
    );
  }
  if (!drivers.data || !profiles.data || about.isPending) {
    return <EmptyState picture="loading" title="Reading the form" />;
  }
  const [first, ...rest] = drivers.data;
  if (!first) {
    return (
      <EmptyState picture="empty" title="No database is supported">
        This Rowhouse was built without drivers.
      </EmptyState>
    );
  }
  const profile = profiles.data.find((each) => each.id === props.profileId);
  if (props.profileId !== null && !profile) {
    return (
      <EmptyState
        picture="empty"
        title="This connection is gone"
        actions={<Button onClick={props.onCancel}>Close</Button>}
      >
        It was removed, here or in another window.
      </EmptyState>
    );
  }
  const keychain = about.data?.keychain ?? null;
  const start = drivers.data.find((driver) => driver.id === props.initialDriver) ?? first;
  return (
    <LoadedForm
      {...props}
      key={props.profileId ?? "new"}
      drivers={[first, ...rest]}
      profiles={profiles.data}
      keychain={keychain}
      initial={profile ? editForm(profile) : newForm(start, keychain?.works !== false)}
    />
  );
}

const counted = new Intl.NumberFormat("en-US");

function recordWords({ history, audit }: KeptAmounts): string {
  const statements = `${counted.format(history)} ${history === 1 ? "statement" : "statements"} in the history`;
  const lines = `${counted.format(audit)} ${audit === 1 ? "line" : "lines"} of the audit trail`;
  return `From now on nothing is recorded. Until now there are ${statements} and ${lines}. Forgetting them cannot be undone.`;
}

interface LoadedProps extends ConnectionFormProps {
  drivers: readonly [DriverForm, ...DriverForm[]];
  profiles: readonly ConnectionProfile[];
  keychain: KeychainState | null;
  initial: FormState;
}

function LoadedForm({
  drivers,
  profiles,
  keychain,
  initial,
  initialTarget,
  onSaved,
  onCancel,
  onDirty,
  active = true,
  actors,
}: LoadedProps) {
  const form = useConnectionForm({ initial, drivers, onSaved, onDirty, actorProblem: actors?.problem });
  const { state, driver, dispatch, dirty, busy } = form;
  const [leaving, setLeaving] = useState(false);
  const fields = useRef<HTMLDivElement>(null);
  const keys = {
    test: useKeys("connection.test"),
    save: useKeys("connection.save"),
    connect: useKeys("connection.connect"),
  };
  useOffers(
    {
      "connection.test": { run: form.runTest },
      "connection.save": { run: () => form.save(false) },
      "connection.connect": { run: () => form.save(true) },
    },
    active,
  );
  const leave = () => (dirty ? setLeaving(true) : onCancel());
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || hasOpenLayer()) return;
    event.preventDefault();
    leave();
  };
  const isNew = state.profileId === null;
  const secret = passwordField(driver);
  const suggestion = state.values["host"] || driver.label;
  const icon = driver.opens_files ? ("file" as const) : ("database" as const);
  const choose = (id: string) => {
    const chosen = drivers.find((each) => each.id === id);
    if (chosen) dispatch({ type: "driver", driver: chosen });
  };

  return (
    <div className="conn-form" data-scope="connection" onKeyDown={onKeyDown}>
      <Toolbar
        label="Connection"
        icon={icon}
        what={
          <>
            {driver.label} <span className="ml-1 font-normal text-ink-2">{state.name || "New connection"}</span>
          </>
        }
        end={
          <>
            <Button variant="ghost" keys="Escape" showKeys onClick={leave}>
              Cancel
            </Button>
            {form.test.state === "running" ? (
              <Button icon="stop" onClick={form.stopTest}>
                Stop the test
              </Button>
            ) : (
              <Button icon="plug" {...(keys.test ? { keys: keys.test, showKeys: true } : {})} onClick={form.runTest}>
                Test
              </Button>
            )}
            <Button
              {...(keys.save ? { keys: keys.save } : {})}
              loading={busy === "save"}
              onClick={() => form.save(false)}
            >
              Save
            </Button>
            <Button
              variant="primary"
              {...(keys.connect ? { keys: keys.connect, showKeys: true } : {})}
              loading={busy === "connect"}
              onClick={() => form.save(true)}
            >
              Save and connect
            </Button>
          </>
        }
      />
      {form.failure ? (
        <div className="p-2">
          <ErrorBlock {...failureProps(form.failure)} />
        </div>
      ) : null}
      <div className="conn-body" data-drivers={isNew}>
        {isNew ? <DriverList drivers={drivers} chosen={driver.id} onChoose={choose} /> : null}
        <div ref={fields} className="conn-fields" style={{ borderTop: `2px solid ${colourOf(state)}` }}>
          <DriverFields
            driver={driver}
            state={state}
            dispatch={dispatch}
            first={
              <>
                {isNew ? <DriverSelect drivers={drivers} chosen={driver.id} onChoose={choose} /> : null}
                <AddressRow
                  {...(initialTarget ? { initial: initialTarget } : {})}
                  driver={driver}
                  drivers={drivers}
                  warnings={state.warnings}
                  dispatch={dispatch}
                />
              </>
            }
            between={
              <OwnSection state={state} dispatch={dispatch} groups={groupsOf(profiles)} suggestion={suggestion} />
            }
            password={
              secret ? (
                <PasswordRow
                  field={secret}
                  state={state}
                  dispatch={dispatch}
                  keychain={keychain}
                  onTrust={form.trust}
                />
              ) : null
            }
          />
          {actors && driver.can_act_as === true ? (
            <ActorSection state={state} dispatch={dispatch} ways={actors} />
          ) : null}
        </div>
        <TestPanel
          test={form.test}
          edits={state.edits}
          onStop={form.stopTest}
          keys={keys.test ? <Kbd keys={keys.test} /> : null}
        />
      </div>
      <Dialog
        open={form.records !== null}
        onClose={() => form.settleRecords(false)}
        alert
        title={`Forget what was recorded of ${form.records?.profile.name ?? ""}?`}
        description={form.records ? recordWords(form.records.kept) : ""}
        footer={
          <>
            <Button className="ml-auto" keys="Escape" showKeys onClick={() => form.settleRecords(false)}>
              Keep it
            </Button>
            <Button variant="danger" onClick={() => form.settleRecords(true)}>
              Forget it
            </Button>
          </>
        }
      />
      <ConfirmDialog
        open={leaving}
        onClose={() => setLeaving(false)}
        onConfirm={onCancel}
        title="Leave without saving?"
        description={`What you entered for ${state.name || "this connection"} is not saved. It cannot be brought back.`}
        confirmLabel="Leave"
        danger
      />
    </div>
  );
}
