/** What came of an attempt: of the statement for each actor, and of the table's rows, policy by policy. */
import { type ReactNode, useState } from "react";
import { Badge, Banner, EmptyState, ErrorBlock, Icon, Segmented } from "@/design";
import { failureProps, type JudgedPolicy, type PolicyAttempted, type PolicyJudgement } from "@/ipc";
import {
  draftWord,
  isOf,
  outcomeWords,
  remarksOf,
  seenWords,
  type TriedRow,
  triedRows,
  verdictOf,
  type Which,
} from "./model";

/** Columns of the table that stand before the verdicts; the others are in the row's title. */
const MOST_COLUMNS = 5;

export interface AnswerProps {
  attempted: readonly PolicyAttempted[];
}

const LETTERS = ["A", "B"] as const;

function Said({ attempted, letter }: { attempted: PolicyAttempted; letter: "A" | "B" | null }) {
  const { outcome, sample, statement_us, total_us } = attempted;
  const said = outcomeWords(outcome);
  const error = "error" in outcome ? outcome.error : null;
  return (
    <section className="try-said" aria-label={letter ? `As ${letter}` : "What came of it"}>
      <p className="flex items-center gap-2 min-w-0">
        {letter ? (
          <span className="try-letter" data-letter={letter}>
            {letter}
          </span>
        ) : null}
        <span className="try-head" data-tone={said.tone}>
          {said.head}
        </span>
        <span className="rh-meta ml-auto tabular-nums flex-none">
          {(statement_us / 1000).toFixed(1)} ms, all of it {(total_us / 1000).toFixed(0)} ms
        </span>
      </p>
      {sample ? <p className="rh-meta">{sample.unfiltered ?? seenWords(sample)}</p> : null}
      {error ? <ErrorBlock {...failureProps({ ...error, message: said.detail ?? error.message })} /> : null}
      {remarksOf(attempted).map((remark) => (
        <p key={remark} className="rh-meta try-remark">
          <Icon name="info" size={12} /> {remark}
        </p>
      ))}
    </section>
  );
}

export function Answer({ attempted }: AnswerProps) {
  const [first, second] = attempted;
  if (!first) return null;
  return (
    <>
      <div className="try-saids">
        {attempted.map((each, index) => (
          <Said key={LETTERS[index] ?? index} attempted={each} letter={second ? (LETTERS[index] ?? null) : null} />
        ))}
      </div>
      {first.sample ? <Rows first={first.sample} second={second?.sample ?? null} /> : <Plain attempted={first} />}
    </>
  );
}

