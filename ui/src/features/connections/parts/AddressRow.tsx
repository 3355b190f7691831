/** Paste an address, and the form fills itself. A password in it goes to the core and comes back as a reference. */
import { type Dispatch, useEffect, useRef, useState } from "react";
import { announce, Button, Field, Icon, Input } from "@/design";
import { type DriverForm, failureOf, host } from "@/ipc";
import { type FormAction, looksLikeAddress } from "../model";

export interface AddressRowProps {
  driver: DriverForm;
  drivers: readonly DriverForm[];
  warnings: readonly string[];
  dispatch: Dispatch<FormAction>;
  /** Read as if it were pasted. */
  initial?: string;
}

export function AddressRow({ driver, drivers, warnings, dispatch, initial }: AddressRowProps) {
  const [text, setText] = useState("");
  const [error, setError] = useState<string>();
  const [filled, setFilled] = useState<string>();
  const scheme = driver.schemes[0];

  const read = async (address: string) => {
    try {
      const target = await host().parseTarget(address);
      dispatch({ type: "parsed", target });
      // The text may hold a password: it does not stay in the window.
      setText("");
      setError(undefined);
      const said = target.password_reference === null ? "Filled in." : "Filled in. The password is held, not shown.";
      setFilled(said);
      announce(said);
    } catch (thrown) {
      const failure = failureOf(thrown);
      setText(address);
      setFilled(undefined);
      setError([failure.message, failure.hint].filter(Boolean).join(" "));
    }
  };
  const given = useRef(initial);
  const latestRead = useRef(read);
  latestRead.current = read;
  useEffect(() => {
    const address = given.current;
    given.current = undefined;
    if (address !== undefined) void latestRead.current(address);
  }, []);
  const hint =
    warnings.length > 0 ? (
      <span className="flex flex-col gap-0.5">
        {warnings.map((warning) => (
          <span key={warning} className="flex gap-1 text-warn-text">
            <Icon name="warning" size={12} className="mt-0.5" />
            <span>{warning}</span>
          </span>
        ))}
      </span>
    ) : (
      filled
    );
  return (
    <Field label={scheme ? "URL" : "Address"} error={error} {...(hint ? { hint } : {})}>
      {(control) => (
        <div className="conn-pair">
          <Input
            {...control}
            mono
            icon="paste"
            value={text}
            placeholder={scheme ? `Paste a ${scheme}:// URL to fill this form` : "Paste an address to fill this form"}
            onChange={(value) => {
              setText(value);
              setError(undefined);
              setFilled(undefined);
            }}
            onPaste={(event) => {
              const pasted = event.clipboardData.getData("text/plain").trim();
              if (!looksLikeAddress(drivers, pasted)) return;
              event.preventDefault();
              void read(pasted);
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.ctrlKey || event.metaKey || text.trim() === "") return;
              event.preventDefault();
              void read(text.trim());
            }}
          />
          {text.trim() !== "" ? <Button onClick={() => void read(text.trim())}>Fill in</Button> : null}
        </div>
      )}
    </Field>
  );
}
