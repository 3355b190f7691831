/** What is kept and what forgetting takes away, in words. Pure. */
import type { ForgetRequest, KeptAmounts } from "@/ipc";

export type Part = "history" | "audit" | "catalogs" | "closed_tabs";

export const PARTS: readonly { readonly part: Part; readonly title: string; readonly hint: string }[] = [
  { part: "history", title: "History", hint: "Every statement that was run." },
  { part: "audit", title: "Audit trail", hint: "What changed rows, schemas or privileges, or took data out." },
  {
    part: "catalogs",
    title: "Kept catalogs",
    hint: "Names and definition texts on disk, for when a server is away. Never rows.",
  },
  { part: "closed_tabs", title: "Closed tabs", hint: "Their texts, until they cannot be reopened any more." },
];

const WORDS: Readonly<Record<Part, readonly [one: string, many: string]>> = {
  history: ["statement", "statements"],
  audit: ["line", "lines"],
  catalogs: ["catalog", "catalogs"],
  closed_tabs: ["tab", "tabs"],
};

const number = new Intl.NumberFormat("en-US");
const counted = (amount: number, one: string, many: string) => `${number.format(amount)} ${amount === 1 ? one : many}`;

/** `1,204 statements`. */
export const amountOf = (part: Part, kept: KeptAmounts): string => counted(kept[part], ...WORDS[part]);

/** What the confirmation says goes, of one connection or all. */
export function goes(part: Part, kept: KeptAmounts, connection: string | null): string {
  const of = connection === null ? "of every connection" : `of ${connection}`;
  const what = { history: "in the history", audit: "in the audit trail", catalogs: "on disk", closed_tabs: "" }[part];
  const subject = [amountOf(part, kept), what, of].filter(Boolean).join(" ");
  const stays =
    part === "history"
      ? " The audit trail stays."
      : part === "audit"
        ? " That it was forgotten, and until when, stays."
        : part === "catalogs"
          ? " They are read again when the connection is opened."
          : " Open tabs stay.";
  return `${subject}, on this computer. This cannot be undone.${stays}`;
}

export const requestFor = (part: Part, profileId: string | null): ForgetRequest => ({
  profile_id: profileId,
  history: part === "history",
  audit: part === "audit",
  catalogs: part === "catalogs",
  closed_tabs: part === "closed_tabs",
});

/** Everything that goes when Rowhouse begins anew, a line each. */
export function everything(kept: KeptAmounts, connections: boolean): readonly string[] {
  const lines = [
    `${counted(kept.history, "statement", "statements")} of the history, ${counted(kept.audit, "line", "lines")} of the audit trail`,
    `${counted(kept.open_tabs, "open tab", "open tabs")} and ${counted(kept.closed_tabs, "closed one", "closed ones")} with every text that is not in a file`,
    `${counted(kept.catalogs, "kept catalog", "kept catalogs")}, saved queries, settings and the sample's changes`,
  ];
  if (!connections) return lines;
  const secrets = counted(kept.secrets, "secret", "secrets");
  return [
    ...lines,
    `${counted(kept.connections, "saved connection", "saved connections")} and ${secrets} in the keychain`,
  ];
}
