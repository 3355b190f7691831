/** What is wrong with a database: findings, what was accepted, and the rules that could not look at everything. */
import { type ReactNode, type Ref, useCallback, useEffect, useImperativeHandle, useRef, useState } from "react";
import {
  Button,
  Dialog,
  EmptyState,
  ErrorBlock,
  Icon,
  type MenuItem,
  number,
  plural,
  SearchField,
  Segmented,
  Select,
  Skeleton,
  SplitPane,
  toast,
  VirtualList,
} from "@/design";
import {
  type AdvisorFinding,
  type AdvisorLevel,
  type AdvisorReport,
  type AdvisorRule,
  failureOf,
  failureProps,
  host,
  type PolicyOn,
} from "@/ipc";
import { type AdvisorView, asked, FIRST_VIEW, GROUPS, isFiltered, LEVELS, notEvaluated, type Within } from "./model";
import { Details } from "./parts/Details";
import { ExposureDialog } from "./parts/ExposureDialog";
import { BloatedTables, SlowStatements } from "./parts/Figures";
import { FixesDialog } from "./parts/FixesDialog";
import { Head } from "./parts/Head";
import { MoreMenu } from "./parts/MoreMenu";
import { Page } from "./parts/Page";
import { SuppressDialog } from "./parts/SuppressDialog";
import { allFindings, type Place, useFindings, useForget, useReport, useRulePage } from "./queries";
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
  view: AdvisorView;
  onView: (change: Partial<AdvisorView>) => void;
  highlight: (sql: string) => ReactNode;
  /** Who accepts findings, unless somebody else says so. */
  author: string;
  onScript: (title: string, sql: string) => void;
  onTable: (on: PolicyOn) => void;
  /** Opens the drafts of tables. */
  onDrafts: (tables: readonly PolicyOn[]) => void;
  /** Opens what a finding is about; false where that has no page. */
  onOpen: (finding: AdvisorFinding) => (() => void) | undefined;
  keys: { readonly filter: string | undefined; readonly fix: string | undefined };
  onChosen: (fixable: boolean) => void;
}

