/** The migrations in their order, one line each. */
import { Icon, type MenuItem, VirtualList } from "@/design";
import type { MigrationRow } from "@/ipc";
import { atWords, STATES, tookWords } from "../model";

export interface RowsProps {
  rows: readonly MigrationRow[];
  chosen: string | null;
  onChoose: (version: string) => void;
  /** Enter, and a double click. */
  onOpen: (row: MigrationRow) => void;
  menu: (row: MigrationRow) => readonly MenuItem[];
}

/** A state as a shape and a word. */
export function State({ of: { state } }: { of: MigrationRow }) {
  const { word, icon, tone, means } = STATES[state.state];
  return (
    <span className="mig-state" data-state={state.state} data-tip={means}>
      <Icon name={icon} size={14} className={`rh-tone-${tone}`} />
      {word}
    </span>
  );
}

export function Rows({ rows, chosen, onChoose, onOpen, menu }: RowsProps) {
  return (
    <div className="mig-list">
      <div className="mig-row mig-head" aria-hidden="true">
        <span>State</span>
        <span>Version</span>
        <span>Name</span>
        <span className="mig-at">Applied at</span>
        <span className="mig-took">Took</span>
        <span className="mig-back">Way back</span>
      </div>
      <VirtualList
        label="Migrations"
        first
        className="mig-rows"
        items={rows}
        keyOf={({ version }) => version}
        itemHeight={28}
        selected={chosen ?? undefined}
        onSelect={onChoose}
        onOpen={onOpen}
        menu={menu}
        renderItem={(row) => (
          <span className="mig-row">
            <State of={row} />
            <span className="rh-mono rh-truncate" title={row.version}>
              {row.version}
            </span>
            <span className="rh-truncate" title={row.name}>
              {row.name}
            </span>
            <span className="mig-at rh-meta tabular-nums">
              {row.applied_at_ms === null ? null : atWords(row.applied_at_ms)}
            </span>
            <span className="mig-took rh-meta tabular-nums">
              {row.took_ms === null ? null : tookWords(row.took_ms)}
            </span>
            <span className="mig-back rh-meta">{row.down === null ? (row.file ? "none" : null) : "written"}</span>
          </span>
        )}
      />
    </div>
  );
}
