import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { classes } from "./classes";
import { useFloating } from "./floating";
import { Icon } from "./icons/Icon";
import type { IconName } from "./icons/shapes";
import { useLayer } from "./layers";
import { firstEnabled, lastEnabled, type MenuItem, stepEnabled, typeAhead } from "./menuModel";

export interface SelectOption<T extends string> {
  value: T;
  label: string;
  icon?: IconName;
  meta?: string;
  /** Options with the same group stand under its heading; give them in order. */
  group?: string;
  disabledReason?: string;
}

export interface SelectProps<T extends string> {
  id?: string;
  label?: string;
  value: T | undefined;
  onChange: (value: T) => void;
  options: readonly SelectOption<T>[];
  placeholder?: string;
  icon?: IconName;
  mono?: boolean;
  dense?: boolean;
  block?: boolean;
  disabled?: boolean;
  tooltip?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: true | undefined;
}

/** One of many, in a list. The focus never leaves the button, so typing picks with the list closed too. */
export function Select<T extends string>({
  label,
  value,
  onChange,
  options,
  placeholder = "Choose",
  icon,
  mono,
  dense,
  block,
  tooltip,
  ...rest
}: SelectProps<T>) {
  const listId = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const typed = useRef({ text: "", at: 0 });
  const at = options.findIndex((option) => option.value === value);
  const selected = options[at];
  const asItems: readonly MenuItem[] = options;

  useLayer({ active: open, element: list, anchor: button.current, onDismiss: () => setOpen(false) });
  useFloating(list, open ? button.current : null, open, { side: "bottom", align: "start", gap: 4 });
  useEffect(() => {
    if (open) list.current?.querySelector('[data-active="true"]')?.scrollIntoView?.({ block: "nearest" });
  }, [open, active]);

  const show = () => {
    setActive(at >= 0 ? at : firstEnabled(asItems));
    setOpen(true);
  };
  const pick = (index: number) => {
    const option = options[index];
    if (!option || option.disabledReason !== undefined) return;
    setOpen(false);
    if (option.value !== value) onChange(option.value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey) return;
    if (!open && (key === "Enter" || key === " " || key === "ArrowDown" || key === "ArrowUp")) show();
    else if (open && key === "ArrowDown") setActive(stepEnabled(asItems, active, 1));
    else if (open && key === "ArrowUp") setActive(stepEnabled(asItems, active, -1));
    else if (open && key === "Home") setActive(firstEnabled(asItems));
    else if (open && key === "End") setActive(lastEnabled(asItems));
    else if (open && (key === "Enter" || key === " ")) pick(active);
    else if (open && key === "Tab") {
      pick(active);
      return;
    } else if (key.length === 1 && !event.altKey) {
      const now = Date.now();
      typed.current = { text: now - typed.current.at < 700 ? typed.current.text + key : key, at: now };
      const hit = typeAhead(asItems, open ? active : at, typed.current.text);
      if (hit !== undefined) {
        if (open) setActive(hit);
        else pick(hit);
      }
    } else return;
    event.preventDefault();
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        role="combobox"
        {...rest}
        aria-label={label}
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-controls={listId}
        aria-activedescendant={open && active >= 0 ? `${listId}-${active}` : undefined}
        data-tip={tooltip}
        className={classes(
          "rh-select",
          mono && "rh-select-mono",
          dense && "rh-select-dense",
          block && "rh-select-block",
        )}
        onClick={() => (open ? setOpen(false) : show())}
        onKeyDown={onKeyDown}
      >
        {(selected?.icon ?? icon) ? <Icon name={selected?.icon ?? icon ?? "more"} size={dense ? 14 : 16} /> : null}
        <span className={classes("rh-truncate", !selected && "text-ink-3")}>{selected?.label ?? placeholder}</span>
        <Icon name="chevron-down" size={12} />
      </button>
      {open
        ? createPortal(
            <div
              ref={list}
              id={listId}
              role="listbox"
              aria-label={label}
              tabIndex={-1}
              className="rh-popover rh-menu"
              style={{ minWidth: button.current?.offsetWidth }}
              onPointerDown={(event) => event.preventDefault()}
            >
              {options.map((option, index) => (
                <div key={option.value} role="presentation">
                  {option.group && option.group !== options[index - 1]?.group ? (
                    <div className="rh-menu-head" role="presentation">
                      {option.group}
                    </div>
                  ) : null}
                  <div
                    id={`${listId}-${index}`}
                    role="option"
                    tabIndex={-1}
                    aria-selected={index === at}
                    aria-disabled={option.disabledReason !== undefined || undefined}
                    className="rh-menu-item"
                    data-active={index === active || undefined}
                    data-tip={option.disabledReason}
                    onPointerMove={() => setActive(index)}
                    onClick={() => pick(index)}
                  >
                    {option.icon ? <Icon name={option.icon} /> : null}
                    <span className={mono ? "rh-mono" : undefined}>{option.label}</span>
                    <span className="rh-menu-end">
                      {index === at ? <Icon name="check" size={12} label="Chosen" /> : option.meta}
                    </span>
                  </div>
                </div>
              ))}
            </div>,
            document.body,
          )
        : null}
    </>
  );
}
