/** Draws what is staged onto boxes, rows and lines: a colour, and always a sign with it. */
import type { DiagramBox, StructureChange } from "@/ipc";
import type { Rect } from "./camera";
import type { Palette } from "./colours";
import { FACES, SIZES } from "./fitting";

type Canvas = CanvasRenderingContext2D;

const SIGNS: Readonly<Record<StructureChange, string>> = { added: "+", changed: "~", removed: "−" };

/** Washes behind rows, before their texts. `level` is a row's middle. */
export function washRows(
  context: Canvas,
  { rows }: DiagramBox,
  [from, until]: readonly [number, number],
  on: Rect,
  palette: Palette,
  tall: number,
  edge: number,
  level: (row: number) => number,
): void {
  for (let row = from; row < until; row += 1) {
    const change = rows[row]?.staged;
    if (!change) continue;
    context.fillStyle = palette.staged[change].wash;
    context.fillRect(on.x + edge, Math.round(level(row) - tall / 2), on.width - 2 * edge, Math.round(tall));
  }
}

/** Signs at rows, and a line through what goes, after their texts. */
export function markRows(
  context: Canvas,
  { rows }: DiagramBox,
  [from, until]: readonly [number, number],
  palette: Palette,
  x: number,
  right: number,
  scale: number,
  level: (row: number) => number,
): void {
  context.font = FACES.head(SIZES.name * scale);
  for (let row = from; row < until; row += 1) {
    const change = rows[row]?.staged;
    if (!change) continue;
    const y = level(row);
    context.fillStyle = palette.staged[change].edge;
    context.fillText(SIGNS[change], x, y);
    if (change === "removed")
      context.fillRect(x + 12 * scale, Math.round(y), right - x - 12 * scale, Math.max(1, Math.round(scale)));
  }
}

/** The sign in a box's head, and a line through its title where it goes. */
export function markHead(
  context: Canvas,
  change: StructureChange,
  on: Rect,
  palette: Palette,
  pad: number,
  middle: number,
  size: number,
): void {
  context.font = FACES.head(size * 1.15);
  context.textAlign = "right";
  context.fillStyle = palette.staged[change].edge;
  context.fillText(SIGNS[change], on.x + on.width - pad, middle);
  context.textAlign = "left";
  if (change === "removed")
    context.fillRect(on.x + pad, Math.round(middle), on.width - 3 * pad, Math.max(1, Math.round(size / 12)));
}
