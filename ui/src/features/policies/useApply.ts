/** Trying and applying the drafts: what came of it, and who was in the way. */
import { useState } from "react";
import { type AppError, failureOf, host, type PolicyBlocker, type RunConsent, type SweepQuestion } from "@/ipc";
import type { Place } from "./queries";

export type Outcome =
  | { readonly state: "idle" }
  | { readonly state: "trying" | "applying" }
  | { readonly state: "fine" }
  | {
      readonly state: "locked";
      readonly error: AppError;
      readonly statement: number | null;
      readonly blockers: readonly PolicyBlocker[];
      readonly while: "trying" | "applying";
    }
  | { readonly state: "refused"; readonly error: AppError; readonly statement: number | null }
  | { readonly state: "confirm"; readonly question: SweepQuestion };

export interface Applied {
  readonly id: number;
  readonly changes: number;
  readonly elapsed_ms: number;
}

export function useApply({ profileId, database }: Place, onApplied: (applied: Applied) => void) {
  const [outcome, setOutcome] = useState<Outcome>({ state: "idle" });
  const failed = (thrown: unknown) => setOutcome({ state: "refused", error: failureOf(thrown), statement: null });
  return {
    outcome,
    busy: outcome.state === "trying" || outcome.state === "applying",
    clear: () => setOutcome({ state: "idle" }),
    /** Asks the server: everything runs and is rolled back. */
    attempt: async () => {
      setOutcome({ state: "trying" });
      try {
        const trial = await host().policyCheckOnServer(profileId, database, null);
        if (trial.checked === "fine") setOutcome({ state: "fine" });
        else if (trial.checked === "locked")
          setOutcome({
            state: "locked",
            error: trial.error,
            statement: null,
            blockers: trial.blockers,
            while: "trying",
          });
        else setOutcome({ state: "refused", error: trial.error, statement: trial.statement });
      } catch (thrown) {
        failed(thrown);
      }
    },
    apply: async (acknowledged: readonly string[], consent: RunConsent | null) => {
      setOutcome({ state: "applying" });
      try {
        const answer = await host().policyApply(profileId, database, [...acknowledged], null, consent);
        switch (answer.outcome) {
          case "applied":
            setOutcome({ state: "idle" });
            onApplied(answer);
            return;
          case "confirm":
            setOutcome({ state: "confirm", question: answer.question });
            return;
          case "locked":
            setOutcome({
              state: "locked",
              error: answer.error,
              statement: answer.statement,
              blockers: answer.blockers,
              while: "applying",
            });
            return;
          case "refused":
            setOutcome({ state: "refused", error: answer.error, statement: answer.statement });
        }
      } catch (thrown) {
        failed(thrown);
      }
    },
  };
}
