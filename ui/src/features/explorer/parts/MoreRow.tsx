import { useEffect, useRef } from "react";

/** The end of a long branch. Being drawn means that it can be seen, or soon will. */
export function MoreRow({ label, onSeen }: { label: string; onSeen: () => void }) {
  const seen = useRef(onSeen);
  seen.current = onSeen;
  // The label changes with every page, and a page may still leave this row in sight.
  useEffect(() => {
    if (label) seen.current();
  }, [label]);
  return label;
}
