import { type ReactNode, useState } from "react";
import { Badge, Button, Icon, IconButton } from "@/design";
import { failureOf, type ResultColumn } from "@/ipc";
import { formatBytes } from "../format";
import { layoutJson } from "../viewing";
import { bytesInWords, type RowValue } from "./values";

export interface RowFieldProps {
  column: ResultColumn;
  value: RowValue;
  selected: boolean;
  /** Not among the columns on show. */
  hidden: boolean;
  /** What its link says, where it leads elsewhere. */
  leads: string | undefined;
  /** Why it cannot be edited; nothing where it can. */
  refused: string | undefined;
  /** Reads the rest of a value that is cut; nothing where it is too long to be read here. */
  whole: () => Promise<string | null>;
  onOpen: () => void;
  onCopy: () => void;
  onFollow: (anchor: Element) => void;
}

/** How a value stands where it is no text: told apart from every text. */
function state(value: RowValue): ReactNode {
  switch (value.cell.class) {
    case "null":
      return <Badge>NULL</Badge>;
    case "empty":
      return <span className="rh-meta">empty text</span>;
    case "default":
      return <span className="rh-meta italic">{value.cell.text ? `default: ${value.cell.text}` : "default"}</span>;
    default:
      return null;
  }
}

const MARKS = { changed: "changed", new: "new", deleted: "to be deleted" } as const;

/** One column of a row: its name and type, its value in full, and what can be done with it. */
export function RowField({
  column,
  value,
  selected,
  hidden,
  leads,
  refused,
  whole,
  onOpen,
  onCopy,
  onFollow,
}: RowFieldProps) {
  const [laidOut, setLaidOut] = useState(false);
  const [rest, setRest] = useState<{ text: string } | { says: string } | null>(null);
  const { cell } = value;
  const text = rest && "text" in rest ? rest.text : value.text;
  const cut = value.fullBytes !== undefined && !(rest && "text" in rest);
  const json = column.class === "json" && cell.class !== "null" && !cut ? layoutJson(text) : null;
  const isBytes = cell.class === "bytes";
  const stands = state(value);
  const unfold = () =>
    void whole()
      .then((full) => setRest(full === null ? { says: "Too long to be shown here: open the cell." } : { text: full }))
      .catch((thrown: unknown) => setRest({ says: failureOf(thrown).message }));
  return (
    <div className="rh-card-field" data-mark={cell.mark} data-selected={selected || undefined}>
      <div className="rh-card-label">
        {column.primary_key ? <Icon name="key" size={12} /> : null}
        <span className="rh-card-name">{column.name}</span>
        <span className="rh-meta rh-mono rh-truncate">{column.native_type}</span>
        {hidden ? <Badge>hidden</Badge> : null}
        {cell.mark ? <Badge tone={cell.mark === "deleted" ? "danger" : "warn"}>{MARKS[cell.mark]}</Badge> : null}
        <span className="flex-1" />
        <span className="rh-card-acts">
          {json !== null && json !== text ? (
            <IconButton
              icon="format"
              label={laidOut ? "As it is stored" : "Lay out the JSON"}
              pressed={laidOut}
              data-unfolds
              quiet
              tabIndex={-1}
              onClick={() => setLaidOut(!laidOut)}
            />
          ) : null}
          <IconButton icon="copy" label={`Copy ${column.name}`} quiet tabIndex={-1} onClick={onCopy} />
          <IconButton
            icon={refused === undefined ? "edit" : "open-external"}
            label={refused === undefined ? `Edit ${column.name}` : `Open ${column.name}. ${refused}`}
            quiet
            tabIndex={-1}
            onClick={onOpen}
          />
        </span>
      </div>
      <div className="rh-card-value rh-selectable">
        {stands ?? (
          <pre className="rh-mono" data-class={cell.class}>
            {laidOut && json !== null ? json : text}
          </pre>
        )}
        {isBytes ? <span className="rh-meta">{bytesInWords(value)}</span> : null}
        {cut ? (
          <span className="flex items-center gap-2">
            <Badge tone="warn">the beginning of {formatBytes(value.fullBytes ?? 0)}</Badge>
            {rest && "says" in rest ? (
              <span className="rh-meta">{rest.says}</span>
            ) : (
              <Button dense variant="ghost" tabIndex={-1} data-unfolds onClick={unfold}>
                Show all
              </Button>
            )}
          </span>
        ) : null}
        {leads !== undefined ? (
          <button
            type="button"
            tabIndex={-1}
            className="rh-card-link"
            onClick={(event) => onFollow(event.currentTarget)}
          >
            <Icon name="arrow-right" size={12} /> {leads.split("\n")[0]}
          </button>
        ) : null}
        {cell.problem ? (
          <span className="rh-tone-danger flex items-center gap-1" role="note">
            <Icon name="error" size={12} /> {cell.problem}
          </span>
        ) : null}
      </div>
    </div>
  );
}
