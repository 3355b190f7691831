/** Members of a sorted set as points of a plain map: degrees alike in both directions, no land, no server asked. */
import { useMemo } from "react";
import { number } from "@/design";
import type { KeyElement } from "@/ipc";
import { degrees, placeOf } from "../places";

const SIZE = 100;
/** Distances of lines, in degrees: the first that gives few enough is drawn. */
const LINES = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];

interface Point {
  readonly at: number;
  readonly element: KeyElement;
  readonly x: number;
  readonly y: number;
}

/** Where lines lie between two degrees. */
function lines(from: number, to: number, distance: number): readonly number[] {
  const found: number[] = [];
  for (let index = Math.ceil(from / distance); index * distance <= to; index += 1) found.push(index * distance);
  return found;
}

const label = (value: number, distance: number) => `${value.toFixed(Math.max(0, -Math.floor(Math.log10(distance))))}°`;

export interface PlacesPlotProps {
  rows: ReadonlyMap<number, KeyElement>;
  total: number;
  selected: number | null;
  onSelect: (at: number, element: KeyElement) => void;
}

export function PlacesPlot({ rows, total, selected, onSelect }: PlacesPlotProps) {
  const points = useMemo(() => {
    const found: Point[] = [];
    for (const [at, element] of rows) {
      const place = placeOf(element.value?.of ?? "");
      if (place) found.push({ at, element, x: place.longitude, y: place.latitude });
    }
    return found;
  }, [rows]);
  const of = (pick: (point: Point) => number) => {
    const all = points.map(pick);
    return { least: Math.min(...all), most: Math.max(...all) };
  };
  const [wide, high] = [of(({ x }) => x), of(({ y }) => y)];
  // A margin around them, and a kilometre where there is but one.
  const span = Math.max(wide.most - wide.least, high.most - high.least, 0.01) * 1.16;
  const left = (wide.least + wide.most - span) / 2;
  const top = (high.least + high.most + span) / 2;
  const distance = LINES.find((each) => span / each <= 5) ?? 60;
  const x = (value: number) => ((value - left) / span) * SIZE;
  const y = (value: number) => ((top - value) / span) * SIZE;
  return (
    <figure className="keys-plot">
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={`${number(points.length)} places`}>
        {lines(left, left + span, distance).map((value) => (
          <g key={`x${value}`}>
            <line x1={x(value)} x2={x(value)} y1={0} y2={SIZE} />
            <text x={x(value) + 0.8} y={SIZE - 1}>
              {label(value, distance)}
            </text>
          </g>
        ))}
        {lines(top - span, top, distance).map((value) => (
          <g key={`y${value}`}>
            <line y1={y(value)} y2={y(value)} x1={0} x2={SIZE} />
            <text x={0.8} y={y(value) - 0.8}>
              {label(value, distance)}
            </text>
          </g>
        ))}
        {points.map((point) => (
          <circle
            key={point.at}
            cx={x(point.x)}
            cy={y(point.y)}
            r={point.at === selected ? 2.2 : 1.3}
            data-selected={point.at === selected || undefined}
            onClick={() => onSelect(point.at, point.element)}
          >
            <title>{`${point.element.name} ${degrees(point.x)}, ${degrees(point.y)}`}</title>
          </circle>
        ))}
      </svg>
      <figcaption className="rh-meta">
        {points.length < total
          ? `The ${number(points.length)} of ${number(total)} that were read`
          : `${number(total)} places`}
      </figcaption>
    </figure>
  );
}
