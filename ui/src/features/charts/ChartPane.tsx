/** A result as a chart: suggested first, then as it is chosen. */
import { useEffect, useMemo, useRef, useState } from "react";
import { useOffers } from "@/commands";
import { announce, Badge, Button, EmptyState, ErrorBlock, IconButton, MenuButton, Spinner, toast } from "@/design";
import { failureDetails, failureOf, type HoldProgress, host, type ResultHead } from "@/ipc";
import { ChartControls } from "./ChartControls";
import { ChartTable } from "./ChartTable";
import { draw } from "./drawing";
import { Legend } from "./Legend";
import { Plot } from "./Plot";
import { base64Of, fileName, pngOf, resolveIn, svgOf } from "./picture";
import { useChart, useOnServer } from "./useChart";
import "./charts.css";

export interface ChartPaneProps {
  head: ResultHead;
  progress: HoldProgress;
  /** Whether its tab is in front: only then are its commands on offer. */
  active: boolean;
  /** What the result belongs to: its choices are remembered by it. */
  place: string;
  /** Reads the rest of the rows, where there is a rest to read. */
  onAll?: (() => void) | undefined;
  /** Reads some more of them. */
  onMore?: (() => void) | undefined;
  /** Opens a statement that asks the server for the chart's groups, in a tab of its own. */
  onStatement?: ((text: string) => void) | undefined;
}

const rowsWord = (rows: number): string => (rows > 1 ? `${rows.toLocaleString("en")} rows` : "");

/** Where a pane is not laid out, as in a test. */
const USUAL = { width: 720, height: 360 };

