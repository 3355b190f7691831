/** The command that prints the login's password: what runs, how long it may take, and whether it may run at all. */
import type { Dispatch } from "react";
import type { FieldControl } from "@/design";
import { Banner, Button, Input, Switch } from "@/design";
import type { FormAction, FormState } from "../model";

export interface CommandRowProps {
  control: FieldControl;
  state: FormState;
  dispatch: Dispatch<FormAction>;
  /** Agrees to the stored command, which came from a file. */
  onTrust: () => void;
}

export function CommandRow({ control, state, dispatch, onTrust }: CommandRowProps) {
  const { command } = state;
  const set = (change: Partial<typeof command>) => dispatch({ type: "command", command: change });
  return (
    <div className="flex flex-col gap-2">
      <Input
        {...control}
        mono
        icon="terminal"
        value={command.text}
        onChange={(text) => set({ text })}
        placeholder={command.shell ? "vault read … | jq -r .password" : "aws rds generate-db-auth-token --hostname …"}
      />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Switch checked={command.shell} onChange={(shell) => set({ shell })}>
          Through a shell
        </Switch>
        <span className="flex items-center gap-2">
          <span className="rh-meta">Stop it after</span>
          <span className="conn-seconds">
            <Input
              aria-label="Seconds the command may take"
              mono
              inputMode="numeric"
              value={command.timeout}
              onChange={(timeout) => set({ timeout })}
            />
          </span>
          <span className="rh-meta">s</span>
        </span>
      </div>
      {state.untrusted !== null ? (
        <Banner tone="warn" actions={<Button onClick={onTrust}>Trust this command</Button>}>
          This command came from a file and has not been run. Read it: it runs with your rights on this computer.
        </Banner>
      ) : null}
    </div>
  );
}
