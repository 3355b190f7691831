/** The fake host's validation rules: `required` of a `$jsonSchema` is understood, nothing else. */
import type { CollectionRules, ObjectRef, RulesAnswer, RulesBreaking, RulesChangeRequest } from "../bindings";
import { fieldsOf, readBson, writeBson } from "./bson";
import { collectionOf } from "./documents";
import { profileOf, refuse, type World } from "./world";

const NONE: CollectionRules = { validator: null, level: "strict", action: "error" };

function requiredOf(text: string): readonly string[] {
  const rule = fieldsOf(readBson(text)) ?? refuse("invalid_statement", "A rule is a document.");
  const schema = rule.find(([name]) => name === "$jsonSchema")?.[1];
  const required = schema && fieldsOf(schema)?.find(([name]) => name === "required")?.[1];
  return required && "items" in required ? required.items.map((value) => ("text" in value ? value.text : "")) : [];
}

export function rulesHost(world: World) {
  const kept = new Map<string, CollectionRules>();
  const key = (profileId: string, { schema, name }: ObjectRef) => JSON.stringify([profileId, schema, name]);
  return {
    collectionRules: async (profileId: string, collection: ObjectRef): Promise<CollectionRules> => {
      collectionOf(world, profileId, collection);
      return kept.get(key(profileId, collection)) ?? NONE;
    },
    collectionRulesTry: async (profileId: string, collection: ObjectRef, validator: string): Promise<RulesBreaking> => {
      const { documents } = collectionOf(world, profileId, collection);
      const required = requiredOf(validator);
      const breaking = documents.filter((document) => {
        const names = (fieldsOf(document) ?? []).map(([name]) => name);
        return required.some((name) => !names.includes(name));
      });
      return {
        found: breaking.length,
        more: false,
        first: breaking.slice(0, 5).map((document) => writeBson(document, "shell")),
        statement: `db.${collection.name}.find({ $nor: [ ${validator} ] })`,
      };
    },
    collectionRulesChange: async (request: RulesChangeRequest): Promise<RulesAnswer> => {
      const place = key(request.profile_id, request.collection);
      const now = kept.get(place) ?? NONE;
      if (request.new.validator) requiredOf(request.new.validator);
      const { environment, safety } = profileOf(world, request.profile_id);
      if (!request.confirmed && (environment === "production" || safety === "confirm_writes")) {
        const { name } = request.collection;
        return {
          answer: "confirm",
          statement: `db.runCommand({ collMod: "${name}", validator: ${request.new.validator} })`,
        };
      }
      if (JSON.stringify(now) !== JSON.stringify(request.seen))
        refuse("conflict", "Somebody has changed the rules meanwhile; nothing was changed.");
      kept.set(place, request.new);
      return { answer: "done", rules: request.new };
    },
  };
}
