import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Button, type ButtonVariant, IconButton } from "./Button";
import { type Align, type Anchor, type Side, useFloating } from "./floating";
import { useReturnFocus } from "./focus";
import { Icon } from "./icons/Icon";
import type { IconName } from "./icons/shapes";
import { useLayer } from "./layers";
import { firstEnabled, lastEnabled, type MenuItem, stepEnabled, typeAhead } from "./menuModel";
import { formatShortcut } from "./shortcut";

export type { MenuAction, MenuItem } from "./menuModel";

export interface MenuProps {
  open: boolean;
  onClose: () => void;
  anchor: Anchor;
  label: string;
  items: readonly MenuItem[];
  side?: Side;
  align?: Align;
  gap?: number;
}

export function Menu(props: MenuProps) {
  return props.open ? createPortal(<OpenMenu {...props} />, document.body) : null;
}

interface OpenMenuProps extends Omit<MenuProps, "open"> {
  /** Closes only this level: a submenu's Left arrow. */
  onBack?: () => void;
  /** Closes the whole chain, after an item was chosen. */
  onDone?: () => void;
}

function OpenMenu({
  onClose,
  onBack,
  onDone,
  anchor,
  label,
  items,
  side = "bottom",
  align = "start",
  gap = 4,
}: OpenMenuProps) {
  const element = useRef<HTMLDivElement>(null);
  const id = useId();
  const [active, setActive] = useState(() => firstEnabled(items));
  const [sub, setSub] = useState<number | undefined>();
  const [subAnchor, setSubAnchor] = useState<Element | null>(null);
  const typed = useRef({ text: "", at: 0 });
  useReturnFocus();
  useFloating(element, anchor, true, { side, align, gap });
  useLayer({ active: true, element, anchor: anchor instanceof Element ? anchor : null, onDismiss: onBack ?? onClose });
  useLayoutEffect(() => element.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    element.current?.querySelector(`[data-index="${active}"]`)?.scrollIntoView?.({ block: "nearest" });
  }, [active]);

  const row = (index: number) => element.current?.querySelector(`[data-index="${index}"]`) ?? null;
  const openSub = (index: number) => {
    const item = items[index];
    if (!item || !("items" in item) || !item.items) return false;
    setSubAnchor(row(index));
    setSub(index);
    return true;
  };
  const choose = (index: number) => {
    const item = items[index];
    if (!item || "separator" in item || "heading" in item || item.disabledReason !== undefined) return;
    if (openSub(index)) return;
    (onDone ?? onClose)();
    item.onSelect?.();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== element.current) return;
    const { key } = event;
    if (key === "ArrowDown") setActive(stepEnabled(items, active, 1));
    else if (key === "ArrowUp") setActive(stepEnabled(items, active, -1));
    else if (key === "Home") setActive(firstEnabled(items));
    else if (key === "End") setActive(lastEnabled(items));
    else if (key === "ArrowRight") openSub(active);
    else if (key === "ArrowLeft") onBack?.();
    else if (key === "Enter" || key === " ") choose(active);
    else if (key === "Tab") onClose();
    else if (key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const now = Date.now();
      typed.current = { text: now - typed.current.at < 700 ? typed.current.text + key : key, at: now };
      const hit = typeAhead(items, active, typed.current.text);
      if (hit !== undefined) setActive(hit);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const subItem = sub === undefined ? undefined : items[sub];
  return (
    <div
      ref={element}
      role="menu"
      aria-label={label}
      aria-activedescendant={`${id}-${active}`}
      tabIndex={-1}
      className="rh-popover rh-menu"
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
    >
      {items.map((item, index) => {
        const key =
          "separator" in item
            ? `separator-${index}`
            : "heading" in item
              ? `heading-${item.heading}`
              : `${item.label}-${index}`;
        if ("separator" in item) return <hr className="rh-menu-sep" key={key} />;
        if ("heading" in item) {
          return (
            <div className="rh-menu-head" role="presentation" key={key}>
              {item.heading}
            </div>
          );
        }
        const disabled = item.disabledReason !== undefined;
        return (
          <div
            key={key}
            id={`${id}-${index}`}
            role={item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
            tabIndex={-1}
            aria-checked={item.checked}
            aria-disabled={disabled || undefined}
            aria-haspopup={item.items ? "menu" : undefined}
            aria-expanded={item.items ? sub === index : undefined}
            className="rh-menu-item"
            data-index={index}
            data-active={index === active || undefined}
            data-danger={item.danger || undefined}
            data-tip={item.disabledReason || undefined}
            onPointerMove={() => {
              if (active !== index) setActive(index);
              if (sub !== undefined && sub !== index) setSub(undefined);
              if (item.items && sub !== index) openSub(index);
            }}
            onClick={() => choose(index)}
          >
            {item.checked !== undefined ? (
              <span className="rh-menu-slot">{item.checked ? <Icon name="check" /> : null}</span>
            ) : item.icon ? (
              <Icon name={item.icon} />
            ) : null}
            <span>{item.label}</span>
            {item.items ? (
              <span className="rh-menu-end">
                <Icon name="chevron-right" size={12} />
              </span>
            ) : item.keys ? (
              <span className="rh-menu-end">{formatShortcut(item.keys)}</span>
            ) : item.meta ? (
              <span className="rh-menu-end">{item.meta}</span>
            ) : null}
          </div>
        );
      })}
      {subItem && "items" in subItem && subItem.items
        ? createPortal(
            <OpenMenu
              key={sub}
              anchor={subAnchor}
              label={subItem.label}
              items={subItem.items}
              side="right"
              gap={2}
              onClose={onClose}
              onBack={() => {
                setSub(undefined);
                element.current?.focus();
              }}
              onDone={onDone ?? onClose}
            />,
            document.body,
          )
        : null}
    </div>
  );
}

export interface MenuButtonProps {
  /** The button's text; with `icon` and no text it is an icon button named `label`. */
  children?: ReactNode;
  label: string;
  icon?: IconName;
  items: readonly MenuItem[] | (() => readonly MenuItem[]);
  variant?: ButtonVariant;
  dense?: boolean;
  align?: Align;
  keys?: string;
  disabledReason?: string | undefined;
}

export function MenuButton({
  children,
  label,
  icon,
  items,
  variant,
  dense,
  align = "start",
  keys,
  disabledReason,
}: MenuButtonProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const shared = {
    "aria-haspopup": "menu" as const,
    "aria-expanded": anchor !== null,
    dense: dense ?? false,
    disabledReason,
    ...(keys ? { keys } : {}),
    onClick: (event: { currentTarget: HTMLElement }) => setAnchor(anchor ? null : event.currentTarget),
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.key !== "ArrowDown" || disabledReason) return;
      event.preventDefault();
      setAnchor(event.currentTarget);
    },
  };
  return (
    <>
      {children === undefined ? (
        <IconButton {...shared} icon={icon ?? "more"} label={label} variant={variant ?? "ghost"} />
      ) : (
        <Button {...shared} {...(icon ? { icon } : {})} variant={variant ?? "secondary"} opens>
          {children}
        </Button>
      )}
      <Menu
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        anchor={anchor}
        label={label}
        items={anchor ? (typeof items === "function" ? items() : items) : []}
        align={align}
      />
    </>
  );
}
