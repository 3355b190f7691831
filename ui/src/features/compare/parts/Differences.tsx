/** What differs as a tree, and the chosen of it beside. */
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { EmptyState, Segmented, Sign, SplitPane, type TreeChildren, VirtualTree } from "@/design";
import type { CompareResult } from "@/ipc";
import { countsOf, filtered, type Node, SHOWS, type Show, treeOf, unfolded, type View } from "../model";
import { Difference } from "./Difference";

export interface DifferencesProps {
  result: CompareResult;
  view: View;
  onView: (change: Partial<View>) => void;
  highlight: (sql: string) => ReactNode;
}

const SHOW_WORDS: Readonly<Record<Show, string>> = {
  all: "All",
  added: "Added",
  changed: "Changed",
  removed: "Removed",
};
const childrenOf = (node: Node): TreeChildren<Node> => ({ state: "ready", items: node.children });

function find(roots: readonly Node[], id: string | undefined): Node | null {
  for (const root of roots) {
    if (root.id === id) return root;
    const found = find(root.children, id);
    if (found) return found;
  }
  return null;
}

/** The first that differs, from the top. */
function first(roots: readonly Node[]): string | undefined {
  for (const root of roots) {
    const found = root.difference ? root.id : first(root.children);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function Differences({ result, view, onView, highlight }: DifferencesProps) {
  const { filter, show } = view;
  const counts = useMemo(() => countsOf(result.differences), [result]);
  const roots = useMemo(
    () => treeOf(filtered(result.differences, { filter, show }), "Database"),
    [result, filter, show],
  );
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(() => unfolded(roots));
  const [selected, setSelected] = useState<ReadonlySet<string>>(
    () => new Set([first(roots)].flatMap((id) => id ?? [])),
  );
  useEffect(() => {
    setExpanded(unfolded(roots));
    setSelected((before) => {
      const [only] = before;
      if (find(roots, only)) return before;
      return new Set([first(roots)].flatMap((id) => id ?? []));
    });
  }, [roots]);
  const onToggle = useCallback(
    ({ id }: Node, open: boolean) =>
      setExpanded((before) => {
        const next = new Set(before);
        if (open) next.add(id);
        else next.delete(id);
        return next;
      }),
    [],
  );
  const [only] = selected;
  const chosen = selected.size === 1 ? find(roots, only) : null;
  return (
    <SplitPane
      direction="row"
      fixed="first"
      label="What differs"
      size={view.side}
      defaultSize={440}
      min={260}
      max={900}
      onSizeChange={(side) => onView({ side })}
      first={
        <div className="cmp-tree">
          <div className="cmp-shows">
            <Segmented
              label="Which"
              dense
              value={show}
              onChange={(next) => onView({ show: next })}
              options={SHOWS.map((value) => ({
                value,
                label: SHOW_WORDS[value],
                ...(value === "all" ? {} : { count: counts[value] }),
              }))}
            />
          </div>
          {roots.length === 0 ? (
            <EmptyState icon="filter" title="Nothing that differs is called that" />
          ) : (
            <VirtualTree
              label="What differs"
              roots={roots}
              childrenOf={childrenOf}
              expanded={expanded}
              onToggle={onToggle}
              selected={selected}
              onSelect={setSelected}
              renderLabel={(node) => (
                <span className="cmp-label" title={node.label}>
                  {node.becoming ? <Sign of={node.becoming} /> : null}
                  <span className="rh-truncate">{node.label}</span>
                </span>
              )}
            />
          )}
        </div>
      }
      second={
        chosen?.difference ? (
          <Difference difference={chosen.difference} result={result} highlight={highlight} />
        ) : (
          <div className="cmp-none">
            <p className="rh-meta">Choose something that differs to see it on both sides.</p>
          </div>
        )
      }
    />
  );
}
