/** Trying and applying what is staged: what came of it, and who was in the way. */
import { useState } from "react";
import {
  type AppError,
  failureOf,
  host,
  type ObjectRef,
  type PolicyBlocker,
  type RunConsent,
  type SweepQuestion,
} from "@/ipc";
import type { Place } from "./model";

export interface Done {
  readonly id: number;
  readonly statements: number;
  readonly elapsed_ms: number;
}

export type Outcome =
  | { readonly state: "idle" | "trying" | "applying" | "stale" }
  | { readonly state: "fine"; readonly elapsed_ms: number }
  | { readonly state: "impossible"; readonly why: string }
  | { readonly state: "confirm"; readonly question: SweepQuestion }
  | {
      readonly state: "locked";
      readonly error: AppError;
      readonly statement: number;
      readonly kept: number;
      readonly blockers: readonly PolicyBlocker[];
    }
  | {
      readonly state: "refused";
      readonly error: AppError;
      readonly statement: number | null;
      /** How many statements before it are kept; null where it was only tried. */
      readonly kept: number | null;
      readonly leftover: string | null;
    };

interface Sent {
  readonly digest: string;
  readonly online: readonly ObjectRef[];
}

export function useApply({ profileId, database }: Place, onApplied: (done: Done) => void, onStale: () => void) {
  const [outcome, setOutcome] = useState<Outcome>({ state: "idle" });
  const failed = (thrown: unknown) =>
    setOutcome({ state: "refused", error: failureOf(thrown), statement: null, kept: null, leftover: null });
  return {
    outcome,
    busy: outcome.state === "trying" || outcome.state === "applying",
    clear: () => setOutcome({ state: "idle" }),
    /** Asks the server: everything runs and is rolled back. */
    attempt: async ({ digest, online }: Sent) => {
      setOutcome({ state: "trying" });
      try {
        const answer = await host().tryStructure(profileId, database, digest, [...online]);
        if (answer.trial === "fine") setOutcome({ state: "fine", elapsed_ms: answer.elapsed_ms });
        else if (answer.trial === "impossible") setOutcome({ state: "impossible", why: answer.why });
        else {
          const { error, statement } = answer;
          setOutcome({ state: "refused", error, statement, kept: null, leftover: null });
        }
      } catch (thrown) {
        failed(thrown);
      }
    },
    apply: async ({ digest, online }: Sent, lockTimeoutMs: number, consent: RunConsent | null) => {
      setOutcome({ state: "applying" });
      try {
        const answer = await host().applyStructure(profileId, database, digest, [...online], lockTimeoutMs, consent);
        switch (answer.outcome) {
          case "applied":
            setOutcome({ state: "idle" });
            onApplied(answer);
            return;
          case "stale":
            setOutcome({ state: "stale" });
            onStale();
            return;
          case "confirm":
            setOutcome({ state: "confirm", question: answer.question });
            return;
          case "locked":
            setOutcome({ ...answer, state: "locked" });
            return;
          case "refused":
            setOutcome({ ...answer, state: "refused" });
        }
      } catch (thrown) {
        failed(thrown);
      }
    },
  };
}
