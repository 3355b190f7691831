/** Rules that did not look at everything, each with what it would need. */
import { Button, EmptyState, Icon, number } from "@/design";
import type { AdvisorRule } from "@/ipc";

export interface UnseenProps {
  rules: readonly AdvisorRule[];
  total: number;
  onRule: (id: string) => void;
}

export function Unseen({ rules, total, onRule }: UnseenProps) {
  if (rules.length === 0) {
    return (
      <EmptyState icon="check" title="Every rule was evaluated">
        All {number(total)} looked at everything that they look at.
      </EmptyState>
    );
  }
  return (
    <div className="adv-unseen rh-scroll">
      <p className="rh-meta adv-note">These are not passes. Each says what it would need.</p>
      <ul aria-label="Rules that were not evaluated">
        {rules.map(({ id, name, title, reason, result }) => (
          <li key={id} className="adv-row">
            <span className="adv-level">
              <Icon name="minus" size={14} /> {result === "not_evaluated" ? "Not run" : "In part"}
            </span>
            <span className="min-w-0">
              <span className="rh-truncate block">{title}</span>
              <span className="rh-meta rh-truncate block rh-selectable">
                <span className="rh-mono">
                  {id} {name}
                </span>{" "}
                · {reason}
              </span>
            </span>
            <Button dense variant="ghost" onClick={() => onRule(id)}>
              About {id}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
