/** SQL files on disk: opened, saved whole or not at all, watched for other programs' changes. */
import { type AppError, type FileState, failureOf, host, type OpenedFile } from "@/ipc";

/** A file behind a tab. */
export interface FileOfTab {
  readonly path: string;
  readonly stamp: string;
  readonly crlf: boolean;
}

export type Saved =
  | { readonly kind: "saved"; readonly file: OpenedFile }
  | { readonly kind: "conflict"; readonly failure: AppError }
  | { readonly kind: "failed"; readonly failure: AppError }
  | { readonly kind: "closed" };

/** Asks for a file and reads it; null when none was chosen. */
export async function openFile(): Promise<OpenedFile | null> {
  const path = await host().pickFile("Open an SQL file");
  return path ? host().openFile(path) : null;
}

/** Saves to the tab's file, or asks where. A change by another program is a conflict, never overwritten in silence. */
export async function saveFile(
  text: string,
  file: FileOfTab | null,
  suggestedName: string,
  crlf: boolean,
): Promise<Saved> {
  const path = file?.path ?? (await host().pickSavePath("Save the SQL file", suggestedName));
  return path ? write(path, text, file?.stamp ?? null, crlf) : { kind: "closed" };
}

/** Asks where, whatever file the tab has. */
export async function saveFileAs(text: string, suggestedName: string, crlf: boolean): Promise<Saved> {
  const path = await host().pickSavePath("Save the SQL file as", suggestedName);
  return path ? write(path, text, null, crlf) : { kind: "closed" };
}

/** Replaces what another program wrote, after the person said so. */
export const overwriteFile = (text: string, file: FileOfTab): Promise<Saved> => write(file.path, text, null, file.crlf);

async function write(path: string, text: string, stamp: string | null, crlf: boolean): Promise<Saved> {
  try {
    return { kind: "saved", file: await host().saveFile({ path, text, stamp, crlf }) };
  } catch (thrown) {
    const failure = failureOf(thrown);
    return { kind: failure.code === "conflict" ? "conflict" : "failed", failure };
  }
}

/** Whether another program touched the file; unknown counts as unchanged. */
export async function fileState(file: FileOfTab): Promise<FileState> {
  return host()
    .fileState(file.path, file.stamp)
    .catch(() => "unchanged");
}
