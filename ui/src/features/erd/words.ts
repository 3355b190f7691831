/** How tables, relations and figures are said. */
import { number, plural } from "@/design";
import type { DiagramBox, DiagramCardinality, DiagramDrawing, DiagramLine, DiagramTable, StructureChange } from "@/ipc";
import { nameKey, type Scene } from "./model";

const OWN: Readonly<Record<DiagramCardinality, string>> = {
  one: "one",
  at_most_one: "one",
  zero_or_one: "one",
  zero_or_many: "many",
};

const OTHER: Readonly<Record<DiagramCardinality, string>> = { ...OWN, zero_or_one: "none or one" };

/** `many to one`, from the side that is looked at. */
export const cardinality = (own: DiagramCardinality, other: DiagramCardinality): string =>
  `${OWN[own]} to ${OTHER[other]}`;

/** What becomes of referring rows; nothing where the server does nothing. */
export function onDelete(action: string): string {
  const words = action.toLowerCase().replaceAll("_", " ");
  return words === "" || words === "no action" || words === "unknown" ? "" : `on delete ${words}`;
}

const columnsOf = (columns: readonly string[]): string => (columns.length > 0 ? ` by ${columns.join(", ")}` : "");

/** A line as the list reads it, from one of its boxes. */
export function relation(scene: Scene, line: DiagramLine, from: number): string {
  const outgoing = line.from.table === from;
  const [own, other] = outgoing ? [line.from, line.to] : [line.to, line.from];
  const name = scene.boxes[other.table]?.title ?? "";
  const how = cardinality(own.cardinality, other.cardinality);
  const inferred = line.inferred ? ", inferred" : "";
  return `${outgoing ? "refers to" : "referenced by"} ${name}${columnsOf(line.from.columns)}, ${how}${inferred}`;
}

/** A table as a screen reader says it. */
export function table(scene: Scene, at: number): string {
  const box = scene.boxes[at];
  if (!box) return "";
  const lines = scene.linesOf(at).flatMap((line) => scene.lines[line] ?? []);
  const said = lines.slice(0, 12).map((line) => relation(scene, line, at));
  const more = lines.length > said.length ? [`${number(lines.length - said.length)} more relations`] : [];
  const columns = plural(box.rows.length + box.folded, "column");
  const change = box.staged ? [staged(box.staged)] : [];
  return [box.title, ...change, columns, ...(lines.length === 0 ? ["no relations"] : [...said, ...more])].join("; ");
}

/** What becomes of something that is staged. */
export const staged = (change: StructureChange | null | undefined): string =>
  change
    ? { added: "new, not applied yet", changed: "changed, not applied yet", removed: "goes, not applied yet" }[change]
    : "";

/** What is drawn of how much. */
export function figures(scene: Scene): string {
  // What is only staged is not among those that there are.
  const tables = scene.drawing.tables + scene.boxes.filter((box) => box.staged === "added").length;
  const drawn = scene.boxes.length;
  const of = drawn === tables ? plural(drawn, "table") : `${number(drawn)} of ${plural(tables, "table")}`;
  return `${of}, ${plural(scene.lines.length, "relation")}`;
}

/** What a box holds back. */
export function held(box: DiagramBox): string {
  const parts = [
    box.folded > 0 ? `${plural(box.folded, "more column")}` : "",
    box.outside > 0 ? `${plural(box.outside, "relation")} to tables that are not shown` : "",
  ];
  return parts.filter(Boolean).join("; ");
}

/** What came, went and was renamed. */
export function changesOf({ added, gone, renamed }: DiagramDrawing): string {
  const said = (tables: readonly DiagramTable[], words: string) =>
    tables.length === 0
      ? ""
      : `${words}: ${tables
          .slice(0, 5)
          .map(({ name }) => name)
          .join(", ")}${tables.length > 5 ? ` and ${tables.length - 5} more` : ""}.`;
  const named = renamed
    .slice(0, 5)
    .map(({ from, to, certain }) => `${from.name} is ${certain ? "" : "probably "}${to.name} now`);
  const known = new Set(renamed.map(({ to }) => nameKey(to)));
  const fresh = added.filter((table) => !known.has(nameKey(table)));
  return [said(fresh, "New"), said(gone, "Gone"), named.length > 0 ? `${named.join(", ")}.` : ""]
    .filter(Boolean)
    .join(" ");
}
