/** The form's state and what can be done with it. Secrets stay in this state: they are given to the host and forgotten. */
import { type Dispatch, useEffect, useReducer, useRef, useState } from "react";
import { announce } from "@/design";
import { type AppError, type ConnectionProfile, type DriverForm, failureOf, host } from "@/ipc";
import {
  checkFields,
  draftOf,
  type FormAction,
  type FormState,
  isDirty,
  PASSWORD_FIELD,
  passwordField,
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
  readonly save: (connect: boolean) => void;
}

export interface ConnectionFormOptions {
  initial: FormState;
  drivers: readonly [DriverForm, ...DriverForm[]];
  onSaved: (profile: ConnectionProfile, connect: boolean) => void;
  onDirty?: ((dirty: boolean) => void) | undefined;
}

/** Puts a failure at the field it is about, where the code says which that is. */
function fieldOf(failure: AppError, driver: DriverForm): string | undefined {
  if (failure.code === "already_exists") return "name";
  if (failure.code === "unauthenticated" || failure.code === "keychain_unavailable")
    return passwordField(driver) ? PASSWORD_FIELD : undefined;
  if (failure.code === "not_found" && driver.opens_files)
    return driver.fields.find((field) => field.kind === "file" && field.required)?.name;
  return undefined;
}

const sentence = (failure: AppError) => [failure.message, failure.hint].filter(Boolean).join(" ");

export function useConnectionForm({ initial, drivers, onSaved, onDirty }: ConnectionFormOptions): ConnectionFormHandle {
  const [state, dispatch] = useReducer(reduceForm, initial);
  const [test, setTest] = useState<TestState>({ state: "none" });
  const [busy, setBusy] = useState<"save" | "connect" | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const turn = useRef(0);
  const driver = drivers.find((each) => each.id === state.driver) ?? drivers[0];
  const dirty = isDirty(state);

  const tell = useRef(onDirty);
  tell.current = onDirty;
  useEffect(() => tell.current?.(dirty), [dirty]);
  // Answers that arrive after the form is gone are for nobody.
  useEffect(
    () => () => {
      turn.current += 1;
    },
    [],
  );

  const complete = (): boolean => {
    const errors = checkFields(driver, state);
    dispatch({ type: "errors", errors });
    const first = Object.values(errors)[0];
    if (first !== undefined) announce(first);
    return first === undefined;
  };
  const place = (failed: AppError): boolean => {
    const field = fieldOf(failed, driver);
    if (field !== undefined) dispatch({ type: "errors", errors: { [field]: sentence(failed) } });
    return field !== undefined;
  };
  const runTest = async () => {
    if (test.state === "running" || !complete()) return;
    turn.current += 1;
    const mine = turn.current;
    setTest({ state: "running" });
    setFailure(null);
    try {
      const report = await host().testProfile(draftOf(driver, state));
      if (mine !== turn.current) return;
      setTest({ state: "done", report, at: Date.now(), edits: state.edits });
      if (report.error) place(report.error);
      announce(report.error ? `The test failed: ${report.error.message}` : "The test went well");
    } catch (thrown) {
      if (mine !== turn.current) return;
      const failed = failureOf(thrown);
      place(failed);
      setTest({ state: "refused", error: failed });
    }
  };
  const save = async (connect: boolean) => {
    if (busy !== null || !complete()) return;
    turn.current += 1;
    const mine = turn.current;
    setBusy(connect ? "connect" : "save");
    setFailure(null);
    setTest((known) => (known.state === "running" ? { state: "none" } : known));
    try {
      const profile = await host().saveProfile(draftOf(driver, state));
      if (mine === turn.current) {
        dispatch({ type: "saved", profileId: profile.id });
        setBusy(null);
      }
      onSaved(profile, connect);
    } catch (thrown) {
      if (mine !== turn.current) return;
      setBusy(null);
      const failed = failureOf(thrown);
      if (!place(failed)) setFailure(failed);
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
    save: (connect) => void save(connect),
  };
}
