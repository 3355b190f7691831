/** The form's state and what can be done with it. Secrets stay in this state: they are given to the host and forgotten. */
import { type Dispatch, useEffect, useReducer, useRef, useState } from "react";
import { announce } from "@/design";
import {
  type AppError,
  type ConnectionProfile,
  type DriverForm,
  failureOf,
  type HopReport,
  host,
  type KeptAmounts,
  type PolicyActor,
} from "@/ipc";
import {
  ACTOR_FIELD,
  checkFields,
  draftOf,
  type FormAction,
  type FormState,
  fieldOf,
  isDirty,
  reduceForm,
} from "./model";
import type { TestState } from "./parts/TestPanel";

export interface ConnectionFormHandle {
  readonly state: FormState;
  readonly driver: DriverForm;
  readonly dispatch: Dispatch<FormAction>;
  readonly dirty: boolean;
  readonly test: TestState;
  /** What is being done now. */
  readonly busy: "save" | "connect" | null;
  /** Why saving failed, unless it stands at a field. */
  readonly failure: AppError | null;
  readonly runTest: () => void;
  readonly stopTest: () => void;
  readonly save: (connect: boolean) => void;
  /** Saved without recording while records are there: whether they shall go is asked. */
  readonly records: Records | null;
  /** Forgets those records, or keeps them. */
  readonly settleRecords: (forget: boolean) => void;
  /** Agrees to the stored command for the password. */
  readonly trust: () => void;
}

/** What is recorded of a connection that shall not be recorded any more. */
export interface Records {
  readonly profile: ConnectionProfile;
  readonly connect: boolean;
  readonly kept: KeptAmounts;
}

export interface ConnectionFormOptions {
  initial: FormState;
  drivers: readonly [DriverForm, ...DriverForm[]];
  onSaved: (profile: ConnectionProfile, connect: boolean) => void;
  onDirty?: ((dirty: boolean) => void) | undefined;
  /** Why nobody can act as what was written. */
  actorProblem: ((actor: PolicyActor) => string | undefined) | undefined;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = (failure: AppError) => [failure.message, failure.hint].filter(Boolean).join(" ");

export function useConnectionForm({
  initial,
  drivers,
  onSaved,
  onDirty,
  actorProblem,
}: ConnectionFormOptions): ConnectionFormHandle {
  const [state, dispatch] = useReducer(reduceForm, initial);
  const [test, setTest] = useState<TestState>({ state: "none" });
  const [busy, setBusy] = useState<"save" | "connect" | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [records, setRecords] = useState<Records | null>(null);
  const turn = useRef(0);
  const driver = drivers.find((each) => each.id === state.driver) ?? drivers[0];
  const dirty = isDirty(state);

  const tell = useRef(onDirty);
  tell.current = onDirty;
  useEffect(() => tell.current?.(dirty), [dirty]);
  // Answers that arrive after the form is gone are for nobody.
  const testing = useRef<string | null>(null);
  const stopTest = () => {
    const id = testing.current;
    testing.current = null;
    if (id !== null) void host().stopTest(id);
  };
  const latestStop = useRef(stopTest);
  latestStop.current = stopTest;
  useEffect(
    () => () => {
      turn.current += 1;
      latestStop.current();
    },
    [],
  );

  const complete = (): boolean => {
    const wrong = state.actor ? actorProblem?.(state.actor) : undefined;
    const errors = { ...checkFields(driver, state), ...(wrong ? { [ACTOR_FIELD]: `${capital(wrong)}.` } : {}) };
    dispatch({ type: "errors", errors });
    const first = Object.values(errors)[0];
    if (first !== undefined) announce(first);
    return first === undefined;
  };
  const place = (failed: AppError, hops: readonly HopReport[] = []): boolean => {
    const field = fieldOf(failed, driver, state.values, hops);
    if (field !== undefined) dispatch({ type: "errors", errors: { [field]: sentence(failed) } });
    return field !== undefined;
  };
  const runTest = async () => {
    if (test.state === "running" || !complete()) return;
    turn.current += 1;
    const mine = turn.current;
    const id = `test-${crypto.randomUUID()}`;
    testing.current = id;
    setTest({ state: "running", hops: [] });
    setFailure(null);
    const onHop = (hop: HopReport) => {
      if (mine !== turn.current) return;
      setTest((known) => (known.state === "running" ? { ...known, hops: [...known.hops, hop] } : known));
    };
    try {
      const report = await host().testProfile(draftOf(driver, state), id, onHop);
      if (mine !== turn.current) return;
      testing.current = null;
      setTest({ state: "done", report, at: Date.now(), edits: state.edits });
      if (report.error) place(report.error, report.hops);
      if (report.error?.code === "cancelled") announce("The test was stopped");
      else announce(report.error ? `The test failed: ${report.error.message}` : "The test went well");
    } catch (thrown) {
      if (mine !== turn.current) return;
      testing.current = null;
      const failed = failureOf(thrown);
      place(failed);
      setTest({ state: "refused", error: failed });
    }
  };
  const save = async (connect: boolean) => {
    if (busy !== null || !complete()) return;
    turn.current += 1;
    stopTest();
    const mine = turn.current;
    setBusy(connect ? "connect" : "save");
    setFailure(null);
    setTest((known) => (known.state === "running" ? { state: "none" } : known));
    try {
      const profile = await host().saveProfile(draftOf(driver, state));
      // It is saved, whatever cannot be counted.
      const stopped = initial.recorded && profile.recorded === false && initial.profileId !== null;
      const kept = stopped
        ? await host()
            .keptAmounts(profile.id)
            .catch(() => null)
        : null;
      if (mine === turn.current) {
        dispatch({ type: "saved", profileId: profile.id });
        setBusy(null);
        if (kept !== null && kept.history + kept.audit > 0) return setRecords({ profile, connect, kept });
      }
      onSaved(profile, connect);
    } catch (thrown) {
      if (mine !== turn.current) return;
      setBusy(null);
      const failed = failureOf(thrown);
      if (!place(failed)) setFailure(failed);
    }
  };
  const settleRecords = async (forget: boolean) => {
    if (records === null) return;
    const { profile, connect } = records;
    setRecords(null);
    try {
      const request = { profile_id: profile.id, history: true, audit: true, catalogs: true, closed_tabs: false };
      if (forget) await host().forget(request);
      if (forget) announce(`What was recorded of ${profile.name} is forgotten`);
      onSaved(profile, connect);
    } catch (thrown) {
      setFailure(failureOf(thrown));
    }
  };
  const trust = async () => {
    if (state.profileId === null || state.untrusted === null) return;
    setFailure(null);
    try {
      await host().trustCommand(state.profileId, state.untrusted);
      dispatch({ type: "trusted" });
      announce("The command may run");
    } catch (thrown) {
      setFailure(failureOf(thrown));
    }
  };
  return {
    state,
    driver,
    dispatch,
    dirty,
    test,
    busy,
    failure,
    runTest: () => void runTest(),
    stopTest,
    save: (connect) => void save(connect),
    records,
    settleRecords: (forget) => void settleRecords(forget),
    trust: () => void trust(),
  };
}
