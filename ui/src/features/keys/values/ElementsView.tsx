/** A hash, list, set, sorted set or stream: its elements as rows, the chosen one whole beneath them. */
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import {
  Button,
  copyText,
  EmptyState,
  ErrorBlock,
  IconButton,
  type MenuItem,
  number,
  SearchField,
  Segmented,
  Skeleton,
  SplitPane,
  toast,
} from "@/design";
import { type AppError, failureOf, failureProps, host, type KeyEdit, type KeyElement, present } from "@/ipc";
import { MOST_EDITED, meant, told } from "../bytes";
import { type Drafts, draftId } from "../drafts";
import { Elements, isOrdered } from "../elements";
import { looksLikePlaces } from "../places";
import type { Tools } from "../tools";
import { retyped, type Typed, typedOf } from "../typing";
import { AddForm } from "./AddForm";
import { columnsOf, Preview } from "./cells";
import { Grid } from "./Grid";
import { Groups } from "./Groups";
import { PlacesPlot } from "./PlacesPlot";
import { type Saver, ValueView } from "./ValueView";

export interface ElementsViewProps {
  of: { profile_id: string; database: string | null };
  name: string;
  kind: string;
  locked: string | undefined;
  tools: Tools;
  drafts: Drafts;
  /** Raised to have everything read anew. */
  turn: number;
  detail: number;
  onDetail: (size: number) => void;
  change: (edit: KeyEdit) => Promise<boolean>;
  onGone: () => void;
  onSaver: (saver: Saver | null) => void;
  saveKeys: string | undefined;
}

