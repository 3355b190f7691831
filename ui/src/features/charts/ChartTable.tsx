import type { ChartSeries } from "@/ipc";
import { groupName } from "./spec";

/** Rows of the table that are shown. */
const MOST = 1_000;

/** The same as a table: exact values, in words for who does not see the chart. */
export function ChartTable({ chart }: { chart: ChartSeries }) {
  const names = chart.series.map((line, at) => ({ id: `${at}`, label: line.label || chart.y_title }));
  const grouped = chart.groups.length > 0;
  const rows = grouped
    ? chart.groups.map((group, at) => ({
        id: String(at),
        name: groupName(group),
        cells: chart.series.map((line) => line.marks.find((mark) => mark.group === at)?.text ?? null),
      }))
    : chart.series.flatMap((line, own) =>
        line.marks.slice(0, MOST).map((mark, at) => ({
          id: `${own} ${at}`,
          name: mark.label,
          cells: chart.series.map((_, series) => (series === own ? mark.text : null)),
        })),
      );
  const shown = rows.slice(0, MOST);
  return (
    <div className="rh-chart-table">
      <table>
        <caption className="rh-visually-hidden">{chart.title}</caption>
        <thead>
          <tr>
            <th scope="col">{chart.x_title}</th>
            {names.map(({ id, label }) => (
              <th scope="col" key={id} className="rh-chart-number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.id}>
              <th scope="row">{row.name}</th>
              {row.cells.map((text, at) => (
                <td key={names[at]?.id} className="rh-mono rh-chart-number">
                  {text ?? ""}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length ? <p className="rh-meta p-2">The first 1,000 lines.</p> : null}
    </div>
  );
}
