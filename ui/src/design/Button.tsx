import type { ButtonHTMLAttributes, MouseEvent, ReactNode, Ref } from "react";
import { classes } from "./classes";
import { Icon } from "./icons/Icon";
import type { IconName } from "./icons/shapes";
import { Kbd } from "./Kbd";
import { Spinner } from "./Spinner";
import { tip } from "./tip";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children">;

interface Shared extends Native {
  ref?: Ref<HTMLButtonElement>;
  variant?: ButtonVariant;
  dense?: boolean;
  /** Shows a spinner, keeps the width, ignores presses. */
  loading?: boolean;
  /** Shortcut, as `Mod+Enter`. */
  keys?: string;
  /** Says why it cannot be pressed: the button stays focusable, and its tooltip tells. */
  disabledReason?: string | undefined;
  tooltip?: string;
}

export interface ButtonProps extends Shared {
  icon?: IconName;
  children: ReactNode;
  /** Shows the shortcut inside the button too. */
  showKeys?: boolean;
  /** A toggle: pressed or not. */
  pressed?: boolean;
  /** Draws a chevron: the button opens something. */
  opens?: boolean;
}

function guarded(blocked: boolean, onClick: Native["onClick"]) {
  return (event: MouseEvent<HTMLButtonElement>) => {
    if (blocked) {
      event.preventDefault();
      return;
    }
    onClick?.(event);
  };
}

export function Button({
  variant = "secondary",
  dense,
  loading,
  keys,
  disabledReason,
  tooltip,
  icon,
  children,
  showKeys,
  pressed,
  opens,
  className,
  onClick,
  ...rest
}: ButtonProps) {
  const blocked = Boolean(loading || disabledReason);
  return (
    <button
      type="button"
      {...tip(disabledReason ?? tooltip, keys)}
      {...rest}
      className={classes("rh-btn", `rh-btn-${variant}`, dense && "rh-btn-dense", className)}
      aria-pressed={pressed}
      aria-busy={loading || undefined}
      aria-disabled={blocked || undefined}
      aria-description={disabledReason}
      onClick={guarded(blocked, onClick)}
    >
      {loading ? <Spinner /> : icon ? <Icon name={icon} size={dense ? 14 : 16} /> : null}
      <span>{children}</span>
      {opens ? <Icon name="chevron-down" size={12} /> : null}
      {showKeys && keys ? <Kbd keys={keys} /> : null}
    </button>
  );
}

export interface IconButtonProps extends Omit<Shared, "tooltip"> {
  icon: IconName;
  /** The accessible name and the tooltip. */
  label: string;
  pressed?: boolean;
  /** 20 px, for close crosses inside rows and chips. */
  quiet?: boolean;
}

export function IconButton({
  icon,
  label,
  variant = "ghost",
  dense,
  quiet,
  loading,
  keys,
  disabledReason,
  pressed,
  className,
  onClick,
  ...rest
}: IconButtonProps) {
  const blocked = Boolean(loading || disabledReason);
  return (
    <button
      type="button"
      {...tip(disabledReason ? `${label}: ${disabledReason}` : label, keys)}
      {...rest}
      className={classes(
        "rh-btn rh-btn-icon",
        `rh-btn-${variant}`,
        dense && "rh-btn-dense",
        quiet && "rh-btn-quietsize",
        className,
      )}
      aria-label={label}
      aria-pressed={pressed}
      aria-busy={loading || undefined}
      aria-disabled={blocked || undefined}
      aria-description={disabledReason}
      onClick={guarded(blocked, onClick)}
    >
      {loading ? <Spinner /> : <Icon name={icon} size={quiet ? 12 : dense ? 14 : 16} />}
    </button>
  );
}
