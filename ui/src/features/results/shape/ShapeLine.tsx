import { type ReactNode, useId } from "react";
import { Button, IconButton } from "@/design";
import type { AppError, BrowseSort, TextRange } from "@/ipc";
import { SortLine } from "./SortLine";

/** A field for SQL that somebody else draws: an expression over the relation's columns. */
export interface WhereField {
  readonly value: string;
  readonly onApply: (text: string) => void;
  readonly onCancel: () => void;
  readonly onChange: (text: string) => void;
  readonly wrong: TextRange | null;
  readonly describedBy: string;
  readonly focus: boolean;
}

export type WhereSlot = (field: WhereField) => ReactNode;

export interface ShapeLineProps {
  /** The condition that is in force; `null` where the field is closed. */
  where: string | null;
  /** What it is called. */
  called?: string;
  /** What stands in the field, where it is not in force yet. */
  draft: string;
  onDraft: (text: string) => void;
  onWhere: (text: string) => void;
  onCloseWhere: () => void;
  /** What the condition was refused for. */
  failure: AppError | null;
  field: WhereSlot | undefined;
  /** The field was opened just now, by hand. */
  focus: boolean;
  sort: readonly BrowseSort[];
  onSort: (sort: readonly BrowseSort[]) => void;
}

/** The second line of a data tab: what was written for WHERE, and the sort keys. Shown while there is any of it. */
export function ShapeLine({
  where,
  called = "WHERE",
  draft,
  onDraft,
  onWhere,
  onCloseWhere,
  failure,
  field,
  focus,
  sort,
  onSort,
}: ShapeLineProps) {
  const problem = useId();
  if (where === null && sort.length === 0) return null;
  const waits = where !== null && draft.trim() !== where.trim();
  return (
    <div className="flex flex-col border-b border-line bg-surface-1 px-2 py-1 gap-1 min-w-0" data-shape-line>
      {where !== null && field ? (
        <div className="flex items-center gap-2 min-w-0" role="group" aria-label={called}>
          <span className="rh-mono rh-meta shrink-0">{called}</span>
          <div
            className="rh-input rh-input-mono rh-input-dense flex-1 min-w-0"
            data-invalid={failure ? true : undefined}
          >
            {field({
              value: draft,
              onApply: onWhere,
              onCancel: onCloseWhere,
              onChange: onDraft,
              wrong: failure?.range ?? null,
              describedBy: problem,
              focus,
            })}
          </div>
          {waits ? (
            <Button dense variant="primary" onClick={() => onWhere(draft.trim())} keys="Enter" showKeys>
              Apply
            </Button>
          ) : null}
          <IconButton icon="close" label={`Remove the written ${called}`} quiet onClick={() => onWhere("")} />
        </div>
      ) : null}
      {where !== null ? (
        <p id={problem} role="alert" className="rh-meta rh-tone-danger" hidden={!failure}>
          {failure?.message}
          {failure?.range ? ` (at character ${failure.range.from + 1})` : ""}
          {failure?.hint ? ` ${failure.hint}` : ""}
        </p>
      ) : null}
      {sort.length > 0 ? <SortLine sort={sort} onChange={onSort} /> : null}
    </div>
  );
}
