/** What has to be said yes to before anything is sent: it takes the keyboard, and Escape takes it back alone. */
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Consent, useLayer } from "@/design";
import type { SweepQuestion } from "@/ipc";

export interface QuestionProps {
  question: SweepQuestion;
  typed: string;
  onTyped: (text: string) => void;
  onYes: () => void;
  onNo: () => void;
}

export function Question({ question, typed, onTyped, onYes, onNo }: QuestionProps) {
  const own = useRef<HTMLDivElement>(null);
  const [before] = useState(() => document.activeElement);
  useLayer({ active: true, element: own, keepOnOutside: true, onDismiss: onNo });
  useEffect(() => {
    own.current?.querySelector("input")?.focus();
    own.current?.scrollIntoView?.({ block: "nearest" });
  }, []);
  useLayoutEffect(
    () => () =>
      queueMicrotask(() => {
        const lost = document.activeElement === null || document.activeElement === document.body;
        if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      }),
    [before],
  );
  return (
    <div
      ref={own}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        onYes();
      }}
    >
      <Consent
        title={question.title}
        connection={question.connection}
        production={question.production}
        notes={question.notes}
        wanted={question.typed}
        typed={typed}
        onTyped={onTyped}
      />
    </div>
  );
}
