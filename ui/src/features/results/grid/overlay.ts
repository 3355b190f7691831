/** What stands over the cells: the selected range, the cursor, and the place of an editor, which moves with its cell. */
import { type Box, clip, place } from "./boxes";

/** An editor is at least this wide, however narrow its column. */
const EDITOR = 168;

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

  draw(range: Box | undefined, cursor: Box | undefined, editor: Box | undefined, width: number, height: number) {
    this.range.hidden = !range;
    this.cursor.hidden = !cursor || editor !== undefined;
    this.editor.hidden = !editor;
    if (range) place(this.range, clip(range, width, height));
    if (cursor) place(this.cursor, clip(cursor, width, height));
    if (!editor) return;
    // A narrow column's editor reaches over its neighbours, and stays within the pane while its cell can be seen.
    const wide = Math.max(editor.width, Math.min(EDITOR, width));
    const left = editor.left < width && editor.left + wide > width ? Math.max(0, width - wide) : editor.left;
    place(this.editor, { ...editor, left: Math.min(left, editor.left), width: wide });
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
