import type { CSSProperties, ReactNode } from "react";
import { Icon } from "./icons/Icon";
import type { IconName } from "./icons/shapes";
import { tip } from "./tip";

/** One row: left says what it is, right offers what can be done. */
export function Toolbar({
  label,
  icon,
  what,
  children,
  end,
}: {
  label: string;
  icon?: IconName;
  what?: ReactNode;
  children?: ReactNode;
  end?: ReactNode;
}) {
  return (
    <div className="rh-toolbar" role="toolbar" aria-label={label}>
      {what ? (
        <div className="rh-toolbar-what">
          {icon ? <Icon name={icon} /> : null}
          <span className="rh-truncate">{what}</span>
        </div>
      ) : null}
      {children}
      {end ? <div className="rh-toolbar-do">{end}</div> : null}
    </div>
  );
}

export function ToolbarDivider() {
  return <span className="rh-vr" aria-hidden="true" />;
}

export function StatusBar({ children, end }: { children: ReactNode; end?: ReactNode }) {
  return (
    <footer className="rh-status">
      {children}
      {end ? <div className="ml-auto flex items-center gap-4 min-w-0">{end}</div> : null}
    </footer>
  );
}

/** The first thing in the bar: a stripe of colour and its word. */
export function StatusMark({ color, tone, children }: { color: string; tone?: "danger"; children: ReactNode }) {
  return (
    <span className="rh-status-env" data-tone={tone} style={{ "--stripe": color } as CSSProperties}>
      {children}
    </span>
  );
}

export interface StatusItemProps {
  icon?: IconName;
  children: ReactNode;
  onPress?: () => void;
  tooltip?: string;
  keys?: string;
  /** Never squeezed away, at any width. */
  keep?: boolean;
}

export function StatusItem({ icon, children, onPress, tooltip, keys, keep }: StatusItemProps) {
  const body = (
    <>
      {icon ? <Icon name={icon} size={14} /> : null}
      <span className={keep ? undefined : "rh-truncate"}>{children}</span>
    </>
  );
  const shared = { className: "rh-status-item", "data-keep": keep || undefined, ...tip(tooltip, keys) };
  return onPress ? (
    <button type="button" {...shared} onClick={onPress}>
      {body}
    </button>
  ) : (
    <span {...shared}>{body}</span>
  );
}
