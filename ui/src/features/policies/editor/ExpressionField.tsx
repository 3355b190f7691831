/** USING or WITH CHECK: typed with completion, checked while it rests, the error at its place. */
import { type ReactNode, useId } from "react";
import { Button, copyText, Icon } from "@/design";
import { failureDetails, nativeCode, type PolicyCommand, type PolicyOn, type TextRange } from "@/ipc";
import type { Place } from "../queries";
import { useChecked } from "./useChecked";

/** A field for SQL, as the shell has it. */
export interface SqlFieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** What comes before the text in the statement that it is part of. */
  readonly before: string;
  readonly wrong: TextRange | null;
  readonly label: string;
  readonly describedBy?: string | undefined;
  readonly example: string;
  readonly focus?: boolean;
}
export type SqlField = (props: SqlFieldProps) => ReactNode;

export interface ExpressionFieldProps {
  place: Place;
  on: PolicyOn;
  command: PolicyCommand;
  part: "using" | "with_check";
  text: string | null;
  onText: (text: string | null) => void;
  field: SqlField;
  /** Why there is no such expression for this command. */
  refused: string | null;
  /** What its absence means. */
  absent: string;
}

const WORD = { using: "Using", with_check: "With check" } as const;
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Line and column, from 1, as people count them. */
export function placeOf(text: string, at: number): string {
  const before = text.slice(0, at).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

export function ExpressionField(props: ExpressionFieldProps) {
  const { place, on, command, part, text, onText, field, refused, absent } = props;
  const { check, asking } = useChecked(place, on, command, part, refused === null ? text : null);
  const id = useId();
  const word = WORD[part];
  const problem = check?.problem ?? null;
  const code = problem ? nativeCode(problem) : undefined;
  const range = problem?.range ?? null;
  const blank = (text ?? "").trim() === "";
  return (
    <div className="rh-field-row">
      <span className="rh-field-label">{word}</span>
      <div className="min-w-0">
        {refused !== null ? (
          <div className="pol-refused">{refused}</div>
        ) : (
          <>
            <div className="pol-sql" data-invalid={problem !== null || undefined}>
              {field({
                value: text ?? "",
                onChange: (typed) => onText(typed.trim() === "" ? null : typed),
                before: `SELECT * FROM ${quoted(on.schema)}.${quoted(on.table)} WHERE (`,
                wrong: range,
                label: word,
                describedBy: id,
                example: "owner_id = (select auth.uid())",
              })}
            </div>
            <div id={id} className="pol-field-note">
              {problem ? (
                <div className="pol-wrong" role="alert">
                  <Icon name="error" size={14} />
                  <div className="min-w-0">
                    <div className="font-[500] rh-selectable">{problem.message}</div>
                    <div className="rh-meta rh-selectable">
                      {[problem.hint, code, range && text ? placeOf(text, range.from) : null]
                        .filter(Boolean)
                        .join(" · ")}
                    </div>
                  </div>
                  <Button dense variant="ghost" onClick={() => void copyText(failureDetails(problem))}>
                    Copy details
                  </Button>
                </div>
              ) : (
                <span className="rh-meta" role="status">
                  {blank
                    ? absent
                    : asking
                      ? "Checking …"
                      : check?.not_checked
                        ? `Not checked: ${check.not_checked}`
                        : check
                          ? "The server takes it."
                          : ""}
                </span>
              )}
              {check?.notes.map((note) => (
                <div key={note} className="rh-meta pol-note">
                  <Icon name="info" size={12} /> {note}
                </div>
              ))}
            </div>
          </>
        )}
      </div>
    </div>
  );
}
