import {
  type InputHTMLAttributes,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useRef,
} from "react";
import { IconButton } from "./Button";
import { classes } from "./classes";
import { Icon } from "./icons/Icon";
import type { IconName } from "./icons/shapes";
import { Kbd } from "./Kbd";

export interface InputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value" | "prefix"> {
  ref?: Ref<HTMLInputElement>;
  value: string;
  onChange: (value: string) => void;
  icon?: IconName;
  mono?: boolean;
  dense?: boolean;
  /** Placed inside the box, at its end: a unit, a button. */
  end?: ReactNode;
}

export function Input({ ref, value, onChange, icon, mono, dense, end, className, ...rest }: InputProps) {
  return (
    <div
      className={classes("rh-input", mono && "rh-input-mono", dense && "rh-input-dense", className)}
      data-invalid={rest["aria-invalid"] ? true : undefined}
      data-disabled={rest.disabled || undefined}
      data-readonly={rest.readOnly || undefined}
    >
      {icon ? <Icon name={icon} size={dense ? 14 : 16} /> : null}
      <input
        ref={ref}
        type="text"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        {...rest}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {end}
    </div>
  );
}

export interface SearchFieldProps {
  ref?: Ref<HTMLInputElement>;
  value: string;
  onChange: (value: string) => void;
  /** The accessible name, and the placeholder unless one is given. */
  label: string;
  placeholder?: string;
  keys?: string;
  dense?: boolean;
  autoFocus?: boolean;
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
}

/** Escape clears the text first and only then reaches whatever is around. */
export function SearchField({
  ref,
  value,
  onChange,
  label,
  placeholder,
  keys,
  dense,
  autoFocus,
  onKeyDown,
}: SearchFieldProps) {
  const own = useRef<HTMLInputElement | null>(null);
  return (
    <Input
      ref={(node) => {
        own.current = node;
        if (typeof ref === "function") ref(node);
        else if (ref) ref.current = node;
      }}
      type="search"
      icon="search"
      value={value}
      onChange={onChange}
      dense={dense ?? false}
      aria-label={label}
      placeholder={placeholder ?? label}
      autoFocus={autoFocus}
      onKeyDown={(event) => {
        if (event.key === "Escape" && value !== "") {
          event.stopPropagation();
          event.preventDefault();
          onChange("");
          return;
        }
        onKeyDown?.(event);
      }}
      end={
        value !== "" ? (
          <IconButton
            icon="close"
            label="Clear"
            quiet
            tabIndex={-1}
            onClick={() => {
              onChange("");
              own.current?.focus();
            }}
          />
        ) : keys ? (
          <Kbd keys={keys} />
        ) : null
      }
    />
  );
}

export interface TextareaProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange" | "value"> {
  ref?: Ref<HTMLTextAreaElement>;
  value: string;
  onChange: (value: string) => void;
  mono?: boolean;
}

export function Textarea({ value, onChange, mono, className, ...rest }: TextareaProps) {
  return (
    <textarea
      spellCheck={false}
      {...rest}
      className={classes("rh-area", mono && "rh-area-mono", className)}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
