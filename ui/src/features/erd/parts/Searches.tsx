/** Finding a table, and the way between two. */
import { useState } from "react";
import { Button, Popover } from "@/design";
import type { DiagramTable } from "@/ipc";
import { type Pick, TablePicker } from "./TablePicker";

interface SearchProps {
  anchor: HTMLElement | null;
  onClose: () => void;
  picks: readonly Pick[];
}

export function FindBox({ anchor, onClose, picks, onPick }: SearchProps & { onPick: (pick: Pick) => void }) {
  const [text, setText] = useState("");
  return (
    <Popover open={anchor !== null} onClose={onClose} anchor={anchor} label="Find a table" align="end" width={320}>
      <div className="erd-search">
        <TablePicker
          label="Find a table"
          picks={picks}
          text={text}
          onText={setText}
          onPick={(pick) => {
            onClose();
            onPick(pick);
          }}
          autoFocus
        />
      </div>
    </Popover>
  );
}

export function PathBox({
  anchor,
  onClose,
  picks,
  first,
  onPath,
}: SearchProps & { first: Pick | null; onPath: (from: DiagramTable, to: DiagramTable) => void }) {
  return (
    <Popover open={anchor !== null} onClose={onClose} anchor={anchor} label="Way between two tables" width={340}>
      <PathForm
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
  picks,
  first,
  onPath,
}: {
  picks: readonly Pick[];
  first: Pick | null;
  onPath: (from: DiagramTable, to: DiagramTable) => void;
}) {
  const [from, setFrom] = useState(first);
  const [text, setText] = useState("");
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
        picks={picks}
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
