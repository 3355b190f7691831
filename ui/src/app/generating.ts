/** Where rows may be made up, and why not where they may not. */
import { useQueryClient } from "@tanstack/react-query";
import { toast } from "@/design";
import { openGenerate } from "@/features/generate";
import { failureOf, host, type ObjectIcon, type ObjectRef, queryKeys, type RelationPage, type TreePage } from "@/ipc";
import { useWorkspace } from "./workspace";

/** Databases, their schemas, and one more for good measure. */
const DEEPEST = 3;
const MOST_NODES = 200;
const TABLES: readonly ObjectIcon[] = ["table", "partitioned_table", "partition"];

/** A schema, by its name; an empty one is where statements would find their tables. */
export const schemaCalled = (database: string | null, name: string | null): ObjectRef => ({
  database,
  schema: null,
  kind: "schema",
  name: name ?? "",
  signature: null,
});

const nowhere = ({ kind, name }: ObjectRef) => kind === "schema" && name === "";

/** The schema where work is, as the tree unfolds it; the database itself where it has none. */
async function homeOf(profileId: string, database: string | null): Promise<ObjectRef> {
  let parent: string | null = null;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const { nodes }: TreePage = await host().tree(profileId, parent, 0, MOST_NODES);
    const next = nodes.find((node) => node.unfold && node.icon !== "folder");
    if (next?.object?.kind === "schema") return next.object;
    if (!next) break;
    parent = next.id;
  }
  return { database, schema: null, kind: "database", name: "", signature: null };
}

/** Asks what rows are to be made up for a table or a schema. */
export function generateIn(profileId: string, object: ObjectRef): void {
  const found = nowhere(object) ? homeOf(profileId, object.database) : Promise.resolve(object);
  found.then(
    (home) => openGenerate(profileId, home),
    (thrown: unknown) => {
      toast({ title: failureOf(thrown).message, tone: "danger" });
    },
  );
}

/** Why no rows can be made up there; nothing where they can. `null` stands for no table in particular. */
export function useNoGenerate(): (profileId: string, object: ObjectRef | null) => string | undefined {
  const queries = useQueryClient();
  const { live, profile } = useWorkspace();
  return (profileId, object) => {
    const state = live.connections.get(profileId);
    if (state?.phase.phase !== "open") return "the connection is not open";
    if (profile(profileId)?.safety === "read_only" || state.read_only !== null) return "the connection is read-only";
    if (object === null) return undefined;
    const page =
      object.kind === "relation" ? queries.getQueryData<RelationPage>(queryKeys.relation(profileId, object)) : null;
    if (page === null) return "it is no table";
    return page && !TABLES.includes(page.icon) ? `it is a ${page.kind}, no table` : undefined;
  };
}
