import { useEffect, useState } from "react";
import { type AppError, failureOf, type Generate, type GenerateLook, host } from "@/ipc";

/** So long a choice has to rest before it is looked at. */
const REST_MS = 250;

interface Answer {
  readonly key: string;
  readonly look: GenerateLook | null;
  readonly failure: AppError | null;
}

export interface Looked {
  /** The latest look; it may be one at earlier choices. */
  readonly look: GenerateLook | null;
  /** Why these choices cannot be made up. */
  readonly failure: AppError | null;
  /** Whether the answer is to these very choices. */
  readonly current: boolean;
}

/** What would be made up. It is asked again as choices change; answers to earlier choices are dropped. */
export function useLook(request: Generate | null, again: number): Looked {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const key = request === null ? null : `${again} ${JSON.stringify(request)}`;
  const first = answer === null;
  useEffect(() => {
    if (key === null) return;
    let dropped = false;
    const asked = JSON.parse(key.slice(key.indexOf(" ") + 1)) as Generate;
    const timer = window.setTimeout(
      () => {
        host()
          .generateLook(asked)
          .then((look) => {
            if (!dropped) setAnswer({ key, look, failure: null });
          })
          .catch((thrown: unknown) => {
            if (!dropped) setAnswer((old) => ({ key, look: old?.look ?? null, failure: failureOf(thrown) }));
          });
      },
      first ? 0 : REST_MS,
    );
    return () => {
      dropped = true;
      window.clearTimeout(timer);
    };
  }, [key, first]);
  const current = answer !== null && answer.key === key;
  return { look: answer?.look ?? null, failure: current ? answer.failure : null, current };
}
