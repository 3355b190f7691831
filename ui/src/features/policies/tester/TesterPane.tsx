/** Tries a statement as somebody else, or as two: always rolled back, on a connection of its own. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Badge, Button, Checkbox, EmptyState, ErrorBlock, Field, Segmented, tip } from "@/design";
import {
  type AppError,
  failureOf,
  failureProps,
  host,
  type PolicyActor,
  type PolicyAttempted,
  type PolicyOverview,
} from "@/ipc";
import { hasDrafts } from "../drafts";
import type { SqlField } from "../editor/ExpressionField";
import { COMMANDS, type OneCommand, type TesterView } from "../model";
import { type Place, useStaged, useTable } from "../queries";
import { ActorCard } from "./ActorCard";
import { Answer } from "./Answer";
import { commandOf, NOBODY, preview } from "./model";
import { TablePicker } from "./TablePicker";
import { TriedMenu, triedKey } from "./TriedMenu";
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
  /** Keeps what was tried as cases of a suite. */
  onKeep: (answered: Answered) => void;
}

/** What was tried, as whom, and what came of it. */
export interface Answered {
  readonly statement: string;
  readonly actors: readonly PolicyActor[];
  readonly command: OneCommand;
  readonly attempted: readonly PolicyAttempted[];
}

const sameActors = (one: readonly PolicyActor[], other: readonly PolicyActor[]) =>
  JSON.stringify(one) === JSON.stringify(other);

export function TesterPane(props: TesterPaneProps) {
  const { place, able, overview, view, onView, field, runKeys, onRunnable, onKeep } = props;
  const staged = useStaged(place, able);
  const table = useTable(place, view.on, able);
  const { on, trying, count } = view;
  const actors =
    view.actors.length > 0
      ? view.actors
      : [{ ...NOBODY, role: overview.roles.find(({ exposed }) => exposed)?.name ?? null }];
  const setActors = (next: readonly PolicyActor[]) => onView({ actors: next });
  const [answer, setAnswer] = useState<Answered | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
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
      const asked = { statement, actors, command: commandOf(trying, statement) };
      if (second) {
        const both = await host().policyCompare(place.profileId, place.database, attempt, second);
        setAnswer({ ...asked, attempted: [both.first, both.second] });
      } else
        setAnswer({
          ...asked,
          attempted: [await host().policyAttempt(place.profileId, place.database, attempt)],
        });
    } catch (thrown) {
      setFailure(failureOf(thrown));
      setAnswer(null);
    }
    setBusy(false);
    void queries.invalidateQueries({ queryKey: triedKey(place) });
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
  const one = (index: number) => (actor: PolicyActor) => setActors(actors.with(index, actor));
  return (
    <div className="try rh-scroll">
      <div className="try-bar">
        <TablePicker
          place={place}
          able={able}
          label="Table whose rows are looked at"
          on={on}
          onChoose={(next) => {
            setAnswer(null);
            onView({ on: next });
          }}
        />
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
        <TriedMenu
          place={place}
          able={able}
          onChoose={({ actor, second, statement: text }) =>
            onView({ trying: "sql", statement: text, actors: second ? [actor, second] : [actor] })
          }
        />
        <span className="try-safe" {...tip("On a connection of its own, with timeouts for locks and statements")}>
          <Badge tone="ok" icon="undo">
            Always rolled back
          </Badge>
        </span>
        <Button
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
            able={able}
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
        <>
          <div className="try-bar try-kept">
            <span className="rh-meta rh-truncate">
              Tried: <span className="rh-mono">{answer.statement}</span>
              {answer.statement === statement && sameActors(answer.actors, actors)
                ? ""
                : " (what stands above has changed since)"}
            </span>
            <Button
              dense
              variant="ghost"
              icon="flask"
              tooltip="Adds it to the suite, with what came of it as what is to come"
              onClick={() => onKeep(answer)}
            >
              {answer.attempted.length > 1 ? "Keep both as cases" : "Keep this as a case"}
            </Button>
          </div>
          <Answer key={answer.command} attempted={answer.attempted} command={answer.command} types={columns ?? []} />
        </>
      ) : failure ? null : busy ? (
        <EmptyState picture="loading" title="Trying it" />
      ) : (
        <EmptyState icon="flask" title="Nothing was tried yet">
          Choose a table or write a statement, say as whom, and see which rows come, and why the others do not.
        </EmptyState>
      )}
    </div>
  );
}
