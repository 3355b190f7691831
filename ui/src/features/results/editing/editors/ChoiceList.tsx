import { useEffect, useRef } from "react";
import { Icon } from "@/design";
import type { ResultColumn } from "@/ipc";
import { choiceInWords } from "../kinds";

export interface ChoiceListProps {
  options: readonly string[];
  column: ResultColumn;
  booleans: readonly string[];
  chosen: string | undefined;
  /** Walked to by the arrows; -1 for none. */
  active: number;
  onActive: (index: number) => void;
  onTake: (value: string) => void;
  /** Said where nothing is left. */
  none: string;
}

/** The values of an enumeration or a boolean, as the server writes them. The focus stays in the cell. */
export function ChoiceList({ options, column, booleans, chosen, active, onActive, onTake, none }: ChoiceListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const at = active >= 0 ? active : options.indexOf(chosen ?? "");
    list.current?.children[at]?.scrollIntoView?.({ block: "nearest" });
  }, [active, options, chosen]);
  return (
    <div
      ref={list}
      role="listbox"
      aria-label={`Values of ${column.name}`}
      tabIndex={-1}
      className="rh-menu rh-cell-list"
      onPointerDown={(event) => event.preventDefault()}
    >
      {options.map((option, index) => (
        <div
          key={option}
          role="option"
          tabIndex={-1}
          aria-selected={option === chosen}
          className="rh-menu-item"
          data-active={index === active || undefined}
          onPointerMove={() => onActive(index)}
          onClick={() => onTake(option)}
        >
          <span className="rh-mono">{option === "" ? "''" : option}</span>
          <span className="rh-menu-end">
            {option === chosen ? (
              <Icon name="check" size={12} label="Chosen" />
            ) : (
              choiceInWords(column, booleans, option)
            )}
          </span>
        </div>
      ))}
      {options.length === 0 ? <div className="rh-meta px-2 py-1">{none}</div> : null}
    </div>
  );
}
