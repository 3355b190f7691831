import { useQuery } from "@tanstack/react-query";
import { host, type ObjectRef, type PendingEdits, queryKeys } from "@/ipc";

/** Whether two names are one relation's. */
export const sameObject = (a: ObjectRef, b: ObjectRef): boolean =>
  a.name === b.name && a.schema === b.schema && a.database === b.database && a.kind === b.kind;

/** What is staged for a relation and not saved; in whichever tab or window. */
export function useEdited(): (profileId: string, object: ObjectRef) => PendingEdits | undefined {
  const pending = useQuery({ queryKey: queryKeys.edits, queryFn: () => host().editsPending() });
  return (profileId, object) =>
    pending.data?.find((each) => each.profile_id === profileId && sameObject(each.object, object));
}
