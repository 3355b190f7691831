import { Button, IconButton, Input } from "@/design";
import { formatCount } from "../../format";
import {
  type ArrayItem,
  type ArrayText,
  hasBounds,
  withElement,
  withNewElement,
  withoutElement,
  withSwapped,
} from "./arrays";

/** More elements than this are edited as text. */
const MOST = 500;

/** The elements of an array, one a line. What is not touched stays as the server printed it. */
export function ArrayEditor({
  text,
  array,
  onChange,
}: {
  text: string;
  array: ArrayText;
  onChange: (text: string) => void;
}) {
  const fixed = hasBounds(text);
  const shown = array.items.slice(0, MOST);
  const nested = array.items.some((item) => item.kind === "array");
  return (
    <div className="flex flex-col gap-1" role="list" aria-label="Elements">
      {shown.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an element is its place.
        <div key={index} role="listitem" className="flex items-center gap-1">
          <span className="rh-meta w-[32px] text-right shrink-0">{index + 1}</span>
          <Element text={text} item={item} index={index} onChange={onChange} />
          {fixed || nested ? null : (
            <>
              <IconButton
                icon="arrow-down"
                label={`Move element ${index + 1} down`}
                quiet
                disabledReason={index + 1 < array.items.length ? undefined : "it is the last"}
                onClick={() => onChange(withSwapped(text, array, index))}
              />
              <IconButton
                icon="trash"
                label={`Remove element ${index + 1}`}
                quiet
                onClick={() => onChange(withoutElement(text, array, index))}
              />
            </>
          )}
        </div>
      ))}
      {array.items.length > MOST ? (
        <p className="rh-meta">… and {formatCount(array.items.length - MOST)} more. Edit them as text.</p>
      ) : null}
      {array.items.length === 0 ? <p className="rh-meta">An empty array.</p> : null}
      {fixed || nested ? (
        <p className="rh-meta">
          {fixed
            ? "It begins at an index of its own, which says how long it is. Add and remove elements as text."
            : "It has several dimensions. Add and remove elements as text."}
        </p>
      ) : (
        <div className="flex gap-2 pl-[36px]">
          <Button dense icon="plus" onClick={() => onChange(withNewElement(text, array, ""))}>
            Element
          </Button>
          <Button dense onClick={() => onChange(withNewElement(text, array, null))}>
            NULL
          </Button>
        </div>
      )}
    </div>
  );
}

function Element({
  text,
  item,
  index,
  onChange,
}: {
  text: string;
  item: ArrayItem;
  index: number;
  onChange: (text: string) => void;
}) {
  if (item.kind === "array")
    return <code className="rh-mono rh-truncate flex-1">{text.slice(item.start, item.end)}</code>;
  const value = item.kind === "null" ? "" : item.value;
  return (
    <>
      <span className="flex-1 min-w-0">
        <Input
          mono
          dense
          aria-label={`Element ${index + 1}${item.kind === "null" ? ": NULL" : value === "" ? ": empty text" : ""}`}
          value={value}
          placeholder={item.kind === "null" ? "NULL" : "empty text"}
          onChange={(next) => onChange(withElement(text, item, next))}
        />
      </span>
      <IconButton
        icon="null"
        label={`Set element ${index + 1} to NULL`}
        quiet
        pressed={item.kind === "null"}
        onClick={() => onChange(withElement(text, item, item.kind === "null" ? "" : null))}
      />
    </>
  );
}
