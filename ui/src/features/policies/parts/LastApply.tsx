/** What became of changes whose answer nobody got, because the program ended or the connection broke while they were sent. */

import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Banner, Button, CodeBlock } from "@/design";
import { host, type PolicyLastApply, queryKeys } from "@/ipc";
import type { Place } from "../queries";
import { tell } from "../usePolicyActions";
import { Fold } from "./Fold";

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
  const sql = last.statements.map((one) => `${one};`).join("\n");
  return (
    <section aria-label="Changes whose answer was lost">
      <Banner
        tone={TONES[last.state]}
        edge
        actions={
          <Button dense onClick={read}>
            I have read it
          </Button>
        }
        detail={
          sql === "" ? undefined : (
            <Fold label="What was sent">
              <CodeBlock label="What was sent" copy={sql} wrap>
                {highlight(sql)}
              </CodeBlock>
            </Fold>
          )
        }
      >
        {last.words}
      </Banner>
    </section>
  );
}
