/** What tells series apart: a colour, and a shape for those who see no colours. */

/** Colours there are as tokens; see `tokens.css`. */
export const COLOURS = 8;

export const colourOf = (index: number): string => `var(--chart-${(index % COLOURS) + 1})`;

/** Those that share a colour are told apart by their dashes. */
export const dashOf = (index: number): string | undefined =>
  index < COLOURS ? undefined : index < 2 * COLOURS ? "5 3" : "2 2";

export type Shape = "circle" | "square" | "triangle" | "diamond";

const SHAPES: readonly Shape[] = ["circle", "square", "triangle", "diamond"];

export const shapeOf = (index: number): Shape => SHAPES[index % SHAPES.length] ?? "circle";

/** A mark's outline around a point. */
export function shapePath(shape: Shape, x: number, y: number, r: number): string {
  switch (shape) {
    case "square":
      return `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`;
    case "triangle":
      return `M${x} ${y - r * 1.2}L${x + r * 1.1} ${y + r * 0.8}H${x - r * 1.1}Z`;
    case "diamond":
      return `M${x} ${y - r * 1.3}L${x + r * 1.3} ${y}L${x} ${y + r * 1.3}L${x - r * 1.3} ${y}Z`;
    case "circle":
      return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
  }
}
