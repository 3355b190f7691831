import { toast } from "@/design";
import { QuestionDialog } from "@/features/connections";
import { failureOf, host } from "@/ipc";
import { useWorkspace } from "./workspace";

/** What connections need to know, one after the other. */
export function Questions() {
  const { live, events } = useWorkspace();
  const first = live.questions[0];
  return (
    <QuestionDialog
      question={first ? { id: first.id, profile_id: first.profileId, question: first.kind } : null}
      onAnswer={(answer) => {
        if (!first) return;
        events.answered(first.id);
        host()
          .answer(first.id, answer)
          .catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message }));
      }}
    />
  );
}
