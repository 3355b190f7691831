/** What a table refers to, what refers to it, and what speaks for more: beside the diagram while something is chosen. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import { Button, ErrorBlock, Icon, IconButton, Menu, number, plural, Skeleton } from "@/design";
import { type DiagramRelation, type DiagramTable, failureOf, failureProps, host } from "@/ipc";
import { alignments } from "../menus";
import { useStagedChanges } from "../queries";
import type { DiagramStore } from "../store";
import { cardinality, held, onDelete, staged as said } from "../words";

interface RelationPanelProps {
  store: DiagramStore;
  onClose: () => void;
  onFly: (box: number) => void;
  /** Goes to a table, or draws it first. */
  onGo: (table: DiagramTable) => void;
  onOpen: (box: number) => void;
  onNeighbours: (box: number) => void;
}

export function RelationPanel(props: RelationPanelProps) {
  const { store } = props;
  const { scene, selected, line } = useSyncExternalStore(store.subscribe, store.snapshot);
  if (!scene) return null;
  const [only] = selected;
  if (selected.size === 1 && only !== undefined) return <OneTable {...props} at={only} />;
  if (selected.size > 1) return <Several {...props} />;
  if (line !== null) return <OneLine {...props} line={line} />;
  return null;
}

function Panel({
  title,
  icon,
  actions,
  onClose,
  children,
}: {
  title: string;
  icon: "table" | "foreign-key" | "rows";
  actions?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <aside className="erd-panel" aria-label={`Relations: ${title}`}>
      <header className="erd-panel-head">
        <Icon name={icon} />
        <h2 className="rh-truncate flex-1" data-tip={title}>
          {title}
        </h2>
        {actions}
        <IconButton icon="close" label="Close" keys="Escape" onClick={onClose} />
      </header>
      <div className="erd-panel-body rh-scroll">{children}</div>
    </aside>
  );
}

function OneTable({ store, at, onClose, onFly, onGo, onOpen, onNeighbours }: RelationPanelProps & { at: number }) {
  const { scene } = useSyncExternalStore(store.subscribe, store.snapshot);
  const box = scene?.boxes[at];
  const { profileId, database } = store.place;
  const staged = useStagedChanges(store.place);
  const asked = useQuery({
    queryKey: ["catalog", profileId, "diagram-relations", database, box?.schema, box?.name, staged],
    queryFn: () => host().tableRelations(profileId, database, { schema: box?.schema ?? "", name: box?.name ?? "" }),
    enabled: box !== undefined,
    staleTime: 60_000,
    retry: false,
  });
  if (!scene || !box) return null;
  const shared = { scene: box, onGo, isDrawn: (table: DiagramTable) => scene.find(table) !== undefined };
  const nothing =
    asked.data && asked.data.refers_to.length + asked.data.referenced_by.length + asked.data.inferred.length === 0;
  return (
    <Panel
      title={box.title}
      icon="table"
      onClose={onClose}
      actions={<IconButton icon="fit" label="Fly to it" keys="F" onClick={() => onFly(at)} />}
    >
      {box.comment || box.folded > 0 ? (
        <section className="erd-section">
          {box.comment ? <p className="rh-selectable">{box.comment}</p> : null}
          {held(box) ? <p className="rh-meta">{held(box)}</p> : null}
        </section>
      ) : null}
      {asked.isPending ? (
        <section className="erd-section" aria-busy="true">
          <Skeleton width="40%" height={16} />
          <Skeleton width="80%" height={32} />
          <Skeleton width="70%" height={32} />
        </section>
      ) : null}
      {asked.isError ? (
        <section className="erd-section">
          <ErrorBlock
            {...failureProps(failureOf(asked.error))}
            actions={
              <Button dense onClick={() => void asked.refetch()}>
                Try again
              </Button>
            }
          />
        </section>
      ) : null}
      {asked.data ? (
        <>
          <Relations title="Refers to" relations={asked.data.refers_to} {...shared} />
          <Relations title="Referenced by" relations={asked.data.referenced_by} {...shared} />
          <Relations title="Inferred" meta="by name and type" relations={asked.data.inferred} {...shared} />
          {nothing ? (
            <section className="erd-section">
              <p className="rh-meta">Nothing refers to it, and it refers to nothing.</p>
            </section>
          ) : null}
        </>
      ) : null}
      <section className="erd-section erd-panel-ways">
        <Button dense icon="table" onClick={() => onOpen(at)}>
          Open rows
        </Button>
        <Button dense icon="branch" onClick={() => onNeighbours(at)}>
          Neighbours
        </Button>
      </section>
    </Panel>
  );
}

