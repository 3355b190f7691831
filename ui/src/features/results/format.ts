/** Numbers that speak: short where they stand, exact on hover. */

const whole = new Intl.NumberFormat("en-US");

export const formatCount = (value: number): string => whole.format(value);

/** `312 ms`, `4.1 s`, `2 min 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
}

/** `9.6 MB`, in powers of 1000 as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** `84,200 rows/s`; nothing before there is something to divide by. */
export function formatRate(rows: number, ms: number): string {
  if (ms < 50 || rows === 0) return "";
  return `${formatCount(Math.round((rows * 1000) / ms))} rows/s`;
}
