import type { IconName } from "./icons/shapes";

export type StateTone = "ok" | "warn" | "danger" | "info";

/** Every state colour has its shape. */
export function toneIcon(tone: StateTone): IconName {
  return ({ ok: "check", warn: "warning", danger: "error", info: "info" } as const)[tone];
}
