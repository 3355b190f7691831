import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import { openContextMenu } from "./contextMenu";
import { Icon } from "./icons/Icon";
import type { IconName } from "./icons/shapes";
import { MenuButton } from "./Menu";
import type { MenuItem } from "./menuModel";
import { Spinner } from "./Spinner";

export interface TabItem {
  id: string;
  title: string;
  icon?: IconName;
  /** A colour along the top edge, as `var(--env-production)`. */
  stripe?: string;
  /** Something in it is not saved: a dot stands where the cross is. */
  dirty?: boolean;
  busy?: boolean;
  /** Small text after the title. */
  meta?: ReactNode;
  tooltip?: string;
  /** It stays: no cross, no key closes it. */
  fixed?: boolean;
  /** Shown in italics: the next preview replaces it. */
  preview?: boolean;
}

export interface TabsProps {
  label: string;
  items: readonly TabItem[];
  active: string | undefined;
  onActivate: (id: string) => void;
  onClose?: (id: string) => void;
  /** `to` is the index it should stand at afterwards. */
  onMove?: (id: string, to: number) => void;
  /** A tab is dragged outside the strip; `null` when it is back or the drag is over. */
  onDragOut?: (id: string, point: { x: number; y: number } | null) => void;
  /** A tab is dropped outside the strip. */
  onDropOut?: (id: string, point: { x: number; y: number }) => void;
  onDoubleClick?: (id: string) => void;
  menu?: (id: string) => readonly MenuItem[];
  /** `document`: the window's tabs. `panel`: tabs of a part, underlined. */
  variant?: "document" | "panel";
  /** Right after the last tab: the new-tab button. */
  after?: ReactNode;
  /** At the far end. */
  end?: ReactNode;
  /** The id of the panel a tab controls. */
  panelId?: (id: string) => string;
}

interface Drag {
  id: string;
  from: number;
  moved: boolean;
  /** Outside the strip. */
  out?: boolean;
  over?: { id: string; edge: "before" | "after" };
}

/** Where a tab stands after it is dropped at an edge of another. */
export function dropIndex(ids: readonly string[], id: string, over: string, edge: "before" | "after"): number {
  const from = ids.indexOf(id);
  const target = ids.indexOf(over);
  if (from < 0 || target < 0) return from;
  const gap = edge === "before" ? target : target + 1;
  return gap > from ? gap - 1 : gap;
}

