/** Which schemas of a connection are shown: names, `*` standing for any letters. An empty list shows all. */
import type { TreeChildren } from "@/design";
import type { ExplorerItem } from "./model";

const plain = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

export function isShown(patterns: readonly string[], schema: string): boolean {
  if (patterns.length === 0) return true;
  return patterns.some((pattern) => new RegExp(`^${plain(pattern).replaceAll("*", ".*")}$`, "su").test(schema));
}

/** What is in a text of names with commas or spaces between. */
export const patternsOf = (text: string): readonly string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))];

/** The server's own schemas stay. */
const isFiltered = (item: ExplorerItem): boolean =>
  item.kind === "node" && item.object?.kind === "schema" && item.system !== true;

const HIDDEN = "\u0001hidden";

/** The row that stands for what the filter hides. */
export const isHiddenRow = (item: ExplorerItem): boolean => item.id.endsWith(HIDDEN);

/** The children without the hidden schemas, and a row that says how many those are. */
export function filterSchemas(
  parent: ExplorerItem,
  children: TreeChildren<ExplorerItem>,
  patterns: readonly string[],
): TreeChildren<ExplorerItem> {
  if (children.state !== "ready" || patterns.length === 0) return children;
  const items = children.items.filter((item) => !isFiltered(item) || isShown(patterns, item.label));
  const hidden = children.items.length - items.length;
  if (hidden === 0) return children;
  const row: ExplorerItem = {
    ...parent,
    id: `${parent.id}${HIDDEN}`,
    label: hidden === 1 ? "1 schema is hidden" : `${hidden} schemas are hidden`,
    tooltip: "Choose which schemas are shown",
    icon: "filter",
    tone: "off",
    branch: false,
    opens: true,
    busy: false,
    kind: "place",
    object: null,
    browsable: false,
    state: "ready",
  };
  // Folders of what is in no schema stand below the schemas.
  const folder = items.findIndex((item) => item.kind === "node" && item.object === null);
  const at = folder < 0 ? items.length : folder;
  return { ...children, items: [...items.slice(0, at), row, ...items.slice(at)] };
}
