/** The diagram as a list: every table with its relations, for the keyboard, for screen readers, and for thousands of names. */
import { useCallback, useDeferredValue, useMemo, useState, useSyncExternalStore } from "react";
import { SearchField, type TreeChildren, VirtualTree } from "@/design";
import { type MenuWays, ofBox } from "../menus";
import { nameKey, type Scene } from "../model";
import type { DiagramStore } from "../store";
import { relation } from "../words";

interface Item {
  readonly id: string;
  readonly label: string;
  readonly icon: "table" | "view" | "arrow-right" | "arrow-left";
  readonly meta?: string;
  readonly branch?: boolean;
  readonly opens?: boolean;
  readonly tooltip?: string;
  /** The table that it is about, or leads to. */
  readonly box: number;
  readonly tone?: "normal" | "quiet";
}

function rootsOf(scene: Scene, text: string): readonly Item[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return scene.boxes
    .flatMap((box, at): Item[] => {
      const title = box.title.toLowerCase();
      if (!words.every((word) => title.includes(word))) return [];
      const count = scene.linesOf(at).length;
      return [
        {
          id: nameKey(box),
          label: box.title,
          icon: /view/.test(box.kind) ? "view" : "table",
          box: at,
          branch: count > 0,
          opens: true,
          ...(count > 0 ? { meta: String(count) } : {}),
        },
      ];
    })
    .toSorted((a, b) => (a.label < b.label ? -1 : 1));
}

function childrenIn(scene: Scene, item: Item): TreeChildren<Item> {
  const items = scene.linesOf(item.box).flatMap((at): Item[] => {
    const line = scene.lines[at];
    if (!line) return [];
    const outgoing = line.from.table === item.box;
    const other = outgoing ? line.to.table : line.from.table;
    const label = relation(scene, line, item.box);
    const icon = outgoing ? "arrow-right" : "arrow-left";
    return [{ id: `${item.id} ${at}`, label, icon, box: other, tone: "quiet", tooltip: label }];
  });
  return { state: "ready", items };
}

export function TableList({
  store,
  ways,
  onChoose,
}: {
  store: DiagramStore;
  ways: MenuWays;
  /** A table was chosen here: it comes into sight. */
  onChoose: (box: number) => void;
}) {
  const { scene, selected } = useSyncExternalStore(store.subscribe, store.snapshot);
  const [text, setText] = useState("");
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [relationAt, setRelationAt] = useState<string | null>(null);
  const wanted = useDeferredValue(text);
  const roots = useMemo(() => (scene ? rootsOf(scene, wanted) : []), [scene, wanted]);
  const childrenOf = useCallback(
    (item: Item): TreeChildren<Item> => (scene ? childrenIn(scene, item) : { state: "idle" }),
    [scene],
  );
  const chosen = useMemo(() => {
    if (relationAt !== null) return new Set([relationAt]);
    return new Set([...selected].flatMap((at) => (scene?.boxes[at] ? [nameKey(scene.boxes[at])] : [])));
  }, [selected, scene, relationAt]);
  if (!scene) return null;
  return (
    <section className="erd-list" aria-label="Tables of the diagram">
      <div className="erd-list-head">
        <SearchField dense label="Filter tables" value={text} onChange={setText} />
      </div>
      {roots.length === 0 ? <p className="erd-none">No table is called that.</p> : null}
      <VirtualTree<Item>
        label="Tables and their relations"
        roots={roots}
        childrenOf={childrenOf}
        expanded={expanded}
        onToggle={(item, open) => {
          const next = new Set(expanded);
          if (open) next.add(item.id);
          else next.delete(item.id);
          setExpanded(next);
        }}
        selected={chosen}
        onSelect={(ids) => {
          const boxes = [...ids].flatMap((id) => roots.find((item) => item.id === id)?.box ?? []);
          const [first] = ids;
          const one = boxes.length === 0 && first !== undefined;
          setRelationAt(one ? first : null);
          if (one) return;
          store.select(boxes);
          const last = boxes.at(-1);
          if (last !== undefined) onChoose(last);
        }}
        onOpen={(item) => {
          if (item.branch === undefined) {
            // A relation leads to its other table.
            setRelationAt(null);
            store.select([item.box]);
            onChoose(item.box);
          } else ways.open(item.box);
        }}
        menu={(item) => ofBox(item.box, store, ways)}
      />
    </section>
  );
}
