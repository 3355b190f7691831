/** Numbers and times as they are told: short in the line, exact on hover. */

const exact = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const whole = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

const tidy = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, ""));

/** `84.3 k`, `1.2 M`. */
export function shortCount(count: number): string {
  if (count < 10_000) return exact.format(count);
  if (count < 999_500) return `${tidy(count / 1e3)} k`;
  if (count < 999_500_000) return `${tidy(count / 1e6)} M`;
  return `${tidy(count / 1e9)} G`;
}

/** `4.1 MB`, by 1,000. */
export function shortBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? exact.format(value) : tidy(value)} ${units[unit] ?? "B"}`;
}

export const exactNumber = (value: number): string => exact.format(value);
export const clockTime = (at: number): string => clock.format(new Date(at));
/** `15:54` of today, with its day of any other. */
export function momentOf(at: number, now = Date.now()): string {
  return new Date(at).toDateString() === new Date(now).toDateString()
    ? clockTime(at)
    : `${day.format(new Date(at))}, ${clockTime(at)}`;
}
export const wholeTime = (at: number): string => whole.format(new Date(at));
