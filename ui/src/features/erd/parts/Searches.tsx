/** Finding a table, and the way between two. */
import { useState } from "react";
import { Button, Popover } from "@/design";
import type { DiagramTable } from "@/ipc";
import { nameKey } from "../model";
import { useTablesCalled } from "../queries";
import type { Place } from "../state";
import { type Pick, TablePicker } from "./TablePicker";

interface SearchProps {
  place: Place;
  anchor: HTMLElement | null;
  onClose: () => void;
  picks: readonly Pick[];
}

/** What is drawn, and what else the database has of that name. */
function usePicks(place: Place, picks: readonly Pick[], text: string): readonly Pick[] {
  const called = useTablesCalled(place, text);
  const known = new Set(picks.map(({ table }) => nameKey(table)));
  const more = called.filter((table) => !known.has(nameKey(table)));
  return [
    ...picks,
    ...more.map((table) => ({
      table,
      title: table.schema ? `${table.schema}.${table.name}` : table.name,
      meta: "not shown: adds it",
    })),
  ];
}

export function FindBox({ anchor, onClose, onPick, ...rest }: SearchProps & { onPick: (pick: Pick) => void }) {
  return (
    <Popover open={anchor !== null} onClose={onClose} anchor={anchor} label="Find a table" align="end" width={320}>
      <FindForm
        {...rest}
        onPick={(pick) => {
          onClose();
          onPick(pick);
        }}
      />
    </Popover>
  );
}

function FindForm({ place, picks, onPick }: { place: Place; picks: readonly Pick[]; onPick: (pick: Pick) => void }) {
  const [text, setText] = useState("");
  const all = usePicks(place, picks, text);
  return (
    <div className="erd-search">
      <TablePicker label="Find a table" picks={all} text={text} onText={setText} onPick={onPick} autoFocus />
    </div>
  );
}

export function PathBox({
  place,
  anchor,
  onClose,
  picks,
  first,
  onPath,
}: SearchProps & { first: Pick | null; onPath: (from: DiagramTable, to: DiagramTable) => void }) {
  return (
    <Popover open={anchor !== null} onClose={onClose} anchor={anchor} label="Way between two tables" width={340}>
      <PathForm
        place={place}
        picks={picks}
        first={first}
        onPath={(from, to) => {
          onClose();
          onPath(from, to);
        }}
      />
    </Popover>
  );
}

function PathForm({
  place,
  picks,
  first,
  onPath,
}: {
  place: Place;
  picks: readonly Pick[];
  first: Pick | null;
  onPath: (from: DiagramTable, to: DiagramTable) => void;
}) {
  const [from, setFrom] = useState(first);
  const [text, setText] = useState("");
  const all = usePicks(place, picks, text);
  return (
    <div className="erd-search">
      {from ? (
        <div className="erd-from">
          <span className="rh-meta">From</span>
          <span className="rh-mono rh-truncate flex-1">{from.title}</span>
          <Button
            dense
            variant="ghost"
            onClick={() => {
              setFrom(null);
              setText("");
            }}
          >
            Change
          </Button>
        </div>
      ) : null}
      <TablePicker
        key={from ? "to" : "from"}
        label={from ? "To which table" : "From which table"}
        picks={all}
        text={text}
        onText={setText}
        onPick={(pick) => {
          if (from) onPath(from.table, pick.table);
          else {
            setFrom(pick);
            setText("");
          }
        }}
        autoFocus
      />
    </div>
  );
}
