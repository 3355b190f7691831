/** A plan: as a tree, a diagram or text, beside another one, and one step of it whole. */
import { type ReactNode, useEffect, useMemo, useState } from "react";
import {
  Badge,
  Banner,
  Button,
  copyText,
  EmptyState,
  Icon,
  IconButton,
  type MenuItem,
  Segmented,
  SplitPane,
} from "@/design";
import { type ExplainedPlan, failureOf, host, type PlanLine } from "@/ipc";
import { noticed, totalsOf } from "./model";
import { Compare } from "./parts/Compare";
import { PlanDiagram } from "./parts/PlanDiagram";
import { PlanInspector } from "./parts/PlanInspector";
import { PlanRaw } from "./parts/PlanRaw";
import { PlanTree } from "./parts/PlanTree";
import "./plans.css";

export type PlanShape = "tree" | "diagram" | "raw";

export interface PlanViewProps {
  explained: ExplainedPlan;
  /** Plans that are at hand without being kept, newest first. */
  former?: readonly ExplainedPlan[];
  shape: PlanShape;
  onShape: (shape: PlanShape) => void;
  comparing: boolean;
  onComparing: (on: boolean) => void;
  /** Asks for it again; absent where nobody can. */
  onAgain?: (() => void) | undefined;
  /** Opens it in a tab of its own; absent where it has one, or is not kept. */
  onOpen?: (() => void) | undefined;
}

/** A plan at hand as a line of the list of kept ones. */
function lineOf(plan: ExplainedPlan, digest: string): PlanLine {
  const { at_ms, profile_name, database, statement, options } = plan;
  const same = plan.digest === digest;
  const { execution_ns, nodes } = plan.plan;
  return {
    id: plan.id ?? -at_ms,
    at_ms,
    profile_name,
    database,
    statement,
    options,
    same,
    execution_ns,
    nodes: nodes.length,
  };
}

/** What a plan can be compared with, and the one that is chosen. */
function useOther(explained: ExplainedPlan, former: readonly ExplainedPlan[], on: boolean) {
  const [kept, setKept] = useState<readonly PlanLine[]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [read, setRead] = useState<{ id: string; plan: ExplainedPlan } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const { digest, profile_id } = explained;
  const at = explained.id ?? -explained.at_ms;
  useEffect(() => {
    if (!on) return;
    let current = true;
    host()
      .plans({ digest, profile_id: profile_id === "" ? null : profile_id, limit: 200 })
      .then((lines) => current && setKept(lines))
      .catch((thrown: unknown) => current && setFailure(failureOf(thrown).message));
    return () => {
      current = false;
    };
  }, [on, digest, profile_id]);
  const choices = useMemo(() => {
    const lines = new Map(former.map((plan) => lineOf(plan, digest)).map((line) => [line.id, line]));
    for (const line of kept) lines.set(line.id, line);
    lines.delete(at);
    return [...lines.values()].sort((a, b) => Number(b.same) - Number(a.same) || b.at_ms - a.at_ms);
  }, [kept, former, at, digest]);
  // The one before it, of the same statement, is what a person wants to see.
  const wanted = chosen ?? (choices[0]?.same ? String(choices[0].id) : null);
  const known =
    former.find((plan) => String(plan.id ?? -plan.at_ms) === wanted) ?? (read?.id === wanted ? read.plan : null);
  useEffect(() => {
    if (!on || wanted === null || known) return;
    let current = true;
    setFailure(null);
    host()
      .plan(Number(wanted))
      .then((plan) => current && setRead({ id: wanted, plan }))
      .catch((thrown: unknown) => current && setFailure(failureOf(thrown).message));
    return () => {
      current = false;
    };
  }, [on, wanted, known]);
  return { choices, chosen: wanted, other: known ?? null, failure, choose: setChosen };
}

