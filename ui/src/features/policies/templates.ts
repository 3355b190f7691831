/** The blanks of a template: what a person fills in before it makes policies. Pure. */
import type { PolicyTemplate } from "@/ipc";

export interface Blank {
  /** Its place in the template; a part of a part after a dot. */
  readonly path: string;
  readonly label: string;
  /** `maybe` may stay empty; an expression is SQL. */
  readonly kind: "column" | "maybe" | "role" | "expression" | "name" | "flag";
}

const column = (path: string, label: string): Blank => ({ path, label, kind: "column" });
const maybe = (path: string, label: string): Blank => ({ path, label, kind: "maybe" });
const expression = (path: string, label: string): Blank => ({ path, label, kind: "expression" });

export function blanksOf(template: PolicyTemplate["template"]): readonly Blank[] {
  switch (template) {
    case "own_rows":
    case "owner_writes":
      return [column("owner", "Column of the owner")];
    case "membership":
      return [
        column("group", "Column of the group"),
        { path: "members.schema", label: "Schema of the members", kind: "name" },
        { path: "members.table", label: "Table of the members", kind: "name" },
        { path: "members_group", label: "Its column of the group", kind: "name" },
        { path: "members_user", label: "Its column of the user", kind: "name" },
      ];
    case "role":
      return [{ path: "role", label: "Role", kind: "role" }];
    case "public_read":
    case "authenticated_read":
      return [];
    case "admin_all":
    case "guard":
      return [expression("condition", "Condition")];
    case "soft_deleted":
      return [
        column("column", "Column that marks them"),
        { path: "boolean", label: "It is a boolean, not a time", kind: "flag" },
      ];
    case "time_limited":
      return [maybe("from", "Column from when"), maybe("until", "Column until when")];
    case "tenant_fence":
      return [column("tenant", "Column of the tenant"), expression("session", "The session's tenant")];
    case "insert_only":
      return [maybe("owner", "Column that names who adds")];
  }
}

type Filled = string | boolean | null;

export function filledIn(template: PolicyTemplate, path: string): Filled {
  let at: unknown = template;
  for (const step of path.split("."))
    at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[step] : null;
  return typeof at === "string" || typeof at === "boolean" ? at : null;
}

export function withBlank(template: PolicyTemplate, path: string, value: Filled): PolicyTemplate {
  const [first = "", second] = path.split(".");
  const old = (template as unknown as Record<string, unknown>)[first];
  const part = second === undefined ? value : { ...(typeof old === "object" ? old : {}), [second]: value };
  return { ...template, [first]: part } as PolicyTemplate;
}

/** Why it cannot be made yet. */
export function missingIn(template: PolicyTemplate): string | undefined {
  const empty = blanksOf(template.template).find(({ path, kind }) => {
    const value = filledIn(template, path);
    return kind !== "maybe" && kind !== "flag" && (typeof value !== "string" || value.trim() === "");
  });
  return empty ? `${empty.label} is missing` : undefined;
}
