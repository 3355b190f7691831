/** Asking the core what columns look like: the latest question counts, and what nobody waits for is stopped. */
import { useEffect, useRef, useState } from "react";
import { type AppError, type ColumnStatistics, failureOf, host, type KeyPairs, type ResultHead } from "@/ipc";
import { type ProfileRow, pairable } from "./facts";

/** A cursor that passes over columns asks about none of them. */
const PAUSE_MS = 120;
/** Rows times columns of one question about several columns. */
const AT_ONCE = 1_000_000;
const MOST_AT_ONCE = 16;

let asked = 0;
/** A name for a question, by which it is stopped. */
export function nextAsk(): string {
  asked += 1;
  return `statistics-${asked}-${Date.now().toString(36)}`;
}

export const stopAsk = (id: string): void =>
  void host()
    .stopAsking(id)
    .catch(() => undefined);

export interface Looked {
  readonly facts: ColumnStatistics | null;
  readonly failure: AppError | null;
  readonly busy: boolean;
}

const NOTHING: Looked = { facts: null, failure: null, busy: true };

/** Statistics of a column of held rows; of the rows there are when they stop coming for a moment. */
export function useColumnStatistics(holdId: string, column: number, rows: number, again: number): Looked {
  const [looked, setLooked] = useState<Looked & { readonly of: string }>({ ...NOTHING, of: "" });
  const of = `${holdId}:${column}`;
  useEffect(() => {
    const id = nextAsk();
    let alive = true;
    setLooked((now) => (now.of === of ? { ...now, failure: null, busy: true } : { ...NOTHING, of }));
    const timer = setTimeout(() => {
      host()
        .columnStatistics(id, holdId, [column])
        .then(([facts]) => alive && setLooked({ facts: facts ?? null, failure: null, busy: false, of }))
        .catch((thrown: unknown) => alive && setLooked({ facts: null, failure: failureOf(thrown), busy: false, of }));
    }, PAUSE_MS);
    return () => {
      alive = false;
      clearTimeout(timer);
      stopAsk(id);
    };
  }, [of, holdId, column, rows, again]);
  return looked.of === of ? looked : NOTHING;
}

/** Asks the server about a column of its relation; the name stops the question. */
export type AskServer = (askId: string, column: string) => Promise<ColumnStatistics>;

export type Served =
  | { readonly kind: "not-asked" }
  | { readonly kind: "asking"; readonly since: number }
  | { readonly kind: "answered"; readonly facts: ColumnStatistics }
  | { readonly kind: "failed"; readonly failure: AppError };

const NOT_ASKED: Served = { kind: "not-asked" };

/** The server's answer for one column of one hold. Leaving the column stops the question. */
export function useServed(of: string, column: string, ask: AskServer | undefined) {
  const [state, setState] = useState<{ readonly of: string; readonly served: Served }>({ of, served: NOT_ASKED });
  const running = useRef<string | null>(null);
  const stop = () => {
    if (running.current) stopAsk(running.current);
    running.current = null;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end of one question is the beginning of another's place.
  useEffect(() => stop, [of]);
  const start = () => {
    if (!ask) return;
    stop();
    const id = nextAsk();
    running.current = id;
    setState({ of, served: { kind: "asking", since: Date.now() } });
    const settle = (served: Served) => {
      if (running.current !== id) return;
      running.current = null;
      setState({ of, served });
    };
    ask(id, column)
      .then((facts) => settle({ kind: "answered", facts }))
      .catch((thrown: unknown) => {
        const failure = failureOf(thrown);
        settle(failure.code === "cancelled" ? NOT_ASKED : { kind: "failed", failure });
      });
  };
  return {
    served: state.of === of ? state.served : NOT_ASKED,
    start,
    /** The question ends; its error says so. */
    stop: () => {
      if (running.current) stopAsk(running.current);
    },
  };
}

export interface Profile {
  readonly rows: readonly ProfileRow[];
  /** Columns that were looked at. */
  readonly done: number;
  readonly busy: boolean;
  readonly failure: AppError | null;
  /** Pairs of columns that tell rows apart; none before all columns were looked at, or where one does it alone. */
  readonly pairs: KeyPairs | null;
}

const blank = (head: ResultHead): readonly ProfileRow[] =>
  head.columns.map((column, place) => ({ place, column, facts: undefined }));

/** Looks at every column, some at a time, until it is stopped. */
export function useProfile(head: ResultHead, holdId: string, rows: number) {
  const [profile, setProfile] = useState<Profile>(() => ({
    rows: blank(head),
    done: 0,
    busy: true,
    failure: null,
    pairs: null,
  }));
  const [run, setRun] = useState(0);
  const running = useRef<{ stopped: boolean; id: string } | null>(null);
  const known = useRef(profile);
  known.current = profile;
  // biome-ignore lint/correctness/useExhaustiveDependencies: going on is another run over what is left.
  useEffect(() => {
    const self = { stopped: false, id: "" };
    running.current = self;
    const left = run === 0 ? blank(head) : known.current.rows;
    let now: Profile = {
      rows: left,
      done: left.filter(({ facts }) => facts).length,
      busy: true,
      failure: null,
      pairs: null,
    };
    const show = (next: Profile) => {
      now = next;
      if (!self.stopped || !next.busy) setProfile(next);
    };
    setProfile(now);
    const some = Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(AT_ONCE / Math.max(1, rows))));
    const work = async () => {
      const places = left.filter(({ facts }) => !facts).map(({ place }) => place);
      for (let at = 0; at < places.length && !self.stopped; at += some) {
        const part = places.slice(at, at + some);
        self.id = nextAsk();
        const found = await host().columnStatistics(self.id, holdId, part);
        const facts = new Map(part.map((place, index) => [place, found[index]]));
        const next = now.rows.map((row) => (facts.has(row.place) ? { ...row, facts: facts.get(row.place) } : row));
        show({ ...now, rows: next, done: now.done + part.length });
      }
      if (self.stopped) return;
      const columns = pairable(now.rows);
      const alone = now.rows.some(({ facts }) => facts?.unique);
      if (alone || columns.length < 2) {
        show({ ...now, busy: false });
        return;
      }
      self.id = nextAsk();
      const pairs = await host().keyPairs(self.id, holdId, columns);
      show({ ...now, busy: false, pairs });
    };
    work().catch((thrown: unknown) => {
      const failure = failureOf(thrown);
      if (!self.stopped) show({ ...now, busy: false, failure });
    });
    return () => {
      self.stopped = true;
      if (self.id) stopAsk(self.id);
    };
  }, [holdId, run]);
  const stop = () => {
    const self = running.current;
    if (!self) return;
    self.stopped = true;
    if (self.id) stopAsk(self.id);
    setProfile((now) => ({ ...now, busy: false }));
  };
  return { profile, stop, goOn: () => setRun((now) => now + 1) };
}
