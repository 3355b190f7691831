import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";

export interface SplitPaneProps {
  direction: "row" | "column";
  /** Which pane has the fixed size; the other takes the rest. */
  fixed: "first" | "second";
  /** Pixels of the fixed pane. Keep it where you keep state: nothing is stored here. */
  size: number;
  onSizeChange: (size: number) => void;
  min?: number;
  max?: number;
  /** Double click and Enter go back to it. */
  defaultSize?: number;
  /** Hides the fixed pane and the bar; its size is kept. */
  collapsed?: boolean;
  label: string;
  first: ReactNode;
  second: ReactNode;
}

const STEP = 16;

export function SplitPane({
  direction,
  fixed,
  size,
  onSizeChange,
  min = 120,
  max = 2000,
  defaultSize,
  collapsed,
  label,
  first,
  second,
}: SplitPaneProps) {
  const root = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: number; size: number } | null>(null);
  const horizontal = direction === "row";
  const sign = fixed === "first" ? 1 : -1;

  const limit = (value: number) => {
    const whole = root.current ? (horizontal ? root.current.clientWidth : root.current.clientHeight) : 0;
    const most = whole > 0 ? Math.min(max, whole - 80) : max;
    return Math.round(Math.max(min, Math.min(value, Math.max(min, most))));
  };
  const set = (value: number) => {
    const next = limit(value);
    if (next !== size) onSizeChange(next);
  };
  const at = (event: PointerEvent) => (horizontal ? event.clientX : event.clientY);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = (event.shiftKey ? 4 : 1) * STEP * sign;
    const [less, more] = horizontal ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    if (event.key === less) set(size - step);
    else if (event.key === more) set(size + step);
    else if (event.key === "Home") set(min);
    else if (event.key === "End") set(max);
    else if (event.key === "Enter" && defaultSize !== undefined) set(defaultSize);
    else return;
    event.preventDefault();
  };

  const pane = (which: "first" | "second", content: ReactNode) => {
    const isFixed = which === fixed;
    if (isFixed && collapsed) return null;
    return (
      <div className="rh-split-pane" style={isFixed ? { flex: `0 0 ${size}px`, maxWidth: "100%" } : { flex: "1 1 0" }}>
        {content}
      </div>
    );
  };

  return (
    <div className="rh-split" data-direction={direction} ref={root}>
      {pane("first", first)}
      {collapsed ? null : (
        <div
          role="separator"
          tabIndex={0}
          className="rh-split-bar"
          aria-label={label}
          aria-orientation={horizontal ? "vertical" : "horizontal"}
          aria-valuenow={Math.round(size)}
          aria-valuemin={min}
          aria-valuemax={max}
          data-dragging={drag !== null || undefined}
          onKeyDown={onKeyDown}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.preventDefault();
            event.currentTarget.setPointerCapture(event.pointerId);
            setDrag({ from: at(event), size });
          }}
          onPointerMove={(event) => {
            if (drag) set(drag.size + (at(event) - drag.from) * sign);
          }}
          onPointerUp={() => setDrag(null)}
          onPointerCancel={() => setDrag(null)}
          onDoubleClick={() => defaultSize !== undefined && set(defaultSize)}
        />
      )}
      {pane("second", second)}
    </div>
  );
}
