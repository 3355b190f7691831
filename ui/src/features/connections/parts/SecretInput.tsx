import { type ReactNode, type Ref, useState } from "react";
import { IconButton, Input, type InputProps } from "@/design";

/** A hidden text that can be looked at. Nothing fills it in and nothing remembers it. */
export function SecretInput({
  ref,
  end,
  ...rest
}: Omit<InputProps, "type" | "mono"> & { ref?: Ref<HTMLInputElement>; end?: ReactNode }) {
  const [shown, setShown] = useState(false);
  return (
    <Input
      {...rest}
      {...(ref ? { ref } : {})}
      mono
      type={shown ? "text" : "password"}
      autoComplete="new-password"
      end={
        rest.value !== "" ? (
          <IconButton
            icon="eye-off"
            label={shown ? "Hide" : "Show"}
            quiet
            pressed={shown}
            onClick={() => setShown(!shown)}
          />
        ) : (
          end
        )
      }
    />
  );
}
