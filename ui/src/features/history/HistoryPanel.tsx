import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  Button,
  ConfirmDialog,
  copyText,
  EmptyState,
  Icon,
  type MenuItem,
  SearchField,
  Skeleton,
  Spinner,
  toast,
  VirtualList,
} from "@/design";
import { failureOf, type HistoryEntry, host, queryKeys } from "@/ipc";
import { byDay, firstWords, type HistoryLine, isHeading, metaOf, outcomeLook } from "./model";

const PAGE = 100;

export interface HistoryPanelProps {
  /** Only this connection's statements, where the person asks for it. */
  profileId?: string | null;
  /** Puts a statement at the caret; absent where no editor is in front. */
  onInsert?: ((text: string) => void) | undefined;
  onOpen: (entry: HistoryEntry) => void;
}

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
        <span className="rh-mono rh-truncate block">{firstWords(line.text)}</span>
        <span className="rh-meta rh-truncate block">
          {metaOf(line)}
          {line.face === "cli" ? " · terminal" : ""}
        </span>
      </span>
    </div>
  );
}

/** What was run, newest first; secrets are taken out before it is kept. */
export function HistoryPanel({ profileId = null, onInsert, onOpen }: HistoryPanelProps) {
  const [text, setText] = useState("");
  const [selected, setSelected] = useState<string>();
  const [clearing, setClearing] = useState(false);
  const query = useInfiniteQuery({
    queryKey: queryKeys.history(text, profileId),
    queryFn: ({ pageParam }) => host().history({ text, profile_id: profileId, before: pageParam, limit: PAGE }),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => (last.length === PAGE ? (last.at(-1)?.id ?? null) : null),
    placeholderData: keepPreviousData,
  });
  const entries = query.data?.pages.flat() ?? [];
  const forget = (id: number | null) =>
    host()
      .forgetHistory(id)
      .then(() => query.refetch())
      .catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message }));
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
      { separator: true },
      { label: "Forget this one", icon: "trash", danger: true, onSelect: () => void forget(line.id) },
      { label: "Forget everything", danger: true, onSelect: () => setClearing(true) },
    ];
  };
  const failure = query.error ? failureOf(query.error) : null;
  return (
    <>
      <div className="px-2 pb-2 flex-none">
        <SearchField label="Search statements" value={text} onChange={setText} />
      </div>
      {failure ? (
        <EmptyState
          picture="error"
          title="History could not be read"
          actions={<Button onClick={() => void query.refetch()}>Try again</Button>}
        >
          {failure.message}
        </EmptyState>
      ) : query.isPending ? (
        <div className="px-3 flex flex-col gap-3">
          {[0, 1, 2, 3].map((at) => (
            <Skeleton key={at} width="100%" height={32} />
          ))}
        </div>
      ) : entries.length === 0 ? (
        text ? (
          <p className="px-3 py-4 text-ink-3">No statement has these words.</p>
        ) : (
          <EmptyState icon="history" title="Nothing was run yet">
            Every statement you run is kept here, without its secrets, so that you can find it again.
          </EmptyState>
        )
      ) : (
        <VirtualList
          label="Statements, newest first"
          className="flex-1 min-h-0"
          items={byDay(entries, Date.now())}
          keyOf={keyOf}
          itemHeight={42}
          selected={selected}
          onSelect={setSelected}
          onOpen={(line) => {
            if (!isHeading(line)) onOpen(line);
          }}
          onEnd={() => {
            if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
          }}
          onKeyDown={(event, line) => {
            if (event.key === "Delete" && line && !isHeading(line)) void forget(line.id);
          }}
          menu={menu}
          renderItem={(line) => <Line line={line} />}
        />
      )}
      <ConfirmDialog
        open={clearing}
        onClose={() => setClearing(false)}
        onConfirm={() => {
          setClearing(false);
          void forget(null);
        }}
        title="Forget the whole history?"
        description="Every statement of every connection goes, on this computer. It cannot be undone."
        confirmLabel="Forget everything"
        danger
      />
    </>
  );
}
