/** The policies of a database: its tables and how they stand, one of them unfolded or one policy in the editor, and the drafts. */
import { type ReactNode, type Ref, useCallback, useEffect, useImperativeHandle, useRef, useState } from "react";
import { Banner, Button, EmptyState, ErrorBlock, type MenuItem, number, plural, Skeleton, toast } from "@/design";
import {
  failureOf,
  failureProps,
  type PolicyDraft,
  type PolicyMissing,
  type PolicyOn,
  type PolicyTableRow,
  type StagedPolicyChange,
} from "@/ipc";
import { DraftBar } from "./DraftBar";
import { sameTable, tableWords } from "./drafts";
import type { SqlField } from "./editor/ExpressionField";
import { PolicyEditor } from "./editor/PolicyEditor";
import { MatrixPane } from "./matrix/MatrixPane";
import { asked, isFiltered, NO_FILTER, type PoliciesView, pagesOf } from "./model";
import { CopyDialog } from "./parts/CopyDialog";
import { Filters } from "./parts/Filters";
import { LastApply } from "./parts/LastApply";
import { Summary } from "./parts/Summary";
import { TableDetail } from "./parts/TableDetail";
import { TableRows } from "./parts/TableRows";
import { TemplatesDialog } from "./parts/TemplatesDialog";
import { type Place, useOverview, usePlan, useStaged, useTables } from "./queries";
import { ReviewDialog } from "./ReviewDialog";
import { useNoteSuite } from "./suites/known";
import { keptIn, writeSuite } from "./suites/model";
import { SuitesPane } from "./suites/SuitesPane";
import { useSuiteRun } from "./suites/useSuiteRun";
import { type Answered, TesterPane } from "./tester/TesterPane";
import { usePolicyActions } from "./usePolicyActions";
import "./policies.css";
import "./editing.css";

export interface PoliciesHandle {
  filter: () => void;
  review: () => void;
  /** Tries what stands in the tester, or runs the suite. */
  run: () => void;
  /** Saves the suite. */
  save: () => void;
  /** A new policy of the unfolded table. */
  add: () => void;
}

export interface PoliciesPaneProps {
  ref?: Ref<PoliciesHandle>;
  place: Place;
  /** Whether a server is there to be asked. */
  able: boolean;
  view: PoliciesView;
  onView: (change: Partial<PoliciesView>) => void;
  /** Why nothing can be applied. */
  readOnly: string | undefined;
  applyTo: string | undefined;
  field: SqlField;
  highlight: (sql: string) => ReactNode;
  onOpenTable: (on: PolicyOn) => void;
  onScript: (title: string, sql: string) => void;
  onAdvisor?: () => void;
  keys: {
    readonly filter: string | undefined;
    readonly run: string | undefined;
    readonly save: string | undefined;
    readonly add: string | undefined;
    readonly review: string | undefined;
  };
  /** What is shown first is there. */
  onReady: () => void;
  /** Which drafts there are has changed. */
  onDrafts: (count: number) => void;
}

/** Wide enough for what will run beside the form instead of below it. */
const WIDE = 960;
const NONE: readonly StagedPolicyChange[] = [];
const NOTHING_MISSING: readonly PolicyMissing[] = [];

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

