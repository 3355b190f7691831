import { Icon } from "@/design";
import type { ObjectRef } from "@/ipc";
import { shownName } from "../model";

export interface ReferenceProps {
  object: ObjectRef;
  columns: readonly string[];
  actions: string;
  /** The relation that refers, to leave its own schema out. */
  near: ObjectRef;
  onOpen: (object: ObjectRef) => void;
}

/** Where a key leads: a link to the relation, the columns it means, what happens there. */
export function Reference({ object, columns, actions, near, onOpen }: ReferenceProps) {
  return (
    <span className="rel-cell rel-reference">
      <button type="button" className="rel-link rh-mono" onClick={() => onOpen(object)}>
        <Icon name="arrow-right" size={12} className="mr-1 inline" />
        {shownName(object, near)}
        {columns.length > 0 ? ` (${columns.join(", ")})` : ""}
      </button>
      {actions ? <span className="rh-meta">{actions}</span> : null}
    </span>
  );
}
