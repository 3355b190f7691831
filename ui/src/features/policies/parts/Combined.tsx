/** How the policies of a table combine for one role and command, as the server does it. */
import { Fragment } from "react";
import { Badge, Banner, Fold, Skeleton } from "@/design";
import type { PolicyCondition, PolicyEffect, PolicyPart } from "@/ipc";
import { tableWords } from "../drafts";
import { LEVELS } from "../model";

function Part({ part, restrictive }: { part: PolicyPart; restrictive: boolean }) {
  const notes = [part.truth, part.using_as_check ? "its USING is its check" : null].filter(Boolean).join(", ");
  return (
    <span className="pol-chip" data-restrictive={restrictive || undefined} title={part.expression ?? "no expression"}>
      {part.policy}
      {notes ? <span className="rh-meta"> {notes}</span> : null}
    </span>
  );
}

function Parts({ parts, word, restrictive }: { parts: readonly PolicyPart[]; word: string; restrictive: boolean }) {
  return parts.map((part, index) => (
    <Fragment key={part.policy}>
      {index > 0 ? <span className="syn-keyword">{word}</span> : null}
      <Part part={part} restrictive={restrictive} />
    </Fragment>
  ));
}

function Condition({ condition }: { condition: PolicyCondition }) {
  const { permissive, restrictive, asked } = condition;
  return (
    <div className="pol-condition">
      <span className="pol-part">{asked}</span>
      <span className="pol-formula">
        {permissive.length === 0 ? (
          <span className="text-ink-3">no permissive policy: nothing passes</span>
        ) : (
          <>
            <span className="syn-op">(</span>
            <Parts parts={permissive} word="or" restrictive={false} />
            <span className="syn-op">)</span>
          </>
        )}
        {restrictive.length > 0 ? (
          <>
            <span className="syn-keyword">and</span>
            <span className="syn-op">(</span>
            <Parts parts={restrictive} word="and" restrictive />
            <span className="syn-op">)</span>
          </>
        ) : null}
      </span>
    </div>
  );
}

export function Combined({
  effect,
  role,
  command,
}: {
  effect: PolicyEffect | undefined;
  role: string;
  command: string;
}) {
  if (!effect) {
    return (
      <div className="pol-combined" aria-busy="true">
        <Skeleton width="60%" />
      </div>
    );
  }
  const { level, because, conditions, around, recursion, some_columns } = effect;
  return (
    <section className="pol-combined" aria-label={`${command} as ${role}`}>
      <p className="flex items-center gap-2 flex-wrap">
        <Badge tone={LEVELS[level].tone}>{LEVELS[level].word}</Badge>
        <span>{because}</span>
        {some_columns ? <span className="rh-meta">on some columns only</span> : null}
      </p>
      {conditions.map((condition) => (
        <Condition key={`${condition.asked} ${condition.command}`} condition={condition} />
      ))}
      {recursion ? (
        <Banner tone="danger">
          The server refuses this with 42P17: its policies lead back to the table itself, by{" "}
          {recursion.map(tableWords).join(" → ")}.
        </Banner>
      ) : null}
      {around.length > 0 ? (
        <Fold label={`${around.length === 1 ? "1 way" : `${around.length} ways`} around these policies for ${role}`}>
          <ul>
            {around.map((way) => (
              <li key={`${way.kind} ${tableWords(way.through)}`}>
                {way.kind}: <span className="rh-mono">{tableWords(way.through)}</span>
                {way.rights_of ? <span className="rh-meta"> with the rights of {way.rights_of}</span> : null}
                <span className="rh-meta"> · reaches {LEVELS[way.reaches].word}</span>
              </li>
            ))}
          </ul>
        </Fold>
      ) : null}
    </section>
  );
}
