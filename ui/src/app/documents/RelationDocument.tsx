import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { EmptyState, IconButton, plural, Segmented, Toolbar } from "@/design";
import { type KeptChart, readCharts } from "@/features/charts";
import {
  AggregatePane,
  type CollectionPlace,
  collectionName,
  type KeptDocuments,
  NO_DOCUMENTS_KEPT,
  RulesPane,
  readKept as readDocuments,
} from "@/features/documents";
import { ConditionField } from "@/features/editor";
import { openGenerate } from "@/features/generate";
import {
  countOf,
  highlightSql,
  RelationStructure,
  type RelationView,
  shownName,
  useDriverOf,
  useRelation,
} from "@/features/relation";
import { DataPane, NO_SHAPE, type Shape, type WhereField } from "@/features/results";
import { type Section, sameObject, useDraft } from "@/features/structure";
import { onImported, openExport, openImportInto } from "@/features/transfer";
import { host, type ObjectRef, queryKeys } from "@/ipc";
import { actorOf, Stripe, useActAsButton } from "../acting";
import type { Actions } from "../actions";
import { useNoGenerate } from "../generating";
import type { RelationTab } from "../model";
import { canAlter, placeOf, sectionOf, TabStructure } from "../structure";
import { useReferences } from "../useReferences";
import { type CloseGuard, useCloseGuard, useWorkspace } from "../workspace";
import { Denied } from "./access";
import { ConnectionBanner } from "./ConnectionBanner";
import { useCharts } from "./charts";
import { documentsSlot, FieldsButton, textField, WithFields } from "./documents";
import { readShape, sameShape } from "./keptShape";
import { lookupOn } from "./lookup";
import { Offline } from "./Offline";
import { useFocusWhen } from "./useFocusWhen";
import { useRelationLayout } from "./useRelationLayout";

type View = "data" | "aggregate" | "rules" | "edit" | RelationView;

interface Kept {
  readonly view: View;
  readonly shape: Shape;
  /** What was chosen for the charts of its rows. */
  readonly charts?: readonly KeptChart[];
  /** How its documents are looked at, and what is staged of them. */
  readonly documents?: KeptDocuments;
  /** What of its structure was being changed. */
  readonly section?: Section;
}

/** Those that only some relations have are known once one is read: they stand last, so that none moves when they come. */
const VIEWS: readonly { value: View; label: string }[] = [
  { value: "data", label: "Data" },
  { value: "columns", label: "Columns" },
  { value: "indexes", label: "Indexes" },
  { value: "constraints", label: "Constraints" },
  { value: "ddl", label: "DDL" },
  { value: "aggregate", label: "Aggregate" },
  { value: "rules", label: "Rules" },
  { value: "edit", label: "Edit" },
  { value: "grants", label: "Privileges" },
  { value: "policies", label: "Policies" },
  { value: "triggers", label: "Triggers" },
];
/** What they are called of a collection. */
const OF_DOCUMENTS: Partial<Record<View, string>> = { data: "Documents", columns: "Fields", ddl: "Definition" };
const counted = (view: View): view is Exclude<RelationView, "ddl"> =>
  view !== "data" && view !== "ddl" && view !== "edit" && view !== "aggregate" && view !== "rules";

const NOTHING_KEPT: Kept = { view: "data", shape: NO_SHAPE };

function readKept(json: string): Kept {
  try {
    const kept: unknown = JSON.parse(json);
    if (typeof kept !== "object" || kept === null) return NOTHING_KEPT;
    const { view, shape, charts, documents } = kept as Partial<Record<keyof Kept, unknown>>;
    const chosen = readCharts(charts);
    return {
      ...(chosen.length > 0 ? { charts: chosen } : {}),
      ...(documents ? { documents: readDocuments(documents) } : {}),
      view: VIEWS.find((each) => each.value === view)?.value ?? "data",
      shape: readShape(shape),
      section: sectionOf(json),
    };
  } catch {
    return NOTHING_KEPT;
  }
}

