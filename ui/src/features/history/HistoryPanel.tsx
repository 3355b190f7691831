import { useMemo, useState } from "react";
import {
  Badge,
  Button,
  CodeBlock,
  ConfirmDialog,
  copyText,
  EmptyState,
  Icon,
  IconButton,
  type MenuItem,
  SearchField,
  Segmented,
  Skeleton,
  Spinner,
  toast,
  VirtualList,
} from "@/design";
import { failureOf, type HistoryEntry, host } from "@/ipc";
import { ChangesBar } from "./ChangesBar";
import { type ChangesFilter, isFiltered, NO_FILTER } from "./changes";
import { byDay, duration, firstWords, type HistoryLine, isHeading, isRedacted, metaOf, outcomeLook } from "./model";
import "./history.css";
import { RunsBar } from "./RunsBar";
import { EVERY_RUN, isNarrowed, type RunsFilter } from "./runs";
import { useHistory } from "./useHistory";

export interface HistoryPanelProps {
  /** Only this connection's statements, where the person asks for it. */
  profileId?: string | null;
  /** Puts a statement at the caret; absent where no editor is in front. */
  onInsert?: ((text: string) => void) | undefined;
  onOpen: (entry: HistoryEntry) => void;
  /** Shows the plan that is kept with a statement, beside another one where `compare`. */
  onPlan?: (entry: HistoryEntry, compare: boolean) => void;
}

/** What Rowhouse puts before a statement whose plan it asks for: the statement is what a person looks for. */
const ASKS_FOR_PLAN = /^EXPLAIN \([^)]*\) /;

const keyOf = (line: HistoryLine): string => (isHeading(line) ? `day:${line.heading}` : String(line.id));

function Line({ line }: { line: HistoryLine }) {
  if (isHeading(line)) return <div className="text-meta font-[500] text-ink-3 self-end pb-1 px-1">{line.heading}</div>;
  const look = outcomeLook(line.outcome);
  return (
    <div className="flex gap-2 min-w-0 w-full items-start" data-tip={line.error ?? undefined}>
      <span className={`pt-0.5 ${look?.tone ?? ""}`}>
        {look ? <Icon name={look.icon} size={12} label={look.words} /> : <Spinner />}
      </span>
      <span className="min-w-0 flex-1">
        <span className="rh-mono rh-truncate block">
          {firstWords(line.plan ? line.text.replace(ASKS_FOR_PLAN, "EXPLAIN … ") : line.text)}
        </span>
        <span className="rh-meta rh-truncate block">
          {metaOf(line)}
          {line.face === "cli" ? " · terminal" : ""}
          {line.acting ? ` · as ${line.acting}` : ""}
          {line.plan ? " · plan" : ""}
        </span>
      </span>
    </div>
  );
}

const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

interface DetailProps {
  entry: HistoryEntry;
  onOpen: () => void;
  onInsert: (() => void) | undefined;
  onPlan: ((compare: boolean) => void) | undefined;
  onClose: () => void;
}

/** The whole of one statement: its text, where and when it ran, how it ended. */
function Detail({ entry, onOpen, onInsert, onPlan, onClose }: DetailProps) {
  const look = outcomeLook(entry.outcome);
  return (
    <section aria-label="Statement" className="hist-detail">
      <div className="flex items-center gap-2">
        <h3 className="flex-1 font-semibold rh-truncate">
          {entry.profile_name}
          {entry.database ? <span className="font-normal text-ink-3"> · {entry.database}</span> : null}
        </h3>
        <IconButton icon="close" label="Close the statement" dense onClick={onClose} />
      </div>
      <p className="rh-meta flex flex-wrap items-center gap-x-2">
        <span className={look?.tone ?? ""}>{look?.words ?? "running"}</span>
        {entry.elapsed_ms === null ? null : <span>{duration(entry.elapsed_ms)}</span>}
        <span>{when.format(new Date(entry.at_ms))}</span>
        {entry.acting ? (
          <Badge icon="role" tooltip={`It ran as ${entry.acting}`}>
            as {entry.acting}
          </Badge>
        ) : null}
        {isRedacted(entry.text) ? (
          <Badge icon="lock">
            <span data-tip="What set a password was taken out before this was kept.">secret removed</span>
          </Badge>
        ) : null}
      </p>
      {entry.error ? <p className="text-danger-text rh-selectable hist-error">{entry.error}</p> : null}
      <div className="hist-text">
        <CodeBlock wrap label="The statement" copy={entry.text}>
          {entry.text}
        </CodeBlock>
      </div>
      <div className="flex flex-wrap gap-2">
        {onPlan ? (
          <>
            <Button dense icon="explain" onClick={() => onPlan(false)}>
              Show its plan
            </Button>
            <Button dense icon="columns" onClick={() => onPlan(true)}>
              Compare with…
            </Button>
          </>
        ) : null}
        <Button dense icon="open-external" onClick={onOpen}>
          Open in a new tab
        </Button>
        <Button dense disabledReason={onInsert ? undefined : "No editor is in front"} onClick={() => onInsert?.()}>
          Insert
        </Button>
      </div>
    </section>
  );
}

