import { createElement } from "react";
import { type IconName, iconShapes } from "./shapes";

export interface IconProps {
  name: IconName;
  /** Pixels. 16 in controls, 14 in status lines, 12 in dense places. */
  size?: 12 | 14 | 16 | 20 | 24;
  className?: string;
  /** Says what the icon means; without it the icon is decoration. */
  label?: string;
}

export function Icon({ name, size = 16, className, label }: IconProps) {
  const stroke = size === 12 ? " rh-icon-12" : size === 14 ? " rh-icon-14" : "";
  return (
    <svg
      className={`rh-icon${stroke}${className ? ` ${className}` : ""}`}
      viewBox="0 0 16 16"
      style={size > 16 ? { width: size, height: size, strokeWidth: 1.1 } : undefined}
      role={label ? "img" : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      {iconShapes[name].map(([tag, attributes]) =>
        createElement(tag, { key: JSON.stringify(attributes), ...attributes }),
      )}
    </svg>
  );
}
