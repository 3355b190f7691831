import { type IconName, iconShapes } from "./shapes";

const SVG = "http://www.w3.org/2000/svg";

/** The same icon for code that builds its own nodes, such as the grid engine. */
export function iconNode(name: IconName, size: 12 | 14 | 16 = 16): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", size === 16 ? "rh-icon" : `rh-icon rh-icon-${size}`);
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of iconShapes[name]) {
    const shape = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    svg.append(shape);
  }
  return svg;
}
