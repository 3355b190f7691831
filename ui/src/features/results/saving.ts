/** One value into a file of its own. */
import { toast } from "@/design";
import { failureOf, host, type SavedCell } from "@/ipc";
import { formatBytes } from "./format";

const NAMES: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/svg+xml": "svg",
  "image/bmp": "bmp",
};

/** What a value's file is called until a person says otherwise. Signs that no file system takes are left out. */
export function fileNameOf(column: string, kind: string): string {
  const name = column.replace(/[/\\:*?"<>|\p{Cc}]+/gu, " ").trim();
  return `${name || "value"}.${NAMES[kind] ?? kind}`;
}

/** Asks where to and writes it there; what goes wrong is said. */
export async function saveCell(column: string, kind: string, cell: SavedCell): Promise<void> {
  try {
    const path = await host().pickSavePath(`Save ${column}`, fileNameOf(column, kind));
    if (path === null) return;
    const bytes = await host().saveCell(path, cell);
    toast({ title: `Saved ${formatBytes(bytes)}`, tone: "ok", detail: path });
  } catch (thrown) {
    const failure = failureOf(thrown);
    toast({ title: failure.message, tone: "danger", ...(failure.hint ? { detail: failure.hint } : {}) });
  }
}
