import { useState } from "react";
import { Button, IconButton, Select, type SelectOption } from "@/design";
import type { ChartAggregate, ChartAxis, ChartKind, ChartOrder, ChartSeries, ChartSpec, ResultColumn } from "@/ipc";
import { canLog, canStack, type Look } from "./drawing";
import { AGGREGATES, bucketKey, buckets, isRaw, KINDS, LIMITS, ORDERS, withAggregate, withKind, withX } from "./spec";
import { WidthField } from "./WidthField";

export interface ChartControlsProps {
  spec: ChartSpec;
  columns: readonly ResultColumn[];
  axes: readonly ChartAxis[];
  chart: ChartSeries | null;
  look: Look;
  onChange: (spec: ChartSpec) => void;
  onLook: (look: Partial<Look>) => void;
}

const NONE = "none";
const WIDTH = "width";
/** Measures beside each other. */
const MOST = 4;

const named = (columns: readonly ResultColumn[]): SelectOption<string>[] =>
  columns.map((column, at) => ({
    value: String(at),
    label: column.name || `column ${at + 1}`,
    meta: column.native_type,
  }));

/** What a chart shows, to choose from. */
export function ChartControls({ spec, columns, axes, chart, look, onChange, onLook }: ChartControlsProps) {
  const all = named(columns);
  const numbers = all.filter((_, at) => axes[at] === "number");
  const axis = axes[spec.x] ?? "category";
  const raw = isRaw(spec);
  const [typing, setTyping] = useState(false);
  const histogram = spec.kind === "histogram";
  const several = spec.kind !== "pie" && !histogram;
  const measured = (index: number, column: string) =>
    onChange({
      ...spec,
      measures: spec.measures.map((measure, at) => (at === index ? { ...measure, column: Number(column) } : measure)),
    });
  const bucketOptions = buckets(axis);
  const limits = [...new Set([...LIMITS, spec.limit])].sort((left, right) => left - right);
  return (
    <div className="rh-chart-controls" role="group" aria-label="What the chart shows">
      <Select<ChartKind>
        label="Kind of chart"
        icon="chart"
        dense
        value={spec.kind}
        onChange={(kind) => onChange(withKind(spec, kind, axes))}
        options={KINDS.map(([value, label]) => ({
          value,
          label,
          ...((value === "scatter" || value === "histogram") && numbers.length === 0
            ? { disabledReason: "There is no column of numbers" }
            : {}),
        }))}
      />
      <span className="rh-chart-group">
        <span className="rh-meta">x</span>
        <Select
          label="Column along x"
          dense
          value={String(spec.x)}
          onChange={(x) => onChange(withX(spec, Number(x), axes))}
          options={histogram ? numbers : all}
        />
        {bucketOptions.length > 1 && !raw ? (
          <Select
            label="How x is put together"
            dense
            value={typing ? WIDTH : spec.bucket.by === "width" ? WIDTH : bucketKey(spec.bucket)}
            onChange={(key) => {
              setTyping(key === WIDTH);
              const found = bucketOptions.find(([value]) => value === key);
              if (found) onChange({ ...spec, bucket: found[2] });
            }}
            options={[
              ...bucketOptions
                .filter(([value]) => !histogram || value !== "each")
                .map(([value, label]) => ({ value, label })),
              ...(axis === "number" ? [{ value: WIDTH, label: "Steps of…" }] : []),
            ]}
          />
        ) : null}
        {axis === "number" && !raw && (typing || spec.bucket.by === "width") ? (
          <WidthField
            key={spec.x}
            width={spec.bucket.by === "width" ? spec.bucket.width : ""}
            begun={typing}
            onWidth={(width) => {
              setTyping(false);
              onChange({ ...spec, bucket: { by: "width", width } });
            }}
          />
        ) : null}
      </span>
      {histogram
        ? null
        : spec.measures.map((measure, index) => (
            // Measures have no name of their own: their place is what they are.
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <span className="rh-chart-group" key={index}>
              <span className="rh-meta">y</span>
              <Select<ChartAggregate>
                label={index ? `What is measured, ${index + 1}` : "What is measured"}
                dense
                value={measure.aggregate}
                onChange={(aggregate) => onChange(withAggregate(spec, index, aggregate, axes))}
                options={AGGREGATES.filter(([value]) =>
                  spec.kind === "scatter" ? value === "none" : spec.kind === "pie" ? value !== "none" : true,
                ).map(([value, label]) => ({
                  value,
                  label,
                  ...(value !== "rows" && value !== "values" && numbers.length === 0
                    ? { disabledReason: "There is no column of numbers" }
                    : {}),
                }))}
              />
              {measure.aggregate === "rows" ? null : (
                <Select
                  label={index ? `Column along y, ${index + 1}` : "Column along y"}
                  dense
                  value={String(measure.column ?? "")}
                  onChange={(column) => measured(index, column)}
                  options={measure.aggregate === "values" ? all : numbers}
                />
              )}
              {spec.measures.length > 1 ? (
                <IconButton
                  icon="close"
                  quiet
                  label={`Do not measure ${index + 1}`}
                  onClick={() => onChange({ ...spec, measures: spec.measures.filter((_, at) => at !== index) })}
                />
              ) : null}
            </span>
          ))}
      {several && spec.measures.length < MOST && numbers.length > 0 ? (
        <IconButton
          icon="plus"
          quiet
          label="Measure one more column"
          onClick={() => {
            const used = spec.measures.map((measure) => String(measure.column));
            const next = numbers.find((option) => !used.includes(option.value)) ?? numbers[0];
            if (next)
              onChange({
                ...spec,
                measures: [...spec.measures, { column: Number(next.value), aggregate: raw ? "none" : "sum" }],
              });
          }}
        />
      ) : null}
      {several ? (
        <span className="rh-chart-group">
          <span className="rh-meta">series</span>
          <Select
            label="A series for each value of"
            dense
            value={spec.series === null ? NONE : String(spec.series)}
            onChange={(series) => onChange({ ...spec, series: series === NONE ? null : Number(series) })}
            options={[{ value: NONE, label: "None" }, ...all]}
          />
        </span>
      ) : null}
      {raw || histogram ? null : (
        <span className="rh-chart-group">
          <Select<ChartOrder>
            label="Order"
            dense
            value={spec.order}
            onChange={(order) => onChange({ ...spec, order })}
            options={ORDERS.map(([value, label]) => ({ value, label }))}
          />
          <Select
            label="Most groups"
            dense
            value={String(spec.limit)}
            onChange={(limit) => onChange({ ...spec, limit: Number(limit) })}
            options={limits.map((limit) => ({ value: String(limit), label: `Top ${limit.toLocaleString("en")}` }))}
          />
        </span>
      )}
      {chart && canStack(chart, spec) ? (
        <Button dense variant="ghost" pressed={look.stacked} onClick={() => onLook({ stacked: !look.stacked })}>
          Stacked
        </Button>
      ) : null}
      {chart && canLog(chart, spec) ? (
        <Button dense variant="ghost" pressed={look.log} onClick={() => onLook({ log: !look.log })}>
          Log scale
        </Button>
      ) : null}
    </div>
  );
}
