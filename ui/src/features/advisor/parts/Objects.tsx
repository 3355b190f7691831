/** Tables and other objects by what was found about them, the worst first, and the findings of the chosen one beside them. */
import type { ReactNode } from "react";
import { Badge, Button, EmptyState, Icon, type IconName, type MenuItem, number, plural, VirtualList } from "@/design";
import type { AdvisorFinding, AdvisorObjectRow } from "@/ipc";
import { rowSecurityWords, talliesOf } from "../model";
import type { useFindings, useObjects } from "../queries";
import { Findings, Reading } from "./Findings";

/** How to go to an object's pages; absent where it has none. */
export interface Ways {
  readonly open?: () => void;
  readonly policies?: () => void;
}

const ICONS: Readonly<Record<string, IconName>> = {
  table: "table",
  view: "view",
  "materialized view": "matview",
  "foreign table": "link",
  function: "function",
  extension: "plug",
  setting: "settings",
  role: "role",
  schema: "schema",
};
const iconOf = (kind: string): IconName => ICONS[kind] ?? "database";

/** Counts as badges: a shape, a number, and for who does not see them the word. */
function Tallies({ row }: { row: AdvisorObjectRow }) {
  return (
    <span className="adv-tallies">
      {talliesOf(row).map(({ count, word, icon, tone }) => (
        <span key={icon}>
          {count > 0 ? (
            <Badge tone={tone} icon={icon} tooltip={`${number(count)} ${word}`}>
              {number(count)} <span className="rh-visually-hidden">{word}</span>
            </Badge>
          ) : null}
        </span>
      ))}
    </span>
  );
}

function Row({ row }: { row: AdvisorObjectRow }) {
  const { object, worst, row_security } = row;
  return (
    <div className="adv-object">
      <Icon name={iconOf(object.kind)} size={14} className="text-ink-3 flex-none" />
      <span className="min-w-0">
        <span className="rh-truncate block" title={`${object.kind} ${object.label}`}>
          {object.schema === null ? null : <span className="text-ink-3">{object.schema}.</span>}
          <span className="font-[500]">{object.name}</span>
          {object.kind === "table" ? null : <span className="rh-meta"> {object.kind}</span>}
        </span>
        <span className="rh-meta rh-truncate block" title={worst ?? undefined}>
          {worst ?? "Nothing but what was accepted"}
        </span>
      </span>
      <span className="rh-meta adv-secured">{row_security ? rowSecurityWords(row_security) : null}</span>
      <Tallies row={row} />
    </div>
  );
}

export interface ObjectListProps {
  objects: ReturnType<typeof useObjects>;
  chosen: AdvisorObjectRow | null;
  onChoose: (row: AdvisorObjectRow) => void;
  /** Lists the findings of one, or those that were accepted. */
  onNarrow: (row: AdvisorObjectRow, accepted: boolean) => void;
  ways: (row: AdvisorObjectRow) => Ways;
  onCopy: (text: string) => void;
  nothing: ReactNode;
}

/** Whether everything that was found about it was accepted. */
const isQuiet = ({ errors, warnings, infos }: AdvisorObjectRow) => errors + warnings + infos === 0;
const keyOf = ({ object: { kind, schema, name } }: AdvisorObjectRow) => JSON.stringify([kind, schema, name]);

export function ObjectList({ objects, chosen, onChoose, onNarrow, ways, onCopy, nothing }: ObjectListProps) {
  if (objects.data === undefined) return <Reading what="tables" error={objects.error} />;
  const rows = objects.data.pages.flatMap((page) => page.objects);
  if (rows.length === 0) return nothing;
  const menu = (row: AdvisorObjectRow): readonly MenuItem[] => {
    const { open, policies } = ways(row);
    return [
      { label: "List its findings", icon: "bulb", onSelect: () => onNarrow(row, isQuiet(row)) },
      ...(row.accepted > 0 && !isQuiet(row)
        ? [{ label: "List what was accepted", icon: "eye-off" as const, onSelect: () => onNarrow(row, true) }]
        : []),
      { separator: true },
      ...(open ? [{ label: `Open the ${row.object.kind}`, icon: "open-external" as const, onSelect: open }] : []),
      ...(policies ? [{ label: "Open its policies", icon: "policy" as const, onSelect: policies }] : []),
      { label: "Copy its name", icon: "copy", onSelect: () => onCopy(row.object.label) },
    ];
  };
  return (
    <VirtualList
      label="Tables and other objects with findings"
      className="adv-list"
      items={rows}
      keyOf={keyOf}
      itemHeight={44}
      selected={chosen ? keyOf(chosen) : undefined}
      onSelect={(_, row) => onChoose(row)}
      onOpen={(row) => onNarrow(row, isQuiet(row))}
      menu={menu}
      onEnd={() => objects.hasNextPage && !objects.isFetchingNextPage && void objects.fetchNextPage()}
      renderItem={(row) => <Row row={row} />}
    />
  );
}

export interface ObjectFindingsProps {
  row: AdvisorObjectRow;
  /** What was found about it and nobody accepted. */
  findings: ReturnType<typeof useFindings>;
  ways: Ways;
  onNarrow: (accepted: boolean) => void;
  chosen: string | null;
  onChoose: (key: string) => void;
  onFinding: (finding: AdvisorFinding) => void;
  menu: (finding: AdvisorFinding) => readonly MenuItem[];
}

/** The findings of one object. */
export function ObjectFindings(props: ObjectFindingsProps) {
  const { row, findings, ways, onNarrow, chosen, onChoose, onFinding, menu } = props;
  const { object, accepted, row_security } = row;
  const said = talliesOf(row).filter(({ count }) => count > 0);
  return (
    <section className="adv-about" aria-label={`Findings of ${object.label}`}>
      <div className="adv-about-head">
        <p className="rh-meta flex items-center gap-2">
          <Icon name={iconOf(object.kind)} size={14} />
          {row_security ? `${object.kind} · ${rowSecurityWords(row_security)}` : object.kind}
        </p>
        <h2 className="adv-title rh-selectable">{object.label}</h2>
        <p className="adv-about-said">
          {said.map(({ count, word, icon, tone }) => (
            <Badge key={icon} tone={tone} icon={icon}>
              {number(count)} {word}
            </Badge>
          ))}
        </p>
        <div className="adv-do">
          <Button dense onClick={() => onNarrow(isQuiet(row))}>
            List them
          </Button>
          {ways.open ? (
            <Button dense variant="ghost" icon="open-external" onClick={ways.open}>
              Open the {object.kind}
            </Button>
          ) : null}
          {ways.policies ? (
            <Button dense variant="ghost" icon="policy" onClick={ways.policies}>
              Policies
            </Button>
          ) : null}
        </div>
      </div>
      <div className="adv-about-list">
        <Findings
          label={`Findings of ${object.label}`}
          findings={findings}
          chosen={chosen}
          onChoose={onChoose}
          onOpen={onFinding}
          menu={menu}
          plain
          nothing={
            <EmptyState icon="eye-off" title="Nothing is left that was not accepted">
              What was accepted counts for the score as what it is.
            </EmptyState>
          }
        />
      </div>
      {accepted > 0 && !isQuiet(row) ? (
        <div className="adv-about-foot">
          <Button dense variant="ghost" icon="eye-off" onClick={() => onNarrow(true)}>
            List the {plural(accepted, "accepted one")}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