function Reading() {
  return (
    <div role="status" aria-busy="true" aria-label="Reading the policies" className="flex flex-col">
      <div className="pol-head">
        <Skeleton width={40} height={40} />
        <Skeleton width={220} height={28} />
      </div>
      <div className="pol-tools">
        <Skeleton width={200} height={24} />
        <Skeleton width={320} height={24} />
      </div>
      {[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((row) => (
        <div key={row} className="pol-row">
          <span />
          <Skeleton width={90 + ((row * 37) % 80)} />
          <Skeleton width={72} />
          <Skeleton width={16} />
          <Skeleton width={76} />
          <Skeleton width={120 - ((row * 29) % 60)} />
        </div>
      ))}
    </div>
  );
}

export function PoliciesPane(props: PoliciesPaneProps) {
  const { place, able, view, onView, readOnly, applyTo, field, highlight, onOpenTable, onScript, keys } = props;
  const { filter, open, editing } = view;
  const overview = useOverview(place, able);
  const drafts = useStaged(place, able);
  const changes = drafts.data?.changes ?? NONE;
  const plan = usePlan(place, able && changes.length > 0);
  const missing = (changes.length > 0 ? plan.data?.missing : undefined) ?? NOTHING_MISSING;
  const [pages, setPages] = useState<readonly number[]>([0]);
  const tables = useTables(place, asked(filter), pages, able);
  const search = useRef<HTMLInputElement>(null);
  const { wide, ref: measured } = useWide();
  const runner = useRef<(() => void) | null>(null);
  const saver = useRef<(() => void) | null>(null);
  const suiteRun = useSuiteRun(place);
  useNoteSuite(place, view.suite, suiteRun);
  const [reviewing, setReviewing] = useState(false);
  const [templates, setTemplates] = useState<PolicyOn | null>(null);
  const [copying, setCopying] = useState<{ on: PolicyOn; policy: PolicyDraft; to: PolicyOn | null } | null>(null);
  const tellDrafts = useRef(props.onDrafts);
  tellDrafts.current = props.onDrafts;
  useEffect(() => tellDrafts.current(changes.length), [changes.length]);
  const ready = overview.data !== undefined && tables.total !== undefined;
  const tellReady = useRef(props.onReady);
  tellReady.current = props.onReady;
  useEffect(() => {
    if (ready) tellReady.current();
  }, [ready]);
  const actions = usePolicyActions(place, {
    onEdit: (on, key) => onView({ editing: { on, key }, open: on }),
    onAskCopy: (on, policy, to) => setCopying({ on, policy, to }),
    onScript,
    onTemplates: setTemplates,
  });
  useImperativeHandle(props.ref, () => ({
    filter: () => search.current?.focus(),
    review: () => changes.length > 0 && setReviewing(true),
    run: () => runner.current?.(),
    save: () => saver.current?.(),
    add: () => open && !readOnly && setTemplates(open),
  }));
  const onSight = (first: number, last: number) =>
    setPages((now) => {
      const next = pagesOf(first, last);
      return next.join() === now.join() ? now : next;
    });
  const show = (on: PolicyOn) =>
    onView({ section: "tables", editing: null, open: on, filter: { ...NO_FILTER, text: on.table, schema: on.schema } });

  const keep = (answered: Answered) => {
    const suite = keptIn(view.suite?.text ?? null, answered);
    if (suite === null) {
      toast({ tone: "danger", title: "The suite that is open cannot be read", detail: "Open it to see why." });
      return;
    }
    const text = writeSuite(suite);
    const chosen = suite.cases.length - 1;
    onView({ suite: { file: view.suite?.file ?? null, saved: view.suite?.saved ?? null, text, chosen } });
    toast({
      tone: "ok",
      title: `${plural(answered.attempted.length, "case")} of ${suite.name}`,
      detail: "What came of it is what is to come.",
      action: { label: "Show the suite", onPress: () => onView({ section: "suites" }) },
    });
  };

  const total = tables.total;
  const { data } = overview;
  const error = overview.error ?? tables.error;
  if (!data || total === undefined) {
    if (!error) return <Reading />;
    const failure = failureOf(error);
    return (
      <EmptyState
        picture={failure.code === "forbidden" ? "denied" : failure.code === "unreachable" ? "offline" : "error"}
        title="The policies could not be read"
        actions={
          <Button
            onClick={() => {
              void overview.refetch();
              tables.refetch();
            }}
          >
            Try again
          </Button>
        }
      >
        {failure.message} {failure.hint}
      </EmptyState>
    );
  }
  const roles = data.roles.map(({ name }) => name);
  const menu = (row: PolicyTableRow): readonly MenuItem[] => [
    {
      label: open && sameTable(open, row.on) ? "Fold" : "Unfold",
      icon: "policy",
      keys: "Enter",
      onSelect: () => onView({ open: open && sameTable(open, row.on) ? null : row.on }),
    },
    { label: "Open data", icon: "table", onSelect: () => onOpenTable(row.on) },
    {
      label: "Try it as somebody",
      icon: "flask",
      onSelect: () => onView({ section: "test", test: { ...view.test, on: row.on, trying: "select" } }),
    },
    { separator: true },
    {
      label: "New policy from a template…",
      icon: "plus",
      disabledReason: readOnly,
      onSelect: () => setTemplates(row.on),
    },
    {
      label: row.enabled ? "Turn row security off" : "Turn row security on",
      icon: "shield",
      disabledReason: readOnly ?? (row.enabled === null ? "Whether it is on was not read" : undefined),
      onSelect: () =>
        void actions.stage([{ edit: "row_security", on: row.on, enabled: !row.enabled, forced: row.forced ?? false }]),
    },
  ];
  const detail = (row: PolicyTableRow) => (
    <TableDetail
      key={tableWords(row.on)}
      place={place}
      on={row.on}
      changes={changes}
      missing={missing}
      role={view.role}
      command={view.command}
      onLook={onView}
      actions={actions}
      highlight={highlight}
      addKeys={keys.add}
      readOnly={readOnly}
    />
  );
  return (
    <div className="pol" ref={measured}>
      {editing ? (
        <PolicyEditor
          key={`${tableWords(editing.on)} ${editing.key}`}
          place={place}
          on={editing.on}
          which={editing.key}
          changes={changes}
          actions={actions}
          roles={roles}
          field={field}
          highlight={highlight}
          side={view.side}
          onSide={(side) => onView({ side })}
          onClose={() => onView({ editing: null })}
          wide={wide}
        />
      ) : view.section === "test" ? (
        <TesterPane
          place={place}
          able={able}
          overview={data}
          view={view.test}
          onView={(change) => onView({ test: { ...view.test, ...change } })}
          field={field}
          runKeys={keys.run}
          onRunnable={(run) => {
            runner.current = run;
          }}
          onKeep={keep}
        />
      ) : view.section === "suites" ? (
        <SuitesPane
          place={place}
          able={able}
          overview={data}
          view={view.suite}
          onView={(suite) => onView({ suite })}
          run={suiteRun}
          on={view.test.on}
          actors={view.test.actors}
          field={field}
          wide={wide}
          side={view.side}
          onSide={(side) => onView({ side })}
          runKeys={keys.run}
          saveKeys={keys.save}
          onCommands={({ run, save }) => {
            runner.current = run;
            saver.current = save;
          }}
        />
      ) : view.section === "coverage" ? (
        <MatrixPane
          place={place}
          able={able}
          overview={data}
          filter={filter}
          onFilter={(next) => onView({ filter: next })}
          roles={view.roles}
          onRoles={(chosen) => onView({ roles: chosen })}
          drafts={changes.length}
          wide={wide}
          side={view.side}
          onSide={(side) => onView({ side })}
          field={search}
          onTable={(on) =>
            onView({ section: "tables", open: on, filter: { ...NO_FILTER, text: on.table, schema: on.schema } })
          }
          filterKeys={keys.filter}
        />
      ) : (
        <>
          <Summary
            overview={data}
            state={filter.state}
            onState={(state) => onView({ filter: { ...filter, state } })}
            {...(props.onAdvisor ? { onAdvisor: props.onAdvisor } : {})}
          />
          <Filters
            overview={data}
            filter={filter}
            onFilter={(next) => onView({ filter: next })}
            total={total}
            field={search}
            keys={keys.filter}
          />
          {error ? (
            <div className="p-2">
              <ErrorBlock {...failureProps(failureOf(error))} />
            </div>
          ) : null}
          {total === 0 ? (
            isFiltered(filter) ? (
              <EmptyState
                picture="empty"
                title="No table passes the filter"
                actions={<Button onClick={() => onView({ filter: NO_FILTER })}>Clear the filter</Button>}
              >
                {number(data.counts.tables)} are hidden by it.
              </EmptyState>
            ) : (
              <EmptyState picture="empty" title="No table yet">
                Policies say which rows of a table a role sees and writes. Make a table first, then come back.
              </EmptyState>
            )
          ) : (
            <TableRows
              key={JSON.stringify(filter)}
              total={total}
              at={tables.at}
              judged={tables.judged}
              onSight={onSight}
              open={open}
              onOpen={(on) => onView({ open: on })}
              detail={detail}
              menu={menu}
              role={filter.role}
              schemas={filter.schema === null && data.schemas.length > 1}
            />
          )}
        </>
      )}
      {drafts.error ? (
        <Banner tone="danger" edge>
          The drafts could not be read: {failureOf(drafts.error).message}
        </Banner>
      ) : null}
      {drafts.data?.last ? <LastApply place={place} last={drafts.data.last} highlight={highlight} /> : null}
      <DraftBar
        changes={changes}
        losing={plan.data?.losing ?? []}
        refusal={plan.data?.refusal ?? null}
        missing={missing}
        actions={actions}
        onGo={show}
        onReview={() => setReviewing(true)}
        reviewKeys={keys.review}
      />
      {reviewing ? (
        <ReviewDialog
          place={place}
          applyTo={applyTo}
          highlight={highlight}
          readOnly={readOnly}
          onClose={() => setReviewing(false)}
          onApplied={({ id, changes: count, elapsed_ms }) => {
            setReviewing(false);
            onView({ editing: null });
            toast({
              tone: "ok",
              title: `Applied ${number(count)} ${count === 1 ? "change" : "changes"} in ${number(elapsed_ms)} ms`,
              action: {
                label: "Undo…",
                onPress: () =>
                  void actions.stage([{ edit: "undo", applied: id }]).then((staged) => staged && setReviewing(true)),
              },
            });
          }}
        />
      ) : null}
      {templates ? (
        <TemplatesDialog
          place={place}
          on={templates}
          roles={roles}
          highlight={highlight}
          onScript={onScript}
          onClose={() => setTemplates(null)}
          onMake={async (policies) => {
            const on = templates;
            const [first] = policies;
            setTemplates(null);
            if (first && policies.length === 1) return actions.add(on, first);
            for (const policy of policies) await actions.put(on, policy);
            onView({ open: on });
          }}
        />
      ) : null}
      {copying ? (
        <CopyDialog
          place={place}
          on={copying.on}
          policy={copying.policy}
          to={copying.to}
          onCopy={(to, policy) => void actions.put(to, policy)}
          onClose={() => setCopying(null)}
        />
      ) : null}
    </div>
  );
}
