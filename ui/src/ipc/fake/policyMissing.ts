/** Names in drafts that are not there in the fake host: `missing_…`, columns that a table lacks, roles that nobody has. */
import type { PolicyDraft, PolicyMissing, PolicyOn } from "../bindings";
import { everyone, ROLES } from "./policies";

/** Columns that these tables do not have, unlike the others. */
const LACKED: Readonly<Record<string, readonly string[]>> = { plans: ["owner_id", "visibility"] };

export function missingIn(on: PolicyOn, policy: PolicyDraft): PolicyMissing[] {
  const lacked = LACKED[on.table] ?? [];
  const place = `${policy.name} on ${on.schema}.${on.table}`;
  const found: PolicyMissing[] = [];
  for (const part of ["using", "with_check"] as const) {
    for (const { 0: name, index } of (policy[part] ?? "").matchAll(/\b\w+\b/g)) {
      if (!name.startsWith("missing_") && !lacked.includes(name)) continue;
      const word = part === "using" ? "USING" : "WITH CHECK";
      const words = `There is no column ${name}: ${word} of ${place}, line 1, column ${index + 1}.`;
      const range = { from: index, to: index + name.length };
      found.push({ on, policy: policy.name, kind: "column", name, part, range, certain: true, words });
    }
  }
  const gone = everyone(policy.roles) ? [] : policy.roles.filter((role) => !ROLES.some(({ name }) => name === role));
  for (const name of gone) {
    const words = `There is no role ${name}: ${place}.`;
    found.push({ on, policy: policy.name, kind: "role", name, part: null, range: null, certain: true, words });
  }
  return found;
}
