/** What came of an attempt: of the statement for each actor, and of the table's rows, policy by policy. */
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { Badge, Banner, Button, EmptyState, ErrorBlock, Icon, number, plural, Segmented } from "@/design";
import { failureProps, type JudgedPolicy, type PolicyAttempted, type PolicyColumn, type PolicyJudgement } from "@/ipc";
import { COMMANDS, type OneCommand } from "../model";
import type { At } from "../walking";
import { outcomeWords, remarksOf, seenWords, verdictOf } from "./model";
import { type GridColumn, RowsGrid } from "./RowsGrid";
import {
  type Changed,
  isAsked,
  isChanged,
  isDrafted,
  isOf,
  type TriedRow,
  triedRows,
  verdictFor,
  type Which,
  whyOf,
} from "./rows";
import { WhatIfTable } from "./WhatIfTable";

export interface AnswerProps {
  attempted: readonly PolicyAttempted[];
  /** The command that the rows are judged for at first. */
  command: OneCommand;
  /** The table's columns, for their types. */
  types: readonly PolicyColumn[];
}

const LETTERS = ["A", "B"] as const;

function Said({ attempted, letter }: { attempted: PolicyAttempted; letter: "A" | "B" | null }) {
  const { outcome, sample, statement_us, total_us } = attempted;
  const said = outcomeWords(outcome);
  const error = "error" in outcome ? outcome.error : null;
  const seen = sample && sample.unfiltered === null ? seenWords(sample) : null;
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
      {said.why ? <p className="rh-meta">{said.why}</p> : null}
      {seen ? (
        <p className="try-seen">
          {seen.count === null ? null : <b className="try-count">{seen.count}</b>}
          <span>{seen.of}</span>
          <span className="rh-meta">{seen.rests}</span>
        </p>
      ) : sample ? (
        <p className="rh-meta">{sample.unfiltered}</p>
      ) : null}
      {error ? <ErrorBlock {...failureProps({ ...error, message: said.detail ?? error.message })} /> : null}
      {remarksOf(attempted).map((remark) => (
        <p key={remark} className="rh-meta try-remark">
          <Icon name="info" size={12} /> {remark}
        </p>
      ))}
    </section>
  );
}

export function Answer({ attempted, command, types }: AnswerProps) {
  const [first, second] = attempted;
  if (!first) return null;
  return (
    <>
      <div className="try-saids">
        {attempted.map((each, index) => (
          <Said key={LETTERS[index] ?? index} attempted={each} letter={second ? (LETTERS[index] ?? null) : null} />
        ))}
      </div>
      {first.sample ? (
        <Rows first={first.sample} second={second?.sample ?? null} begin={command} types={types} />
      ) : (
        <Plain attempted={first} />
      )}
    </>
  );
}

/** As wide as what stands in it, within reason. */
function widthOf(name: string, values: readonly (string | null | undefined)[]): number {
  const longest = values.slice(0, 60).reduce((most, value) => Math.max(most, value?.length ?? 4), name.length);
  return Math.min(320, Math.max(72, Math.ceil(longest * 7.4) + 26));
}

function valueColumn(
  name: string,
  place: number,
  type: string,
  rows: readonly { readonly values: readonly (string | null)[] }[],
): GridColumn {
  const at = (row: number) => rows[row]?.values[place];
  return {
    key: `value ${place}`,
    name,
    meta: type,
    title: type ? `${name} ${type}` : name,
    width: widthOf(
      name.length > type.length ? name : type,
      rows.map(({ values }) => values[place]),
    ),
    numeric: NUMERIC.test(type),
    cell: (row) => <Value value={at(row) ?? null} />,
    text: (row) => at(row) ?? "",
  };
}
const NUMERIC = /^(smallint|integer|bigint|int[248]?|numeric|decimal|real|double precision|float[48]|money|oid)\b/;

