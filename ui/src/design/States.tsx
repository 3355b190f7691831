import { type ReactNode, useEffect, useState } from "react";
import { Button, IconButton } from "./Button";
import { copyText } from "./clipboard";
import { Icon } from "./icons/Icon";
import type { IconName } from "./icons/shapes";
import { Picture, type PictureName } from "./Picture";
import { type StateTone, toneIcon } from "./tones";

export interface BannerProps {
  tone: StateTone | "neutral";
  /** What happened and what to do, in a sentence. */
  children: ReactNode;
  detail?: ReactNode;
  icon?: IconName;
  actions?: ReactNode;
  onDismiss?: () => void;
  /** Runs from edge to edge under a toolbar instead of standing as a card. */
  edge?: boolean;
}

export function Banner({ tone, children, detail, icon, actions, onDismiss, edge }: BannerProps) {
  const name = icon ?? (tone === "neutral" ? "info" : toneIcon(tone));
  return (
    <div
      className="rh-banner"
      data-tone={tone}
      data-edge={edge || undefined}
      role={tone === "danger" ? "alert" : "status"}
    >
      <Icon name={name} className={`rh-tone-${tone}`} />
      <div className="rh-banner-text">
        <div>{children}</div>
        {detail ? <div className="rh-banner-detail">{detail}</div> : null}
      </div>
      {actions ? <div className="rh-banner-actions">{actions}</div> : null}
      {onDismiss ? <IconButton icon="close" label="Close" quiet onClick={onDismiss} /> : null}
    </div>
  );
}

export interface EmptyStateProps {
  /** Which of the five pictures; an `icon` instead for small places. */
  picture?: PictureName;
  icon?: IconName;
  title: string;
  /** What this place is for. */
  children?: ReactNode;
  /** The one next action first. */
  actions?: ReactNode;
}

export function EmptyState({ picture, icon, title, children, actions }: EmptyStateProps) {
  return (
    <div className="rh-empty">
      <div className="rh-empty-picture">
        {picture ? <Picture name={picture} /> : icon ? <Icon name={icon} size={24} /> : null}
      </div>
      <h3>{title}</h3>
      {children ? <p>{children}</p> : null}
      {actions ? <div className="rh-empty-actions">{actions}</div> : null}
    </div>
  );
}

export interface ErrorBlockProps {
  message: string;
  hint?: string | undefined;
  /** The server's own code and where, as "SQLSTATE 42703, line 1, column 14". */
  code?: string | undefined;
  /** Everything a person would paste into a report; the button copies it. */
  details?: string | undefined;
  actions?: ReactNode;
}

export function ErrorBlock({ message, hint, code, details, actions }: ErrorBlockProps) {
  const copied = useCopied();
  return (
    <div className="rh-error rh-selectable" role="alert">
      <Icon name="error" />
      <div className="rh-error-text">
        <div className="rh-error-message">{message}</div>
        {hint || code ? (
          <div className="rh-error-hint">
            {hint}
            {hint && code ? " " : null}
            {code ? <span className="rh-mono">{code}</span> : null}
          </div>
        ) : null}
      </div>
      <div className="rh-banner-actions">
        {actions}
        {details ? (
          <Button variant="ghost" dense onClick={() => copied.copy(details)}>
            {copied.done ? "Copied" : "Copy details"}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

function useCopied() {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = window.setTimeout(() => setDone(false), 1500);
    return () => window.clearTimeout(timer);
  }, [done]);
  return { done, copy: (text: string) => void copyText(text).then(setDone) };
}

export interface CodeBlockProps {
  /** Plain text, or spans already coloured. Never markup. */
  children: ReactNode;
  /** What the copy button takes; no text, no button. */
  copy?: string;
  label?: string;
  wrap?: boolean;
}

export function CodeBlock({ children, copy, label, wrap }: CodeBlockProps) {
  const copied = useCopied();
  return (
    <div className="rh-code-wrap">
      <pre className="rh-code" data-wrap={wrap || undefined} role="region" aria-label={label ?? "Code"} tabIndex={0}>
        {children}
      </pre>
      {copy === undefined ? null : (
        <IconButton
          className="rh-code-copy"
          icon={copied.done ? "check" : "copy"}
          label={copied.done ? "Copied" : "Copy"}
          dense
          onClick={() => copied.copy(copy)}
        />
      )}
    </div>
  );
}

export interface Property {
  name: string;
  value: ReactNode;
  icon?: IconName;
  mono?: boolean;
}

export function PropertyList({ items, labelWidth }: { items: readonly Property[]; labelWidth?: number }) {
  return (
    <dl
      className="rh-props"
      style={labelWidth === undefined ? undefined : { gridTemplateColumns: `${labelWidth}px minmax(0, 1fr)` }}
    >
      {items.map((item) => [
        <dt key={`${item.name}-name`}>
          {item.name}
          {item.icon ? <Icon name={item.icon} size={12} /> : null}
        </dt>,
        <dd key={`${item.name}-value`} className={item.mono === false ? "rh-selectable" : "rh-selectable rh-mono"}>
          {item.value}
        </dd>,
      ])}
    </dl>
  );
}
