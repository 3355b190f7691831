import { type ReactNode, useState } from "react";
import { Badge, Icon, type IconName, tip } from "@/design";
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
            <Act
              icon="format"
              says={laidOut ? "As it is stored" : "Lay out the JSON"}
              keys="Space"
              unfolds
              onClick={() => setLaidOut(!laidOut)}
            />
          ) : null}
          <Act icon="copy" says="Copy the value" keys="Mod+C" onClick={onCopy} />
          <Act
            icon={refused === undefined ? "edit" : "open-external"}
            says={refused === undefined ? "Edit the value" : `Open the value\n${refused}`}
            keys="Enter"
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
              <Act text="Show all" says="Read the whole value" keys="Space" unfolds onClick={unfold} />
            )}
          </span>
        ) : null}
        {leads !== undefined ? (
          <Act icon="arrow-right" text={leads.split("\n")[0] ?? ""} says={leads} keys="F12" onClick={onFollow} />
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

/** What the pointer can do with a value. Keys do the same, and a reader is told of those: an option has no controls of its own. */
function Act({
  icon,
  text,
  says,
  keys,
  unfolds = false,
  onClick,
}: {
  icon?: IconName;
  text?: string;
  says: string;
  keys: string;
  /** Is what Space does. */
  unfolds?: boolean;
  onClick: (node: Element) => void;
}) {
  return (
    <span
      {...tip(says, keys)}
      className={text === undefined ? "rh-card-act" : "rh-card-link"}
      aria-hidden="true"
      data-unfolds={unfolds || undefined}
      onClick={(event) => onClick(event.currentTarget)}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      {icon ? <Icon name={icon} size={text === undefined ? 14 : 12} /> : null}
      {text}
    </span>
  );
}
