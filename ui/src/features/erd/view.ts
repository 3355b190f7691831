/** How a tab looks at its diagrams, kept with the tab. */

import type { DiagramTable, ObjectRef } from "@/ipc";
import { type Camera, clampZoom } from "./camera";

export interface DiagramView {
  /** Which diagram; `null` is the one that was open last. */
  readonly diagram: string | null;
  /** Where it was looked at; `null` is all of it. */
  readonly camera: Camera | null;
  /** Whether the list stands beside it. */
  readonly list: boolean;
  readonly selected: readonly DiagramTable[];
  /** A table whose neighbourhood is to be shown in a diagram of its own. */
  readonly around: DiagramTable | null;
  /** A schema that a diagram of its own is to show. */
  readonly schema: string | null;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const isTable = (value: unknown): value is DiagramTable =>
  isRecord(value) && typeof value["schema"] === "string" && typeof value["name"] === "string";

function readCamera(kept: unknown): Camera | null {
  if (!isRecord(kept)) return null;
  const [x, y, zoom] = [kept["x"], kept["y"], kept["zoom"]];
  const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
  return isNumber(x) && isNumber(y) && isNumber(zoom) && zoom > 0 ? { x, y, zoom: clampZoom(zoom) } : null;
}

/** Reads a kept view; what it does not know is as at first. */
export function readView(text: string): DiagramView {
  let kept: unknown = null;
  try {
    kept = JSON.parse(text);
  } catch {
    // As at first.
  }
  const found = isRecord(kept) ? kept : {};
  const { diagram, list, selected, around, schema } = found;
  return {
    diagram: typeof diagram === "string" ? diagram : null,
    camera: readCamera(found["camera"]),
    list: list === true,
    selected: Array.isArray(selected) ? selected.filter(isTable).slice(0, 1_000) : [],
    around: isTable(around) ? around : null,
    schema: typeof schema === "string" ? schema : null,
  };
}

/** A kept view that is to show a table's neighbourhood, or a schema, next. */
export function diagramOf(text: string, { kind, schema, name }: ObjectRef): string {
  const asked = kind === "schema" ? { schema: name } : { around: { schema: schema ?? "", name } };
  return JSON.stringify({ ...readView(text), ...asked });
}
