import { tip } from "@/design";
import type { ColumnStatistics } from "@/ipc";
import { formatCount } from "../format";
import { histogramText, inUtc } from "./facts";

/** How values are spread: a bar for each bucket, its edges and count on hover. */
export function Histogram({ facts }: { facts: ColumnStatistics }) {
  const buckets = facts.histogram ?? [];
  if (buckets.length === 0) return null;
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const zone = inUtc(facts) ? " UTC" : "";
  return (
    <figure className="stat-histogram">
      <svg role="img" width="100%" height="88" aria-label={`Histogram: ${histogramText(facts)}`}>
        {buckets.map(({ from, to, count }, at) => {
          const width = 100 / buckets.length;
          const height = count === 0 ? 0 : Math.max(2, (count / most) * 84);
          return (
            <g key={from} {...tip(`${from} to below ${to}${zone}: ${formatCount(count)}`)}>
              <rect className="stat-histogram-room" x={`${at * width}%`} y={0} width={`${width}%`} height={88} />
              <rect
                className="stat-histogram-bar"
                x={`${at * width + width * 0.06}%`}
                y={88 - height}
                width={`${width * 0.88}%`}
                height={height}
              />
            </g>
          );
        })}
        <line className="stat-histogram-floor" x1="0" x2="100%" y1={87.5} y2={87.5} />
      </svg>
      <figcaption className="flex items-center gap-2 rh-meta rh-mono">
        <span className="rh-truncate">{buckets[0]?.from}</span>
        <span className="flex-1" />
        <span className="rh-truncate">
          {buckets[buckets.length - 1]?.to}
          {zone}
        </span>
      </figcaption>
    </figure>
  );
}

/** The same in a row of a table: the buckets, or how often the frequent values are. */
export function Spark({ facts }: { facts: ColumnStatistics }) {
  // Some of many values say nothing of how they are spread.
  const all = facts.distinct_exact && facts.distinct <= facts.top.length && !facts.unique;
  const counts = (facts.histogram ?? (all ? facts.top : [])).map(({ count }) => count);
  if (counts.length === 0) return null;
  const most = Math.max(1, ...counts);
  const said = facts.histogram
    ? histogramText(facts)
    : facts.top.map(({ text, count }) => `${text || "empty"}: ${formatCount(count)}`).join(", ");
  return (
    <svg role="img" className="stat-spark" width="100%" height="18" aria-label={said} {...tip(said)}>
      {counts.map((count, at) => {
        const width = 100 / Math.max(counts.length, 4);
        const height = count === 0 ? 0 : Math.max(1, (count / most) * 18);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place.
            key={at}
            x={`${at * width}%`}
            y={18 - height}
            width={`${width * 0.86}%`}
            height={height}
          />
        );
      })}
    </svg>
  );
}
