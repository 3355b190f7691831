/** What a test found: every step with its time, then the server or what went wrong. */
import type { ReactNode } from "react";
import { Banner, ErrorBlock, Icon, PropertyList, Spinner } from "@/design";
import { type AppError, failureProps, type HopReport, type TestReport } from "@/ipc";

export type TestState =
  | { readonly state: "none" }
  | { readonly state: "running" }
  /** `edits` is the form's count when the test began: the report is out of date once it differs. */
  | { readonly state: "done"; readonly report: TestReport; readonly at: number; readonly edits: number }
  /** It could not be tried at all. */
  | { readonly state: "refused"; readonly error: AppError };

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const FACTS: Readonly<Record<string, string>> = { encoding: "Encoding", read_only: "Read-only", tls: "TLS" };

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
  const facts = Object.entries(server.facts).map(([name, value]) => ({
    name: FACTS[name] ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " "),
    value,
  }));
  return (
    <div>
      <Banner tone="ok">
        <strong className="font-semibold">Connected to {server.product}</strong> {server.version}
      </Banner>
      {facts.length > 0 ? (
        <div className="mt-3">
          <PropertyList items={facts} labelWidth={120} />
        </div>
      ) : null}
    </div>
  );
}

function Report({ report, stale }: { report: TestReport; stale: boolean }) {
  return (
    <>
      {stale ? <Banner tone="neutral">The form changed since this test.</Banner> : null}
      {report.error ? <ErrorBlock {...failureProps(report.error)} /> : <Facts report={report} />}
      <ol aria-label="Steps">
        {report.hops.map((hop, index) => (
          <Hop key={`${hop.name}-${index.toString()}`} hop={hop} />
        ))}
      </ol>
    </>
  );
}

export function TestPanel({ test, edits, keys }: { test: TestState; edits: number; keys: ReactNode }) {
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
        <p className="flex items-center gap-2 text-ink-2" role="status">
          <Spinner /> Connecting
        </p>
      ) : null}
      {test.state === "refused" ? <ErrorBlock {...failureProps(test.error)} /> : null}
      {test.state === "done" ? <Report report={test.report} stale={test.edits !== edits} /> : null}
    </aside>
  );
}
