/** Names of a draft that are not there, each with its place. */
import { Icon } from "@/design";
import type { PolicyMissing } from "@/ipc";
import { tableWords } from "../drafts";

export interface MissingNamesProps {
  missing: readonly PolicyMissing[];
  /** What else does not hold. */
  notes?: readonly string[];
}

export function MissingNames({ missing, notes = [] }: MissingNamesProps) {
  return (
    <ul className="pol-remarks pol-missing" aria-label="Names that are not there">
      {missing.map(({ on, policy, words, part, range, name, certain }) => (
        <li
          key={`${tableWords(on)} ${policy} ${part} ${range?.from} ${name}`}
          data-tone={certain ? "danger" : "warn"}
          className="rh-selectable"
        >
          <Icon name={certain ? "error" : "warning"} size={14} /> {words}
          {certain ? null : " The server was not sure."}
        </li>
      ))}
      {notes.map((note) => (
        <li key={note} data-tone="warn" className="rh-selectable">
          <Icon name="warning" size={14} /> {note}
        </li>
      ))}
    </ul>
  );
}
