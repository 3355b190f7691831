/** A database's keys: the list on the left, one key on the right. */
import {
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { Button, copyText, EmptyState, hasOpenLayer, type MenuItem, plural, SplitPane, toast } from "@/design";
import { failureOf, host, type KeyTreeRow } from "@/ipc";
import { Drafts } from "./drafts";
import { FactsCache } from "./facts";
import { KeyValue, type KeyValueHandle } from "./KeyValue";
import "./keys.css";
import { KeyList } from "./listing";
import { cliCommand, isNamespace, type KeysPlace, type KeysView, nameOf, removalOf } from "./model";
import { NewKeyDialog, RenameDialog } from "./parts/Dialogs";
import { onlyKey } from "./parts/KeyTree";
import { type ListHandle, ListPane } from "./parts/ListPane";
import { SamplePane } from "./SamplePane";
import type { Tools } from "./tools";
import { useChange } from "./useChange";
import type { Saver } from "./values/ValueView";

export interface KeysHandle {
  refresh: () => void;
  filter: () => void;
  goOn: () => void;
  sample: () => void;
  create: () => void;
  save: () => void;
  rename: () => void;
  expire: () => void;
  remove: () => void;
  copy: () => void;
}

/** What can be done now, for the palette: why not, where it cannot. */
export interface KeysReasons {
  readonly key: string | undefined;
  readonly chosen: string | undefined;
  readonly goOn: string | undefined;
  readonly save: string | undefined;
  readonly unsaved: number;
}

export type KeysKeys = Readonly<
  Record<"rename" | "delete" | "expire" | "save" | "new" | "sample" | "copy", string | undefined>
>;

export interface KeysPaneProps {
  ref?: Ref<KeysHandle>;
  place: KeysPlace;
  view: KeysView;
  onView: (change: Partial<KeysView>) => void;
  /** In front, and connected. */
  active: boolean;
  open: boolean;
  readOnly: string | undefined;
  tools: Tools;
  keys: KeysKeys;
  onReasons: (reasons: KeysReasons) => void;
  onConsole: (text: string) => void;
}

const PART = "The list is not whole: keys that are not listed yet stay.";
const CHOOSE = "choose a key first";

function useStores({ profileId, database }: KeysPlace) {
  const of = useMemo(() => ({ profile_id: profileId, database }), [profileId, database]);
  const stores = useMemo(
    () => ({
      list: new KeyList({
        keysList: (wanted) => host().keysList(wanted),
        keysGoOn: (id) => host().keysGoOn(id),
        keysWindow: (request) => host().keysWindow(request),
        keysClose: (id) => host().keysClose(id),
      }),
      facts: new FactsCache(of, { keysFacts: (place, keys) => host().keysFacts(place, keys) }),
      drafts: new Drafts(),
    }),
    [of],
  );
  return { of, ...stores };
}

export function KeysPane(props: KeysPaneProps) {
  const { ref, place, view, onView, active, open, tools, keys, onReasons, onConsole } = props;
  const { of, list, facts, drafts } = useStores(place);
  const { change, remove, dialog } = useChange(place);
  const edited = useSyncExternalStore(drafts.subscribe, drafts.snapshot);
  const state = useSyncExternalStore(list.subscribe, list.snapshot);
  const [selected, setSelected] = useState<ReadonlySet<string>>(
    () => new Set(view.chosen === null ? [] : [`k${view.chosen}`]),
  );
  const [form, setForm] = useState<{ kind: "new"; prefix: string } | { kind: "rename"; name: string } | null>(null);
  const progress = state.progress?.state.state;
  const [sampling, setSampling] = useState(false);
  const readOnly = open ? props.readOnly : "the connection is not open";
  const left = useRef<ListHandle>(null);
  const value = useRef<KeyValueHandle>(null);
  const right = useRef<HTMLDivElement>(null);
  const saver = useRef<Saver | null>(null);
  const [dirty, setDirty] = useState(false);
  const onSaver = useCallback((now: Saver | null) => {
    saver.current = now;
    setDirty(now !== null);
  }, []);

  const separator = view.flat ? "" : view.separator;
  const { pattern, kind } = view;
  const expanded = useRef(view.expanded);
  expanded.current = view.expanded;
  const wanted = useMemo(
    () => ({ of, pattern: pattern === "" ? null : pattern, kind, separator }),
    [of, pattern, kind, separator],
  );
  useEffect(() => {
    if (!open) return;
    void list.start(wanted, expanded.current);
  }, [list, wanted, open]);
  useEffect(() => () => list.close(), [list]);
  useEffect(() => list.attend(active && open), [list, active, open]);
  const opened = useRef(view.expanded);
  useEffect(() => {
    if (opened.current === view.expanded) return;
    opened.current = view.expanded;
    list.open(view.expanded);
  }, [list, view.expanded]);
  const again = () => {
    facts.clear();
    void list.start(wanted, expanded.current);
    value.current?.refresh();
  };

  const chosen = view.chosen;
  const choose = (key: string | null) => {
    setSampling(false);
    setSelected(new Set(key === null ? [] : [`k${key}`]));
    onView({ chosen: key });
  };
  const onSelect = (ids: ReadonlySet<string>, row: KeyTreeRow | undefined) => {
    setSelected(ids);
    const key = onlyKey(ids);
    if (key === null || row?.keys !== null) return;
    setSampling(false);
    if (key !== chosen) onView({ chosen: key });
  };
  const tell = (thrown: unknown, title: string) => {
    const failure = failureOf(thrown);
    toast({ tone: "danger", title, detail: [failure.message, failure.hint].filter(Boolean).join(" ") });
  };
  const removeThese = async (ids: ReadonlySet<string>) => {
    const removal = removalOf(ids);
    if (removal.keys.length + removal.namespaces.length === 0 || readOnly) return;
    const part = removal.namespaces.length === 0 || progress === "complete" ? "" : PART;
    try {
      const count = await remove(removal.keys, removal.namespaces, list.listId, part);
      if (count === null) return;
      for (const key of removal.keys) drafts.forget(key);
      const isGone = (key: string) =>
        removal.keys.includes(key) || removal.namespaces.some((each) => key.startsWith(each));
      if (chosen !== null && isGone(chosen)) choose(null);
      else setSelected(new Set());
      await list.load();
      toast({ tone: "ok", title: `Deleted ${plural(count, "key")}` });
      left.current?.focus();
    } catch (thrown) {
      tell(thrown, "Nothing was deleted");
    }
  };
  const kindOf = (key: string) => facts.get(key)?.facts?.kind;
  const kindNow = async (key: string): Promise<string> =>
    kindOf(key) ?? (await host().keysFacts(of, [key]))[0]?.kind ?? "string";
  const rename = async (name: string, to: string) => {
    if (!(await change(name, await kindNow(name), { edit: "rename", to }))) return false;
    drafts.forget(name);
    facts.put(name, null);
    await list.load();
    choose(to);
    return true;
  };
  const chosenIds = selected.size > 0 ? selected : new Set(chosen === null ? [] : [`k${chosen}`]);
  const copyNames = (ids: ReadonlySet<string>) =>
    void copyText([...ids].map(nameOf).join("\n")).then((done) =>
      toast({ title: done ? `Copied ${plural(ids.size, "name")}` : "The clipboard refused" }),
    );
  const menu = (ids: ReadonlySet<string>): readonly MenuItem[] => {
    const key = onlyKey(ids);
    const [first] = ids;
    const space = ids.size === 1 && first !== undefined && isNamespace(first) ? nameOf(first) : null;
    const key_ = (bound: string | undefined) => (bound ? { keys: bound } : {});
    const prefix =
      space ?? (key === null ? "" : key.slice(0, Math.max(0, key.lastIndexOf(view.separator) + view.separator.length)));
    return [
      {
        label: ids.size > 1 ? `Copy ${ids.size} names` : "Copy name",
        icon: "copy",
        ...key_(keys.copy),
        onSelect: () => copyNames(ids),
      },
      ...(key === null
        ? []
        : [
            {
              label: "Copy as command",
              meta: cliCommand(key, kindOf(key)).split(" ", 1)[0] ?? "",
              onSelect: () =>
                void kindNow(key)
                  .then((now) => copyText(cliCommand(key, now)))
                  .then(() => toast({ title: "Command copied" })),
            },
          ]),
      ...(space === null
        ? []
        : [
            {
              label: "Filter to it",
              icon: "filter" as const,
              onSelect: () => onView({ pattern: `${globEscaped(space)}*` }),
            },
          ]),
      { separator: true },
      {
        label: prefix === "" ? "New key…" : "New key here…",
        icon: "plus",
        disabledReason: readOnly,
        ...key_(keys.new),
        onSelect: () => setForm({ kind: "new", prefix }),
      },
      ...(key === null
        ? []
        : [
            {
              label: "Rename…",
              icon: "edit" as const,
              disabledReason: readOnly,
              ...key_(keys.rename),
              onSelect: () => setForm({ kind: "rename", name: key }),
            },
            {
              label: "Change when it expires…",
              icon: "clock" as const,
              disabledReason: readOnly,
              ...key_(keys.expire),
              onSelect: () => {
                choose(key);
                setTimeout(() => value.current?.expire(), 150);
              },
            },
          ]),
      { separator: true },
      {
        label: ids.size > 1 ? `Delete ${ids.size} chosen…` : space === null ? "Delete…" : "Delete all in it…",
        icon: "trash",
        danger: true,
        keys: "Delete",
        disabledReason: readOnly,
        onSelect: () => void removeThese(ids),
      },
    ];
  };
  const create = () => setForm({ kind: "new", prefix: "" });
  useImperativeHandle(ref, () => ({
    refresh: again,
    filter: () => left.current?.filter(),
    goOn: () => void list.goOn(),
    sample: () => setSampling((now) => !now),
    create,
    save: () => saver.current?.save(),
    rename: () => chosen !== null && setForm({ kind: "rename", name: chosen }),
    expire: () => value.current?.expire(),
    remove: () => void removeThese(chosenIds),
    copy: () => copyNames(chosenIds),
  }));
  const tellReasons = useRef(onReasons);
  tellReasons.current = onReasons;
  const goOn = progress === "paused" || progress === "failed" ? undefined : "the list did not stop";
  const reasons = useMemo(
    () => ({
      key: chosen === null ? CHOOSE : undefined,
      chosen: chosenIds.size === 0 ? CHOOSE : undefined,
      goOn,
      save: dirty ? undefined : "nothing was typed",
      unsaved: edited.size,
    }),
    [chosen, chosenIds.size, goOn, dirty, edited],
  );
  // Before it is painted: the keys work as soon as what is shown says so.
  useLayoutEffect(() => tellReasons.current(reasons), [reasons]);
  // What is at the right works on the server: without it, what was read stays and nothing can be changed.
  const body: ReactNode = sampling ? (
    <SamplePane
      place={place}
      separator={view.separator}
      onClose={() => setSampling(false)}
      onKey={choose}
      onNamespace={(namespace) => onView({ pattern: `${globEscaped(namespace)}*` })}
      onKind={(next) => onView({ kind: next })}
    />
  ) : chosen === null ? (
    <EmptyState
      icon="key"
      title="No key chosen"
      actions={
        <>
          <Button
            icon="chart"
            {...(keys.sample ? { keys: keys.sample, showKeys: true } : {})}
            onClick={() => setSampling(true)}
          >
            What is in here?
          </Button>
          <Button
            icon="plus"
            disabledReason={readOnly}
            {...(keys.new ? { keys: keys.new, showKeys: true } : {})}
            onClick={create}
          >
            New key
          </Button>
        </>
      }
    >
      A key&apos;s value stands here. Choose one at the left.
    </EmptyState>
  ) : (
    <KeyValue
      key={chosen}
      ref={value}
      of={of}
      name={chosen}
      facts={facts}
      readOnly={readOnly}
      tools={tools}
      drafts={drafts}
      detail={view.detail}
      onDetail={(detail) => onView({ detail })}
      change={change}
      onRename={() => setForm({ kind: "rename", name: chosen })}
      onDelete={() => void removeThese(new Set([`k${chosen}`]))}
      onSaver={onSaver}
      onConsole={onConsole}
      keys={keys}
    />
  );
  return (
    <div className="keys">
      <SplitPane
        direction="row"
        fixed="first"
        label="Width of the list of keys"
        size={view.width}
        onSizeChange={(width) => onView({ width })}
        min={220}
        max={760}
        defaultSize={384}
        first={
          <ListPane
            ref={left}
            view={view}
            onView={onView}
            list={list}
            facts={facts}
            selected={selected}
            onSelect={onSelect}
            onOpen={() =>
              right.current?.querySelector<HTMLElement>(".keys-value-body [tabindex='0'], .cm-content")?.focus()
            }
            menu={menu}
            onDelete={() => void removeThese(selected)}
            onNew={create}
            onAgain={again}
            onEscape={() => {
              if (selected.size <= 1) return false;
              setSelected(new Set());
              return true;
            }}
            edited={edited}
            readOnly={readOnly}
            newKeys={keys.new}
          />
        }
        second={
          <div
            ref={right}
            className="keys-right"
            onKeyDown={(event) => {
              // One step back: to the list.
              if (event.key !== "Escape" || event.defaultPrevented || hasOpenLayer()) return;
              event.preventDefault();
              event.stopPropagation();
              if (sampling) setSampling(false);
              left.current?.focus();
            }}
          >
            {body}
          </div>
        }
      />
      {form?.kind === "new" ? (
        <NewKeyDialog
          prefix={form.prefix}
          onCreate={(key, type, edit) => change(key, type, edit)}
          onDone={(key) => {
            setForm(null);
            if (key === null) return;
            facts.clear();
            void list.load().then(() => choose(key));
          }}
        />
      ) : form ? (
        <RenameDialog name={form.name} onRename={(to) => rename(form.name, to)} onDone={() => setForm(null)} />
      ) : null}
      {dialog}
    </div>
  );
}

/** A beginning of names as a pattern that means exactly it. */
const globEscaped = (name: string): string => name.replace(/[*?[\]]/g, "\\$&");
