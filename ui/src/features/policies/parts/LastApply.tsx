/** What became of changes whose answer nobody got. */

import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { LostAnswer } from "@/design";
import { host, type PolicyLastApply, queryKeys } from "@/ipc";
import type { Place } from "../queries";
import { tell } from "../usePolicyActions";

export interface LastApplyProps {
  place: Place;
  last: PolicyLastApply;
  highlight: (sql: string) => ReactNode;
}

const TONES = { applied: "ok", not_applied: "warn", unknown: "danger" } as const;

export function LastApply({ place: { profileId, database }, last, highlight }: LastApplyProps) {
  const queries = useQueryClient();
  const read = () =>
    void host()
      .forgetPolicyApply(profileId, last.id)
      .then(() => queries.invalidateQueries({ queryKey: queryKeys.security(profileId, database) }))
      .catch(tell);
  return (
    <LostAnswer
      tone={TONES[last.state]}
      words={last.words}
      sql={last.statements.map((one) => `${one};`).join("\n")}
      highlight={highlight}
      onRead={read}
    />
  );
}
