import type { ObjectRef } from "./bindings";

const KINDS: ReadonlySet<string> = new Set([
  "routine",
  "type",
  "sequence",
  "event",
  "role",
  "extension",
  "publication",
  "event_trigger",
]);

/** Whether an object that is no relation has a page of its own. */
export const hasPage = (object: ObjectRef | null): object is ObjectRef => object !== null && KINDS.has(object.kind);
