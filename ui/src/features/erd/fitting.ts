/** Texts as they fit into boxes. Measured once each, in the diagram's units. */
import type { DiagramBox, DiagramMetrics } from "@/ipc";

export const SIZES = { head: 12, name: 11, type: 11 } as const;

export const FACES = {
  head: (size: number) => `600 ${size}px "Inter Variable", Inter, system-ui, sans-serif`,
  name: (size: number) => `400 ${size}px "JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace`,
  type: (size: number) => `400 ${size}px "Inter Variable", Inter, system-ui, sans-serif`,
} as const;

type Face = keyof typeof FACES;

/** Between a column's name and its type, where they have the least room. */
const LEAST_GAP = 6;

/** Measures a text in the font that is set. */
export type Measure = (text: string) => number;

/** As much of a text as fits into a width, with `…` where some is missing. */
export function fitted(text: string, width: number, measure: Measure): string {
  if (width <= 0) return "";
  if (measure(text) <= width) return text;
  const signs = [...text];
  let [low, high] = [0, signs.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(`${signs.slice(0, middle).join("")}…`) <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : `${signs.slice(0, low).join("")}…`;
}

export interface Fitted {
  readonly title: string;
  /** Name and type of each row, measured when it is first asked for. */
  row(at: number): readonly [string, string];
}

/** Wraps a text at blanks; longer words are broken. */
export function wrapped(text: string, width: number, measure: Measure): readonly string[] {
  const lines: string[] = [];
  for (const part of text.split("\n")) {
    let line = "";
    for (const word of part.split(/(?<=\s)/)) {
      if (measure(line + word.trimEnd()) <= width) {
        line += word;
        continue;
      }
      if (line) lines.push(line.trimEnd());
      line = "";
      for (const sign of word) {
        if (line && measure(line + sign) > width) {
          lines.push(line);
          line = "";
        }
        line += sign;
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

/** Remembers how texts fit. */
export class Fitting {
  private boxes = new WeakMap<DiagramBox, Fitted>();
  private readonly context: CanvasRenderingContext2D | null;

  constructor(context: CanvasRenderingContext2D | null) {
    this.context = context;
  }

  /** Measures everything anew: other fonts are here. */
  forget(): void {
    this.boxes = new WeakMap();
  }

  measure(face: Face): Measure {
    const { context } = this;
    if (!context) return (text) => text.length * 6.6;
    const font = FACES[face](SIZES[face]);
    return (text) => {
      // Whoever draws meanwhile sets other fonts.
      if (context.font !== font) context.font = font;
      return context.measureText(text).width;
    };
  }

  of(box: DiagramBox, { pad, mark, gap }: DiagramMetrics): Fitted {
    const known = this.boxes.get(box);
    if (known) return known;
    const rows: (readonly [string, string])[] = [];
    const room = box.width - 2 * pad - mark;
    const fit: Fitted = {
      title: fitted(box.title, box.width - 2 * pad + LEAST_GAP, this.measure("head")),
      row: (at) => {
        const made = rows[at];
        if (made) return made;
        const row = box.rows[at];
        if (!row) return ["", ""];
        const measureName = this.measure("name");
        const name = fitted(row.name, room, measureName);
        const left = room - measureName(name) - gap;
        // A name that takes the whole row leaves its type none. The box is as wide as its fonts' files say; where this screen's are
        // a little wider, that is taken from the gap.
        const type = left >= gap ? fitted(row.native_type, left + gap - LEAST_GAP, this.measure("type")) : "";
        rows[at] = [name, type];
        return [name, type];
      },
    };
    this.boxes.set(box, fit);
    return fit;
  }
}