const ADDS: Readonly<Record<string, string>> = {
  hash: "Field",
  list: "Item",
  set: "Member",
  zset: "Member",
  stream: "Entry",
};
export function ElementsView(props: ElementsViewProps) {
  const { of, name, kind, locked, turn, change, drafts, tools } = props;
  const [filter, setFilter] = useState("");
  const [pattern, setPattern] = useState("");
  // The newest entries of a stream first; the least of a sorted set.
  const [backwards, setBackwards] = useState(kind === "stream");
  const [selected, setSelected] = useState<{ readonly at: number; readonly element: KeyElement } | null>(null);
  const [adding, setAdding] = useState(false);
  const [groups, setGroups] = useState(false);
  const [places, setPlaces] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const elements = useMemo(
    () => new Elements({ of, key: name, kind, pattern, backwards }, { keyRead: (read) => host().keyRead(read) }),
    [of, name, kind, pattern, backwards],
  );
  useEffect(() => {
    void elements.begin();
    return () => elements.stop();
  }, [elements, turn]);
  const state = useSyncExternalStore(elements.subscribe, elements.snapshot);
  const { phase, error, rows, count, total, more } = state;
  const gone = error?.code === "not_found";
  const { onGone } = props;
  useEffect(() => {
    if (gone) onGone();
  }, [gone, onGone]);

  const placed = kind === "zset" && looksLikePlaces(rows.values());
  // What is shown: a type, or what its scores mean.
  const form = places && placed ? "place" : kind;
  const ttl = [...rows.values()].some(({ ttl_ms }) => ttl_ms !== null);
  const columns = useMemo(
    () => columnsOf(form, ttl, kind === "zset" && backwards, total),
    [kind, form, ttl, backwards, total],
  );
  const attempt = async (edit: KeyEdit): Promise<boolean> => {
    setFailure(null);
    try {
      return await change(edit);
    } catch (thrown) {
      setFailure(failureOf(thrown));
      return false;
    }
  };
  const onEdit = async (at: number, seen: KeyElement, typed: Typed): Promise<boolean> => {
    const next = retyped(seen, typed);
    if (typeof next === "string") {
      setFailure({ code: "invalid_statement", message: next, hint: null, range: null, native: null });
      return false;
    }
    if (!(await attempt({ edit: "put", seen, new: next }))) return false;
    if (kind !== "zset") {
      elements.put(at, next);
      setSelected({ at, element: next });
      return true;
    }
    // Another score is another place.
    await elements.begin();
    const moved = [...elements.snapshot().rows].find(([, { name }]) => name === next.name);
    setSelected(moved ? { at: moved[0], element: moved[1] } : null);
    return true;
  };
  const remove = async (at: number, element: KeyElement) => {
    if (locked || !(await attempt({ edit: "remove", element }))) return;
    elements.drop(at);
    setSelected(null);
    const what = element.name ?? `item ${element.place ?? at}`;
    if (kind !== "stream" && kind !== "list" && element.cut === null)
      toast({
        title: `Removed ${what}`,
        action: {
          label: "Put it back",
          onPress: () => void attempt({ edit: "add", element }).then(() => elements.begin()),
        },
      });
    if (count <= 1 && kind !== "stream") onGone();
  };
  /** Reads a long value to its end. */
  const open = async (cut: KeyElement) => {
    setFailure(null);
    try {
      const whole = await elements.one(cut);
      if (selected) elements.put(selected.at, whole);
    } catch (thrown) {
      setFailure(failureOf(thrown));
    }
  };
  const add = async (element: KeyElement) => {
    const done = await change({ edit: "add", element });
    if (done) await elements.begin();
    return done;
  };
  const label = (element: KeyElement, at: number) => element.name ?? `${ADDS[kind]} ${element.place ?? at}`;
  const copy = (text: string) =>
    void copyText(text).then((done) => toast({ title: done ? "Copied" : "The clipboard refused" }));
  const menu = (at: number, element: KeyElement): readonly MenuItem[] => [
    ...(element.name === null
      ? []
      : [{ label: "Copy name", icon: "copy" as const, onSelect: () => copy(element.name ?? "") }]),
    ...(element.value?.as === "text" && element.cut === null
      ? [{ label: "Copy value", onSelect: () => copy(element.value?.of ?? "") }]
      : []),
    { separator: true },
    {
      label: kind === "stream" ? "Delete entry" : "Remove",
      icon: "trash",
      danger: true,
      keys: "Delete",
      disabledReason: locked,
      onSelect: () => void remove(at, element),
    },
  ];
  const chosen = selected ? (rows.get(selected.at) ?? selected.element) : null;
  const detailed = chosen !== null && (kind === "hash" || kind === "list" || kind === "stream");
  const filters = kind === "hash" || kind === "set";

  const table =
    phase === "failed" && error ? (
      <EmptyState
        picture={present(error.code).picture}
        title={gone ? "This key is gone" : "The value could not be read"}
        actions={gone ? undefined : <Button onClick={() => void elements.begin()}>Try again</Button>}
      >
        {error.message} {error.hint}
      </EmptyState>
    ) : phase === "waiting" ? (
      <div className="keys-waiting" role="status" aria-label="Reading the value">
        {[70, 52, 64, 40].map((width) => (
          <Skeleton key={width} width={`${width}%`} height={10} />
        ))}
      </div>
    ) : count === 0 && !more ? (
      <EmptyState picture="empty" title={pattern === "" ? "Nothing in it" : "Nothing fits"}>
        {pattern === ""
          ? "It has no element."
          : `No ${kind === "hash" ? "field" : "member"} fits ${pattern}. A pattern has * and ?.`}
      </EmptyState>
    ) : (
      <Grid
        label={`Elements of ${name}`}
        elements={elements}
        columns={columns}
        nameOf={label}
        selected={selected?.at ?? null}
        onSelect={(at, element) => setSelected({ at, element })}
        editable={(element) => (locked ? [] : typedOf(form, element))}
        onOpen={(at, element) => setSelected({ at, element })}
        onEdit={onEdit}
        onRemove={(at, element) => void remove(at, element)}
        menu={menu}
        onEscape={() => {
          if (selected === null) return false;
          setSelected(null);
          return true;
        }}
      />
    );
  const head = (
    <div className="keys-value-bar">
      {kind === "stream" ? (
        <Segmented
          dense
          label="What of the stream"
          value={groups ? "groups" : "entries"}
          onChange={(next) => setGroups(next === "groups")}
          options={[
            { value: "entries", label: "Entries" },
            { value: "groups", label: "Groups" },
          ]}
        />
      ) : null}
      {filters ? (
        <div className="keys-value-filter">
          <SearchField
            dense
            label={kind === "hash" ? "Pattern of fields" : "Pattern of members"}
            placeholder={kind === "hash" ? "Fields, as items:*" : "Members, as a*"}
            value={filter}
            onChange={(next) => {
              setFilter(next);
              if (next === "") setPattern("");
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              setSelected(null);
              setPattern(filter);
            }}
          />
        </div>
      ) : null}
      {placed ? (
        <Segmented
          dense
          label="Scores as"
          value={form}
          onChange={(next) => setPlaces(next === "place")}
          options={[
            { value: "zset", label: "Scores" },
            { value: "place", label: "Places" },
          ]}
        />
      ) : null}
      {kind === "zset" || (kind === "stream" && !groups) ? (
        <Segmented
          dense
          label="Order"
          value={backwards ? "desc" : "asc"}
          onChange={(next) => {
            setSelected(null);
            setBackwards(next === "desc");
          }}
          options={
            kind === "zset"
              ? [
                  { value: "asc", label: "Least first" },
                  { value: "desc", label: "Greatest first" },
                ]
              : [
                  { value: "desc", label: "Newest first" },
                  { value: "asc", label: "Oldest first" },
                ]
          }
        />
      ) : null}
      <span className="flex-1" />
      {groups ? null : (
        <>
          <span className="rh-meta tabular-nums">
            {pattern !== ""
              ? `${number(count)} that fit${more ? " so far" : ""}, of ${number(total)}`
              : isOrdered(kind) || !more
                ? `all ${number(total)}`
                : `first ${number(count)} of ${number(total)}`}
          </span>
          <Button dense variant="ghost" icon="plus" disabledReason={locked} onClick={() => setAdding(true)}>
            {ADDS[kind]}
          </Button>
        </>
      )}
    </div>
  );
  const body = groups ? (
    <Groups of={of} name={name} turn={turn} />
  ) : (
    <div className="keys-elements">
      <div className="keys-elements-table" data-plot={form === "place" || undefined}>
        {table}
        {form === "place" ? (
          <PlacesPlot
            rows={rows}
            total={total}
            selected={selected?.at ?? null}
            onSelect={(at, element) => setSelected({ at, element })}
          />
        ) : null}
      </div>
      {adding ? <AddForm kind={form} onAdd={add} onDone={() => setAdding(false)} /> : null}
    </div>
  );
  const problem = failure ?? (phase === "ready" && !gone ? error : null);
  return (
    <div className="keys-value">
      {head}
      {problem ? (
        <div className="keys-problem">
          <ErrorBlock
            {...failureProps(problem)}
            actions={
              <>
                <Button
                  dense
                  onClick={() => {
                    setFailure(null);
                    void elements.begin();
                  }}
                >
                  Read again
                </Button>
                <IconButton icon="close" label="Close" quiet onClick={() => setFailure(null)} />
              </>
            }
          />
        </div>
      ) : null}
      <div className="keys-value-body">
        <SplitPane
          direction="column"
          fixed="second"
          label="Height of the chosen element"
          size={props.detail}
          onSizeChange={props.onDetail}
          min={96}
          defaultSize={240}
          collapsed={!detailed || groups}
          first={body}
          second={
            chosen && detailed ? (
              kind === "stream" ? (
                <Entry element={chosen} onClose={() => setSelected(null)} />
              ) : (
                <ValueView
                  key={draftId(name, label(chosen, selected?.at ?? 0))}
                  name={label(chosen, selected?.at ?? 0)}
                  title={
                    <strong className="rh-mono rh-truncate keys-detail-name">{label(chosen, selected?.at ?? 0)}</strong>
                  }
                  bytes={meant(chosen.value)}
                  total={chosen.cut ?? 0}
                  whole={chosen.cut === null}
                  locked={locked}
                  id={draftId(name, label(chosen, selected?.at ?? 0))}
                  drafts={drafts}
                  tools={tools}
                  onSave={(seen, next) =>
                    change({
                      edit: "put",
                      seen: { ...chosen, value: told(seen) },
                      new: { ...chosen, value: told(next) },
                    })
                  }
                  newer={async () => meant((await elements.one(chosen)).value)}
                  onSaved={(bytes) => selected && elements.put(selected.at, { ...chosen, value: told(bytes) })}
                  onSaver={props.onSaver}
                  saveKeys={props.saveKeys}
                  more={
                    chosen.cut !== null && chosen.cut <= MOST_EDITED ? (
                      <Button dense variant="ghost" onClick={() => void open(chosen)}>
                        Load all to edit
                      </Button>
                    ) : undefined
                  }
                  end={<IconButton icon="close" label="Close" quiet onClick={() => setSelected(null)} />}
                />
              )
            ) : null
          }
        />
      </div>
    </div>
  );
}

function Entry({ element, onClose }: { element: KeyElement; onClose: () => void }) {
  return (
    <section className="keys-value" aria-label={`Entry ${element.name}`}>
      <div className="keys-value-bar">
        <strong className="rh-mono rh-truncate">{element.name}</strong>
        <span className="rh-meta">{entryTime(element.name ?? "")}</span>
        <span className="flex-1" />
        <IconButton icon="close" label="Close" quiet onClick={onClose} />
      </div>
      <dl className="keys-entry rh-scroll">
        {element.fields.map((field, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry may have a field twice, and its fields stay in their places.
          <div key={at}>
            <dt className="rh-mono">{field.name}</dt>
            <dd className="rh-mono rh-selectable">
              {field.value.as === "text" && field.value.of.length <= 20_000 ? (
                field.value.of || <span className="text-ink-3">''</span>
              ) : (
                <Preview value={field.value} />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The moment that an id says, where the server chose it. */
function entryTime(id: string): string {
  const ms = Number(/^(\d{12,14})-\d+$/.exec(id)?.[1] ?? Number.NaN);
  return Number.isNaN(ms) ? "" : new Date(ms).toLocaleString("en-GB");
}
