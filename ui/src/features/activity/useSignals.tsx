/** Cancelling and ending sessions: asks where the core says so, tells what became of it, reads again. */
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ConfirmDialog, toast } from "@/design";
import {
  type ActivitySession,
  failureOf,
  host,
  queryKeys,
  type SessionSignal,
  type SignalAnswer,
  type SignalRequest,
} from "@/ipc";

type Question = Extract<SignalAnswer, { answer: "confirm" }>;

interface Asked {
  readonly request: SignalRequest;
  readonly question: Question;
}

export interface Signals {
  send(session: ActivitySession, signal: SessionSignal): void;
  /** The session something is being done to. */
  readonly busy: string | null;
  readonly dialog: ReactNode;
}

export function useSignals(profileId: string): Signals {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const post = async (request: SignalRequest) => {
    setBusy(request.session);
    try {
      const answer = await host().signalSession(request);
      if (answer.answer === "confirm") {
        setAsked({ request, question: answer });
        return;
      }
      setAsked(null);
      toast({ title: answer.message, tone: answer.answer === "sent" && answer.done ? "ok" : "warn" });
      void queries.invalidateQueries({ queryKey: [...queryKeys.activity(profileId)] });
    } catch (thrown) {
      const { message, hint } = failureOf(thrown);
      setAsked(null);
      toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
    } finally {
      setBusy(null);
    }
  };
  const kill = asked?.request.signal === "kill";
  return {
    busy,
    send: (session, signal) =>
      void post({
        profile_id: profileId,
        session: session.id,
        opened: session.opened,
        statement_id: session.statement_id,
        signal,
        confirmed: false,
      }),
    dialog: (
      <ConfirmDialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        onConfirm={() => asked && void post({ ...asked.request, confirmed: true })}
        title={asked?.question.title ?? ""}
        description={
          <>
            {asked?.question.description}
            {asked?.question.statement ? (
              <code className="act-ask rh-mono rh-selectable">{asked.question.statement}</code>
            ) : null}
          </>
        }
        confirmLabel={asked?.question.confirm ?? ""}
        danger={kill}
        loading={asked !== null && busy === asked.request.session}
      />
    ),
  };
}
