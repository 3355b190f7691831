/** How rows of a table of users become actors. Pure. */
import type { PolicyOn, PolicyRole, PolicyUserMapping, PolicyUserValue } from "@/ipc";
import { sameTable } from "../drafts";

export const column = (name: string, as_text = false): PolicyUserValue => ({ from: "column", column: name, as_text });

/** What is suggested for a table; one with nothing in it but the role of who has signed in where nothing is. */
export function guessed(
  on: PolicyOn,
  suggested: readonly PolicyUserMapping[],
  roles: readonly PolicyRole[],
): PolicyUserMapping {
  const found = suggested.find((each) => sameTable(each.on, on));
  if (found) return found;
  const signedIn = roles.find(({ name, exposed }) => exposed && !/anon/i.test(name))?.name;
  return {
    on,
    label: null,
    role: signedIn ? { from: "text", text: signedIn } : null,
    claims: [],
    claims_setting: null,
    settings: [],
  };
}

/** What is missing before users can be read. */
export function mappingProblem({ claims, settings }: PolicyUserMapping): string | undefined {
  const all = [...claims, ...settings];
  if (all.length === 0) return "say which column tells who it is";
  if (all.some(([name]) => name.trim() === "")) return "give every claim and setting a name";
  if (all.some(([, value]) => value.from === "column" && value.column === "")) return "choose a column for each";
  return new Set(claims.map(([name]) => name)).size < claims.length ? "two claims have the same name" : undefined;
}

const valueWords = (value: PolicyUserValue): string => (value.from === "column" ? value.column : `“${value.text}”`);

/** What becomes what, in one line. */
export function mappingWords({ role, claims, settings }: PolicyUserMapping): string {
  const parts = [...claims, ...settings].map(([name, value]) => `${name} is ${valueWords(value)}`);
  return [role === null ? "as the login" : `role is ${valueWords(role)}`, ...parts].join(", ");
}
