/** The colours of the canvas: the tokens of the theme that is on, as a canvas takes them. */

import type { StructureChange } from "@/ipc";

/** So many colours there are for boxes, frames and notes. */
export const COLOURS = 8;
export const COLOUR_WORDS = ["Blue", "Orange", "Green", "Pink", "Yellow", "Sky", "Violet", "Grey"] as const;

type Rgb = readonly [number, number, number];

export interface Tint {
  readonly strong: string;
  readonly head: string;
  readonly wash: string;
  readonly note: string;
  readonly edge: string;
}

/** How something that is staged is drawn. */
export interface StagedTint {
  readonly edge: string;
  readonly wash: string;
}

export interface Palette {
  readonly ground: string;
  readonly fill: string;
  readonly head: string;
  readonly edge: string;
  readonly rule: string;
  readonly line: string;
  readonly text: string;
  readonly meta: string;
  readonly key: string;
  readonly accent: string;
  readonly accentHead: string;
  readonly frame: string;
  readonly frameEdge: string;
  readonly tints: readonly Tint[];
  readonly staged: Readonly<Record<StructureChange, StagedTint>>;
}

function rgbOf(text: string): Rgb {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(text.trim());
  const part = (at: number) => Number.parseInt(hex?.[at] ?? "80", 16);
  return [part(1), part(2), part(3)];
}

/** `share` of the first colour over the second. */
export function mixed(over: string, under: string, share: number): string {
  const [a, b] = [rgbOf(over), rgbOf(under)];
  const part = (at: 0 | 1 | 2) =>
    Math.round(a[at] * share + b[at] * (1 - share))
      .toString(16)
      .padStart(2, "0");
  return `#${part(0)}${part(1)}${part(2)}`;
}

/** Reads the tokens as they are now. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim() || "#808080";
  const [ground, head, sunk] = [token("surface-2"), token("hover"), token("surface-sunk")];
  return {
    ground,
    fill: ground,
    head,
    edge: token("line-3"),
    rule: token("line-2"),
    line: token("line-3"),
    text: token("text"),
    meta: token("text-3"),
    key: token("warn"),
    accent: token("accent"),
    accentHead: token("accent-wash-2"),
    frame: sunk,
    frameEdge: token("line"),
    staged: {
      added: { edge: token("ok"), wash: token("cell-new") },
      changed: { edge: token("warn"), wash: token("cell-changed") },
      removed: { edge: token("danger"), wash: token("cell-deleted") },
    },
    tints: Array.from({ length: COLOURS }, (_, at) => {
      const strong = token(`chart-${at + 1}`);
      return {
        strong,
        head: mixed(strong, head, 0.2),
        wash: mixed(strong, sunk, 0.04),
        note: mixed(strong, ground, 0.16),
        edge: mixed(strong, ground, 0.28),
      };
    }),
  };
}

/** The same, so far in the background that what is not in question steps back. */
export function faded(palette: Palette): Palette {
  const back = (colour: string, share = 0.3) => mixed(colour, palette.ground, share);
  return {
    ...palette,
    head: back(palette.head, 0.4),
    edge: back(palette.edge),
    rule: back(palette.rule),
    line: back(palette.line),
    text: back(palette.text),
    meta: back(palette.meta),
    key: back(palette.key),
    staged: {
      added: { ...palette.staged.added, edge: back(palette.staged.added.edge) },
      changed: { ...palette.staged.changed, edge: back(palette.staged.changed.edge) },
      removed: { ...palette.staged.removed, edge: back(palette.staged.removed.edge) },
    },
    tints: palette.tints.map(({ strong, head, wash, note, edge }) => ({
      strong: back(strong),
      head: back(head, 0.4),
      wash,
      note: back(note, 0.4),
      edge: back(edge),
    })),
  };
}
