/** A pie: slices of a whole. Only what is above zero is a part of one. */
import type { ChartSeries } from "@/ipc";
import { type Drawing, type DrawnMark, type Look, short } from "./drawing";
import { groupName } from "./spec";

const round = (value: number): number => Math.round(value * 100) / 100;

export function slicesOf(chart: ChartSeries, look: Look, width: number, height: number): Drawing {
  const blank: Drawing = {
    width,
    height,
    plot: { x: 0, y: 0, width, height },
    xTicks: [],
    yTicks: [],
    turned: false,
    zero: null,
    marks: [],
    lines: [],
    legend: [],
    notes: [],
    nothing: null,
  };
  const parts = (chart.series[0]?.marks ?? []).flatMap((mark) => {
    const group = mark.group === null ? undefined : chart.groups[mark.group];
    const label = group ? groupName(group) : mark.label;
    return mark.y === null ? [] : [{ label, y: mark.y, text: mark.text ?? "", rows: mark.rows }];
  });
  const positive = parts.filter((part) => part.y > 0);
  const negative = parts.filter((part) => part.y < 0).length;
  const notes = negative
    ? [`${negative} ${negative === 1 ? "group is" : "groups are"} below zero and no part of a whole.`]
    : [];
  const legend = positive.map((part, colour) => ({
    colour,
    label: part.label,
    hidden: look.hidden.includes(part.label),
  }));
  const shown = positive
    .map((part, colour) => ({ ...part, colour }))
    .filter((part) => !look.hidden.includes(part.label));
  const total = shown.reduce((sum, part) => sum + part.y / 2, 0) * 2;
  if (shown.length === 0 || !(total > 0)) {
    const nothing =
      chart.rows === 0
        ? "There are no rows."
        : positive.length
          ? "Every slice is hidden."
          : "A pie needs values above zero, and there are none.";
    return { ...blank, legend, notes, nothing };
  }
  const radius = Math.max(10, Math.min(width, height) / 2 - 14);
  const [cx, cy] = [width / 2, height / 2];
  let turned = 0;
  const marks = shown.map((part, at): DrawnMark => {
    const share = part.y / total;
    const [from, to] = [turned, turned + share * 2 * Math.PI];
    turned = to;
    const point = (angle: number, far: number) =>
      `${round(cx + Math.sin(angle) * far)} ${round(cy - Math.cos(angle) * far)}`;
    const middle = (from + to) / 2;
    const path =
      share > 0.9999
        ? `M${point(0, radius)}A${radius} ${radius} 0 1 1 ${point(Math.PI, radius)}A${radius} ${radius} 0 1 1 ${point(0, radius)}Z`
        : `M${cx} ${cy}L${point(from, radius)}A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${point(to, radius)}Z`;
    return {
      id: String(at),
      colour: part.colour,
      name: part.label,
      series: "",
      text: `${part.text} (${percent(share)})`,
      rows: part.rows,
      outline: {
        as: "slice",
        path,
        x: cx + Math.sin(middle) * radius * 0.68,
        y: cy - Math.cos(middle) * radius * 0.68,
        // A name that is written the other way stays beside its share.
        caption: share > 0.06 && radius > 60 ? `\u2068${short(part.label, 14)}\u2069 ${percent(share)}` : "",
      },
    };
  });
  return { ...blank, marks, legend, notes };
}

/** A share with one digit; never a hundred where it is not all, nor nothing where there is something. */
export function percent(share: number): string {
  if (share >= 1) return "100 %";
  const tenths = Math.min(999, Math.max(1, Math.round(share * 1000)));
  return `${share < 0.0005 ? "< " : ""}${tenths / 10} %`;
}
