/** The left side: what is listed, the tree, and how far the list is. */
import {
  type Ref,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import {
  Button,
  EmptyState,
  ErrorBlock,
  Icon,
  IconButton,
  Input,
  Kbd,
  MenuButton,
  type MenuItem,
  Progress,
  Select,
  Skeleton,
} from "@/design";
import { failureProps, type KeyTreeRow, present } from "@/ipc";
import type { FactsCache } from "../facts";
import type { KeyList } from "../listing";
import { isGlob, type KeysView, KINDS, kindWord, progressWords } from "../model";
import { KeyTree, type KeyTreeHandle } from "./KeyTree";

export interface ListHandle {
  filter: () => void;
  focus: () => void;
}

export interface ListPaneProps {
  ref?: Ref<ListHandle>;
  view: KeysView;
  onView: (change: Partial<KeysView>) => void;
  list: KeyList;
  facts: FactsCache;
  selected: ReadonlySet<string>;
  onSelect: (ids: ReadonlySet<string>, row: KeyTreeRow | undefined) => void;
  onOpen: () => void;
  menu: (selected: ReadonlySet<string>) => readonly MenuItem[];
  onDelete: () => void;
  onNew: () => void;
  onAgain: () => void;
  onEscape: () => boolean;
  edited: ReadonlySet<string>;
  readOnly: string | undefined;
  newKeys: string | undefined;
}

const ANY = "any";
const KIND_OPTIONS = [
  { value: ANY, label: "Any type" },
  ...KINDS.map((kind) => ({ value: kind as string, label: kindWord(kind) })),
];

const SEPARATORS = [":", "/", ".", "|", "-"];

function Filter({
  view,
  onView,
  field,
  onDown,
}: Pick<ListPaneProps, "view" | "onView"> & {
  field: RefObject<HTMLInputElement | null>;
  onDown: () => void;
}) {
  const [text, setText] = useState(view.pattern);
  useEffect(() => setText(view.pattern), [view.pattern]);
  const waits = text !== view.pattern;
  const clear = () => {
    setText("");
    onView({ pattern: "" });
    field.current?.focus();
  };
  return (
    <div className="keys-filter">
      <Input
        ref={field}
        icon="search"
        mono
        type="search"
        aria-label="Pattern of names"
        placeholder="Pattern, as cart:*"
        value={text}
        onChange={setText}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            if (waits) onView({ pattern: text });
            else onDown();
          } else if (event.key === "ArrowDown") onDown();
          else if (event.key === "Escape" && text !== "") {
            event.stopPropagation();
            clear();
          } else return;
          event.preventDefault();
        }}
        end={
          waits ? (
            <Kbd keys="Enter" />
          ) : text === "" ? null : (
            <IconButton icon="close" label="Clear the pattern" quiet tabIndex={-1} onClick={clear} />
          )
        }
      />
      <Select
        label="Type"
        value={view.kind ?? ANY}
        options={KIND_OPTIONS}
        onChange={(kind) => onView({ kind: kind === ANY ? null : kind })}
      />
      <MenuButton
        icon="settings"
        label="How keys are listed"
        align="end"
        items={[
          { label: "Tree of namespaces", checked: !view.flat, onSelect: () => onView({ flat: false }) },
          { label: "Flat list", checked: view.flat, onSelect: () => onView({ flat: true }) },
          { separator: true },
          { heading: "Parts of names are separated by" },
          ...SEPARATORS.map((separator) => ({
            label: separator,
            checked: !view.flat && view.separator === separator,
            onSelect: () => onView({ separator, flat: false, expanded: [] }),
          })),
        ]}
      />
    </div>
  );
}

const LINES = [62, 48, 71, 40, 55, 66, 44, 58];

