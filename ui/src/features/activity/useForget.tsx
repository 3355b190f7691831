/** Lets a server forget its slow statements, after a yes. */
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ConfirmDialog, toast } from "@/design";
import { failureOf, host, queryKeys, type ServerDeed } from "@/ipc";

type Question = Extract<ServerDeed, { answer: "confirm" }>;

export function useForget(profileId: string): { readonly ask: () => void; readonly dialog: ReactNode } {
  const queries = useQueryClient();
  const [question, setQuestion] = useState<Question | null>(null);
  const [busy, setBusy] = useState(false);
  const post = async (confirmed: boolean) => {
    setBusy(true);
    try {
      const answer = await host().forgetSlow(profileId, confirmed);
      if (answer.answer === "confirm") {
        setQuestion(answer);
        return;
      }
      setQuestion(null);
      toast({ title: answer.message, tone: "ok" });
      void queries.invalidateQueries({ queryKey: [...queryKeys.slowStatements(profileId)] });
    } catch (thrown) {
      const { message, hint } = failureOf(thrown);
      setQuestion(null);
      toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
    } finally {
      setBusy(false);
    }
  };
  return {
    ask: () => void post(false),
    dialog: (
      <ConfirmDialog
        open={question !== null}
        onClose={() => setQuestion(null)}
        onConfirm={() => void post(true)}
        title={question?.title ?? ""}
        description={
          <>
            {question?.description}
            <code className="act-ask rh-mono rh-selectable">{question?.statement}</code>
          </>
        }
        confirmLabel={question?.confirm ?? ""}
        danger
        loading={busy}
      />
    ),
  };
}
