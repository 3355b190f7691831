import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import { classes } from "./classes";
import { openContextMenu } from "./contextMenu";
import { useFiles } from "./files";
import { Icon } from "./icons/Icon";
import type { MenuItem } from "./menuModel";
import { Spinner } from "./Spinner";
import { findByPrefix, flattenTree, rangeOf, type TreeChildren, type TreeItem, type TreeRow } from "./treeModel";

export interface TreeHandle {
  focus: () => void;
  /** Makes a row active, if it is visible, and scrolls to it. */
  reveal: (id: string) => void;
}

export interface VirtualTreeProps<T extends TreeItem> {
  ref?: Ref<TreeHandle>;
  label: string;
  roots: readonly T[];
  childrenOf: (item: T) => TreeChildren<T>;
  expanded: ReadonlySet<string>;
  /** Opened or closed. When children are `idle`, this is where to ask for them. */
  onToggle: (item: T, open: boolean) => void;
  selected: ReadonlySet<string>;
  onSelect: (ids: ReadonlySet<string>) => void;
  /** Double click or Enter on a row that is no branch, or a branch that `opens`. */
  onOpen?: (item: T) => void;
  /** Middle click or Mod+Enter: open beside. */
  onOpenAside?: (item: T) => void;
  menu?: (item: T, selected: ReadonlySet<string>) => readonly MenuItem[];
  /** Files were dropped on a row; whether it takes them. */
  onFiles?: (item: T, paths: readonly string[]) => boolean;
  /** Replaces the label's text, for marked search hits. */
  renderLabel?: (item: T) => ReactNode;
  onKeyDown?: (event: KeyboardEvent, item: T | undefined) => void;
  className?: string;
}

const ROW = 24;

