import { type KeyboardEvent, useEffect, useRef } from "react";
import { useKeys } from "@/commands";
import { Button, Chip, EmptyState, IconButton, Input, Segmented, Spinner, tip } from "@/design";
import type { ResultHead } from "@/ipc";
import { conditionsInWords, countInWords, hitsInWords, partialInWords, sortInWords } from "./model";
import type { LocalBarMode, LocalRows, LocalState } from "./store";

/** The same by the server: of all rows there are. */
export interface OnServer {
  readonly run: () => void;
  /** Why it cannot be. */
  readonly disabledReason?: string | undefined;
}

export interface LocalBarProps {
  local: LocalRows;
  state: LocalState;
  head: ResultHead;
  /** Whether there may be rows that are not held. */
  partial: boolean;
  /** Rows that are held now. */
  rows: number;
  onServer?: OnServer | undefined;
  /** Its text has the focus: the grid's keys are that text's own. */
  onTyping: (typing: boolean) => void;
  /** Where the focus goes when the bar closes. */
  onClose: () => void;
}

const COMPARED =
  "Done here, on the rows as they were read: numbers compare as numbers, exactly, times as times, texts by their bytes, NULL comes last. " +
  "Changes that are not saved do not move a row.";

/** Finding and filtering in the rows that are held, and what of it is on. Always in sight while it is. */
export function LocalBar({ local, state, head, partial, rows, onServer, onTyping, onClose }: LocalBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const { bar, view, wanted } = state;
  const keys = { find: useKeys("results.find"), filter: useKeys("results.filter") };
  useEffect(() => {
    if (!bar) return;
    input.current?.focus();
    input.current?.select();
  }, [bar]);
  if (!bar && !view && !state.busy && !state.failure) return null;

  const close = () => {
    onTyping(false);
    local.closeBar();
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (bar === "find") local.next(event.shiftKey);
      else {
        local.settleTyping();
        onClose();
      }
    }
  };
  const said = partialInWords(view?.of ?? rows, view ? view.complete : !partial);
  return (
    <div
      className="flex items-center gap-x-2 gap-y-1 flex-wrap px-2 py-1 min-h-[34px] shrink-0 border-b border-line bg-surface-1 min-w-0"
      role="group"
      aria-label="Find and filter in these rows"
      data-local-bar
    >
      {bar ? (
        // A key that closes it closes nothing else.
        <span
          className="flex items-center gap-2 min-w-0"
          onKeyDown={onKeyDown}
          onFocus={() => onTyping(true)}
          onBlur={() => onTyping(false)}
        >
          <Segmented<LocalBarMode>
            label="What to do with the text"
            dense
            value={bar}
            onChange={(mode) => local.open(mode)}
            options={[
              { value: "find", label: "Find" },
              { value: "filter", label: "Filter" },
            ]}
          />
          <span
            className="w-[240px] min-w-0"
            {...tip(
              bar === "find" ? "Find in these rows" : "Filter these rows",
              bar === "find" ? keys.find : keys.filter,
            )}
          >
            <Input
              ref={input}
              dense
              mono
              icon={bar === "find" ? "search" : "filter"}
              aria-label={bar === "find" ? "Find in these rows" : "Filter these rows"}
              placeholder={bar === "find" ? "Find in these rows" : "Keep rows with this text"}
              value={bar === "find" ? state.sought : wanted.contains}
              onChange={(text) => (bar === "find" ? local.look(text) : local.filter(text))}
            />
          </span>
          {bar === "find" ? (
            <>
              <IconButton icon="arrow-up" label="Previous" keys="Shift+Enter" dense onClick={() => local.next(true)} />
              <IconButton icon="arrow-down" label="Next" keys="Enter" dense onClick={() => local.next(false)} />
              <span className="rh-meta whitespace-nowrap min-w-[64px]" role="status" data-hits>
                {state.seeking && !state.hits ? "looking…" : hitsInWords(state.hits)}
              </span>
            </>
          ) : null}
        </span>
      ) : null}
      {view && view.request.contains !== "" ? (
        <Chip
          icon="filter"
          tooltip={COMPARED}
          onPress={() => local.open("filter")}
          onRemove={() => {
            local.filter("");
            local.settleTyping();
          }}
          removeLabel="Show all rows"
        >
          filtered here: “{view.request.contains}”
        </Chip>
      ) : null}
      {view?.request.conditions?.length ? (
        <Chip icon="filter" tooltip={COMPARED} onRemove={() => local.keepAll()} removeLabel="Show all rows">
          filtered here: {conditionsInWords(view.request.conditions, head.columns)}
        </Chip>
      ) : null}
      {view && view.request.sort.length > 0 ? (
        <Chip
          icon="sort"
          tooltip={COMPARED}
          onRemove={() => local.sort([])}
          removeLabel="Show the rows in the order they were read in"
        >
          sorted here: {sortInWords(view.request.sort, head.columns)}
        </Chip>
      ) : null}
      {view ? (
        <span className="rh-meta whitespace-nowrap" role="status" data-local-count>
          {countInWords(view)}
        </span>
      ) : null}
      {state.busy ? <Spinner size={12} label="Filtering and sorting" /> : null}
      {said && (view || bar) ? (
        <span className="rh-meta rh-tone-warn whitespace-nowrap" {...tip("Only the rows that are held are looked at")}>
          {said}
        </span>
      ) : null}
      {said && view && onServer ? (
        <Button
          dense
          variant="ghost"
          icon="database"
          onClick={onServer.run}
          disabledReason={onServer.disabledReason}
          tooltip="Filters and sorts all rows there are"
        >
          Run on the server
        </Button>
      ) : null}
      {state.failure ? (
        <span className="rh-meta rh-tone-danger rh-truncate" role="alert" {...tip(state.failure.hint ?? "")}>
          {state.failure.message}
        </span>
      ) : null}
      <span className="flex-1" />
      {bar ? <IconButton icon="close" label="Close" keys="Escape" quiet onClick={close} /> : null}
    </div>
  );
}

/** In place of rows, where none of those that are held has the text. */
export function NoneHere({ text, onAll }: { text: string; onAll: () => void }) {
  return (
    <div className="absolute inset-x-0 bottom-0 top-[40px] grid place-items-center pointer-events-none z-10">
      <div className="pointer-events-auto">
        <EmptyState
          picture="empty"
          title={`No row here has “${text}”`}
          actions={<Button onClick={onAll}>Show all rows</Button>}
        >
          Looked for in the columns on show, without regard to case.
        </EmptyState>
      </div>
    </div>
  );
}
