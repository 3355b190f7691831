/** An object's page without its drawing. */
import type { IconName } from "@/design";
import type { ObjectPage, ObjectRef } from "@/ipc";

const ICONS: Readonly<Record<string, IconName>> = {
  routine: "function",
  type: "enum",
  sequence: "sequence",
  event: "clock",
  role: "role",
  extension: "plus",
  publication: "open-external",
  event_trigger: "trigger",
};

/** The icon of a tab that shows an object. */
export const iconOf = (object: ObjectRef): IconName => ICONS[object.kind] ?? "table";

/** Its name, with arguments where they tell it apart. */
export const shownObject = (object: ObjectRef): string =>
  object.kind === "routine" && object.signature !== null ? `${object.name}(${object.signature})` : object.name;

export const DEFINITION = "definition";
export const PRIVILEGES = "privileges";

export interface ObjectView {
  readonly value: string;
  readonly label: string;
  readonly count?: number;
}

/** What of an object can be looked at; its definition is always offered. */
export function viewsOf(page: ObjectPage | undefined): readonly ObjectView[] {
  const views: ObjectView[] = [{ value: DEFINITION, label: "Definition" }];
  for (const list of page?.lists ?? []) views.push({ value: list.label, label: list.label, count: list.rows.length });
  if (page && page.grants_state !== "absent") {
    views.push({
      value: PRIVILEGES,
      label: "Privileges",
      ...(page.grants_state === "read" ? { count: page.grants.length } : {}),
    });
  }
  return views;
}
