/** What the advisor says of a database in a line, and how that was before. */
import { useRef, useState } from "react";
import { Banner, Button, Grade, number, Popover } from "@/design";
import type { AdvisorPoint, AdvisorReport } from "@/ipc";
import { exposureWords, line, ranOf, scanWords, summaryOf, trend } from "../model";

const WIDTH = 112;
const HEIGHT = 24;

/** The grade over time as a line; pressed, every point with what it was made of. */
function History({ points }: { points: readonly AdvisorPoint[] }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const words = trend(points);
  if (words === null) return null;
  const [x = "0", y = "0"] = line(points, WIDTH, HEIGHT).split(" ").at(-1)?.split(",") ?? [];
  const first = points[0];
  const since = first ? new Date(first.at_ms).toLocaleDateString(undefined, { day: "numeric", month: "short" }) : "";
  return (
    <>
      <button
        ref={button}
        type="button"
        className="adv-history"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`Grade since ${since}: ${words}`}
        onClick={() => setOpen(!open)}
      >
        <span className="text-right">
          <span className="rh-meta block">Grade since {since}</span>
          <span className="font-[600] block">{words}</span>
        </span>
        <svg viewBox={`-3 -3 ${WIDTH + 6} ${HEIGHT + 6}`} width={WIDTH + 6} height={HEIGHT + 6} aria-hidden="true">
          <polyline points={line(points, WIDTH, HEIGHT)} className="adv-line" />
          <circle cx={x} cy={y} r="3" className="adv-dot" />
        </svg>
      </button>
      {open && button.current ? (
        <Popover
          open
          onClose={() => setOpen(false)}
          anchor={button.current}
          label="The grade over time"
          align="end"
          width={460}
        >
          <div className="adv-points rh-scroll" role="region" aria-label="Grades" tabIndex={0}>
            <table className="rh-table">
              <thead>
                <tr>
                  {["When", "Grade", "Secured", "Errors", "Warnings"].map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {points.toReversed().map(({ at_ms, grade, uncertain, secured, tables, errors, warnings }) => (
                  <tr key={at_ms}>
                    <td className="whitespace-nowrap">
                      {new Date(at_ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}
                    </td>
                    <td className="font-[600]">
                      {grade}
                      {uncertain ? "?" : ""}
                    </td>
                    <td className="tabular-nums">
                      {number(secured)} of {number(tables)}
                    </td>
                    <td className="tabular-nums">{number(errors)}</td>
                    <td className="tabular-nums">{number(warnings)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Popover>
      ) : null}
    </>
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
          <div className="rh-meta rh-truncate">
            {ranOf(report)} {scanWords(report.scan)}
          </div>
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