export function PlanView(props: PlanViewProps) {
  const { explained, former = [], shape, onShape, comparing, onComparing, onAgain, onOpen } = props;
  const { plan } = explained;
  const [selected, setSelected] = useState(0);
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const [inspector, setInspector] = useState(320);
  const [inspecting, setInspecting] = useState(() => window.innerWidth >= 1100);
  useEffect(() => {
    setSelected(0);
    setClosed(new Set());
  }, [plan]);
  const compare = useOther(explained, former, comparing);
  const totals = useMemo(() => totalsOf(explained), [explained]);
  const striking = useMemo(() => noticed(plan), [plan]);
  const bare = plan.nodes.length === 0;
  const shown: PlanShape = bare ? "raw" : shape;
  const menu = (place: number): readonly MenuItem[] => {
    const node = plan.nodes[place];
    if (!node) return [];
    const lines = [node.title, ...node.properties.map(({ name, text }) => `${name}: ${text}`)];
    return [
      { label: "Copy this step", icon: "copy", onSelect: () => void copyText(lines.join("\n")) },
      { label: "Copy the outline", onSelect: () => void copyText(explained.outline) },
      { label: "Copy the server's answer", onSelect: () => void copyText(plan.raw) },
      { separator: true },
      { label: "Close all steps below", onSelect: () => setClosed(new Set([...closed, place])) },
      { label: "Open all steps", onSelect: () => setClosed(new Set()) },
    ];
  };
  let body: ReactNode;
  if (comparing) {
    body = (
      <Compare
        plan={explained}
        other={compare.other}
        choices={compare.choices}
        chosen={compare.chosen}
        failure={compare.failure}
        onChoose={compare.choose}
        onClose={() => onComparing(false)}
      />
    );
  } else if (shown === "raw") body = <PlanRaw explained={explained} />;
  else {
    body = (
      <SplitPane
        direction="row"
        fixed="second"
        size={inspector}
        onSizeChange={setInspector}
        min={220}
        max={720}
        defaultSize={320}
        collapsed={!inspecting}
        label="Width of the step's details"
        first={
          shown === "diagram" ? (
            <PlanDiagram plan={plan} selected={selected} onSelect={setSelected} />
          ) : (
            <div className="plan-frame">
              <PlanTree
                plan={plan}
                closed={closed}
                onClosed={setClosed}
                selected={selected}
                onSelect={setSelected}
                menu={menu}
              />
            </div>
          )
        }
        second={<PlanInspector explained={explained} place={selected} onSelect={setSelected} />}
      />
    );
  }
  return (
    <div className="plan">
      <div className="plan-bar">
        {bare || comparing ? null : (
          <Segmented
            dense
            label="How the plan is shown"
            value={shown}
            onChange={onShape}
            options={[
              { value: "tree", label: "Tree" },
              { value: "diagram", label: "Diagram" },
              { value: "raw", label: "Raw" },
            ]}
          />
        )}
        <div className="plan-totals">
          {totals.map(({ label, value, tip }) => (
            <span key={label} data-tip={tip}>
              <span className="rh-meta">{label}</span> <b>{value}</b>
            </span>
          ))}
        </div>
        {explained.options ? <Badge>{plan.measured ? "run and measured" : "planned, not run"}</Badge> : null}
        <span className="flex-1" />
        <Button dense variant="ghost" icon="columns" onClick={() => onComparing(!comparing)}>
          {comparing ? "One plan" : "Compare with…"}
        </Button>
        <IconButton icon="copy" label="Copy the outline" onClick={() => void copyText(explained.outline)} />
        {onOpen ? <IconButton icon="open-external" label="Open in a tab of its own" onClick={onOpen} /> : null}
        {comparing || shown === "raw" ? null : (
          <IconButton
            icon="info"
            label="Details of the step"
            pressed={inspecting}
            onClick={() => setInspecting(!inspecting)}
          />
        )}
        {onAgain ? (
          <Button dense icon="refresh" onClick={onAgain}>
            Again
          </Button>
        ) : null}
      </div>
      {explained.warnings.map((warning) => (
        <Banner key={warning} tone="warn" edge>
          {warning}
        </Banner>
      ))}
      {explained.undone ? (
        <Banner tone="info" icon="undo" edge>
          {explained.undone}
        </Banner>
      ) : null}
      {striking && !comparing ? (
        <button
          type="button"
          className="plan-notice"
          onClick={() => {
            setSelected(striking.place);
            setInspecting(true);
          }}
        >
          <Icon name="warning" size={12} className="rh-tone-warn" />
          <b>{striking.title}</b>
          <span className="plan-ell">{striking.text}</span>
        </button>
      ) : null}
      <div className="plan-body">
        {bare && plan.raw === "" ? (
          <EmptyState icon="explain" title="Nothing to show">
            The server's answer is empty.
          </EmptyState>
        ) : (
          body
        )}
      </div>
      <footer className="plan-foot">
        <span>{explained.server}</span>
        {explained.options ? <span>{explained.options}</span> : null}
        {bare ? null : (
          <span>{plan.nodes.length === 1 ? "1 step" : `${plan.nodes.length.toLocaleString("en-US")} steps`}</span>
        )}
        {plan.facts.length ? (
          <span className="plan-ell" data-tip={plan.facts.map(({ name, text }) => `${name}: ${text}`).join("\n")}>
            {plan.facts.map(({ name, text }) => `${name}: ${text}`).join(" · ")}
          </span>
        ) : null}
        <span className="flex-1" />
        {explained.notices.length ? (
          <span data-tip={explained.notices.map(({ label, message }) => `${label}: ${message}`).join("\n")}>
            {explained.notices.length === 1
              ? "the server said something"
              : `the server said ${explained.notices.length} things`}
          </span>
        ) : null}
        <span>{explained.id === null ? (explained.not_kept ?? "not kept") : "kept in the history"}</span>
      </footer>
    </div>
  );
}
