/** What a connection asks a person while it is being opened, and a statement before it hands over a file. The answer goes to the host and is kept nowhere here. */
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { Banner, Button, Checkbox, CodeBlock, Dialog, Field } from "@/design";
import type { AnswerInput, QuestionKind } from "@/ipc";
import { SecretInput } from "./parts/SecretInput";
import { useAbout, useProfiles } from "./queries";

export interface AskedQuestion {
  readonly id: string;
  readonly profile_id: string | null;
  readonly question: QuestionKind;
}

export interface QuestionDialogProps {
  /** `null` shows nothing. */
  question: AskedQuestion | null;
  onAnswer: (answer: AnswerInput) => void;
}

export function QuestionDialog({ question, onAnswer }: QuestionDialogProps) {
  if (!question) return null;
  switch (question.question.kind) {
    case "host_key":
      return <HostKeyDialog key={question.id} question={question.question} onAnswer={onAnswer} />;
    case "local_file":
      return <LocalFileDialog key={question.id} question={question.question} onAnswer={onAnswer} />;
    default:
      return <SecretDialog key={question.id} asked={question} question={question.question} onAnswer={onAnswer} />;
  }
}

type SecretQuestion = Exclude<QuestionKind, { kind: "host_key" | "local_file" }>;

/** Whose password is asked for: that of the way is another than the database's. */
function passwordWords(secret: string) {
  if (secret.startsWith("ssh_")) return { what: "SSH password", whose: "the SSH server ", refused: "The SSH server" };
  if (secret.startsWith("proxy_")) return { what: "Proxy password", whose: "the ", refused: "The proxy" };
  return { what: "Password", whose: "", refused: "The server" };
}

function wordsOf(question: SecretQuestion, name: string | undefined) {
  switch (question.kind) {
    case "password": {
      const { what, whose, refused } = passwordWords(question.secret);
      return {
        title: name ? `${what} for ${name}` : what,
        description: `${question.user} on ${whose}${question.target}`,
        label: what,
        submit: "Sign in",
        refused: question.retry ? `${refused} refused that password. Try again.` : null,
      };
    }
    case "passphrase":
      return {
        title: name ? `Passphrase of a key for ${name}` : "Passphrase of a key",
        description: `${question.path} is locked with a passphrase.`,
        label: "Passphrase",
        submit: "Unlock",
        refused: question.retry ? "That passphrase does not open the key. Try again." : null,
      };
    case "otp":
      return {
        title: name ? `One-time code for ${name}` : "One-time code",
        description: question.prompt,
        label: "Code",
        submit: "Send",
        refused: null,
      };
  }
}

function SecretDialog({
  asked,
  question,
  onAnswer,
}: {
  asked: AskedQuestion;
  question: SecretQuestion;
  onAnswer: (answer: AnswerInput) => void;
}) {
  const [secret, setSecret] = useState("");
  const [remember, setRemember] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const form = useId();
  const profiles = useProfiles();
  const about = useAbout();
  const keychain = about.data?.keychain ?? null;
  const words = wordsOf(question, profiles.data?.find((profile) => profile.id === asked.profile_id)?.name);
  const rememberable = question.kind !== "otp" && asked.profile_id !== null;
  useEffect(() => input.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAnswer({ kind: "secret", secret, remember: remember && rememberable });
    setSecret("");
  };
  const refuse = () => onAnswer({ kind: "refused" });
  return (
    <Dialog
      open
      onClose={refuse}
      title={words.title}
      description={words.description}
      initialFocus={input}
      footer={
        <>
          <Button className="ml-auto" keys="Escape" showKeys onClick={refuse}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" form={form} keys="Enter" showKeys>
            {words.submit}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        {words.refused ? <Banner tone="danger">{words.refused}</Banner> : null}
        <Field label={words.label} layout="stack">
          {(control) => <SecretInput {...control} ref={input} value={secret} onChange={setSecret} />}
        </Field>
        {rememberable ? (
          <div>
            <Checkbox checked={remember} onChange={setRemember} disabled={keychain?.works === false}>
              Keep it in the keychain
            </Checkbox>
            <p className="rh-meta mt-1">
              {keychain?.works === false
                ? `No keychain here: you are asked every time. ${keychain.reason ?? ""}`
                : "Otherwise it is held in memory until Rowhouse closes."}
            </p>
          </div>
        ) : null}
      </form>
    </Dialog>
  );
}

function HostKeyDialog({
  question,
  onAnswer,
}: {
  question: Extract<QuestionKind, { kind: "host_key" }>;
  onAnswer: (answer: AnswerInput) => void;
}) {
  const refuse = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open
      alert
      onClose={() => onAnswer({ kind: "refused" })}
      title={`Trust ${question.host}?`}
      description="This host is seen for the first time. Compare its key with what its owner tells you; if it is another one, somebody may be listening."
      initialFocus={refuse}
      footer={
        <>
          <Button ref={refuse} className="ml-auto" keys="Escape" showKeys onClick={() => onAnswer({ kind: "refused" })}>
            Do not connect
          </Button>
          <Button variant="primary" onClick={() => onAnswer({ kind: "yes" })}>
            Trust and connect
          </Button>
        </>
      }
    >
      <CodeBlock label="Fingerprint" copy={question.fingerprint} wrap>
        {question.fingerprint}
      </CodeBlock>
    </Dialog>
  );
}

function LocalFileDialog({
  question,
  onAnswer,
}: {
  question: Extract<QuestionKind, { kind: "local_file" }>;
  onAnswer: (answer: AnswerInput) => void;
}) {
  const refuse = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open
      alert
      onClose={() => onAnswer({ kind: "refused" })}
      title="Send this file to the server?"
      description={`The statement loads a file of this computer. ${question.target} gets its whole contents.`}
      initialFocus={refuse}
      footer={
        <>
          <Button ref={refuse} className="ml-auto" keys="Escape" showKeys onClick={() => onAnswer({ kind: "refused" })}>
            Do not send
          </Button>
          <Button variant="primary" onClick={() => onAnswer({ kind: "yes" })}>
            Send the file
          </Button>
        </>
      }
    >
      <CodeBlock label="File" wrap>
        {question.path}
      </CodeBlock>
    </Dialog>
  );
}
