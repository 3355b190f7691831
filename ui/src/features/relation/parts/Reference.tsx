import { Icon, tip } from "@/design";
import type { ObjectRef } from "@/ipc";
import { shownName } from "../model";

export interface ReferenceProps {
  object: ObjectRef;
  columns: readonly string[];
  actions: string;
  /** The relation that refers, to leave its own schema out. */
  near: ObjectRef;
  onOpen: (object: ObjectRef) => void;
  /** On one line; the rest on hover. */
  line?: boolean;
}

/** Where a key leads: a link to the relation, the columns it means, what happens there. */
export function Reference({ object, columns, actions, near, onOpen, line }: ReferenceProps) {
  const words = `${shownName(object, near)}${columns.length > 0 ? ` (${columns.join(", ")})` : ""}`;
  return (
    <span
      className={line ? "rel-line" : "rel-cell rel-reference"}
      {...(line ? tip(actions ? `${words}\n${actions}` : words) : {})}
    >
      <button
        type="button"
        className={`rel-link rh-mono${line ? " rel-link-line" : ""}`}
        onClick={() => onOpen(object)}
      >
        <Icon name="arrow-right" size={12} className="mr-1 inline" />
        {words}
      </button>
      {actions && !line ? <span className="rh-meta">{actions}</span> : null}
    </span>
  );
}
