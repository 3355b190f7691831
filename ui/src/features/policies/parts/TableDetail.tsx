/** A table unfolded: its switches, how its policies combine, their cards, what goes around them. */
import type { ReactNode } from "react";
import { Badge, Banner, Button, Icon, MenuButton, type MenuItem, Select, Skeleton, Switch } from "@/design";
import { failureOf, type PolicyMissing, type PolicyOn, type PolicyTable, type StagedPolicyChange } from "@/ipc";
import { madeBy, missingOf, rolesOf, type ShownPolicy, shownPolicies, shownSecurity } from "../drafts";
import { COMMANDS, firstRole, type OneCommand } from "../model";
import { type Place, useEffectOn, useTable } from "../queries";
import type { PolicyActions } from "../usePolicyActions";
import { Beside } from "./Beside";
import { Combined } from "./Combined";
import { PolicyCard } from "./PolicyCard";

export interface TableDetailProps {
  place: Place;
  on: PolicyOn;
  changes: readonly StagedPolicyChange[];
  /** Names in drafts that are not there. */
  missing: readonly PolicyMissing[];
  role: string | null;
  command: OneCommand;
  onLook: (change: { role?: string; command?: OneCommand }) => void;
  actions: PolicyActions;
  highlight: (sql: string) => ReactNode;
  addKeys: string | undefined;
  /** Why nothing can be changed. */
  readOnly: string | undefined;
}

export function TableDetail(props: TableDetailProps) {
  const table = useTable(props.place, props.on);
  if (table.data) return <Detail {...props} table={table.data} />;
  if (table.error) {
    const { message, hint } = failureOf(table.error);
    return (
      <div className="pol-detail">
        <Banner tone="danger" detail={hint} actions={<Button onClick={() => void table.refetch()}>Try again</Button>}>
          {message}
        </Banner>
      </div>
    );
  }
  return (
    <div className="pol-detail" role="status" aria-busy="true" aria-label="Reading the policies">
      <Skeleton width="40%" height={28} />
      <Skeleton width="100%" height={56} />
      <div className="pol-columns">
        <Skeleton width="100%" height={120} />
        <Skeleton width="100%" height={120} />
      </div>
    </div>
  );
}

