import { type ReactNode, useState } from "react";
import { Badge, Banner, Button, EmptyState, ErrorBlock, Segmented, Spinner, tip } from "@/design";
import { type AppError, type ColumnStatistics, type FrequentValue, nativeCode, type ResultHead } from "@/ipc";
import { AsideHead } from "../aside/AsideHead";
import { formatBytes, formatCount, formatDuration } from "../format";
import { useNow } from "../ProgressLine";
import { type AskServer, useColumnStatistics, useServed } from "./asking";
import { distinctText, filled, inUtc, METHOD, meanText, noOutliers, outlierCount, share } from "./facts";
import { Histogram } from "./Histogram";
import "./statistics.css";

export interface StatisticsPanelProps {
  head: ResultHead;
  /** The hold that is on show: that of the head, or a view of it. */
  holdId: string;
  /** Rows it has. */
  rows: number;
  /** Changes of these rows are staged: they are not counted. */
  staged?: boolean;
  /** Place in `head.columns`. */
  column: number;
  onClose: () => void;
  /** Opens every column's statistics. */
  onProfile?: (() => void) | undefined;
  /** Goes to a row of the hold. */
  onRow?: ((row: number) => void) | undefined;
  /** Shows the rows with this value; `null` is NULL. */
  onFilter?: ((column: string, value: string | null) => void) | undefined;
  /** Asks the server, where the rows are a relation's. */
  server?: AskServer | undefined;
}

/** What is known of a column's values: from the rows that are here, or from the server where it was asked. */
export function StatisticsPanel({
  head,
  holdId,
  rows,
  staged = false,
  column,
  onClose,
  onProfile,
  onRow,
  onFilter,
  server,
}: StatisticsPanelProps) {
  const described = head.columns[column];
  const name = described?.name ?? "";
  const [again, setAgain] = useState(0);
  const [side, setSide] = useState<"held" | "server">("held");
  const held = useColumnStatistics(holdId, column, rows, again);
  const asked = useServed(`${holdId}:${column}`, name, server);
  const { served } = asked;
  const onServer = side === "server" && served.kind !== "not-asked";
  const ask = () => {
    setSide("server");
    asked.start();
  };
  const shown = onServer ? (served.kind === "answered" ? served.facts : null) : held.facts;
  const filter = onFilter && described ? (value: string | null) => onFilter(name, value) : undefined;
  return (
    <section className="flex flex-col h-full min-h-0 bg-surface-1" aria-label={`Statistics of ${name}`} data-statistics>
      <AsideHead
        icon="chart"
        title={name}
        meta={<span className="rh-mono">{described?.native_type}</span>}
        closes="Close the statistics"
        onClose={onClose}
      />
      {served.kind === "not-asked" ? null : (
        <div className="px-3 pt-2">
          <Segmented<"held" | "server">
            dense
            label="Whose rows"
            value={onServer ? "server" : "held"}
            onChange={setSide}
            options={[
              { value: "held", label: "These rows" },
              { value: "server", label: "The server's" },
            ]}
          />
        </div>
      )}
      <div className="flex-1 min-h-0 overflow-auto rh-scroll px-3 py-2 stat-body" aria-busy={!onServer && held.busy}>
        {onServer && served.kind === "asking" ? (
          <Asking since={served.since} onStop={asked.stop} />
        ) : onServer && served.kind === "failed" ? (
          <Failed failure={served.failure} onRetry={ask} />
        ) : !onServer && held.failure ? (
          <Failed failure={held.failure} onRetry={() => setAgain((now) => now + 1)} />
        ) : shown ? (
          <>
            {shown.partial ? (
              <Banner
                tone="warn"
                detail={server ? "The server reads the whole table for it." : undefined}
                actions={
                  server ? (
                    <Button dense onClick={ask}>
                      Ask the server
                    </Button>
                  ) : undefined
                }
              >
                Of the {shown.partial}
              </Banner>
            ) : null}
            {staged ? <p className="rh-meta">Changes that are not saved yet are not counted.</p> : null}
            <Facts facts={shown} onRow={onServer ? undefined : onRow} onFilter={filter} />
          </>
        ) : (
          <Spinner label="Looking at the values" />
        )}
      </div>
      {shown ? (
        <footer className="flex items-center gap-2 px-3 min-h-[32px] border-t border-line rh-meta">
          <span className="rh-truncate">
            {shown.on_server ? "The server's answer" : `${formatCount(shown.rows)} rows`} in{" "}
            {formatDuration(shown.elapsed_ms)}
          </span>
          <span className="flex-1" />
          {server && !shown.partial ? (
            <span {...tip("It reads the whole table")}>
              <Button dense variant="ghost" onClick={ask}>
                {served.kind === "not-asked" ? "Ask the server" : "Ask again"}
              </Button>
            </span>
          ) : null}
          {onProfile ? (
            <Button dense variant="ghost" onClick={onProfile}>
              All columns
            </Button>
          ) : null}
        </footer>
      ) : null}
    </section>
  );
}

