/** A policy as its statement: the form's other view. What is typed becomes the form's fields as soon as it can be read. */
import { useEffect, useRef, useState } from "react";
import { Icon } from "@/design";
import { type AppError, failureOf, host, type PolicyDraft, type PolicyOn } from "@/ipc";
import { samePolicy, sameTable, tableWords } from "../drafts";
import { placeOf, type SqlField } from "./ExpressionField";

const REST_MS = 250;

export interface PolicySqlProps {
  on: PolicyOn;
  policy: PolicyDraft;
  onPolicy: (policy: PolicyDraft) => void;
  field: SqlField;
}

const elsewhere = (on: PolicyOn, here: PolicyOn): AppError => ({
  code: "invalid_statement",
  message: `This is a policy of ${tableWords(on)}, and this is the editor of one of ${tableWords(here)}.`,
  hint: "Copy the policy there instead.",
  range: null,
  native: null,
});

export function PolicySql({ on, policy, onPolicy, field }: PolicySqlProps) {
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<AppError | null>(null);
  const latest = useRef({ policy, onPolicy });
  latest.current = { policy, onPolicy };
  const { schema, table } = on;
  // Written once: from then on the text is a person's own.
  useEffect(() => {
    let dropped = false;
    host()
      .policyWrite({ schema, table }, latest.current.policy)
      .then((written) => dropped || setText(written))
      .catch((thrown: unknown) => {
        if (dropped) return;
        setText("");
        setProblem(failureOf(thrown));
      });
    return () => {
      dropped = true;
    };
  }, [schema, table]);
  const typed = useRef(0);
  const onType = (next: string) => {
    setText(next);
    typed.current += 1;
    const mine = typed.current;
    window.setTimeout(() => {
      if (mine !== typed.current) return;
      host()
        .policyRead(next, schema)
        .then((answer) => {
          if (mine !== typed.current) return;
          if (answer.read === "problem") return setProblem(answer.error);
          if (!sameTable(answer.on, { schema, table })) return setProblem(elsewhere(answer.on, { schema, table }));
          setProblem(null);
          if (!samePolicy(answer.policy, latest.current.policy)) latest.current.onPolicy(answer.policy);
        })
        .catch((thrown: unknown) => mine === typed.current && setProblem(failureOf(thrown)));
    }, REST_MS);
  };
  if (text === null) return <div className="pol-form" aria-busy="true" />;
  const range = problem?.range ?? null;
  return (
    <div className="pol-form">
      <div className="pol-sql pol-sql-whole" data-invalid={problem !== null || undefined}>
        {field({
          value: text,
          onChange: onType,
          before: "",
          wrong: range,
          label: "The policy as SQL",
          describedBy: "pol-sql-note",
          example: `create policy "own rows" on ${table} using (owner_id = (select auth.uid()));`,
          focus: true,
        })}
      </div>
      <div id="pol-sql-note" className="pol-field-note">
        {problem ? (
          <div className="pol-wrong" role="alert">
            <Icon name="error" size={14} />
            <div className="min-w-0">
              <div className="font-[500] rh-selectable">{problem.message}</div>
              <div className="rh-meta">
                {[problem.hint, range ? placeOf(text, range.from) : null, "the form keeps what it had"]
                  .filter(Boolean)
                  .join(" · ")}
              </div>
            </div>
          </div>
        ) : (
          <span className="rh-meta">
            One CREATE POLICY, with or without COMMENT ON POLICY. The form shows the same.
          </span>
        )}
      </div>
    </div>
  );
}
