/** The grid's own nodes around its panes. */

export interface GridNodes {
  readonly scroller: HTMLDivElement;
  readonly sizer: HTMLDivElement;
  /** Pinned over the sizer: what is drawn is in it. */
  readonly layer: HTMLDivElement;
  readonly corner: HTMLDivElement;
}

export function gridNodes(label: string, editable: boolean): GridNodes {
  const nodes = {
    scroller: document.createElement("div"),
    sizer: document.createElement("div"),
    layer: document.createElement("div"),
    corner: document.createElement("div"),
  };
  const { scroller, sizer, layer, corner } = nodes;
  scroller.className = "rg";
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "grid");
  scroller.setAttribute("aria-multiselectable", "true");
  describe(scroller, label, editable);
  sizer.className = "rg-sizer";
  layer.className = "rg-layer";
  sizer.setAttribute("role", "presentation");
  layer.setAttribute("role", "presentation");
  corner.className = "rg-corner";
  corner.setAttribute("aria-hidden", "true");
  corner.dataset["tip"] = "Select all";
  corner.dataset["tipKeys"] = "Mod+A";
  sizer.append(layer);
  scroller.append(sizer);
  return nodes;
}

/** What a screen reader is told of the grid as a whole. */
export function describe(scroller: HTMLElement, label: string, editable: boolean) {
  scroller.setAttribute("aria-label", label);
  scroller.setAttribute("aria-readonly", String(!editable));
}
