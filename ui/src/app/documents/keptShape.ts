/** The shape of a data tab as it is remembered with the tab: nothing that was not written by us is taken for one. */
import type { FilterItem, FilterPart, Shape } from "@/features/results";
import { NO_SHAPE, OPERATORS } from "@/features/results";
import type { BrowseSort } from "@/ipc";

type Unknown = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Unknown => typeof value === "object" && value !== null;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function item(value: unknown): FilterItem[] {
  if (!isObject(value) || typeof value["column"] !== "string") return [];
  const operator = OPERATORS.find((each) => each.value === value["operator"])?.value;
  const values = listOf(value["values"]);
  if (!operator || !values.every((text) => typeof text === "string")) return [];
  return [{ column: value["column"], operator, values: [...values], ...(value["off"] === true ? { off: true } : {}) }];
}

function part(value: unknown): FilterPart[] {
  if (!isObject(value) || !("items" in value)) return item(value);
  const items = listOf(value["items"]).flatMap(item);
  return items.length > 0 ? [{ any: value["any"] === true, items }] : [];
}

function key(value: unknown): BrowseSort[] {
  if (!isObject(value) || typeof value["column"] !== "string") return [];
  return [{ column: value["column"], descending: value["descending"] === true }];
}

export function readShape(value: unknown): Shape {
  if (!isObject(value)) return NO_SHAPE;
  return {
    filters: listOf(value["filters"]).flatMap(part),
    any: value["any"] === true,
    where: typeof value["where"] === "string" ? value["where"] : "",
    sort: listOf(value["sort"]).flatMap(key),
  };
}

/** Whether two shapes are the same, as they are remembered. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  JSON.stringify([a.filters, a.any, a.where, a.sort]) === JSON.stringify([b.filters, b.any, b.where, b.sort]);
