import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { classes } from "./classes";
import { type Align, type Anchor, type Side, useFloating } from "./floating";
import { firstFocusable, useReturnFocus } from "./focus";
import { useLayer } from "./layers";

export interface PopoverProps {
  open: boolean;
  onClose: () => void;
  /** An element, or a box in viewport pixels. */
  anchor: Anchor;
  label: string;
  side?: Side;
  align?: Align;
  gap?: number;
  className?: string;
  width?: number;
  /** False leaves the focus where it is (a completion list). */
  takesFocus?: boolean;
  initialFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
}

/** A small surface beside what opened it. Escape or a press outside closes it and gives the focus back. */
export function Popover(props: PopoverProps) {
  return props.open ? createPortal(<OpenPopover {...props} />, document.body) : null;
}

function OpenPopover({
  onClose,
  anchor,
  label,
  side = "bottom",
  align = "start",
  gap = 4,
  className,
  width,
  takesFocus = true,
  initialFocus,
  children,
}: PopoverProps) {
  const element = useRef<HTMLDivElement>(null);
  useReturnFocus(takesFocus);
  useFloating(element, anchor, true, { side, align, gap });
  useLayer({ active: true, element, anchor: anchor instanceof Element ? anchor : null, onDismiss: onClose });
  useEffect(() => {
    if (!takesFocus) return;
    const target = initialFocus?.current ?? firstFocusable(element.current) ?? element.current;
    target?.focus({ preventScroll: true });
  }, [takesFocus, initialFocus]);
  return (
    <div
      ref={element}
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      className={classes("rh-popover", className)}
      style={width === undefined ? undefined : { width }}
    >
      {children}
    </div>
  );
}
