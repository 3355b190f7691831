/** Who may do what with an object, its columns too. */
import { Badge, EmptyState, SearchField } from "@/design";
import type { GrantRow, ListState } from "@/ipc";
import { LongTable } from "./LongTable";

export interface GrantsTableProps {
  label: string;
  /** All of them, to know which columns the table has. */
  all: readonly GrantRow[];
  grants: readonly GrantRow[];
  scroller: () => HTMLElement | null;
}

const shownOf = (all: readonly GrantRow[]) => ({
  column: all.some((grant) => grant.column !== null),
  grantable: all.some((grant) => grant.grantable),
  grantor: all.some((grant) => grant.grantor !== null),
  through: all.some((grant) => grant.through !== null),
});

export function GrantsTable({ label, all, grants, scroller }: GrantsTableProps) {
  const shown = shownOf(all);
  return (
    <LongTable
      label={label}
      rows={grants}
      keyOf={(grant, index) => `${grant.grantee}-${index.toString()}`}
      span={2 + Object.values(shown).filter(Boolean).length}
      scroller={scroller}
      head={
        <>
          <th scope="col">Grantee</th>
          <th scope="col">Privileges</th>
          {shown.column ? <th scope="col">Column</th> : null}
          {shown.grantable ? <th scope="col">Grant option</th> : null}
          {shown.grantor ? <th scope="col">Granted by</th> : null}
          {shown.through ? <th scope="col">Granted on</th> : null}
        </>
      }
      cells={(grant) => (
        <>
          <td className="rh-mono">
            <span className="rel-cell">{grant.grantee}</span>
          </td>
          <td className="rh-mono">
            <span className="rel-cell">{grant.privileges.join(", ")}</span>
          </td>
          {shown.column ? (
            <td className="rh-mono">
              <span className="rel-cell">{grant.column ?? <span className="text-ink-3">all</span>}</span>
            </td>
          ) : null}
          {shown.grantable ? <td>{grant.grantable ? <Badge>with grant option</Badge> : null}</td> : null}
          {shown.grantor ? (
            <td className="rh-mono text-ink-2">
              <span className="rel-cell">{grant.grantor}</span>
            </td>
          ) : null}
          {shown.through ? (
            <td className="rel-text text-ink-2">
              <span className="rel-cell">{grant.through ?? "itself"}</span>
            </td>
          ) : null}
        </>
      )}
    />
  );
}

export const wordsOfGrant = (grant: GrantRow) => [
  grant.grantee,
  grant.column,
  ...grant.privileges,
  grant.grantor,
  grant.through,
  grant.grantable ? "with grant option" : null,
];

/** In place of the table, where there is none to show. */
export function NoGrants({ state }: { state: ListState }) {
  if (state === "denied") {
    return (
      <EmptyState picture="denied" title="Privileges may not be read">
        The login may not read who may use it.
      </EmptyState>
    );
  }
  if (state === "unread") {
    return (
      <EmptyState picture="offline" title="Privileges were not read">
        They are read when the server can be reached; there may be some.
      </EmptyState>
    );
  }
  return (
    <EmptyState picture="empty" title="No privileges were granted">
      Only its owner may use it, and who needs no privileges.
    </EmptyState>
  );
}

/** The filter above a long list, with how many there are. */
export function Find({
  many,
  count,
  text,
  onText,
}: {
  many: string;
  count: string;
  text: string;
  onText: (text: string) => void;
}) {
  return (
    <div className="rel-find">
      <SearchField dense label={`Filter ${many}`} placeholder={`Filter ${many}`} value={text} onChange={onText} />
      <span className="rh-meta tabular-nums">
        {count} {many}
      </span>
    </div>
  );
}