function Asking({ since, onStop }: { since: number; onStop: () => void }) {
  const now = useNow(true);
  return (
    <div className="flex flex-col items-start gap-2" role="status">
      <Spinner label="The server reads the whole table" />
      <span className="flex items-center gap-2">
        <span className="rh-meta">{formatDuration(Math.max(0, now - since))}</span>
        <Button dense icon="stop" onClick={onStop}>
          Stop
        </Button>
      </span>
    </div>
  );
}

function Failed({ failure, onRetry }: { failure: AppError; onRetry: () => void }) {
  return (
    <ErrorBlock
      message={failure.message}
      hint={failure.hint ?? failure.native?.detail ?? undefined}
      code={nativeCode(failure) ?? undefined}
      actions={
        <Button dense onClick={onRetry}>
          Try again
        </Button>
      }
    />
  );
}

function Facts({
  facts,
  onRow,
  onFilter,
}: {
  facts: ColumnStatistics;
  onRow?: ((row: number) => void) | undefined;
  onFilter?: ((value: string | null) => void) | undefined;
}) {
  if (facts.rows === 0)
    return (
      <EmptyState icon="rows" title="No rows">
        There is no value to look at.
      </EmptyState>
    );
  const values = filled(facts);
  const mean = meanText(facts);
  return (
    <>
      <dl className="stat-facts">
        <Fact name="Rows">{formatCount(facts.rows)}</Fact>
        <Fact name="NULLs">
          <span className="stat-share">
            {facts.nulls > 0 && onFilter ? (
              <button type="button" className="stat-link" onClick={() => onFilter(null)} {...tip("Show these rows")}>
                {formatCount(facts.nulls)}
              </button>
            ) : (
              formatCount(facts.nulls)
            )}
            <span className="rh-meta">{share(facts.nulls, facts.rows)}</span>
            <Bar part={facts.nulls} of={facts.rows} />
          </span>
        </Fact>
        <Fact name="Distinct">
          {distinctText(facts)}
          {facts.unique ? (
            <Badge
              tone="ok"
              icon="key"
              tooltip={`Every one of ${facts.partial ? "these rows" : "the rows"} has a value, and no two have the same.`}
            >
              unique
            </Badge>
          ) : null}
        </Fact>
        {values > 0 ? (
          <>
            <Fact name="Least" text={facts.least} />
            <Fact name="Greatest" text={facts.greatest} />
          </>
        ) : null}
        {mean !== null ? <Fact name="Mean" text={mean} /> : null}
        {facts.quartiles ? (
          <>
            <Fact name="Median" text={facts.quartiles.median} />
            <Fact name="Quartiles">
              <span
                className="rh-mono rh-selectable"
                {...tip("A quarter of the values is not above the first, three quarters are not above the second.")}
              >
                {facts.quartiles.lower} … {facts.quartiles.upper}
              </span>
            </Fact>
          </>
        ) : null}
        {facts.sum !== null ? <Fact name="Sum" text={facts.sum} /> : null}
        {facts.empty ? <Fact name="Empty texts">{formatCount(facts.empty)}</Fact> : null}
        {facts.not_finite > 0 ? (
          <Fact name={facts.scale === "numbers" ? "Not finite numbers" : "Not finite"}>
            <span {...tip("NaN, infinities and what is no value of its kind: not counted in what is reckoned.")}>
              {formatCount(facts.not_finite)}
            </span>
          </Fact>
        ) : null}
        {facts.longest !== null && facts.scale === "none" && values > 0 ? (
          <Fact name="Longest">{formatBytes(facts.longest)}</Fact>
        ) : null}
      </dl>
      {values === 0 ? <p className="rh-meta">Every value is NULL.</p> : null}
      {facts.histogram ? (
        <Part title="Spread">
          <Histogram facts={facts} />
        </Part>
      ) : null}
      {facts.top.length > 0 && !facts.unique ? (
        <Part title={facts.distinct_exact ? "Most frequent" : "Frequent, as far as values could be told apart"}>
          <Top facts={facts} onFilter={onFilter} />
        </Part>
      ) : null}
      <OutlierPart facts={facts} onRow={onRow} />
    </>
  );
}

