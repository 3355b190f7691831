/** What one tab follows: begins it, hears how it stands, steers it. */
import { useCallback, useEffect, useRef, useState } from "react";
import { type AppError, failureOf, host, type LiveOrder, type LiveRequest, type LiveState } from "@/ipc";
import { later } from "./model";

export interface Following {
  readonly state: LiveState | null;
  readonly starting: boolean;
  /** Why it did not begin. */
  readonly failure: AppError | null;
  /** Rows that a paused view shows; `null` where it shows all of them. */
  readonly frozen: number | null;
  start(request: LiveRequest): void;
  order(order: LiveOrder): void;
}

/** `listen` calls with every state that the core tells, of any tab. */
export function useLive(tabId: string, listen: (heard: (state: LiveState) => void) => () => void): Following {
  const [state, setState] = useState<LiveState | null>(null);
  const [starting, setStarting] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [frozen, setFrozen] = useState<number | null>(null);
  const latest = useRef(state);
  latest.current = state;
  const heard = useCallback((next: LiveState) => setState((before) => later(before, next)), []);
  useEffect(() => {
    let alive = true;
    // What the core still follows for this tab, after the window was read anew.
    void host()
      .liveState(tabId)
      .then((known) => alive && known && heard(known))
      .catch(() => undefined);
    const stop = listen((next) => {
      if (next.tab_id === tabId) heard(next);
    });
    return () => {
      alive = false;
      stop();
    };
  }, [tabId, listen, heard]);
  return {
    state,
    starting,
    failure,
    frozen,
    start: (request) => {
      setStarting(true);
      setFailure(null);
      setFrozen(null);
      host()
        .liveStart(request)
        .then(
          (begun) => setState((before) => (before?.head.hold_id === begun.head.hold_id ? later(before, begun) : begun)),
          (thrown: unknown) => setFailure(failureOf(thrown)),
        )
        .finally(() => setStarting(false));
    },
    order: (order) => {
      if (order === "pause") setFrozen(latest.current?.rows ?? 0);
      if (order === "resume" || order === "clear" || order === "stop") setFrozen(null);
      host()
        .liveOrder(tabId, order)
        .catch((thrown: unknown) => setFailure(failureOf(thrown)));
    },
  };
}
