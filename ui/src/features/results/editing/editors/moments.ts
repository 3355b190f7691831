/**
 * Dates and times as texts. A picker proposes another text and touches only the part it is about: fractions, zones, eras and a
 * style of the server's own stay to the letter. Nothing here goes through a date of JavaScript's, but for the clock of "now".
 */

export interface Moment {
  readonly date: { readonly year: number; readonly month: number; readonly day: number } | null;
  /** `15:53:09.214` as it stands. */
  readonly time: string | null;
}

// A year of four digits or more, as servers in the ISO style print it.
const DATE = /(?<![\d:.])(\d{4,6})-(\d{2})-(\d{2})(?!\d)/;
const TIME = /(?<![\d:.+-])(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)/;

export function momentOf(text: string): Moment {
  const date = DATE.exec(text);
  const rest = date ? text.slice(date.index + date[0].length) : text;
  const time = TIME.exec(rest);
  const numbers = date ? { year: Number(date[1]), month: Number(date[2]), day: Number(date[3]) } : null;
  const real = numbers && numbers.month >= 1 && numbers.month <= 12 && numbers.day >= 1 ? numbers : null;
  return { date: real, time: time?.[1] ?? null };
}

const two = (value: number): string => String(value).padStart(2, "0");
export const dateText = (year: number, month: number, day: number): string =>
  `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;

/** What a type of the server's name holds. */
export function partsOf(type: string): { date: boolean; time: boolean; zone: boolean } {
  const name = type.toLowerCase();
  const zone = name.includes("with time zone") || name.includes("timestamptz") || name.includes("timetz");
  if (name.startsWith("date") && !name.startsWith("datetime")) return { date: true, time: false, zone };
  if (name.startsWith("time") && !name.startsWith("timestamp")) return { date: false, time: true, zone };
  if (name.startsWith("year")) return { date: false, time: false, zone };
  return { date: true, time: true, zone };
}

/** With another date; all else as it is. A text without a date gets one, and midnight where the type has a time. */
export function withDate(text: string, date: string, parts: { date: boolean; time: boolean }): string {
  const known = DATE.exec(text);
  if (known) return text.slice(0, known.index) + date + text.slice(known.index + known[0].length);
  return parts.time ? `${date} 00:00:00` : date;
}

/** With another time; all else as it is. */
export function withTime(text: string, time: string, today: string, parts: { date: boolean; time: boolean }): string {
  const date = DATE.exec(text);
  const from = date ? date.index + date[0].length : 0;
  const known = TIME.exec(text.slice(from));
  if (known) {
    const at = from + known.index;
    return text.slice(0, at) + time + text.slice(at + (known[1] ?? "").length);
  }
  if (date) return `${text.slice(0, from)} ${time}${text.slice(from)}`;
  return parts.date ? `${today} ${time}` : time;
}

/** `+01:00`, of a clock. */
export function offsetOf(now: Date): string {
  const minutes = -now.getTimezoneOffset();
  const sign = minutes < 0 ? "-" : "+";
  return `${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** This moment by this computer's clock; with its offset where the type keeps one. */
export function nowText(now: Date, parts: { date: boolean; time: boolean; zone: boolean }): string {
  const date = dateText(now.getFullYear(), now.getMonth() + 1, now.getDate());
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
  const zone = parts.zone && parts.time ? offsetOf(now) : "";
  if (!parts.date && !parts.time) return String(now.getFullYear());
  return `${parts.date ? date : ""}${parts.date && parts.time ? " " : ""}${parts.time ? time : ""}${zone}`;
}

/** Days of a month of the calendar servers count by, before its own beginning too. */
export function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 31;
}

/** 0 is Monday. */
export function weekdayOf(year: number, month: number, day: number): number {
  // Zeller's rule, with March as the first month.
  const shifted = month < 3 ? month + 12 : month;
  const base = month < 3 ? year - 1 : year;
  const century = Math.floor(base / 100);
  const within = ((base % 100) + 100) % 100;
  const value =
    day +
    Math.floor((13 * (shifted + 1)) / 5) +
    within +
    Math.floor(within / 4) +
    Math.floor(century / 4) +
    5 * century;
  return (((value + 5) % 7) + 7) % 7;
}
