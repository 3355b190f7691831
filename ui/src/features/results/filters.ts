/** Conditions of a data tab in words; the server does them. */
import type { BrowseCondition, BrowseFilter, ColumnClass, FilterOperator } from "@/ipc";

/** A comparison that is in force, or set aside without being forgotten. */
export interface FilterItem extends BrowseFilter {
  readonly off?: boolean;
}

/** Several comparisons of which all hold, or any one. */
export interface FilterGroup {
  readonly any: boolean;
  readonly items: readonly FilterItem[];
}

export type FilterPart = FilterItem | FilterGroup;

/** What rows have to meet. */
export interface Conditions {
  readonly filters: readonly FilterPart[];
  /** One of them is enough. */
  readonly any: boolean;
  /** What was written for WHERE; it holds besides. */
  readonly where: string;
}

export const isGroup = (part: FilterPart): part is FilterGroup => "items" in part;

/** Which condition is meant: a place, and within which group. */
export interface FilterPlace {
  readonly place: number;
  /** In the group at `place`. */
  readonly item?: number;
}

export const OPERATORS: readonly { readonly value: FilterOperator; readonly label: string; readonly words: string }[] =
  [
    { value: "equal", label: "is", words: "is" },
    { value: "not_equal", label: "is not", words: "is not" },
    { value: "less", label: "less than", words: "<" },
    { value: "less_or_equal", label: "at most", words: "≤" },
    { value: "greater", label: "greater than", words: ">" },
    { value: "greater_or_equal", label: "at least", words: "≥" },
    { value: "between", label: "between", words: "between" },
    { value: "contains", label: "contains", words: "contains" },
    { value: "not_contains", label: "does not contain", words: "does not contain" },
    { value: "starts_with", label: "starts with", words: "starts with" },
    { value: "ends_with", label: "ends with", words: "ends with" },
    { value: "like", label: "like (pattern)", words: "like" },
    { value: "in", label: "one of", words: "one of" },
    { value: "not_in", label: "none of", words: "none of" },
    { value: "is_empty", label: "is empty", words: "is empty" },
    { value: "is_not_empty", label: "is not empty", words: "is not empty" },
    { value: "is_null", label: "is NULL", words: "is NULL" },
    { value: "is_not_null", label: "is not NULL", words: "is not NULL" },
  ];

/** How many values a comparison takes; a list is any number of them. */
export function takes(operator: FilterOperator): "none" | "one" | "two" | "list" {
  switch (operator) {
    case "is_null":
    case "is_not_null":
    case "is_empty":
    case "is_not_empty":
      return "none";
    case "between":
      return "two";
    case "in":
    case "not_in":
      return "list";
    default:
      return "one";
  }
}

export const takesValue = (operator: FilterOperator): boolean => takes(operator) !== "none";

/** What a comparison does with NULL, and where that is not plain. */
export function nullWords(operator: FilterOperator): string {
  switch (operator) {
    case "not_equal":
    case "not_contains":
    case "not_in":
      return "Rows where it is NULL are shown too.";
    case "between":
      return "Both ends are included. Rows where it is NULL are left out.";
    case "is_empty":
      return "A text of no characters. NULL is not empty: ask “is NULL” for that.";
    case "is_not_empty":
      return "At least one character. Rows where it is NULL are left out.";
    case "is_null":
    case "is_not_null":
      return "";
    case "contains":
    case "starts_with":
    case "ends_with":
      return "Upper and lower case are the same. Rows where it is NULL are left out.";
    default:
      return "Rows where it is NULL are left out.";
  }
}

/** What one usually asks of such a column. */
export function usualOperator(columnClass: ColumnClass | undefined): FilterOperator {
  return columnClass === "text" || columnClass === "json" || columnClass === "xml" ? "contains" : "equal";
}

/** The values of a typed list: `a, 'b, c', "d ""e"""`. Commas and line ends separate; quotes hold what they enclose. */
export function listOf(typed: string): string[] {
  const values: string[] = [];
  let at = 0;
  while (at < typed.length) {
    while (/\s/.test(typed[at] ?? "")) at += 1;
    const quote = typed[at];
    let value = "";
    let quoted = false;
    if (quote === "'" || quote === '"') {
      quoted = true;
      at += 1;
      while (at < typed.length) {
        if (typed[at] === quote) {
          if (typed[at + 1] !== quote) break;
          at += 1;
        }
        value += typed[at];
        at += 1;
      }
      at += 1;
    }
    // What comes behind a closing quote belongs to the value all the same.
    let rest = "";
    while (at < typed.length && typed[at] !== "," && typed[at] !== "\n") {
      rest += typed[at];
      at += 1;
    }
    at += 1;
    value += rest.trim();
    if (quoted || value !== "") values.push(value);
  }
  return values;
}

