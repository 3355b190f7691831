/** The diagram's toolbar: which one it is, how much it shows, and what can be done with it. */
import { type RefObject, useSyncExternalStore } from "react";
import { Badge, Button, IconButton, MenuButton, type MenuItem, Toolbar, ToolbarDivider, tip } from "@/design";
import type { DiagramColumns, DiagramSummary } from "@/ipc";
import type { DiagramStore } from "../store";
import { figures } from "../words";

export interface BarKeys {
  readonly find?: string | undefined;
  readonly path?: string | undefined;
  readonly layout?: string | undefined;
  readonly list?: string | undefined;
  readonly export?: string | undefined;
  readonly open?: string | undefined;
}

export interface BarProps {
  /** The connection, and its database. */
  name: string;
  database: string | null;
  store: DiagramStore;
  diagrams: readonly DiagramSummary[] | undefined;
  list: boolean;
  keys: BarKeys;
  findRef: RefObject<HTMLButtonElement | null>;
  pathRef: RefObject<HTMLButtonElement | null>;
  onFind: () => void;
  onPath: () => void;
  onList: () => void;
  onColumns: (columns: DiagramColumns) => void;
  switching: () => readonly MenuItem[];
  layouts: () => readonly MenuItem[];
  exports: () => readonly MenuItem[];
  more: () => readonly MenuItem[];
}

const COLUMNS: readonly (readonly [DiagramColumns, string, string])[] = [
  ["all", "All columns", "All"],
  ["keys", "Keys and what refers", "Keys"],
  ["none", "No columns", "None"],
];

const when = (ms: number): string => {
  const at = new Date(ms);
  const today = new Date().toDateString() === at.toDateString();
  const time = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  return today ? time : `${at.toLocaleDateString([], { day: "numeric", month: "short" })} ${time}`;
};

export function Bar(props: BarProps) {
  const { store, keys } = props;
  const { scene, name } = useSyncExternalStore(store.subscribe, store.snapshot);
  const drawing = scene?.drawing;
  const columns = drawing?.scope.columns ?? "all";
  const nothing = drawing ? undefined : "the diagram is not here yet";
  const key = (text: string | undefined) => (text ? { keys: text } : {});
  return (
    <Toolbar
      label="Diagram"
      icon="explain"
      what={
        <>
          {props.name}
          {props.database ? <span className="text-ink-3 font-[400]"> · {props.database}</span> : null}
        </>
      }
      end={
        <>
          <Button
            ref={props.findRef}
            dense
            variant="ghost"
            icon="search"
            aria-label="Find"
            disabledReason={nothing}
            {...key(keys.find)}
            {...(keys.find ? { showKeys: true } : {})}
            onClick={props.onFind}
          >
            <span className="erd-word">Find</span>
          </Button>
          <Button
            ref={props.pathRef}
            dense
            variant="ghost"
            icon="branch"
            aria-label="Path"
            tooltip="The way between two tables"
            disabledReason={nothing}
            {...key(keys.path)}
            onClick={props.onPath}
          >
            <span className="erd-word">Path</span>
          </Button>
          <MenuButton
            dense
            variant="ghost"
            icon="explain"
            label="Layout"
            disabledReason={nothing}
            {...key(keys.layout)}
            items={props.layouts}
          >
            <span className="erd-word">Layout</span>
          </MenuButton>
          <MenuButton
            dense
            variant="ghost"
            icon="columns"
            label="Columns"
            disabledReason={nothing}
            items={COLUMNS.map(([value, label]) => ({
              label,
              checked: value === columns,
              onSelect: () => props.onColumns(value),
            }))}
          >
            <span className="erd-word">
              {`Columns: ${COLUMNS.find(([value]) => value === columns)?.[2].toLowerCase() ?? ""}`}
            </span>
          </MenuButton>
          <ToolbarDivider />
          <IconButton
            icon="rows"
            label="List of tables"
            pressed={props.list}
            disabledReason={nothing}
            {...key(keys.list)}
            onClick={props.onList}
          />
          <MenuButton
            icon="download"
            label="Export"
            align="end"
            disabledReason={nothing}
            {...key(keys.export)}
            items={props.exports}
          />
          <MenuButton icon="more" label="More" align="end" disabledReason={nothing} items={props.more} />
        </>
      }
    >
      <MenuButton dense label="Diagram" {...key(keys.open)} items={props.switching}>
        <span className="erd-title rh-truncate">{name || "Diagram"}</span>
      </MenuButton>
      {scene && drawing ? (
        <span className="rh-meta rh-truncate erd-figures" {...tip(figures(scene))}>
          {figures(scene)}
        </span>
      ) : null}
      {drawing?.offline ? (
        <Badge
          tone="warn"
          icon="offline"
          tooltip="Drawn from what was kept of the database; the connection is not open"
        >
          {`as of ${when(drawing.as_of_ms)}`}
        </Badge>
      ) : null}
    </Toolbar>
  );
}
