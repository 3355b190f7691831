/** What is imported, into what and how: pure. */
import type { ColumnMapping, FileContents, FileImport, ObjectRef, SourceFile } from "@/ipc";

/** A table that rows go into; an empty name is one that is yet to be made. */
export interface Destination {
  readonly profileId: string;
  readonly table: ObjectRef;
  readonly path: string | null;
}

export interface ImportDraft {
  readonly file: SourceFile;
  readonly create: boolean;
  readonly name: string;
  /** The table's column for each of the file's; empty is left out. */
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly batches: boolean;
  readonly rejects: string | null;
  readonly typed: string;
}

export const fileOf = (path: string): SourceFile => ({
  path,
  kind: null,
  encoding: null,
  delimiter: null,
  header: true,
  null_text: "",
  sheet: null,
});

/** A name for a table made of a file. */
export const tableName = (path: string): string =>
  (path.split(/[\\/]/).at(-1) ?? "").replace(/\.[^.]*$/, "").trim() || "imported";

/** Columns of one name go together, whatever its case; of a new table all. */
export function mapped(contents: FileContents, create: boolean): readonly string[] {
  const { into } = contents;
  if (create || !into) return contents.columns.map((column) => column.name);
  const free = into.filter((column) => !column.generated);
  return contents.columns.map(
    ({ name }) =>
      (
        free.find((column) => column.name === name) ??
        free.find((column) => column.name.toLowerCase() === name.toLowerCase())
      )?.name ?? "",
  );
}

export function firstImport(contents: FileContents, to: Destination): ImportDraft {
  const create = contents.into === null;
  return {
    file: contents.file,
    create,
    name: to.table.name || tableName(contents.file.path),
    columns: mapped(contents, create),
    types: contents.columns.map((column) => column.native_type),
    batches: contents.bad > 0,
    rejects: null,
    typed: "",
  };
}

/** Why it cannot begin; nothing where it can. */
export function importRefusal(draft: ImportDraft, contents: FileContents): string | undefined {
  const chosen = draft.columns.filter((name) => name !== "");
  if (draft.name.trim() === "") return "Give the table a name first";
  if (chosen.length === 0) return "Choose at least one column and where it goes";
  const twice = chosen.find((name, at) => chosen.indexOf(name) !== at);
  if (twice !== undefined) return `Two columns go into ${twice}`;
  const missing = contents.into?.find((column) => column.required && !chosen.includes(column.name));
  if (!draft.create && missing) return `${missing.name} needs a value`;
  if (!draft.batches && contents.bad > 0) return "Some records cannot be read: import in batches, which leave them out";
  if (contents.asks && draft.typed.trim() !== draft.name.trim()) return `Type ${draft.name.trim()} first`;
  return undefined;
}

export function importOf(draft: ImportDraft, contents: FileContents, to: Destination, dryRun: boolean): FileImport {
  const columns: ColumnMapping[] = draft.columns.flatMap((column, source) =>
    column === "" ? [] : [{ source, column, native_type: draft.create ? (draft.types[source] ?? null) : null }],
  );
  return {
    profile_id: to.profileId,
    table: { ...to.table, kind: "relation", name: draft.name.trim() },
    create: draft.create,
    file: draft.file,
    columns,
    dry_run: dryRun,
    batch: draft.batches && !dryRun ? 10_000 : null,
    rejects: draft.batches && !dryRun ? draft.rejects : null,
    confirmed: draft.typed.trim() || null,
    rows: contents.rows,
  };
}

/** Files whose rows can be imported, by the ends of their names. */
export const isData = (path: string): boolean => /\.(csv|tsv|tab|ndjson|jsonl|xlsx|xlsm|xlsb|xls|ods)$/i.test(path);