function Fact({ name, text, children }: { name: string; text?: string | null; children?: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children ?? (
          <span className="rh-mono rh-selectable rh-truncate" {...tip(text || undefined)}>
            {text === "" ? <Empty /> : text}
          </span>
        )}
      </dd>
    </div>
  );
}

const Empty = () => <em className="rh-meta">empty text</em>;

function Bar({ part, of }: { part: number; of: number }) {
  const percent = of === 0 ? 0 : (part / of) * 100;
  return (
    <span className="stat-bar" aria-hidden="true">
      <span style={{ width: `${part > 0 ? Math.max(1, percent) : 0}%` }} />
    </span>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="stat-part" aria-label={title}>
      <h4>{title}</h4>
      {children}
    </section>
  );
}

function Top({ facts, onFilter }: { facts: ColumnStatistics; onFilter?: ((value: string) => void) | undefined }) {
  const most = Math.max(1, ...facts.top.map(({ count }) => count));
  if (most === 1 && facts.distinct > facts.top.length) return <p className="rh-meta">No value occurs twice.</p>;
  const named = facts.top.reduce((sum, { count }) => sum + count, 0);
  const others = filled(facts) - named;
  const body = ({ text, count, whole }: FrequentValue) => (
    <>
      <span className="stat-top-fill" style={{ width: `${(count / most) * 100}%` }} aria-hidden="true" />
      <span className="stat-top-text rh-mono rh-truncate">
        {text === "" ? <Empty /> : text}
        {whole || text.startsWith("0x") ? "" : "…"}
      </span>
      <span className="stat-top-count rh-mono">{formatCount(count)}</span>
      <span className="stat-top-share rh-meta">{share(count, facts.rows)}</span>
    </>
  );
  return (
    <ul className="stat-top">
      {facts.top.map((value) => (
        <li key={`${value.text}:${value.count}`}>
          {onFilter && value.whole ? (
            <button
              type="button"
              className="stat-top-row"
              onClick={() => onFilter(value.text)}
              {...tip(`Show the rows with ${value.text || "the empty text"}`)}
            >
              {body(value)}
            </button>
          ) : (
            <span className="stat-top-row" {...tip(value.text)}>
              {body(value)}
            </span>
          )}
        </li>
      ))}
      {others > 0 ? <li className="rh-meta">{formatCount(others)} rows have other values</li> : null}
    </ul>
  );
}

function OutlierPart({ facts, onRow }: { facts: ColumnStatistics; onRow?: ((row: number) => void) | undefined }) {
  const { outliers } = facts;
  const why = noOutliers(facts);
  if (!outliers && why === null) return null;
  const zone = inUtc(facts) ? " UTC" : "";
  return (
    <Part title="Outliers">
      {outliers ? (
        <>
          <p>
            {outlierCount(facts) === 0 ? "None" : formatCount(outlierCount(facts))}
            {outlierCount(facts) > 0
              ? `: ${formatCount(outliers.below)} below and ${formatCount(outliers.above)} above`
              : ""}{" "}
            <span className="rh-meta" {...tip(METHOD)}>
              fences <span className="rh-mono">{outliers.low}</span> and{" "}
              <span className="rh-mono">{outliers.high}</span>
              {zone}
            </span>
          </p>
          <p className="rh-meta">{METHOD}</p>
          <ul className="stat-outliers">
            {outliers.farthest.map(({ row, text }) => (
              <li key={row}>
                {onRow ? (
                  <button type="button" className="stat-link" onClick={() => onRow(row)} {...tip("Go to this row")}>
                    <span className="rh-mono rh-truncate">{text}</span>
                    <span className="rh-meta">row {formatCount(row + 1)}</span>
                  </button>
                ) : (
                  <>
                    <span className="rh-mono rh-truncate">{text}</span>
                    <span className="rh-meta">row {formatCount(row + 1)}</span>
                  </>
                )}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="rh-meta">{why}</p>
      )}
    </Part>
  );
}
