/** Which parts of an element are typed in its row, and the element that comes of what was typed. Pure. */
import type { KeyElement } from "@/ipc";
import { isName, NAME_HELP, readTtl } from "./model";
import { degrees, PLACE_HELP, placeOf, scoreOf } from "./places";

/** A column that is typed in, and what it holds. */
export interface Typed {
  readonly column: string;
  readonly text: string;
}

/** Longer values, and those of several lines, are typed beneath. */
const MOST_TYPED = 2_000;

const textIn = (element: KeyElement): string | null =>
  element.value?.as === "text" &&
  element.cut === null &&
  element.value.of.length <= MOST_TYPED &&
  !/[\r\n]/.test(element.value.of)
    ? element.value.of
    : null;

/** The columns of an element that are typed in, the usual one first. `kind` may be `place`. */
export function typedOf(kind: string, element: KeyElement): readonly Typed[] {
  const name = { column: "name", text: element.name ?? "" };
  const text = textIn(element);
  const value = text === null ? [] : [{ column: "value", text }];
  switch (kind) {
    case "set":
      return [name];
    case "zset":
      return [...value, name];
    case "place": {
      const place = placeOf(text ?? "");
      if (!place) return [name];
      return [
        { column: "longitude", text: degrees(place.longitude) },
        { column: "latitude", text: degrees(place.latitude) },
        name,
      ];
    }
    case "hash":
      return element.ttl_ms === null || element.cut !== null
        ? value
        : [...value, { column: "ttl", text: `${Math.ceil(element.ttl_ms / 1_000)} s` }];
    case "list":
      return value;
    default:
      return [];
  }
}

/** The element as it was typed, or what is wrong with that. */
export function retyped(seen: KeyElement, { column, text }: Typed): KeyElement | string {
  switch (column) {
    case "name":
      return isName(text) ? { ...seen, name: text } : NAME_HELP;
    case "ttl": {
      const ttl_ms = readTtl(text);
      const never = text.trim() === "" || text.trim() === "never";
      if (ttl_ms === null && !never) return "No time that comes. For example 90, 15 min, 2 h; empty is for ever.";
      return { ...seen, ttl_ms };
    }
    case "longitude":
    case "latitude": {
      const place = placeOf(seen.value?.of ?? "");
      const degree = text.trim() === "" ? Number.NaN : Number(text);
      const score = place && scoreOf({ ...place, [column]: degree });
      return score ? { ...seen, value: { as: "text", of: score } } : PLACE_HELP;
    }
    default:
      return { ...seen, value: { as: "text", of: text } };
  }
}
