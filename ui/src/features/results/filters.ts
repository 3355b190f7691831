/** Filters of a data tab in words; the server does them. */
import type { BrowseFilter, ColumnClass, FilterOperator } from "@/ipc";

export const OPERATORS: readonly { readonly value: FilterOperator; readonly label: string; readonly words: string }[] =
  [
    { value: "equal", label: "is", words: "is" },
    { value: "not_equal", label: "is not", words: "is not" },
    { value: "less", label: "less than", words: "<" },
    { value: "less_or_equal", label: "at most", words: "≤" },
    { value: "greater", label: "greater than", words: ">" },
    { value: "greater_or_equal", label: "at least", words: "≥" },
    { value: "contains", label: "contains", words: "contains" },
    { value: "starts_with", label: "starts with", words: "starts with" },
    { value: "like", label: "like (pattern)", words: "like" },
    { value: "in", label: "one of", words: "one of" },
    { value: "is_null", label: "is NULL", words: "is NULL" },
    { value: "is_not_null", label: "is not NULL", words: "is not NULL" },
  ];

export const takesValue = (operator: FilterOperator): boolean => operator !== "is_null" && operator !== "is_not_null";

/** What one usually asks of such a column. */
export function usualOperator(columnClass: ColumnClass | undefined): FilterOperator {
  return columnClass === "text" || columnClass === "json" || columnClass === "xml" ? "contains" : "equal";
}

/** The values of what a person typed: one, or several separated by commas for "one of". */
export function valuesOf(operator: FilterOperator, typed: string): string[] {
  if (!takesValue(operator)) return [];
  if (operator !== "in") return [typed];
  return typed
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** `status is not draft`. */
export function describeFilter(filter: BrowseFilter): string {
  const words = OPERATORS.find((operator) => operator.value === filter.operator)?.words ?? filter.operator;
  const value = filter.values.map((text) => (text === "" ? "''" : text)).join(", ");
  return takesValue(filter.operator) ? `${filter.column} ${words} ${value}` : `${filter.column} ${words}`;
}
