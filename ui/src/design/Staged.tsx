/** What waits to be applied: a line with how much there is, a list of it, the steps back and forth, Discard and Review. */
import { type ReactNode, useRef, useState } from "react";
import { Button, IconButton } from "./Button";
import { ConfirmDialog } from "./Dialog";
import { Popover } from "./Popover";

/** What is to become of something. */
export type Becoming = "added" | "changed" | "removed";

const SIGNS = { added: "+", changed: "~", removed: "−" } as const;

/** A change as a shape and a colour; for screen readers as a word. */
export function Sign({ of, quiet = false }: { of: Becoming; quiet?: boolean }) {
  return (
    <span className="rh-sign" data-becoming={of} title={quiet ? undefined : of}>
      <span aria-hidden="true">{SIGNS[of]}</span>
      {quiet ? null : <span className="rh-visually-hidden">{of}</span>}
    </span>
  );
}

export interface StagedItem {
  readonly key: string | number;
  readonly becoming: Becoming;
  readonly label: string;
  readonly meta?: string | undefined;
  /** It cannot be applied as it stands; `meta` says why. */
  readonly wrong?: boolean;
  readonly onGo?: () => void;
  readonly onDiscard: () => void;
}

export interface StagedStep {
  /** What it takes back, or does again; nothing to do where it is null. */
  readonly what: string | null;
  readonly keys?: string | undefined;
  readonly onStep: () => void;
}

export interface StagedBarProps {
  /** The accessible name of the whole line. */
  label: string;
  /** How much there is: `3 changes`. */
  words: string;
  /** What one of the list is, in the plural: `Drafts`. */
  many: string;
  items: readonly StagedItem[];
  /** What is wrong with it, as badges. */
  marks?: ReactNode;
  /** Where nothing is wrong: what a person should know. */
  note: ReactNode;
  undo?: StagedStep;
  redo?: StagedStep;
  /** What else can be done with all of it. */
  actions?: ReactNode;
  /** What is gone once everything is discarded. */
  discarded: string;
  onDiscardAll: () => void;
  onReview: () => void;
  reviewKeys: string | undefined;
  /** Applies all of it at once, where that needs no review first. */
  save?: {
    readonly label: string;
    readonly keys: string | undefined;
    readonly loading: boolean;
    readonly disabledReason: string | undefined;
    readonly onSave: () => void;
  };
}

export function StagedBar(props: StagedBarProps) {
  const { label, words, many, items, marks, note, undo, redo, discarded, onDiscardAll, onReview, reviewKeys } = props;
  const { actions, save } = props;
  const [list, setList] = useState(false);
  const [asking, setAsking] = useState(false);
  const counts = useRef<HTMLButtonElement>(null);
  const nothing = items.length === 0 ? "nothing is staged" : undefined;
  const step = (icon: "undo" | "redo", word: string, { what, keys, onStep }: StagedStep) => (
    <IconButton
      icon={icon}
      label={what === null ? word : `${word}: ${what}`}
      dense
      disabledReason={what === null ? "there is nothing" : undefined}
      {...(keys ? { keys } : {})}
      onClick={onStep}
    />
  );
  return (
    <div className="rh-staged" role="group" aria-label={label}>
      <Button
        ref={counts}
        dense
        variant="ghost"
        opens
        disabledReason={nothing}
        tooltip={`Every one of the ${many.toLowerCase()}`}
        onClick={() => setList((open) => !open)}
      >
        {words}
      </Button>
      {undo ? step("undo", "Take back", undo) : null}
      {redo ? step("redo", "Do again", redo) : null}
      {marks}
      {note}
      <span className="flex-1" />
      {actions}
      <Button variant="ghost" disabledReason={nothing} onClick={() => setAsking(true)}>
        Discard
      </Button>
      <Button
        variant={save ? "secondary" : "primary"}
        disabledReason={nothing}
        {...(reviewKeys ? { keys: reviewKeys, showKeys: save === undefined } : {})}
        onClick={onReview}
      >
        Review
      </Button>
      {save ? (
        <Button
          variant="primary"
          loading={save.loading}
          disabledReason={save.disabledReason}
          {...(save.keys ? { keys: save.keys, showKeys: true } : {})}
          onClick={save.onSave}
        >
          {save.label}
        </Button>
      ) : null}
      {list && counts.current ? (
        <Popover
          open
          onClose={() => setList(false)}
          anchor={counts.current}
          label={many}
          side="top"
          align="start"
          width={440}
        >
          <ul className="rh-staged-list rh-scroll">
            {items.map(({ key, becoming, label: what, meta, wrong, onGo, onDiscard }) => {
              const text = (
                <>
                  <Sign of={becoming} quiet />
                  <span className="min-w-0">
                    <span className="rh-truncate block">{what}</span>
                    {meta === undefined ? null : (
                      <span className={wrong ? "rh-staged-wrong block" : "rh-meta rh-truncate block"}>{meta}</span>
                    )}
                  </span>
                </>
              );
              return (
                <li key={key}>
                  {onGo ? (
                    <button
                      type="button"
                      className="rh-staged-item"
                      onClick={() => {
                        setList(false);
                        onGo();
                      }}
                    >
                      {text}
                    </button>
                  ) : (
                    <span className="rh-staged-item">{text}</span>
                  )}
                  <IconButton icon="undo" label={`Discard: ${what}`} quiet onClick={onDiscard} />
                </li>
              );
            })}
          </ul>
        </Popover>
      ) : null}
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          onDiscardAll();
        }}
        title={`Discard ${words}?`}
        description={discarded}
        confirmLabel={`Discard ${words}`}
        danger
      />
    </div>
  );
}
