/** A field that finds a table by its name. */
import { type KeyboardEvent, type Ref, useEffect, useId, useMemo, useRef, useState } from "react";
import { Input } from "@/design";
import type { DiagramTable } from "@/ipc";
import { nameKey } from "../model";

export interface Pick {
  readonly table: DiagramTable;
  readonly title: string;
  /** Why it is not in the diagram, where it is not. */
  readonly meta?: string;
}

const MOST = 60;

/** Those whose name holds every word: those that begin so first. */
export function found(picks: readonly Pick[], text: string): readonly Pick[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return picks.slice(0, MOST);
  const ranked: [number, Pick][] = [];
  for (const pick of picks) {
    const title = pick.title.toLowerCase();
    if (!words.every((word) => title.includes(word))) continue;
    const name = pick.table.name.toLowerCase();
    const first = words[0] ?? "";
    ranked.push([name === first ? 0 : name.startsWith(first) ? 1 : name.includes(first) ? 2 : 3, pick]);
  }
  return ranked
    .toSorted(([a], [b]) => a - b)
    .slice(0, MOST)
    .map(([, pick]) => pick);
}

export function TablePicker({
  ref,
  label,
  picks,
  text,
  onText,
  onPick,
  autoFocus,
}: {
  ref?: Ref<HTMLInputElement>;
  label: string;
  picks: readonly Pick[];
  text: string;
  onText: (text: string) => void;
  onPick: (pick: Pick) => void;
  autoFocus?: boolean;
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const items = useMemo(() => found(picks, text), [picks, text]);
  const chosen = Math.min(at, items.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: "nearest" });
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const last = items.length - 1;
    if (event.key === "ArrowDown") setAt(chosen >= last ? 0 : chosen + 1);
    else if (event.key === "ArrowUp") setAt(chosen <= 0 ? last : chosen - 1);
    else if (event.key === "PageDown") setAt(Math.min(last, chosen + 8));
    else if (event.key === "PageUp") setAt(Math.max(0, chosen - 8));
    else if (event.key === "Enter") {
      const pick = items[chosen];
      if (pick) onPick(pick);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="erd-picker">
      <Input
        {...(ref ? { ref } : {})}
        icon="search"
        value={text}
        onChange={(next) => {
          onText(next);
          setAt(0);
        }}
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={items.length > 0 ? `${id}-${chosen}` : undefined}
        placeholder={label}
        autoComplete="off"
        autoFocus={autoFocus}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label="Tables" className="erd-picks rh-scroll">
        {items.map((pick, place) => (
          <div
            key={nameKey(pick.table)}
            id={`${id}-${place}`}
            role="option"
            aria-selected={place === chosen}
            className="erd-pick"
            onPointerMove={() => place !== chosen && setAt(place)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onPick(pick)}
          >
            <span className="rh-truncate">{pick.title}</span>
            {pick.meta ? <span className="rh-meta">{pick.meta}</span> : null}
          </div>
        ))}
        {items.length === 0 ? <p className="erd-none">No table is called that.</p> : null}
      </div>
    </div>
  );
}
