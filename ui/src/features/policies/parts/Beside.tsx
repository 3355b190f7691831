/** What stands beside a table's policies: views that read it, and its partitions, each with its own state. */
import { Badge, Button, Icon, plural } from "@/design";
import type { PolicyTable, PolicyTableRow, PolicyView, StagedPolicyChange } from "@/ipc";
import { shownSecurity, tableWords } from "../drafts";
import { STATES } from "../model";
import type { PolicyActions } from "../usePolicyActions";

interface BesideProps {
  table: PolicyTable;
  changes: readonly StagedPolicyChange[];
  actions: PolicyActions;
  readOnly: string | undefined;
}

function ViewLine({ each, actions }: { each: PolicyView; actions: PolicyActions }) {
  const { view, materialized, invoker, owner, fix } = each;
  const name = tableWords(view);
  const rights = owner ? `with the rights of ${owner}` : "with its owner's rights";
  return (
    <li className="pol-line">
      <Icon name={materialized ? "matview" : "view"} size={14} className="text-ink-3" />
      <span className="rh-mono rh-truncate" title={name}>
        {name}
      </span>
      {materialized ? (
        <Badge tone="warn" icon="warning">
          stores rows, no policy filters them
        </Badge>
      ) : invoker ? (
        <Badge tone="ok" icon="check">
          reads as who asks
        </Badge>
      ) : (
        <Badge tone="warn" icon="warning">
          reads {rights}
        </Badge>
      )}
      {fix ? (
        <Button dense variant="ghost" onClick={() => actions.script(`Fix of ${view.table}`, fix)}>
          Open the fix
        </Button>
      ) : null}
    </li>
  );
}

function PartitionLine({ row, changes, actions, readOnly }: { row: PolicyTableRow } & Omit<BesideProps, "table">) {
  const state = STATES[row.state];
  const security = shownSecurity(row.on, row, changes);
  return (
    <li className="pol-line">
      <Icon name="table" size={14} className="text-ink-3" />
      <span className="rh-mono rh-truncate" title={tableWords(row.on)}>
        {tableWords(row.on)}
      </span>
      <span className="pol-state" data-tone={state.tone}>
        <Icon name={state.icon} size={14} /> {row.words}
      </span>
      <span className="rh-meta">{plural(row.policies, "policy", "policies")}</span>
      {security?.drafted ? (
        <Badge tone="warn" icon="edit">
          {security.enabled ? "on, not applied" : "off, not applied"}
        </Badge>
      ) : security && !security.enabled ? (
        <Button
          dense
          variant="ghost"
          disabledReason={readOnly}
          onClick={() =>
            void actions.stage([{ edit: "row_security", on: row.on, enabled: true, forced: security.forced }])
          }
        >
          Turn on
        </Button>
      ) : null}
    </li>
  );
}

export function Beside({ table, changes, actions, readOnly }: BesideProps) {
  const { views, partitions } = table;
  if (views.length + partitions.length === 0) return null;
  return (
    <div className="pol-columns">
      {views.length > 0 ? (
        <section aria-label="Views that read it">
          <h3 className="pol-h">
            <Icon name="view" size={14} /> Views that read it
          </h3>
          <ul>
            {views.map((each) => (
              <ViewLine key={tableWords(each.view)} each={each} actions={actions} />
            ))}
          </ul>
        </section>
      ) : null}
      {partitions.length > 0 ? (
        <section aria-label="Partitions">
          <h3 className="pol-h">
            <Icon name="rows" size={14} /> Partitions{" "}
            <span className="rh-meta">addressed directly, only their own policies apply</span>
          </h3>
          <ul>
            {partitions.map((row) => (
              <PartitionLine
                key={tableWords(row.on)}
                row={row}
                changes={changes}
                actions={actions}
                readOnly={readOnly}
              />
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}
