/** Who waits for whom: a tree from whoever is in the way down to those who wait. */
import type { CSSProperties } from "react";
import { Badge, EmptyState, Icon, type MenuItem } from "@/design";
import type { ActivityMoment, ActivitySession } from "@/ipc";
import { age, DOING, lockTree, oneLine, type TreeLine } from "./model";
import { type RowColumn, RowTable } from "./parts/RowTable";

export interface LocksPaneProps {
  moment: ActivityMoment;
  /** A line of the tree, or a session. */
  selected: string | null;
  onSelect: (id: string, line: string) => void;
  menu: (session: ActivitySession) => readonly MenuItem[];
  dimmed: boolean;
}

const COLUMNS: readonly RowColumn<TreeLine>[] = [
  {
    id: "id",
    head: "Session",
    width: 180,
    cell: (line) => (
      <span className="act-branch" style={{ "--depth": line.depth } as CSSProperties}>
        <Icon name={line.depth === 0 ? "lock" : "arrow-right"} size={12} />
        <span className={line.instead === null ? "rh-mono" : ""}>{line.instead ?? line.id}</span>
        {line.again ? <Badge tone="danger">circle</Badge> : null}
        {line.depth === 0 ? <Badge tone="warn">{line.behind} waiting</Badge> : null}
      </span>
    ),
  },
  {
    id: "since",
    head: "For",
    width: 88,
    number: true,
    cell: (line) => age(line.wait?.waiting_ms ?? line.session?.transaction_ms ?? line.session?.doing_ms ?? null),
  },
  {
    id: "object",
    head: "Waits for",
    width: 200,
    cell: (line) =>
      line.wait ? (
        <span data-tip={line.wait.object ?? undefined}>{line.wait.object ?? "not told"}</span>
      ) : (
        <span className="text-ink-3">nobody</span>
      ),
  },
  {
    id: "wanted",
    head: "Lock",
    width: 280,
    tip: "The lock that is waited for, and the one in its way",
    cell: (line) =>
      line.wait ? (
        <span
          className="rh-mono"
          data-tip={line.wait.held ? undefined : "Who is above waits for it too, further ahead"}
        >
          {[line.wait.wanted, line.wait.held ? `behind ${line.wait.held}` : "queued"].filter(Boolean).join(", ")}
        </span>
      ) : null,
  },
  { id: "user", head: "User", width: 100, cell: (line) => line.session?.user },
  {
    id: "doing",
    head: "State",
    width: 138,
    cell: (line) =>
      line.session ? <Badge tone={DOING[line.session.doing].tone}>{DOING[line.session.doing].word}</Badge> : null,
  },
  {
    id: "statement",
    head: "Statement",
    cell: (line) => (
      <span className={line.session?.doing === "active" ? "rh-mono" : "rh-mono text-ink-3"}>
        {oneLine(line.session?.statement ?? null)}
      </span>
    ),
  },
];

export function LocksPane({ moment, selected, onSelect, menu, dimmed }: LocksPaneProps) {
  const lines = lockTree(moment);
  if (lines.length === 0) {
    return (
      <EmptyState picture="empty" title="Nobody waits for anybody">
        Who waits for a lock is shown here, under whoever holds it.
      </EmptyState>
    );
  }
  // A line goes when its wait ends; its session may stand elsewhere in the tree.
  const line = lines.find((each) => each.key === selected) ?? lines.find((each) => each.id === selected);
  return (
    <RowTable
      label="Who waits for whom"
      rows={lines}
      columns={COLUMNS}
      keyOf={(each) => each.key}
      selected={line?.key ?? null}
      onSelect={(key, each) => onSelect(each.id, key)}
      menu={(each) => (each.session ? menu(each.session) : [])}
      depthOf={(each) => each.depth}
      least={1200}
      dimmed={dimmed}
    />
  );
}