/** The answer itself, where no table's rows were looked at. */
function Plain({ attempted: { outcome } }: { attempted: PolicyAttempted }) {
  const [chosen, setChosen] = useState<At>({ row: 0, column: 0 });
  if (outcome.outcome !== "done" || outcome.answer.columns.length === 0) return null;
  const { columns, rows } = outcome.answer;
  const made = rows.map((values) => ({ values }));
  const [lead, ...others] = columns.map((name, place) => valueColumn(name, place, "", made));
  return (
    <div className="try-rows">
      <RowsGrid
        label="The answer"
        stuck={lead ? [lead] : []}
        columns={others}
        count={rows.length}
        dim={() => false}
        chosen={chosen}
        onChosen={setChosen}
      />
    </div>
  );
}

function Value({ value }: { value: string | null }): ReactNode {
  if (value === null) return <Badge mono>NULL</Badge>;
  if (value === "") return <span className="rh-mono text-ink-3">''</span>;
  return (
    <span className="rh-mono rh-truncate block" title={value}>
      {value}
    </span>
  );
}

const WORDS: Readonly<Record<Which, string>> = {
  all: "All rows",
  only_a: "only A",
  both: "both",
  only_b: "only B",
  hidden: "neither",
};
/** What reaching a row is called, and not reaching it. */
const REACH: Readonly<Record<OneCommand, readonly [string, string]>> = {
  select: ["visible", "hidden"],
  insert: ["may be added", "refused"],
  update: ["may be changed", "out of reach"],
  delete: ["may be removed", "out of reach"],
};

interface RowsProps {
  first: PolicyJudgement;
  second: PolicyJudgement | null;
  begin: OneCommand;
  types: readonly PolicyColumn[];
}

