/** Changes of keys: sent, asked about where the core asks, and said yes to in a dialog. */
import { type ReactNode, useCallback, useRef, useState } from "react";
import { Button, CodeBlock, Dialog } from "@/design";
import { host, type KeyAnswer, type KeyEdit } from "@/ipc";
import type { KeysPlace } from "./model";

type Question = Extract<KeyAnswer, { answer: "confirm" }>;

export interface Changes {
  /** Sends a change; false where a person said no. Throws what the core refuses. */
  readonly change: (key: string, kind: string, edit: KeyEdit) => Promise<boolean>;
  /** Removes keys and all in namespaces; how many, or none where a person said no. */
  readonly remove: (keys: string[], namespaces: string[], list: string | null, note: string) => Promise<number | null>;
  readonly dialog: ReactNode;
}

export function useChange(place: KeysPlace): Changes {
  const [asked, setAsked] = useState<{
    readonly question: Question;
    readonly danger: boolean;
    readonly note: string;
  } | null>(null);
  const settle = useRef<(yes: boolean) => void>(() => undefined);
  const no = useRef<HTMLButtonElement>(null);
  const { profileId, database } = place;
  const ask = useCallback(
    (question: Question, danger: boolean, note = "") =>
      new Promise<boolean>((resolve) => {
        settle.current = (yes) => {
          setAsked(null);
          resolve(yes);
        };
        setAsked({ question, danger, note });
      }),
    [],
  );
  const change = useCallback(
    async (key: string, kind: string, edit: KeyEdit) => {
      const request = { of: { profile_id: profileId, database }, key, kind, edit };
      const answer = await host().keyChange({ ...request, confirmed: false });
      if (answer.answer === "done") return true;
      if (!(await ask(answer, edit.edit === "delete" || edit.edit === "remove"))) return false;
      return (await host().keyChange({ ...request, confirmed: true })).answer === "done";
    },
    [profileId, database, ask],
  );
  const remove = useCallback(
    async (keys: string[], namespaces: string[], list: string | null, note: string) => {
      const removal = { of: { profile_id: profileId, database }, keys, namespaces, id: list };
      const answer = await host().keysRemove({ ...removal, confirmed: null });
      if (answer.answer === "done") return answer.keys;
      if (!(await ask(answer, true, note))) return null;
      const done = await host().keysRemove({ ...removal, confirmed: answer.keys });
      return done.answer === "done" ? done.keys : null;
    },
    [profileId, database, ask],
  );
  const dialog = asked ? (
    <Dialog
      open
      alert
      initialFocus={no}
      title={asked.question.title}
      description={[asked.question.message, asked.note].filter(Boolean).join(" ")}
      width={520}
      onClose={() => settle.current(false)}
      footer={
        <>
          <Button ref={no} className="ml-auto" keys="Escape" showKeys onClick={() => settle.current(false)}>
            Cancel
          </Button>
          <Button variant={asked.danger ? "danger" : "primary"} onClick={() => settle.current(true)}>
            {asked.question.confirm}
          </Button>
        </>
      }
    >
      <CodeBlock label="Commands" copy={asked.question.commands.join("\n")} wrap>
        {asked.question.commands.join("\n")}
      </CodeBlock>
    </Dialog>
  ) : null;
  return { change, remove, dialog };
}
