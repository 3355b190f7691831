import { type CSSProperties, type KeyboardEvent, type PointerEvent, useCallback, useRef, useState } from "react";
import type { Actions } from "./actions";
import { Documents } from "./Documents";
import { boxOf, dropAt, type Side, type SplitAction, sideOf, tabsIn } from "./split";
import { TabStrip } from "./TabStrip";
import { useWorkspace } from "./workspace";

const STEP = 0.02;

/** The bar between the groups. */
function Divider({ size }: { size: () => DOMRect | undefined }) {
  const { tabs, dispatch } = useWorkspace();
  const [drag, setDrag] = useState(false);
  const { split } = tabs;
  if (!split) return null;
  const row = split.direction === "row";
  const set = (share: number) => dispatch({ type: "share", share });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = (event.shiftKey ? 4 : 1) * STEP;
    const [less, more] = row ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    if (event.key === less) set(split.share - step);
    else if (event.key === more) set(split.share + step);
    else if (event.key === "Home") set(0);
    else if (event.key === "End") set(1);
    else if (event.key === "Enter") set(0.5);
    else return;
    event.preventDefault();
  };
  const onPointerMove = (event: PointerEvent) => {
    const box = size();
    if (!drag || !box || box.width === 0 || box.height === 0) return;
    set(row ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height);
  };
  return (
    <div
      role="separator"
      tabIndex={0}
      className="rh-groups-bar"
      aria-label="Size of the tab groups"
      aria-orientation={row ? "vertical" : "horizontal"}
      aria-valuemin={20}
      aria-valuemax={80}
      aria-valuenow={Math.round(split.share * 100)}
      data-direction={split.direction}
      style={{ "--share": `${split.share * 100}%` } as CSSProperties}
      onKeyDown={onKeyDown}
      onDoubleClick={() => set(0.5)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture?.(event.pointerId);
        setDrag(true);
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => setDrag(false)}
      onPointerCancel={() => setDrag(false)}
    />
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The place in a group's strip under the pointer; `null` outside every strip. */
function stripAt({ x, y }: Point): { side: Side; to: number } | null {
  const strip = document.elementFromPoint?.(x, y)?.closest<HTMLElement>("[data-group]");
  if (!strip) return null;
  const nodes = [...strip.querySelectorAll<HTMLElement>("[role=tab]")];
  const next = nodes.findIndex((node) => {
    const box = node.getBoundingClientRect();
    return x < box.left + box.width / 2;
  });
  return { side: strip.dataset["group"] === "second" ? "second" : "first", to: next < 0 ? nodes.length : next };
}

/** The window's tabs with what they hold: one group, or two with a strip each. No tab is drawn anew when it changes groups. */
export function Groups({ actions }: { actions: Actions }) {
  const { tabs, dispatch } = useWorkspace();
  const root = useRef<HTMLDivElement>(null);
  const [drop, setDrop] = useState<SplitAction | null>(null);
  const latest = useRef(tabs);
  latest.current = tabs;

  const target = useCallback((id: string, point: Point): SplitAction | null => {
    const now = latest.current;
    const strip = stripAt(point);
    if (strip && now.split) {
      return strip.side === sideOf(now, id) ? null : { type: "across", id, to: strip.to };
    }
    const box = root.current?.getBoundingClientRect();
    if (!box || box.width === 0 || box.height === 0) return null;
    return dropAt(now, id, (point.x - box.left) / box.width, (point.y - box.top) / box.height);
  }, []);
  const onDragOut = useCallback(
    (id: string, point: Point | null) => {
      const next = point ? target(id, point) : null;
      setDrop((known) => (JSON.stringify(known) === JSON.stringify(next) ? known : next));
    },
    [target],
  );
  const onDropOut = useCallback(
    (id: string, point: Point) => {
      setDrop(null);
      const action = target(id, point);
      if (action) dispatch(action);
    },
    [target, dispatch],
  );

  const { split } = tabs;
  const strip = (side: Side) => (
    <TabStrip key={side} side={side} actions={actions} onDragOut={onDragOut} onDropOut={onDropOut} />
  );
  const box =
    drop?.type === "split"
      ? boxOf({ direction: drop.direction, share: 0.5 }, "second")
      : drop?.type === "across"
        ? boxOf(split, sideOf(tabs, drop.id) === "first" ? "second" : "first")
        : null;
  const percent = (share: number) => `${share * 100}%`;
  return (
    <div ref={root} className="rh-groups" data-split={split?.direction}>
      {strip("first")}
      {split && tabsIn(tabs, "second").length > 0 ? strip("second") : null}
      <Documents actions={actions} />
      <Divider size={() => root.current?.getBoundingClientRect()} />
      {box ? (
        <div
          className="rh-groups-drop"
          style={{ left: percent(box.x), top: percent(box.y), width: percent(box.width), height: percent(box.height) }}
        />
      ) : null}
    </div>
  );
}
