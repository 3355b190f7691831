/** What is wrong with a database: findings, what they are about, what was accepted, and the rules that could not look at everything. */
import { type ReactNode, type Ref, useCallback, useEffect, useImperativeHandle, useRef, useState } from "react";
import { Button, EmptyState, type MenuItem, Skeleton, SplitPane, toast } from "@/design";
import {
  type AdvisorFinding,
  type AdvisorObject,
  type AdvisorObjectRow,
  type AdvisorReport,
  failureOf,
  host,
  type PolicyOn,
} from "@/ipc";
import { type AdvisorView, asked, FIRST_VIEW, hasLists, isFiltered, notEvaluated, sameObject } from "./model";
import { Details } from "./parts/Details";
import { ExposureDialog } from "./parts/ExposureDialog";
import { BloatedTables, SlowStatements } from "./parts/Figures";
import { Findings, Nothing } from "./parts/Findings";
import { FixesDialog } from "./parts/FixesDialog";
import { Head } from "./parts/Head";
import { ObjectFindings, ObjectList, type Ways } from "./parts/Objects";
import { RuleDialog } from "./parts/RuleDialog";
import { SuppressDialog } from "./parts/SuppressDialog";
import { Tools } from "./parts/Tools";
import { Unseen } from "./parts/Unseen";
import { allFindings, type Place, useFindings, useForget, useObjects, useReport } from "./queries";
import { useFixes } from "./useFixes";
import "./advisor.css";

export interface AdvisorHandle {
  filter: () => void;
  fix: () => void;
}

export interface AdvisorPaneProps {
  ref?: Ref<AdvisorHandle>;
  place: Place;
  able: boolean;
  /** Whether it is looked at: the report is asked only then, since whoever asks for it has seen what is new. */
  front: boolean;
  view: AdvisorView;
  onView: (change: Partial<AdvisorView>) => void;
  highlight: (sql: string) => ReactNode;
  /** Who accepts findings, unless somebody else says so. */
  author: string;
  onScript: (title: string, sql: string) => void;
  onTable: (on: PolicyOn) => void;
  /** Opens the drafts of tables. */
  onDrafts: (tables: readonly PolicyOn[]) => void;
  /** How to go to the pages of an object. */
  waysTo: (object: AdvisorObject) => Ways;
  keys: { readonly filter: string | undefined; readonly fix: string | undefined };
  onChosen: (fixable: boolean) => void;
}

const WIDE = 900;

function useWide() {
  const [wide, setWide] = useState(true);
  const observer = useRef<ResizeObserver | null>(null);
  const ref = useCallback((node: HTMLElement | null) => {
    observer.current?.disconnect();
    if (node === null) return;
    observer.current = new ResizeObserver(([entry]) => entry && setWide(entry.contentRect.width >= WIDE));
    observer.current.observe(node);
  }, []);
  return { wide, ref };
}

export function AdvisorPane(props: AdvisorPaneProps) {
  const report = useReport(props.place, props.able && props.front);
  if (report.data) return <Told {...props} report={report.data} />;
  if (report.error) {
    const failure = failureOf(report.error);
    return (
      <EmptyState
        picture={failure.code === "forbidden" ? "denied" : failure.code === "unreachable" ? "offline" : "error"}
        title="The database could not be looked at"
        actions={<Button onClick={() => void report.refetch()}>Try again</Button>}
      >
        {failure.message} {failure.hint}
      </EmptyState>
    );
  }
  return (
    <div role="status" aria-busy="true" aria-label="Looking at the database" className="flex flex-col">
      <div className="adv-head">
        <Skeleton width={40} height={40} />
        <Skeleton width={320} height={36} />
      </div>
      {[0, 1, 2, 3, 4, 5, 6].map((row) => (
        <div key={row} className="adv-row" style={{ height: 44 }}>
          <Skeleton width={70} />
          <Skeleton width={420 - ((row * 61) % 200)} height={28} />
        </div>
      ))}
    </div>
  );
}

