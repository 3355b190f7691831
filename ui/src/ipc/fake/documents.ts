/** The fake host's documents: held ones as trees and texts, changes with conflicts, filters and pipelines as far as they go. */
import type { DocumentAnswer, DocumentChangeRequest, DocumentEdit, ObjectRef } from "../bindings";
import {
  type Bson,
  type BsonDocument,
  bytesOf,
  fieldsOf,
  object,
  patched,
  readBson,
  scalar,
  valueAt,
  writeBson,
} from "./bson";
import { tableOf } from "./catalog";
import { cellText, type FakeCollection, inferred, isCollection, sampleOf, valueIn } from "./collections";
import { type Hold, holdOf, makeHead } from "./holds";
import { rulesHost } from "./rules";
import { profileOf, refuse, requireOpen, type World } from "./world";

const TEXT = 256 << 10;
const VALUE = 4 << 10;
const FIRST = 1_000;

const cut = (text: string, most: number) => ({ text: text.slice(0, most), cut: text.length > most });

export function collectionOf(world: World, profileId: string, ref: ObjectRef): FakeCollection {
  requireOpen(world, profileId);
  const table = tableOf(world, profileId, ref);
  return isCollection(table) ? table : refuse("unsupported", "This database has no collections of documents.");
}

function documentOf(hold: Hold, row: number): BsonDocument {
  const held = hold.documents ?? refuse("unsupported", "These rows are no documents.");
  return held[row] ?? refuse("not_found", "There is no such document among these.");
}

/** Makes a hold one of documents: its columns are their fields. */
export function withDocuments(hold: Hold, documents: readonly BsonDocument[], most = FIRST): Hold {
  const found = inferred(documents.slice(0, most));
  const cell = (row: number, column: number) => {
    const document = documents[row];
    const path = found[column]?.path;
    return document && path ? valueIn(document, path) : undefined;
  };
  return {
    ...hold,
    head: {
      ...hold.head,
      documents: {
        sampled: Math.min(documents.length, most),
        left_out: most > FIRST ? 0 : (hold.head.documents?.left_out ?? 0),
      },
    },
    documents,
    cell: (row, column) => cellText(cell(row, column)),
    cellClass: (row, column) => {
      const value = cell(row, column);
      if (!value) return 6;
      if (value.type === "null") return 0;
      if (value.type === "int" || value.type === "long") return 3;
      return value.type === "double" || value.type === "decimal" ? 4 : 1;
    },
  };
}

/** Whether a document fits a filter: `field: value`, `$lt` and its like, `$exists`, `$type`. */
export function fits(document: Bson, filter: Bson): boolean {
  return (fieldsOf(filter) ?? []).every(([name, wanted]) => {
    if (name === "$and") return (fieldsOf(wanted) ?? []).every(([, each]) => fits(document, each));
    if (name === "$or") return (fieldsOf(wanted) ?? []).some(([, each]) => fits(document, each));
    const value = valueAt(document, name);
    const asked = wanted.type === "object" ? (fieldsOf(wanted) ?? []) : [];
    if (!asked.some(([operator]) => operator.startsWith("$")))
      return cellText(value) === cellText(wanted) && value !== undefined;
    return asked.every(([operator, given]) => {
      const number = Number(cellText(value) ?? Number.NaN);
      const limit = Number(cellText(given) ?? Number.NaN);
      switch (operator) {
        case "$exists":
          return (value !== undefined) === (cellText(given) === "true");
        case "$type":
          return value?.type === cellText(given);
        case "$lt":
          return number < limit;
        case "$lte":
          return number <= limit;
        case "$gt":
          return number > limit;
        case "$gte":
          return number >= limit;
        case "$ne":
          return cellText(value) !== cellText(given);
        default:
          return refuse("invalid_statement", `unknown operator: ${operator}`);
      }
    });
  });
}

