import { Badge, EmptyState, ErrorBlock, Icon, type IconName, Spinner } from "@/design";
import type { AppError, NoticeRow } from "@/ipc";
import { formatCount, formatDuration } from "./format";
import type { Outcome, RunsState } from "./model";

export interface MessagesPaneProps {
  runs: RunsState;
  /** Shows a statement in the editor. */
  onShowStatement?: (index: number) => void;
}

const ICON: Readonly<Record<Outcome["outcome"], IconName>> = {
  waiting: "clock",
  running: "clock",
  completed: "check",
  failed: "close",
  cancelled: "stop",
  skipped: "minus",
};

/** What happened, in words. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.outcome) {
    case "waiting":
      return "waits";
    case "running":
      return "runs";
    case "completed": {
      const rows = outcome.affected_rows ?? outcome.rows;
      const what = outcome.tag ?? `${formatCount(rows)} ${rows === 1 ? "row" : "rows"}`;
      return `${what} · ${formatDuration(outcome.elapsed_ms)}`;
    }
    case "failed":
      return `failed · ${formatDuration(outcome.elapsed_ms)}`;
    case "cancelled":
      return `stopped · ${formatDuration(outcome.elapsed_ms)}`;
    case "skipped":
      return "not run";
  }
}

/** The whole of an error as text, for "copy details". */
export function errorDetails(error: AppError): string {
  const native = error.native;
  return [
    error.message,
    error.hint,
    native ? `${native.product} ${native.severity ?? "error"} ${native.code}: ${native.message}` : null,
    native?.detail ? `Detail: ${native.detail}` : null,
    native?.context ? `Context: ${native.context}` : null,
    native?.object ? `Object: ${native.object}` : null,
    native?.constraint ? `Constraint: ${native.constraint}` : null,
    native?.internal ? `Internal query: ${native.internal}` : null,
  ]
    .filter(Boolean)
    .join("\n");
}

/** Every statement's outcome, and under it what the server said. */
export function MessagesPane({ runs, onShowStatement }: MessagesPaneProps) {
  if (runs.failure) {
    return (
      <div className="p-3">
        <Failure error={runs.failure} />
      </div>
    );
  }
  if (runs.phase === "idle" && runs.between.length === 0) {
    return (
      <EmptyState icon="terminal" title="No run yet">
        Outcomes, row counts and what the server says appear here.
      </EmptyState>
    );
  }
  return (
    <ol className="m-0 p-0 list-none overflow-auto rh-scroll h-full" aria-label="Messages">
      {runs.statements.map((mark) => {
        const outcome = runs.outcomes[mark.index] ?? { outcome: "waiting" as const };
        const notices = runs.messages.filter((line) => line.statement === mark.index);
        return (
          <li key={mark.index} className="border-b border-line px-3 py-2">
            <button
              type="button"
              className="flex items-center gap-2 w-full text-left bg-transparent border-0 p-0 text-ink"
              onClick={() => onShowStatement?.(mark.index)}
            >
              {outcome.outcome === "running" ? (
                <Spinner size={12} label="Runs" />
              ) : (
                <Icon
                  name={ICON[outcome.outcome]}
                  size={12}
                  className={
                    outcome.outcome === "completed"
                      ? "rh-tone-ok"
                      : outcome.outcome === "failed"
                        ? "rh-tone-danger"
                        : ""
                  }
                />
              )}
              <span className="rh-mono rh-truncate">{mark.title}</span>
              <span className="flex-1" />
              <span className="rh-meta shrink-0">{outcomeText(outcome)}</span>
            </button>
            {outcome.outcome === "failed" ? <Failure error={outcome.error} /> : null}
            {notices.map(({ key, notice }) => (
              <Notice key={key} notice={notice} />
            ))}
          </li>
        );
      })}
      {runs.between.length ? (
        <li className="px-3 py-2">
          <h3 className="m-0 rh-meta font-[500]">Between runs</h3>
          {runs.between.map(({ key, notice }) => (
            <Notice key={key} notice={notice} timed />
          ))}
        </li>
      ) : null}
    </ol>
  );
}

/** One thing the server said; `timed` says when, to the second. */
function Notice({ notice, timed }: { notice: NoticeRow; timed?: boolean }) {
  return (
    <div className="flex items-baseline gap-2 mt-1 pl-5 rh-selectable">
      <Badge tone={notice.severity === "warning" ? "warn" : "info"}>
        {notice.severity === "warning" && notice.code
          ? `${notice.label.toLowerCase()} ${notice.code}`
          : notice.label.toLowerCase()}
      </Badge>
      {timed ? (
        <time className="rh-meta shrink-0" dateTime={new Date(notice.at_ms).toISOString()}>
          {new Date(notice.at_ms).toLocaleTimeString()}
        </time>
      ) : null}
      <div className="min-w-0">
        <div className="rh-mono whitespace-pre-wrap break-words">{notice.message}</div>
        {[notice.detail, notice.hint, notice.context].filter(Boolean).map((text) => (
          <div key={text} className="rh-meta whitespace-pre-wrap">
            {text}
          </div>
        ))}
      </div>
    </div>
  );
}

function Failure({ error }: { error: AppError }) {
  return (
    <div className="mt-2">
      <ErrorBlock
        message={error.message}
        {...(error.hint ? { hint: error.hint } : {})}
        {...(error.native ? { code: `${error.native.product} ${error.native.code}` } : {})}
        details={errorDetails(error)}
      />
    </div>
  );
}
