/** What a file holds, and what each connection would become. */
import { Badge, Checkbox, Icon, Swatch, tip } from "@/design";
import type { FoundConnection, ImportPreview } from "@/ipc";
import { canBeSaved, passwordWords, statusWords } from "../imports";
import { commandLine } from "../passwordCommand";

function Row({
  found,
  chosen,
  onChoose,
}: {
  found: FoundConnection;
  chosen: boolean;
  onChoose: (on: boolean) => void;
}) {
  const status = statusWords(found.status);
  const reason = found.status.kind === "unsupported" ? found.status.reason : null;
  return (
    <li className="import-row">
      <Checkbox
        checked={chosen}
        disabled={reason !== null}
        onChange={onChoose}
        label={`Import ${found.name || found.target}`}
      />
      <span className="min-w-0">
        <span className="rh-truncate block font-medium">{found.name}</span>
        {found.group ? <span className="rh-meta rh-truncate block">{found.group}</span> : null}
      </span>
      <span className="min-w-0">
        <span className="rh-mono rh-truncate block text-ink-2" {...tip(found.target)}>
          {found.target || found.engine}
        </span>
        <span className="rh-meta rh-truncate block">
          {found.values["ssh_host"] ? `through ${found.values["ssh_host"]} · ` : ""}
          {found.engine}
        </span>
      </span>
      <span className="import-environment">
        <Swatch color={`var(--env-${found.environment})`}>{found.environment}</Swatch>
      </span>
      <span className="rh-meta import-password">
        {found.has_password ? <Icon name="lock" size={12} /> : null}
        {reason === null ? passwordWords(found) : ""}
      </span>
      <span className="import-status">
        <Badge tone={status.tone} {...(status.detail ? { tooltip: status.detail } : {})}>
          {status.text}
        </Badge>
      </span>
      {found.password_command || found.warnings.length > 0 || reason !== null ? (
        <ul className="import-notes">
          {reason === null ? null : <li>{reason}</li>}
          {found.password_command ? (
            <li>
              Its password would come from this command, which is not run before you agree:{" "}
              <span className="rh-mono rh-selectable">{commandLine(found.password_command)}</span>
            </li>
          ) : null}
          {found.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      ) : null}
    </li>
  );
}

export interface ImportListProps {
  preview: ImportPreview;
  chosen: ReadonlySet<number>;
  onChoose: (indexes: readonly number[], on: boolean) => void;
}

export function ImportList({ preview, chosen, onChoose }: ImportListProps) {
  const possible = preview.connections.filter(canBeSaved).map((found) => found.index);
  const all = possible.length > 0 && possible.every((index) => chosen.has(index));
  return (
    <div>
      <div className="import-all">
        <Checkbox
          checked={all ? true : chosen.size > 0 ? "mixed" : false}
          disabled={possible.length === 0}
          onChange={(on) => onChoose(possible, on)}
        >
          {chosen.size} of {preview.connections.length} chosen
        </Checkbox>
      </div>
      <ul aria-label="Found connections">
        {preview.connections.map((found) => (
          <Row
            key={found.index}
            found={found}
            chosen={chosen.has(found.index)}
            onChoose={(on) => onChoose([found.index], on)}
          />
        ))}
      </ul>
    </div>
  );
}
