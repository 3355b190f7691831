import type { CSSProperties, ReactNode } from "react";
import { IconButton } from "./Button";
import { classes } from "./classes";
import { Icon } from "./icons/Icon";
import type { IconName } from "./icons/shapes";

export type Tone = "neutral" | "ok" | "warn" | "danger" | "info" | "accent" | "outline";

/** A grey bar of the final size, so that nothing moves when the text arrives. */
export function Skeleton({ width, height = 12 }: { width: number | string; height?: number }) {
  return <span className="rh-skeleton" style={{ width, height }} aria-hidden="true" />;
}

export interface ProgressProps {
  /** 0 to 1; absent while the end is not known. */
  value?: number;
  label: string;
  width?: number | string;
}

export function Progress({ value, label, width }: ProgressProps) {
  const percent = value === undefined ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      className="rh-progress"
      style={{ width }}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span style={{ width: `${percent ?? 35}%` }} />
    </div>
  );
}

export interface BadgeProps {
  tone?: Tone;
  icon?: IconName;
  children: ReactNode;
  mono?: boolean;
  tooltip?: string;
}

export function Badge({ tone = "neutral", icon, children, mono, tooltip }: BadgeProps) {
  return (
    <span className={classes("rh-badge", mono && "font-mono")} data-tone={tone} data-tip={tooltip}>
      {icon ? <Icon name={icon} size={12} /> : null}
      <span className="rh-truncate">{children}</span>
    </span>
  );
}

/** A colour with its word: colour alone never carries meaning. */
export function Swatch({ color, children }: { color: string; children: ReactNode }) {
  return (
    <span className="rh-swatch" style={{ "--stripe": color } as CSSProperties}>
      {children}
    </span>
  );
}

export interface ChipProps {
  icon?: IconName;
  children: ReactNode;
  onPress?: () => void;
  onRemove?: () => void;
  /** Names what the cross removes. */
  removeLabel?: string;
  tooltip?: string;
}

export function Chip({ icon, children, onPress, onRemove, removeLabel = "Remove", tooltip }: ChipProps) {
  const body = (
    <>
      {icon ? <Icon name={icon} size={14} /> : null}
      <span className="rh-truncate">{children}</span>
    </>
  );
  if (onPress && !onRemove) {
    return (
      <button type="button" className="rh-chip" onClick={onPress} data-tip={tooltip}>
        {body}
      </button>
    );
  }
  return (
    <span className="rh-chip" data-removable={onRemove ? true : undefined} data-tip={tooltip}>
      {onPress ? (
        <button type="button" className="flex items-center gap-1.5 min-w-0" onClick={onPress}>
          {body}
        </button>
      ) : (
        body
      )}
      {onRemove ? <IconButton icon="close" label={removeLabel} quiet onClick={onRemove} /> : null}
    </span>
  );
}
