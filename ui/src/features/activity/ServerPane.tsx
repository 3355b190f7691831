/** What a server says of itself: a few figures over time, all others by section, and its advice in its own words. */
import { useState } from "react";
import { Banner, Button, CodeBlock, Select } from "@/design";
import type { ServerFact, ServerSection, ServerTold } from "@/ipc";
import { clockTime } from "./model";
import { drawn, factNote, factText, type History, linePoints, since } from "./telling";

const LINE = { width: 96, height: 24 };

function Line({ values }: { values: readonly number[] }) {
  const points = linePoints(values, LINE.width, LINE.height);
  return (
    <svg
      className="act-line"
      viewBox={`0 0 ${LINE.width} ${LINE.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {points ? <polyline points={points} vectorEffect="non-scaling-stroke" /> : null}
    </svg>
  );
}

function Tile({ fact, history }: { fact: ServerFact; history: History }) {
  const readings = history.figures.get(fact.name) ?? [];
  const first = readings[0];
  const change = since(fact, readings);
  return (
    <li className="act-tile" data-tip={factNote(fact)}>
      <span className="act-tile-label">{fact.label}</span>
      <span className="act-tile-value tabular-nums">{factText(fact)}</span>
      <Line values={drawn(readings, fact.trend)} />
      <span className="rh-meta tabular-nums act-tile-since">
        {change && first ? `${change} since ${clockTime(first.at).slice(0, 5)}` : fact.computed ? "computed" : "\u00a0"}
      </span>
    </li>
  );
}

/** Words that say that something is wrong, as servers write them. */
const isBad = ({ name, value }: ServerFact) => /status$/.test(name) && /^(err|down|fail)/i.test(value);

function Facts({ section }: { section: ServerSection }) {
  const [all, setAll] = useState(false);
  const minor = section.facts.filter((fact) => fact.minor).length;
  const shown = section.facts.filter((fact) => all || !fact.minor);
  return (
    <section className="act-facts" aria-label={section.label}>
      <h3>{section.label}</h3>
      <dl>
        {shown.map((fact) => (
          <div key={fact.name} data-tip={factNote(fact)} data-bad={isBad(fact) || undefined}>
            <dt className={fact.minor ? "text-ink-3" : undefined}>{fact.label}</dt>
            <dd className={fact.unit === "text" ? "rh-mono rh-selectable" : "tabular-nums rh-selectable"}>
              {factText(fact)}
            </dd>
          </div>
        ))}
      </dl>
      {minor > 0 ? (
        <Button dense variant="ghost" pressed={all} onClick={() => setAll(!all)}>
          {all ? "Fewer" : `${minor} more`}
        </Button>
      ) : null}
    </section>
  );
}

export interface ServerPaneProps {
  told: ServerTold;
  history: History;
  dimmed: boolean;
}

export function ServerPane({ told, history, dimmed }: ServerPaneProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const member = told.members.find(({ name }) => name === chosen) ?? told.members[0];
  const advice = told.advice.filter(({ part }) => part === null || part === member?.name);
  const several = told.members.length > 1;
  return (
    <div className="act-server" data-dimmed={dimmed || undefined} data-focus-first tabIndex={-1}>
      <ul className="act-tiles" aria-label={several ? "All servers together" : "Figures"}>
        {told.headline.map((fact) => (
          <Tile key={fact.name} fact={fact} history={history} />
        ))}
      </ul>
      {several ? (
        <div className="act-member">
          <span className="rh-meta">Of one server</span>
          <Select
            label="Server"
            dense
            mono
            value={member?.name ?? ""}
            onChange={setChosen}
            options={told.members.map(({ name }) => ({ value: name, label: name }))}
          />
        </div>
      ) : null}
      {advice.length > 0 ? (
        <section className="act-advice" aria-label="Advice">
          <h3>What the server advises</h3>
          {advice.map(({ asked, text, part }) => (
            <div key={`${asked} ${part ?? ""}`}>
              <span className="rh-meta rh-mono">{asked}</span>
              <CodeBlock label={asked} copy={text} wrap>
                {text}
              </CodeBlock>
            </div>
          ))}
        </section>
      ) : null}
      <div className="act-sections">
        {member?.sections.map((section) => (
          <Facts key={`${member.name} ${section.label}`} section={section} />
        ))}
      </div>
      {told.members.length === 0 && told.headline.length === 0 ? (
        <Banner tone="warn">The server answered, and told nothing of itself.</Banner>
      ) : null}
    </div>
  );
}
