/** What is kept of how documents are looked at, with their tab; and small pure things about them. */
import type { CollectionRules, DocumentStyle, ObjectRef } from "@/ipc";
import { readStages, type Stage } from "./pipeline";
import { readRules } from "./rules";
import { readStaged, type StagedDocument } from "./staged";

export type DocumentsView = "tree" | "json" | "grid";

export interface KeptDocuments {
  readonly view: DocumentsView;
  readonly style: DocumentStyle;
  /** Edits that are not saved. */
  readonly staged: readonly StagedDocument[];
  /** Whether the fields stand beside the documents. */
  readonly fields: boolean;
  /** The pipeline that is being built. */
  readonly stages: readonly Stage[];
  /** Rules that were typed and are not saved. */
  readonly rules: CollectionRules | null;
}

export const NOTHING_KEPT: KeptDocuments = {
  view: "tree",
  style: "shell",
  staged: [],
  fields: false,
  stages: [],
  rules: null,
};

export const VIEWS: readonly { readonly value: DocumentsView; readonly label: string }[] = [
  { value: "tree", label: "Tree" },
  { value: "json", label: "JSON" },
  { value: "grid", label: "Grid" },
];

export const STYLES: readonly { readonly value: DocumentStyle; readonly label: string }[] = [
  { value: "shell", label: "Shell" },
  { value: "relaxed", label: "Relaxed JSON" },
  { value: "canonical", label: "Canonical JSON" },
];

/** What was kept; whatever is missing or odd is as usual. */
export function readKept(value: unknown): KeptDocuments {
  if (typeof value !== "object" || value === null) return NOTHING_KEPT;
  const { view, style, staged, fields, stages, rules } = value as Partial<Record<keyof KeptDocuments, unknown>>;
  return {
    view: VIEWS.find((each) => each.value === view)?.value ?? "tree",
    style: STYLES.find((each) => each.value === style)?.value ?? "shell",
    staged: readStaged(staged),
    fields: fields === true,
    stages: readStages(stages),
    rules: readRules(rules),
  };
}

/** A collection whose documents are shown, and whether they can be changed. */
export interface CollectionPlace {
  readonly profileId: string;
  readonly object: ObjectRef;
  /** Why nothing can be changed; `null` where it can. */
  readonly locked: string | null;
  /** The connection's name where it is production: buttons say it. */
  readonly saveTo?: string | undefined;
}

/** A short mark of a text: another text has another one, as far as that matters for "did it change". */
export function markOf(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  return `${text.length}-${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}

/** `412 B`, `9.6 MB`: in powers of 1000. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const unit = bytes < 1e6 ? "kB" : "MB";
  const value = bytes / (bytes < 1e6 ? 1e3 : 1e6);
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}
