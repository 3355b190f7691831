import { type KeyboardEvent, useRef, useState } from "react";
import type { Drawing, DrawnMark } from "./drawing";
import { COLOURS, colourOf, dashOf, shapeOf, shapePath } from "./palette";

export interface PlotProps {
  drawing: Drawing;
  /** What the whole shows, for who does not see it. */
  label: string;
  xTitle: string;
  yTitle: string;
  rowsWord: (rows: number) => string;
}

const spoken = (mark: DrawnMark, rows: string): string =>
  [mark.name, mark.series, mark.text, rows].filter((part) => part !== "").join(", ");

/** Where a mark's tooltip points. */
function anchorOf({ outline }: DrawnMark): readonly [number, number] {
  return outline.as === "bar" ? [outline.x + outline.width / 2, outline.y] : [outline.x, outline.y];
}

/** The marks say what the axes and lines show. */
const UNSPOKEN = { "aria-hidden": true } as const;

/** How far from a point the pointer still means it. */
const REACH = 28;

/** The mark a pointer means: the bar above or below it, the nearest point, the slice it is in. */
export function markAt(marks: readonly DrawnMark[], x: number, y: number): DrawnMark | null {
  let [best, least] = [null as DrawnMark | null, Number.POSITIVE_INFINITY];
  for (const mark of marks) {
    const { outline } = mark;
    if (outline.as === "slice") continue;
    const beside =
      outline.as === "bar" ? Math.max(outline.x - x, 0, x - outline.x - outline.width) : Math.abs(outline.x - x);
    const away = outline.as === "bar" ? Math.max(outline.y - y, 0, y - outline.y - outline.height) : outline.y - y;
    const far =
      outline.as === "bar"
        ? beside > 2
          ? Number.POSITIVE_INFINITY
          : beside + Math.abs(away) / 1e4
        : Math.hypot(beside, away);
    if (far < least && (outline.as === "bar" || far <= REACH)) [best, least] = [mark, far];
  }
  return best;
}

