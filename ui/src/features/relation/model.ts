/** A relation's page without its drawing: which columns a table has, which facts are told. */
import type { ColumnRow, ObjectRef, PartRow, PolicyRow, RelationPage } from "@/ipc";
import { clockTime, exactNumber, shortBytes, shortCount, wholeTime } from "./format";

export type RelationView = "columns" | "indexes" | "constraints" | "ddl" | "triggers" | "policies" | "grants";

export const VIEW_WORDS: Readonly<Record<Exclude<RelationView, "ddl">, { one: string; many: string; none: string }>> = {
  columns: { one: "column", many: "columns", none: "The server lists none for it." },
  indexes: { one: "index", many: "indexes", none: "Every search reads the whole relation." },
  constraints: { one: "constraint", many: "constraints", none: "Nothing but the types limits what its columns hold." },
  triggers: { one: "trigger", many: "triggers", none: "Nothing runs by itself when its rows change." },
  policies: { one: "policy", many: "policies", none: "No rule limits which of its rows a login sees." },
  grants: { one: "privilege", many: "privileges", none: "Only its owner may use it, and who needs no privileges." },
};

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** The exact form, on hover. */
  readonly title?: string;
}

/** The line above every view. What is not known is not told. */
export function factsOf(page: RelationPage): readonly Fact[] {
  const facts: Fact[] = [{ name: "Kind", value: page.kind }];
  if (page.estimated_rows !== null) {
    facts.push({
      name: "Rows",
      value: `~${shortCount(page.estimated_rows)}`,
      title: `${exactNumber(page.estimated_rows)}, as the server estimates`,
    });
  }
  if (page.bytes !== null)
    facts.push({ name: "Size", value: shortBytes(page.bytes), title: `${exactNumber(page.bytes)} bytes` });
  if (page.owner !== null) facts.push({ name: "Owner", value: page.owner });
  if (page.row_security !== null) facts.push({ name: "Row security", value: page.row_security });
  facts.push({ name: "As of", value: clockTime(page.as_of_ms), title: wholeTime(page.as_of_ms) });
  return facts;
}

/** Which of the optional columns have anything to say. */
export function columnsShown(columns: readonly ColumnRow[]) {
  return {
    default: columns.some((column) => column.default !== null || column.identity !== null || column.generated !== null),
    collation: columns.some((column) => column.collation !== null),
    references: columns.some((column) => column.references !== null),
    comment: columns.some((column) => column.comment !== null && column.comment !== ""),
  };
}

export function partsShown(parts: readonly PartRow[]) {
  return {
    columns: parts.some((part) => part.columns.length > 0),
    references: parts.some((part) => part.references !== null),
    definition: parts.some((part) => part.definition !== null && part.definition !== ""),
    remarks: parts.some((part) => part.remarks.length > 0),
    comment: parts.some((part) => part.comment !== null && part.comment !== ""),
    scans: parts.some((part) => part.scans !== null),
  };
}

/** How a remark is coloured: what does not hold as it stands is a warning. */
const TROUBLE = new Set(["invalid", "not validated", "not valid", "not ready", "disabled", "not enforced"]);

export const remarkTone = (remark: string): "warn" | "neutral" =>
  TROUBLE.has(remark.toLowerCase()) ? "warn" : "neutral";

/** `schema.name`, or the name alone where there is no schema or it is the relation's own. */
export function shownName(object: ObjectRef, near?: ObjectRef): string {
  return object.schema === null || object.schema === near?.schema ? object.name : `${object.schema}.${object.name}`;
}

export const countOf = (page: RelationPage, view: Exclude<RelationView, "ddl">): number => page[view].length;

/** As few rows need no filter. */
export const FEW = 12;

/** Rows in whose words every word of the filter occurs. */
export function filtered<T>(rows: readonly T[], text: string, wordsOf: (row: T) => readonly (string | null)[]) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return rows;
  return rows.filter((row) => {
    const words = wordsOf(row).join("\n").toLowerCase();
    return wanted.every((word) => words.includes(word));
  });
}

export const wordsOfColumn = (column: ColumnRow) => [
  column.name,
  column.native_type,
  column.default,
  column.comment,
  column.references === null ? null : column.references.object.name,
];

export const wordsOfPart = (part: PartRow) => [
  part.name,
  part.kind,
  ...part.columns,
  ...part.remarks,
  part.definition,
  part.comment,
];

export const wordsOfPolicy = (policy: PolicyRow) => [
  policy.name,
  policy.command,
  ...policy.roles,
  policy.using,
  policy.check,
  policy.comment,
];
