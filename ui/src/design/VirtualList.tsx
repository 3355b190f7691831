import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { classes } from "./classes";
import { openContextMenu } from "./contextMenu";
import type { MenuItem } from "./menuModel";

export interface VirtualListProps<T> {
  label: string;
  items: readonly T[];
  keyOf: (item: T) => string;
  renderItem: (item: T, selected: boolean) => ReactNode;
  /** Pixels; every row has the same. */
  itemHeight: number;
  selected: string | undefined;
  onSelect: (key: string, item: T) => void;
  /** Double click or Enter. */
  onOpen?: (item: T) => void;
  menu?: (item: T) => readonly MenuItem[];
  /** Called when the end comes into view: time for the next page. */
  onEnd?: () => void;
  onKeyDown?: (event: KeyboardEvent, item: T | undefined) => void;
  className?: string;
  /** The keyboard begins here in the page that it stands in. */
  first?: boolean;
}

export function VirtualList<T>({
  label,
  items,
  keyOf,
  renderItem,
  itemHeight,
  selected,
  onSelect,
  onOpen,
  menu,
  onEnd,
  onKeyDown,
  className,
  first,
}: VirtualListProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const active = items.findIndex((item) => keyOf(item) === selected);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => itemHeight,
    overscan: 6,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
  });
  const shown = virtual.getVirtualItems();
  const last = shown[shown.length - 1]?.index;
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    if (last !== undefined && last >= items.length - 1) end.current?.();
  }, [last, items.length]);

  // What is chosen when the list is first drawn is in sight, however far down it is.
  const begun = useRef({ active, virtual });
  useEffect(() => {
    const { active: at, virtual: rows } = begun.current;
    if (at > 0) rows.scrollToIndex(at, { align: "center" });
  }, []);

  const go = (index: number) => {
    const item = items[index];
    if (item === undefined) return;
    virtual.scrollToIndex(index);
    onSelect(keyOf(item), item);
  };
  const onKey = (event: KeyboardEvent) => {
    const item = items[active];
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / itemHeight) - 1);
    if (event.key === "ArrowDown") go(Math.min(active + 1, items.length - 1));
    else if (event.key === "ArrowUp") go(Math.max(active - 1, 0));
    else if (event.key === "PageDown") go(Math.min(active + page, items.length - 1));
    else if (event.key === "PageUp") go(Math.max(active - page, 0));
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(items.length - 1);
    else if (event.key === "Enter" && item !== undefined) onOpen?.(item);
    else if (((event.key === "F10" && event.shiftKey) || event.key === "ContextMenu") && item !== undefined && menu) {
      const target = document.getElementById(`${id}-${active}`);
      openContextMenu(
        { clientX: 0, clientY: 0, preventDefault: () => {}, stopPropagation: () => {}, target },
        menu(item),
      );
    } else {
      onKeyDown?.(event, item);
      return;
    }
    event.preventDefault();
  };
  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={label}
      aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      data-focus-first={first || undefined}
      className={classes("rh-scroll rh-list", className)}
      onKeyDown={onKey}
    >
      <div className="rh-virtual" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, start, key }) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <div
              key={key}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              aria-posinset={index + 1}
              aria-setsize={items.length}
              className="rh-list-row"
              data-active={index === active || undefined}
              style={{ top: start, height: itemHeight }}
              onClick={() => go(index)}
              onDoubleClick={() => onOpen?.(item)}
              onContextMenu={(event) => {
                if (!menu) return;
                go(index);
                openContextMenu(event, menu(item));
              }}
            >
              {renderItem(item, index === active)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
