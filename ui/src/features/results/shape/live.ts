/** Rows of a data tab read again and again: at an interval, or when the server announces something. */
import { useEffect, useRef, useState } from "react";
import { type EditCounts, host, type NoticeRow } from "@/ipc";
import type { BrowseStore } from "../browsing";
import type { GridHandle } from "../grid";

export type Live =
  | { readonly kind: "off" }
  | { readonly kind: "every"; readonly seconds: number }
  | { readonly kind: "notify"; readonly channel: string };

export const OFF: Live = { kind: "off" };

export const INTERVALS = [1, 5, 30, 60] as const;
export const MOST_SECONDS = 86_400;

/** A number of seconds as a person types it; nothing where it is none. */
export function secondsOf(typed: string): number | null {
  const seconds = Number(typed.trim().replace(/\s*s(ec(onds?)?)?$/i, ""));
  return Number.isFinite(seconds) && seconds >= 1 && seconds <= MOST_SECONDS ? Math.round(seconds) : null;
}

export function liveWords(live: Live): string {
  if (live.kind === "off") return "Live: off";
  return live.kind === "every" ? `Every ${live.seconds} s` : `On ${live.channel}`;
}

export interface LiveStatus {
  /** Why nothing is read now, though it should be. */
  readonly paused: string | null;
  /** What the server announced, the latest first. */
  readonly heard: readonly NoticeRow[];
}

const MOST_HEARD = 20;
/** How often it is looked whether a pause is over. */
const LOOK_MS = 250;
/** Announcements that come together are answered together. */
const GATHER_MS = 150;

export interface LiveOptions {
  /** Reads the rows again; false where that could not be begun. */
  readonly again: (keep: number | null) => Promise<boolean>;
  /** Whose server announces something; none where nothing is listened to. */
  readonly store?: BrowseStore;
  readonly live: Live;
  /** Why it pauses, if it does; asked before every reading. */
  readonly obstacle: () => string | null;
  /** The row that is to be found again. */
  readonly keep: () => number | null;
  readonly onEnd: (why: string) => void;
}

/** What in the rows themselves stands in the way of reading them again. */
export function standing(root: HTMLElement | null, staged?: EditCounts): string | null {
  const focused = document.activeElement;
  const typing = focused?.matches("input, textarea, [contenteditable=true]") && focused.closest("[role=grid]");
  if (typing || root?.querySelector("[data-cell-sheet]")) return "a value is being edited";
  if (staged && staged.updates + staged.inserts + staged.deletes > 0) return "edits are not saved yet";
  if (root?.querySelector("[data-local-count]")) return "the rows are filtered or sorted here";
  return null;
}

/** Where the selected row went, the selection goes too. */
export function follow(grid: GridHandle | null, kept: number | null): void {
  const range = grid?.selection();
  const [first] = range?.columns ?? [];
  if (kept === null || !range || first === undefined || range.kind !== "cells") return;
  if (range.firstRow !== kept && range.firstRow === range.lastRow) grid?.activate({ row: kept, column: first });
}

/** Keeps rows live. Readings never overlap: the next interval begins when the last one has ended. */
export function useLive({ again, store, live, obstacle, keep, onEnd }: LiveOptions): LiveStatus {
  const [paused, setPaused] = useState<string | null>(null);
  const [heard, setHeard] = useState<readonly NoticeRow[]>([]);
  const latest = useRef({ again, obstacle, keep, onEnd });
  latest.current = { again, obstacle, keep, onEnd };
  const seconds = live.kind === "every" ? live.seconds : null;
  const channel = live.kind === "notify" ? live.channel : null;

  useEffect(() => {
    if (seconds === null) return;
    let timer = 0;
    let due = Date.now() + seconds * 1000;
    const turn = async () => {
      const why = latest.current.obstacle();
      setPaused(why);
      if (why === null && Date.now() >= due) {
        await latest.current.again(latest.current.keep());
        due = Date.now() + seconds * 1000;
      }
      if (timer >= 0)
        timer = window.setTimeout(() => void turn(), Math.max(LOOK_MS, Math.min(1_000, due - Date.now())));
    };
    timer = window.setTimeout(() => void turn(), LOOK_MS);
    return () => {
      window.clearTimeout(timer);
      timer = -1;
      setPaused(null);
    };
  }, [seconds]);

  useEffect(() => {
    if (channel === null || !store) return;
    let alive = true;
    let timer = 0;
    let wanted = false;
    const turn = async () => {
      const why = latest.current.obstacle();
      setPaused(wanted ? why : null);
      if (wanted && why === null) {
        wanted = false;
        // What else is going on is newer or will be: then it is tried once more.
        if (!(await store.again(latest.current.keep()))) wanted = !store.snapshot().failure;
      }
      timer = wanted && alive ? window.setTimeout(() => void turn(), LOOK_MS) : 0;
    };
    const stop = store.onSaid((notice) => {
      if (notice.label === "LISTEN") {
        latest.current.onEnd(notice.message);
        return;
      }
      setHeard((old) => [notice, ...old].slice(0, MOST_HEARD));
      wanted = true;
      if (timer === 0) timer = window.setTimeout(() => void turn(), GATHER_MS);
    });
    setHeard([]);
    host()
      .browseListen(store.tabId, store.profileId, store.object, channel)
      .catch((thrown: unknown) => {
        if (alive) latest.current.onEnd(thrown instanceof Object && "message" in thrown ? String(thrown.message) : "");
      });
    return () => {
      alive = false;
      window.clearTimeout(timer);
      stop();
      setPaused(null);
      host()
        .browseUnlisten(store.tabId)
        .catch(() => undefined);
    };
  }, [store, channel]);

  return { paused, heard };
}
