/** What the server says of an expression while it is typed; nothing stronger than a reader's lock is taken for it. */
import { useEffect, useState } from "react";
import { failureOf, host, type PolicyCheck, type PolicyCommand, type PolicyOn } from "@/ipc";
import type { Place } from "../queries";

/** So long a text has to rest before it is asked. */
const REST_MS = 300;

export interface Checked {
  /** The answer, to this very text. */
  readonly check: PolicyCheck | null;
  /** It is being asked. */
  readonly asking: boolean;
}

export function useChecked(
  { profileId, database }: Place,
  on: PolicyOn,
  command: PolicyCommand,
  part: "using" | "with_check",
  text: string | null,
): Checked {
  const [answer, setAnswer] = useState<{ readonly key: string; readonly check: PolicyCheck } | null>(null);
  const blank = text === null || text.trim() === "";
  const key = JSON.stringify([on, command, part, text]);
  useEffect(() => {
    if (blank) return;
    let dropped = false;
    const [table, of, which, sql] = JSON.parse(key) as [PolicyOn, PolicyCommand, "using" | "with_check", string];
    const timer = window.setTimeout(() => {
      host()
        .policyCheck(profileId, database, table, of, which, sql)
        .catch((thrown: unknown): PolicyCheck => ({ problem: null, not_checked: failureOf(thrown).message, notes: [] }))
        .then((check) => {
          if (!dropped) setAnswer({ key, check });
        });
    }, REST_MS);
    return () => {
      dropped = true;
      window.clearTimeout(timer);
    };
  }, [profileId, database, key, blank]);
  const current = answer?.key === key;
  return { check: current && !blank ? answer.check : null, asking: !blank && !current };
}