/** A relation: its rows, and what it is made of. */
export function RelationDocument({ tab, active, actions }: { tab: RelationTab; active: boolean; actions: Actions }) {
  const { dispatch, live, profile } = useWorkspace();
  const kept = useMemo(() => readKept(tab.view), [tab.view]);
  const latest = useRef(kept);
  latest.current = kept;
  const setKept = (change: (now: Kept) => Kept) => {
    const next = change(latest.current);
    if (next === latest.current) return;
    latest.current = next;
    dispatch({ type: "change", id: tab.id, change: { view: JSON.stringify(latest.current) } });
  };
  const state = live.connections.get(tab.profileId);
  const name = profile(tab.profileId)?.name ?? "this connection";
  const phase = state?.phase.phase;
  // What was read stays on screen when the server goes. What was kept is told while it cannot be reached: all but rows.
  const [seen, setSeen] = useState({ rows: phase === "open", rest: phase === "failed" });
  useEffect(() => {
    if (phase === "open") setSeen({ rows: true, rest: true });
    else if (phase === "failed") setSeen((now) => ({ ...now, rest: true }));
  }, [phase]);

  const noGenerate = useNoGenerate()(tab.profileId, tab.object);
  const show = (view: View) => setKept((now) => ({ ...now, view }));
  useOffers(
    {
      "relation.data": { run: () => show("data") },
      "relation.import": {
        run: () => openImportInto({ profileId: tab.profileId, table: tab.object, path: null }),
        ...(phase === "open" ? {} : { disabledReason: "the connection is not open" }),
      },
      "relation.generate": {
        run: () => openGenerate(tab.profileId, tab.object),
        ...(noGenerate ? { disabledReason: noGenerate } : {}),
      },
      "relation.structure": { run: () => show("columns") },
      "relation.indexes": { run: () => show("indexes") },
      "relation.constraints": { run: () => show("constraints") },
      "relation.triggers": { run: () => show("triggers") },
      "relation.policies": { run: () => show("policies") },
      "relation.grants": { run: () => show("grants") },
      "relation.ddl": { run: () => show("ddl") },
      ...(state?.can_browse_documents
        ? { "relation.aggregate": { run: () => show("aggregate") }, "relation.rules": { run: () => show("rules") } }
        : {}),
      "relation.edit": {
        run: () => show("edit"),
        ...(canAlter(state) ? {} : { disabledReason: "its structure cannot be changed here" }),
      },
    },
    active,
  );
  const reconnect = () => void actions.connect(tab.profileId);

  return (
    <div
      className="flex flex-col h-full min-h-0 outline-none"
      data-scope="relation"
      tabIndex={-1}
      ref={useFocusWhen(active, kept.view)}
    >
      <Stripe tab={tab} left={null} />
      {seen.rows || seen.rest ? (
        <Opened
          tab={tab}
          active={active}
          actions={actions}
          kept={kept}
          rows={seen.rows}
          onKept={setKept}
          onReconnect={reconnect}
        />
      ) : (
        <>
          <Toolbar label="Relation" icon="table" what={shownName(tab.object)} />
          <ConnectionBanner state={state} name={name} onReconnect={reconnect} />
          {phase === "connecting" ? (
            <EmptyState picture="loading" title={`Connecting to ${name}`} />
          ) : (
            <Offline name={name} onConnect={reconnect}>
              Its rows are read when you connect.
            </Offline>
          )}
        </>
      )}
    </div>
  );
}

/** A relation's name as it stands in a statement. */
function quotedName({ schema, name }: ObjectRef, quote: string): string {
  const quoted = (part: string) => `${quote}${part.replaceAll(quote, quote + quote)}${quote}`;
  return schema ? `${quoted(schema)}.${quoted(name)}` : quoted(name);
}

interface OpenedProps {
  tab: RelationTab;
  active: boolean;
  actions: Actions;
  kept: Kept;
  /** Whether there was ever a server to read rows from. */
  rows: boolean;
  onKept: (change: (now: Kept) => Kept) => void;
  onReconnect: () => void;
}

