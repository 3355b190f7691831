/** What the drafts of a table change for each actor and command, before they are applied: pressing a number shows those rows. */
import { Badge, number, plural } from "@/design";
import type { PolicyJudgement } from "@/ipc";
import { COMMANDS, type OneCommand } from "../model";
import { type Changed, type WhatIf, whatIf } from "./rows";

export interface WhatIfTableProps {
  judgements: readonly PolicyJudgement[];
  command: OneCommand;
  chosen: Changed | null;
  onChosen: (command: OneCommand, changed: Changed | null) => void;
}

const LETTERS = ["A", "B"] as const;
const SIGN = { appears: "+", disappears: "−" } as const;

export function WhatIfTable({ judgements, command, chosen, onChosen }: WhatIfTableProps) {
  const told = judgements.map(whatIf);
  const unfiltered = judgements.find((each) => each.unfiltered_by_drafts !== null)?.unfiltered_by_drafts ?? null;
  if (told.every((each) => each.length === 0) && unfiltered === null) return null;
  const cell = (actor: number, one: WhatIf, change: Changed["change"]) => {
    const count = one[change];
    if (count === 0) return null;
    const on = chosen?.actor === actor && chosen.change === change && one.command === command;
    const words = `${plural(count, "row")} ${count === 1 ? change : change.slice(0, -1)}`;
    return (
      <button
        key={change}
        type="button"
        className="try-if"
        data-tone={change === "appears" ? "ok" : "danger"}
        aria-pressed={on}
        onClick={() => onChosen(one.command, on ? null : { actor, change })}
      >
        {SIGN[change]} {words}
      </button>
    );
  };
  return (
    <section className="try-ifs" aria-label="What the drafts change">
      <p className="flex items-center gap-2">
        <Badge tone="warn" icon="edit">
          What if
        </Badge>
        <span>The drafts of this table, judged on a copy of its rows: nothing was applied.</span>
      </p>
      {unfiltered === null ? null : <p className="rh-meta">{unfiltered}</p>}
      {told.some((each) => each.length > 0) ? (
        <table className="rh-table">
          <thead>
            <tr>
              <th scope="col">Actor</th>
              {COMMANDS.map(({ value, word }) => (
                <th key={value} scope="col">
                  {word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {told.map((commands, actor) => (
              <tr key={LETTERS[actor]}>
                <th scope="row">{judgements.length > 1 ? LETTERS[actor] : "this actor"}</th>
                {commands.map((one) => (
                  <td key={one.command}>
                    <span className="flex flex-wrap gap-2 items-center">
                      {cell(actor, one, "appears")}
                      {cell(actor, one, "disappears")}
                      <span className="rh-meta">
                        {one.stays > 0 ? `${number(one.stays)} as before` : ""}
                        {one.unknown > 0 ? `${one.stays > 0 ? ", " : ""}${number(one.unknown)} not known` : ""}
                      </span>
                    </span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}
