/** Chooses a table, found by its name where there are many. */
import { useState } from "react";
import { Select } from "@/design";
import type { PolicyOn } from "@/ipc";
import { sameTable, tableWords } from "../drafts";
import { asked, NO_FILTER, PAGE } from "../model";
import { type Place, useTables } from "../queries";

export interface TablePickerProps {
  place: Place;
  able: boolean;
  label: string;
  on: PolicyOn | null;
  onChoose: (on: PolicyOn | null) => void;
}

export function TablePicker({ place, able, label, on, onChoose }: TablePickerProps) {
  const [text, setText] = useState("");
  const tables = useTables(place, asked({ ...NO_FILTER, text }), [0], able);
  const rows = Array.from({ length: Math.min(tables.total ?? 0, PAGE) }, (_, index) => tables.at(index)?.on).filter(
    (each): each is PolicyOn => each !== undefined,
  );
  const options = on && !rows.some((each) => sameTable(each, on)) ? [on, ...rows] : rows;
  return (
    <span className="try-table">
      <Select
        dense
        label={label}
        icon="table"
        placeholder="choose a table"
        value={on ? tableWords(on) : undefined}
        options={options.map((each) => ({ value: tableWords(each), label: tableWords(each) }))}
        onChange={(name) => onChoose(options.find((each) => tableWords(each) === name) ?? null)}
      />
      {(tables.total ?? 0) > PAGE || text !== "" ? (
        <input
          className="try-find"
          aria-label="Find a table"
          placeholder="Find a table"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      ) : null}
    </span>
  );
}
