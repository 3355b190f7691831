import { toast } from "@/design";
import { QuestionDialog, TrustDialog } from "@/features/connections";
import { failureOf, host } from "@/ipc";
import { useWorkspace } from "./workspace";

/** What connections need to know, one after the other. */
export function Questions() {
  const { live, events } = useWorkspace();
  const first = live.questions[0];
  // Before a connection asks anything, its command must be allowed to run.
  if (!first) return <TrustDialog />;
  return (
    <QuestionDialog
      question={{ id: first.id, profile_id: first.profileId, question: first.kind }}
      onAnswer={(answer) => {
        events.answered(first.id);
        host()
          .answer(first.id, answer)
          .catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message }));
      }}
    />
  );
}