function stage(documents: readonly BsonDocument[], operator: string, body: Bson): readonly BsonDocument[] {
  const text = cellText(body) ?? "";
  switch (operator) {
    case "$match":
      return documents.filter((document) => fits(document, body));
    case "$limit":
      return documents.slice(0, Number(text));
    case "$skip":
      return documents.slice(Number(text));
    case "$count":
      return [object({ [text]: scalar("int", String(documents.length)) })];
    case "$sort": {
      const [[path, direction] = ["_id", scalar("int", "1")]] = fieldsOf(body) ?? [];
      const sign = cellText(direction) === "-1" ? -1 : 1;
      const key = (document: Bson) => cellText(valueAt(document, path)) ?? "";
      return [...documents].sort((a, b) => sign * key(a).localeCompare(key(b), "en", { numeric: true }));
    }
    case "$group":
    case "$sortByCount": {
      const by = operator === "$group" ? (cellText(valueAt(body, "_id")) ?? "") : text;
      const counts = new Map<string, number>();
      for (const document of documents) {
        const key = cellText(valueAt(document, by.replace(/^\$/, ""))) ?? "null";
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return [...counts].map(([key, count]) =>
        object({ _id: scalar("string", key), count: scalar("int", String(count)) }),
      );
    }
    case "$project": {
      const kept = (fieldsOf(body) ?? []).filter(([, flag]) => cellText(flag) !== "0").map(([name]) => name);
      if (kept.length === 0) return documents;
      return documents.map((document) => ({
        type: "object",
        fields: document.fields.filter(([name]) => kept.includes(name)),
      }));
    }
    case "$unwind":
      return documents.flatMap((document) => {
        const name = text.replace(/^\$/, "");
        return (fieldsOf(valueAt(document, name) ?? scalar("null", "null")) ?? []).map(
          ([, item]): BsonDocument => ({
            type: "object",
            fields: document.fields.map((field) => (field[0] === name ? [name, item] : field)),
          }),
        );
      });
    case "$addFields":
    case "$lookup":
    case "$facet":
    case "$unset":
    case "$sample":
      return documents;
    default:
      return refuse("invalid_statement", `Unrecognized pipeline stage name: '${operator}'`, {
        native: {
          product: "MongoDB",
          code: "40324",
          message: `Unrecognized pipeline stage name: '${operator}'`,
          severity: null,
          detail: null,
          context: null,
          constraint: null,
          object: null,
          internal: null,
        },
      });
  }
}

/** The documents that a statement gives. */
export function documentsRun(
  world: World,
  profileId: string,
  text: string,
): { readonly title: string; readonly documents: readonly BsonDocument[] } {
  const found =
    /^\s*db\.(?:getCollection\("([^"]+)"\)|(\w+))\.(\w+)\(([\s\S]*?)\)\s*(?:\.limit\((\d+)\))?\s*;?\s*$/.exec(text);
  const name = found?.[1] ?? found?.[2] ?? "";
  if (!found)
    return refuse("invalid_statement", "This is no call of a collection.", { hint: "For example db.orders.find({})." });
  const ref: ObjectRef = { database: "shop", schema: null, kind: "relation", name, signature: null };
  const all = collectionOf(world, profileId, ref).documents;
  const given = found[4]?.trim() ? readBson(found[4]) : object({});
  if (found[3] === "aggregate") {
    const stages = (fieldsOf(given) ?? []).map(([, each]) => (fieldsOf(each) ?? [])[0]);
    const documents = stages.reduce<readonly BsonDocument[]>(
      (now, one) => (one ? stage(now, one[0], one[1]) : now),
      all,
    );
    return { title: name, documents };
  }
  const matching = all.filter((document) => fits(document, given));
  return { title: name, documents: found[5] ? matching.slice(0, Number(found[5])) : matching };
}

function changeOf(world: World, request: DocumentChangeRequest): DocumentAnswer {
  const { deed, profile_id, confirmed } = request;
  const collection = collectionOf(world, profile_id, request.collection);
  const profile = profileOf(world, profile_id);
  const place = `db.${collection.name}`;
  const held = deed.deed === "replace" ? deed.edit : deed.deed === "insert" ? null : deed;
  const seen = held ? documentOf(holdOf(world, held.hold_id), held.row) : null;
  const made =
    deed.deed === "replace" && seen
      ? patched(seen, deed.edit.patches)
      : deed.deed === "insert" || deed.deed === "text"
        ? readBson(deed.text)
        : null;
  if (made && made.type !== "object")
    refuse("invalid_statement", "A document begins with {.", { range: { from: 0, to: 1 } });
  const filter = seen ? `{ _id: ${writeBson(valueAt(seen, "_id") ?? scalar("null", "null"), "shell")} }` : "";
  const short = made ? writeBson(made, "shell").slice(0, 400) : "";
  const statement = !seen
    ? `${place}.insertOne(${short})`
    : made
      ? `${place}.replaceOne(${filter}, ${short})`
      : `${place}.deleteOne(${filter})`;
  if (profile.safety === "read_only")
    refuse("forbidden", "The change was not sent: this connection is read-only.", {
      hint: "Change the connection's safety level to allow writes.",
    });
  const careful = profile.safety === "confirm_writes" || profile.environment === "production";
  if (!confirmed && (careful || deed.deed === "delete"))
    return {
      answer: "confirm",
      title: deed.deed === "delete" ? "Delete this document?" : "Send this change?",
      statement,
    };
  if (seen) {
    const at = collection.documents.indexOf(seen);
    if (at < 0)
      refuse("conflict", "The document was changed by somebody meanwhile; nothing was saved.", {
        hint: "Read it again, and change it then.",
      });
    collection.documents = collection.documents.flatMap((each, place) =>
      place !== at ? [each] : made ? [made as BsonDocument] : [],
    );
  } else if (made) {
    const id =
      valueAt(made, "_id") ?? scalar("objectId", `${(0x68000000 + world.nextId++).toString(16)}00000000deadbeef`);
    const rest = (made as BsonDocument).fields.filter(([name]) => name !== "_id");
    const taken = collection.documents.some((each) => cellText(valueAt(each, "_id")) === cellText(id));
    if (taken) refuse("already_exists", `E11000 duplicate key error collection: shop.${collection.name} index: _id_`);
    collection.documents = [...collection.documents, { type: "object", fields: [["_id", id], ...rest] }];
  }
  return { answer: "done", text: made ? writeBson(made, "shell", "") : null };
}

export function documentCommands(world: World) {
  const preview = (edit: DocumentEdit) => {
    const before = documentOf(holdOf(world, edit.hold_id), edit.row);
    return { before: writeBson(before, "shell", ""), after: writeBson(patched(before, edit.patches), "shell", "") };
  };
  return {
    holdDocuments: async (holdId: string, first: number, count: number, style: "shell" | "relaxed" | "canonical") => {
      const hold = holdOf(world, holdId);
      const last = Math.min(hold.rows, first + count);
      return Array.from({ length: Math.max(0, last - first) }, (_, at) => {
        const document = documentOf(hold, first + at);
        return { row: first + at, bytes: bytesOf(document), ...cut(writeBson(document, style, ""), TEXT) };
      });
    },
    holdDocument: async (holdId: string, row: number, style: "shell" | "relaxed" | "canonical") =>
      writeBson(documentOf(holdOf(world, holdId), row), style, ""),
    holdDocumentFields: async (request: {
      hold_id: string;
      row: number;
      path: number[];
      offset: number;
      limit: number;
    }) => {
      let inside: Bson = documentOf(holdOf(world, request.hold_id), request.row);
      for (const step of request.path)
        inside = fieldsOf(inside)?.[step]?.[1] ?? refuse("not_found", "There is no such document among these.");
      const all = fieldsOf(inside) ?? [];
      return {
        total: all.length,
        fields: all.slice(request.offset, request.offset + Math.min(1_000, request.limit)).map(([name, value]) => ({
          name,
          native_type: value.type,
          children: fieldsOf(value)?.length ?? null,
          ...cut(fieldsOf(value) ? "" : writeBson(value, "shell"), VALUE),
        })),
      };
    },
    holdInfer: async (holdId: string) => {
      const hold = holdOf(world, holdId);
      const documents = hold.documents ?? refuse("unsupported", "These rows are no documents.");
      const columns = inferred(documents.slice(0, 20_000));
      const head = {
        ...makeHead(world, hold.head.title, columnsOfDocuments(columns), false),
        documents: { sampled: documents.length, left_out: 0 },
      };
      const progress = { ...hold.progress, hold_id: head.hold_id };
      world.holds.set(head.hold_id, withDocuments({ ...hold, head, progress }, documents, 20_000));
      return head;
    },
    collectionFields: async (profileId: string, collection: ObjectRef) => {
      const { documents } = collectionOf(world, profileId, collection);
      const sampled = documents.slice(0, FIRST);
      return { sampled: sampled.length, of: documents.length, fields: sampleOf(sampled) };
    },
    ...rulesHost(world),
    documentPreview: async (edit: DocumentEdit) => preview(edit),
    documentChange: async (request: DocumentChangeRequest) => changeOf(world, request),
    pipelinePreview: async (request: {
      profile_id: string;
      collection: ObjectRef;
      stages: string[];
      limit: number;
    }) => {
      const stages: string[] = [];
      for (const text of request.stages) {
        const read = fieldsOf(readBson(text)) ?? [];
        const [only] = read;
        if (read.length !== 1 || !only) return refuse("invalid_statement", "A stage is a document with one field.");
        if (only[0] === "$out" || only[0] === "$merge") break;
        stages.push(text);
      }
      return `db.${request.collection.name}.aggregate([ ${[...stages, `{ $limit: ${request.limit} }`].join(", ")} ])`;
    },
  };
}

/** The columns of documents, as a head tells them. */
export function columnsOfDocuments(columns: ReturnType<typeof inferred>) {
  return columns.map(({ path, types }) => ({
    name: path.join("."),
    native_type: types.length > 1 ? "mixed" : (types[0] ?? "null"),
    class:
      ["int", "long", "double", "decimal"].includes(types[0] ?? "") && types.length === 1
        ? ("number" as const)
        : ("text" as const),
    primary_key: path.join(".") === "_id",
    references: null,
  }));
}
