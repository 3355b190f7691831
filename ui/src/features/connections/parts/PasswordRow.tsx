/** The login's password and where it is kept. The text lives in the form's state until it is saved, nowhere else. */
import type { Dispatch } from "react";
import { Field, IconButton, Select } from "@/design";
import type { FormField, KeychainState, PasswordPolicy } from "@/ipc";
import { type FormAction, type FormState, PASSWORD_FIELD } from "../model";
import { CommandRow } from "./CommandRow";
import { SecretInput } from "./SecretInput";

export interface PasswordRowProps {
  field: FormField;
  state: FormState;
  dispatch: Dispatch<FormAction>;
  keychain: KeychainState | null;
  /** Agrees to the stored command, which came from a file. */
  onTrust: () => void;
}

function hintOf(state: FormState, keychain: KeychainState | null, help: string | null): string {
  if (keychain?.works === false) {
    const why = keychain.reason ? ` ${keychain.reason}` : "";
    if (state.policy === "keychain" || state.policy === "ask")
      return `No keychain here: you are asked every time.${why}`;
  }
  switch (state.policy) {
    case "keychain":
      return help ?? `Kept in this computer's keychain${keychain ? ` (${keychain.name})` : ""}.`;
    case "ask":
      return "Held in memory until Rowhouse closes, never stored. Left empty, you are asked when connecting.";
    case "command":
      return "The first line it prints is the password. It runs anew at every connect and reconnect.";
    case "none":
      return help ?? "No password is sent.";
  }
}

function placeholderOf(state: FormState): string {
  switch (state.password.kind) {
    case "parsed":
      return "From the pasted address";
    case "clear":
      return "Will be forgotten";
    default:
      return state.profileId !== null && state.policy === "keychain" ? "As stored" : "";
  }
}

export function PasswordRow({ field, state, dispatch, keychain, onTrust }: PasswordRowProps) {
  const without = keychain?.works === false;
  const set = (secret: string) =>
    dispatch({ type: "password", password: secret === "" ? { kind: "keep" } : { kind: "set", secret } });
  const forgettable =
    state.password.kind === "parsed" ||
    (state.password.kind === "keep" && state.profileId !== null && state.policy === "keychain");
  return (
    <Field
      label={field.label}
      hint={hintOf(state, keychain, field.help)}
      error={state.policy === "none" ? undefined : state.errors[PASSWORD_FIELD]}
    >
      {(control) => (
        <div className="conn-pair" data-tall={state.policy === "command" || undefined}>
          {state.policy === "command" ? (
            <div className="min-w-0 flex-1">
              <CommandRow control={control} state={state} dispatch={dispatch} onTrust={onTrust} />
            </div>
          ) : (
            <SecretInput
              {...control}
              value={state.password.kind === "set" ? state.password.secret : ""}
              onChange={set}
              disabled={state.policy === "none"}
              placeholder={state.policy === "none" ? "Not stored" : placeholderOf(state)}
              end={
                forgettable && state.policy !== "none" ? (
                  <IconButton
                    icon="close"
                    label={state.password.kind === "parsed" ? "Leave it out" : "Forget the stored password"}
                    quiet
                    onClick={() =>
                      dispatch({
                        type: "password",
                        password: { kind: state.password.kind === "parsed" ? "keep" : "clear" },
                      })
                    }
                  />
                ) : undefined
              }
            />
          )}
          <div className="w-[176px] flex-none">
            <Select<PasswordPolicy>
              label="Where the password comes from"
              block
              icon="lock"
              value={state.policy}
              onChange={(policy) => dispatch({ type: "policy", policy })}
              options={[
                {
                  value: "keychain",
                  label: "Keep in keychain",
                  ...(without ? { disabledReason: keychain?.reason ?? "No keychain works here" } : {}),
                },
                { value: "ask", label: "Ask every time" },
                { value: "command", label: "From a command" },
                { value: "none", label: "Not stored" },
              ]}
            />
          </div>
        </div>
      )}
    </Field>
  );
}
