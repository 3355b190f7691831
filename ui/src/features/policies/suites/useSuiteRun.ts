/** Running a suite case by case: each is a transaction of its own, so a run can be watched, stopped and taken up again. */
import { useCallback, useRef, useState } from "react";
import { type AppError, failureOf, host, type PolicySuiteCase } from "@/ipc";
import type { Place } from "../queries";
import { aloneOf, type Suite, type SuiteCase } from "./model";

export type CaseResult =
  | { readonly state: "passed" | "failed"; readonly came: PolicySuiteCase }
  | { readonly state: "not_run"; readonly error: AppError };

export interface SuiteRun {
  /** What came of a case as it stands now; nothing once it was changed. */
  readonly resultOf: (suite: Suite, one: SuiteCase) => CaseResult | undefined;
  /** The case that runs, and how many of how many are done; null while nothing runs. */
  readonly running: { readonly name: string; readonly done: number; readonly of: number } | null;
  readonly stopping: boolean;
  readonly run: (suite: Suite, cases: readonly SuiteCase[]) => Promise<void>;
  /** Stops after the case that runs: it may take as long as its timeout. */
  readonly stop: () => void;
}

export function useSuiteRun({ profileId, database }: Place): SuiteRun {
  const [results, setResults] = useState<ReadonlyMap<string, CaseResult>>(new Map());
  const [running, setRunning] = useState<SuiteRun["running"]>(null);
  const [stopping, setStopping] = useState(false);
  const stopped = useRef(false);
  const busy = useRef(false);
  const run = useCallback(
    async (suite: Suite, cases: readonly SuiteCase[]) => {
      if (busy.current) return;
      busy.current = true;
      stopped.current = false;
      setStopping(false);
      for (const [done, one] of cases.entries()) {
        if (stopped.current) break;
        setRunning({ name: one.name, done, of: cases.length });
        const text = aloneOf(suite, one);
        let result: CaseResult;
        try {
          const { cases: came } = await host().policyTest(profileId, database, text);
          const [first] = came;
          if (!first) continue;
          result = { state: first.ok ? "passed" : "failed", came: first };
        } catch (thrown) {
          const error = failureOf(thrown);
          result = { state: "not_run", error };
          // Without a server none of the others would come further.
          if (error.code === "unreachable") stopped.current = true;
        }
        setResults((before) => new Map(before).set(text, result));
      }
      busy.current = false;
      setRunning(null);
      setStopping(false);
    },
    [profileId, database],
  );
  const stop = useCallback(() => {
    stopped.current = true;
    setStopping(true);
  }, []);
  return { resultOf: (suite, one) => results.get(aloneOf(suite, one)), running, stopping, run, stop };
}