function Detail({ table, ...props }: TableDetailProps & { table: PolicyTable }) {
  const { place, on, changes, missing, command, onLook, actions, highlight, addKeys, readOnly } = props;
  const { row, roles, policies, findings } = table;
  const shown = shownPolicies(on, policies, changes);
  const security = shownSecurity(on, row, changes);
  const named = shown.map(({ policy }) => rolesOf(policy));
  const role = roles.some(({ name }) => name === props.role) ? props.role : firstRole(roles, named);
  const effect = useEffectOn(place, on, role, command);
  const word = COMMANDS.find(({ value }) => value === command)?.word ?? "";
  const turn = (flags: { enabled: boolean; forced: boolean }) =>
    void actions.stage([{ edit: "row_security", on, ...flags }]);

  const unused = ({ policy, state }: ShownPolicy): string | null => {
    if (state === "dropped") return null;
    if (effect.data) return effect.data.unused.includes(policy.name) ? `not asked for ${word} as ${role}` : null;
    return null;
  };
  const menuOf = (each: ShownPolicy): readonly MenuItem[] => {
    const reason = readOnly;
    const gone = each.state === "dropped" ? "It is marked to be deleted" : undefined;
    const { staged } = each;
    return [
      { label: "Edit", icon: "edit", disabledReason: gone, onSelect: () => actions.edit(on, each.key) },
      {
        label: "Duplicate",
        icon: "plus",
        disabledReason: reason,
        onSelect: () => void actions.add(on, each.policy, `${each.policy.name} copy`),
      },
      {
        label: "Copy to another table…",
        icon: "table",
        disabledReason: reason,
        onSelect: () => actions.askCopy(on, each.policy),
      },
      { label: "Copy as SQL", icon: "copy", onSelect: () => void actions.copySql(on, each.policy) },
      { separator: true },
      ...(staged
        ? [
            {
              label: each.state === "dropped" ? "Keep it" : "Discard this draft",
              icon: "undo" as const,
              onSelect: () => void actions.stage([{ edit: "discard", id: staged.id }]),
            },
          ]
        : []),
      ...(each.card && each.state !== "dropped"
        ? [
            {
              label: "Delete",
              icon: "trash" as const,
              danger: true,
              disabledReason: reason,
              onSelect: () => void actions.drop(on, each),
            },
          ]
        : []),
    ];
  };
  const cards = (permissive: boolean) =>
    shown
      .filter(({ policy }) => policy.permissive === permissive)
      .map((each) => (
        <PolicyCard
          key={each.key}
          on={on}
          shown={each}
          unused={unused(each)}
          missing={each.staged ? missingOf(missing, on, madeBy(each.staged.change)) : []}
          highlight={highlight}
          menu={menuOf(each)}
          onEdit={() => actions.edit(on, each.key)}
          onCopyTo={(to) => void actions.copyTo(on, each.policy, to)}
        />
      ));
  const permissive = cards(true);
  const restrictive = cards(false);
  const nothing = shown.length === 0;
  return (
    <div className="pol-detail">
      <div className="pol-detail-bar">
        {security ? (
          <>
            <Switch
              checked={security.enabled}
              disabled={readOnly !== undefined}
              onChange={(enabled) => turn({ enabled, forced: security.forced })}
            >
              Row security
            </Switch>
            <Switch
              checked={security.forced}
              disabled={readOnly !== undefined}
              onChange={(forced) => turn({ enabled: security.enabled, forced })}
            >
              Force for the owner
            </Switch>
            {security.drafted ? (
              <Badge tone="warn" icon="edit">
                not applied
              </Badge>
            ) : null}
          </>
        ) : (
          <span className="rh-meta">Whether row security is on was not read.</span>
        )}
        <span className="pol-look">
          <span className="rh-meta pol-wide">How they combine for</span>
          <Select
            dense
            label="Role"
            icon="role"
            value={role ?? undefined}
            placeholder="no role"
            options={roles.map(({ name, superuser, bypass, exposed }) => ({
              value: name,
              label: name,
              meta: superuser ? "superuser" : bypass ? "bypasses" : exposed ? "exposed" : "",
            }))}
            onChange={(value) => onLook({ role: value })}
          />
          <Select
            dense
            label="Command"
            value={command}
            options={COMMANDS.map(({ value, word: label }) => ({ value, label }))}
            onChange={(value) => onLook({ command: value })}
          />
          <MenuButton
            dense
            variant="secondary"
            icon="plus"
            label="New policy"
            align="end"
            {...(addKeys ? { keys: addKeys } : {})}
            disabledReason={readOnly}
            items={() => actions.newItems(on)}
          >
            Policy
          </MenuButton>
        </span>
      </div>
      {role !== null ? <Combined effect={effect.data} role={role} command={word} /> : null}
      {nothing ? (
        <div className="pol-none">
          <Icon name="policy" size={20} />
          <div>
            <div className="font-[600]">No policy</div>
            <div className="rh-meta">
              {security?.enabled
                ? "Row security is on and nothing lets a row through. A template is bound to this table's own columns."
                : "Policies say which rows a role sees and writes. A template is bound to this table's own columns."}
            </div>
          </div>
          <MenuButton
            variant="primary"
            label="New policy from a template"
            icon="plus"
            disabledReason={readOnly}
            items={() => actions.newItems(on)}
          >
            Start from a template
          </MenuButton>
        </div>
      ) : (
        <div className="pol-columns">
          <section aria-label="Permissive policies">
            <h3 className="pol-h">
              <Icon name="check" size={14} /> Permissive <span className="rh-meta">any one is enough</span>
            </h3>
            {permissive.length > 0 ? (
              permissive
            ) : (
              <p className="rh-meta pol-empty">None: nothing lets a row through.</p>
            )}
          </section>
          <section aria-label="Restrictive policies">
            <h3 className="pol-h">
              <Icon name="lock" size={14} /> Restrictive <span className="rh-meta">every one must pass</span>
            </h3>
            {restrictive.length > 0 ? restrictive : <p className="rh-meta pol-empty">None.</p>}
          </section>
        </div>
      )}
      {findings.length > 0 ? (
        <ul className="pol-findings" aria-label="Findings">
          {findings.map((finding) => (
            <li
              key={finding.key}
              data-tone={finding.level === "error" ? "danger" : finding.level === "warning" ? "warn" : "info"}
            >
              <Icon
                name={finding.level === "error" ? "error" : finding.level === "warning" ? "warning" : "info"}
                size={14}
              />
              <span className="rh-selectable">{finding.message}</span>
              <span className="rh-meta rh-mono">{finding.rule}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <Beside table={table} changes={changes} actions={actions} readOnly={readOnly} />
    </div>
  );
}
