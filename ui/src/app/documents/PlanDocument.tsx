/** A kept plan in a tab of its own. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, CodeBlock, EmptyState, IconButton, Skeleton, Toolbar } from "@/design";
import { type PlanShape, PlanView } from "@/features/plans";
import { failureOf, host, queryKeys } from "@/ipc";
import type { Actions } from "../actions";
import { type PlanTab, planViewOf } from "../model";
import { useWorkspace } from "../workspace";

export function PlanDocument({ tab, actions }: { tab: PlanTab; actions: Actions }) {
  const { dispatch } = useWorkspace();
  const view = planViewOf(tab.view);
  const [statement, setStatement] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: queryKeys.plan(tab.planId),
    queryFn: () => host().plan(tab.planId),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const keep = (change: { shape?: PlanShape; comparing?: boolean }) =>
    dispatch({
      type: "change",
      id: tab.id,
      change: { view: JSON.stringify({ plan: tab.planId, ...view, ...change }) },
    });
  if (error) {
    const failure = failureOf(error);
    return (
      <EmptyState
        picture={failure.code === "not_found" ? "empty" : "error"}
        title={failure.message}
        actions={
          <>
            <Button onClick={() => void refetch()}>Try again</Button>
            <Button variant="ghost" onClick={() => actions.close(tab.id, true)}>
              Close this tab
            </Button>
          </>
        }
      >
        {failure.hint}
      </EmptyState>
    );
  }
  if (!data) {
    return (
      <div className="p-4 flex flex-col gap-3">
        {[0, 1, 2, 3, 4].map((at) => (
          <Skeleton key={at} width={`${80 - at * 9}%`} height={18} />
        ))}
      </div>
    );
  }
  const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
  return (
    <div className="flex flex-col h-full min-h-0">
      <Toolbar
        label="Plan"
        icon="explain"
        what={tab.title}
        end={
          <>
            <IconButton
              icon="terminal"
              label={statement ? "Hide the statement" : "Show the statement"}
              pressed={statement}
              onClick={() => setStatement(!statement)}
            />
            <Button
              icon="open-external"
              onClick={() =>
                actions.query({ profileId: data.profile_id, database: data.database, text: data.statement })
              }
            >
              Open the statement
            </Button>
          </>
        }
      >
        <span className="rh-meta">
          {data.profile_name}
          {data.database ? ` · ${data.database}` : ""} · {when.format(new Date(data.at_ms))}
        </span>
      </Toolbar>
      {statement ? (
        <div className="p-2 border-b border-line max-h-48 overflow-auto rh-scroll">
          <CodeBlock wrap label="The statement" copy={data.statement}>
            {data.statement}
          </CodeBlock>
        </div>
      ) : null}
      <div className="flex-1 min-h-0">
        <PlanView
          explained={data}
          shape={view.shape}
          onShape={(shape) => keep({ shape })}
          comparing={view.comparing}
          onComparing={(comparing) => keep({ comparing })}
        />
      </div>
    </div>
  );
}
