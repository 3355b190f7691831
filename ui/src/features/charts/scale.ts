/** Scales of a chart's axes: where a number or a time stands, and the ticks beside it. Ticks stand at their exact values. */

export interface Scale {
  /** Where a value stands, in pixels. */
  (value: number): number;
  readonly domain: readonly [number, number];
  readonly ticks: readonly Tick[];
}

export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** The step of 1, 2 or 5 times a power of ten that gives no more than about this many ticks. */
export function niceStep(range: number, count: number): number {
  const raw = range / Math.max(1, count);
  if (!(raw > 0) || !Number.isFinite(raw)) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const lead = raw / power;
  return power * (lead <= 1.000001 ? 1 : lead <= 2.000001 ? 2 : lead <= 5.000001 ? 5 : 10);
}

const SUFFIXES: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
];

const plain = (digits: number) =>
  new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A tick's text: no digit more than its step has. */
export function numberLabel(value: number, step: number): string {
  if (value === 0) return "0";
  const size = Math.max(Math.abs(value), step);
  if (size >= 1e15 || step < 1e-6)
    return value
      .toExponential(3)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  const [unit, suffix] = SUFFIXES.find(([unit]) => step >= unit / 1000 && size >= unit) ?? [1, ""];
  const digits = Math.max(0, Math.min(9, Math.ceil(-Math.log10(step / unit) - 1e-9)));
  return `${plain(digits).format(value / unit)}${suffix}`;
}

/** A linear scale whose ends are ticks, where `nice`. */
export function linear(
  low: number,
  high: number,
  range: readonly [number, number],
  { count = 6, nice = true }: { count?: number; nice?: boolean } = {},
): Scale {
  let [from, to] = low <= high ? [low, high] : [high, low];
  if (from === to) {
    // One value stands in the middle, and so does zero beside it.
    const around = from === 0 ? 1 : Math.abs(from) / 2;
    [from, to] = [from - around, to + around];
  }
  const step = niceStep(to - from, count);
  if (nice) [from, to] = [Math.floor(from / step + 1e-9) * step, Math.ceil(to / step - 1e-9) * step];
  // Zero has no sign.
  const first = Math.ceil(from / step - 1e-9) + 0;
  const ticks: Tick[] = [];
  for (let at = first; at * step <= to + step * 1e-9 && ticks.length < 100; at++) {
    // Counted in steps: adding them up would drift.
    const value = step >= 1 ? at * step : at / Math.round(1 / step);
    ticks.push({ value, label: numberLabel(value, step) });
  }
  return scaleOf(from, to, range, ticks, (value) => value);
}

/** A logarithmic scale over powers of ten; only for what is above zero. */
export function logarithmic(low: number, high: number, range: readonly [number, number]): Scale {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
  const every = Math.max(1, Math.ceil((last - first) / 8));
  const ticks: Tick[] = [];
  for (let power = first; power <= last; power += every) {
    const value = 10 ** power;
    ticks.push({ value, label: power >= -6 && power < 15 ? numberLabel(value, value) : `1e${power}` });
  }
  return scaleOf(10 ** first, 10 ** last, range, ticks, Math.log10);
}

function scaleOf(
  from: number,
  to: number,
  [start, end]: readonly [number, number],
  ticks: readonly Tick[],
  bend: (value: number) => number,
): Scale {
  const [low, high] = [bend(from), bend(to)];
  // Halved first: the whole range of a double is no double.
  const whole = high / 2 - low / 2;
  const place = (value: number) => start + ((bend(value) / 2 - low / 2) / whole) * (end - start);
  return Object.assign(place, { domain: [from, to] as const, ticks });
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type TimeStep =
  | { readonly unit: "fixed"; readonly length: number }
  | { readonly unit: "months" | "years"; readonly count: number };

const TIME_STEPS: readonly (readonly [number, TimeStep])[] = [
  ...[1, 5, 15, 30].map((n) => [n * SECOND, { unit: "fixed", length: n * SECOND }] as const),
  ...[1, 5, 15, 30].map((n) => [n * MINUTE, { unit: "fixed", length: n * MINUTE }] as const),
  ...[1, 3, 6, 12].map((n) => [n * HOUR, { unit: "fixed", length: n * HOUR }] as const),
  ...[1, 2, 7].map((n) => [n * DAY, { unit: "fixed", length: n * DAY }] as const),
  ...[1, 3, 6].map((n) => [n * 30 * DAY, { unit: "months", count: n }] as const),
];

const two = (value: number) => String(value).padStart(2, "0");

/** A time by the printed clock, which is kept as if it were UTC. */
export function timeLabel(ms: number, step: number, clock: boolean): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "";
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}${step < MINUTE ? `:${two(date.getUTCSeconds())}` : ""}`;
  if (clock) return time;
  const year = date.getUTCFullYear();
  const [shown, era] = year > 0 ? [year, ""] : [1 - year, " BC"];
  const name = String(shown).padStart(4, "0");
  if (step >= 360 * DAY) return `${name}${era}`;
  const month = `${name}-${two(date.getUTCMonth() + 1)}`;
  if (step >= 28 * DAY) return `${month}${era}`;
  const day = `${month}-${two(date.getUTCDate())}${era}`;
  if (step >= DAY) return day;
  return ms % DAY === 0 ? day : time;
}

/** A scale over times; its ticks stand where the calendar's units begin. */
export function temporal(
  low: number,
  high: number,
  range: readonly [number, number],
  { count = 6, clock = false }: { count?: number; clock?: boolean } = {},
): Scale {
  const [from, to] = low === high ? [low - DAY / 2, high + DAY / 2] : [low, high];
  const raw = (to - from) / Math.max(1, count);
  const found = TIME_STEPS.find(([length]) => length >= raw);
  const [length, step]: readonly [number, TimeStep] = found ?? yearStep(raw);
  const ticks: Tick[] = [];
  let at = firstTick(from, step);
  while (at <= to && ticks.length < 60) {
    if (at >= from) ticks.push({ value: at, label: timeLabel(at, length, clock) });
    const next = nextTick(at, step);
    if (!(next > at)) break;
    at = next;
  }
  return scaleOf(from, to, range, ticks, (value) => value);
}

function yearStep(raw: number): readonly [number, TimeStep] {
  const count = Math.max(1, niceStep(raw / (365.25 * DAY), 1));
  return [count * 365 * DAY, { unit: "years", count }];
}

function firstTick(from: number, step: TimeStep): number {
  if (step.unit === "fixed") {
    // Weeks begin on Mondays; the epoch was a Thursday.
    const shift = step.length === 7 * DAY ? 4 * DAY : 0;
    return Math.ceil((from - shift) / step.length) * step.length + shift;
  }
  const date = new Date(from);
  if (Number.isNaN(date.getTime())) return Number.NaN;
  const year = date.getUTCFullYear();
  return step.unit === "years"
    ? utc(Math.floor(year / step.count) * step.count, 0)
    : utc(year, Math.floor(date.getUTCMonth() / step.count) * step.count);
}

function nextTick(at: number, step: TimeStep): number {
  if (step.unit === "fixed") return at + step.length;
  const date = new Date(at);
  return step.unit === "years"
    ? utc(date.getUTCFullYear() + step.count, 0)
    : utc(date.getUTCFullYear(), date.getUTCMonth() + step.count);
}

/** The first of a month. `Date.UTC` takes years below 100 for those of the last century. */
function utc(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 1);
  return date.getTime();
}
