/** What stands over the cells: the selected range, the cursor, and the place of an editor, which moves with its cell. */
import { type Box, clip, place } from "./boxes";

/** An editor is at least this wide, however narrow its column. */
const EDITOR = 168;

/** A rectangle over cells, and the pixel its cells begin to be seen at: where pinned columns end, for those that scroll. */
export interface Standing extends Box {
  edge: number;
}

/** What is behind pinned columns does not show; beyond the other edges the pane cuts. */
function cutLeft(node: HTMLElement, pixels: number) {
  const path = pixels > 0 ? `inset(-999px -999px -999px ${pixels}px)` : "";
  if (node.style.clipPath !== path) node.style.clipPath = path;
}

export class GridOverlay {
  readonly range = document.createElement("div");
  readonly cursor = document.createElement("div");
  /** Where an editor is drawn; whoever opens it fills it. */
  readonly editor = document.createElement("div");

  constructor() {
    this.range.className = "rg-range";
    this.cursor.className = "rg-cursor";
    this.editor.className = "rg-editor";
    for (const node of [this.range, this.cursor]) node.setAttribute("role", "presentation");
    for (const node of [this.range, this.cursor, this.editor]) node.hidden = true;
  }

  get nodes(): readonly HTMLElement[] {
    return [this.range, this.cursor, this.editor];
  }

  draw(
    range: Standing | undefined,
    cursor: Standing | undefined,
    editor: Standing | undefined,
    width: number,
    height: number,
  ) {
    this.range.hidden = !range;
    this.cursor.hidden = !cursor || editor !== undefined;
    this.editor.hidden = !editor;
    for (const [node, box] of [
      [this.range, range],
      [this.cursor, cursor],
    ] as const) {
      if (!box) continue;
      const cut = clip(box, width, height);
      place(node, cut);
      cutLeft(node, box.edge - cut.left);
    }
    if (!editor) return;
    // A narrow column's editor reaches over its neighbours, and stays within the pane while its cell can be seen.
    const wide = Math.max(editor.width, Math.min(EDITOR, width));
    const left = editor.left < width && editor.left + wide > width ? Math.max(0, width - wide) : editor.left;
    const at = Math.min(left, editor.left);
    place(this.editor, { ...editor, left: at, width: wide });
    cutLeft(this.editor, editor.edge - at);
  }
}

/** Room for a paste: a focused text is what every platform's key pastes into. */
export function pasteCatcher(onText: (text: string) => void, onDone: () => void): HTMLTextAreaElement {
  const node = document.createElement("textarea");
  node.className = "rg-paste";
  node.tabIndex = -1;
  node.setAttribute("aria-hidden", "true");
  node.addEventListener("paste", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData?.getData("text/plain") ?? "";
    onDone();
    onText(text);
  });
  return node;
}
