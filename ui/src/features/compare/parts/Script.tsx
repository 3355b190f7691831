/** The statements that make the first side into the second. */
import { type ReactNode, useState } from "react";
import { Badge, Button, Checkbox, CodeBlock, copyText, EmptyState, number, plural } from "@/design";
import type { CompareResult } from "@/ipc";
import { lossesOf } from "../model";
import { Loses } from "./Difference";

/** More are read in an editor. */
const MOST = 200;

export interface ScriptProps {
  result: CompareResult;
  highlight: (sql: string) => ReactNode;
  onScript: () => void;
  onSave: () => void;
}

export function Script({ result, highlight, onScript, onSave }: ScriptProps) {
  const [only, setOnly] = useState(false);
  const losses = lossesOf(result);
  if (result.statements.length === 0)
    return (
      <EmptyState picture="empty" title="There is nothing to run">
        Both sides are the same as far as they are compared.
      </EmptyState>
    );
  const all = result.statements
    .map((statement, at) => ({ ...statement, number: at + 1 }))
    .filter(({ loses }) => !only || loses !== null);
  return (
    <div className="cmp-script">
      <div className="cmp-script-bar">
        <span>{plural(result.statements.length, "statement")}</span>
        {losses > 0 ? (
          <>
            <Badge tone="danger" icon="warning">
              {number(losses)} {losses === 1 ? "loses" : "lose"} something
            </Badge>
            <Checkbox checked={only} onChange={setOnly}>
              Only these
            </Checkbox>
          </>
        ) : null}
        <span className="flex-1" />
        <Button dense icon="copy" onClick={() => void copyText(result.script)}>
          Copy
        </Button>
        <Button dense icon="terminal" tooltip="Nothing runs by itself" onClick={onScript}>
          Open in an editor
        </Button>
        <Button dense icon="save" onClick={onSave}>
          Save…
        </Button>
      </div>
      <ol className="cmp-statements rh-scroll" aria-label="Statements" tabIndex={0}>
        {all.slice(0, MOST).map(({ sql, loses, number: place }) => (
          <li key={place}>
            <span className="rh-meta tabular-nums">{number(place)}</span>
            <div className="min-w-0">
              <CodeBlock label={`Statement ${place}`} copy={`${sql};`} wrap>
                {highlight(`${sql};`)}
              </CodeBlock>
              {loses ? <Loses>{loses}</Loses> : null}
            </div>
          </li>
        ))}
        {all.length > MOST ? (
          <li>
            <span />
            <p className="rh-meta">{number(all.length - MOST)} more: open the script in an editor to read them all.</p>
          </li>
        ) : null}
      </ol>
    </div>
  );
}