/** A tree of any size. The focus stays on the tree; the active row is announced through it. */
export function VirtualTree<T extends TreeItem>(props: VirtualTreeProps<T>) {
  const {
    ref,
    label,
    roots,
    childrenOf,
    expanded,
    onToggle,
    selected,
    onSelect,
    onOpen,
    onOpenAside,
    menu,
    renderLabel,
    className,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const rows = useMemo(() => flattenTree(roots, expanded, childrenOf), [roots, expanded, childrenOf]);
  useFiles(scroller, (target, paths) => {
    const at = target.closest<HTMLElement>("[data-row]")?.dataset["row"];
    const row = at === undefined ? undefined : rows[Number(at)];
    return row?.kind === "item" && props.onFiles?.(row.item, paths) === true;
  });
  const [activeId, setActiveId] = useState<string | undefined>();
  const anchor = useRef<string | undefined>(undefined);
  const typed = useRef({ text: "", at: 0 });
  const found = rows.findIndex((row) => row.id === activeId);
  const active = found >= 0 ? found : rows.findIndex((row) => selected.has(row.id));

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const go = (index: number, extend = false) => {
    const row = rows[index];
    if (!row) return;
    setActiveId(row.id);
    virtual.scrollToIndex(index);
    if (row.kind !== "item") return;
    if (extend) {
      const from = rows.findIndex((other) => other.id === anchor.current);
      onSelect(rangeOf(rows, from < 0 ? index : from, index));
    } else {
      anchor.current = row.id;
      onSelect(new Set([row.id]));
    }
  };
  useImperativeHandle(ref, () => ({
    focus: () => scroller.current?.focus(),
    reveal: (wanted) => {
      const index = rows.findIndex((row) => row.id === wanted);
      if (index >= 0) {
        setActiveId(wanted);
        virtual.scrollToIndex(index, { align: "center" });
      }
    },
  }));
  // The active row can vanish when its parent closes: the parent takes over.
  const lastRow = useRef<TreeRow<T> | undefined>(undefined);
  useEffect(() => {
    const row = rows[active];
    if (row) lastRow.current = row;
    else if (lastRow.current?.parent !== undefined) setActiveId(lastRow.current.parent);
  }, [rows, active]);

  const toggle = (row: TreeRow<T> | undefined, open?: boolean) => {
    if (row?.kind === "item" && row.item.branch && open !== row.open) onToggle(row.item, open ?? !row.open);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    const item = row?.kind === "item" ? row.item : undefined;
    const { key } = event;
    const mod = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 1);
    if (key === "ArrowDown" && !mod) go(Math.min(active + 1, rows.length - 1), event.shiftKey);
    else if (key === "ArrowUp" && !mod) go(Math.max(active - 1, 0), event.shiftKey);
    else if (key === "PageDown") go(Math.min(active + page, rows.length - 1), event.shiftKey);
    else if (key === "PageUp") go(Math.max(active - page, 0), event.shiftKey);
    else if (key === "Home") go(0, event.shiftKey);
    else if (key === "End") go(rows.length - 1, event.shiftKey);
    else if (key === "ArrowRight" && row) {
      if (row.kind === "item" && row.item.branch && !row.open) toggle(row, true);
      else if (row.kind === "item" && row.open) go(active + 1);
    } else if (key === "ArrowLeft" && row) {
      if (row.kind === "item" && row.open) toggle(row, false);
      else go(rows.findIndex((other) => other.id === row.parent));
    } else if (key === "Enter" && mod && item) (onOpenAside ?? onOpen)?.(item);
    else if (key === "Enter" && row?.kind === "note") row.retry?.();
    else if (key === "Enter" && item) {
      if (item.branch && !(item.opens && onOpen)) toggle(row);
      else onOpen?.(item);
    } else if (key === " " && mod && item) {
      const next = new Set(selected);
      if (!next.delete(item.id)) next.add(item.id);
      onSelect(next);
    } else if (key === "a" && mod) onSelect(rangeOf(rows, 0, rows.length - 1));
    else if (key === "*" && row) {
      for (const other of rows) if (other.kind === "item" && other.parent === row.parent) toggle(other, true);
    } else if ((key === "F10" && event.shiftKey) || key === "ContextMenu") openMenu(active);
    else if (key.length === 1 && !mod && !event.altKey && key !== " ") {
      const now = Date.now();
      typed.current = { text: now - typed.current.at < 700 ? typed.current.text + key : key, at: now };
      const hit = findByPrefix(rows, active, typed.current.text);
      if (hit !== undefined) go(hit);
    } else {
      props.onKeyDown?.(event, item);
      return;
    }
    event.preventDefault();
  };
  const openMenu = (index: number, event?: MouseEvent) => {
    const row = rows[index];
    if (row?.kind !== "item" || !menu) return;
    const chosen = selected.has(row.id) ? selected : new Set([row.id]);
    if (chosen !== selected) onSelect(chosen);
    setActiveId(row.id);
    const node = document.getElementById(`${id}-${index}`);
    const silent = { clientX: 0, clientY: 0, preventDefault: () => {}, stopPropagation: () => {}, target: node };
    openContextMenu(event ?? silent, menu(row.item, chosen), row.item.label);
  };
  const press = (index: number, event: MouseEvent) => {
    const row = rows[index];
    if (row?.kind !== "item") return;
    if (event.shiftKey) go(index, true);
    else if (event.ctrlKey || event.metaKey) {
      const next = new Set(selected);
      if (!next.delete(row.id)) next.add(row.id);
      anchor.current = row.id;
      setActiveId(row.id);
      onSelect(next);
    } else go(index);
  };

  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={label}
      aria-multiselectable="true"
      aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      className={classes("rh-scroll rh-tree", className)}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (active < 0 && rows[0]) setActiveId(rows[0].id);
      }}
    >
      <div className="rh-virtual" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          if (!row) return null;
          const style = { top: start, "--depth": row.depth } as CSSProperties;
          const shared = {
            id: `${id}-${index}`,
            className: "rh-tree-row",
            style,
            "data-active": index === active || undefined,
            "data-row": index,
          };
          if (row.kind === "note") {
            return (
              <div
                key={key}
                {...shared}
                role="treeitem"
                aria-level={row.depth + 1}
                aria-selected="false"
                onClick={row.retry}
              >
                <span className="rh-tree-twist" />
                {row.tone === "loading" ? (
                  <Spinner />
                ) : row.tone === "danger" ? (
                  <Icon name="error" size={12} className="rh-tone-danger" />
                ) : null}
                <span
                  className="rh-tree-note rh-tree-label"
                  data-tone={row.tone}
                  data-tip={row.tone === "danger" ? row.text : undefined}
                >
                  {row.text}
                </span>
                {row.retry ? <span className="rh-tree-end">Try again</span> : null}
              </div>
            );
          }
          const { item } = row;
          return (
            <div
              key={key}
              {...shared}
              role="treeitem"
              aria-level={row.depth + 1}
              aria-posinset={row.position}
              aria-setsize={row.siblings}
              aria-expanded={item.branch ? row.open : undefined}
              aria-selected={selected.has(item.id)}
              data-tone={item.tone}
              data-tip={item.tooltip}
              onClick={(event) => press(index, event)}
              onDoubleClick={() => (onOpen && (!item.branch || item.opens) ? onOpen(item) : toggle(row))}
              onAuxClick={(event) => {
                if (event.button === 1) (onOpenAside ?? onOpen)?.(item);
              }}
              onContextMenu={(event) => openMenu(index, event)}
            >
              <span
                className="rh-tree-twist"
                onClick={(event) => {
                  if (!item.branch) return;
                  event.stopPropagation();
                  setActiveId(item.id);
                  toggle(row);
                }}
                onDoubleClick={(event) => event.stopPropagation()}
              >
                {item.branch ? <Icon name={row.open ? "chevron-down" : "chevron-right"} size={12} /> : null}
              </span>
              {item.stripe ? <span className="rh-tree-stripe" style={{ background: item.stripe }} /> : null}
              {item.busy ? <Spinner /> : item.icon ? <Icon name={item.icon} /> : null}
              <span className="rh-tree-label">{renderLabel ? renderLabel(item) : item.label}</span>
              {item.meta !== undefined ? <span className="rh-tree-end">{item.meta}</span> : null}
            </div>
          );
        })}
      </div>
    </div>
  );
}
