/** Drafts: changes that wait in the core to be applied, as they make a table's policies look. Pure. */
import type {
  PolicyCard,
  PolicyChange,
  PolicyCommand,
  PolicyCopied,
  PolicyDraft,
  PolicyEdit,
  PolicyFlags,
  PolicyMissing,
  PolicyOn,
  StagedPolicyChange,
} from "@/ipc";

/** A policy as it is shown: as it will be, with what it is now where that differs. */
export interface ShownPolicy {
  /** As it will be. */
  readonly policy: PolicyDraft;
  readonly state: "kept" | "new" | "changed" | "dropped";
  /** What the catalog has; null for a new one. */
  readonly card: PolicyCard | null;
  /** What is staged for it. */
  readonly staged: StagedPolicyChange | null;
  /** Tells it apart from the others of its table, also while it is renamed. */
  readonly key: string;
}

export const sameTable = (one: PolicyOn, other: PolicyOn): boolean =>
  one.schema === other.schema && one.table === other.table;

/** A table as people write it. */
export const tableWords = ({ schema, table }: PolicyOn): string => `${schema}.${table}`;

/** Everyone is written as PUBLIC alone. */
export function rolesOf(policy: PolicyDraft): readonly string[] {
  return policy.roles.length === 0 || policy.roles.includes("PUBLIC") ? ["PUBLIC"] : policy.roles.toSorted();
}

export const keyOfNew = (id: number): string => `new:${id}`;
export const keyOfKept = (name: string): string => `kept:${name}`;

/** The policies of a table as the drafts make them, new ones last. */
export function shownPolicies(
  on: PolicyOn,
  cards: readonly PolicyCard[],
  changes: readonly StagedPolicyChange[],
): ShownPolicy[] {
  const own = changes.filter(({ change }) => sameTable(change.on, on));
  const shown = cards.map((card): ShownPolicy => {
    const { policy } = card;
    const key = keyOfKept(policy.name);
    for (const staged of own) {
      const { change } = staged;
      if (change.change === "alter" && change.before.name === policy.name)
        return { policy: change.after, state: "changed", card, staged, key };
      if (change.change === "drop" && change.policy.name === policy.name)
        return { policy, state: "dropped", card, staged, key };
    }
    return { policy, state: "kept", card, staged: null, key };
  });
  for (const staged of own) {
    if (staged.change.change === "create")
      shown.push({ policy: staged.change.policy, state: "new", card: null, staged, key: keyOfNew(staged.id) });
  }
  return shown;
}

/** Row security of a table as the drafts make it; null where it was not read. */
export function shownSecurity(
  on: PolicyOn,
  now: { readonly enabled: boolean | null; readonly forced: boolean | null },
  changes: readonly StagedPolicyChange[],
): (PolicyFlags & { readonly drafted: boolean }) | null {
  for (const { change } of changes)
    if (change.change === "row_security" && sameTable(change.on, on)) return { ...change.after, drafted: true };
  return now.enabled === null ? null : { enabled: now.enabled, forced: now.forced ?? false, drafted: false };
}

/** What stages a policy as it is to be. */
export function editOf(on: PolicyOn, shown: ShownPolicy, policy: PolicyDraft): PolicyEdit {
  return shown.card === null
    ? { edit: "create", id: shown.staged?.id ?? null, on, policy }
    : { edit: "alter", on, name: shown.card.policy.name, policy };
}

/** What stages that a policy goes; a new one is forgotten. */
export function dropOf(on: PolicyOn, shown: ShownPolicy): PolicyEdit {
  if (shown.card === null) return { edit: "discard", id: shown.staged?.id ?? 0 };
  return { edit: "drop", on, name: shown.card.policy.name };
}

/** A name that no other policy of the table has: `base`, `base 2`, … */
export function freeName(base: string, taken: readonly ShownPolicy[]): string {
  const names = new Set(taken.filter(({ state }) => state !== "dropped").map(({ policy }) => policy.name));
  if (!names.has(base)) return base;
  let number = 2;
  while (names.has(`${base} ${number}`)) number += 1;
  return `${base} ${number}`;
}

/** What a command's policies take (the server refuses the others, 42601). */
export function takes(command: PolicyCommand): { readonly using: boolean; readonly check: boolean } {
  return { using: command !== "insert", check: command !== "select" && command !== "delete" };
}

/** The policy for another command: what that does not take is left out, what it takes instead is carried over. */
export function forCommand(policy: PolicyDraft, command: PolicyCommand): PolicyDraft {
  const { using, check } = takes(command);
  const was = takes(policy.command);
  return {
    ...policy,
    command,
    using: using ? (was.using ? policy.using : policy.with_check) : null,
    with_check: check ? (was.check ? policy.with_check : policy.using) : null,
  };
}

const TEXTS = ["name", "using", "with_check", "comment"] as const;

/** Whether both are the same, letter by letter. */
export const samePolicy = (one: PolicyDraft, other: PolicyDraft): boolean =>
  TEXTS.every((part) => (one[part] ?? "") === (other[part] ?? "")) &&
  one.command === other.command &&
  one.permissive === other.permissive &&
  rolesOf(one).join("\n") === rolesOf(other).join("\n");

/** A new policy before anything is said of it: nothing passes. */
export const emptyPolicy = (name: string): PolicyDraft => ({
  name,
  command: "select",
  permissive: true,
  roles: [],
  using: null,
  with_check: null,
  comment: null,
});

/** How many drafts, of how many tables. */
export function draftWords(changes: readonly StagedPolicyChange[]): string {
  const tables = new Set(changes.map(({ change: { on } }) => JSON.stringify([on.schema, on.table]))).size;
  const count = `${changes.length} ${changes.length === 1 ? "draft" : "drafts"}`;
  return tables > 1 ? `${count} of ${tables} tables` : count;
}

/** One line about a draft. */
export function changeWords(change: PolicyChange): string {
  switch (change.change) {
    case "create":
      return `New policy ${change.policy.name || "without a name"}`;
    case "drop":
      return `Delete policy ${change.policy.name}`;
    case "alter":
      return change.before.name === change.after.name
        ? `Change policy ${change.before.name}`
        : `Rename policy ${change.before.name} to ${change.after.name}`;
    case "row_security":
      if (change.before.enabled !== change.after.enabled)
        return change.after.enabled ? "Turn row security on" : "Turn row security off";
      return change.after.forced ? "Force row security on the owner" : "Do not force row security on the owner";
  }
}

/** The policy that a change makes; null where it makes none. */
export function madeBy(change: PolicyChange): PolicyDraft | null {
  if (change.change === "create") return change.policy;
  return change.change === "alter" ? change.after : null;
}

/** Names of a policy that are not there. */
export const missingOf = (
  missing: readonly PolicyMissing[],
  on: PolicyOn,
  policy: PolicyDraft | null,
): readonly PolicyMissing[] => missing.filter((one) => sameTable(one.on, on) && one.policy === policy?.name);

/** Whether all that a copied policy names is there, and means what it meant. */
export const holds = ({ missing, notes }: PolicyCopied): boolean => missing.length + notes.length === 0;

/** `1 name is not there`. */
export const missingWords = (count: number): string =>
  count === 1 ? "1 name is not there" : `${count} names are not there`;

/** Whether drafts of the table wait. */
export const hasDrafts = (on: PolicyOn, changes: readonly StagedPolicyChange[]): boolean =>
  changes.some(({ change }) => sameTable(change.on, on));
