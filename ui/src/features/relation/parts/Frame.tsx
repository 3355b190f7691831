/** What every structure stands in: its facts, what is to be said about it, a filter where it is long, and the view itself. */
import { type ReactNode, useRef, useState } from "react";
import { Button, ErrorBlock, Skeleton } from "@/design";
import { failureOf, failureProps } from "@/ipc";
import { exactNumber } from "../format";
import { FEW } from "../model";
import { Find } from "./GrantsTable";

interface FrameProps {
  /** The object and the view, for those who hear it. */
  label: string;
  view: string;
  /** `null` until they are read. */
  facts: ReactNode | null;
  /** Why what is shown is not of now. */
  error: unknown;
  onRetry: () => void;
  notes?: ReactNode;
  /** How many rows the view has and what they are called; `null` for one that is no list, or not read yet. */
  rows: { readonly count: number; readonly many: string } | null;
  children: (text: string, scroller: () => HTMLElement | null) => ReactNode;
}

export function Frame({ label, view, facts, error, onRetry, notes, rows, children }: FrameProps) {
  const body = useRef<HTMLDivElement>(null);
  const [filter, setFilter] = useState({ view, text: "" });
  const text = filter.view === view ? filter.text : "";
  return (
    <div className="rel">
      {facts ?? (
        <div className="rel-facts" aria-hidden="true">
          <Skeleton width={320} height={16} />
        </div>
      )}
      {facts !== null && error ? (
        <div className="p-2">
          <ErrorBlock
            {...failureProps(failureOf(error))}
            actions={
              <Button dense onClick={onRetry}>
                Try again
              </Button>
            }
          />
        </div>
      ) : null}
      {notes}
      {rows && rows.count > FEW ? (
        <Find
          many={rows.many}
          count={exactNumber(rows.count)}
          text={text}
          onText={(next) => {
            setFilter({ view, text: next });
            body.current?.scrollTo?.({ top: 0 });
          }}
        />
      ) : null}
      {/* What is long is scrolled by the keyboard too. */}
      <div ref={body} className="rel-body" tabIndex={0} role="region" aria-label={label}>
        {children(text, () => body.current)}
      </div>
    </div>
  );
}
