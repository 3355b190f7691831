/** How a database stands, before any table of it: the grade, what it is made of, how many tables stand in which way. */
import { Banner, Button, Grade, Icon, number, plural, Skeleton, tip } from "@/design";
import type { PolicyOverview, PolicyState } from "@/ipc";
import { STATES, tallyOf } from "../model";

export interface SummaryProps {
  overview: PolicyOverview;
  /** The state that the list is narrowed to. */
  state: PolicyState | null;
  onState: (state: PolicyState | null) => void;
  /** Opens the advisor; absent where there is none. */
  onAdvisor?: () => void;
}

export function Summary({ overview, state, onState, onAdvisor }: SummaryProps) {
  const { score, counts, login, unread } = overview;
  return (
    <>
      {login.words ? (
        <Banner tone="info" edge>
          {login.words}
        </Banner>
      ) : null}
      {unread.map((words) => (
        <Banner key={words} tone="warn" icon="lock" edge>
          {words}
        </Banner>
      ))}
      <div className="pol-head">
        {score ? (
          <>
            <Grade
              grade={score.grade}
              uncertain={score.uncertain ? "Some rules were not evaluated: it may be worse" : undefined}
            />
            <div className="pol-said">
              <div className="font-[600] rh-truncate">
                {number(score.secured)} of {plural(score.tables, "table")} secured
              </div>
              <div className="rh-meta rh-truncate" title={score.parts.join(" ")}>
                {score.parts.length > 0
                  ? score.parts.join(" ")
                  : `${plural(counts.policies, "policy", "policies")} in all.`}
              </div>
            </div>
          </>
        ) : (
          <>
            <Skeleton width={40} height={40} />
            <div className="pol-said" role="status">
              <div className="font-[600] rh-truncate">{plural(counts.tables, "table")}</div>
              <div className="rh-meta rh-truncate">The rules are being asked: the grade and the findings follow.</div>
            </div>
          </>
        )}
        {onAdvisor ? (
          <Button dense variant="ghost" icon="bulb" onClick={onAdvisor}>
            {score === null || score.errors + score.warnings === 0
              ? "Advisor"
              : `${plural(score.errors, "error")}, ${plural(score.warnings, "warning")}`}
          </Button>
        ) : null}
        <div className="pol-tally" role="group" aria-label="Tables by state">
          {tallyOf(counts).map(({ state: each, count }) => {
            const { icon, tone, word, says } = STATES[each];
            return (
              <button
                key={each}
                type="button"
                className="pol-count"
                data-tone={tone}
                aria-pressed={state === each}
                onClick={() => onState(state === each ? null : each)}
                {...tip(says)}
              >
                <Icon name={icon} size={14} />
                <b>{number(count)}</b> {word}
              </button>
            );
          })}
        </div>
      </div>
    </>
  );
}
