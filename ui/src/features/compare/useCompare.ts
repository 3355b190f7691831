/** Asking for a comparison; one at a time, the last one counts. */
import { useEffect, useRef, useState } from "react";
import { type AppError, type CompareRequest, type CompareResult, failureOf, host } from "@/ipc";

interface There {
  readonly state: "there";
  readonly request: CompareRequest;
  readonly result: CompareResult;
}

export type Answer =
  | There
  | { readonly state: "none" | "asking" }
  | { readonly state: "failed"; readonly error: AppError };

/** Gives it up; an answer that comes all the same is not looked at. */
const stop = (id: string) =>
  void host()
    .compareStop(id)
    .catch(() => undefined);

export function useCompare() {
  const [answer, setAnswer] = useState<Answer>({ state: "none" });
  /** The one that runs. */
  const running = useRef<string | null>(null);
  /** The last that came to its end. */
  const last = useRef<There | null>(null);
  useEffect(
    () => () => {
      if (running.current !== null) stop(running.current);
    },
    [],
  );
  const ask = async (request: CompareRequest) => {
    if (running.current !== null) stop(running.current);
    const id = crypto.randomUUID();
    running.current = id;
    setAnswer({ state: "asking" });
    const take = (next: Answer) => {
      if (running.current !== id) return;
      running.current = null;
      setAnswer(next);
    };
    try {
      const there: There = { state: "there", request, result: await host().compareDatabases(request, id) };
      if (running.current === id) last.current = there;
      take(there);
    } catch (thrown) {
      take({ state: "failed", error: failureOf(thrown) });
    }
  };
  /** What was there before is there again. */
  const cancel = () => {
    if (running.current !== null) stop(running.current);
    running.current = null;
    setAnswer(last.current ?? { state: "none" });
  };
  return { answer, ask, cancel };
}
