/** Rows that drafts bring to kept actors and take from them, before anything is applied: asked when a person wants to see it. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, ErrorBlock, number, plural, Skeleton } from "@/design";
import {
  failureOf,
  failureProps,
  host,
  type PolicyOn,
  type PolicyWhatIf,
  queryKeys,
  type SavedPolicyActor,
} from "@/ipc";
import { tableWords } from "../drafts";
import type { Place } from "../queries";

/** Rows of each table that are looked at. */
const ROWS = 200;
/** Actors that are asked for at once. */
const MOST = 8;

export function WhatIfRows({ place, tables }: { place: Place; tables: readonly PolicyOn[] }) {
  const { profileId, database } = place;
  const [wanted, setWanted] = useState(false);
  const key = queryKeys.security(profileId, database);
  const saved = useQuery({
    queryKey: [...queryKeys.security(profileId, null), "actors"],
    queryFn: () => host().policyActors(profileId),
    retry: false,
  });
  const actors = (saved.data ?? []).slice(0, MOST);
  const answers = useQueries({
    queries: tables.map((on) => ({
      queryKey: [...key, "what if", on, actors],
      queryFn: () =>
        host().policyWhatIf(
          profileId,
          database,
          on,
          actors.map(({ actor }) => actor),
          ROWS,
        ),
      enabled: wanted && actors.length > 0,
      retry: false,
    })),
  });
  return (
    <section aria-label="Rows for the actors you keep">
      <h3 className="pol-h">Rows for the actors you keep</h3>
      {saved.data && actors.length === 0 ? (
        <p className="rh-meta">
          Keep actors in the tester, and see here which rows the drafts bring them and take from them.
        </p>
      ) : wanted ? (
        tables.map((on, index) => {
          const answer = answers[index];
          return (
            <div key={tableWords(on)} className="pol-ifs">
              {answer?.data ? (
                <OfTable on={on} actors={actors} answer={answer.data} />
              ) : answer?.error ? (
                <ErrorBlock {...failureProps(failureOf(answer.error))} />
              ) : (
                <Skeleton width="100%" height={80} />
              )}
            </div>
          );
        })
      ) : (
        <p className="flex items-center gap-2">
          <Button dense icon="flask" onClick={() => setWanted(true)}>
            Look at rows
          </Button>
          <span className="rh-meta">
            {plural(actors.length, "actor")}, {plural(tables.length, "table")}: judged on copies of up to {ROWS} rows
            each, nothing is applied.
          </span>
        </p>
      )}
    </section>
  );
}

function OfTable({ on, actors, answer }: { on: PolicyOn; actors: readonly SavedPolicyActor[]; answer: PolicyWhatIf }) {
  const name = (rows: readonly number[]) =>
    rows
      .slice(0, 6)
      .map((row) => answer.key.map((at) => answer.rows[row]?.[at] ?? "NULL").join(", ") || String(row + 1))
      .join("; ") + (rows.length > 6 ? " …" : "");
  return (
    <table className="rh-table" aria-label={`Rows of ${tableWords(on)}`}>
      <thead>
        <tr>
          <th scope="col">{tableWords(on)}</th>
          <th scope="col">Command</th>
          <th scope="col">Appear</th>
          <th scope="col">Disappear</th>
          <th scope="col">Stay</th>
        </tr>
      </thead>
      <tbody>
        {answer.actors.map((told, index) => {
          const actor = actors[index]?.name ?? "";
          const said = told.problem?.message ?? told.reason;
          if (said) {
            return (
              <tr key={actor}>
                <th scope="row">{actor}</th>
                <td colSpan={4} className="rh-meta">
                  {said}
                </td>
              </tr>
            );
          }
          return told.commands.map(({ command, appears, disappears, stays, unknown, because }, at) => (
            <tr key={`${actor} ${command}`}>
              <th scope="row">{at === 0 ? actor : <span className="rh-visually-hidden">{actor}</span>}</th>
              <td className="rh-mono">{command.toUpperCase()}</td>
              {because ? (
                <td colSpan={3} className="rh-meta">
                  {because}
                </td>
              ) : (
                <>
                  <td className={appears.length > 0 ? "pol-gain" : "text-ink-3"} title={name(appears)}>
                    {appears.length > 0 ? `+ ${plural(appears.length, "row")}` : "none"}
                  </td>
                  <td className={disappears.length > 0 ? "pol-loss" : "text-ink-3"} title={name(disappears)}>
                    {disappears.length > 0 ? `− ${plural(disappears.length, "row")}` : "none"}
                  </td>
                  <td className="rh-meta">
                    {number(stays.length)}
                    {unknown.length > 0 ? `, ${number(unknown.length)} not known` : ""}
                  </td>
                </>
              )}
            </tr>
          ));
        })}
      </tbody>
    </table>
  );
}