function Rows({ first, second, begin, types }: RowsProps) {
  const [command, setCommand] = useState(begin);
  const [which, setWhich] = useState<Which>("all");
  const [changed, setChanged] = useState<Changed | null>(null);
  const [whose, setWhose] = useState<"A" | "B">("A");
  const [everyPolicy, setEveryPolicy] = useState(false);
  const [chosen, setChosen] = useState<At>({ row: 0, column: 0 });
  const rows = useMemo(() => triedRows(first, second, command), [first, second, command]);
  const shown = useMemo(
    () => rows.filter((row) => isOf(row, which) && (changed === null || isChanged(row, changed))),
    [rows, which, changed],
  );
  const judged = whose === "B" && second ? second : first;
  const place = useCallback(
    (row: number): number => {
      const tried = shown[row];
      return tried ? (whose === "B" && second ? tried.second : tried.first) : -1;
    },
    [shown, whose, second],
  );
  const drafted = isDrafted(judged);
  const choices: readonly Which[] = second
    ? ["all", "only_a", "both", "only_b", "hidden"]
    : ["all", "only_a", "hidden"];
  const [reached, missed] = REACH[command];
  const label = (each: Which) => (second || each === "all" ? WORDS[each] : each === "only_a" ? reached : missed);
  const begins = (next: () => void) => {
    next();
    setChosen({ row: 0, column: 0 });
  };
  const asked = judged.policies.filter((policy) => isAsked(policy, command));
  const left = judged.policies.length - asked.length;
  const columns = useMemo((): readonly GridColumn[] => {
    const policies = judged.policies.flatMap((policy, at): GridColumn[] =>
      everyPolicy || isAsked(policy, command) ? [policyColumn(policy, at, judged, command, place)] : [],
    );
    const values = judged.columns.map((name, at) =>
      valueColumn(name, at, types.find((column) => column.name === name)?.native_type ?? "", shown),
    );
    const lead = judged.key[0] ?? 0;
    const changes: GridColumn[] = drafted
      ? [
          {
            key: "drafts",
            name: "With drafts",
            meta: "what if",
            width: second ? 148 : 112,
            cell: (row) => <Changes row={shown[row]} two={second !== null} />,
            text: (row) => (shown[row]?.changes ?? []).map((change) => change ?? "stays").join(", "),
          },
        ]
      : [];
    const [start, ...others] = [...policies, ...changes];
    const verdicts = start ? [{ ...start, first: true }, ...others] : [];
    const rest = values.filter((_, at) => at !== lead);
    const [next, ...more] = rest;
    return [...verdicts, ...(next ? [{ ...next, first: true }, ...more] : [])];
  }, [judged, shown, command, everyPolicy, types, drafted, second, place]);
  const stuck = useMemo((): readonly GridColumn[] => {
    const lead = judged.key[0] ?? 0;
    const name = judged.columns[lead];
    const sees: GridColumn = {
      key: "sees",
      name: second ? "Reach" : (COMMANDS.find(({ value }) => value === command)?.word ?? ""),
      meta: second ? "A · B" : "by this actor",
      width: second ? 64 : 124,
      cell: (row) => <Sees seen={shown[row]?.seen ?? []} words={REACH[command]} />,
      text: (row) => (shown[row]?.seen ?? []).map((seen) => (seen === null ? "?" : seen ? reached : missed)).join(", "),
    };
    if (name === undefined) return [sees];
    const key = valueColumn(name, lead, types.find((column) => column.name === name)?.native_type ?? "", shown);
    return [sees, { ...key, width: Math.min(key.width, 200) }];
  }, [judged, shown, command, types, second, reached, missed]);
  if (judged.rows.length === 0 && rows.length === 0) {
    return (
      <EmptyState icon="rows" title="The table has no row to look at">
        Policies are judged row by row.
      </EmptyState>
    );
  }
  const at = Math.min(chosen.row, Math.max(0, shown.length - 1));
  return (
    <>
      <div className="try-bar">
        <Segmented
          dense
          label="Rows by command"
          value={command}
          onChange={(next) => begins(() => setCommand(next))}
          options={COMMANDS.map(({ value, word }) => ({ value, label: word }))}
        />
        <Segmented
          dense
          label="Which rows"
          value={which}
          onChange={(next) =>
            begins(() => {
              setWhich(next);
              setChanged(null);
            })
          }
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
        {left > 0 ? (
          <Button dense variant="ghost" pressed={everyPolicy} onClick={() => setEveryPolicy(!everyPolicy)}>
            {plural(left, "policy", "policies")} not asked
          </Button>
        ) : null}
      </div>
      {second ? <Share rows={rows} /> : null}
      <WhatIfTable
        judgements={second ? [first, second] : [first]}
        command={command}
        chosen={changed}
        onChosen={(by, next) =>
          begins(() => {
            setCommand(by);
            setWhich("all");
            setChanged(next);
          })
        }
      />
      {judged.policies.map(({ name, approximate, failed }) =>
        approximate || failed ? (
          <Banner key={name} tone="warn" icon={failed ? "error" : "info"} edge>
            {name} {failed ? `is not evaluated: ${failed}` : `is about right only: ${approximate}`}
          </Banner>
        ) : null,
      )}
      {shown.length === 0 ? (
        <EmptyState picture="empty" title="No row is of that kind" />
      ) : (
        <div className="try-rows">
          <RowsGrid
            label="Rows and verdicts"
            stuck={stuck}
            columns={columns}
            count={shown.length}
            dim={(row) => shown[row]?.seen.every((seen) => seen !== true) ?? false}
            chosen={{ row: at, column: Math.min(chosen.column, stuck.length + columns.length - 1) }}
            onChosen={setChosen}
          />
        </div>
      )}
      <Why row={shown[at]} first={first} second={second} command={command} />
    </>
  );
}