function Relations({
  title,
  meta,
  relations,
  onGo,
  isDrawn,
}: {
  title: string;
  meta?: string;
  relations: readonly DiagramRelation[];
  onGo: (table: DiagramTable) => void;
  isDrawn: (table: DiagramTable) => boolean;
}) {
  const [all, setAll] = useState(false);
  if (relations.length === 0) return null;
  const shown = all ? relations : relations.slice(0, 40);
  return (
    <section className="erd-section" aria-label={title}>
      <h3 className="erd-section-head">
        {title}
        <span className="rh-meta">{number(relations.length)}</span>
        {meta ? <span className="rh-meta ml-auto">{meta}</span> : null}
      </h3>
      <ul>
        {shown.map((one) => (
          <li key={JSON.stringify([one.outgoing, one.columns, one.other, one.other_columns])}>
            <Relation one={one} drawn={isDrawn(one.other)} onGo={() => onGo(one.other)} />
          </li>
        ))}
      </ul>
      {shown.length < relations.length ? (
        <Button dense variant="ghost" onClick={() => setAll(true)}>
          {`Show all ${number(relations.length)}`}
        </Button>
      ) : null}
    </section>
  );
}

function Relation({ one, drawn, onGo }: { one: DiagramRelation; drawn: boolean; onGo: () => void }) {
  const { other, outgoing } = one;
  const name = other.name;
  const own = one.columns.join(", ");
  const there = `${name}.${one.other_columns.join(", ")}`;
  const how = [
    cardinality(one.cardinality, one.other_cardinality),
    onDelete(one.on_delete),
    said(one.staged),
    drawn ? "" : "not shown yet",
  ];
  const full = `${other.schema ? `${other.schema}.` : ""}${name}`;
  return (
    <button
      type="button"
      className="erd-relation"
      data-staged={one.staged ?? undefined}
      data-tip={[one.name ?? "", drawn ? `Go to ${full}` : `Show ${full} in the diagram`].filter(Boolean).join("\n")}
      onClick={onGo}
    >
      <span className="rh-mono rh-truncate">{outgoing ? own : there}</span>
      <Icon name="arrow-right" size={12} />
      <span className="rh-mono rh-truncate">{outgoing ? there : own}</span>
      <span className="rh-meta rh-truncate">{how.filter(Boolean).join(", ")}</span>
    </button>
  );
}

function Several({ store, onClose, onFly }: RelationPanelProps) {
  const { scene, selected } = useSyncExternalStore(store.subscribe, store.snapshot);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  if (!scene) return null;
  const shown = [...selected].slice(0, 100);
  return (
    <Panel title={plural(selected.size, "table")} icon="rows" onClose={onClose}>
      <section className="erd-section erd-panel-ways">
        <Button dense opens aria-haspopup="menu" onClick={(event) => setAnchor(anchor ? null : event.currentTarget)}>
          Line up
        </Button>
        <Menu
          open={anchor !== null}
          onClose={() => setAnchor(null)}
          anchor={anchor}
          label="Line up"
          items={anchor ? alignments(store) : []}
        />
        <Button dense icon="explain" onClick={() => void store.arrange(selected)}>
          Lay out
        </Button>
        <Button dense icon="eye-off" onClick={() => void store.hide(selected)}>
          Hide
        </Button>
      </section>
      <section className="erd-section">
        <ul>
          {shown.map((at) => (
            <li key={at}>
              <button type="button" className="erd-name rh-truncate" onClick={() => onFly(at)}>
                {scene.boxes[at]?.title}
              </button>
            </li>
          ))}
        </ul>
        {shown.length < selected.size ? (
          <p className="rh-meta">{`${number(selected.size - shown.length)} more`}</p>
        ) : null}
      </section>
    </Panel>
  );
}

function OneLine({ store, line, onClose, onFly }: RelationPanelProps & { line: number }) {
  const { scene } = useSyncExternalStore(store.subscribe, store.snapshot);
  const found = scene?.lines[line];
  if (!scene || !found) return null;
  const end = (which: "from" | "to") => {
    const { table, columns } = found[which];
    const title = scene.boxes[table]?.title ?? "";
    return (
      <button type="button" className="erd-name" onClick={() => onFly(table)}>
        <span className="rh-meta">{which === "from" ? "From" : "To"}</span>
        <span className="rh-mono rh-truncate">{`${title}.${columns.join(", ")}`}</span>
      </button>
    );
  };
  const how = [
    cardinality(found.from.cardinality, found.to.cardinality),
    onDelete(found.on_delete),
    found.inferred ? "inferred by name and type: the server does not know of it" : "",
    said(found.staged),
  ];
  return (
    <Panel title={found.name ?? "Relation"} icon="foreign-key" onClose={onClose}>
      <section className="erd-section">
        {end("from")}
        {end("to")}
        <p className="rh-meta">{how.filter(Boolean).join(", ")}</p>
      </section>
    </Panel>
  );
}
