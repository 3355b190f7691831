import { type ReactNode, useSyncExternalStore } from "react";
import { Button, IconButton } from "./Button";
import type { Tone } from "./Feedback";
import { Icon } from "./icons/Icon";
import { toneIcon } from "./tones";

export interface ToastOptions {
  title: string;
  detail?: ReactNode;
  tone?: Extract<Tone, "ok" | "warn" | "danger" | "info">;
  action?: { label: string; onPress: () => void };
  /** Milliseconds; 6,000 unless told. Bad news stays until it is closed. */
  stay?: number;
}

interface Toast extends ToastOptions {
  id: number;
}

let toasts: readonly Toast[] = [];
let next = 1;
const timers = new Map<number, number>();
const listeners = new Set<() => void>();
const MAX = 4;

function set(value: readonly Toast[]) {
  toasts = value;
  for (const listener of listeners) listener();
}

function schedule(item: Toast) {
  const stay = item.stay ?? (item.tone === "danger" || item.tone === "warn" ? Number.POSITIVE_INFINITY : 6000);
  if (Number.isFinite(stay))
    timers.set(
      item.id,
      window.setTimeout(() => dismissToast(item.id), stay),
    );
}

/** Only for what finished elsewhere. Returns an id for `dismissToast`. */
export function toast(options: ToastOptions): number {
  const item: Toast = { ...options, id: next++ };
  set([...toasts, item].slice(-MAX));
  schedule(item);
  return item.id;
}

export function dismissToast(id: number) {
  window.clearTimeout(timers.get(id));
  timers.delete(id);
  set(toasts.filter((item) => item.id !== id));
}

export function ToastRegion() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <section className="rh-toasts" aria-label="Notifications" aria-live="polite">
      {shown.map((item) => (
        <div
          key={item.id}
          className="rh-toast"
          role={item.tone === "danger" ? "alert" : undefined}
          // Whoever is reading it keeps it.
          onPointerEnter={() => window.clearTimeout(timers.get(item.id))}
          onPointerLeave={() => schedule(item)}
        >
          <Icon name={toneIcon(item.tone ?? "info")} className={`rh-tone-${item.tone ?? "info"}`} />
          <div className="flex-1 min-w-0">
            <div className="font-medium">{item.title}</div>
            {item.detail ? <div className="rh-meta">{item.detail}</div> : null}
            {item.action ? (
              <Button
                dense
                className="mt-2"
                onClick={() => {
                  item.action?.onPress();
                  dismissToast(item.id);
                }}
              >
                {item.action.label}
              </Button>
            ) : null}
          </div>
          <IconButton icon="close" label="Close" quiet onClick={() => dismissToast(item.id)} />
        </div>
      ))}
    </section>
  );
}
