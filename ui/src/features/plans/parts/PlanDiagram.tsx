/** The plan as boxes and lines, of our own: pan, zoom, and the arrows; only what is in sight is drawn. The tree is its list. */
import {
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { IconButton } from "@/design";
import type { Plan } from "@/ipc";
import { BOX, fitted, inSight, layoutOf, neighbour, revealing, type View, zoomed } from "../layout";
import { duration, grouped, sharesOf } from "../model";

export interface PlanDiagramProps {
  plan: Plan;
  selected: number;
  onSelect: (place: number) => void;
}

/** Below this a word could not be read: colours alone. */
const LEGIBLE = 0.42;
const STEP = 60;

const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

export function PlanDiagram({ plan, selected, onSelect }: PlanDiagramProps) {
  const stage = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [view, setView] = useState<View | null>(null);
  const drag = useRef<{ x: number; y: number; view: View } | null>(null);
  const layout = useMemo(() => layoutOf(plan.nodes), [plan.nodes]);
  const shares = useMemo(() => sharesOf(plan), [plan]);
  useLayoutEffect(() => {
    const element = stage.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const whole = useCallback(() => fitted(layout, size.width, size.height), [layout, size]);
  const shown = view ?? whole();
  // Another plan is seen whole first.
  useEffect(() => setView(null), [layout]);
  const latest = useRef(shown);
  latest.current = shown;

  // Not through React: its listeners cannot keep the page from scrolling.
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const now = latest.current;
      if (event.ctrlKey || event.metaKey) {
        const bounds = element.getBoundingClientRect();
        const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
        setView(zoomed(now, Math.exp(-event.deltaY / 300), x, y));
      } else {
        const [x, y] = event.shiftKey ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
        setView({ ...now, x: now.x - x, y: now.y - y });
      }
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);

  const choose = (place: number) => {
    onSelect(place);
    const box = layout.boxes[place];
    if (box) setView(revealing(shown, box, size.width, size.height));
  };
  const middle = (factor: number) => setView(zoomed(shown, factor, size.width / 2, size.height / 2));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey) return;
    if (event.key.startsWith("Arrow") && event.ctrlKey) {
      const by = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
      if (by) setView({ ...shown, x: shown.x + (by[0] ?? 0), y: shown.y + (by[1] ?? 0) });
    } else if (event.ctrlKey) return;
    else if (event.key.startsWith("Arrow")) {
      const next = neighbour(plan.nodes, selected, event.key);
      if (next !== null) choose(next);
    } else if (event.key === "+" || event.key === "=") middle(1.25);
    else if (event.key === "-") middle(0.8);
    else if (event.key === "0") setView(whole());
    else if (event.key === "Home") choose(0);
    else return;
    event.preventDefault();
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    drag.current = { x: event.clientX, y: event.clientY, view: shown };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const from = drag.current;
    if (!from) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    // A press that hardly moves is a click.
    if (Math.abs(x) + Math.abs(y) < 4 && !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setView({ ...from.view, x: from.view.x + x, y: from.view.y + y });
  };
  const onPointerUp = () => {
    drag.current = null;
  };

  const seen = inSight(layout, shown, size.width, size.height);
  const legible = shown.scale >= LEGIBLE;
  const current = plan.nodes[selected];
  return (
    <div className="plan-diagram">
      <div
        ref={stage}
        role="application"
        tabIndex={0}
        aria-label="Diagram of the plan. Arrows go from node to node, plus and minus change its size, 0 shows all of it."
        className="plan-stage"
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
      >
        <svg width="100%" height="100%" aria-hidden="true">
          <g transform={`translate(${shown.x} ${shown.y}) scale(${shown.scale})`}>
            {layout.boxes.map(({ place, x, y }) => {
              const node = plan.nodes[place];
              const above = node?.parent == null ? undefined : layout.boxes[node.parent];
              if (!node || !above || !(seen.has(place) || seen.has(above.place))) return null;
              const [fromX, fromY] = [above.x + BOX.width / 2, above.y + BOX.height];
              const [toX, toY] = [x + BOX.width / 2, y];
              const half = (fromY + toY) / 2;
              const rows = Number(node.actual?.rows ?? node.estimated_rows ?? 0) || 0;
              return (
                <path
                  key={place}
                  className="plan-edge"
                  data-never={node.actual?.never || undefined}
                  strokeWidth={1 + Math.min(7, Math.log10(rows + 1))}
                  d={`M${fromX} ${fromY}C${fromX} ${half} ${toX} ${half} ${toX} ${toY}`}
                />
              );
            })}
            {layout.boxes.map(({ place, x, y }) => {
              const node = plan.nodes[place];
              if (!node || !seen.has(place)) return null;
              const share = shares[place];
              const time =
                node.own_ns === null ? (node.own_cost ? `cost ${grouped(node.own_cost)}` : "") : duration(node.own_ns);
              const rows = node.actual?.rows ?? node.estimated_rows;
              return (
                <g
                  key={place}
                  className="plan-box"
                  transform={`translate(${x} ${y})`}
                  data-selected={place === selected || undefined}
                  data-never={node.actual?.never || undefined}
                  onClick={() => choose(place)}
                >
                  <rect width={BOX.width} height={BOX.height} rx={6} />
                  <rect className="plan-box-heat" data-heat={share?.heat ?? 0} width={6} height={BOX.height} rx={3} />
                  {legible ? (
                    <>
                      <text x={16} y={18} className="plan-box-title">
                        {short(node.title, 28)}
                      </text>
                      <text x={16} y={35}>
                        {node.actual?.never
                          ? "never run"
                          : [time, share ? `${share.percent.toFixed(1)} %` : ""].filter(Boolean).join(" · ")}
                      </text>
                      <text x={16} y={51}>
                        {rows == null || node.actual?.never ? short(node.summary ?? "", 34) : `${grouped(rows)} rows`}
                      </text>
                      {node.off && node.off.weight !== "usual" ? (
                        <text
                          x={BOX.width - 10}
                          y={51}
                          textAnchor="end"
                          className="plan-box-off"
                          data-weight={node.off.weight}
                        >
                          ⚠ {node.off.words}
                        </text>
                      ) : null}
                    </>
                  ) : (
                    <rect
                      className="plan-box-fill"
                      data-heat={share?.heat ?? 0}
                      width={BOX.width}
                      height={BOX.height}
                      rx={6}
                    />
                  )}
                </g>
              );
            })}
          </g>
        </svg>
      </div>
      <div className="plan-zoom">
        <IconButton icon="minus" label="Smaller" onClick={() => middle(0.8)} />
        <button type="button" className="plan-scale" data-tip="Show all of it (0)" onClick={() => setView(whole())}>
          {Math.round(shown.scale * 100)} %
        </button>
        <IconButton icon="plus" label="Larger" onClick={() => middle(1.25)} />
      </div>
      <p className="sr-only" aria-live="polite">
        {current ? `${current.title}, step ${selected + 1} of ${plan.nodes.length}` : ""}
      </p>
    </div>
  );
}
