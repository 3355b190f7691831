/** What stands in place of rows that may not be read: the reason, who could change it, and the statement to send them. */
import type { ReactNode } from "react";
import { Button, EmptyState, toast } from "@/design";
import { qualifiedName, quoted } from "@/features/explorer";
import { type AppError, failureOf, host, nativeCode, type ObjectRef } from "@/ipc";

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** The statement that would let a login read a relation. Accounts of a host (`ann@%`) are two texts, others a name. */
export function grantOf(object: ObjectRef, login: string, quote: string): string {
  const at = login.lastIndexOf("@");
  const account = quote === "`" && at >= 0;
  const grantee = account ? `${literal(login.slice(0, at))}@${literal(login.slice(at + 1))}` : quoted(login, quote);
  return `GRANT SELECT ON ${qualifiedName(object, quote)} TO ${grantee};`;
}

export interface DeniedProps {
  object: ObjectRef;
  failure: AppError;
  /** Who is signed in, where the server told. */
  login: string | undefined;
  owner: string | null;
  quote: string;
  /** What else can be done, after the copy. */
  actions: ReactNode;
}

export function Denied({ object, failure, login, owner, quote, actions }: DeniedProps) {
  const code = nativeCode(failure);
  const grant = login ? grantOf(object, login, quote) : null;
  return (
    <EmptyState
      picture="denied"
      title={`You may not read ${object.name}`}
      actions={
        <>
          {grant ? (
            <Button
              icon="copy"
              onClick={() =>
                void host()
                  .writeClipboard(grant)
                  .then(() => toast({ title: "The statement is on the clipboard", tone: "ok" }))
                  .catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message }))
              }
            >
              Copy GRANT
            </Button>
          ) : null}
          {actions}
        </>
      }
    >
      <span className="rh-selectable">
        {failure.message} {owner ? `The owner is ${owner}.` : failure.hint}{" "}
        {code ? <span className="rh-mono">{code}</span> : null}
        {grant ? <code className="rh-mono mt-2 block text-data">{grant}</code> : null}
      </span>
    </EmptyState>
  );
}
