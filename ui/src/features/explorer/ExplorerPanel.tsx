/** What the connections hold, as one tree: connection, database, schema, kind, object, column. */
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import {
  Button,
  EmptyState,
  ErrorBlock,
  Icon,
  IconButton,
  SearchField,
  type TreeChildren,
  type TreeHandle,
  VirtualTree,
} from "@/design";
import {
  type AppError,
  type ConnectionProfile,
  type ConnectionState,
  failureOf,
  failureProps,
  hasPage,
  host,
} from "@/ipc";
import { ConnectionLabel, inOrder, useConnectionMarks, useShownSchemas } from "./connectionMarks";
import { foldAll, setOpen, useExpanded, useFollowedPhases } from "./expansion";
import "./explorer.css";
import { connectionItem, type ExplorerItem, findShown, hitRoots, phaseOf, type ShownRelation } from "./model";
import { Marked } from "./parts/Marked";
import { MoreRow } from "./parts/MoreRow";
import { LIMIT, useCatalogSearch } from "./useCatalogSearch";
import { type ExplorerActions, NOWHERE, takesRows, useExplorerMenu } from "./useExplorerMenu";
import { useTree } from "./useTree";

export interface ExplorerPanelProps extends ExplorerActions {
  /** The connections to list, in order. */
  profiles: readonly ConnectionProfile[];
  states: readonly ConnectionState[];
  /** The connection of the tab in front. */
  active: string | null;
  /** The relation the tab in front shows. */
  selected?: ShownRelation | null;
  onNewConnection?: () => void;
  /** More buttons at the end of the panel's head. */
  headEnd?: ReactNode;
}

const NOTHING: ReadonlySet<string> = new Set();
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

