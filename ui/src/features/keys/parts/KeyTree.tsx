/** Keys and their namespaces, of any number: rows come by window, and what is in sight stays where it is while they grow. */
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { classes, Icon, type MenuItem, number, openContextMenu } from "@/design";
import type { KeyTreeRow } from "@/ipc";
import type { FactsCache } from "../facts";
import type { KeyList } from "../listing";
import { isNamespace, kindWord, lengthWords, nameOf, rowId, shortCount, sizeWords, ttlShort, ttlWords } from "../model";
import { useScroll } from "./useScroll";

export interface KeyTreeHandle {
  focus: () => void;
}

export interface KeyTreeProps {
  ref?: Ref<KeyTreeHandle>;
  list: KeyList;
  facts: FactsCache;
  expanded: ReadonlySet<string>;
  onToggle: (namespace: string, open: boolean) => void;
  selected: ReadonlySet<string>;
  onSelect: (ids: ReadonlySet<string>, row: KeyTreeRow | undefined) => void;
  /** Enter or double click on a key. */
  onOpen: () => void;
  menu: (selected: ReadonlySet<string>) => readonly MenuItem[];
  onDelete: () => void;
  onFilter: () => void;
  onEscape: () => boolean;
  /** Keys whose values were changed here and not saved. */
  edited: ReadonlySet<string>;
}

const ROW = 24;
const OVER = 12;

/** What a row says to a screen reader and on hover. */
function Facts({ row, facts }: { row: KeyTreeRow; facts: FactsCache }) {
  const known = facts.get(row.key);
  if (!known) return <span className="keys-end" />;
  if (known.facts === null) return <span className="keys-end keys-gone">gone</span>;
  const { kind, ttl_ms } = known.facts;
  const left = ttl_ms === null ? null : ttl_ms - (Date.now() - known.at);
  return (
    <>
      {left === null ? null : (
        <span className="keys-ttl" data-tip={`Expires in ${ttlWords(Math.max(0, left))}`}>
          <Icon name="clock" size={12} />
          {left <= 0 ? "over" : ttlShort(left)}
        </span>
      )}
      <span className="keys-kind">{kindWord(kind)}</span>
      <span className="keys-end" data-tip={lengthWords(known.facts) ?? undefined}>
        {sizeWords(known.facts)}
      </span>
    </>
  );
}

