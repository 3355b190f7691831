/** Columns that keep their place while the rest scrolls: a pane of pooled nodes like the grid's own, over its left part. */
import { type Frame, GridBody } from "./body";
import { GridHeader, type HeaderFrame } from "./header";

export class PinnedPane {
  readonly header = new GridHeader();
  readonly body: GridBody;
  /** Over both panes: what stands over cells reaches across their edge. */
  readonly over = document.createElement("div");
  private readonly edge = document.createElement("div");
  private readonly layer: HTMLElement;
  private readonly under: HTMLElement;
  private width = -1;
  count = 0;

  /** `under` has what stands over cells while nothing is pinned. */
  constructor(id: string, layer: HTMLElement, under: HTMLElement) {
    this.body = new GridBody(id);
    this.layer = layer;
    this.under = under;
    this.header.pane.classList.add("rg-pinned");
    this.body.pane.classList.add("rg-pinned");
    this.over.className = "rg-over";
    this.over.setAttribute("role", "presentation");
    this.edge.className = "rg-pinned-edge";
    this.edge.setAttribute("role", "presentation");
  }

  /** That many columns of this width in all; none takes the pane away. `standing` is what stands over cells. */
  allocate(rows: number, count: number, width: number, standing: readonly HTMLElement[]) {
    if (count === 0) {
      if (this.count === 0) return;
      this.count = 0;
      this.under.append(...standing);
      for (const node of [this.header.pane, this.body.pane, this.edge, this.over]) node.remove();
      this.width = -1;
      return;
    }
    this.body.allocate(rows, count);
    this.header.allocate(count);
    if (this.count === 0) {
      // Behind the panes that scroll, so that it is drawn over them; the numbers stay above everything.
      this.under.after(this.header.pane, this.body.pane, this.edge, this.over);
      this.over.append(...standing);
    }
    this.count = count;
    if (width === this.width) return;
    this.width = width;
    for (const pane of [this.header.pane, this.body.pane]) pane.style.width = `${width}px`;
    this.body.pane.style.setProperty("--rg-total", `${width}px`);
    this.layer.style.setProperty("--rg-pinned", `${width}px`);
  }

  invalidate() {
    if (this.count === 0) return;
    this.body.invalidate();
    this.header.invalidate();
  }

  /** Whether a cell of it is missing. */
  draw(frame: Frame): boolean {
    return this.count > 0 && this.body.draw({ ...frame, left: 0, firstColumn: 0 });
  }

  drawHeader(frame: HeaderFrame) {
    if (this.count > 0) this.header.draw({ ...frame, left: 0, firstColumn: 0, count: this.count });
  }
}