export function ExplorerPanel(props: ExplorerPanelProps) {
  const { profiles, states, active, selected, onOpenRelation, onConnect, onNewConnection, headEnd } = props;
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(NOTHING);
  const [folded, setFolded] = useState<ReadonlySet<string>>(NOTHING);
  const [failure, setFailure] = useState<AppError | null>(null);
  const tree = useRef<TreeHandle>(null);
  const expanded = useExpanded();
  const refreshKeys = useKeys("explorer.refresh");
  useFollowedPhases(states);

  const roots = useMemo(
    () =>
      inOrder(profiles).map((profile) =>
        connectionItem(
          profile,
          states.find((state) => state.profile_id === profile.id),
          profile.id === active,
        ),
      ),
    [profiles, states, active],
  );
  const content = useShownSchemas(useTree(roots, expanded, states, onConnect), profiles);
  const search = useCatalogSearch(null, text);
  const finding = text.trim() !== "";
  const hits = useMemo(() => hitRoots(search.hits ?? [], roots), [search.hits, roots]);
  const hitChildren = useCallback(
    (item: ExplorerItem): TreeChildren<ExplorerItem> => ({ state: "ready", items: hits.children.get(item.id) ?? [] }),
    [hits],
  );
  const hitsOpen = useMemo(() => new Set([...hits.children.keys()].filter((id) => !folded.has(id))), [hits, folded]);

  /** Rows that are known, to name what is selected. */
  const itemsById = (ids: ReadonlySet<string>): readonly ExplorerItem[] => {
    const found: ExplorerItem[] = [];
    const visit = (item: ExplorerItem) => {
      if (ids.has(item.id)) found.push(item);
      const open = finding ? hitsOpen.has(item.id) : expanded.has(item.id);
      if (!item.branch || !open) return;
      const children = finding ? hitChildren(item) : content.childrenOf(item);
      if (children.state === "ready") for (const child of children.items) visit(child);
    };
    for (const root of finding ? hits.roots : roots) visit(root);
    return found;
  };

  const attempt = async (work: () => Promise<unknown>) => {
    setFailure(null);
    try {
      await work();
    } catch (thrown) {
      setFailure(failureOf(thrown));
    }
  };
  const refresh = (item: ExplorerItem | undefined) => {
    const profileId = item?.profileId ?? active ?? states.find((state) => state.phase.phase === "open")?.profile_id;
    if (profileId === undefined || phaseOf(states, profileId).phase !== "open") return;
    // Reading what is in a database that is not open would open it.
    if (item?.state === "not_opened") return;
    void attempt(() => host().refreshCatalog(profileId, item?.within ?? null));
  };
  const ownMenu = useExplorerMenu({ ...props, itemsById, refresh, attempt: (work) => void attempt(work) });
  const marks = useConnectionMarks(profiles, (work) => void attempt(work));
  const menu = (item: ExplorerItem, selection: ReadonlySet<string>) => [
    ...ownMenu(item, selection),
    ...marks.menu(item),
  ];
  const anyOpen = states.some((state) => state.phase.phase === "open");
  const closedReason = anyOpen ? undefined : "Nothing is connected";
  useOffers({
    "explorer.refresh": {
      run: () => refresh(itemsById(chosen)[0]),
      ...(closedReason ? { disabledReason: closedReason } : {}),
    },
  });

  // The tab in front marks its relation, where that is in sight.
  const marked = finding ? undefined : findShown(selected, roots, expanded, content.childrenOf);
  useEffect(() => {
    if (marked === undefined) return;
    setChosen(new Set([marked]));
    tree.current?.reveal(marked);
  }, [marked]);

  const toggle = (item: ExplorerItem, open: boolean) => {
    if (finding) {
      const next = new Set(folded);
      if (open) next.delete(item.id);
      else next.add(item.id);
      setFolded(next);
      return;
    }
    const { phase } = phaseOf(states, item.profileId);
    // Opening the connection unfolds it. One that failed unfolds to what was kept of it, and is tried again by its button.
    const kept = phase === "failed" && content.asOf(item.profileId) !== null;
    const connects = phase === "closed" || (phase === "failed" && !kept);
    if (open && item.kind === "connection" && connects) onConnect(item.profileId);
    else setOpen(item.profileId, item.id, open);
  };
  const open = (item: ExplorerItem, aside?: boolean) => {
    if (marks.open(item)) return;
    if (item.keyed && props.onKeys) {
      props.onKeys(item.profileId, item.kind === "connection" ? null : (item.object?.name ?? null));
      return;
    }
    if (item.kind === "more") content.loadMore(item);
    // What may not be read opens too: its tab tells who could change that, and how.
    else if (item.object && (item.browsable || hasPage(item.object)))
      onOpenRelation(item.profileId, item.object, aside);
  };

  return (
    <section className="exp" data-scope="explorer" aria-label="Explorer">
      <div className="exp-head">
        <h2 className="flex-1 text-base font-semibold">Explorer</h2>
        <IconButton
          icon="refresh"
          label="Read the catalog again"
          dense
          {...(refreshKeys ? { keys: refreshKeys } : {})}
          disabledReason={closedReason}
          onClick={() => refresh(itemsById(chosen)[0])}
        />
        <IconButton
          icon="chevrons"
          label="Fold everything"
          dense
          onClick={() => foldAll(roots.map((root) => root.id))}
        />
        {onNewConnection ? <IconButton icon="plus" label="New connection" dense onClick={onNewConnection} /> : null}
        {headEnd}
      </div>
      <div className="exp-find">
        <SearchField
          dense
          label="Find in open connections"
          placeholder="Tables, columns, functions"
          value={text}
          onChange={(value) => {
            setText(value);
            setFolded(NOTHING);
          }}
          onKeyDown={(event) => {
            if (event.key !== "ArrowDown" && event.key !== "Enter") return;
            event.preventDefault();
            const first = finding
              ? hits.children.get(hits.children.get(hits.roots[0]?.id ?? "")?.[0]?.id ?? "")?.[0]
              : undefined;
            if (event.key === "Enter" && first) open(first);
            else tree.current?.focus();
          }}
        />
      </div>
      {failure ? (
        <div className="exp-problem">
          <ErrorBlock {...failureProps(failure)} />
        </div>
      ) : null}
      {roots.map((root) => {
        const { phase } = phaseOf(states, root.profileId);
        const asOf = content.asOf(root.profileId);
        if ((phase !== "lost" && phase !== "failed") || asOf === null) return null;
        return (
          <div key={root.id} className="exp-offline" role="status">
            <Icon name="offline" size={14} className="text-warn-text" />
            <span className="min-w-0 flex-1">
              <span className="rh-truncate block">{root.label} is not connected</span>
              <span className="rh-meta block">as of {clock.format(new Date(asOf))}</span>
            </span>
            <Button dense onClick={() => onConnect(root.profileId)}>
              Reconnect
            </Button>
          </div>
        );
      })}
      {profiles.length === 0 ? (
        <EmptyState
          icon="plug"
          title="No connections"
          actions={onNewConnection ? <Button onClick={onNewConnection}>New connection</Button> : undefined}
        >
          What a connection holds is shown here.
        </EmptyState>
      ) : finding && search.error ? (
        <EmptyState icon="error" title="The search failed" actions={<Button onClick={search.retry}>Try again</Button>}>
          {failureOf(search.error).message}
        </EmptyState>
      ) : finding && !search.searching && hits.roots.length === 0 ? (
        <EmptyState icon="search" title={anyOpen ? "Nothing found" : "Nothing is connected"}>
          {anyOpen
            ? `No object or column of the open connections has “${text.trim()}” in its name.`
            : "Only open connections are searched."}
        </EmptyState>
      ) : (
        <VirtualTree<ExplorerItem>
          ref={tree}
          className="exp-fill"
          label={finding ? "Found objects" : "Objects"}
          roots={finding ? hits.roots : roots}
          childrenOf={finding ? hitChildren : content.childrenOf}
          expanded={finding ? hitsOpen : expanded}
          onToggle={toggle}
          selected={chosen}
          onSelect={setChosen}
          onOpen={(item) => open(item)}
          onOpenAside={(item) => open(item, true)}
          menu={menu}
          onFiles={(item, [path, ...more]) => {
            if (!props.onImport || path === undefined || more.length > 0) return false;
            if (item.kind === "connection") return props.onImport(item.profileId, NOWHERE, path);
            return item.object && takesRows(item) ? props.onImport(item.profileId, item.object, path) : false;
          }}
          renderLabel={(item) =>
            item.kind === "more" ? (
              <MoreRow label={item.label} onSeen={() => content.loadMore(item)} />
            ) : item.kind === "connection" ? (
              <ConnectionLabel profile={profiles.find((each) => each.id === item.profileId)} label={item.label} />
            ) : item.matched ? (
              <Marked label={item.label} matched={item.matched} />
            ) : (
              item.label
            )
          }
        />
      )}
      {finding && (search.hits?.length ?? 0) >= LIMIT ? (
        <p className="exp-note">The best {LIMIT}. Type more to narrow it down.</p>
      ) : null}
      {marks.dialog}
    </section>
  );
}
