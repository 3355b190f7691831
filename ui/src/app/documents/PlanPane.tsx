/** The plan of a query's statement, in the results' place: asked for, come, or refused. */
import { useEffect, useState } from "react";
import { Button, EmptyState, ErrorBlock, Spinner } from "@/design";
import { type PlanShape, PlanView } from "@/features/plans";
import { errorDetails } from "@/features/results";
import type { Actions } from "../actions";
import type { QueryExplain } from "./useExplain";

export interface PlanPaneProps {
  explain: QueryExplain;
  /** What the plan is of. */
  title: string;
  actions: Actions;
  stopKeys: string | undefined;
}

/** Seconds that have passed, one by one. */
function useSeconds(since: number, on: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!on) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [on]);
  return Math.max(0, Math.floor((now - since) / 1_000));
}

export function PlanPane({ explain, title, actions, stopKeys }: PlanPaneProps) {
  const [shape, setShape] = useState<PlanShape>("tree");
  const [comparing, setComparing] = useState(false);
  const { state, busy } = explain;
  const seconds = useSeconds(state.startedAt, busy);
  if (busy) {
    return (
      <div className="flex items-center gap-3 p-4" role="status">
        <Spinner />
        <span>
          {state.wish?.analyze ? "Runs and measures the statement" : "Asks for the plan"}
          {seconds > 0 ? ` · ${seconds} s` : ""}
        </span>
        <Button
          dense
          icon="stop"
          {...(stopKeys ? { keys: stopKeys } : {})}
          loading={state.phase === "stopping"}
          onClick={explain.stop}
        >
          Stop
        </Button>
      </div>
    );
  }
  const { failure, plan } = state;
  if (failure) {
    const stopped = failure.code === "cancelled";
    return stopped ? (
      <EmptyState icon="stop" title="Stopped" actions={<Button onClick={explain.again}>Explain again</Button>}>
        Nothing of it stays.
      </EmptyState>
    ) : (
      <div className="p-3">
        <ErrorBlock
          message={failure.message}
          {...(failure.hint ? { hint: failure.hint } : {})}
          {...(failure.native ? { code: `${failure.native.product} ${failure.native.code}` } : {})}
          details={errorDetails(failure)}
        />
      </div>
    );
  }
  if (!plan) return null;
  const { id } = plan;
  return (
    <PlanView
      explained={plan}
      former={state.former}
      shape={shape}
      onShape={setShape}
      comparing={comparing}
      onComparing={setComparing}
      onAgain={explain.again}
      onOpen={id === null ? undefined : () => actions.plan(id, plan.profile_id, `Plan of ${title}`, false)}
    />
  );
}