export function ListPane(props: ListPaneProps) {
  const { ref, view, onView, list, facts, selected, onSelect, menu, onNew, onAgain, readOnly } = props;
  const state = useSyncExternalStore(list.subscribe, list.snapshot);
  const field = useRef<HTMLInputElement>(null);
  const tree = useRef<KeyTreeHandle>(null);
  const filter = () => {
    field.current?.focus();
    field.current?.select();
  };
  useImperativeHandle(ref, () => ({ filter, focus: () => tree.current?.focus() }));
  const { phase, error, progress, total } = state;
  const filtered = view.pattern !== "" || view.kind !== null;
  const reading = progress?.state.state === "reading";
  const expanded = new Set(view.expanded);
  const picture = error ? present(error.code).picture : "error";
  const again = (
    <Button variant="primary" icon="refresh" onClick={onAgain}>
      Try again
    </Button>
  );
  const content =
    phase === "failed" && error ? (
      <EmptyState
        picture={picture}
        title={
          picture === "denied"
            ? "These keys may not be listed"
            : picture === "offline"
              ? "The server is not there"
              : "The keys could not be listed"
        }
        actions={again}
      >
        {error.message} {error.hint}
      </EmptyState>
    ) : phase === "starting" ? (
      <div className="keys-waiting" role="status" aria-label="Listing keys">
        {LINES.map((width) => (
          <Skeleton key={width} width={`${width}%`} height={10} />
        ))}
      </div>
    ) : total === 0 && !reading ? (
      filtered ? (
        <EmptyState
          picture="empty"
          title="No key fits"
          actions={
            view.pattern !== "" && !isGlob(view.pattern) ? (
              <Button variant="primary" onClick={() => onView({ pattern: `*${view.pattern}*` })}>
                Look for *{view.pattern}*
              </Button>
            ) : (
              <Button onClick={() => onView({ pattern: "", kind: null })}>Show all keys</Button>
            )
          }
        >
          {view.pattern !== "" && !isGlob(view.pattern)
            ? "A pattern without * means one key of exactly that name."
            : "Another pattern or type may."}
        </EmptyState>
      ) : (
        <EmptyState
          picture="empty"
          title="No keys here"
          actions={
            <Button
              variant="primary"
              icon="plus"
              disabledReason={readOnly}
              {...(props.newKeys ? { keys: props.newKeys, showKeys: true } : {})}
              onClick={onNew}
            >
              New key
            </Button>
          }
        >
          This database keeps nothing yet. Its keys stand here as a tree, by the parts of their names.
        </EmptyState>
      )
    ) : (
      <KeyTree
        ref={tree}
        list={list}
        facts={facts}
        expanded={expanded}
        onToggle={(namespace, open) =>
          onView({
            expanded: open ? [...view.expanded, namespace] : view.expanded.filter((each) => each !== namespace),
          })
        }
        selected={selected}
        onSelect={onSelect}
        onOpen={props.onOpen}
        menu={menu}
        onDelete={props.onDelete}
        onFilter={filter}
        onEscape={props.onEscape}
        edited={props.edited}
      />
    );
  return (
    <section className="keys-list" aria-label="List of keys">
      <Filter view={view} onView={onView} field={field} onDown={() => tree.current?.focus()} />
      {error && phase === "ready" ? (
        <div className="keys-problem">
          <ErrorBlock
            {...failureProps(error)}
            actions={
              <Button dense onClick={onAgain}>
                Try again
              </Button>
            }
          />
        </div>
      ) : null}
      <div className="keys-list-body">{content}</div>
      {progress && phase === "ready" ? (
        <div className="keys-progress" data-tone={progress.state.state}>
          {progress.state.state === "failed" ? <Icon name="error" size={12} className="rh-tone-danger" /> : null}
          <span
            className="rh-truncate tabular-nums"
            aria-live="polite"
            data-tip={progress.state.state === "failed" ? progress.state.error.message : undefined}
          >
            {selected.size > 1 ? `${selected.size} selected · ` : ""}
            {progressWords(progress, filtered)}
            {progress.state.state === "failed" ? `: ${progress.state.error.message}` : ""}
          </span>
          {reading ? (
            <Progress
              label="Reading the list of keys"
              width={72}
              {...(!filtered && progress.of ? { value: progress.keys / progress.of } : {})}
            />
          ) : null}
          {progress.state.state === "paused" || progress.state.state === "failed" ? (
            <Button dense variant="ghost" onClick={() => void list.goOn()}>
              {progress.state.state === "paused" ? "Read on" : "Try on"}
            </Button>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}
