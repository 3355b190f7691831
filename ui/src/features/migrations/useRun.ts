/** Trying and running migrations, and what became of it. */
import { useState } from "react";
import { type AppError, failureOf, host, type MigrationRan, type RunConsent, type SweepQuestion } from "@/ipc";
import type { Place } from "./model";
import type { Asked } from "./queries";

export type Done = MigrationRan & { outcome: "done" };
export type Stopped = MigrationRan & { outcome: "stopped" };

export type Outcome =
  | { readonly state: "idle" | "trying" | "running" | "stale" }
  | { readonly state: "fine"; readonly done: Done }
  | { readonly state: "confirm"; readonly question: SweepQuestion }
  /** `tried`: everything before it was rolled back too. */
  | { readonly state: "stopped"; readonly tried: boolean; readonly at: Stopped }
  | { readonly state: "failed"; readonly error: AppError };

export function useRun({ profileId, database }: Place, onDone: (done: Done) => void, onStale: () => void) {
  const [outcome, setOutcome] = useState<Outcome>({ state: "idle" });
  const settle = (ran: MigrationRan, tried: boolean) => {
    switch (ran.outcome) {
      case "done":
        setOutcome(tried ? { state: "fine", done: ran } : { state: "idle" });
        if (!tried) onDone(ran);
        return;
      case "stale":
        setOutcome({ state: "stale" });
        onStale();
        return;
      case "confirm":
        setOutcome({ state: "confirm", question: ran.question });
        return;
      case "stopped":
        setOutcome({ state: "stopped", tried, at: ran });
    }
  };
  const send = async (state: "trying" | "running", work: () => Promise<MigrationRan>) => {
    setOutcome({ state });
    try {
      settle(await work(), state === "trying");
    } catch (thrown) {
      setOutcome({ state: "failed", error: failureOf(thrown) });
    }
  };
  return {
    outcome,
    busy: outcome.state === "trying" || outcome.state === "running",
    clear: () => setOutcome({ state: "idle" }),
    attempt: (asked: Asked, lock_timeout_ms: number) =>
      send("trying", () => host().migrationsTry(profileId, database, { ...asked, lock_timeout_ms })),
    run: (asked: Asked, lock_timeout_ms: number, consent: RunConsent | null) =>
      send("running", () => host().migrationsRun(profileId, database, { ...asked, lock_timeout_ms }, consent)),
  };
}
