import type { ReactNode } from "react";
import type { IconName } from "./icons/shapes";

export interface TreeItem {
  /** Unique in the whole tree. */
  id: string;
  label: string;
  icon?: IconName;
  /** At the end of the row: a count, a version. */
  meta?: ReactNode;
  tooltip?: string;
  /** A small square of colour before the label. */
  stripe?: string;
  tone?: "normal" | "strong" | "quiet" | "off";
  /** Draws the twist and lets the row open. */
  branch?: boolean;
  /** A branch that Enter and a double click open as a thing of its own; the arrows and the twist still unfold it. */
  opens?: boolean;
  busy?: boolean;
}

/** Children as they are known. `idle`: not asked for yet; opening the row asks. */
export type TreeChildren<T> =
  | { state: "ready"; items: readonly T[]; note?: string }
  | { state: "idle" }
  | { state: "loading" }
  | { state: "failed"; message: string; retry?: () => void };

export type TreeRow<T> =
  | {
      kind: "item";
      id: string;
      item: T;
      depth: number;
      parent: string | undefined;
      position: number;
      siblings: number;
      open: boolean;
    }
  | {
      kind: "note";
      id: string;
      depth: number;
      parent: string;
      text: string;
      tone: "quiet" | "danger" | "loading";
      retry?: () => void;
    };

/** What is visible, top to bottom. */
export function flattenTree<T extends TreeItem>(
  roots: readonly T[],
  expanded: ReadonlySet<string>,
  childrenOf: (item: T) => TreeChildren<T>,
): TreeRow<T>[] {
  const rows: TreeRow<T>[] = [];
  const note = (
    parent: string,
    depth: number,
    text: string,
    tone: "quiet" | "danger" | "loading",
    retry?: () => void,
  ) => {
    rows.push({ kind: "note", id: `${parent}\u0000note`, depth, parent, text, tone, ...(retry ? { retry } : {}) });
  };
  const visit = (items: readonly T[], depth: number, parent: string | undefined) => {
    items.forEach((item, index) => {
      const open = Boolean(item.branch) && expanded.has(item.id);
      rows.push({ kind: "item", id: item.id, item, depth, parent, position: index + 1, siblings: items.length, open });
      if (!open) return;
      const children = childrenOf(item);
      if (children.state === "ready") {
        visit(children.items, depth + 1, item.id);
        if (children.note !== undefined) note(item.id, depth + 1, children.note, "quiet");
        else if (children.items.length === 0) note(item.id, depth + 1, "Nothing here", "quiet");
      } else if (children.state === "failed") note(item.id, depth + 1, children.message, "danger", children.retry);
      else note(item.id, depth + 1, "Reading", "loading");
    });
  };
  visit(roots, 0, undefined);
  return rows;
}

/** The next row whose label starts with what was typed, going round from after `from`. */
export function findByPrefix<T extends TreeItem>(
  rows: readonly TreeRow<T>[],
  from: number,
  text: string,
): number | undefined {
  const first = text[0];
  if (first === undefined) return undefined;
  const wanted = ([...text].every((letter) => letter === first) ? first : text).toLowerCase();
  for (let i = wanted.length === 1 ? 1 : 0; i <= rows.length; i++) {
    const at = (Math.max(0, from) + i) % rows.length;
    const row = rows[at];
    if (row?.kind === "item" && row.item.label.toLowerCase().startsWith(wanted)) return at;
  }
  return undefined;
}

/** Ids of the items between two rows, both included. */
export function rangeOf<T>(rows: readonly TreeRow<T>[], a: number, b: number): Set<string> {
  const ids = new Set<string>();
  for (const row of rows.slice(Math.min(a, b), Math.max(a, b) + 1)) if (row.kind === "item") ids.add(row.id);
  return ids;
}
