import { useCallback, useEffect, useRef, useState } from "react";
import {
  type AppError,
  type ChartAxis,
  type ChartSeries,
  type ChartSpec,
  failureOf,
  type HoldProgress,
  host,
  type ResultHead,
  type ServerQuery,
} from "@/ipc";
import type { Look } from "./drawing";
import { type Kept, keyOf, remember, remembered } from "./memory";

export interface ChartState {
  readonly spec: ChartSpec | null;
  readonly look: Look;
  readonly axes: readonly ChartAxis[];
  /** Why this chart was suggested, until another is chosen. */
  readonly why: string | null;
  readonly chart: ChartSeries | null;
  /** What is shown belongs to what is asked for. */
  readonly busy: boolean;
  readonly failure: AppError | null;
  readonly change: (spec: ChartSpec) => void;
  readonly relook: (look: Partial<Look>) => void;
  /** The first suggestion again. */
  readonly reset: () => void;
  readonly again: () => void;
}

interface Drawn {
  readonly chart: ChartSeries;
  readonly asked: string;
}

/** The statement that asks the server for a chart's groups; none where that is not wanted, or before it is known. */
export function useOnServer(holdId: string, spec: ChartSpec | null): ServerQuery | null {
  const [made, setMade] = useState<{ asked: string; query: ServerQuery } | null>(null);
  const asked = spec ? JSON.stringify([holdId, spec]) : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked holds the spec and the rows.
  useEffect(() => {
    if (asked === null || spec === null) return;
    let live = true;
    host()
      .chartOnServer(holdId, spec)
      .then((query) => live && setMade({ asked, query }))
      .catch((thrown: unknown) => {
        if (live) setMade({ asked, query: { text: null, refused: failureOf(thrown).message } });
      });
    return () => {
      live = false;
    };
  }, [asked]);
  return made?.asked === asked ? made.query : null;
}

/** What a chart of held rows shows; a newer question stops the older one. */
export function useChart(place: string, head: ResultHead, progress: HoldProgress): ChartState {
  const key = keyOf(place, head);
  const [now, setNow] = useState<Kept>(() => remembered(key));
  const [axes, setAxes] = useState<readonly ChartAxis[]>([]);
  const [why, setWhy] = useState<string | null>(null);
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [turn, setTurn] = useState(0);
  const holdId = head.hold_id;
  const spec = now.spec;
  const chosen = useRef(spec);
  chosen.current = spec;

  const keep = useCallback(
    (next: Kept) => {
      remember(key, next);
      setNow(next);
    },
    [key],
  );

  // While rows come in, one look at the start and one at the end: each costs a walk over all of them.
  const stamp =
    progress.state === "reading" ? (progress.rows > 0 ? "some" : "none") : `${progress.state} ${progress.rows}`;
  const ready = stamp !== "none";

  useEffect(() => {
    if (!ready) return;
    let live = true;
    host()
      .chartSuggest(holdId)
      .then((suggestion) => {
        if (!live) return;
        setAxes(suggestion.axes);
        if (chosen.current !== null) return;
        setWhy(suggestion.why);
        setNow((before) => ({ ...before, spec: before.spec ?? suggestion.spec }));
      })
      .catch((thrown: unknown) => {
        const failed = failureOf(thrown);
        if (live && failed.code !== "cancelled") setFailure(failed);
      });
    return () => {
      live = false;
    };
  }, [holdId, ready, turn]);

  const known = axes.length > 0;
  const question = spec && ready && known ? JSON.stringify([holdId, spec, stamp, turn]) : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the question holds the spec and what else it depends on.
  useEffect(() => {
    if (question === null || spec === null) return;
    let live = true;
    setFailure(null);
    host()
      .chartOf(holdId, spec)
      .then((chart) => live && setDrawn({ chart, asked: question }))
      .catch((thrown: unknown) => {
        const failed = failureOf(thrown);
        // A newer question stopped it, and is answered itself.
        if (live && failed.code !== "cancelled") setFailure(failed);
      });
    return () => {
      live = false;
    };
  }, [question]);

  // Whoever leaves the chart needs no more of it.
  useEffect(
    () => () =>
      void host()
        .stopChart(holdId)
        .catch(() => undefined),
    [holdId],
  );

  return {
    spec,
    look: now.look,
    axes,
    why,
    chart: drawn?.chart ?? null,
    busy: failure === null && (drawn === null || drawn.asked !== question),
    failure,
    change: (next) => {
      setWhy(null);
      keep({ spec: next, look: now.look });
    },
    relook: (look) => keep({ spec: now.spec, look: { ...now.look, ...look } }),
    reset: () => {
      keep({ spec: null, look: now.look });
      setTurn((before) => before + 1);
    },
    again: () => {
      setFailure(null);
      setTurn((before) => before + 1);
    },
  };
}