/** The answer itself, where no table's rows were looked at. */
function Plain({ attempted: { outcome } }: { attempted: PolicyAttempted }) {
  if (outcome.outcome !== "done" || outcome.answer.columns.length === 0) return null;
  const { columns, rows } = outcome.answer;
  return (
    <div className="try-rows rh-scroll" role="region" aria-label="The answer" tabIndex={0}>
      <table className="rh-table">
        <thead>
          <tr>
            {columns.map((name, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns may share a name.
              <th key={index} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
            <tr key={index}>
              {row.map((value, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place.
                <td key={column}>
                  <Value value={value} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ value }: { value: string | null }): ReactNode {
  return value === null ? (
    <Badge mono>NULL</Badge>
  ) : (
    <span className="rh-mono rh-truncate block try-value" title={value}>
      {value}
    </span>
  );
}

const WORDS: Readonly<Record<Which, string>> = {
  all: "All rows",
  only_a: "only A",
  both: "both",
  only_b: "only B",
  hidden: "hidden",
};

function Rows({ first, second }: { first: PolicyJudgement; second: PolicyJudgement | null }) {
  const [which, setWhich] = useState<Which>("all");
  const [whose, setWhose] = useState<"A" | "B">("A");
  const rows = triedRows(first, second);
  const shown = rows.filter((row) => isOf(row, which));
  const judged = whose === "B" && second ? second : first;
  const at = (row: TriedRow) => (whose === "B" && second ? row.second : row.first);
  const choices: readonly Which[] = second
    ? ["all", "only_a", "both", "only_b", "hidden"]
    : ["all", "only_a", "hidden"];
  const label = (each: Which) => (each === "only_a" && !second ? "visible" : WORDS[each]);
  const withDrafts = judged.drafts.length > 0 || judged.unfiltered_by_drafts !== null;
  const approximate = judged.policies.flatMap(({ name, approximate: why, failed }) =>
    why || failed ? [`${name}: ${failed ?? why}`] : [],
  );
  if (judged.rows.length === 0) {
    return (
      <EmptyState icon="rows" title="The table has no row to look at">
        Policies are judged row by row.
      </EmptyState>
    );
  }
  return (
    <>
      <div className="try-bar">
        <Segmented
          dense
          label="Which rows"
          value={which}
          onChange={setWhich}
          options={choices.map((each) => ({
            value: each,
            label: label(each),
            count: rows.filter((row) => isOf(row, each)).length,
          }))}
        />
        {second ? (
          <Segmented
            dense
            label="Verdicts for"
            value={whose}
            onChange={setWhose}
            options={[
              { value: "A", label: "Verdicts for A" },
              { value: "B", label: "for B" },
            ]}
          />
        ) : null}
      </div>
      {approximate.map((words) => (
        <Banner key={words} tone="warn" edge>
          {words}
        </Banner>
      ))}
      <div className="try-rows rh-scroll" role="region" aria-label="Rows and verdicts" tabIndex={0}>
        <table className="rh-table">
          <thead>
            <tr>
              <th scope="col">Sees</th>
              {judged.columns.slice(0, MOST_COLUMNS).map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              {judged.policies.map((policy) => (
                <PolicyHead key={policy.name} policy={policy} />
              ))}
              {withDrafts ? <th scope="col">With drafts</th> : null}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => {
              const index = at(row);
              const verdicts = judged.rows[index]?.verdicts ?? [];
              return (
                <tr
                  key={`${row.first} ${row.second}`}
                  data-hidden={row.seen.every((seen) => seen !== true) || undefined}
                >
                  <td>
                    <Sees seen={row.seen} />
                  </td>
                  {row.values.slice(0, MOST_COLUMNS).map((value, column) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place.
                    <td key={column}>
                      <Value value={value} />
                    </td>
                  ))}
                  {judged.policies.map((policy, place) => (
                    <td key={policy.name}>
                      <Judged policy={policy} verdict={verdicts[place]} />
                    </td>
                  ))}
                  {withDrafts ? (
                    <td>
                      <Drafted word={draftWord(judged, index)} letter={second ? whose : null} />
                    </td>
                  ) : null}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

function PolicyHead({ policy }: { policy: JudgedPolicy }) {
  return (
    <th scope="col" title={[policy.using, policy.with_check].filter(Boolean).join("\n")}>
      <span className="rh-truncate block">{policy.name}</span>
      <span className="rh-meta">
        {policy.applies ? (policy.permissive ? "any" : "all") : "not for this actor"} · {policy.command}
        {policy.approximate ? " · approximate" : ""}
      </span>
    </th>
  );
}

function Sees({ seen }: { seen: TriedRow["seen"] }) {
  if (seen.length === 1)
    return seen[0] === null ? "?" : seen[0] ? "visible" : <span className="text-ink-3">hidden</span>;
  return (
    <span className="flex gap-1">
      {seen.map((each, index) => {
        const letter = LETTERS[index] ?? "A";
        return (
          <span key={letter} className="try-letter" data-letter={letter} data-off={each !== true || undefined}>
            {each === true ? letter : each === null ? "?" : ""}
          </span>
        );
      })}
    </span>
  );
}

function Judged({
  policy,
  verdict,
}: {
  policy: JudgedPolicy;
  verdict: PolicyJudgement["rows"][number]["verdicts"][number] | undefined;
}) {
  if (!verdict || !policy.applies) return <span className="text-ink-3">·</span>;
  const [using, check] = verdict;
  const shown = using === "absent" ? check : using;
  const { word, icon, tone } = verdictOf(shown, policy);
  return (
    <span
      className="try-verdict"
      data-tone={tone}
      title={using === "absent" ? "WITH CHECK" : `USING; WITH CHECK: ${verdictOf(check, policy).word}`}
    >
      <Icon name={icon} size={12} /> {word}
    </span>
  );
}

function Drafted({ word, letter }: { word: "gains" | "loses" | null; letter: string | null }) {
  if (word === null) return null;
  const who = letter ? `${letter} ` : "";
  return (
    <span className="try-verdict" data-tone={word === "gains" ? "ok" : "danger"}>
      <Icon name={word === "gains" ? "plus" : "minus"} size={12} /> {who}
      {word}
    </span>
  );
}
