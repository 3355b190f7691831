/** A diagram as a file. */
import { announce, toast } from "@/design";
import { type DiagramFormat, type DiagramTable, failureOf, host, nativeCode } from "@/ipc";

export const FORMATS: readonly { readonly format: DiagramFormat; readonly label: string; readonly ending: string }[] = [
  { format: "svg", label: "SVG picture", ending: "svg" },
  { format: "png", label: "PNG picture, twice the size", ending: "png" },
  { format: "pdf", label: "PDF page", ending: "pdf" },
  { format: "mermaid", label: "Mermaid", ending: "mmd" },
  { format: "dbml", label: "DBML", ending: "dbml" },
  { format: "plantuml", label: "PlantUML", ending: "puml" },
  { format: "sql", label: "SQL", ending: "sql" },
  { format: "json", label: "JSON", ending: "json" },
];

/** A name as a file may have it. */
const fileName = (name: string): string =>
  name
    .normalize("NFC")
    .replace(/[\\/:*?"<>|\p{Cc}]+/gu, " ")
    .trim() || "diagram";

/** Asks where to, and writes it; of some tables only where they are named. */
export async function exportDiagram(
  id: string,
  name: string,
  format: DiagramFormat,
  tables: DiagramTable[],
): Promise<void> {
  const ending = FORMATS.find((each) => each.format === format)?.ending ?? format;
  try {
    const path = await host().pickSavePath("Export the diagram", `${fileName(name)}.${ending}`);
    if (path === null) return;
    const dark = document.documentElement.dataset["theme"] === "dark";
    await host().exportDiagram(id, format, dark, tables, path);
    announce("Exported");
    toast({ tone: "ok", title: "The diagram is exported", detail: path });
  } catch (thrown) {
    const failure = failureOf(thrown);
    const detail = [failure.message, failure.hint, nativeCode(failure)].filter(Boolean).join(" ");
    toast({ tone: "danger", title: "The diagram could not be exported", detail });
  }
}
