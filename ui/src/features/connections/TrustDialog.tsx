/** The one question before a command of somebody else's file runs on this computer. */
import { useRef, useState } from "react";
import { Button, CodeBlock, Dialog, ErrorBlock } from "@/design";
import { type AppError, failureOf, failureProps, host } from "@/ipc";
import { commandLine } from "./passwordCommand";
import { type TrustQuestion, useTrustQuestion } from "./trusting";

export function TrustDialog() {
  const question = useTrustQuestion();
  return question ? <Asked key={question.profile.id} question={question} /> : null;
}

function Asked({ question }: { question: TrustQuestion }) {
  const { profile, answer } = question;
  const refuse = useRef<HTMLButtonElement>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const command = profile.password_command;
  const line = command ? commandLine(command) : "";
  const trust = async () => {
    setBusy(true);
    setFailure(null);
    try {
      // The digest stands for exactly what is shown here: another command is another question.
      await host().trustCommand(profile.id, profile.untrusted_command ?? "");
      answer(true);
    } catch (thrown) {
      setBusy(false);
      setFailure(failureOf(thrown));
    }
  };
  return (
    <Dialog
      open
      alert
      onClose={() => answer(false)}
      title={`Run this command for ${profile.name}?`}
      description={`The connection came from a file. To sign in on ${profile.target} it runs this command with your rights on this computer, now and at every reconnect.`}
      initialFocus={refuse}
      footer={
        <>
          <Button ref={refuse} className="ml-auto" keys="Escape" showKeys onClick={() => answer(false)}>
            Do not run it
          </Button>
          <Button variant="primary" loading={busy} onClick={() => void trust()}>
            Trust and connect
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <CodeBlock label="Command" copy={line} wrap>
          {line}
        </CodeBlock>
        <p className="rh-meta">
          {command?.shell
            ? "A shell reads this text as a whole."
            : "No shell reads it: the program gets these words as they are."}{" "}
          If the command or where its password goes changes, you are asked again.
        </p>
        {failure ? <ErrorBlock {...failureProps(failure)} /> : null}
      </div>
    </Dialog>
  );
}
