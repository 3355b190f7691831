/** A search over whom one can act as. The focus stays in its field; arrows go through what is found, Enter takes it. */
import { type KeyboardEvent, type Ref, useEffect, useId, useRef, useState } from "react";
import { Icon, Input, tip } from "@/design";
import type { Choice } from "../choices";

export interface ChoiceListProps {
  choices: readonly Choice[];
  /** Roles that are not listed. */
  more: number;
  text: string;
  onText: (text: string) => void;
  isChosen: (choice: Choice) => boolean;
  onChoose: (choice: Choice) => void;
  /** What stands where nothing is found: why, or that it is being read. */
  nothing: string;
  field: Ref<HTMLInputElement>;
}

export function ChoiceList({ choices, more, text, onText, isChosen, onChoose, nothing, field }: ChoiceListProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(-1);
  const chosen = choices.findIndex(isChosen);
  const active = at >= 0 && at < choices.length ? at : chosen >= 0 ? chosen : text === "" ? -1 : 0;
  useEffect(() => {
    list.current?.querySelector("[data-active=true]")?.scrollIntoView?.({ block: "nearest" });
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const last = choices.length - 1;
    const choice = choices[active];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") setAt(Math.min(active + 1, last));
    else if (event.key === "ArrowUp") setAt(Math.max(active - 1, 0));
    else if (event.key === "PageDown") setAt(Math.min(active + 6, last));
    else if (event.key === "PageUp") setAt(Math.max(active - 6, 0));
    else if (event.key === "Enter" && choice) onChoose(choice);
    else return;
    event.preventDefault();
  };
  return (
    <div className="act-choose">
      <Input
        ref={field}
        type="search"
        role="combobox"
        icon="search"
        aria-label="Find a role or an actor"
        placeholder="Find a role or an actor"
        aria-autocomplete="list"
        aria-expanded={choices.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        value={text}
        onChange={(next) => {
          onText(next);
          setAt(-1);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label="Roles and actors" className="act-list rh-scroll">
        {choices.map((choice, index) => (
          <div key={choice.key} role="presentation">
            {choices[index - 1]?.group === choice.group ? null : (
              <div className="rh-menu-head" role="presentation">
                {choice.group}
              </div>
            )}
            <div
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              className="rh-menu-item"
              data-active={index === active || undefined}
              {...tip(choice.full === choice.label ? undefined : choice.full)}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => {
                setAt(index);
                onChoose(choice);
              }}
            >
              <Icon name={choice.icon} />
              <span className="rh-truncate">{choice.label}</span>
              {index === chosen ? <Icon name="check" size={12} label="chosen" /> : null}
              {choice.meta ? (
                <span className="rh-menu-end rh-truncate">
                  {choice.warn ? <Icon name="warning" size={12} /> : null} {choice.meta}
                </span>
              ) : null}
            </div>
          </div>
        ))}
        {choices.length === 0 ? <p className="act-nothing rh-meta">{nothing}</p> : null}
        {more > 0 ? (
          <p className="act-nothing rh-meta">{`${more.toLocaleString("en-US")} more roles: type to find one`}</p>
        ) : null}
      </div>
    </div>
  );
}