export function KeyTree(props: KeyTreeProps) {
  const { ref, list, facts, expanded, onToggle, selected, onSelect, onOpen, menu, edited } = props;
  const { rows, total, shift } = useSyncExternalStore(list.subscribe, list.snapshot);
  useSyncExternalStore(facts.subscribe, facts.snapshot);
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const scroll = useScroll(scroller, total, ROW);
  const [active, setActive] = useState<{ readonly id: string; readonly index: number } | null>(null);
  const from = useRef<number | null>(null);
  const over = useRef(false);
  const { first, last } = scroll;
  useImperativeHandle(ref, () => ({ focus: () => scroller.current?.focus() }));

  // The list moved under what is in sight: both move on together.
  const moved = useRef(shift.seq);
  const latest = useRef(scroll);
  latest.current = scroll;
  useLayoutEffect(() => {
    if (moved.current === shift.seq) return;
    moved.current = shift.seq;
    latest.current.shift(shift.by);
    setActive((now) => now && { ...now, index: now.index + shift.by });
    if (from.current !== null) from.current += shift.by;
  }, [shift]);
  useEffect(() => {
    list.see(Math.max(0, first - OVER), last + OVER);
    const keys: string[] = [];
    for (let at = first; at < last; at += 1) {
      const row = rows.get(at);
      if (row && row.keys === null) keys.push(row.key);
    }
    facts.want(keys);
  }, [list, facts, first, last, rows]);
  // Times to live run on while somebody looks.
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      for (let at = first; at < last; at += 1) {
        const row = rows.get(at);
        if (row && row.keys === null && facts.get(row.key)?.facts?.ttl_ms != null) return tick((now) => now + 1);
      }
    }, 1_000);
    return () => clearInterval(timer);
  }, [facts, first, last, rows]);
  const index = active && rowId(rows.get(active.index) ?? { key: "", keys: null }) === active.id ? active.index : -1;
  const at = useRef({ index, first, rows });
  at.current = { index, first, rows };
  useEffect(() => {
    list.anchor = () => {
      const node = scroller.current;
      const { index, first, rows } = at.current;
      const looks = over.current || (node !== null && node === document.activeElement) || (node?.scrollTop ?? 0) > 0;
      const held = index >= 0 ? index : first;
      const row = rows.get(held);
      return looks && row ? { row, index: held } : null;
    };
    return () => {
      list.anchor = () => null;
    };
  }, [list]);

  const go = async (to: number, extend = false) => {
    if (total === 0) return;
    const index = Math.max(0, Math.min(to, total - 1));
    const row = await list.rowAt(index);
    if (!row) return;
    latest.current.reveal(index);
    setActive({ id: rowId(row), index });
    if (!extend) {
      from.current = index;
      onSelect(new Set([rowId(row)]), row);
      return;
    }
    const range = await list.range(from.current ?? index, index);
    onSelect(new Set(range.map(rowId)), row);
  };
  const toggle = (row: KeyTreeRow, open: boolean) => {
    if (row.keys !== null && open !== expanded.has(row.key)) onToggle(row.key, open);
  };
  const flip = (row: KeyTreeRow, index: number) => {
    const next = new Set(selected);
    if (!next.delete(rowId(row))) next.add(rowId(row));
    from.current = index;
    setActive({ id: rowId(row), index });
    onSelect(next, row);
  };
  /** To the namespace a row is in. */
  const parent = async (row: KeyTreeRow) => {
    const around = [...expanded].filter((each) => row.key.startsWith(each) && !(row.keys !== null && each === row.key));
    const inner = around.sort((a, b) => b.length - a.length)[0];
    if (row.depth > 0 && inner !== undefined) await go(await list.locate({ key: inner, keys: 0 }));
  };
  const openMenu = (index: number, row: KeyTreeRow, event?: MouseEvent) => {
    const chosen = selected.has(rowId(row)) ? selected : new Set([rowId(row)]);
    if (chosen !== selected) onSelect(chosen, row);
    setActive({ id: rowId(row), index });
    const target = document.getElementById(`${id}-${index}`);
    const silent = { clientX: 0, clientY: 0, preventDefault: () => {}, stopPropagation: () => {}, target };
    openContextMenu(event ?? silent, menu(chosen), row.key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key, shiftKey } = event;
    const row = rows.get(index);
    const mod = event.ctrlKey || event.metaKey;
    if (key === "ArrowDown" && !mod) void go(index + 1, shiftKey);
    else if (key === "ArrowUp" && !mod) void go(index - 1, shiftKey);
    else if (key === "PageDown" && !mod) void go(index + scroll.page, shiftKey);
    else if (key === "PageUp" && !mod) void go(index - scroll.page, shiftKey);
    else if (key === "Home") void go(0, shiftKey);
    else if (key === "End") void go(total - 1, shiftKey);
    else if (key === "ArrowRight" && row) {
      if (row.keys === null) return;
      if (expanded.has(row.key)) void go(index + 1);
      else toggle(row, true);
    } else if (key === "ArrowLeft" && row) {
      if (row.keys !== null && expanded.has(row.key)) toggle(row, false);
      else void parent(row);
    } else if (key === "Enter" && !mod && row) {
      if (row.keys === null) onOpen();
      else toggle(row, !expanded.has(row.key));
    } else if (key === " " && row) {
      if (mod) flip(row, index);
      else void go(index);
    } else if (key === "a" && mod) void list.range(0, total - 1).then((all) => onSelect(new Set(all.map(rowId)), row));
    else if (key === "Delete" && !mod) props.onDelete();
    else if (key === "/" && !mod) props.onFilter();
    else if (((key === "F10" && shiftKey) || key === "ContextMenu") && row) openMenu(index, row);
    else if (key === "Escape") {
      if (!props.onEscape()) return;
      event.stopPropagation();
    } else return;
    event.preventDefault();
  };
  const drawn: number[] = [];
  for (let at = Math.max(0, first - OVER); at < Math.min(total, last + OVER); at += 1) drawn.push(at);
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label="Keys"
      aria-multiselectable="true"
      aria-activedescendant={index >= 0 ? `${id}-${index}` : undefined}
      tabIndex={0}
      data-focus-first
      className="rh-scroll rh-tree keys-tree"
      onKeyDown={onKeyDown}
      onScroll={scroll.onScroll}
      onPointerEnter={() => {
        over.current = true;
      }}
      onPointerLeave={() => {
        over.current = false;
      }}
      onFocus={() => {
        const row = rows.get(first);
        if (index < 0 && row) setActive({ id: rowId(row), index: first });
      }}
    >
      <div className="rh-virtual" role="presentation" style={{ height: scroll.height }}>
        {drawn.map((at) => {
          const row = rows.get(at);
          const style = { top: scroll.topOf(at), "--depth": row?.depth ?? 0 } as CSSProperties;
          if (!row) return <div key={at} className="rh-tree-row keys-row" style={style} aria-hidden="true" />;
          const space = row.keys !== null;
          const own = rowId(row);
          return (
            <div
              key={own}
              id={`${id}-${at}`}
              role="treeitem"
              aria-level={row.depth + 1}
              aria-posinset={at + 1}
              aria-setsize={total}
              aria-expanded={space ? expanded.has(row.key) : undefined}
              aria-selected={selected.has(own)}
              aria-label={space ? `${row.key} ${number(row.keys ?? 0)} keys` : row.key || "(empty name)"}
              className="rh-tree-row keys-row"
              data-active={at === index || undefined}
              style={style}
              onClick={(event) => {
                if (event.shiftKey) void go(at, true);
                else if (event.ctrlKey || event.metaKey) flip(row, at);
                else void go(at);
              }}
              onDoubleClick={() => (space ? toggle(row, !expanded.has(row.key)) : onOpen())}
              onContextMenu={(event) => openMenu(at, row, event)}
            >
              <span
                className="rh-tree-twist"
                onClick={(event) => {
                  if (!space) return;
                  event.stopPropagation();
                  setActive({ id: own, index: at });
                  toggle(row, !expanded.has(row.key));
                }}
                onDoubleClick={(event) => event.stopPropagation()}
              >
                {space ? <Icon name={expanded.has(row.key) ? "chevron-down" : "chevron-right"} size={12} /> : null}
              </span>
              {space ? <Icon name="folder" /> : null}
              <span
                className={classes("rh-tree-label keys-label", row.label === "" && "text-ink-3")}
                data-tip={row.key}
              >
                {row.label || "(no more of its name)"}
              </span>
              {edited.has(row.key) && !space ? <span className="keys-dot" data-tip="Not saved" /> : null}
              {space ? (
                <span className="keys-end" data-tip={`${number(row.keys ?? 0)} keys`}>
                  {shortCount(row.keys ?? 0)}
                </span>
              ) : (
                <Facts row={row} facts={facts} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The key that a selection is about: the only one chosen. */
export const onlyKey = (selected: ReadonlySet<string>): string | null => {
  const [id] = selected;
  return selected.size === 1 && id !== undefined && !isNamespace(id) ? nameOf(id) : null;
};
