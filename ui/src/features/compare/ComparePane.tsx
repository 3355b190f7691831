/** Two sides compared: what they are, what differs, and the statements that make the first into the second. */
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import {
  Banner,
  Button,
  Checkbox,
  Chip,
  EmptyState,
  Fold,
  IconButton,
  Input,
  plural,
  SearchField,
  Segmented,
  Spinner,
  toast,
} from "@/design";
import { type CompareRename, type CompareResult, type CompareSide, failureOf, host, nativeCode, present } from "@/ipc";
import { countsOf, countWords, renameWords, requestOf, sameRename, sideProblem, type View } from "./model";
import { Differences } from "./parts/Differences";
import { Script } from "./parts/Script";
import { type Connection, SideForm } from "./parts/SideForm";
import { useCompare } from "./useCompare";
import "./compare.css";

/** What the shell's keys reach. */
export interface CompareHandle {
  run: () => void;
  swap: () => void;
  filter: () => void;
}

export interface ComparePaneProps {
  ref?: Ref<CompareHandle>;
  /** The tab's own database: the first side where no other one was chosen. */
  own: CompareSide;
  connections: readonly Connection[];
  view: View;
  onView: (change: Partial<View>) => void;
  highlight: (sql: string) => ReactNode;
  onConnect: (id: string) => void;
  /** Opens the script in an editor of the first side; nothing runs. */
  onScript: (side: CompareSide, title: string, sql: string) => void;
  /** Why it cannot be asked now. */
  onProblem: (problem: string | undefined) => void;
  keys: Readonly<Record<"run" | "swap" | "filter" | "tree" | "script", string | undefined>>;
}

const tell = (thrown: unknown): void => {
  const { message, hint } = failureOf(thrown);
  toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
};

async function save(script: string): Promise<void> {
  const path = await host().pickSavePath("Save the statements", "compare.sql");
  if (path === null) return;
  await host().saveFile({ path, text: script, stamp: null, crlf: false });
  toast({ tone: "ok", title: `Saved ${path}` });
}

