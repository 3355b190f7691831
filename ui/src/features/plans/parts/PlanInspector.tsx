/** One step whole: its numbers, its conditions, and everything the server says of it. */
import { useState } from "react";
import { Badge, Checkbox, type Property, PropertyList } from "@/design";
import type { ExplainedPlan } from "@/ipc";
import { bytes, duration, grouped, isNothing } from "../model";

export interface PlanInspectorProps {
  explained: ExplainedPlan;
  place: number;
  onSelect: (place: number) => void;
}

const per = (loops: string | null | undefined) => (loops && loops !== "1" ? ` in each of ${grouped(loops)} loops` : "");

export function PlanInspector({ explained, place, onSelect }: PlanInspectorProps) {
  const [all, setAll] = useState(false);
  const { plan } = explained;
  const node = plan.nodes[place];
  if (!node) return null;
  const { actual, pages } = node;
  const whole = plan.execution_ns ?? plan.nodes[0]?.total_ns ?? null;
  const sizes = (count: number) => `${grouped(String(count))} pages, ${bytes(count * plan.page_bytes)}`;
  const facts: readonly (readonly [string, string | null])[] = [
    ["Own time", node.own_ns === null ? null : `${duration(node.own_ns)}${whole ? ` of ${duration(whole)}` : ""}`],
    ["With all below", node.total_ns === null ? null : duration(node.total_ns)],
    [
      "Loops",
      actual?.loops == null
        ? null
        : `${grouped(actual.loops)}${actual.processes > 1 ? `, shared by ${actual.processes} processes` : ""}`,
    ],
    ["Rows expected", node.estimated_rows === null ? null : `${grouped(node.estimated_rows)}${per(actual?.loops)}`],
    ["Rows that came", actual?.rows == null || actual.never ? null : `${grouped(actual.rows)}${per(actual.loops)}`],
    ["Off by", node.off ? node.off.words : null],
    ["Cost", node.total_cost === null ? null : [node.startup_cost, node.total_cost].filter(Boolean).join(" to ")],
    ["Own cost", node.own_cost],
    ["Schema", node.schema],
    ["Index", node.index],
    ["Found in memory", pages && pages.hit > 0 ? sizes(pages.hit) : null],
    ["Read", pages && pages.read > 0 ? sizes(pages.read) : null],
    ["Changed", pages && pages.dirtied > 0 ? sizes(pages.dirtied) : null],
    ["Spilled", pages && pages.temp_written > 0 ? sizes(pages.temp_written) : null],
  ];
  const items = facts.flatMap(([name, value]): Property[] => (value === null ? [] : [{ name, value, mono: true }]));
  const said = node.properties.filter(({ name, text }) => all || !isNothing(name, text));
  const hidden = node.properties.length - said.length;
  const parent = node.parent === null ? undefined : plan.nodes[node.parent];
  return (
    <section className="plan-inspector rh-scroll" aria-label={`Step ${node.title}`}>
      <div className="plan-inspector-head">
        <h3 className="rh-selectable">{node.title}</h3>
        {node.role ? <Badge>{node.role}</Badge> : null}
        {actual?.never ? <Badge tone="outline">never run</Badge> : null}
        {node.off && node.off.weight !== "usual" ? (
          <Badge tone={node.off.weight === "far" ? "danger" : "warn"} icon="warning">
            {node.off.words}
          </Badge>
        ) : null}
      </div>
      {parent ? (
        <p className="rh-meta">
          Works for{" "}
          <button type="button" className="plan-link" onClick={() => onSelect(node.parent ?? 0)}>
            {parent.title}
          </button>
        </p>
      ) : null}
      <PropertyList items={items} />
      {node.conditions.length ? (
        <>
          <h4>Conditions</h4>
          <dl className="plan-texts rh-selectable">
            {node.conditions.map(({ name, text }) => (
              <div key={`${name} ${text}`}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </>
      ) : null}
      <div className="plan-said">
        <h4>As the server says it</h4>
        {hidden > 0 || all ? (
          <Checkbox checked={all} onChange={setAll}>
            {hidden > 0 ? `Also ${hidden} that are nothing` : "Also what is nothing"}
          </Checkbox>
        ) : null}
      </div>
      <dl className="plan-texts rh-selectable">
        {said.map(({ name, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a server may say the same twice
          <div key={index}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
