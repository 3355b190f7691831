/** A suite as a list of cases with what is to come of each and what came: opened, made for a table, run, edited, saved. */
import { useEffect, useRef, useState } from "react";
import {
  Badge,
  Banner,
  Button,
  ConfirmDialog,
  EmptyState,
  ErrorBlock,
  Icon,
  Input,
  MenuButton,
  type MenuItem,
  number,
  Progress,
  plural,
  SplitPane,
  toast,
  VirtualList,
} from "@/design";
import {
  type AppError,
  failureOf,
  failureProps,
  host,
  type PolicyActor,
  type PolicyOn,
  type PolicyOverview,
} from "@/ipc";
import type { SqlField } from "../editor/ExpressionField";
import type { SuiteView } from "../model";
import type { Place } from "../queries";
import { CaseForm, RESULTS } from "./CaseForm";
import { GenerateDialog } from "./GenerateDialog";
import {
  actorWords,
  expectWords,
  freeName,
  NEW_CASE,
  NEW_SUITE,
  readSuite,
  type Suite,
  type SuiteCase,
  withCases,
  writeSuite,
} from "./model";
import { SuiteDialog } from "./SuiteDialog";
import { pickSuiteFile, type SuiteFile, writeSuiteTo } from "./saving";
import type { SuiteRun } from "./useSuiteRun";
import "./suites.css";

export interface SuitesPaneProps {
  place: Place;
  able: boolean;
  overview: PolicyOverview;
  view: SuiteView | null;
  onView: (view: SuiteView | null) => void;
  run: SuiteRun;
  /** The table a suite is made for at first, and whose actors are taken. */
  on: PolicyOn | null;
  actors: readonly PolicyActor[];
  field: SqlField;
  wide: boolean;
  side: number;
  onSide: (side: number) => void;
  runKeys: string | undefined;
  saveKeys: string | undefined;
  /** Hears how to run and to save what is open. */
  onCommands: (commands: { readonly run: (() => void) | null; readonly save: (() => void) | null }) => void;
}

const fresh = (suite: Suite): SuiteView => ({ text: writeSuite(suite), file: null, saved: null, chosen: 0 });
const fileName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

/** What is open, as files have it: opened, saved, exported. */
function useSuiteFile(view: SuiteView | null, onView: SuitesPaneProps["onView"], name: string) {
  const [failure, setFailure] = useState<AppError | null>(null);
  const [conflict, setConflict] = useState(false);
  const attempt = (work: () => Promise<void>) => {
    setFailure(null);
    void work().catch((thrown: unknown) => setFailure(failureOf(thrown)));
  };
  /** Writes it, unless no file was picked for it. */
  const write = async (file: SuiteFile | null) => {
    if (!view || !file) return;
    try {
      onView(await writeSuiteTo(file, view));
      setConflict(false);
    } catch (thrown) {
      if (failureOf(thrown).code === "conflict") setConflict(true);
      else throw thrown;
    }
  };
  const saveAs = async () => write(await pickSuiteFile(name));
  return {
    failure,
    conflict,
    open: () =>
      attempt(async () => {
        const path = await host().pickFile("Open a suite");
        if (!path) return;
        const { text, stamp, crlf } = await host().openFile(path);
        // What it may hold is said by whoever runs it.
        await host().policySuiteRead(text);
        setConflict(false);
        onView({ text, file: { path, stamp, crlf }, saved: text, chosen: 0 });
      }),
    save: () => attempt(async () => (view?.file ? write(view.file) : saveAs())),
    saveAs: () => attempt(saveAs),
    overwrite: () => attempt(async () => (view?.file ? write({ ...view.file, stamp: null }) : undefined)),
    pgtap: () =>
      attempt(async () => {
        if (!view) return;
        const { pgtap, notes } = await host().policySuiteRead(view.text);
        const path = await host().pickSavePath("Export as pgTAP", `${name || "suite"}.sql`);
        if (!path) return;
        await host().saveFile({ path, text: pgtap, stamp: null, crlf: false });
        toast({ tone: "ok", title: "Exported as pgTAP", detail: [path, ...notes].join(" ") });
      }),
  };
}

