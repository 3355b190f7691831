import { Fragment, type KeyboardEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { type Anchor, Button, classes, EmptyState, Icon, IconButton, Popover, Spinner, tip } from "@/design";
import { type AppError, type Followed, failureOf, host, nativeCode, type PolicyActor, type ReferredRow } from "@/ipc";
import { Counting } from "./counting";
import { countedKeys, placedRows, stepRow, type Tally, tallyText } from "./model";
import "./references.css";

export interface ReferencedByProps {
  holdId: string;
  row: number;
  /** Whom it is counted as; the login itself where `null`. */
  actor: PolicyActor | null;
  anchor: Anchor;
  onGo: (rows: Followed) => void;
  onClose: () => void;
}

/** What refers to a row: every incoming foreign key, each counted after the other up to a cap, only while this is open. */
export function ReferencedBy({ anchor, onClose, ...rest }: ReferencedByProps) {
  return (
    <Popover open onClose={onClose} anchor={anchor} label="Referenced by" width={400} className="ref-popover">
      <Content {...rest} />
    </Popover>
  );
}

function Content({ holdId, row, actor, onGo }: Omit<ReferencedByProps, "anchor" | "onClose">) {
  const [found, setFound] = useState<readonly ReferredRow[] | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let here = true;
    setFailure(null);
    host()
      .referencedBy(holdId, row)
      .then(
        (rows) => here && setFound(rows),
        (thrown: unknown) => here && setFailure(failureOf(thrown)),
      );
    return () => {
      here = false;
    };
  }, [holdId, row, again]);
  if (failure) {
    const code = nativeCode(failure);
    return (
      <EmptyState
        picture={failure.code === "forbidden" ? "denied" : failure.code === "unreachable" ? "offline" : "error"}
        title={failure.message}
        actions={<Button onClick={() => setAgain((now) => now + 1)}>Try again</Button>}
      >
        {failure.hint} {code ? <span className="rh-mono">{code}</span> : null}
      </EmptyState>
    );
  }
  if (!found)
    return (
      <div className="ref-picker-wait">
        <Spinner label="Reading which keys lead here" />
      </div>
    );
  return <Keys rows={found} actor={actor} onGo={onGo} />;
}

function useTallies(rows: readonly ReferredRow[], actor: PolicyActor | null) {
  const counting = useMemo(() => new Counting(countedKeys(rows), actor), [rows, actor]);
  useEffect(() => counting.start(), [counting]);
  return { tallies: useSyncExternalStore(counting.subscribe, counting.snapshot), counting };
}

interface KeysProps {
  rows: readonly ReferredRow[];
  actor: PolicyActor | null;
  onGo: (rows: Followed) => void;
}

function Keys({ rows, actor, onGo }: KeysProps) {
  const { tallies, counting } = useTallies(rows, actor);
  const list = useRef<HTMLDivElement>(null);
  const count = rows.reduce((sum, row) => sum + row.keys.length, 0);
  useEffect(() => {
    list.current?.querySelector<HTMLElement>("[data-key]:not([aria-disabled])")?.focus({ preventScroll: true });
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>("[data-key]") ?? [])];
    const to = stepRow(event.key, all.indexOf(document.activeElement as HTMLElement), all.length);
    if (to === undefined) return;
    event.preventDefault();
    all[to]?.focus();
  };
  if (count === 0)
    return (
      <EmptyState icon="foreign-key" title="Nothing refers to this row">
        {rows.length
          ? `No foreign key of this database leads to ${rows.map((row) => row.object.name).join(" or ")}.`
          : "These rows are not of a relation."}
      </EmptyState>
    );
  return (
    <div ref={list} className="ref-keys" onKeyDown={onKeyDown}>
      {placedRows(rows).map(({ id: at, row }) => (
        <Fragment key={at}>
          <div className="ref-heading" role="heading" aria-level={3}>
            Referenced by <span className="ref-heading-row">{`${row.object.name} ${row.title}`.trim()}</span>
          </div>
          {row.keys.length === 0 ? <div className="ref-none rh-meta">no key leads here</div> : null}
          {row.keys.map((key, place) => {
            const id = `${at}.${place}`;
            const tally: Tally = tallies.get(id) ?? { state: "waiting" };
            const { text, title } = tallyText(tally);
            const dead = key.rows.nothing !== null;
            const again = tally.state === "failed" || tally.state === "denied";
            return (
              <div key={id} className="ref-referring">
                <button
                  type="button"
                  data-key={id}
                  className="ref-referring-key"
                  aria-disabled={dead || undefined}
                  onClick={() => !dead && onGo(key.rows)}
                >
                  <span
                    {...tip([key.name, key.actions].filter(Boolean).join("\n") || undefined)}
                    className="ref-referring-glyph"
                  >
                    <Icon name="foreign-key" size={14} />
                  </span>
                  <span className="ref-referring-label">{key.label}</span>
                  {key.actions.includes("DELETE CASCADE") ? (
                    <span className="ref-cascade rh-meta">cascades</span>
                  ) : null}
                  <span className={classes("ref-tally", `ref-tally-${tally.state}`)} {...tip(title)} role="status">
                    {tally.state === "counting" ? <Spinner size={12} label="Counting" /> : text}
                  </span>
                </button>
                {again ? (
                  <IconButton icon="refresh" label="Count again" quiet onClick={() => counting.again(id)} />
                ) : null}
              </div>
            );
          })}
        </Fragment>
      ))}
    </div>
  );
}
