/** Drawing a foreign key: from the handle of a column to another column. What is not dropped on one is nothing. */
import { comparable, type DiagramTable } from "@/ipc";
import type { Point } from "./camera";
import type { Editing } from "./editing";
import type { Engine } from "./engine";
import type { Hit } from "./model";
import { COLUMNS_FROM } from "./painter";
import type { DiagramStore } from "./store";

/** A column of a box. */
interface End {
  readonly box: number;
  readonly row: number;
}

/** So many keys are lit at most. */
const LIT = 300;
const SVG = "http://www.w3.org/2000/svg";

export class Linking {
  private readonly engine: Engine;
  private readonly store: DiagramStore;
  private readonly editing: () => Editing | null;
  private readonly handle = document.createElement("div");
  private readonly picture = document.createElementNS(SVG, "svg");
  private readonly way = document.createElementNS(SVG, "path");
  private readonly aim = document.createElementNS(SVG, "rect");
  private at: End | null = null;
  private from: End | null = null;

  constructor(stage: HTMLElement, engine: Engine, store: DiagramStore, editing: () => Editing | null) {
    this.engine = engine;
    this.store = store;
    this.editing = editing;
    this.handle.className = "erd-handle";
    this.handle.title = "Drag to a column: a foreign key";
    this.picture.setAttribute("class", "erd-link");
    this.way.setAttribute("class", "erd-link-way");
    this.aim.setAttribute("class", "erd-link-aim");
    this.hide();
    stage.append(this.picture, this.handle);
  }

  dispose(): void {
    this.handle.remove();
    this.picture.remove();
  }

  /** Whether a press began on the handle. */
  holds(target: EventTarget | null): boolean {
    return target === this.handle;
  }

  /** The handle stands at the column under the pointer. */
  hover(hit: Hit | null): void {
    const editing = this.editing();
    const can = editing !== null && editing.disabledReason === undefined && this.engine.camera.zoom >= COLUMNS_FROM;
    const end = can && hit?.kind === "box" && hit.row !== null ? { box: hit.box, row: hit.row } : null;
    if (end?.box === this.at?.box && end?.row === this.at?.row) return;
    this.at = end;
    const place = end ? this.edge(end) : null;
    this.handle.hidden = place === null;
    if (place) Object.assign(this.handle.style, { left: `${place.x}px`, top: `${place.y}px` });
  }

  begin(): boolean {
    if (!this.at) return false;
    this.from = this.at;
    this.picture.replaceChildren(this.way, this.aim, ...this.lit(this.at));
    this.aim.setAttribute("visibility", "hidden");
    this.way.setAttribute("d", "");
    this.picture.style.display = "";
    return true;
  }

  move(at: Point): void {
    if (!this.from) return;
    const start = this.edge(this.from);
    if (!start) return;
    const far = Math.max(32, Math.abs(at.x - start.x) / 2);
    this.way.setAttribute(
      "d",
      `M${start.x} ${start.y}C${start.x + far} ${start.y} ${at.x - far} ${at.y} ${at.x} ${at.y}`,
    );
    const end = this.endAt(at);
    const aimed = end !== null && !(end.box === this.from.box && end.row === this.from.row);
    this.aim.setAttribute("visibility", aimed ? "visible" : "hidden");
    if (end && aimed) {
      this.framed(this.aim, end);
      this.aim.dataset["fits"] = String(this.fits(this.from, end));
    }
  }

  /** The drag ends: on a column it is staged, on a table's head its column is asked for. */
  end(at: Point): void {
    const { from } = this;
    this.giveUp();
    const editing = this.editing();
    const { scene } = this.store.snapshot();
    const hit = scene?.hit(this.engine.worldAt(at), this.engine.camera.zoom);
    if (!from || !editing || !scene || hit?.kind !== "box") return;
    const [own, other] = [scene.boxes[from.box], scene.boxes[hit.box]];
    const column = own?.rows[from.row]?.name;
    if (!own || !other || column === undefined || (hit.box === from.box && hit.row === from.row)) return;
    const named = ({ schema, name }: DiagramTable) => ({ schema, name });
    const there = hit.row === null ? undefined : other.rows[hit.row]?.name;
    const toColumns = there === undefined ? [] : [there];
    editing.foreignKey({ from: named(own), columns: [column], to: named(other), toColumns });
  }

  giveUp(): void {
    this.from = null;
    this.hide();
  }

  private hide(): void {
    this.at = null;
    this.handle.hidden = true;
    this.picture.style.display = "none";
    this.picture.replaceChildren();
  }

  private endAt(at: Point): End | null {
    const { scene } = this.store.snapshot();
    const hit = scene?.hit(this.engine.worldAt(at), this.engine.camera.zoom);
    return hit?.kind === "box" ? { box: hit.box, row: hit.row ?? -1 } : null;
  }

  /** The middle of a column's right edge, in the view. */
  private edge({ box, row }: End): Point | null {
    const { scene } = this.store.snapshot();
    const found = scene?.boxes[box];
    if (!scene || !found) return null;
    const { head, row: tall } = scene.drawing.metrics;
    return this.engine.viewAt({ x: found.x + found.width, y: found.y + head + tall * (row + 0.5) });
  }

  private fits(a: End, b: End): boolean {
    const { scene } = this.store.snapshot();
    const [one, other] = [scene?.boxes[a.box]?.rows[a.row], scene?.boxes[b.box]?.rows[b.row]];
    if (!one || !other) return b.row < 0;
    return (other.primary || other.unique) && comparable(one.native_type, other.native_type);
  }

  private framed(rect: SVGRectElement, { box, row }: End): void {
    const { scene } = this.store.snapshot();
    const found = scene?.boxes[box];
    if (!scene || !found) return;
    const { head, row: tall } = scene.drawing.metrics;
    const { zoom } = this.engine.camera;
    const { x, y } = this.engine.viewAt({ x: found.x, y: row < 0 ? found.y : found.y + head + tall * row });
    const sizes = { x, y, width: found.width * zoom, height: (row < 0 ? head : tall) * zoom, rx: 3 };
    for (const [name, value] of Object.entries(sizes)) rect.setAttribute(name, String(Math.round(value)));
  }

  /** Frames around the keys in sight that fit. */
  private lit(from: End): readonly SVGRectElement[] {
    const { scene } = this.store.snapshot();
    const { view, camera } = this.engine;
    if (!scene) return [];
    const corner = this.engine.worldAt({ x: 0, y: 0 });
    const sight = { ...corner, width: view.width / camera.zoom, height: view.height / camera.zoom };
    const ends = scene.touched(sight).flatMap((box) =>
      (scene.boxes[box]?.rows ?? []).flatMap((_, row) => {
        const end = { box, row };
        return (box !== from.box || row !== from.row) && this.fits(from, end) ? [end] : [];
      }),
    );
    return ends.slice(0, LIT).map((end) => {
      const rect = document.createElementNS(SVG, "rect");
      rect.setAttribute("class", "erd-link-lit");
      this.framed(rect, end);
      return rect;
    });
  }
}