export function SuitesPane(props: SuitesPaneProps) {
  const { place, able, overview, view, onView, run, on, actors, field, wide, side, onSide, runKeys, saveKeys } = props;
  const [making, setMaking] = useState(false);
  const [settings, setSettings] = useState(false);
  const [closing, setClosing] = useState<(() => void) | null>(null);
  const [notes, setNotes] = useState<readonly string[]>([]);
  const read = view ? readSuite(view.text) : null;
  const suite = read && "suite" in read ? read.suite : null;
  const files = useSuiteFile(view, onView, suite?.name ?? "");
  const dirty = view !== null && view.text !== view.saved;
  const change = (next: Suite, chosen = view?.chosen ?? 0) =>
    onView({ ...(view ?? fresh(next)), text: writeSuite(next), chosen });
  /** What was not saved is not thrown away unasked. */
  const leaving = (then: () => void) => (dirty && suite && suite.cases.length > 0 ? setClosing(() => then) : then());
  const noRun = !able
    ? "the connection is not open"
    : run.running
      ? "the suite runs"
      : suite && suite.cases.length > 0
        ? undefined
        : "there is no case";
  const runAll = () => suite && noRun === undefined && void run.run(suite, suite.cases);
  const commands = useRef(props.onCommands);
  commands.current = props.onCommands;
  useEffect(() => {
    commands.current({ run: noRun === undefined ? () => runAll() : null, save: suite && dirty ? files.save : null });
  });
  useEffect(() => () => commands.current({ run: null, save: null }), []);

  const dialogs = (
    <>
      {making ? (
        <GenerateDialog
          place={place}
          able={able}
          overview={overview}
          on={on}
          actors={actors}
          adding={suite !== null && suite.cases.length > 0}
          onClose={() => setMaking(false)}
          onMade={(made, said) => {
            setMaking(false);
            setNotes(said);
            const into = suite && suite.cases.length > 0 ? withCases(suite, made) : made;
            if (view && suite) change(into, into.cases.length - made.cases.length);
            else onView(fresh(into));
          }}
        />
      ) : null}
      <ConfirmDialog
        open={closing !== null}
        onClose={() => setClosing(null)}
        onConfirm={() => {
          closing?.();
          setClosing(null);
        }}
        title={`Close ${suite?.name ?? "the suite"} without saving it?`}
        description={`What was changed in its ${plural(suite?.cases.length ?? 0, "case")} is gone then. Save it first to keep it.`}
        confirmLabel="Close without saving"
        danger
      />
    </>
  );
  if (!view || !suite) {
    return (
      <div className="sui">
        {files.failure ? (
          <div className="p-2">
            <ErrorBlock {...failureProps(files.failure)} />
          </div>
        ) : null}
        {read && "problem" in read ? (
          <Banner tone="danger" edge actions={<Button onClick={() => onView(null)}>Close it</Button>}>
            This is no suite: {read.problem}
          </Banner>
        ) : null}
        <EmptyState
          icon="flask"
          title="No suite is open"
          actions={
            <>
              <Button
                variant="primary"
                icon="table"
                disabledReason={able ? undefined : "the connection is not open"}
                onClick={() => setMaking(true)}
              >
                Make one for a table
              </Button>
              <Button icon="folder" onClick={files.open}>
                Open a file
              </Button>
              <Button variant="ghost" icon="plus" onClick={() => onView(fresh(NEW_SUITE))}>
                Empty suite
              </Button>
            </>
          }
        >
          A suite is a JSON file beside your code: statements of actors, with what is to come of them. Each runs in a
          transaction that is rolled back; <span className="rh-mono">rowhouse policy test</span> runs the same file
          elsewhere.
        </EmptyState>
        {dialogs}
      </div>
    );
  }

  const results = suite.cases.map((one) => run.resultOf(suite, one));
  const count = (state: "passed" | "failed" | "not_run") => results.filter((result) => result?.state === state).length;
  const passed = count("passed");
  const failed = count("failed") + count("not_run");
  const left = suite.cases.length - passed - failed;
  const at = Math.min(view.chosen, suite.cases.length - 1);
  const chosen = suite.cases[at];
  const put = (one: SuiteCase) => change({ ...suite, cases: suite.cases.with(at, one) }, at);
  const add = (one: SuiteCase, after = suite.cases.length) => {
    const named = { ...one, name: freeName(one.name, suite.cases) };
    change({ ...suite, cases: suite.cases.toSpliced(after, 0, named) }, after);
  };
  const remove = (one: SuiteCase) => {
    const before = view;
    const place = suite.cases.indexOf(one);
    const cases = suite.cases.toSpliced(place, 1);
    change({ ...suite, cases }, Math.max(0, Math.min(place, cases.length - 1)));
    toast({ title: `${one.name} is removed`, action: { label: "Undo", onPress: () => onView(before) } });
  };
  const move = (one: SuiteCase, by: number) => {
    const place = suite.cases.indexOf(one);
    const cases = suite.cases.toSpliced(place, 1).toSpliced(place + by, 0, one);
    change({ ...suite, cases }, place + by);
  };
  const menu = (one: SuiteCase): readonly MenuItem[] => {
    const place = suite.cases.indexOf(one);
    return [
      {
        label: "Run this case",
        icon: "run",
        keys: "Enter",
        disabledReason: noRun,
        onSelect: () => void run.run(suite, [one]),
      },
      { label: "Duplicate", icon: "copy", onSelect: () => add(one, place + 1) },
      { separator: true },
      {
        label: "Move up",
        icon: "arrow-up",
        disabledReason: place === 0 ? "it is the first" : undefined,
        onSelect: () => move(one, -1),
      },
      {
        label: "Move down",
        icon: "arrow-down",
        disabledReason: place === suite.cases.length - 1 ? "it is the last" : undefined,
        onSelect: () => move(one, 1),
      },
      { separator: true },
      { label: "Remove", icon: "trash", danger: true, onSelect: () => remove(one) },
    ];
  };
  const failing = suite.cases.filter((_, index) => results[index] && results[index]?.state !== "passed");
  const more: readonly MenuItem[] = [
    { label: "Save as…", icon: "save", onSelect: files.saveAs },
    {
      label: "Export as pgTAP…",
      icon: "download",
      disabledReason: suite.cases.length > 0 ? undefined : "there is no case",
      onSelect: files.pgtap,
    },
    { label: "What runs before every case…", icon: "edit", onSelect: () => setSettings(true) },
    { separator: true },
    {
      label: "Make cases for a table…",
      icon: "table",
      disabledReason: able ? undefined : "the connection is not open",
      onSelect: () => setMaking(true),
    },
    { label: "Open another…", icon: "folder", onSelect: () => leaving(files.open) },
    { label: "Close the suite", icon: "close", onSelect: () => leaving(() => onView(null)) },
  ];
  return (
    <div className="sui">
      <div className="try-bar">
        <span className="sui-name">
          <Input
            dense
            aria-label="Name of the suite"
            value={suite.name}
            onChange={(name) => change({ ...suite, name })}
          />
        </span>
        <span className="rh-meta rh-truncate" title={view.file?.path}>
          {view.file ? fileName(view.file.path) : "not in a file"}
        </span>
        {dirty ? (
          <Badge tone="warn" icon="edit">
            not saved
          </Badge>
        ) : null}
        <Button
          dense
          icon="save"
          disabledReason={dirty ? undefined : "it is saved"}
          onClick={files.save}
          {...(saveKeys ? { keys: saveKeys } : {})}
        >
          Save
        </Button>
        <Button dense variant="ghost" icon="plus" onClick={() => add(NEW_CASE)}>
          Case
        </Button>
        <MenuButton dense variant="ghost" icon="more" label="More of the suite" items={more} />
        <span className="sui-run">
          {failing.length > 0 && !run.running ? (
            <Button dense disabledReason={noRun} onClick={() => void run.run(suite, failing)}>
              Run the {number(failing.length)} that did not pass
            </Button>
          ) : null}
          {run.running ? (
            <Button icon="stop" loading={run.stopping} onClick={run.stop}>
              {run.stopping ? "Stopping after this case" : "Stop"}
            </Button>
          ) : (
            <Button
              variant="primary"
              icon="run"
              disabledReason={noRun}
              onClick={runAll}
              {...(runKeys ? { keys: runKeys, showKeys: true } : {})}
            >
              Run all
            </Button>
          )}
        </span>
      </div>
      <div className="sui-state" role="status">
        {run.running ? (
          <>
            <Progress value={run.running.done / Math.max(1, run.running.of)} label="Cases that are done" width={160} />
            <span className="rh-meta rh-truncate">
              {number(run.running.done)} of {number(run.running.of)} · {run.running.name}
            </span>
          </>
        ) : (
          <>
            <span className="try-verdict" data-tone={passed > 0 ? "ok" : "neutral"}>
              <Icon name="check" size={12} /> {number(passed)} passed
            </span>
            <span className="try-verdict" data-tone={failed > 0 ? "danger" : "neutral"}>
              <Icon name={failed > 0 ? "error" : "minus"} size={12} /> {number(failed)} failed
            </span>
            <span className="try-verdict">
              <Icon name="minus" size={12} /> {number(left)} not run as {left === 1 ? "it stands" : "they stand"} now
            </span>
          </>
        )}
      </div>
      {files.conflict ? (
        <Banner
          tone="warn"
          edge
          actions={
            <>
              <Button dense onClick={files.saveAs}>
                Save as…
              </Button>
              <Button dense variant="danger" onClick={files.overwrite}>
                Replace theirs
              </Button>
            </>
          }
        >
          Another program has changed {fileName(view.file?.path ?? "the file")} meanwhile.
        </Banner>
      ) : null}
      {files.failure ? (
        <div className="p-2">
          <ErrorBlock {...failureProps(files.failure)} />
        </div>
      ) : null}
      {notes.length > 0 ? (
        <Banner
          tone="info"
          edge
          detail={notes.join(" ")}
          actions={
            <Button dense variant="ghost" onClick={() => setNotes([])}>
              Read
            </Button>
          }
        >
          Look at what was made before you rely on it
        </Banner>
      ) : null}
      {suite.cases.length === 0 ? (
        <EmptyState
          icon="rows"
          title="It has no case yet"
          actions={
            <>
              <Button icon="plus" onClick={() => add(NEW_CASE)}>
                Add a case
              </Button>
              <Button
                icon="table"
                disabledReason={able ? undefined : "the connection is not open"}
                onClick={() => setMaking(true)}
              >
                Make cases for a table
              </Button>
            </>
          }
        >
          Or try a statement as somebody and keep what comes of it as a case.
        </EmptyState>
      ) : (
        <div className="sui-body">
          <SplitPane
            direction={wide ? "row" : "column"}
            fixed="second"
            label="Size of the case"
            size={wide ? side : Math.min(side, 340)}
            onSizeChange={onSide}
            min={wide ? 320 : 180}
            max={wide ? 900 : 520}
            defaultSize={460}
            first={
              <VirtualList
                label="Cases"
                className="sui-cases"
                first
                items={suite.cases}
                keyOf={(one) => String(suite.cases.indexOf(one))}
                itemHeight={44}
                selected={String(at)}
                onSelect={(key) => onView({ ...view, chosen: Number(key) })}
                onOpen={(one) => noRun === undefined && void run.run(suite, [one])}
                menu={menu}
                renderItem={(one) => (
                  <Row one={one} state={run.resultOf(suite, one)?.state} running={run.running?.name === one.name} />
                )}
              />
            }
            second={
              chosen ? (
                <CaseForm
                  key={at}
                  one={chosen}
                  onChange={put}
                  result={run.resultOf(suite, chosen)}
                  roles={overview.roles}
                  field={field}
                  onRun={() => void run.run(suite, [chosen])}
                  runRefused={noRun}
                  busy={run.running?.name === chosen.name}
                />
              ) : null
            }
          />
        </div>
      )}
      {settings ? (
        <SuiteDialog suite={suite} onChange={(next) => change(next)} onClose={() => setSettings(false)} />
      ) : null}
      {dialogs}
    </div>
  );
}

function Row({ one, state, running }: { one: SuiteCase; state: keyof typeof RESULTS | undefined; running: boolean }) {
  const look = state ? RESULTS[state] : null;
  return (
    <div className="sui-row">
      <span className="try-verdict" data-tone={look?.tone ?? "neutral"}>
        <Icon name={running ? "history" : (look?.icon ?? "minus")} size={14} />{" "}
        {running ? "runs" : (look?.word ?? "not run")}
      </span>
      <span className="min-w-0">
        <span className="rh-truncate block" title={one.name}>
          {one.name}
        </span>
        <span className="rh-meta rh-truncate block">
          as {actorWords(one.as)} · <span className="rh-mono">{one.statement}</span>
        </span>
      </span>
      <span className="rh-meta rh-truncate sui-wanted" title={expectWords(one.expect)}>
        {expectWords(one.expect)}
      </span>
    </div>
  );
}
