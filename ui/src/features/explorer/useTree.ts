/** The tree's content: pages of open branches from the query cache, read again when the catalog says it changed. */
import { type Query, type QueryClient, useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { TreeChildren } from "@/design";
import { type ConnectionPhase, type ConnectionState, failureOf, host, queryKeys, type TreePage } from "@/ipc";
import { isRestored, settle } from "./expansion";
import { type Branch, type ExplorerItem, itemId, moreItem, nodeItem, phaseOf } from "./model";

export const PAGE = 200;

const keyOf = (branch: Branch) => queryKeys.tree(branch.profileId, branch.parent);

/** Reads as many rows of a branch as were loaded before, page by page. */
async function readBranch({ profileId, parent }: Branch, wanted: number): Promise<TreePage> {
  let page = await host().tree(profileId, parent, 0, PAGE);
  while (page.nodes.length < Math.min(wanted, page.total)) {
    const next = await host().tree(profileId, parent, page.nodes.length, PAGE);
    if (next.nodes.length === 0) break;
    page = { ...next, nodes: [...page.nodes, ...next.nodes] };
  }
  return page;
}

export interface TreeContent {
  readonly childrenOf: (item: ExplorerItem) => TreeChildren<ExplorerItem>;
  /** Loads the next page of the branch that a "more" row ends. */
  readonly loadMore: (item: ExplorerItem) => void;
  readonly asOf: (profileId: string) => number | null;
}

/** Items of known branches; objects stay the same as long as their page does. */
function itemsOf(cache: WeakMap<TreePage, readonly ExplorerItem[]>, page: TreePage, parent: ExplorerItem) {
  const known = cache.get(page);
  if (known) return known;
  const items = page.nodes.map((node) => nodeItem(node, parent));
  if (page.nodes.length < page.total) items.push(moreItem(parent, page.nodes.length, page.total));
  cache.set(page, items);
  return items;
}

/** Open branches that can be seen, as far as their parents are known. */
function visibleBranches(
  client: QueryClient,
  cache: WeakMap<TreePage, readonly ExplorerItem[]>,
  roots: readonly ExplorerItem[],
  expanded: ReadonlySet<string>,
  readable: (profileId: string) => boolean,
): readonly Branch[] {
  const branches: Branch[] = [];
  const visit = (item: ExplorerItem) => {
    if (!item.branch || !expanded.has(item.id) || item.state === "denied") return;
    // Remembered as open, but that was another day: its database is opened when somebody asks for it.
    if (item.state === "not_opened" && isRestored(item.profileId)) return;
    const branch = { profileId: item.profileId, parent: item.nodeId };
    branches.push(branch);
    const page = client.getQueryData<TreePage>(keyOf(branch));
    if (page) for (const child of itemsOf(cache, page, item)) visit(child);
  };
  for (const root of roots) if (readable(root.profileId)) visit(root);
  return branches;
}

function withoutLink(phase: ConnectionPhase, connect: () => void): TreeChildren<ExplorerItem> {
  switch (phase.phase) {
    case "closed":
      return { state: "ready", items: [], note: "Not connected" };
    case "failed":
    case "lost":
      return { state: "failed", message: phase.error.message, retry: connect };
    default:
      return { state: "loading" };
  }
}

export function useTree(
  roots: readonly ExplorerItem[],
  expanded: ReadonlySet<string>,
  states: readonly ConnectionState[],
  onConnect: (profileId: string) => void,
): TreeContent {
  const client = useQueryClient();
  const cache = useRef(new WeakMap<TreePage, readonly ExplorerItem[]>()).current;
  const loading = useRef(new Set<string>());
  // Before the server has answered, and when it does not, the core shows what it kept of it.
  const readable = (profileId: string) => phaseOf(states, profileId).phase !== "closed";
  const branches = visibleBranches(client, cache, roots, expanded, readable);
  const results = useQueries({
    queries: branches.map((branch) => ({
      queryKey: keyOf(branch),
      queryFn: () => readBranch(branch, client.getQueryData<TreePage>(keyOf(branch))?.nodes.length ?? 0),
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    })),
  });
  // Reading `data` here is what makes an arriving page draw the tree again.
  const answers = useMemo(
    () =>
      new Map(
        branches.map((branch, index) => {
          const { data, error, refetch } = results[index] ?? {};
          return [JSON.stringify(keyOf(branch)), { page: data, error, refetch }];
        }),
      ),
    [branches, results],
  );

  // What failed while there was no server is asked again when there is one.
  const open = states.flatMap((state) => (state.phase.phase === "open" ? [state.profile_id] : [])).join(" ");
  useEffect(() => {
    for (const id of open.split(" ").filter(Boolean)) {
      const failed = {
        queryKey: queryKeys.tree(id, null).slice(0, -1),
        predicate: (query: Query) => query.state.status === "error",
      };
      void client.refetchQueries(failed);
    }
  }, [open, client]);

  // Goes on with every page that arrives, until the way to where work is unfolded.
  useEffect(() => {
    if (answers.size === 0) return;
    for (const { profileId } of roots) {
      settle(profileId, (id) => {
        const parent = id === profileId ? null : id.slice(profileId.length + 1);
        const page = client.getQueryData<TreePage>(queryKeys.tree(profileId, parent));
        return page?.nodes.map((node) => ({
          id: itemId(profileId, node.id),
          unfold: node.unfold,
          opensMore: node.state === "not_opened",
        }));
      });
    }
  }, [answers, roots, client]);

  const connect = useRef(onConnect);
  connect.current = onConnect;
  const childrenOf = useCallback(
    (item: ExplorerItem): TreeChildren<ExplorerItem> => {
      if (item.state === "denied") return { state: "ready", items: [], note: "The login may not read it" };
      const phase = phaseOf(states, item.profileId);
      const branch = { profileId: item.profileId, parent: item.nodeId };
      const answer = answers.get(JSON.stringify(keyOf(branch)));
      const page = answer?.page ?? client.getQueryData<TreePage>(keyOf(branch));
      // What was read before a connection was lost is still worth seeing.
      if (phase.phase !== "open" && (phase.phase === "closed" || !page))
        return withoutLink(phase, () => connect.current(item.profileId));
      if (page) return { state: "ready", items: itemsOf(cache, page, item) };
      if (answer?.error) {
        const { message } = failureOf(answer.error);
        return { state: "failed", message, retry: () => void answer.refetch?.() };
      }
      return { state: "loading" };
    },
    [answers, cache, client, states],
  );

  const loadMore = useCallback(
    (item: ExplorerItem) => {
      const key = keyOf({ profileId: item.profileId, parent: item.nodeId });
      const name = JSON.stringify(key);
      const known = client.getQueryData<TreePage>(key);
      if (!known || loading.current.has(name)) return;
      loading.current.add(name);
      host()
        .tree(item.profileId, item.nodeId, known.nodes.length, PAGE)
        .then((next) => {
          // Read again in the meantime: the new beginning asks for its own end.
          if (client.getQueryData(key) !== known) return;
          client.setQueryData<TreePage>(key, { ...next, nodes: [...known.nodes, ...next.nodes] });
        })
        .catch(() => client.invalidateQueries({ queryKey: key }))
        .finally(() => loading.current.delete(name));
    },
    [client],
  );
  const asOf = useCallback(
    (profileId: string) => client.getQueryData<TreePage>(queryKeys.tree(profileId, null))?.as_of_ms ?? null,
    [client],
  );
  return { childrenOf, loadMore, asOf };
}