function policyColumn(
  policy: JudgedPolicy,
  at: number,
  judged: PolicyJudgement,
  command: OneCommand,
  place: (row: number) => number,
): GridColumn {
  const kind = policy.applies ? (policy.permissive ? "any" : "restrictive") : "not for this actor";
  const verdict = (row: number) => verdictFor(command, judged.rows[place(row)]?.verdicts[at]);
  return {
    key: `policy ${policy.name}`,
    name: policy.name,
    meta: `${policy.approximate ? "about, " : ""}${kind} · ${policy.command}`,
    title: [
      `${policy.name}: ${kind}`,
      policy.using && `USING ${policy.using}`,
      policy.with_check && `WITH CHECK ${policy.with_check}`,
    ]
      .filter(Boolean)
      .join("\n"),
    width: Math.min(220, Math.max(policy.permissive ? 124 : 150, Math.ceil(policy.name.length * 7) + 26)),
    cell: (row) => {
      if (place(row) < 0 || !isAsked(policy, command)) return <span className="text-ink-3">not asked</span>;
      const { word, icon, tone } = verdictOf(verdict(row), policy);
      return (
        <span className="try-verdict" data-tone={tone}>
          <Icon name={icon} size={12} /> {policy.approximate ? `${word}, about` : word}
        </span>
      );
    },
    text: (row) => (place(row) < 0 || !isAsked(policy, command) ? "not asked" : verdictOf(verdict(row), policy).word),
  };
}

function Sees({ seen, words }: { seen: TriedRow["seen"]; words: readonly [string, string] }) {
  if (seen.length === 1) {
    const [one] = seen;
    return (
      <span className="try-verdict" data-tone={one === true ? "ok" : "neutral"}>
        <Icon name={one === true ? "check" : one === null ? "warning" : "eye-off"} size={12} />{" "}
        {one === null || one === undefined ? "not known" : words[one ? 0 : 1]}
      </span>
    );
  }
  return (
    <span className="flex gap-1">
      {seen.map((each, index) => {
        const letter = LETTERS[index] ?? "A";
        return (
          <span key={letter} className="try-letter" data-letter={letter} data-off={each !== true || undefined}>
            {each === true ? letter : each === null ? "?" : <span className="rh-visually-hidden">not {letter}</span>}
          </span>
        );
      })}
    </span>
  );
}

function Changes({ row, two }: { row: TriedRow | undefined; two: boolean }) {
  return (
    <span className="flex gap-2">
      {(row?.changes ?? []).map((change, index) =>
        change === null ? null : (
          <span key={LETTERS[index]} className="try-verdict" data-tone={change === "appears" ? "ok" : "danger"}>
            <Icon name={change === "appears" ? "plus" : "minus"} size={12} /> {two ? `${LETTERS[index]} ` : ""}
            {change === "appears" ? "gains" : "loses"}
          </span>
        ),
      )}
    </span>
  );
}

/** How the rows fall to A, both, B and neither, as lengths. The counts stand in the choices above. */
function Share({ rows }: { rows: readonly TriedRow[] }) {
  const parts = (["only_a", "both", "only_b", "hidden"] as const).map((which) => ({
    which,
    count: rows.filter((row) => isOf(row, which)).length,
  }));
  return (
    <div
      className="try-share"
      role="img"
      aria-label={parts.map(({ which, count }) => `${WORDS[which]}: ${number(count)}`).join(", ")}
    >
      {parts.map(({ which, count }) =>
        count > 0 ? <span key={which} data-which={which} style={{ flexGrow: count }} /> : null,
      )}
    </div>
  );
}

/** Why the chosen row is reached, or not, by each actor. */
function Why(props: {
  row: TriedRow | undefined;
  first: PolicyJudgement;
  second: PolicyJudgement | null;
  command: OneCommand;
}) {
  const { row, first, second, command } = props;
  if (!row) return null;
  const name = (first.key.length > 0 ? first.key.map((index) => row.values[index]) : row.values.slice(0, 1)).join(", ");
  return (
    <section className="try-why" aria-label="Why this row" aria-live="polite">
      <Icon name="info" size={14} />
      <b className="rh-mono rh-truncate">{name}</b>
      <span className="min-w-0">
        <span className="block">
          {second ? "A " : "The actor "}
          {whyOf(first, row.first, command)}.
        </span>
        {second ? <span className="block">B {whyOf(second, row.second, command)}.</span> : null}
      </span>
    </section>
  );
}
