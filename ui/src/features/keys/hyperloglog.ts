/**
 * HyperLogLogs as Redis and Valkey keep them in strings (https://redis.io/docs/latest/develop/data-types/probabilistic/hyperloglogs/).
 * Counted here, because `PFCOUNT` writes: it keeps its result in the value. Pure.
 */

const REGISTERS = 1 << 14;
/** Bits of a hash that are counted zeros in: a register holds at most one more. */
const ZEROS = 50;
const HEAD = 16;
const DENSE = HEAD + (REGISTERS * 6) / 8;
/** 1 / (2 ln 2): what the estimate is scaled by where there are many registers. */
const SCALE = 0.5 / Math.LN2;
/** The standard error of an estimate, of one. */
export const STANDARD_ERROR = 1.04 / Math.sqrt(REGISTERS);

export interface HyperLogLog {
  /** Different elements, about. What `PFCOUNT` answers. */
  readonly count: number;
  /** The server's last count, where nothing changed since. */
  readonly cached: number | null;
  readonly encoding: "sparse" | "dense";
  /** How many registers hold each value, from 0. */
  readonly histogram: readonly number[];
}

/** What a string counts; `null` where it is none, or damaged. */
export function readHyperLogLog(bytes: Uint8Array): HyperLogLog | null {
  if (bytes.length < HEAD || String.fromCharCode(...bytes.subarray(0, 4)) !== "HYLL") return null;
  const dense = bytes[4] === 0;
  if (!dense && bytes[4] !== 1) return null;
  const histogram = dense ? denseHistogram(bytes) : sparseHistogram(bytes);
  if (!histogram) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const cached = view.getBigUint64(8, true);
  return {
    count: estimate(histogram),
    // The highest bit says that it is out of date.
    cached: cached >> 63n === 0n ? Number(cached) : null,
    encoding: dense ? "dense" : "sparse",
    histogram,
  };
}

const none = (): number[] => new Array<number>(64).fill(0);

/** Six bits each, the lowest first. */
function denseHistogram(bytes: Uint8Array): number[] | null {
  if (bytes.length !== DENSE) return null;
  const histogram = none();
  for (let register = 0; register < REGISTERS; register += 1) {
    const bit = register * 6;
    const at = HEAD + (bit >> 3);
    const value = (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) >> (bit & 7)) & 63;
    histogram[value] = (histogram[value] ?? 0) + 1;
  }
  return histogram;
}

/** Runs: of zeros, short (00) or long (01), and of a value up to 32 (1). */
function sparseHistogram(bytes: Uint8Array): number[] | null {
  const histogram = none();
  let registers = 0;
  for (let at = HEAD; at < bytes.length; at += 1) {
    const code = bytes[at] ?? 0;
    let value = 0;
    let run: number;
    if (code >= 0x80) {
      value = ((code >> 2) & 31) + 1;
      run = (code & 3) + 1;
    } else if (code >= 0x40) {
      at += 1;
      run = (((code & 63) << 8) | (bytes[at] ?? 0)) + 1;
    } else run = code + 1;
    histogram[value] = (histogram[value] ?? 0) + run;
    registers += run;
  }
  return registers === REGISTERS ? histogram : null;
}

/** Ertl's improved estimator (arXiv:1702.01284), as servers have counted since Redis 4. */
function estimate(histogram: readonly number[]): number {
  const at = (value: number) => histogram[value] ?? 0;
  let sum = REGISTERS * tau((REGISTERS - at(ZEROS + 1)) / REGISTERS);
  for (let value = ZEROS; value >= 1; value -= 1) sum = (sum + at(value)) * 0.5;
  sum += REGISTERS * sigma(at(0) / REGISTERS);
  return Math.round((SCALE * REGISTERS * REGISTERS) / sum);
}

function sigma(part: number): number {
  if (part === 1) return Number.POSITIVE_INFINITY;
  let [x, y, sum, before] = [part, 1, part, Number.NaN];
  while (sum !== before) {
    x *= x;
    before = sum;
    sum += x * y;
    y += y;
  }
  return sum;
}

function tau(part: number): number {
  if (part === 0 || part === 1) return 0;
  let [x, y, sum, before] = [part, 1, 1 - part, Number.NaN];
  while (sum !== before) {
    x = Math.sqrt(x);
    before = sum;
    y *= 0.5;
    sum -= (1 - x) ** 2 * y;
  }
  return sum / 3;
}
