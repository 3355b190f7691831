import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { Banner, Button, ConfirmDialog, hasOpenLayer, openContextMenu, SplitPane, toast } from "@/design";
import { sameActor } from "@/features/acting";
import type { KeptChart } from "@/features/charts";
import { type KeptDocuments, NO_DOCUMENTS_KEPT } from "@/features/documents";
import { type Caret, type EditorHandle, EditorPane, ParameterDialog } from "@/features/editor";
import { plansOf } from "@/features/plans";
import { highlightSql } from "@/features/relation";
import { errorDetails, ResultsPane, SweepDialog } from "@/features/results";
import { SavedDialog, suggestedName } from "@/features/saved";
import { openExport } from "@/features/transfer";
import { failureOf, host, queryKeys, type TextEdit } from "@/ipc";
import { actorOf, Stripe } from "../acting";
import type { Actions } from "../actions";
import type { QueryTab } from "../model";
import { panelIdOf } from "../place";
import { useReferences } from "../useReferences";
import { useSql } from "../useSql";
import { type CloseGuard, useCloseGuard, useWorkspace } from "../workspace";
import { ConnectionBanner } from "./ConnectionBanner";
import { useCharts } from "./charts";
import { documentsSlot, textField } from "./documents";
import { lookupOn } from "./lookup";
import { PlanPane } from "./PlanPane";
import { QueryToolbar } from "./QueryToolbar";
import { readView, usualResults } from "./queryView";
import { runOnChoices, runOnItems } from "./runOn";
import { useExplain } from "./useExplain";
import { useQueryFile } from "./useQueryFile";
import { useQueryRun } from "./useQueryRun";
import { useSavedQuery } from "./useSavedQuery";

const VIEW_MS = 400;
/** The tab among the results that shows a plan. */
const PLAN = "plan";

/** Keeps the view state a moment after it changed. The caret is no state of the page: moving it draws nothing anew. */
function useKeptView(tab: QueryTab) {
  const { dispatch } = useWorkspace();
  const [view, setView] = useState(() => readView(tab.view));
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef({ ...view, kept: tab.view });
  latest.current.results = view.results;
  latest.current.manual = view.manual;
  latest.current.kept = tab.view;
  const { id } = tab;
  const keep = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const { kept, ...now } = latest.current;
      const json = JSON.stringify(now);
      if (json !== kept) dispatch({ type: "change", id, change: { view: json } });
    }, VIEW_MS);
  }, [id, dispatch]);
  useEffect(() => {
    if (view.results > 0) keep();
    return () => clearTimeout(timer.current);
  }, [view.results, view.manual, keep]);
  const onCaret = useCallback(
    ({ anchor, head }: Caret) => {
      if (latest.current.anchor === anchor && latest.current.head === head) return;
      latest.current.anchor = anchor;
      latest.current.head = head;
      keep();
    },
    [keep],
  );
  const onCharts = useCallback(
    (charts: readonly KeptChart[]) => {
      latest.current.charts = charts.length > 0 ? charts : undefined;
      keep();
    },
    [keep],
  );
  const onDocuments = useCallback(
    (change: Partial<KeptDocuments>) => {
      const documents = { ...(latest.current.documents ?? NO_DOCUMENTS_KEPT), ...change };
      latest.current.documents = documents;
      setView((now) => ({ ...now, documents }));
      keep();
    },
    [keep],
  );
  return { view, setView, onCaret, onCharts, onDocuments };
}

/** Escape goes one step back; only when nothing on the way wants it is the run stopped. */
function useEscape(on: boolean, stop: () => void): void {
  const latest = useRef(stop);
  latest.current = stop;
  useEffect(() => {
    if (!on) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing && !hasOpenLayer()) latest.current();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [on]);
}

