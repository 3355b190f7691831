/** What a person can do with policies: everything becomes a draft, nothing is sent before a review. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { copyText, type MenuItem, toast } from "@/design";
import {
  failureOf,
  host,
  type PolicyDraft,
  type PolicyDrafts,
  type PolicyEdit,
  type PolicyOn,
  type PolicyTable,
  queryKeys,
} from "@/ipc";
import { dropOf, emptyPolicy, freeName, holds, keyOfNew, type ShownPolicy, shownPolicies, tableWords } from "./drafts";
import { type Place, useStage } from "./queries";

export interface PolicyActions {
  /** Stages edits; a failure is told, and nothing is staged then. */
  stage: (edits: readonly PolicyEdit[]) => Promise<PolicyDrafts | null>;
  edit: (on: PolicyOn, key: string) => void;
  /** A new draft, opened in the editor. */
  add: (on: PolicyOn, policy: PolicyDraft, name?: string) => Promise<void>;
  drop: (on: PolicyOn, shown: ShownPolicy) => Promise<void>;
  /** A new draft that is only told of. */
  put: (on: PolicyOn, policy: PolicyDraft) => Promise<void>;
  /** Copies a policy to another table as a draft; its source stays. Where something of it is not there, that is shown first. */
  copyTo: (on: PolicyOn, policy: PolicyDraft, to: PolicyOn) => Promise<void>;
  /** Asks where to. */
  askCopy: (on: PolicyOn, policy: PolicyDraft) => void;
  copySql: (on: PolicyOn, policy: PolicyDraft) => Promise<void>;
  /** Opens statements in an editor; nothing runs. */
  script: (title: string, sql: string) => void;
  /** What a new policy can begin as. */
  newItems: (on: PolicyOn) => readonly MenuItem[];
}

interface Ways {
  onEdit: (on: PolicyOn, key: string) => void;
  /** Asks where to, or, of a table that was chosen, whether it is to be copied there all the same. */
  onAskCopy: (on: PolicyOn, policy: PolicyDraft, to: PolicyOn | null) => void;
  onScript: (title: string, sql: string) => void;
  /** Shows all templates for a table. */
  onTemplates: (on: PolicyOn) => void;
}

export const tell = (thrown: unknown): void => {
  const { message, hint } = failureOf(thrown);
  toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
};

export function usePolicyActions(place: Place, ways: Ways): PolicyActions {
  const queries = useQueryClient();
  const send = useStage(place);
  const latest = useRef(ways);
  latest.current = ways;
  const { profileId, database } = place;
  return useMemo(() => {
    const key = queryKeys.security(profileId, database);
    const table = (on: PolicyOn) =>
      queries.fetchQuery({
        queryKey: [...key, "table", on],
        queryFn: (): Promise<PolicyTable> => host().policyTable(profileId, database, on),
        staleTime: Number.POSITIVE_INFINITY,
      });
    const staged = () => queries.getQueryData<PolicyDrafts>([...key, "staged"])?.changes ?? [];
    const stage: PolicyActions["stage"] = (edits) =>
      send(edits).catch((thrown: unknown) => {
        tell(thrown);
        return null;
      });
    /** Stages a new policy under a name that is free there; answers its key. */
    const create = async (on: PolicyOn, policy: PolicyDraft, name: string): Promise<string | null> => {
      const before = staged();
      const taken = shownPolicies(on, (await table(on)).policies, before);
      const made = { ...policy, name: freeName(name, taken) };
      const drafts = await stage([{ edit: "create", id: null, on, policy: made }]);
      const known = new Set(before.map(({ id }) => id));
      const added = drafts?.changes.find(({ id }) => !known.has(id));
      return added ? keyOfNew(added.id) : null;
    };
    const actions: PolicyActions = {
      stage,
      edit: (on, which) => latest.current.onEdit(on, which),
      add: async (on, policy, name = policy.name) => {
        const made = await create(on, policy, name).catch((thrown: unknown) => {
          tell(thrown);
          return null;
        });
        if (made) latest.current.onEdit(on, made);
      },
      drop: async (on, shown) => {
        await stage([dropOf(on, shown)]);
      },
      put: async (on, policy) => {
        const made = await create(on, policy, policy.name).catch((thrown: unknown) => {
          tell(thrown);
          return null;
        });
        if (made)
          toast({
            title: `${policy.name} is a draft of ${tableWords(on)}`,
            action: { label: "Edit it", onPress: () => latest.current.onEdit(on, made) },
          });
      },
      copyTo: async (on, policy, to) => {
        try {
          const copied = await host().policyCopy(profileId, database, on, to, policy);
          if (holds(copied)) await actions.put(to, copied.policy);
          else latest.current.onAskCopy(on, policy, to);
        } catch (thrown) {
          tell(thrown);
        }
      },
      askCopy: (on, policy) => latest.current.onAskCopy(on, policy, null),
      copySql: async (on, policy) => {
        try {
          if (await copyText(await host().policyWrite(on, policy))) toast({ tone: "ok", title: "Copied as SQL" });
        } catch (thrown) {
          tell(thrown);
        }
      },
      script: (title, sql) => latest.current.onScript(title, sql),
      newItems: (on) => [
        { label: "From a template…", icon: "policy", onSelect: () => latest.current.onTemplates(on) },
        { label: "Empty policy", icon: "plus", onSelect: () => void actions.add(on, emptyPolicy("new policy")) },
      ],
    };
    return actions;
  }, [queries, send, profileId, database]);
}
