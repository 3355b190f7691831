import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { Badge, Button, Checkbox, Input, SearchField } from "@/design";
import type { GenerateOffer } from "@/ipc";
import {
  choose,
  chosenOf,
  count,
  type Draft,
  factsOf,
  missing,
  namesOf,
  rowsIn,
  tablesInWords,
  USUAL_ROWS,
  withRows,
  withSameRows,
} from "../model";

/** From so many tables on they can be filtered. */
const MANY = 9;

export interface TableChoiceProps {
  offer: GenerateOffer;
  draft: Draft;
  onDraft: (change: (now: Draft) => Draft) => void;
}

/** Up and down go from table to table, in the boxes as in the numbers. */
function onArrows(event: KeyboardEvent<HTMLElement>) {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const field = event.target;
  if (step === 0 || !(field instanceof HTMLInputElement)) return;
  const alike = [...event.currentTarget.querySelectorAll<HTMLInputElement>(`input[type="${field.type}"]:enabled`)];
  const next = alike[alike.indexOf(field) + step];
  event.preventDefault();
  next?.focus();
  if (next?.type === "text") next.select();
}

/** The tables that may get rows, with a number for each. */
export function TableChoice({ offer, draft, onDraft }: TableChoiceProps) {
  const id = useId();
  const [filter, setFilter] = useState("");
  const [same, setSame] = useState(String(USUAL_ROWS));
  const nameOf = useMemo(() => namesOf(offer.candidates), [offer]);
  const { candidates } = offer;
  const chosen = chosenOf(draft);
  const short = useMemo(() => missing(offer, draft), [offer, draft]);
  const words = filter.trim().toLowerCase();
  const shown = candidates.flatMap((candidate, at) =>
    nameOf(candidate.table).toLowerCase().includes(words) ? [{ candidate, at }] : [],
  );
  const all = chosen.length === candidates.length;
  const namesAt = (which: readonly number[]) =>
    which.flatMap((at) => {
      const table = candidates[at]?.table;
      return table ? [nameOf(table)] : [];
    });
  return (
    <section className="rh-generate-tables" aria-label="Tables">
      <div className="rh-generate-bar">
        <Checkbox
          label="All tables"
          checked={all ? true : chosen.length > 0 ? "mixed" : false}
          onChange={(on) =>
            onDraft((now) =>
              choose(
                now,
                candidates.map((_, at) => at),
                on,
              ),
            )
          }
        >
          <span className="tabular-nums">
            {count(chosen.length)} of {count(candidates.length)} {candidates.length === 1 ? "table" : "tables"}
          </span>
        </Checkbox>
        <span className="rh-generate-same">
          <Input
            dense
            mono
            inputMode="numeric"
            aria-label="Rows for all tables"
            aria-invalid={rowsIn(same) === null || undefined}
            value={same}
            onChange={setSame}
            onKeyDown={(event) => {
              if (event.key === "Enter" && rowsIn(same) !== null) onDraft((now) => withSameRows(now, same));
            }}
          />
          <Button
            dense
            disabledReason={rowsIn(same) === null ? "Give a number of rows first" : undefined}
            onClick={() => onDraft((now) => withSameRows(now, same))}
            tooltip="The same number of rows for all tables"
          >
            Set for all
          </Button>
        </span>
      </div>
      {candidates.length >= MANY ? (
        <SearchField dense label="Filter tables" value={filter} onChange={setFilter} />
      ) : null}
      <ul className="rh-generate-list rh-scroll" onKeyDown={onArrows}>
        {shown.map(({ candidate, at }) => {
          const choice = draft.choices[at];
          const name = nameOf(candidate.table);
          const facts = factsOf(candidate, offer, at);
          const rows = choice?.rows ?? "";
          const on = choice?.chosen === true;
          return (
            <li key={name} data-chosen={on || undefined}>
              <div className="rh-generate-name">
                <div className="rh-generate-called">
                  <Checkbox
                    label={name}
                    checked={on}
                    aria-describedby={`${id}-${at}`}
                    onChange={(next) => onDraft((now) => choose(now, [at], next))}
                  >
                    <span className="rh-truncate" title={name}>
                      {name}
                    </span>
                  </Checkbox>
                  {short.empty.includes(at) ? (
                    <Badge tone="warn" tooltip="A table that was chosen refers to it">
                      needed
                    </Badge>
                  ) : null}
                </div>
                <span id={`${id}-${at}`} className="rh-meta rh-truncate" title={facts}>
                  {facts}
                </span>
              </div>
              <Input
                dense
                mono
                inputMode="numeric"
                aria-label={`Rows for ${name}`}
                aria-invalid={(on && rowsIn(rows) === null) || undefined}
                disabled={!on}
                value={rows}
                onChange={(next) => onDraft((now) => withRows(now, at, next))}
              />
            </li>
          );
        })}
        {shown.length === 0 ? <li className="rh-meta">No table is called that.</li> : null}
      </ul>
      <div className="rh-generate-need" aria-live="polite">
        {short.empty.length > 0 ? (
          <>
            <span className="rh-meta">
              {tablesInWords(namesAt(short.empty))} {short.empty.length === 1 ? "seems" : "seem"} empty, and what was
              chosen refers to {short.empty.length === 1 ? "it" : "them"}.
            </span>
            <Button dense onClick={() => onDraft((now) => choose(now, short.empty, true))}>
              {short.empty.length === 1 ? "Choose it too" : "Choose them too"}
            </Button>
          </>
        ) : (
          <span className="rh-meta" hidden={chosen.length === 0}>
            {short.all.length > 0
              ? `Keys lead to rows that are there, in ${tablesInWords(namesAt(short.all))}.`
              : chosen.some((at) => (candidates[at]?.refers_to.length ?? 0) > 0)
                ? "Everything that these tables refer to is chosen."
                : "These tables refer to no others."}
          </span>
        )}
        {short.all.length > short.empty.length ? (
          <Button
            dense
            variant="ghost"
            onClick={() => onDraft((now) => choose(now, short.all, true))}
            tooltip={namesAt(short.all).join(", ")}
          >
            Choose all referred ({count(short.all.length)})
          </Button>
        ) : null}
      </div>
    </section>
  );
}
