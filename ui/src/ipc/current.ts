import type { Host } from "./host";

let current: Host | null = null;

/** Chooses the host; once, before anything is drawn (tests choose a fake one each). */
export function setHost(chosen: Host): void {
  current = chosen;
}

/** The chosen host. */
export function host(): Host {
  if (!current) throw new Error("No host was chosen before the first call.");
  return current;
}
