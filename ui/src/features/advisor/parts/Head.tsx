/** What the advisor says of a database in a line, and how that was before. */
import { Banner, Button, Grade } from "@/design";
import type { AdvisorPoint, AdvisorReport } from "@/ipc";
import { exposureWords, line, ranOf, summaryOf, trend } from "../model";

const WIDTH = 112;
const HEIGHT = 24;

function History({ points }: { points: readonly AdvisorPoint[] }) {
  const words = trend(points);
  if (words === null) return null;
  const [x = "0", y = "0"] = line(points, WIDTH, HEIGHT).split(" ").at(-1)?.split(",") ?? [];
  const first = points[0];
  const since = first ? new Date(first.at_ms).toLocaleDateString(undefined, { day: "numeric", month: "short" }) : "";
  return (
    <div className="adv-history">
      <div className="text-right">
        <div className="rh-meta">Grade since {since}</div>
        <div className="font-[600]">{words}</div>
      </div>
      <svg
        viewBox={`-3 -3 ${WIDTH + 6} ${HEIGHT + 6}`}
        width={WIDTH + 6}
        height={HEIGHT + 6}
        role="img"
        aria-label={`Grade: ${words}`}
      >
        <polyline points={line(points, WIDTH, HEIGHT)} className="adv-line" />
        <circle cx={x} cy={y} r="3" className="adv-dot" />
      </svg>
    </div>
  );
}

export interface HeadProps {
  report: AdvisorReport;
  onExposure: () => void;
}

export function Head({ report, onExposure }: HeadProps) {
  const { score, history, ask_exposure, exposure } = report;
  return (
    <>
      {ask_exposure ? (
        <Banner
          tone="warn"
          icon="shield"
          edge
          detail={exposureWords(exposure)}
          actions={
            <Button dense variant="primary" onClick={onExposure}>
              Say what they reach
            </Button>
          }
        >
          Which schemas and roles do untrusted clients reach?
        </Banner>
      ) : null}
      <div className="adv-head">
        <Grade
          grade={score.grade}
          uncertain={score.uncertain ? "Some rules were not evaluated: it may be worse" : undefined}
        />
        <div className="min-w-0">
          <div className="font-[600] rh-truncate">{summaryOf(report)}</div>
          <div className="rh-meta rh-truncate">{ranOf(report)}</div>
          {ask_exposure ? null : (
            <div className="rh-meta flex items-center gap-2 min-w-0">
              <span className="rh-truncate">{exposureWords(exposure)}</span>
              <Button dense variant="ghost" onClick={onExposure}>
                Change…
              </Button>
            </div>
          )}
        </div>
        <History points={history} />
      </div>
    </>
  );
}