/** A list as it is typed: quotes only where they are needed. */
export function listText(values: readonly string[]): string {
  return values
    .map((value) =>
      value === "" || value.trim() !== value || /[,'"\n]/.test(value) ? `'${value.replaceAll("'", "''")}'` : value,
    )
    .join(", ");
}

/** The values of what a person typed: one, or several separated by commas for a list. */
export function valuesOf(operator: FilterOperator, typed: string, second = ""): string[] {
  switch (takes(operator)) {
    case "none":
      return [];
    case "two":
      return [typed, second];
    case "list":
      return listOf(typed);
    default:
      return [typed];
  }
}

/** `status is not draft`. */
export function describeFilter(filter: BrowseFilter): string {
  const words = OPERATORS.find((operator) => operator.value === filter.operator)?.words ?? filter.operator;
  if (!takesValue(filter.operator)) return `${filter.column} ${words}`;
  if (filter.operator === "between") return `${filter.column} ${words} ${filter.values.join(" and ")}`;
  const list = takes(filter.operator) === "list";
  const value = list ? listText(filter.values) : filter.values.map((text) => (text === "" ? "''" : text)).join(", ");
  return `${filter.column} ${words} ${value}`;
}

const one = ({ column, operator, values }: FilterItem): BrowseCondition => ({
  kind: "one",
  filter: { column, operator, values: [...values] },
});

const joined = (any: boolean, conditions: BrowseCondition[]): BrowseCondition | undefined =>
  conditions.length > 1 ? { kind: any ? "any" : "all", conditions } : conditions[0];

/** What is in force, as the core takes it: all of these hold. */
export function inForce({ filters, any, where }: Conditions): BrowseCondition[] {
  const parts = filters.flatMap((part): BrowseCondition[] => {
    if (!isGroup(part)) return part.off ? [] : [one(part)];
    const group = joined(
      part.any,
      part.items.filter((item) => !item.off).map((item) => one(item)),
    );
    return group ? [group] : [];
  });
  const either = any ? joined(true, parts) : undefined;
  const text = where.trim() === "" ? [] : [{ kind: "where" as const, text: where }];
  return [...text, ...(any ? (either ? [either] : []) : parts)];
}

/** Whether any row may be left out. */
export const filters = (conditions: Conditions): boolean => inForce(conditions).length > 0;

/** Every comparison, with its place. */
export function eachItem(
  parts: readonly FilterPart[],
): readonly { readonly at: FilterPlace; readonly item: FilterItem }[] {
  return parts.flatMap((part, place) =>
    isGroup(part)
      ? part.items.map((item, within) => ({ at: { place, item: within }, item }))
      : [{ at: { place }, item: part }],
  );
}

export function itemAt(parts: readonly FilterPart[], at: FilterPlace): FilterItem | undefined {
  const part = parts[at.place];
  if (!part) return undefined;
  if (isGroup(part)) return at.item === undefined ? undefined : part.items[at.item];
  return part;
}

/** The parts with one comparison changed, or without it. A group that has nothing left goes too. */
export function changed(parts: readonly FilterPart[], at: FilterPlace, item: FilterItem | null): readonly FilterPart[] {
  return parts.flatMap((part, place): FilterPart[] => {
    if (place !== at.place) return [part];
    if (!isGroup(part)) return item ? [item] : [];
    const items = part.items.flatMap((old, within) => (within === at.item ? (item ? [item] : []) : [old]));
    return items.length > 0 ? [{ ...part, items }] : [];
  });
}

/** The parts with one more: at the end of a group, in a group of its own, or beside the others. */
export function added(
  parts: readonly FilterPart[],
  item: FilterItem,
  within: number | "any" | "all" | undefined,
): readonly FilterPart[] {
  if (within === undefined) return [...parts, item];
  if (typeof within === "string") return [...parts, { any: within === "any", items: [item] }];
  return parts.map((part, place) =>
    place === within && isGroup(part) ? { ...part, items: [...part.items, item] } : part,
  );
}

/** With one more condition that has to hold besides all that is there. */
export function narrowed(now: Conditions, item: FilterItem): Pick<Conditions, "filters" | "any"> {
  const plain = now.filters.filter((part): part is FilterItem => !isGroup(part));
  // One of several was enough: those become a group, beside which the new one stands.
  if (now.any && now.filters.length > 1 && plain.length === now.filters.length)
    return { filters: [{ any: true, items: plain }, item], any: false };
  return { filters: [...now.filters, item], any: now.any && now.filters.length > 0 };
}

/** The same comparison, set aside or in force again. */
export function toggled(item: FilterItem): FilterItem {
  const { off, ...rest } = item;
  return off ? rest : { ...rest, off: true };
}
