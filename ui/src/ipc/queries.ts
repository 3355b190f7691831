/** Keys of the query cache, and which of them each topic makes stale. What a command changes is declared in the core. */
import type { ObjectRef, Topic } from "./bindings";

export const queryKeys = {
  drivers: ["drivers"] as const,
  about: ["about"] as const,
  profiles: ["profiles"] as const,
  settings: ["settings"] as const,
  /** Staged edits that wait to be saved, of every relation. */
  edits: ["edits", "pending"] as const,
  connections: ["connections"] as const,
  history: (text: string, profileId: string | null) => ["history", "run", profileId, text] as const,
  audit: (text: string, profileId: string | null, kind: string | null, when: string) =>
    ["history", "changes", profileId, text, kind, when] as const,
  plan: (id: number) => ["plan", id] as const,
  /** How much is kept, of a connection or in all. */
  kept: (profileId: string | null) => ["kept", profileId] as const,
  activity: (profileId: string) => ["activity", profileId, "now"] as const,
  serverReport: (profileId: string) => ["activity", profileId, "server"] as const,
  slowStatements: (profileId: string) => ["activity", profileId, "slow"] as const,
  activitySizes: (profileId: string) => ["activity", profileId, "sizes"] as const,
  /** What can be followed on a server, and whether it tells of it. */
  liveOffers: (profileId: string, database: string | null) => ["live", profileId, database, "offers"] as const,
  liveOutlook: (profileId: string, database: string | null, kind: string) =>
    ["live", profileId, database, "outlook", kind] as const,
  /** Everything about who gets which rows of a database. */
  security: (profileId: string, database: string | null) => ["security", profileId, database] as const,
  /** What is staged of a schema, and objects as they would be. */
  structure: (profileId: string, database: string | null) => ["structure", profileId, database] as const,
  /** How it stands with a database's migrations. */
  migrations: (profileId: string, database: string | null) => ["migrations", profileId, database] as const,
  /** What is known of that without asking anybody. */
  securityFigures: (profileId: string, database: string | null) =>
    ["security", profileId, database, "figures"] as const,
  /** What was found that nobody has looked at yet. */
  advisorNews: ["advisor-news"] as const,
  saved: (text: string, tags: readonly string[]) => ["saved", "list", text, tags] as const,
  savedOne: (id: string) => ["saved", "one", id] as const,
  tree: (profileId: string, parent: string | null) => ["catalog", profileId, "tree", parent] as const,
  databases: (profileId: string) => ["catalog", profileId, "databases"] as const,
  search: (profileId: string | null, text: string) => ["catalog", profileId, "search", text] as const,
  relation: (profileId: string, object: ObjectRef) => ["catalog", profileId, "relation", object] as const,
  /** What fields a collection's documents have. */
  collectionRules: (profileId: string, object: ObjectRef) => ["catalog", profileId, "rules", object] as const,
  collectionFields: (profileId: string, object: ObjectRef) => ["catalog", profileId, "fields", object] as const,
  /** How the columns of its rows are arranged. */
  layout: (profileId: string, object: ObjectRef) => ["layout", profileId, object] as const,
  object: (profileId: string, object: ObjectRef) => ["catalog", profileId, "object", object] as const,
  definition: (profileId: string, object: ObjectRef) => ["catalog", profileId, "definition", object] as const,
};

/** The stale keys of a topic, narrowed to one connection where the event names one. */
export function topicKeys(topic: Topic, profileId: string | null): readonly (readonly unknown[])[] {
  switch (topic) {
    case "profiles":
      return [queryKeys.profiles];
    case "connections":
      return [queryKeys.connections];
    case "catalog":
      return profileId
        ? [
            ["catalog", profileId],
            ["catalog", null],
            ["security", profileId],
          ]
        : [["catalog"], ["security"]];
    case "security":
      return [profileId ? ["security", profileId] : ["security"], queryKeys.advisorNews];
    case "history":
      return [["history"], ["kept"], ["plan"]];
    case "saved":
      return [["saved"]];
    case "edits":
      return [["edits"]];
    case "settings":
      return [queryKeys.settings];
    case "structure":
      return [profileId ? ["structure", profileId] : ["structure"]];
    case "migrations":
      return [profileId ? ["migrations", profileId] : ["migrations"]];
    case "diagrams":
      return [profileId ? ["diagrams", profileId] : ["diagrams"]];
  }
}