export function Tabs({
  label,
  items,
  active,
  onActivate,
  onClose,
  onMove,
  onDragOut,
  onDropOut,
  onDoubleClick,
  menu,
  variant = "document",
  after,
  end,
  panelId,
}: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [overflows, setOverflows] = useState(false);
  const ids = items.map((item) => item.id);
  const tabNode = (id: string): HTMLElement | null => {
    const nodes = [...(list.current?.querySelectorAll<HTMLElement>("[data-id]") ?? [])];
    return nodes.find((node) => node.dataset["id"] === id) ?? null;
  };

  useEffect(() => {
    if (active === undefined) return;
    tabNode(active)?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  });
  useEffect(() => {
    const node = list.current;
    if (!node || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => setOverflows(node.scrollWidth > node.clientWidth + 1));
    observer.observe(node);
    return () => observer.disconnect();
  }, []);

  const focusTab = (id: string | undefined) => {
    if (id === undefined) return;
    onActivate(id);
    tabNode(id)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, id: string) => {
    if (event.target !== event.currentTarget) return;
    const at = ids.indexOf(id);
    const moving = event.ctrlKey && event.shiftKey && onMove;
    if (event.key === "ArrowRight" && moving) onMove(id, Math.min(at + 1, ids.length - 1));
    else if (event.key === "ArrowLeft" && moving) onMove(id, Math.max(at - 1, 0));
    else if (event.key === "ArrowRight") focusTab(ids[(at + 1) % ids.length]);
    else if (event.key === "ArrowLeft") focusTab(ids[(at - 1 + ids.length) % ids.length]);
    else if (event.key === "Home") focusTab(ids[0]);
    else if (event.key === "End") focusTab(ids[ids.length - 1]);
    else if (event.key === "Enter" || event.key === " ") onActivate(id);
    else if (event.key === "Delete" && !items.find((item) => item.id === id)?.fixed) onClose?.(id);
    else return;
    event.preventDefault();
  };
  const onPointerMove = (event: PointerEvent) => {
    if (!drag || !onMove) return;
    if (!drag.moved && Math.abs(event.clientX - drag.from) < 6) return;
    const strip = onDropOut ? list.current?.parentElement?.getBoundingClientRect() : undefined;
    const { clientX: x, clientY: y } = event;
    const out =
      strip !== undefined && (x < strip.left || x >= strip.right || y < strip.top - 8 || y >= strip.bottom + 8);
    if (out || drag.out) onDragOut?.(drag.id, out ? { x, y } : null);
    if (out) return setDrag({ id: drag.id, from: drag.from, moved: true, out });
    let over: Drag["over"];
    for (const id of ids) {
      const box = tabNode(id)?.getBoundingClientRect();
      if (box && event.clientX >= box.left && event.clientX < box.right && id !== drag.id) {
        over = { id, edge: event.clientX < box.left + box.width / 2 ? "before" : "after" };
      }
    }
    setDrag({ id: drag.id, from: drag.from, moved: true, ...(over ? { over } : {}) });
  };
  const onPointerUp = (event: PointerEvent) => {
    if (drag?.out) onDropOut?.(drag.id, { x: event.clientX, y: event.clientY });
    if (drag?.moved && drag.over && onMove) onMove(drag.id, dropIndex(ids, drag.id, drag.over.id, drag.over.edge));
    setDrag(null);
  };

  return (
    <div className="rh-tabs" data-variant={variant}>
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        className="rh-tabs-list"
        onWheel={(event) => {
          if (list.current && Math.abs(event.deltaY) > Math.abs(event.deltaX)) list.current.scrollLeft += event.deltaY;
        }}
      >
        {items.map((item, index) => {
          const selected = item.id === active;
          return (
            <div
              key={item.id}
              role="tab"
              data-id={item.id}
              aria-selected={selected}
              aria-controls={panelId?.(item.id)}
              tabIndex={selected || (active === undefined && index === 0) ? 0 : -1}
              className="rh-tab"
              style={item.stripe ? ({ "--stripe": item.stripe } as CSSProperties) : undefined}
              data-dragging={(drag?.moved && drag.id === item.id) || undefined}
              data-drop={drag?.over?.id === item.id ? drag.over.edge : undefined}
              data-tip={item.tooltip}
              onKeyDown={(event) => onKeyDown(event, item.id)}
              onPointerDown={(event) => {
                if (event.button !== 0) return;
                onActivate(item.id);
                if (!onMove) return;
                event.currentTarget.setPointerCapture?.(event.pointerId);
                setDrag({ id: item.id, from: event.clientX, moved: false });
              }}
              onPointerMove={onPointerMove}
              onPointerUp={onPointerUp}
              onPointerCancel={() => {
                if (drag?.out) onDragOut?.(drag.id, null);
                setDrag(null);
              }}
              onClick={() => {
                if (!selected) onActivate(item.id);
              }}
              onDoubleClick={() => onDoubleClick?.(item.id)}
              onMouseDown={(event) => {
                // A press leaves the focus to what it brings to the front; a middle one would start the platform's scrolling.
                if (event.button < 2) event.preventDefault();
              }}
              onAuxClick={(event) => {
                if (event.button === 1 && !item.fixed) onClose?.(item.id);
              }}
              onContextMenu={(event) => {
                if (menu) openContextMenu(event, menu(item.id), item.title);
              }}
            >
              {item.busy ? <Spinner /> : item.icon ? <Icon name={item.icon} /> : null}
              <span className="rh-truncate" style={item.preview ? { fontStyle: "italic" } : undefined}>
                {item.title}
              </span>
              {item.meta !== undefined ? <span className="rh-meta">{item.meta}</span> : null}
              {item.dirty ? <span className="rh-visually-hidden">, not saved</span> : null}
              {onClose && !item.fixed ? (
                // Not a button: a tab's children are presentational. Delete closes it from the keyboard.
                <span
                  className="rh-tab-close"
                  aria-hidden="true"
                  data-dirty={item.dirty || undefined}
                  data-tip="Close"
                  onPointerDown={(event) => event.stopPropagation()}
                  onClick={(event) => {
                    event.stopPropagation();
                    onClose(item.id);
                  }}
                >
                  {item.dirty ? <span className="rh-tab-dot" /> : null}
                  <Icon name="close" size={12} />
                </span>
              ) : item.dirty ? (
                <span className="rh-tab-dot" aria-hidden="true" />
              ) : null}
            </div>
          );
        })}
      </div>
      {after}
      {overflows || end ? (
        <div className="rh-tabs-end">
          {overflows ? (
            <MenuButton
              label="All tabs"
              icon="chevron-down"
              dense
              align="end"
              items={() =>
                items.map((item) => ({
                  label: item.title,
                  checked: item.id === active,
                  onSelect: () => onActivate(item.id),
                }))
              }
            />
          ) : null}
          {end}
        </div>
      ) : null}
    </div>
  );
}
