/** The bytes of a string or JSON document, read by window. */
import { useCallback, useEffect, useRef, useState } from "react";
import { type AppError, failureOf, host, type KeysOf } from "@/ipc";
import { joined, MOST_EDITED, meant, WINDOW } from "./bytes";

export interface Bytes {
  readonly bytes: Uint8Array;
  readonly total: number;
  readonly whole: boolean;
}

/** One part, from `first` on. A document of a module comes whole. */
async function part(of: KeysOf, key: string, kind: string, first: number): Promise<Bytes> {
  const read = { of, key, kind, first, from: null, most: WINDOW, backwards: false, pattern: null };
  const { elements, total, next } = await host().keyRead(read);
  const bytes = meant(elements[0]?.value ?? null);
  const whole = kind !== "string" || bytes.length === 0 || (next === null && first + bytes.length >= total);
  return { bytes, total: kind === "string" ? total : bytes.length, whole };
}

/** At least so much of it. */
async function upTo(of: KeysOf, key: string, kind: string, least: number, had?: Bytes): Promise<Bytes> {
  let read = had ?? (await part(of, key, kind, 0));
  while (!read.whole && read.bytes.length < least) {
    const more = await part(of, key, kind, read.bytes.length);
    // A value that became shorter ends here.
    const whole = more.whole || more.bytes.length === 0;
    read = { bytes: joined(read.bytes, more.bytes), total: more.total, whole };
  }
  return read;
}

export interface StringValue {
  readonly value: Bytes | null;
  readonly busy: boolean;
  readonly error: AppError | null;
  readonly more: (all: boolean) => void;
  /** The whole value as it is now, where it may be edited at all. */
  readonly whole: () => Promise<Bytes>;
  /** Takes what was saved for what is there. */
  readonly put: (bytes: Uint8Array) => void;
}

export function useString(of: KeysOf, key: string, kind: string, turn: number): StringValue {
  const [value, setValue] = useState<Bytes | null>(null);
  const [busy, setBusy] = useState(true);
  const [error, setError] = useState<AppError | null>(null);
  const latest = useRef<Bytes | null>(null);
  latest.current = value;
  const alive = useRef(0);
  const run = useCallback(async (work: () => Promise<Bytes>) => {
    alive.current += 1;
    const mine = alive.current;
    setBusy(true);
    setError(null);
    try {
      const read = await work();
      if (mine === alive.current) setValue(read);
    } catch (thrown) {
      if (mine === alive.current) setError(failureOf(thrown));
    } finally {
      if (mine === alive.current) setBusy(false);
    }
  }, []);
  useEffect(() => {
    void run(() => upTo(of, key, kind, Math.min(latest.current?.bytes.length ?? 0, MOST_EDITED)));
    return () => {
      alive.current += 1;
    };
  }, [of, key, kind, turn, run]);
  const more = (all: boolean) => {
    const had = latest.current;
    if (had && !busy) void run(() => upTo(of, key, kind, all ? had.total : had.bytes.length + 1, had));
  };
  const whole = () => upTo(of, key, kind, MOST_EDITED);
  const put = (bytes: Uint8Array) => setValue({ bytes, total: bytes.length, whole: true });
  return { value, busy, error, more, whole, put };
}
