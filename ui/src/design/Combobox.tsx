/** A field that proposes: what is typed counts, what is proposed helps. */
import { type KeyboardEvent, type Ref, useEffect, useId, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { classes } from "./classes";
import { useFloating } from "./floating";
import { useLayer } from "./layers";

export interface ComboboxProps {
  ref?: Ref<HTMLInputElement>;
  id?: string;
  label?: string;
  value: string;
  onChange: (value: string) => void;
  /** What is proposed, the usual ones first. */
  options: readonly string[];
  /** The field was left, or something was chosen: what it holds now counts. */
  onCommit?: (value: string) => void;
  /** Escape with nothing proposed. */
  onCancel?: () => void;
  placeholder?: string;
  mono?: boolean;
  dense?: boolean;
  readOnly?: boolean;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: true | undefined;
}

const MOST = 80;

/** Those that begin with what is typed, then those that have it somewhere; all of them where it is one of them already. */
export function proposed(options: readonly string[], text: string): readonly string[] {
  const words = text.trim().toLowerCase();
  if (words === "" || options.some((each) => each.toLowerCase() === words)) return options.slice(0, MOST);
  const begin = options.filter((each) => each.toLowerCase().startsWith(words));
  const within = options.filter((each) => !begin.includes(each) && each.toLowerCase().includes(words));
  return [...begin, ...within].slice(0, MOST);
}

export function Combobox(props: ComboboxProps) {
  const { ref, value, onChange, options, onCommit, onCancel, label, mono, dense, ...rest } = props;
  const listId = useId();
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const found = open ? proposed(options, value) : [];
  const shown = open && found.length > 0;
  useLayer({ active: shown, element: list, anchor: box.current, onDismiss: () => setOpen(false) });
  useFloating(list, shown ? box.current : null, shown, { side: "bottom", align: "start", gap: 2 });
  useEffect(() => {
    if (shown) list.current?.querySelector("[data-active=true]")?.scrollIntoView?.({ block: "nearest" });
  });
  const choose = (text: string) => {
    setOpen(false);
    setAt(-1);
    onChange(text);
    onCommit?.(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = found.length - 1;
    if (event.key === "ArrowDown") {
      if (!shown) {
        setOpen(true);
        setAt(Math.max(0, options.indexOf(value)));
      } else setAt(at >= last ? 0 : at + 1);
    } else if (event.key === "ArrowUp" && shown) setAt(at <= 0 ? last : at - 1);
    else if (event.key === "Enter") {
      const chosen = shown ? found[at] : undefined;
      if (chosen === undefined && onCommit === undefined) return;
      choose(chosen ?? value);
    } else if (event.key === "Escape" && !shown && onCancel) onCancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={box}
      className={classes("rh-input", mono && "rh-input-mono", dense && "rh-input-dense")}
      data-invalid={rest["aria-invalid"] ? true : undefined}
      data-readonly={rest.readOnly || undefined}
    >
      <input
        ref={ref}
        type="text"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        {...rest}
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={listId}
        aria-activedescendant={shown && at >= 0 ? `${listId}-${at}` : undefined}
        title={value}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
          setOpen(true);
          setAt(-1);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setOpen(false);
          onCommit?.(value);
        }}
      />
      {rest.readOnly ? null : (
        <button
          type="button"
          tabIndex={-1}
          className="rh-combo-open"
          aria-label={`Proposals${label ? ` for ${label}` : ""}`}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => {
            box.current?.querySelector("input")?.focus();
            setOpen(!open);
          }}
        >
          <span aria-hidden="true">▾</span>
        </button>
      )}
      {shown
        ? createPortal(
            <div ref={list} id={listId} role="listbox" aria-label={label} className="rh-popover rh-combo-list">
              {found.map((option, place) => (
                <div
                  key={option}
                  id={`${listId}-${place}`}
                  role="option"
                  aria-selected={option === value}
                  data-active={place === at || undefined}
                  className={classes("rh-combo-option", mono && "rh-mono")}
                  onPointerDown={(event) => event.preventDefault()}
                  onPointerMove={() => place !== at && setAt(place)}
                  onClick={() => choose(option)}
                >
                  {option}
                </div>
              ))}
            </div>,
            document.body,
          )
        : null}
    </div>
  );
}
