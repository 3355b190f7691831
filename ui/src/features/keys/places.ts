/**
 * Places on earth, as `GEOADD` keeps them: the score of a member is its geohash of 52 bits, latitude and longitude by turns
 * (https://redis.io/docs/latest/commands/geoadd/). Pure.
 */
import type { KeyElement } from "@/ipc";

export interface Place {
  readonly longitude: number;
  readonly latitude: number;
}

const STEPS = 2 ** 26;
const LONGITUDE = 180;
/** Where the Mercator projection's square ends. */
const LATITUDE = 85.05112878;

/**
 * Where a score lies: the middle of its cell, as `GEOPOS` says. `null` where it is no geohash. Places at the very edge have one step
 * more than fits into their bits: the server keeps those too.
 */
export function placeOf(score: string): Place | null {
  if (!/^\d{1,17}$/.test(score)) return null;
  let rest = BigInt(score);
  if (rest >= 1n << 54n) return null;
  let [north, east] = [0, 0];
  for (let bit = 1; rest > 0n; bit *= 2) {
    if (rest & 1n) north += bit;
    if (rest & 2n) east += bit;
    rest >>= 2n;
  }
  const middle = (steps: number, limit: number) => {
    const [low, high] = [steps, steps + 1].map((each) => -limit + (each / STEPS) * 2 * limit);
    return Math.min(limit, ((low ?? 0) + (high ?? 0)) / 2);
  };
  return { longitude: middle(east, LONGITUDE), latitude: middle(north, LATITUDE) };
}

/** The score of a place; `null` beyond what servers take. */
export function scoreOf({ longitude, latitude }: Place): string | null {
  if (!(Math.abs(longitude) <= LONGITUDE && Math.abs(latitude) <= LATITUDE)) return null;
  const steps = (value: number, limit: number) =>
    Math.min(STEPS - 1, Math.floor(((value + limit) / (2 * limit)) * STEPS));
  let [north, east] = [steps(latitude, LATITUDE), steps(longitude, LONGITUDE)];
  let [score, weight] = [0, 1];
  for (let bit = 0; bit < 26; bit += 1) {
    score += (north % 2) * weight + (east % 2) * weight * 2;
    north = Math.floor(north / 2);
    east = Math.floor(east / 2);
    weight *= 4;
  }
  return String(score);
}

export const PLACE_HELP = "Longitude, then latitude, in degrees: 13.361389, 38.115556. Latitudes end at 85.05112878.";

/** A place as a person types it. */
export function readPlace(text: string): Place | null {
  const match = /^\s*([-+]?\d+(?:\.\d+)?)\s*[, ]\s*([-+]?\d+(?:\.\d+)?)\s*$/.exec(text);
  if (!match) return null;
  const place = { longitude: Number(match[1]), latitude: Number(match[2]) };
  return scoreOf(place) === null ? null : place;
}

/** Degrees of a column: a cell is five millionths wide. */
export const degrees = (value: number): string => value.toFixed(6);

/** Lower scores lie within eight degrees of the corner that nobody lives in; counts and moments in milliseconds do. */
const LEAST = 2e13;

/** Whether members may be places. That they are cannot be known: moments in microseconds look like some. */
export function looksLikePlaces(elements: Iterable<KeyElement>): boolean {
  let any = false;
  for (const { value } of elements) {
    if (value?.as !== "text" || placeOf(value.of) === null) return false;
    any ||= Number(value.of) >= LEAST;
  }
  return any;
}