/** An editor over its results. */
export function QueryDocument({ tab, active, actions }: { tab: QueryTab; active: boolean; actions: Actions }) {
  const workspace = useWorkspace();
  const { dispatch, journal, live, profiles, editors } = workspace;
  const profile = workspace.profile(tab.profileId);
  const state = profile ? live.connections.get(profile.id) : undefined;
  const session = live.sessions.get(tab.id);
  const store = workspace.runs.of(tab.id);
  const editor = useRef<EditorHandle>(null);
  const { view, setView, onCaret, onCharts, onDocuments } = useKeptView(tab);
  const charts = useCharts(tab.id, view.charts ?? [], onCharts);
  const drivers = useQuery({ queryKey: queryKeys.drivers, queryFn: () => host().drivers() });
  const settings = useQuery({ queryKey: queryKeys.settings, queryFn: () => host().settings() });
  const driver = drivers.data?.find((each) => each.id === profile?.driver);
  const sql = useSql(profile);
  const explains = state?.phase.phase === "open" ? state.can_explain === true : sql;
  const actor = actorOf(tab, profile);
  const references = useReferences(active, actor);
  const run = useQueryRun(tab, store, editor, profile, state?.phase.phase === "open", view.manual, actor);
  const explain = useExplain(tab, plansOf(store, tab.id), editor, profile, state?.phase.phase === "open", actor);
  const explainNow = (analyze: boolean) => {
    store.show(PLAN);
    void explain.explain(analyze);
  };
  const busy = run.busy || explain.busy;
  const elsewhere = run.asking?.kind === "production" ? run.asking.on : null;
  const file = useQueryFile(tab, editor, active, dispatch);
  const query = useSavedQuery(tab, editor, dispatch);
  const [naming, setNaming] = useState(false);
  const runOnButton = useRef<HTMLButtonElement>(null);
  /** What the tab is: a saved query, a file, or nothing yet. */
  const save = () => {
    if (tab.saved !== null) void query.save();
    else if (tab.path !== null) void file.save();
    else setNaming(true);
  };
  const runOn = () => {
    const items = runOnItems(runOnChoices(profiles, profile), profile, (on, all) => void run.runOn(on, all));
    const at = { clientX: 0, clientY: 0, preventDefault: () => {}, stopPropagation: () => {} };
    openContextMenu({ ...at, target: runOnButton.current }, items, "Run on another connection");
  };

  useEffect(() => {
    const handle = editor.current;
    if (handle) editors.set(tab.id, handle);
    return () => {
      editors.delete(tab.id);
    };
  });
  useEffect(() => {
    // Who came in by key or pointer stays where they went.
    const inside = document.getElementById(panelIdOf(tab.id))?.contains(document.activeElement);
    if (active && !inside) editor.current?.focus();
  }, [active, tab.id]);

  const transaction = session?.link === "up" && session.transaction !== "idle";
  const guard = useMemo(
    (): CloseGuard | null =>
      transaction
        ? {
            title: `Close ${tab.title}?`,
            description: `Its transaction on ${profile?.name ?? "this connection"} is open. Closing rolls it back; the text can be reopened.`,
            confirm: "Roll back and close",
          }
        : null,
    [transaction, tab.title, profile?.name],
  );
  useCloseGuard(tab.id, guard);

  const stop = () => (explain.busy ? explain.stop() : stopRun());
  const stopRun = () =>
    void store.stop().then((failure) => failure && toast({ tone: "danger", title: failure.message }));
  const format = async () => {
    try {
      const text = editor.current?.text() ?? "";
      const next = await host().formatSql(profile?.driver ?? drivers.data?.[0]?.id ?? "", text);
      if (next !== text) editor.current?.replace(next);
    } catch (thrown) {
      toast({ tone: "danger", title: failureOf(thrown).message });
    }
  };
  useEscape(active && busy, stop);
  const stopKeys = useKeys("run.stop");
  const none = profile ? {} : { disabledReason: "choose a connection first" };
  const noTransaction = transaction ? {} : { disabledReason: "no transaction is open" };
  useOffers(
    {
      "query.run": { run: () => void run.runPiece(), ...none },
      ...(explains
        ? {
            "query.explain": {
              run: () => explainNow(false),
              ...none,
              ...(busy ? { disabledReason: "a statement is running here" } : {}),
            },
            "query.explain-analyze": {
              run: () => explainNow(true),
              ...none,
              ...(busy ? { disabledReason: "a statement is running here" } : {}),
            },
          }
        : {}),
      "query.run-all": { run: () => void run.runAll(), ...none },
      "query.save": { run: save },
      "query.save-query": { run: () => setNaming(true) },
      "query.run-on": { run: runOn, ...(run.busy ? { disabledReason: "a statement is running here" } : {}) },
      "query.save-as": { run: () => void file.saveAs() },
      "query.format": { run: () => void format(), ...(sql ? {} : { disabledReason: "this is not SQL" }) },
      "query.commit": { run: () => void run.endTransaction(true), ...noTransaction },
      "query.rollback": { run: () => void run.endTransaction(false), ...noTransaction },
      "query.transactions": {
        run: () => setView((now) => ({ ...now, manual: !now.manual })),
        ...(sql ? {} : { disabledReason: "this is not SQL: transactions are commands of their own" }),
        ...(transaction ? { disabledReason: "a transaction is open: commit it or roll it back first" } : {}),
      },
      "query.close-session": {
        run: () =>
          void host()
            .closeSession(tab.id)
            .catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message })),
        ...(session ? {} : { disabledReason: "this tab has no session" }),
      },
      "run.stop": { run: stop, ...(busy ? {} : { disabledReason: "nothing is running" }) },
    },
    active,
  );

  const onEdits = (edits: readonly TextEdit[]) => {
    journal.edited(tab.id, edits);
    if ((tab.path !== null || tab.saved !== null) && !tab.dirty)
      dispatch({ type: "change", id: tab.id, change: { dirty: true } });
  };
  const place = useMemo(
    () => (profile ? { tabId: tab.id, profileId: profile.id, database: tab.database, driver: profile.driver } : null),
    [profile, tab.id, tab.database],
  );

  return (
    <div className="flex flex-col h-full min-h-0" data-scope="query">
      <Stripe tab={tab} left={sameActor(run.run.actor, actor) ? run.run.left : null} />
      <QueryToolbar
        tab={tab}
        profiles={profiles}
        profile={profile}
        session={session}
        run={run}
        connected={state?.phase.phase === "open"}
        onDatabase={(database) => dispatch({ type: "change", id: tab.id, change: { database } })}
        onProfile={(profileId) => {
          // Another server has other roles.
          dispatch({ type: "act", id: tab.id, acting: undefined });
          dispatch({ type: "change", id: tab.id, change: { profileId, database: null } });
        }}
        sql={sql}
        onFormat={() => void format()}
        onSave={save}
        onSaveAs={() => void file.saveAs()}
        onSaveQuery={() => setNaming(true)}
        onRunOn={runOn}
        runOnButton={runOnButton}
        explain={explain}
        onExplain={explains ? explainNow : undefined}
        onStop={stop}
      />
      {profile ? (
        <ConnectionBanner state={state} name={profile.name} onReconnect={() => void actions.connect(profile.id)} />
      ) : null}
      {session?.link === "lost" && state?.phase.phase === "open" ? (
        <Banner
          tone="warn"
          icon="unplug"
          edge
          detail={`${session.reason ?? "The server closed it."} Its transaction and temporary tables are gone; your text is safe.`}
        >
          This tab's session is lost. The next run opens a new one.
        </Banner>
      ) : null}
      {query.outside === "unchanged" ? null : (
        <Banner
          tone="warn"
          edge
          detail="Your text is as you left it."
          actions={
            <>
              {query.outside === "changed" ? (
                <Button dense onClick={() => void query.reload()}>
                  Take the saved one
                </Button>
              ) : null}
              <Button dense onClick={() => void query.overwrite()}>
                {query.outside === "changed" ? "Save mine over it" : "Save it again"}
              </Button>
              <Button dense onClick={() => setNaming(true)}>
                Save mine as another
              </Button>
            </>
          }
        >
          {query.outside === "changed"
            ? `“${tab.title}” was saved with another text in another window`
            : `The saved query “${tab.title}” was deleted`}
        </Banner>
      )}
      {file.outside === "unchanged" ? null : (
        <Banner
          tone="warn"
          edge
          detail="Your text is as you left it."
          actions={
            <>
              {file.outside === "changed" ? (
                <Button dense onClick={() => void file.reload()}>
                  Take the file's
                </Button>
              ) : null}
              <Button dense onClick={() => void file.overwrite()}>
                Save mine over it
              </Button>
            </>
          }
        >
          {file.outside === "changed" ? `Another program changed ${tab.title}` : `${tab.title} is gone from the disk`}
        </Banner>
      )}
      <div className="flex-1 min-h-0">
        <SplitPane
          direction="column"
          fixed="second"
          label="Height of the results"
          size={view.results}
          onSizeChange={(results) => setView((now) => ({ ...now, results }))}
          min={120}
          defaultSize={usualResults()}
          collapsed={run.run.phase === "idle" && explain.state.phase === "idle"}
          first={
            <EditorPane
              ref={editor}
              initialText={journal.text(tab.id)}
              initialSelection={{ anchor: view.anchor, head: view.head }}
              driver={profile?.driver ?? ""}
              language={driver?.language ?? null}
              place={place}
              active={active}
              onEdits={onEdits}
              onCaret={onCaret}
              shown={explain.shown ?? run.shown}
              detailsOf={errorDetails}
              label={`${sql ? "SQL" : "Commands"} of ${tab.title}`}
            />
          }
          second={
            <ResultsPane
              store={store}
              aside={
                explain.state.phase === "idle"
                  ? undefined
                  : {
                      id: PLAN,
                      title: "Plan",
                      busy: explain.busy,
                      content: <PlanPane explain={explain} title={tab.title} actions={actions} stopKeys={stopKeys} />,
                      onClose: () => {
                        plansOf(store, tab.id).close();
                        store.show("messages");
                      },
                    }
              }
              density={settings.data?.density ?? "dense"}
              active={active}
              chart={charts}
              documents={documentsSlot({
                kept: view.documents ?? NO_DOCUMENTS_KEPT,
                onKept: onDocuments,
                place: null,
                field: textField(tab.id, tab.profileId ?? "", tab.database, driver),
                active,
              })}
              away={
                state?.phase.phase !== "open"
                  ? "the connection is not open"
                  : transaction
                    ? "a transaction is open here"
                    : explain.busy
                      ? "a plan is being asked for"
                      : null
              }
              onExport={openExport}
              onStatement={(text) => actions.query({ profileId: tab.profileId, database: tab.database, text })}
              {...(tab.profileId ? { lookup: lookupOn(tab.profileId, actor) } : {})}
              saveTo={profile?.environment === "production" ? profile.name : undefined}
              highlight={(sql) => highlightSql(sql, driver?.language.grammar)}
              links={references.links}
              onShowStatement={(index) => {
                const range = run.run.statements[index]?.range;
                if (range) editor.current?.reveal(run.run.base + range.from, run.run.base + range.to);
              }}
            />
          }
        />
      </div>
      {references.over}
      {run.asking?.kind === "parameters" ? (
        <ParameterDialog
          placeholders={run.asking.placeholders}
          former={run.asking.former}
          onRun={(values) =>
            run.asking?.kind === "parameters" && run.withParameters(run.asking.piece, values, run.asking.on)
          }
          onCancel={run.cancelAsking}
        />
      ) : null}
      <ConfirmDialog
        open={run.asking?.kind === "production"}
        onClose={run.cancelAsking}
        onConfirm={() => run.asking?.kind === "production" && run.onProduction(run.asking.piece, run.asking.on)}
        title={`Run this on ${elsewhere?.name ?? profile?.name ?? "production"}?`}
        description={
          elsewhere
            ? `It is a production connection${elsewhere.safety === "read_only" ? ", and read-only: what writes is refused" : ""}. This tab stays on ${profile?.name ?? "no connection"}; this is asked every time.`
            : "This tab was moved to a production connection. This is asked once per tab."
        }
        confirmLabel={`Run on ${elsewhere?.name ?? profile?.name ?? "production"}`}
      />
      {explain.asking?.kind === "parameters" ? (
        <ParameterDialog
          placeholders={explain.asking.placeholders}
          former={explain.asking.former}
          onRun={(values) =>
            explain.asking?.kind === "parameters" &&
            explain.withParameters(explain.asking.piece, values, explain.asking.analyze)
          }
          onCancel={explain.cancelAsking}
        />
      ) : null}
      <ConfirmDialog
        open={explain.asking?.kind === "write"}
        onClose={explain.cancelAsking}
        onConfirm={() =>
          explain.asking?.kind === "write" && explain.onWrite(explain.asking.wish, explain.asking.question)
        }
        title={explain.asking?.kind === "write" ? explain.asking.question.title : ""}
        description={
          explain.asking?.kind === "write"
            ? `On ${explain.asking.question.connection}${explain.asking.question.production ? ", which is production" : ""}. ${explain.asking.question.description}`
            : ""
        }
        confirmLabel={explain.asking?.kind === "write" ? explain.asking.question.confirm : ""}
      />
      {run.asking?.kind === "sweep" ? (
        <SweepDialog
          question={run.asking.question}
          onConfirm={(consent) => run.asking?.kind === "sweep" && run.onSweep(run.asking.script, consent)}
          onCancel={run.cancelAsking}
        />
      ) : null}
      {naming ? (
        <SavedDialog
          title="Save query"
          description="It is kept in Rowhouse, under “Saved queries”."
          initial={{
            name: suggestedName(editor.current?.text() ?? "", tab.title),
            folder: "",
            tags: [],
            profile_id: null,
            driver: profile?.driver ?? null,
          }}
          confirmLabel="Save query"
          alternative={
            <Button
              variant="ghost"
              icon="file"
              onClick={() => {
                setNaming(false);
                void file.saveAs();
              }}
            >
              Save as a file…
            </Button>
          }
          onSave={async (details) => query.bind(await host().createSaved(details, editor.current?.text() ?? ""))}
          onClose={() => setNaming(false)}
        />
      ) : null}
    </div>
  );
}
