/** Something that is done to a server: asks where the core says so, tells what became of it. */
import { type ReactNode, useState } from "react";
import { ConfirmDialog, toast } from "@/design";
import { failureOf, type ServerDeed } from "@/ipc";

type Question = Extract<ServerDeed, { answer: "confirm" }>;
type Post = (confirmed: boolean) => Promise<ServerDeed>;

export interface Deed {
  /** Does it, or asks first; `done` hears that it was done. */
  readonly begin: (post: Post, done: () => void) => void;
  readonly busy: boolean;
  readonly dialog: ReactNode;
}

export function useDeed(): Deed {
  const [asked, setAsked] = useState<{ question: Question; post: Post; done: () => void } | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (post: Post, done: () => void, confirmed: boolean) => {
    setBusy(true);
    try {
      const answer = await post(confirmed);
      if (answer.answer === "confirm") {
        setAsked({ question: answer, post, done });
        return;
      }
      setAsked(null);
      toast({ title: answer.message, tone: "ok" });
      done();
    } catch (thrown) {
      const { message, hint } = failureOf(thrown);
      setAsked(null);
      toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    begin: (post, done) => void send(post, done, false),
    dialog: (
      <ConfirmDialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        onConfirm={() => asked && void send(asked.post, asked.done, true)}
        title={asked?.question.title ?? ""}
        description={
          <>
            {asked?.question.description}
            <code className="live-ask rh-mono rh-selectable">{asked?.question.statement}</code>
          </>
        }
        confirmLabel={asked?.question.confirm ?? ""}
        loading={busy}
      />
    ),
  };
}
