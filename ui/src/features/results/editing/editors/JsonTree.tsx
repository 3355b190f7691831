import { type KeyboardEvent, useState } from "react";
import { Button, IconButton } from "@/design";
import { formatCount } from "../../format";
import { isLexeme, type JsonNode, lexemeOf, partsOf, stringOf, without, withPart, withValue } from "./json";

/** Children shown at first, and with every further press. */
const PART = 100;

export interface JsonTreeProps {
  text: string;
  root: JsonNode;
  onChange: (text: string) => void;
}

/** A JSON value as a tree over its text: an edit replaces one value, a key or a member, and leaves all else to the letter. */
export function JsonTree({ text, root, onChange }: JsonTreeProps) {
  return (
    <div className="rh-mono text-data" role="tree" aria-label="JSON">
      <Node text={text} node={root} name={null} onChange={onChange} onRemove={undefined} onRename={undefined} open />
    </div>
  );
}

interface NodeProps {
  text: string;
  node: JsonNode;
  name: string | null;
  onChange: (text: string) => void;
  onRemove: (() => void) | undefined;
  onRename: ((name: string) => void) | undefined;
  open?: boolean;
}

function Node({ text, node, name, onChange, onRemove, onRename, open: begun = false }: NodeProps) {
  const [open, setOpen] = useState(begun);
  const [shown, setShown] = useState(PART);
  const branch = node.kind === "object" || node.kind === "array";
  const children =
    node.kind === "object"
      ? node.members.map((member) => ({ member, value: member.value }))
      : node.kind === "array"
        ? node.items.map((value) => ({ member: null, value }))
        : [];
  const parts = node.kind === "object" ? partsOf(node.members) : node.kind === "array" ? node.items : [];
  return (
    <div role="treeitem" aria-expanded={branch ? open : undefined} aria-label={name ?? "value"} tabIndex={-1}>
      <div className="rh-json-line">
        {branch ? (
          <IconButton
            icon={open ? "chevron-down" : "chevron-right"}
            label={open ? "Fold" : "Unfold"}
            quiet
            onClick={() => setOpen((now) => !now)}
          />
        ) : (
          <span className="w-[20px] shrink-0" />
        )}
        {name !== null ? (
          onRename ? (
            <Edited value={name} label={`Key ${name}`} className="rh-json-key" onTake={onRename} />
          ) : (
            <span className="text-ink-3">{name}</span>
          )
        ) : null}
        {name !== null ? <span className="text-ink-3">:</span> : null}
        {branch ? (
          <span className="rh-meta">
            {node.kind === "object" ? "{" : "["}
            {children.length === 0 ? "" : ` ${formatCount(children.length)} `}
            {node.kind === "object" ? "}" : "]"}
          </span>
        ) : (
          <Scalar text={text} node={node} name={name} onChange={onChange} />
        )}
        {onRemove ? (
          <span className="rh-json-remove">
            <IconButton icon="trash" label={`Remove ${name ?? "this value"}`} quiet onClick={onRemove} />
          </span>
        ) : null}
      </div>
      {branch && open ? (
        <div role="group" className="pl-4">
          {children.slice(0, shown).map(({ member, value }, index) => (
            <Node
              // biome-ignore lint/suspicious/noArrayIndexKey: keys may repeat; a member is its place.
              key={index}
              text={text}
              node={value}
              name={member ? stringOf(text, member.keyStart, member.keyEnd) : String(index)}
              onChange={onChange}
              onRemove={() => onChange(without(text, parts, index))}
              onRename={
                member
                  ? (next) => onChange(withValue(text, { start: member.keyStart, end: member.keyEnd }, lexemeOf(next)))
                  : undefined
              }
              open={children.length <= 20 && begun && text.length < 20_000}
            />
          ))}
          {children.length > shown ? (
            <Button dense variant="ghost" onClick={() => setShown((now) => now + PART)}>
              {`${formatCount(children.length - shown)} more`}
            </Button>
          ) : null}
          <Button
            dense
            variant="ghost"
            icon="plus"
            onClick={() => onChange(withPart(text, node, parts, node.kind === "object" ? '"key": null' : "null"))}
          >
            {node.kind === "object" ? "Member" : "Item"}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

/** One value that is no structure. Texts are shown without their quotes; everything else is edited as it is written. */
function Scalar({
  text,
  node,
  name,
  onChange,
}: {
  text: string;
  node: JsonNode;
  name: string | null;
  onChange: (text: string) => void;
}) {
  const lexeme = text.slice(node.start, node.end);
  const isText = node.kind === "string";
  const value = isText ? stringOf(text, node.start, node.end) : lexeme;
  const put = (next: string) => {
    // A text stays a text; what was a number or a word becomes a text where it is no value by itself.
    const lexed = isText ? lexemeOf(next) : isLexeme(next) ? next : lexemeOf(next);
    onChange(withValue(text, node, lexed));
  };
  return (
    <>
      <Edited
        value={value}
        label={`Value of ${name ?? "it"}`}
        className={isText ? "syn-string" : node.kind === "number" ? "syn-number" : "syn-keyword"}
        onTake={put}
      />
      {isText && value !== "" && isLexeme(value) ? (
        <button
          type="button"
          className="rh-json-kind"
          data-tip="A text. Press to make it the value it spells"
          onClick={() => onChange(withValue(text, node, value))}
        >
          text
        </button>
      ) : null}
    </>
  );
}

/** A text in its line that becomes a field when it is pressed; nothing changes where nothing was typed. */
function Edited({
  value,
  label,
  className,
  onTake,
}: {
  value: string;
  label: string;
  className: string;
  onTake: (value: string) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const take = () => {
    const now = typed;
    setTyped(null);
    if (now !== null && now !== value) onTake(now);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.shiftKey) take();
    else if (event.key === "Escape" && typed !== null && typed !== value) setTyped(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <textarea
      rows={1}
      className={`rh-json-field ${className}`}
      aria-label={label}
      spellCheck={false}
      value={typed ?? value}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={onKeyDown}
    />
  );
}