const WIDE = 900;
const ANY = "\u0000";

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
  const report = useReport(props.place, props.able);
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
  const { place, able, view, onView, highlight, author, onScript, onOpen, keys, onChosen, report } = props;
  const filter = asked(view);
  const listed = view.within === "found" || view.within === "accepted";
  const findings = useFindings(place, filter, able && listed);
  const rows = findings.data?.pages.flatMap((page) => page.findings) ?? [];
  const total = findings.data?.pages[0]?.total;
  const kinds = findings.data?.pages[0]?.kinds ?? [];
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
        const all = await allFindings(place, filter);
        setFixing({ findings: all.filter((each) => each.fix !== null), all: all.length });
      } finally {
        setCollecting(false);
      }
    });
  };
  const accept = async (reason: string, by: string) => {
    const all = (accepting ?? []).map(({ key }) => key);
    await host().advisorSuppress(place.profileId, place.database, all, reason, by);
    setAccepting(null);
    await forget();
  };
  const countAgain = (finding: AdvisorFinding) =>
    attempt(async () => {
      await host().advisorUnsuppress(place.profileId, place.database, [finding.key]);
      await forget();
    });
  useImperativeHandle(props.ref, () => ({
    filter: () => search.current?.focus(),
    fix: () => chosen?.fix && fix(chosen),
  }));
  const menu = (finding: AdvisorFinding): readonly MenuItem[] => {
    const open = onOpen(finding);
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
      { label: "Copy its key", icon: "copy", onSelect: () => attempt(() => host().writeClipboard(finding.key)) },
      { label: `About ${finding.rule}`, icon: "info", onSelect: () => setRule(finding.rule) },
    ];
  };
  const within: readonly { value: Within; label: string; count?: string }[] = [
    { value: "found", label: "Findings", count: number(report.errors + report.warnings + report.infos) },
    { value: "accepted", label: "Accepted", count: number(report.accepted) },
    { value: "unseen", label: "Not evaluated", count: number(unseen.length) },
    ...(report.slow ? [{ value: "slow" as const, label: "Slow statements" }] : []),
    ...(report.bloat ? [{ value: "bloat" as const, label: "Bloat" }] : []),
  ];
  const levels: readonly { value: AdvisorLevel | typeof ANY; label: string; count?: string }[] = [
    { value: ANY, label: "All" },
    { value: "error", label: "Errors", count: number(report.errors) },
    { value: "warning", label: "Warnings", count: number(report.warnings) },
    { value: "info", label: "Info", count: number(report.infos) },
  ];
  const nothing =
    view.within === "accepted" ? (
      <EmptyState picture="empty" title="Nothing was accepted">
        A finding that is as it should be can be accepted with a reason. It is listed here then.
      </EmptyState>
    ) : isFiltered(view) ? (
      <EmptyState
        picture="empty"
        title="No finding passes the filter"
        actions={
          <Button onClick={() => onView({ text: "", level: null, group: null, kind: null })}>Clear the filter</Button>
        }
      />
    ) : (
      <EmptyState icon="check" title="Nothing was found">
        {unseen.length === 0
          ? "Every rule looked at everything."
          : `${plural(unseen.length, "rule")} did not look at everything: that is not a pass.`}
      </EmptyState>
    );
  const list =
    total === undefined ? (
      findings.error ? (
        <div className="p-2">
          <ErrorBlock {...failureProps(failureOf(findings.error))} />
        </div>
      ) : (
        <div className="p-3" role="status" aria-label="Reading the findings">
          <Skeleton width="60%" />
        </div>
      )
    ) : rows.length === 0 ? (
      nothing
    ) : (
      <VirtualList
        label="Findings"
        className="adv-list"
        items={rows}
        keyOf={({ key }) => key}
        itemHeight={44}
        selected={view.chosen ?? undefined}
        onSelect={(key) => onView({ chosen: key })}
        onOpen={(finding) => finding.fix && fix(finding)}
        menu={menu}
        onEnd={() => findings.hasNextPage && !findings.isFetchingNextPage && void findings.fetchNextPage()}
        renderItem={(finding) => <Row finding={finding} />}
      />
    );
  return (
    <div className="adv" ref={measured}>
      <Head report={report} onExposure={() => setAsking(true)} />
      <div className="adv-tools">
        <Segmented
          dense
          label="What of it"
          value={view.within}
          onChange={(value) => onView({ within: value, chosen: null })}
          options={within}
        />
        {listed ? (
          <>
            <Segmented
              dense
              label="Level"
              value={view.level ?? ANY}
              onChange={(value) => onView({ level: value === ANY ? null : value })}
              options={levels}
            />
            <Select
              dense
              label="Group of rules"
              value={view.group ?? ANY}
              options={[
                { value: ANY, label: "Any group" },
                ...GROUPS.map(({ letter, word }) => ({ value: letter, label: word, meta: letter })),
              ]}
              onChange={(value) => onView({ group: value === ANY ? null : value })}
            />
            <Select
              dense
              label="Kind of object"
              value={view.kind ?? ANY}
              options={[{ value: ANY, label: "Any object" }, ...kinds.map((kind) => ({ value: kind, label: kind }))]}
              onChange={(value) => onView({ kind: value === ANY ? null : value })}
            />
            <SearchField
              dense
              ref={search}
              label="Filter findings"
              placeholder="Filter"
              value={view.text}
              onChange={(text) => onView({ text })}
              {...(keys.filter ? { keys: keys.filter } : {})}
            />
            <Button
              dense
              variant="ghost"
              icon="edit"
              loading={collecting}
              tooltip="All fixes of what is listed, as one review; nothing runs"
              disabledReason={rows.some((each) => each.fix) ? undefined : "none of them has a fix"}
              onClick={fixAll}
            >
              All fixes
            </Button>
          </>
        ) : null}
        <span className="adv-more">
          <MoreMenu place={place} able={able} />
        </span>
      </div>
      <div className="adv-body">
        {listed ? (
          <SplitPane
            direction={wide ? "row" : "column"}
            fixed="second"
            label="Size of the finding"
            size={wide ? view.side : Math.min(view.side, 300)}
            onSizeChange={(side) => onView({ side })}
            min={wide ? 280 : 140}
            max={wide ? 720 : 480}
            defaultSize={FIRST_VIEW.side}
            first={<div className="adv-first">{list}</div>}
            second={
              chosen ? (
                <Details
                  key={chosen.key}
                  finding={chosen}
                  highlight={highlight}
                  onFix={() => fix(chosen)}
                  onSuppress={() => setAccepting([chosen])}
                  onUnsuppress={() => countAgain(chosen)}
                  onRule={() => setRule(chosen.rule)}
                  onOpen={onOpen(chosen)}
                  fixKeys={keys.fix}
                />
              ) : (
                <div className="adv-details">
                  <EmptyState icon="bulb" title="No finding chosen">
                    Choose one to see what was seen, and what mends it.
                  </EmptyState>
                </div>
              )
            }
          />
        ) : view.within === "slow" && report.slow ? (
          <SlowStatements slow={report.slow} highlight={highlight} onScript={onScript} />
        ) : view.within === "bloat" && report.bloat ? (
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
          what={accepting.map(({ rule: id, object }) => `${id} ${object.label}`).join(", ")}
          author={author}
          onSuppress={accept}
          onClose={() => setAccepting(null)}
        />
      ) : null}
      <RuleDialog id={rule} highlight={highlight} onClose={() => setRule(null)} />
    </div>
  );
}

