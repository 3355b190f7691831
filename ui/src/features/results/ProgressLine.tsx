import { type ReactNode, useEffect, useState } from "react";
import { Badge, Button, Spinner, tip } from "@/design";
import type { HoldProgress } from "@/ipc";
import { formatBytes, formatCount, formatDuration, formatRate } from "./format";
import { completeness, ROWS, type RowWords } from "./model";

/** Ticks while something runs, so that elapsed time and a pause's end are seen. */
export function useNow(active: boolean, every = 250): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!active) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [active, every]);
  return now;
}

/** The last part of a pause: what is about to be lost is said louder. */
export const LAST_SECONDS = 10;

export interface ProgressLineProps {
  progress: HoldProgress;
  /** Rows were filtered by the person: said beside the count. */
  filtered?: boolean;
  /** What rows are called. */
  what?: RowWords;
  onMore?: (() => void) | undefined;
  onAll?: (() => void) | undefined;
  onStop?: (() => void) | undefined;
  stopKeys?: string | undefined;
  end?: ReactNode;
}

/** Rows so far, time, rate, and whether every row is here. The completeness mark never gives way. */
export function ProgressLine({
  progress,
  filtered,
  what = ROWS,
  onMore,
  onAll,
  onStop,
  stopKeys,
  end,
}: ProgressLineProps) {
  const reading = progress.state === "reading";
  const paused = progress.state === "paused";
  const now = useNow(paused);
  const mark = completeness(progress, filtered, what);
  const left = paused ? Math.max(0, Math.ceil((progress.until_ms - now) / 1000)) : 0;
  const rate = formatRate(progress.rows, progress.elapsed_ms);
  const reason =
    progress.state === "truncated" ? progress.reason : progress.state === "failed" ? progress.error.message : "";
  return (
    <div className="flex items-center gap-2 min-w-0 whitespace-nowrap" role="status">
      {reading ? <Spinner size={12} label={`Reading ${what.many}`} /> : null}
      <span
        className="shrink-0"
        {...tip(reason || `${formatCount(progress.rows)} ${what.many}, ${formatCount(progress.bytes)} bytes`)}
      >
        <Badge tone={mark.tone === "ok" || progress.state === "more_pages" ? "neutral" : mark.tone}>{mark.text}</Badge>
      </span>
      <span className="rh-meta rh-truncate">
        {formatDuration(progress.elapsed_ms)}
        {rate && (reading || paused || progress.elapsed_ms >= 1000) ? ` · ${rate}` : ""}
        {progress.bytes ? ` · ${formatBytes(progress.bytes)}` : ""}
      </span>
      {paused ? (
        progress.fails_transaction ? (
          <span
            className={`rh-meta shrink-0 ${left <= LAST_SECONDS ? "rh-tone-danger" : "rh-tone-warn"}`}
            {...tip(
              "At the end of the pause the statement is cancelled, and its open transaction fails. Load all rows to keep both, or stop now.",
            )}
          >
            {left <= LAST_SECONDS
              ? `the transaction fails in ${left} s: load all or stop`
              : `held for ${left} s, then the transaction fails`}
          </span>
        ) : (
          <span className="rh-meta shrink-0" {...tip("The server keeps the rest until then")}>
            held for {left} s
          </span>
        )
      ) : null}
      {paused && onMore ? (
        <Button dense onClick={onMore}>
          Load more
        </Button>
      ) : null}
      {paused && onAll ? (
        <Button dense variant="ghost" onClick={onAll}>
          Load all
        </Button>
      ) : null}
      {(reading || paused) && onStop ? (
        <Button dense icon="stop" onClick={onStop} {...(stopKeys ? { keys: stopKeys, showKeys: reading } : {})}>
          Stop
        </Button>
      ) : null}
      {end}
    </div>
  );
}
