/** One policy, as a form or as SQL; what it does stands beside it. What is typed is a draft at once: nothing is lost. */
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { Badge, Button, EmptyState, hasOpenLayer, IconButton, Segmented, SplitPane } from "@/design";
import { failureOf, type PolicyDraft, type PolicyOn, type PolicyTable, type StagedPolicyChange } from "@/ipc";
import { editOf, type ShownPolicy, samePolicy, shownPolicies, tableWords } from "../drafts";
import { type Place, useTable } from "../queries";
import type { PolicyActions } from "../usePolicyActions";
import type { SqlField } from "./ExpressionField";
import { PlanSide } from "./PlanSide";
import { PolicyForm } from "./PolicyForm";
import { PolicySql } from "./PolicySql";

/** So long typing has to rest before it is kept. */
const REST_MS = 250;

export interface PolicyEditorProps {
  place: Place;
  on: PolicyOn;
  /** Which policy, as of `shownPolicies`. */
  which: string;
  changes: readonly StagedPolicyChange[];
  actions: PolicyActions;
  roles: readonly string[];
  field: SqlField;
  highlight: (sql: string) => ReactNode;
  side: number;
  onSide: (side: number) => void;
  onClose: () => void;
  wide: boolean;
}

export function PolicyEditor(props: PolicyEditorProps) {
  const { place, on, which, changes, onClose } = props;
  const table = useTable(place, on);
  const shown = table.data && shownPolicies(on, table.data.policies, changes).find(({ key }) => key === which);
  const back = (
    <Button icon="arrow-left" onClick={onClose}>
      Back to the tables
    </Button>
  );
  if (table.data && shown) return <Editing key={which} {...props} table={table.data} shown={shown} />;
  if (table.data) {
    return (
      <EmptyState picture="empty" title="This policy is not there" actions={back}>
        It was applied, discarded, or somebody else deleted it.
      </EmptyState>
    );
  }
  if (table.error) {
    return (
      <EmptyState picture="error" title={`${tableWords(on)} could not be read`} actions={back}>
        {failureOf(table.error).message}
      </EmptyState>
    );
  }
  return <EmptyState picture="loading" title={`Reading ${tableWords(on)}`} />;
}

/** The policy as it is typed, kept as a draft when typing rests and when the editor is left. */
function useTyped(on: PolicyOn, shown: ShownPolicy, stage: PolicyActions["stage"]) {
  const [policy, setPolicy] = useState(shown.policy);
  const waits = useRef<{ readonly policy: PolicyDraft; readonly timer: number } | null>(null);
  const latest = useRef({ on, shown, stage });
  latest.current = { on, shown, stage };
  const keep = useMemo(
    () => () => {
      const waiting = waits.current;
      if (!waiting) return;
      window.clearTimeout(waiting.timer);
      waits.current = null;
      const { on: table, shown: now, stage: send } = latest.current;
      void send([editOf(table, now, waiting.policy)]);
    },
    [],
  );
  useEffect(() => keep, [keep]);
  const change = (next: PolicyDraft) => {
    setPolicy(next);
    if (waits.current) window.clearTimeout(waits.current.timer);
    waits.current = { policy: next, timer: window.setTimeout(keep, REST_MS) };
  };
  return { policy, change, keep };
}

function Editing(props: PolicyEditorProps & { table: PolicyTable; shown: ShownPolicy }) {
  const { place, on, changes, actions, roles, field, highlight, side, onSide, onClose, wide, table, shown } = props;
  const [shape, setShape] = useState<"form" | "sql">("form");
  const { policy, change, keep } = useTyped(on, shown, actions.stage);
  const others = shownPolicies(on, table.policies, changes).filter(({ key }) => key !== shown.key);
  const taken = others.some(({ policy: { name }, state }) => state !== "dropped" && name === policy.name);
  const nameProblem =
    policy.name === "" ? "A policy has a name" : taken ? "Another policy of this table has this name" : undefined;
  const drafted = shown.card === null || !samePolicy(policy, shown.card.policy);
  const conflict = shown.staged?.conflict ?? null;
  const form = (
    <div className="rh-scroll pol-form-pane">
      {conflict ? (
        <p className="pol-remarks" data-tone="danger" role="alert">
          {conflict}
        </p>
      ) : null}
      {shape === "form" ? (
        <PolicyForm
          place={place}
          on={on}
          policy={policy}
          onPolicy={change}
          roles={roles}
          field={field}
          nameProblem={nameProblem}
        />
      ) : (
        <PolicySql on={on} policy={policy} onPolicy={change} field={field} />
      )}
    </div>
  );
  const leave = () => {
    keep();
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || hasOpenLayer()) return;
    event.preventDefault();
    leave();
  };
  return (
    <section className="pol-editor" onKeyDown={onKeyDown} aria-label={`Policy ${policy.name} of ${tableWords(on)}`}>
      <div className="pol-tools">
        <IconButton icon="arrow-left" label="Back to the tables" keys="Escape" onClick={leave} />
        <h2 className="rh-truncate font-[600]" title={policy.name}>
          {policy.name || "Policy without a name"}
        </h2>
        <span className="rh-meta rh-truncate">
          on <span className="rh-mono">{tableWords(on)}</span>
        </span>
        {shown.card === null ? (
          <Badge tone="ok" icon="plus">
            new, not applied
          </Badge>
        ) : drafted ? (
          <Badge tone="warn" icon="edit">
            changed, not applied
          </Badge>
        ) : null}
        <span className="pol-look">
          <Segmented
            dense
            label="Shape"
            value={shape}
            onChange={(next) => {
              keep();
              setShape(next);
            }}
            options={[
              { value: "form", label: "Form" },
              { value: "sql", label: "SQL" },
            ]}
          />
          <Button
            dense
            variant="ghost"
            icon="undo"
            disabledReason={drafted ? undefined : "nothing is drafted"}
            onClick={() => {
              if (shown.card) change(shown.card.policy);
              else void actions.drop(on, shown).then(onClose);
            }}
          >
            Discard
          </Button>
        </span>
      </div>
      <div className="pol-body">
        <SplitPane
          direction={wide ? "row" : "column"}
          fixed="second"
          label="Size of what will run"
          size={wide ? side : Math.min(side, 280)}
          onSizeChange={onSide}
          min={wide ? 300 : 120}
          max={wide ? 760 : 480}
          defaultSize={460}
          first={form}
          second={<PlanSide place={place} on={on} highlight={highlight} />}
        />
      </div>
    </section>
  );
}
