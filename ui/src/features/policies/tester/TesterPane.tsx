/** Tries a statement as somebody else, or as two: always rolled back, on a connection of its own. */
import { useEffect, useRef, useState } from "react";
import { Badge, Button, Checkbox, EmptyState, ErrorBlock, Field, Segmented, Select } from "@/design";
import {
  type AppError,
  failureOf,
  failureProps,
  host,
  type PolicyActor,
  type PolicyAttempted,
  type PolicyOn,
  type PolicyOverview,
} from "@/ipc";
import { hasDrafts, sameTable, tableWords } from "../drafts";
import type { SqlField } from "../editor/ExpressionField";
import { asked, COMMANDS, NO_FILTER, PAGE, type TesterView } from "../model";
import { type Place, useStaged, useTable, useTables } from "../queries";
import { ActorCard } from "./ActorCard";
import { Answer } from "./Answer";
import { NOBODY, preview } from "./model";
import "./tester.css";

/** Rows that are looked at one by one. */
const SAMPLE = 200;

export interface TesterPaneProps {
  place: Place;
  able: boolean;
  overview: PolicyOverview;
  view: TesterView;
  onView: (change: Partial<TesterView>) => void;
  field: SqlField;
  runKeys: string | undefined;
  /** Hears how to run what stands there. */
  onRunnable: (run: (() => void) | null) => void;
}

export function TesterPane(props: TesterPaneProps) {
  const { place, able, overview, view, onView, field, runKeys, onRunnable } = props;
  const [text, setText] = useState("");
  const tables = useTables(place, asked({ ...NO_FILTER, text }), [0], able);
  const staged = useStaged(place, able);
  const table = useTable(place, view.on, able);
  const [actors, setActors] = useState<readonly PolicyActor[]>([
    { ...NOBODY, role: overview.roles.find(({ exposed }) => exposed)?.name ?? null },
  ]);
  const [answer, setAnswer] = useState<readonly PolicyAttempted[] | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [busy, setBusy] = useState(false);
  const { on, trying, count } = view;
  const columns = table.data?.columns;
  const statement = trying === "sql" ? view.statement : on && columns ? preview(on, trying, columns) : "";
  const drafted = on !== null && hasDrafts(on, staged.data?.changes ?? []);
  const reason = !able
    ? "the connection is not open"
    : statement.trim() === ""
      ? on === null && trying !== "sql"
        ? "choose a table"
        : "write a statement"
      : undefined;
  const run = async () => {
    const [first, second] = actors;
    if (reason !== undefined || busy || !first) return;
    setBusy(true);
    setFailure(null);
    const attempt = {
      actor: first,
      statement,
      sample: on === null ? null : { on, rows: SAMPLE, count, drafted },
    };
    try {
      if (second) {
        const both = await host().policyCompare(place.profileId, place.database, attempt, second);
        setAnswer([both.first, both.second]);
      } else setAnswer([await host().policyAttempt(place.profileId, place.database, attempt)]);
    } catch (thrown) {
      setFailure(failureOf(thrown));
      setAnswer(null);
    }
    setBusy(false);
  };
  const latest = useRef(run);
  latest.current = run;
  const tell = useRef(onRunnable);
  tell.current = onRunnable;
  const ready = reason === undefined && !busy;
  useEffect(() => {
    tell.current(ready ? () => void latest.current() : null);
    return () => tell.current(null);
  }, [ready]);
  const rows = Array.from({ length: Math.min(tables.total ?? 0, PAGE) }, (_, index) => tables.at(index)?.on).filter(
    (each): each is PolicyOn => each !== undefined,
  );
  const options = on && !rows.some((each) => sameTable(each, on)) ? [on, ...rows] : rows;
  const one = (index: number) => (actor: PolicyActor) => setActors(actors.with(index, actor));
  return (
    <div className="try rh-scroll">
      <div className="try-bar">
        <Badge tone="ok" icon="undo">
          Always rolled back
        </Badge>
        <span className="rh-meta pol-wide">on a connection of its own, with timeouts for locks and statements</span>
      </div>
      <div className="try-bar">
        <Select
          dense
          label="Table whose rows are looked at"
          icon="table"
          placeholder="choose a table"
          value={on ? tableWords(on) : undefined}
          options={options.map((each) => ({ value: tableWords(each), label: tableWords(each) }))}
          onChange={(name) => {
            setAnswer(null);
            onView({ on: options.find((each) => tableWords(each) === name) ?? null });
          }}
        />
        {(tables.total ?? 0) > PAGE || text !== "" ? (
          <input
            className="try-find"
            aria-label="Find a table"
            placeholder="Find a table"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        ) : null}
        <Segmented
          dense
          label="What is tried"
          value={trying}
          onChange={(next) =>
            onView({ trying: next, ...(next === "sql" && view.statement === "" ? { statement } : {}) })
          }
          options={[
            ...COMMANDS.map(({ value, word }) => ({ value, label: word })),
            { value: "sql" as const, label: "SQL" },
          ]}
        />
        <Checkbox checked={count} onChange={(next) => onView({ count: next })}>
          Count all rows
        </Checkbox>
        <Button
          className="ml-auto"
          variant="primary"
          icon="run"
          loading={busy}
          disabledReason={reason}
          {...(runKeys ? { keys: runKeys, showKeys: true } : {})}
          onClick={() => void run()}
        >
          {actors.length > 1 ? "Try as both" : "Try"}
        </Button>
      </div>
      <div className="try-statement">
        {trying === "sql" ? (
          <div className="pol-sql">
            {field({
              value: view.statement,
              onChange: (next) => onView({ statement: next }),
              before: "",
              wrong: null,
              label: "Statement",
              example: "select count(*) from app.documents",
            })}
          </div>
        ) : (
          <Field label="Statement" layout="stack">
            {(control) => (
              <code id={control.id} className="pol-code rh-selectable">
                {statement === "" ? <span className="text-ink-3">Choose a table.</span> : statement}
              </code>
            )}
          </Field>
        )}
      </div>
      <div className="try-actors">
        {actors.map((actor, index) => (
          <ActorCard
            key={index === 0 ? "A" : "B"}
            place={place}
            letter={index === 0 ? "A" : "B"}
            actor={actor}
            onActor={one(index)}
            roles={overview.roles}
            {...(index === 1 ? { onRemove: () => setActors(actors.slice(0, 1)) } : {})}
          />
        ))}
        {actors.length === 1 ? (
          <Button variant="ghost" icon="plus" onClick={() => setActors([...actors, NOBODY])}>
            Beside another actor
          </Button>
        ) : null}
      </div>
      {drafted ? (
        <p className="rh-meta try-note">
          The drafts of this table are judged beside what there is, on a copy of its rows.
        </p>
      ) : null}
      {failure ? <ErrorBlock {...failureProps(failure)} /> : null}
      {answer ? (
        <Answer attempted={answer} />
      ) : failure ? null : (
        <EmptyState icon="flask" title="Nothing was tried yet">
          Choose a table or write a statement, say as whom, and see which rows come, and why the others do not.
        </EmptyState>
      )}
    </div>
  );
}