function Told(props: AdvisorPaneProps & { report: AdvisorReport }) {
  const { place, able, view, onView, highlight, author, onScript, waysTo, keys, onChosen, report } = props;
  const { within, about, object } = view;
  const filter = asked(view);
  const byTable = within === "tables";
  const objects = useObjects(place, filter, able && byTable);
  const all = objects.data?.pages.flatMap((page) => page.objects) ?? [];
  const row = byTable ? (all.find((each) => sameObject(object, each.object)) ?? null) : null;
  const findings = useFindings(
    place,
    byTable ? { ...filter, about: row?.object ?? null } : filter,
    able && hasLists(within) && (!byTable || row !== null),
  );
  const rows = findings.data?.pages.flatMap((page) => page.findings) ?? [];
  const kinds = (byTable ? objects : findings).data?.pages[0]?.kinds ?? [];
  const chosen = rows.find(({ key }) => key === view.chosen) ?? null;
  const unseen = notEvaluated(report.rules);
  const { wide, ref: measured } = useWide();
  const search = useRef<HTMLInputElement>(null);
  const [rule, setRule] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [accepting, setAccepting] = useState<readonly AdvisorFinding[] | null>(null);
  const [collecting, setCollecting] = useState(false);
  const [fixing, setFixing] = useState<{ readonly findings: readonly AdvisorFinding[]; readonly all: number } | null>(
    null,
  );
  const forget = useForget(place);
  const fixable = chosen?.fix != null;
  const tell = useRef(onChosen);
  tell.current = onChosen;
  useEffect(() => tell.current(fixable), [fixable]);

  const attempt = (work: () => Promise<unknown>) =>
    void work().catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message }));
  const fixes = useFixes(place, { onDrafts: props.onDrafts, onScript });
  const fix = (finding: AdvisorFinding) => attempt(() => fixes.one(finding));
  const fixAll = () => {
    setCollecting(true);
    attempt(async () => {
      try {
        const listed = await allFindings(place, filter);
        setFixing({ findings: listed.filter((each) => each.fix !== null), all: listed.length });
      } finally {
        setCollecting(false);
      }
    });
  };
  const accept = async (reason: string, by: string) => {
    const accepted = (accepting ?? []).map(({ key }) => key);
    await host().advisorSuppress(place.profileId, place.database, accepted, reason, by);
    setAccepting(null);
    await forget();
  };
  const countAgain = (finding: AdvisorFinding) =>
    attempt(async () => {
      await host().advisorUnsuppress(place.profileId, place.database, [finding.key]);
      await forget();
    });
  const copy = (text: string) => attempt(() => host().writeClipboard(text));
  useImperativeHandle(props.ref, () => ({
    filter: () => search.current?.focus(),
    fix: () => chosen?.fix && fix(chosen),
  }));
  /** Opens what a finding is about: of a policy, the policies. */
  const opens = ({ object: of }: AdvisorFinding) => {
    const { open, policies } = waysTo(of);
    return of.kind === "policy" ? (policies ?? open) : open;
  };
  const menu = (finding: AdvisorFinding): readonly MenuItem[] => {
    const open = opens(finding);
    return [
      {
        label: finding.fix?.drafts ? "Open fix as drafts" : "Review fix",
        icon: finding.fix?.drafts ? "policy" : "edit",
        disabledReason: finding.fix ? undefined : "No statement mends it by itself",
        onSelect: () => fix(finding),
      },
      finding.accepted
        ? { label: "Count it again", icon: "undo", onSelect: () => countAgain(finding) }
        : { label: "Accept…", icon: "eye-off", onSelect: () => setAccepting([finding]) },
      ...(open ? [{ label: "Open what it is about", icon: "open-external" as const, onSelect: open }] : []),
      { separator: true },
      { label: "Copy its key", icon: "copy", onSelect: () => copy(finding.key) },
      { label: `About ${finding.rule}`, icon: "info", onSelect: () => setRule(finding.rule) },
    ];
  };
  // The keyboard goes along into the list that comes.
  const first = useRef<HTMLDivElement>(null);
  const goes = useRef(false);
  useEffect(() => {
    const next = goes.current ? first.current?.querySelector<HTMLElement>("[role=listbox]") : null;
    if (!next) return;
    goes.current = false;
    next.focus();
  });
  const narrow = (to: AdvisorObjectRow, accepted: boolean, key: string | null = null) => {
    goes.current = true;
    onView({ within: accepted ? "accepted" : "found", about: to.object, object: to.object, chosen: key });
  };
  const nothing = (
    <Nothing
      accepted={within === "accepted"}
      about={within === "tables" ? null : about}
      filtered={isFiltered(view)}
      unseen={unseen.length}
      onClear={() => onView({ text: "", level: null, group: null, kind: null })}
    />
  );
  const list = byTable ? (
    <ObjectList
      objects={objects}
      chosen={row}
      onChoose={(to) => onView({ object: to.object, chosen: null })}
      onNarrow={narrow}
      ways={(to) => waysTo(to.object)}
      onCopy={copy}
      nothing={nothing}
    />
  ) : (
    <Findings
      label="Findings"
      findings={findings}
      chosen={view.chosen}
      onChoose={(key) => onView({ chosen: key })}
      onOpen={(finding) => finding.fix && fix(finding)}
      menu={menu}
      nothing={nothing}
      {...(about
        ? {
            onKeyDown: (event) => {
              if (event.key !== "Escape") return;
              event.preventDefault();
              goes.current = true;
              onView({ within: "tables", object: about, about: null, chosen: null });
            },
          }
        : {})}
    />
  );
  const beside = row ? (
    <ObjectFindings
      key={row.object.label}
      row={row}
      findings={findings}
      ways={waysTo(row.object)}
      onNarrow={(accepted) => narrow(row, accepted)}
      chosen={view.chosen}
      onChoose={(key) => onView({ chosen: key })}
      onFinding={({ key }) => narrow(row, false, key)}
      menu={menu}
    />
  ) : byTable ? (
    <div className="adv-details">
      <EmptyState icon="table" title="No table chosen">
        Choose one to see what was found about it; Enter lists its findings.
      </EmptyState>
    </div>
  ) : chosen ? (
    <Details
      key={chosen.key}
      finding={chosen}
      highlight={highlight}
      onFix={() => fix(chosen)}
      onSuppress={() => setAccepting([chosen])}
      onUnsuppress={() => countAgain(chosen)}
      onRule={() => setRule(chosen.rule)}
      onOpen={opens(chosen)}
      fixKeys={keys.fix}
    />
  ) : (
    <div className="adv-details">
      <EmptyState icon="bulb" title="No finding chosen">
        Choose one to see what was seen, and what mends it.
      </EmptyState>
    </div>
  );
  return (
    <div className="adv" ref={measured}>
      <Head report={report} onExposure={() => setAsking(true)} />
      <Tools
        place={place}
        able={able}
        report={report}
        view={view}
        onView={onView}
        kinds={kinds}
        search={search}
        searchKeys={keys.filter}
        onFixes={fixAll}
        collecting={collecting}
        noFixes={rows.some((each) => each.fix) ? undefined : "none of them has a fix"}
      />
      <div className="adv-body">
        {hasLists(within) ? (
          <SplitPane
            direction={wide ? "row" : "column"}
            fixed="second"
            label="Size of the finding"
            size={wide ? view.side : Math.min(view.side, 300)}
            onSizeChange={(side) => onView({ side })}
            min={wide ? 280 : 140}
            max={wide ? 720 : 480}
            defaultSize={FIRST_VIEW.side}
            first={
              <div className="adv-first" ref={first}>
                {list}
              </div>
            }
            second={beside}
          />
        ) : within === "slow" && report.slow ? (
          <SlowStatements slow={report.slow} highlight={highlight} onScript={onScript} />
        ) : within === "bloat" && report.bloat ? (
          <BloatedTables bloat={report.bloat} onTable={props.onTable} />
        ) : (
          <Unseen rules={unseen} total={report.rules.length} onRule={setRule} />
        )}
      </div>
      {fixing ? (
        <FixesDialog
          findings={fixing.findings}
          without={fixing.all - fixing.findings.length}
          onOpen={fixes.many}
          onClose={() => setFixing(null)}
        />
      ) : null}
      {asking ? <ExposureDialog place={place} onClose={() => setAsking(false)} /> : null}
      {accepting ? (
        <SuppressDialog
          count={accepting.length}
          what={accepting.map(({ rule: id, object: of }) => `${id} ${of.label}`).join(", ")}
          author={author}
          onSuppress={accept}
          onClose={() => setAccepting(null)}
        />
      ) : null}
      <RuleDialog id={rule} highlight={highlight} onClose={() => setRule(null)} />
    </div>
  );
}
