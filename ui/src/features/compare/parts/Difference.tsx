/** One thing that differs: what is said of it on both sides, and the statements about it. */
import { type ReactNode, useMemo } from "react";
import { CodeBlock, Icon, number, Sign } from "@/design";
import type { CompareDifference, CompareFacet, CompareResult } from "@/ipc";
import { folded, lineDiff } from "../lines";
import { isLong, sentence, titleOf } from "../model";

const SIGNS = { same: " ", gone: "−", new: "+" } as const;
const WORDS = { same: "", gone: "only before: ", new: "only after: " } as const;

/** Two texts as the lines that go and the lines that come. */
export function TextDiff({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = useMemo(() => folded(lineDiff(before, after)), [before, after]);
  return (
    <div className="cmp-text rh-scroll" role="region" aria-label={label} tabIndex={0}>
      {lines.map((line, at) =>
        line.is === "skipped" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place.
          <div key={at} className="cmp-skipped">
            {number(line.count)} {line.count === 1 ? "line is" : "lines are"} the same
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place.
          <div key={at} className="cmp-line" data-is={line.is}>
            <span aria-hidden="true" className="cmp-line-sign">
              {SIGNS[line.is]}
            </span>
            {line.is === "same" ? null : <span className="rh-visually-hidden">{WORDS[line.is]}</span>}
            <span className="rh-selectable">{line.text || " "}</span>
          </div>
        ),
      )}
    </div>
  );
}

function Value({ of, is }: { of: string | null; is: "gone" | "new" }) {
  return (
    <td className="cmp-value rh-selectable" data-is={of === null ? undefined : is}>
      {of === null ? <span className="rh-meta">none</span> : of === "" ? <span className="rh-meta">''</span> : of}
    </td>
  );
}

function Facets({ facets }: { facets: readonly CompareFacet[] }) {
  const short = facets.filter(({ before, after }) => !isLong(before) && !isLong(after));
  const long = facets.filter((facet) => !short.includes(facet));
  return (
    <>
      {short.length > 0 ? (
        <table className="cmp-facets">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {short.map(({ name, before, after }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <Value of={before} is="gone" />
                <Value of={after} is="new" />
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {long.map(({ name, before, after }) => (
        <div key={name} className="cmp-long">
          <h4>{name}</h4>
          <TextDiff label={`${name} before and after`} before={before ?? ""} after={after ?? ""} />
        </div>
      ))}
    </>
  );
}

const BECOMES = {
  added: "It is only on the second side: it is made.",
  removed: "It is only on the first side: it goes.",
  changed: "It is on both sides, and differs.",
} as const;

export interface DifferenceProps {
  difference: CompareDifference;
  result: CompareResult;
  highlight: (sql: string) => ReactNode;
}

export function Difference({ difference, result, highlight }: DifferenceProps) {
  const { object, kind, change, facets, statements } = difference;
  const own = statements.flatMap((at) => result.statements[at] ?? []);
  return (
    <section className="cmp-difference rh-scroll" aria-label={titleOf(object)} tabIndex={0}>
      <div>
        <h3 className="cmp-title rh-selectable">
          <Sign of={change} quiet /> {titleOf(object)}
        </h3>
        <p className="rh-meta">
          {sentence(kind)}. {BECOMES[change]}
        </p>
      </div>
      {facets.length > 0 ? <Facets facets={facets} /> : null}
      {own.length > 0 ? (
        <div className="cmp-own">
          <h4>{own.length === 1 ? "Statement" : "Statements"}</h4>
          {own.map(({ sql, loses }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a statement is its place.
            <div key={at}>
              <CodeBlock label={`Statement ${at + 1}`} copy={`${sql};`} wrap>
                {highlight(`${sql};`)}
              </CodeBlock>
              {loses ? <Loses>{loses}</Loses> : null}
            </div>
          ))}
        </div>
      ) : null}
    </section>
  );
}

export function Loses({ children }: { children: ReactNode }) {
  return (
    <p className="cmp-loses">
      <Icon name="warning" size={12} className="rh-tone-danger" /> Goes for good: {children}
    </p>
  );
}
