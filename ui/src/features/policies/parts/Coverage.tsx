/** What drafts change for whom: role and command, before and after. A role that gets nowhere any more is red, and said. */
import { Badge, Icon } from "@/design";
import type { PolicyCellChange } from "@/ipc";
import { tableWords } from "../drafts";
import { LEVELS } from "../model";

export function Coverage({ changes, tables }: { changes: readonly PolicyCellChange[]; tables: boolean }) {
  if (changes.length === 0) return <p className="rh-meta">Nobody gains or loses rows, as far as the catalog tells.</p>;
  return (
    <table className="rh-table pol-coverage" aria-label="What changes for whom">
      <thead>
        <tr>
          {tables ? <th scope="col">Table</th> : null}
          <th scope="col">Role</th>
          <th scope="col">Command</th>
          <th scope="col">Before</th>
          <th scope="col">
            <span className="rh-visually-hidden">becomes</span>
          </th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={`${tableWords(change.on)} ${change.role} ${change.command}`} data-loses={change.loses || undefined}>
            {tables ? <td className="rh-truncate">{tableWords(change.on)}</td> : null}
            <td className="rh-truncate" title={change.role}>
              {change.role}
            </td>
            <td className="rh-mono">{change.command.toUpperCase()}</td>
            <td>
              <Badge tone={LEVELS[change.before].tone}>{LEVELS[change.before].word}</Badge>
            </td>
            <td>
              <Icon name="arrow-right" size={12} />
            </td>
            <td>
              {change.loses ? (
                <Badge tone="danger" icon="error">
                  nothing any more
                </Badge>
              ) : (
                <Badge tone={LEVELS[change.after].tone}>
                  {change.before === change.after
                    ? `${LEVELS[change.after].word} differently`
                    : LEVELS[change.after].word}
                </Badge>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