export function ComparePane(props: ComparePaneProps) {
  const { own, connections, view, onView, highlight, onConnect, onScript, keys } = props;
  const { answer, ask, cancel } = useCompare();
  const [renames, setRenames] = useState<readonly CompareRename[]>([]);
  const search = useRef<HTMLDivElement>(null);
  const from = view.from ?? own;
  const { to } = view;
  const isOpen = (id: string) => connections.some((each) => each.id === id && each.open);
  const asking = answer.state === "asking";
  const problem =
    sideProblem(from, "the first side", isOpen) ??
    sideProblem(to, "the second side", isOpen) ??
    (JSON.stringify(from) === JSON.stringify(to) ? "both sides are the same" : undefined);
  const reason = problem ?? (asking ? "it is being compared" : undefined);
  const run = (with_: readonly CompareRename[] = renames) => {
    if (problem === undefined && to) void ask(requestOf(from, to, view, with_));
  };
  /** What was said of names is of these sides. */
  const sides = (change: Pick<Partial<View>, "from" | "to">) => {
    setRenames([]);
    onView(change);
  };
  const swap = () => {
    if (to) sides({ from: to, to: from });
  };
  const rename = (next: readonly CompareRename[]) => {
    setRenames(next);
    run(next);
  };
  const { onProblem } = props;
  useEffect(() => onProblem(reason), [onProblem, reason]);
  useImperativeHandle(props.ref, () => ({
    run: () => reason === undefined && run(),
    swap,
    filter: () => search.current?.querySelector("input")?.focus(),
  }));
  const result = answer.state === "there" ? answer.result : null;
  const asked = answer.state === "there" ? answer.request : null;
  const stale =
    asked !== null && to !== null && JSON.stringify(asked) !== JSON.stringify(requestOf(from, to, view, renames));
  return (
    <div className="cmp">
      <div className="cmp-sides">
        <SideForm
          label="As it is"
          side={from}
          onSide={(side) => sides({ from: side })}
          connections={connections}
          onConnect={onConnect}
        />
        <IconButton
          icon="sort"
          label="Swap the sides"
          disabledReason={to === null ? "choose the second side first" : undefined}
          {...(keys.swap ? { keys: keys.swap } : {})}
          onClick={swap}
        />
        <SideForm
          label="As it is to be"
          side={to}
          onSide={(side) => sides({ to: side })}
          connections={connections}
          onConnect={onConnect}
        />
      </div>
      <div className="cmp-options">
        <span className="cmp-schemas">
          <Input
            icon="schema"
            aria-label="Only these schemas"
            placeholder="All schemas"
            value={view.schemas}
            onChange={(schemas) => onView({ schemas })}
            onKeyDown={(event) => {
              if (event.key === "Enter" && reason === undefined) run();
            }}
          />
        </span>
        <Checkbox checked={view.noAccess} onChange={(noAccess) => onView({ noAccess })}>
          Leave owners and privileges aside
        </Checkbox>
        <span className="flex-1" />
        {asking ? (
          <Button icon="stop" onClick={cancel}>
            Cancel
          </Button>
        ) : (
          <Button
            variant={result && !stale ? "secondary" : "primary"}
            icon={result ? "refresh" : "matrix"}
            disabledReason={reason}
            {...(keys.run ? { keys: keys.run, showKeys: true } : {})}
            onClick={() => run()}
          >
            {result ? "Compare again" : "Compare"}
          </Button>
        )}
      </div>
      {stale ? (
        <Banner tone="info" edge>
          What is below was asked with other sides or options. Compare again.
        </Banner>
      ) : null}
      {result ? <Renames result={result} renames={renames} onRename={rename} busy={reason} /> : null}
      {result ? (
        <div className="cmp-bar">
          <Segmented
            label="What of it"
            dense
            value={view.section}
            onChange={(section) => onView({ section })}
            options={[
              { value: "tree", label: "What differs", count: result.differences.length },
              { value: "script", label: "Statements", count: result.statements.length },
            ]}
          />
          <span className="rh-meta rh-truncate" title={result.titles.join(" → ")}>
            {result.titles[0]} → {result.titles[1]}
          </span>
          <span className="flex-1" />
          {view.section === "tree" ? (
            <div className="cmp-find" ref={search}>
              <SearchField
                label="Filter what differs"
                placeholder="Filter"
                value={view.filter}
                onChange={(filter) => onView({ filter })}
                {...(keys.filter ? { keys: keys.filter } : {})}
              />
            </div>
          ) : null}
        </div>
      ) : null}
      <div className="cmp-body" aria-busy={asking || undefined}>
        {answer.state === "failed" ? (
          <EmptyState
            picture={present(answer.error.code).picture}
            title="They could not be compared"
            actions={
              <Button variant="primary" disabledReason={reason} onClick={() => run()}>
                Try again
              </Button>
            }
          >
            {answer.error.message} {answer.error.hint} {nativeCode(answer.error)}
          </EmptyState>
        ) : asking ? (
          <div className="cmp-asking" role="status">
            <Spinner label="Comparing" />
            <p>
              Reading both sides. Nothing is changed
              {to?.from === "folder" || from.from === "folder" ? " but a scratch database, which goes again" : ""}.
            </p>
          </div>
        ) : !result ? (
          <EmptyState picture="empty" title="Choose two sides">
            Databases, files and folders of migrations are compared with each other: what differs, and the statements
            that make the first side into the second.
          </EmptyState>
        ) : result.differences.length === 0 ? (
          <EmptyState picture="empty" title="They are the same">
            Nothing differs between {result.titles[0]} and {result.titles[1]}
            {view.noAccess ? ", owners and privileges aside" : ""}.
          </EmptyState>
        ) : view.section === "tree" ? (
          <Differences result={result} view={view} onView={onView} highlight={highlight} />
        ) : (
          <Script
            result={result}
            highlight={highlight}
            onScript={() => onScript(from, `${result.titles[0]} → ${result.titles[1]}`, result.script)}
            onSave={() => void save(result.script).catch(tell)}
          />
        )}
      </div>
      {result ? (
        <footer className="cmp-foot rh-meta">
          <span className="rh-truncate">{countWords(countsOf(result.differences)) || "nothing differs"}</span>
          <span className="flex-1" />
          {result.left_out.length > 0 ? (
            <span className="rh-truncate" title={result.left_out.join("\n")}>
              {result.left_out.length === 1 ? result.left_out[0] : `${result.left_out.length} things are not compared`}
            </span>
          ) : null}
        </footer>
      ) : null}
    </div>
  );
}

interface RenamesProps {
  result: CompareResult;
  renames: readonly CompareRename[];
  onRename: (renames: readonly CompareRename[]) => void;
  busy: string | undefined;
}

/** What looks like a new name, and what was said to be one. */
function Renames({ result, renames, onRename, busy }: RenamesProps) {
  const proposed = result.proposed.filter((each) => !renames.some((own) => sameRename(each, own)));
  const rows = proposed.map((each) => (
    <div key={renameWords(each)} className="cmp-rename">
      <span className="rh-mono rh-truncate" title={renameWords(each)}>
        {renameWords(each)}
      </span>
      <Button dense disabledReason={busy} onClick={() => onRename([...renames, each])}>
        It is the same
      </Button>
    </div>
  ));
  return (
    <>
      {proposed.length > 0 ? (
        <Banner
          tone="info"
          edge
          detail={
            <>
              {rows.slice(0, 3)}
              {rows.length > 3 ? <Fold label={`${rows.length - 3} more`}>{rows.slice(3)}</Fold> : null}
            </>
          }
          actions={
            proposed.length > 1 ? (
              <Button dense disabledReason={busy} onClick={() => onRename([...renames, ...proposed])}>
                All are the same
              </Button>
            ) : undefined
          }
        >
          {proposed.length === 1
            ? "This may only have another name. Until you say so, it is dropped and made anew."
            : `${plural(proposed.length, "thing")} may only have other names. Until you say so, they are dropped and made anew.`}
        </Banner>
      ) : null}
      {renames.length > 0 ? (
        <div className="cmp-renames">
          <span className="rh-meta">The same under another name</span>
          {renames.map((each) => (
            <Chip
              key={renameWords(each)}
              removeLabel={`Not the same: ${renameWords(each)}`}
              onRemove={() => onRename(renames.filter((own) => !sameRename(each, own)))}
            >
              {renameWords(each)}
            </Chip>
          ))}
        </div>
      ) : null}
    </>
  );
}