function Row({ finding }: { finding: AdvisorFinding }) {
  const { icon, tone, word } = LEVELS[finding.level];
  return (
    <div className="adv-row">
      <span className="adv-level" data-tone={tone}>
        <Icon name={icon} size={14} /> {word}
      </span>
      <span className="min-w-0">
        <span className="adv-what rh-truncate" title={finding.message}>
          {finding.message}
        </span>
        <span className="rh-meta rh-truncate block">
          <span className="rh-mono">{finding.object.label}</span> · {finding.rule} {finding.name}
        </span>
      </span>
    </div>
  );
}

interface UnseenProps {
  rules: readonly AdvisorRule[];
  total: number;
  onRule: (id: string) => void;
}

function Unseen({ rules, total, onRule }: UnseenProps) {
  if (rules.length === 0) {
    return (
      <EmptyState icon="check" title="Every rule was evaluated">
        All {number(total)} looked at everything that they look at.
      </EmptyState>
    );
  }
  return (
    <div className="adv-unseen rh-scroll">
      <p className="rh-meta adv-note">These are not passes. Each says what it would need.</p>
      <ul aria-label="Rules that were not evaluated">
        {rules.map(({ id, name, title, reason, result }) => (
          <li key={id} className="adv-row">
            <span className="adv-level">
              <Icon name="minus" size={14} /> {result === "not_evaluated" ? "Not run" : "In part"}
            </span>
            <span className="min-w-0">
              <span className="rh-truncate block">{title}</span>
              <span className="rh-meta rh-truncate block rh-selectable">
                <span className="rh-mono">
                  {id} {name}
                </span>{" "}
                · {reason}
              </span>
            </span>
            <Button dense variant="ghost" onClick={() => onRule(id)}>
              About {id}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function RuleDialog(props: { id: string | null; highlight: (sql: string) => ReactNode; onClose: () => void }) {
  const { id, highlight, onClose } = props;
  const page = useRulePage(id);
  if (id === null) return null;
  return (
    <Dialog
      open
      width={720}
      onClose={onClose}
      title={page.data ? `${id} ${page.data.title}` : id}
      description={page.data?.name}
    >
      {page.data ? (
        <Page page={page.data.page} highlight={highlight} />
      ) : page.error ? (
        <ErrorBlock {...failureProps(failureOf(page.error))} />
      ) : (
        <Skeleton width="100%" height={200} />
      )}
    </Dialog>
  );
}