function useSize(): [(node: HTMLDivElement | null) => void, { width: number; height: number }] {
  const [node, setNode] = useState<HTMLDivElement | null>(null);
  const [size, setSize] = useState(USUAL);
  useEffect(() => {
    if (!node || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect;
      if (box && box.width > 0 && box.height > 0)
        setSize({ width: Math.floor(box.width), height: Math.floor(box.height) });
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, [node]);
  return [setNode, size];
}

export function ChartPane({ head, progress, active, place, onAll, onMore, onStatement }: ChartPaneProps) {
  const state = useChart(place, head, progress);
  const { spec, look, chart, failure } = state;
  const [table, setTable] = useState(false);
  const [body, size] = useSize();
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Whoever came from the grid with a key goes on here.
    if (document.activeElement === document.body) root.current?.focus();
  }, []);
  const drawing = useMemo(
    () => (chart && spec ? draw(chart, spec, look, size.width, size.height) : null),
    [chart, spec, look, size.width, size.height],
  );
  const onServer = useOnServer(head.hold_id, chart?.partial && onStatement ? spec : null);
  const notes = [...(chart?.notes ?? []), ...(drawing?.notes ?? [])];

  const svg = (): string | null => {
    const shown = root.current?.querySelector<SVGSVGElement>("svg[data-chart]");
    if (!shown || !drawing || !chart || !root.current) return null;
    const words = { title: chart.title, partial: chart.partial, notes };
    return svgOf(shown, drawing, words, resolveIn(root.current));
  };
  const refused =
    drawing === null || drawing.nothing !== null ? "There is no chart" : table ? "The table is shown" : undefined;
  const failed = (thrown: unknown) => {
    const { message, hint } = failureOf(thrown);
    toast({ title: message, tone: "danger", ...(hint ? { detail: hint } : {}) });
  };
  const copy = async () => {
    const text = svg();
    if (text === null) return;
    try {
      // Given as a promise: the clipboard wants to be asked while the key is still fresh.
      await navigator.clipboard.write([new ClipboardItem({ "image/png": pngOf(text) })]);
      announce("Copied the chart");
      toast({ title: "Copied the chart as PNG", tone: "ok" });
    } catch (thrown) {
      const { message } = failureOf(thrown);
      toast({ title: "The clipboard takes no pictures here", tone: "danger", detail: `Save it as a file. ${message}` });
    }
  };
  const save = async (format: "svg" | "png") => {
    const text = svg();
    if (text === null || !chart) return;
    try {
      const path = await host().pickSavePath("Save the chart", fileName(chart.title, format));
      if (path === null) return;
      const picture = format === "svg" ? { format, text } : { format, base64: await base64Of(await pngOf(text)) };
      await host().saveChart(path, picture);
      toast({ title: "Saved the chart", tone: "ok", detail: path });
    } catch (thrown) {
      failed(thrown);
    }
  };
  const offer = (run: () => void) => ({ run, ...(refused ? { disabledReason: refused.toLowerCase() } : {}) });
  useOffers(
    {
      "results.chart-copy": offer(() => void copy()),
      "results.chart-save-png": offer(() => void save("png")),
      "results.chart-save-svg": offer(() => void save("svg")),
    },
    active,
  );

  return (
    <div ref={root} className="rh-chart" tabIndex={-1} data-chart-pane data-scope="results" aria-busy={state.busy}>
      {spec && state.axes.length ? (
        <ChartControls
          spec={spec}
          columns={head.columns}
          axes={state.axes}
          chart={chart}
          look={look}
          onChange={state.change}
          onLook={state.relook}
        />
      ) : null}
      <div className="rh-chart-head">
        <h3>{chart?.title ?? "Chart"}</h3>
        {chart?.partial ? (
          <span className="flex items-center gap-2">
            <Badge tone="warn">{chart.partial}</Badge>
            {onAll ? (
              <Button dense onClick={onAll}>
                Read all rows
              </Button>
            ) : onMore ? (
              <Button dense onClick={onMore}>
                Read more rows
              </Button>
            ) : null}
            {onStatement && onServer ? (
              <Button
                dense
                variant="ghost"
                icon="run"
                {...(onServer.text === null ? { disabledReason: onServer.refused ?? "It cannot be asked" } : {})}
                onClick={() => onServer.text !== null && onStatement(onServer.text)}
              >
                Run on the server
              </Button>
            ) : null}
          </span>
        ) : null}
        {state.busy && chart ? <Spinner size={12} label="Drawing" /> : null}
        <span className="flex items-center gap-1 ml-auto">
          <IconButton
            icon="table"
            label={table ? "Show the chart" : "Show as a table"}
            quiet
            pressed={table}
            onClick={() => setTable(!table)}
          />
          <IconButton
            icon="copy"
            label="Copy as PNG"
            quiet
            {...(refused ? { disabledReason: refused } : {})}
            onClick={() => void copy()}
          />
          <MenuButton
            label="Save the chart"
            icon="download"
            align="end"
            disabledReason={refused}
            items={[
              { label: "Save as PNG…", onSelect: () => void save("png") },
              { label: "Save as SVG…", onSelect: () => void save("svg") },
              { separator: true },
              { label: "Suggest again", icon: "refresh", onSelect: state.reset },
            ]}
          />
        </span>
      </div>
      {drawing && !table ? (
        <Legend
          drawing={drawing}
          onToggle={(label) =>
            state.relook({
              hidden: look.hidden.includes(label)
                ? look.hidden.filter((other) => other !== label)
                : [...look.hidden, label],
            })
          }
        />
      ) : null}
      <div ref={body} className="rh-chart-body">
        {failure ? (
          <div className="p-3 flex flex-col items-start gap-2">
            <ErrorBlock
              message={failure.message}
              {...(failure.hint ? { hint: failure.hint } : {})}
              details={failureDetails(failure)}
            />
            <span className="flex gap-2">
              <Button onClick={state.again}>Try again</Button>
              <Button variant="ghost" onClick={state.reset}>
                Suggest a chart
              </Button>
            </span>
          </div>
        ) : chart && drawing ? (
          table ? (
            <ChartTable chart={chart} />
          ) : drawing.nothing !== null ? (
            <EmptyState icon="chart" title="Nothing to draw">
              {drawing.nothing}
            </EmptyState>
          ) : (
            <Plot
              drawing={drawing}
              label={[chart.title, chart.partial, "arrow keys walk over the marks"].filter(Boolean).join(", ")}
              xTitle={chart.x_title}
              yTitle={chart.y_title}
              rowsWord={rowsWord}
            />
          )
        ) : (
          <div className="grid place-items-center h-full">
            <Spinner label="Drawing" />
          </div>
        )}
      </div>
      {notes.length || state.why ? (
        <p className="rh-chart-notes">{[...(state.why ? [state.why] : []), ...notes].join(" ")}</p>
      ) : null}
    </div>
  );
}
