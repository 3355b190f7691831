/** What a test found: every step with its time, then the server or what went wrong. */
import type { ReactNode } from "react";
import { Banner, Button, ErrorBlock, Icon, Spinner } from "@/design";
import { type AppError, failureProps, type HopReport, type TestReport } from "@/ipc";
import { factGroups } from "../facts";
import { failedHop } from "../model";

export type TestState =
  | { readonly state: "none" }
  /** `hops` are the steps that have ended. */
  | { readonly state: "running"; readonly hops: readonly HopReport[] }
  /** `edits` is the form's count when the test began: the report is out of date once it differs. */
  | { readonly state: "done"; readonly report: TestReport; readonly at: number; readonly edits: number }
  /** It could not be tried at all. */
  | { readonly state: "refused"; readonly error: AppError };

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

function Hop({ hop }: { hop: HopReport }) {
  return (
    <li className="conn-hop" data-ok={hop.ok}>
      <span className="conn-hop-mark">
        <Icon name={hop.ok ? "check" : "close"} size={12} label={hop.ok ? "Done" : "Failed"} />
      </span>
      <div className="min-w-0 flex-1">
        <div>{hop.name}</div>
        <div className="rh-meta rh-selectable break-words">{hop.detail}</div>
      </div>
      <span className="rh-meta tabular-nums">{hop.elapsed_ms} ms</span>
    </li>
  );
}

function Facts({ report }: { report: TestReport }) {
  const { server } = report;
  if (!server) return null;
  return (
    <div>
      <Banner tone="ok">
        <strong className="font-semibold">Connected to {server.product}</strong> {server.version}
      </Banner>
      {factGroups(server, report.hops, Date.now()).map((group) => (
        <section key={group.title} aria-label={group.title} className="conn-facts">
          <h3>{group.title}</h3>
          <dl>
            {group.facts.map((fact) => (
              <div key={fact.name}>
                <dt>{fact.name}</dt>
                <dd className={`rh-selectable${fact.tone === "warn" ? " text-warn-text" : ""}`} data-tip={fact.title}>
                  {fact.value}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

function Steps({ hops }: { hops: readonly HopReport[] }) {
  return (
    <ol aria-label="Steps">
      {hops.map((hop, index) => (
        <Hop key={`${hop.name}-${index.toString()}`} hop={hop} />
      ))}
    </ol>
  );
}

function Failure({ error, hops }: { error: AppError; hops: readonly HopReport[] }) {
  if (error.code === "cancelled") return <Banner tone="neutral">{error.message}</Banner>;
  const hop = failedHop(hops);
  return (
    <div>
      {hop ? (
        <p className="mb-2 text-danger-text">
          Stopped at <strong className="font-semibold">{hop.name}</strong>, step {hops.length}
        </p>
      ) : null}
      <ErrorBlock {...failureProps(error)} />
    </div>
  );
}

function Report({ report, stale }: { report: TestReport; stale: boolean }) {
  return (
    <>
      {stale ? <Banner tone="neutral">The form changed since this test.</Banner> : null}
      {report.error ? <Failure error={report.error} hops={report.hops} /> : <Facts report={report} />}
      <Steps hops={report.hops} />
    </>
  );
}

export interface TestPanelProps {
  test: TestState;
  edits: number;
  keys: ReactNode;
  onStop: () => void;
}

export function TestPanel({ test, edits, keys, onStop }: TestPanelProps) {
  return (
    <aside className="conn-test" aria-label="Test" aria-busy={test.state === "running"}>
      <div className="flex items-center gap-2">
        <h2 className="text-base font-semibold">Test</h2>
        <span className="rh-meta ml-auto tabular-nums">
          {test.state === "done" ? `${clock.format(new Date(test.at))} · ${test.report.elapsed_ms} ms` : null}
        </span>
      </div>
      {test.state === "none" ? (
        <p className="text-ink-2">
          Goes every step a connection goes, tells how long each took, and closes again. {keys}
        </p>
      ) : null}
      {test.state === "running" ? (
        <>
          <Steps hops={test.hops} />
          <p className="flex items-center gap-2 text-ink-2" role="status">
            <Spinner /> {test.hops.length === 0 ? "Connecting" : `After ${test.hops.at(-1)?.name}: the next step`}
            <Button dense className="ml-auto" icon="stop" onClick={onStop}>
              Stop
            </Button>
          </p>
        </>
      ) : null}
      {test.state === "refused" ? <ErrorBlock {...failureProps(test.error)} /> : null}
      {test.state === "done" ? <Report report={test.report} stale={test.edits !== edits} /> : null}
    </aside>
  );
}
