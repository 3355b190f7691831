import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { classes } from "./classes";
import { Icon } from "./icons/Icon";
import type { IconName } from "./icons/shapes";
import { tip } from "./tip";

export interface CheckboxProps {
  id?: string;
  checked: boolean | "mixed";
  onChange: (checked: boolean) => void;
  children?: ReactNode;
  /** The accessible name where no text stands beside it. */
  label?: string;
  disabled?: boolean;
  "aria-describedby"?: string | undefined;
}

export function Checkbox({ checked, onChange, children, label, ...rest }: CheckboxProps) {
  return (
    <label className="rh-check">
      <input
        {...rest}
        type="checkbox"
        aria-label={label}
        checked={checked === true}
        ref={(node) => {
          if (node) node.indeterminate = checked === "mixed";
        }}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="rh-check-box">
        <Icon name={checked === "mixed" ? "minus" : "check"} size={12} />
      </span>
      {children ? <span>{children}</span> : null}
    </label>
  );
}

export function Switch({ checked, onChange, children, label, ...rest }: CheckboxProps & { checked: boolean }) {
  return (
    <label className="rh-check">
      <input
        {...rest}
        type="checkbox"
        role="switch"
        aria-label={label}
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="rh-switch-track" />
      {children ? <span>{children}</span> : null}
    </label>
  );
}

export interface Choice<T extends string> {
  value: T;
  label: string;
  icon?: IconName;
  /** A small number after the label. */
  count?: ReactNode;
  disabled?: boolean;
  tooltip?: string;
  keys?: string;
}

export interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: readonly Choice<T>[];
}

export function RadioGroup<T extends string>({ label, value, onChange, options }: ChoiceProps<T>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className="flex flex-col gap-2">
      {options.map((option) => (
        <label className="rh-check" key={option.value}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            disabled={option.disabled}
            onChange={() => onChange(option.value)}
          />
          <span className="rh-radio-dot" />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
}

/** One of a few, all visible. Arrows move the choice, as in a radio group. */
export function Segmented<T extends string>({
  label,
  value,
  onChange,
  options,
  dense,
}: ChoiceProps<T> & { dense?: boolean }) {
  const root = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent, step: number) => {
    const open = options.filter((option) => !option.disabled);
    const at = open.findIndex((option) => option.value === value);
    const next = open[(at + step + open.length) % open.length];
    if (!next) return;
    event.preventDefault();
    onChange(next.value);
    const buttons = [...(root.current?.querySelectorAll<HTMLElement>("[data-value]") ?? [])];
    buttons.find((button) => button.dataset["value"] === next.value)?.focus();
  };
  return (
    <div
      ref={root}
      role="radiogroup"
      aria-label={label}
      className={classes("rh-seg", dense && "rh-seg-dense")}
      onKeyDown={(event) => {
        if (event.key === "ArrowRight" || event.key === "ArrowDown") move(event, 1);
        else if (event.key === "ArrowLeft" || event.key === "ArrowUp") move(event, -1);
      }}
    >
      {options.map((option) => (
        <button
          type="button"
          role="radio"
          key={option.value}
          data-value={option.value}
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          disabled={option.disabled}
          onClick={() => onChange(option.value)}
          {...tip(option.tooltip, option.keys)}
        >
          {option.icon ? <Icon name={option.icon} size={14} /> : null}
          {option.label}
          {option.count !== undefined ? <span className="rh-count">{option.count}</span> : null}
        </button>
      ))}
    </div>
  );
}