function Opened({ tab, active, actions, kept, rows, onKept, onReconnect }: OpenedProps) {
  const charts = useCharts(tab.id, kept.charts ?? [], (charts) =>
    onKept(({ charts: _, ...now }) => (charts.length > 0 ? { ...now, charts } : now)),
  );
  const { live, profile, browses } = useWorkspace();
  const store = browses.of(tab.id, tab.profileId, tab.object);
  // Before the rows are read for the first time: with what was remembered of this tab.
  const actor = actorOf(tab, profile(tab.profileId));
  useState(() => store.begin(kept.shape, actor));
  useEffect(() => store.actAs(actor), [store, actor]);
  const keepShape = useRef(onKept);
  keepShape.current = onKept;
  useEffect(
    () =>
      store.subscribe(() => {
        const { filters, any, where, sort } = store.snapshot();
        const shape = { filters, any, where, sort };
        keepShape.current((now) => (sameShape(now.shape, shape) ? now : { ...now, shape }));
      }),
    [store],
  );
  useEffect(
    () =>
      onImported((profileId, table) => {
        if (profileId === tab.profileId && table === tab.object.name) void store.read();
      }),
    [store, tab.profileId, tab.object.name],
  );
  const settings = useQuery({ queryKey: queryKeys.settings, queryFn: () => host().settings() });
  const page = useRelation(tab.profileId, tab.object);
  const arranged = useRelationLayout(tab.profileId, tab.object);
  const driver = useDriverOf(tab.profileId);
  const references = useReferences(active && kept.view === "data", actor);
  const state = live.connections.get(tab.profileId);
  const keys: Partial<Record<View, string | undefined>> = {
    data: useKeys("relation.data"),
    columns: useKeys("relation.structure"),
    indexes: useKeys("relation.indexes"),
    constraints: useKeys("relation.constraints"),
    ddl: useKeys("relation.ddl"),
    edit: useKeys("relation.edit"),
    aggregate: useKeys("relation.aggregate"),
    rules: useKeys("relation.rules"),
  };
  const actAs = useActAsButton(tab);
  const newQuery = useKeys("tab.new-query");
  const policyKeys = useKeys("policies.open");
  const own = profile(tab.profileId);
  const production = own?.environment === "production" ? own : undefined;
  const queries = useQueryClient();
  // One key for all of it: structure and rows that are out of step would mislead.
  useOffers(
    {
      "relation.refresh": {
        run: () => {
          void store.read();
          for (const key of [queryKeys.relation, queryKeys.definition])
            void queries.invalidateQueries({ queryKey: [...key(tab.profileId, tab.object)] });
        },
        ...(state?.phase.phase === "open" ? {} : { disabledReason: "the connection is not open" }),
      },
    },
    active,
  );
  const ofDocuments = state?.can_browse_documents === true;
  const keptDocuments = kept.documents ?? NO_DOCUMENTS_KEPT;
  const onDocuments = (change: Partial<KeptDocuments>) =>
    onKept((now) => ({ ...now, documents: { ...(now.documents ?? NO_DOCUMENTS_KEPT), ...change } }));
  const collection: CollectionPlace = {
    profileId: tab.profileId,
    object: tab.object,
    locked:
      state?.phase.phase !== "open"
        ? "the connection is not open"
        : own?.safety === "read_only" || state.read_only
          ? "this connection is read-only: change its safety level to allow writes"
          : page.data?.icon === "view"
            ? "the documents of a view cannot be changed"
            : null,
    saveTo: production?.name,
  };
  const field = textField(tab.id, tab.profileId, tab.object.database, driver);
  const waiting = keptDocuments.staged.reduce((sum, each) => sum + each.changes.length, 0);
  const guard = useMemo(
    (): CloseGuard | null =>
      waiting > 0
        ? {
            title: `Close ${tab.title} with ${plural(waiting, "change")} that ${waiting === 1 ? "is" : "are"} not saved?`,
            description: "Reopening the closed tab brings them back.",
            confirm: "Close without saving",
          }
        : null,
    [waiting, tab.title],
  );
  useCloseGuard(tab.id, guard);
  const documents = ofDocuments
    ? documentsSlot({
        kept: keptDocuments,
        onKept: onDocuments,
        place: collection,
        field,
        active: active && kept.view === "data",
      })
    : undefined;
  const schema = tab.object.schema;
  const draft = useDraft(placeOf(tab.profileId, tab.object.database, state), kept.view === "edit");
  const fresh =
    draft.data?.objects.some(({ object, change }) => change === "added" && sameObject(object, tab.object)) === true;
  const options = VIEWS.flatMap(({ value, label }) => {
    const told = value !== "grants" || page.data?.grants_state === "read";
    const count = page.data && told && counted(value) ? countOf(page.data, value) : null;
    // What few relations have is offered where it is.
    if ((value === "triggers" || value === "policies") && !count && kept.view !== value) return [];
    if (value === "aggregate" && kept.view !== value && !ofDocuments) return [];
    // Documents have rules in place of constraints.
    if (value === "constraints" && kept.view !== value && !count && ofDocuments) return [];
    // Nothing is written to a view, so it has no rules.
    if (value === "rules" && kept.view !== value && (!ofDocuments || page.data?.kind === "view")) return [];
    if (value === "edit" && kept.view !== value && !canAlter(state)) return [];
    if (value === "grants" && kept.view !== value && (page.data?.grants_state ?? "absent") === "absent") return [];
    const key = keys[value];
    const called = (ofDocuments ? OF_DOCUMENTS[value] : undefined) ?? label;
    return [
      {
        value,
        label: called,
        // What is only staged has nothing else to show yet.
        ...(value !== "edit" && fresh ? { disabled: true } : {}),
        // A number that comes later finds its place kept.
        ...(counted(value)
          ? { count: <span className="rh-view-count">{count ?? (page.error ? "–" : null)}</span> }
          : {}),
        ...(key ? { keys: key, tooltip: called } : {}),
      },
    ];
  });
  return (
    <>
      <Toolbar
        label="Relation"
        icon={page.data?.icon === "view" ? "view" : page.data?.icon === "materialized_view" ? "matview" : "table"}
        what={
          <>
            {schema ? <span className="text-ink-3 font-[400]">{schema}.</span> : null}
            {tab.object.name}
          </>
        }
        end={
          <>
            {state?.can_secure && page.data?.row_security ? (
              <IconButton
                icon="policy"
                label="Policies: who gets which rows"
                {...(policyKeys ? { keys: policyKeys } : {})}
                onClick={() => actions.policies(tab.profileId, tab.object.database, tab.object)}
              />
            ) : null}
            {actAs}
            {ofDocuments && kept.view === "data" ? (
              <FieldsButton
                open={keptDocuments.fields}
                active={active}
                onToggle={() => onDocuments({ fields: !keptDocuments.fields })}
              />
            ) : null}
            <IconButton
              icon="terminal"
              label={`New query on ${profile(tab.profileId)?.name ?? "this connection"}`}
              {...(newQuery ? { keys: newQuery } : {})}
              onClick={() => actions.query({ profileId: tab.profileId, database: tab.object.database })}
            />
          </>
        }
      >
        <Segmented
          label="What of it"
          dense
          value={kept.view}
          onChange={(view) => onKept((now) => ({ ...now, view }))}
          options={options}
        />
      </Toolbar>
      <ConnectionBanner state={state} name={profile(tab.profileId)?.name ?? ""} onReconnect={onReconnect} />
      {references.over}
      <div className="flex-1 min-h-0 relative">
        {kept.view === "data" && !rows ? (
          <Offline name={profile(tab.profileId)?.name ?? "this connection"} onConnect={onReconnect}>
            Its rows are read when you connect.
          </Offline>
        ) : kept.view === "data" ? (
          <WithFields
            open={ofDocuments && keptDocuments.fields}
            place={collection}
            onFilter={(where) => void store.read({ where, filters: [], any: false })}
            onClose={() => onDocuments({ fields: false })}
          >
            <DataPane
              store={store}
              chart={charts}
              documents={documents}
              density={settings.data?.density ?? "dense"}
              active={active}
              layout={arranged.layout}
              onLayout={arranged.keep}
              estimatedRows={page.data?.estimated_rows ?? null}
              onReconnect={onReconnect}
              saveTo={production?.name}
              lookup={lookupOn(tab.profileId, actor)}
              highlight={(sql) => highlightSql(sql, driver?.language.grammar)}
              onExport={openExport}
              links={references.links}
              barStart={references.bar}
              away={state?.phase.phase === "open" ? null : "the connection is not open"}
              {...(driver
                ? {
                    whereField: (field: WhereField) => (
                      <ConditionField
                        {...field}
                        label={ofDocuments ? "filter" : "WHERE"}
                        {...(ofDocuments ? { example: "{ price: { $lt: 50 } }" } : {})}
                        language={driver.language}
                        place={{
                          tabId: tab.id,
                          profileId: tab.profileId,
                          database: tab.object.database,
                          driver: driver.id,
                        }}
                        before={
                          ofDocuments
                            ? `${collectionName(tab.object.name)}.find(`
                            : `SELECT * FROM ${quotedName(tab.object, driver.language.identifier_quote)} WHERE `
                        }
                      />
                    ),
                  }
                : {})}
              denied={(failure, more) => (
                <Denied
                  object={tab.object}
                  failure={failure}
                  login={actor?.role ?? state?.server?.facts["user"] ?? profile(tab.profileId)?.values["user"]}
                  owner={page.data?.owner ?? null}
                  quote={driver?.language.identifier_quote ?? '"'}
                  actions={more}
                />
              )}
            />
          </WithFields>
        ) : kept.view === "aggregate" ? (
          <AggregatePane
            tabId={tab.id}
            place={collection}
            active={active}
            stages={keptDocuments.stages}
            onStages={(stages) => onDocuments({ stages })}
            field={field}
            away={state?.phase.phase === "open" ? null : "the connection is not open"}
            onQuery={(text) => actions.query({ profileId: tab.profileId, database: tab.object.database, text })}
          />
        ) : kept.view === "rules" ? (
          <RulesPane
            place={collection}
            active={active}
            draft={keptDocuments.rules}
            onDraft={(rules) => onDocuments({ rules })}
            field={field}
            away={state?.phase.phase === "open" ? null : "the connection is not open"}
            onQuery={(text) => actions.query({ profileId: tab.profileId, database: tab.object.database, text })}
          />
        ) : kept.view === "edit" ? (
          <TabStructure
            tab={tab}
            active={active}
            actions={actions}
            section={kept.section ?? "columns"}
            onSection={(section) => onKept((now) => ({ ...now, section }))}
          />
        ) : (
          <RelationStructure
            profileId={tab.profileId}
            object={tab.object}
            view={kept.view}
            onOpenRelation={actions.relation}
          />
        )}
      </div>
    </>
  );
}
