/** An import without its drawing: what is chosen, and what each connection would become, in words. */
import type { FoundConnection, FoundStatus, ImportOutcome, ImportPreview } from "@/ipc";

export const canBeSaved = (found: FoundConnection): boolean => found.status.kind !== "unsupported";

/** What is new or changed is chosen; what is there already is not. */
export function firstChoice(preview: ImportPreview): ReadonlySet<number> {
  const wanted = preview.connections.filter(({ status }) => status.kind === "new" || status.kind === "update");
  return new Set(wanted.map((found) => found.index));
}

/** The choice after the file was read again, for one with passwords: places in the list stay. */
export const keptChoice = (preview: ImportPreview, chosen: ReadonlySet<number>): ReadonlySet<number> =>
  new Set(
    preview.connections.filter((found) => canBeSaved(found) && chosen.has(found.index)).map((each) => each.index),
  );

export interface StatusWords {
  readonly text: string;
  readonly detail?: string;
  readonly tone: "ok" | "warn" | "neutral" | "danger";
}

export function statusWords(status: FoundStatus): StatusWords {
  switch (status.kind) {
    case "new":
      return { text: "new", tone: "ok" };
    case "update": {
      const lines = status.differences.map(
        ({ field, before, after }) => `${field}: ${before ?? "not set"} becomes ${after ?? "not set"}`,
      );
      return { text: `changes ${lines.length}`, detail: lines.join("\n"), tone: "warn" };
    }
    case "same":
      return { text: "already here", tone: "neutral" };
    case "duplicate":
      return { text: `same place as ${status.of}`, tone: "neutral" };
    case "unsupported":
      return { text: "not possible", detail: status.reason, tone: "danger" };
  }
}

/** Where its password comes from after the import. */
export function passwordWords(found: FoundConnection): string {
  if (found.has_password) return "into the keychain";
  switch (found.password) {
    case "command":
      return "from a command";
    case "none":
      return "none";
    default:
      return "asked when connecting";
  }
}

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

/** How it went, in a sentence. */
export function outcomeWords({ added, updated }: ImportOutcome): string {
  const parts = [
    ...(added.length > 0 ? [`${count(added.length, "connection is", "connections are")} new`] : []),
    ...(updated.length > 0 ? [`${count(updated.length, "is", "are")} changed`] : []),
  ];
  return parts.length === 0 ? "Nothing was saved." : `${parts.join(", ")}.`;
}
