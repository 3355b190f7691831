/** A drawn chart as a picture of its own: nothing in it refers to this window. */
import type { Drawing } from "./drawing";
import { colourOf, shapeOf, shapePath } from "./palette";

const NS = "http://www.w3.org/2000/svg";
/** Named, not carried along: whoever opens the picture without it sees its own. */
const FONT = "Inter, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif";
const PAD = 16;
/** A letter of 11 px is about this wide. */
const LETTER = 6.2;

export interface PictureWords {
  readonly title: string;
  /** `first 100,000 rows, not all`, where that is so. */
  readonly partial: string | null;
  readonly notes: readonly string[];
}

/** Custom properties as colours, by the theme that is shown. */
export type Resolve = (value: string) => string;

export const resolveIn = (element: Element): Resolve => {
  const style = getComputedStyle(element);
  return (value) =>
    value.replace(/var\((--[\w-]+)\)/g, (_, name: string) => style.getPropertyValue(name).trim() || "currentColor");
};

/** Words in lines no longer than this. */
export function wrapped(text: string, letters: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    let rest = word;
    while (rest.length > letters) {
      if (line) lines.push(line);
      line = "";
      lines.push(rest.slice(0, letters));
      rest = rest.slice(letters);
    }
    if (line && line.length + 1 + rest.length > letters) {
      lines.push(line);
      line = rest;
    } else line = line ? `${line} ${rest}` : rest;
  }
  if (line) lines.push(line);
  return lines;
}

/** The picture as SVG text, with its title, what has to be said of it and its legend. */
export function svgOf(shown: SVGSVGElement, drawing: Drawing, words: PictureWords, resolve: Resolve): string {
  const inner = Math.max(240, drawing.width);
  const width = inner + 2 * PAD;
  const letters = Math.max(20, Math.floor(inner / LETTER));
  const made = (name: string, attributes: Record<string, string | number>, text?: string) => {
    const node = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, resolve(String(value)));
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const root = made("svg", { role: "img" });
  root.setAttribute("font-family", FONT);
  const said = [words.title, words.partial].filter((part) => part).join(", ");
  root.append(made("title", {}, said));
  const ground = made("rect", { x: 0, y: 0, width, fill: "var(--surface-2)" });
  root.append(ground);
  let y = PAD;
  const write = (lines: readonly string[], size: number, fill: string, weight = 400) => {
    for (const line of lines) {
      y += size + 4;
      root.append(made("text", { x: PAD, y: y - 4, "font-size": size, "font-weight": weight, fill }, line));
    }
  };
  write(wrapped(words.title, Math.floor(letters * 0.78)), 14, "var(--text)", 600);
  if (words.partial) write(wrapped(words.partial, letters), 11, "var(--warn-text)", 600);
  y += 6;
  y = legendOf(root, made, drawing, y, inner);

  const chart = made("g", { transform: `translate(${PAD} ${y})` });
  for (const child of shown.children) if (child.tagName !== "title") chart.append(child.cloneNode(true));
  for (const node of chart.querySelectorAll("*")) {
    for (const { name, value } of [...node.attributes]) {
      if (/^(data-|tabindex|class$|style$|aria-hidden|role$)/.test(name)) node.removeAttribute(name);
      else if (value.includes("var(")) node.setAttribute(name, resolve(value));
    }
    const label = node.getAttribute("aria-label");
    if (label !== null) {
      node.removeAttribute("aria-label");
      node.append(made("title", {}, label));
    }
  }
  root.append(chart);
  y += drawing.height;
  for (const note of words.notes) write(wrapped(note, letters), 11, "var(--text-3)");
  const height = Math.ceil(y + PAD);
  ground.setAttribute("height", String(height));
  for (const [key, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` }))
    root.setAttribute(key, String(value));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}

function legendOf(
  root: Element,
  made: (name: string, attributes: Record<string, string | number>, text?: string) => Element,
  drawing: Drawing,
  top: number,
  inner: number,
): number {
  const listed = drawing.legend.filter((entry) => !entry.hidden);
  if (listed.length === 0) return top;
  let [x, y] = [PAD, top];
  for (const { colour, label } of listed) {
    const text = [...label].length > 40 ? `${[...label].slice(0, 39).join("")}…` : label;
    const wide = 18 + [...text].length * LETTER + 12;
    if (x > PAD && x + wide > PAD + inner) {
      x = PAD;
      y += 18;
    }
    root.append(made("path", { d: shapePath(shapeOf(colour), x + 6, y + 8, 4), fill: colourOf(colour) }));
    root.append(made("text", { x: x + 16, y: y + 12, "font-size": 11, fill: "var(--text-2)" }, text));
    x += wide;
  }
  return y + 24;
}

/** The picture's pixels, twice as many each way. */
export async function pngOf(svg: string): Promise<Blob> {
  const size = /width="(\d+)"[^>]*height="(\d+)"|height="(\d+)"[^>]*width="(\d+)"/.exec(svg.slice(svg.indexOf("<svg")));
  const width = Number(size?.[1] ?? size?.[4] ?? 800);
  const height = Number(size?.[2] ?? size?.[3] ?? 480);
  const image = new Image(width, height);
  const source = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    await new Promise<void>((resolve, reject) => {
      image.onload = () => resolve();
      image.onerror = () => reject(new Error("The chart could not be drawn as a picture."));
      image.src = source;
    });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width * 2, height * 2];
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This window cannot draw pictures.");
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((resolve, reject) => {
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error("The chart could not be drawn as a picture."))),
        "image/png",
      );
    });
  } finally {
    URL.revokeObjectURL(source);
  }
}

export async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  // In parts: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

/** A name a file may have. */
export function fileName(title: string, extension: string): string {
  const plain = title
    .replace(/[^\p{L}\p{N} _.-]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 80)
    .replace(/^\.+|\.+$/g, "");
  return `${plain || "chart"}.${extension}`;
}