/** What was run, newest first; secrets are taken out before it is kept. */
export function HistoryPanel({ profileId = null, onInsert, onOpen, onPlan }: HistoryPanelProps) {
  const [text, setText] = useState("");
  const [selected, setSelected] = useState<string>();
  const [clearing, setClearing] = useState(false);
  const [list, setList] = useState<"all" | "changes">("all");
  const changes = list === "changes";
  const [filter, setFilter] = useState<ChangesFilter>(NO_FILTER);
  const [runs, setRuns] = useState<RunsFilter>(EVERY_RUN);
  const history = useHistory(text, profileId, changes ? filter : null, runs);
  const narrowed = text !== "" || (changes ? isFiltered(filter) : isNarrowed(runs));
  const { entries } = history;
  const lines = useMemo(() => byDay(entries, Date.now()), [entries]);
  const shown = entries.find((entry) => String(entry.id) === selected);
  const forget = (id: number | null) =>
    host()
      .forgetHistory(id)
      .then(() => history.forgotten(id))
      .catch((thrown: unknown) => {
        toast({ tone: "danger", title: failureOf(thrown).message });
      });
  const menu = (line: HistoryLine): readonly MenuItem[] => {
    if (isHeading(line)) return [];
    return [
      { label: "Open in a new tab", icon: "open-external", onSelect: () => onOpen(line) },
      {
        label: "Insert at the caret",
        icon: "edit",
        onSelect: () => onInsert?.(line.text),
        disabledReason: onInsert ? undefined : "No editor is in front",
      },
      { label: "Copy", icon: "copy", onSelect: () => void copyText(line.text) },
      ...(onPlan && line.plan
        ? [
            { label: "Show its plan", icon: "explain" as const, onSelect: () => onPlan(line, false) },
            { label: "Compare its plan with…", icon: "columns" as const, onSelect: () => onPlan(line, true) },
          ]
        : []),
      ...(changes
        ? []
        : ([
            { separator: true },
            { label: "Forget this one", icon: "trash", danger: true, onSelect: () => void forget(line.id) },
            { label: "Forget everything", danger: true, onSelect: () => setClearing(true) },
          ] as const)),
    ];
  };
  const failure = history.error ? failureOf(history.error) : null;
  return (
    <>
      <div className="px-2 pb-2 flex-none flex flex-col gap-2">
        <SearchField label="Search statements" value={text} onChange={setText} />
        <Segmented
          label="Which statements"
          value={list}
          onChange={(next) => {
            setList(next);
            setSelected(undefined);
          }}
          options={[
            { value: "all", label: "All" },
            { value: "changes", label: "Changes" },
          ]}
        />
        {changes ? (
          <ChangesBar text={text.trim()} filter={filter} onFilter={setFilter} />
        ) : (
          <RunsBar filter={runs} onFilter={setRuns} />
        )}
      </div>
      {failure ? (
        <EmptyState
          picture="error"
          title="History could not be read"
          actions={<Button onClick={history.retry}>Try again</Button>}
        >
          {failure.message}
        </EmptyState>
      ) : history.pending ? (
        <div className="px-3 flex flex-col gap-3">
          {[0, 1, 2, 3].map((at) => (
            <Skeleton key={at} width="100%" height={32} />
          ))}
        </div>
      ) : entries.length === 0 ? (
        narrowed ? (
          <p className="px-3 py-4 text-ink-3">
            {changes && isFiltered(filter)
              ? "No change is like this."
              : !changes && isNarrowed(runs)
                ? "No statement is like this."
                : "No statement has these words."}
          </p>
        ) : (
          <EmptyState icon="history" title={changes ? "Nothing was changed yet" : "Nothing was run yet"}>
            {changes
              ? "Statements that change rows, schemas or privileges, or take data out, stay here when the history is forgotten."
              : "Every statement you run is kept here, without its secrets, so that you can find it again."}
          </EmptyState>
        )
      ) : (
        <VirtualList
          label="Statements, newest first"
          className="flex-1 min-h-0"
          items={lines}
          keyOf={keyOf}
          itemHeight={42}
          selected={selected}
          onSelect={setSelected}
          onOpen={(line) => {
            if (!isHeading(line)) onOpen(line);
          }}
          onEnd={history.older}
          onKeyDown={(event, line) => {
            if (event.key === "Delete" && !changes && line && !isHeading(line)) void forget(line.id);
          }}
          menu={menu}
          renderItem={(line) => <Line line={line} />}
        />
      )}
      {shown ? (
        <Detail
          entry={shown}
          onOpen={() => onOpen(shown)}
          onInsert={onInsert ? () => onInsert(shown.text) : undefined}
          onPlan={onPlan && shown.plan ? (compare) => onPlan(shown, compare) : undefined}
          onClose={() => setSelected(undefined)}
        />
      ) : null}
      <ConfirmDialog
        open={clearing}
        onClose={() => setClearing(false)}
        onConfirm={() => {
          setClearing(false);
          void forget(null);
        }}
        title="Forget the whole history?"
        description="Every statement of every connection goes, on this computer. It cannot be undone. The audit trail of changes stays."
        confirmLabel="Forget everything"
        danger
      />
    </>
  );
}