/** A chart as SVG. The marks are walked with the arrows, each of them says what it is. */
export function Plot({ drawing, label, xTitle, yTitle, rowsWord }: PlotProps) {
  const root = useRef<SVGSVGElement>(null);
  const [over, setOver] = useState<string | null>(null);
  const [current, setCurrent] = useState(0);
  const { plot, marks } = drawing;
  const shown = marks.find((mark) => mark.id === over);
  const isPie = marks.some((mark) => mark.outline.as === "slice");

  const go = (to: number) => {
    const at = Math.max(0, Math.min(marks.length - 1, to));
    const mark = marks[at];
    if (!mark) return;
    setCurrent(at);
    root.current?.querySelector<SVGElement>(`[data-mark="${mark.id}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowRight: current + 1,
      ArrowDown: current + 1,
      ArrowLeft: current - 1,
      ArrowUp: current - 1,
      PageDown: current + 10,
      PageUp: current - 10,
      Home: 0,
      End: marks.length - 1,
    };
    const to = steps[event.key];
    if (event.key === "Escape" && over !== null) setOver(null);
    else if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    else go(to);
    event.preventDefault();
    event.stopPropagation();
  };
  const focused = Math.min(current, Math.max(0, marks.length - 1));

  return (
    <div className="rh-chart-plot">
      <svg
        ref={root}
        width={drawing.width}
        height={drawing.height}
        viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        role="group"
        aria-label={label}
        data-chart
        onKeyDown={onKeyDown}
        onMouseMove={(event) => {
          if (isPie) return;
          const box = event.currentTarget.getBoundingClientRect();
          setOver(markAt(marks, event.clientX - box.left, event.clientY - box.top)?.id ?? null);
        }}
        onMouseLeave={() => setOver(null)}
      >
        <title>{label}</title>
        <g {...UNSPOKEN} fontSize="11" fill="var(--text-3)">
          {drawing.yTicks.map((tick) => (
            <g key={`${tick.label} ${tick.at}`}>
              <path d={`M${plot.x} ${tick.at}h${plot.width}`} stroke="var(--line)" fill="none" />
              <text x={plot.x - 6} y={tick.at + 4} textAnchor="end" data-tick="y">
                {tick.label}
              </text>
            </g>
          ))}
          {drawing.xTicks.map((tick) => (
            <text
              key={`${tick.label} ${tick.at}`}
              data-tick="x"
              {...(drawing.turned
                ? {
                    transform: `translate(${tick.at + 3} ${plot.y + plot.height + 12}) rotate(-45)`,
                    textAnchor: "end" as const,
                  }
                : { x: tick.at, y: plot.y + plot.height + 16, textAnchor: "middle" as const })}
            >
              {tick.label}
            </text>
          ))}
          {drawing.zero === null ? null : (
            <path d={`M${plot.x} ${drawing.zero}h${plot.width}`} stroke="var(--line-3)" fill="none" />
          )}
          {isPie || drawing.height <= 150 || drawing.nothing !== null ? null : (
            <>
              <text x={plot.x + plot.width / 2} y={drawing.height - 5} textAnchor="middle" fill="var(--text-2)">
                {xTitle}
              </text>
              <text
                transform={`translate(12 ${plot.y + plot.height / 2}) rotate(-90)`}
                textAnchor="middle"
                fill="var(--text-2)"
              >
                {yTitle}
              </text>
            </>
          )}
        </g>
        <g {...UNSPOKEN}>
          {drawing.lines.map((line) => (
            <g key={line.id}>
              {line.area ? <path d={line.area} fill={colourOf(line.colour)} fillOpacity="0.22" /> : null}
              <path
                d={line.path}
                fill="none"
                stroke={colourOf(line.colour)}
                strokeWidth="2"
                strokeLinejoin="round"
                strokeDasharray={dashOf(line.colour)}
              />
            </g>
          ))}
        </g>
        <g>
          {marks.map((mark, at) => {
            const { outline } = mark;
            const shape =
              outline.as === "bar"
                ? `M${outline.x} ${outline.y}h${outline.width}v${outline.height}h${-outline.width}Z`
                : outline.as === "slice"
                  ? outline.path
                  : shapePath(shapeOf(mark.colour), outline.x, outline.y, outline.size);
            return (
              // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a picture of a value that is walked to with the arrows.
              <path
                key={mark.id}
                d={shape}
                data-mark={mark.id}
                className="rh-chart-mark"
                tabIndex={at === focused ? 0 : -1}
                role="img"
                aria-label={spoken(mark, rowsWord(mark.rows))}
                fill={colourOf(mark.colour)}
                {...(outline.as === "slice"
                  ? { stroke: "var(--surface-2)", fillOpacity: mark.colour < COLOURS ? 1 : 0.6 }
                  : {})}
                {...(outline.as === "point" && outline.size < 3 ? { fillOpacity: 0.75 } : {})}
                {...(outline.as === "slice" ? { onMouseEnter: () => setOver(mark.id) } : {})}
                {...(mark.id === over ? { "data-over": "" } : {})}
                onFocus={() => {
                  setCurrent(at);
                  setOver(mark.id);
                }}
                onBlur={() => setOver(null)}
              />
            );
          })}
        </g>
        <g {...UNSPOKEN} fontSize="11" fill="var(--surface-2)" textAnchor="middle" pointerEvents="none">
          {marks.map(({ id, outline }) =>
            outline.as === "slice" && outline.caption ? (
              <text key={id} x={outline.x} y={outline.y + 4}>
                {outline.caption}
              </text>
            ) : null,
          )}
        </g>
      </svg>
      {shown ? <Tooltip mark={shown} drawing={drawing} rows={rowsWord(shown.rows)} /> : null}
    </div>
  );
}

function Tooltip({ mark, drawing, rows }: { mark: DrawnMark; drawing: Drawing; rows: string }) {
  const [x, y] = anchorOf(mark);
  const right = x > drawing.width / 2;
  return (
    <div
      className="rh-chart-tip"
      aria-hidden="true"
      style={{
        top: Math.max(0, Math.min(drawing.height - 64, y - 20)),
        ...(right ? { right: drawing.width - x + 12 } : { left: x + 12 }),
      }}
    >
      <div className="rh-chart-tip-name">{mark.name}</div>
      {mark.series ? <div>{mark.series}</div> : null}
      <div className="rh-mono rh-chart-tip-value">{mark.text}</div>
      {rows ? <div className="rh-meta">{rows}</div> : null}
    </div>
  );
}
