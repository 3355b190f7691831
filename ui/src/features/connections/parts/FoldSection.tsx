/** A section few connections need: one line that says how it stands until it is used. */
import { type ReactNode, useId, useState } from "react";
import { Icon } from "@/design";

export interface FoldSectionProps {
  title: string;
  /** Something was entered in it, so there is something to see. */
  used: boolean;
  /** Something in it is wrong: it cannot be folded. */
  wrong: boolean;
  /** How it stands, in a few words. */
  summary: string;
  children: ReactNode;
}

export function FoldSection({ title, used, wrong, summary, children }: FoldSectionProps) {
  const id = useId();
  const [chosen, setChosen] = useState<boolean | null>(null);
  const open = wrong || (chosen ?? used);
  return (
    <section className="conn-section" aria-labelledby={`${id}-title`} data-folded={!open || undefined}>
      <h2 id={`${id}-title`}>
        <button
          type="button"
          className="conn-fold"
          aria-expanded={open}
          aria-controls={`${id}-rows`}
          onClick={() => setChosen(!open)}
        >
          <Icon name={open ? "chevron-down" : "chevron-right"} size={12} />
          {title}
          {open ? null : <span className="conn-fold-summary rh-truncate">{summary}</span>}
        </button>
      </h2>
      <div className="conn-rows" id={`${id}-rows`} hidden={!open}>
        {open ? children : null}
      </div>
    </section>
  );
}
