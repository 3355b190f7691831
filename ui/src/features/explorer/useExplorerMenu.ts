/** What can be done with a row. */
import { useQuery } from "@tanstack/react-query";
import { useKeys } from "@/commands";
import type { MenuItem } from "@/design";
import { type ConnectionProfile, type ConnectionState, hasPage, host, type ObjectRef, queryKeys } from "@/ipc";
import { type ExplorerItem, phaseOf, qualifiedName } from "./model";

export interface ExplorerActions {
  onOpenRelation: (profileId: string, object: ObjectRef, aside?: boolean, view?: "ddl") => void;
  onOpenQuery: (profileId: string, database?: string) => void;
  onConnect: (profileId: string) => void;
  onDisconnect: (profileId: string) => void;
  onEditConnection: (profileId: string) => void;
  /** What the connection's server is doing. */
  onActivity?: (profileId: string) => void;
  /** Who gets which rows of a database, or of a table of it. */
  onPolicies?: (profileId: string, database: string | null, table?: ObjectRef) => void;
  /** What is wrong with a database. */
  onAdvisor?: (profileId: string, database: string | null) => void;
  /** The map of a database, of one of its schemas, or of a table's neighbourhood. */
  onDiagram?: (profileId: string, database: string | null, of?: ObjectRef) => void;
  /** How it stands with a database's migrations. */
  onMigrations?: (profileId: string, database: string | null) => void;
  /** The keys of a database. */
  onKeys?: (profileId: string, database: string | null) => void;
  /** What happens on a server, of a database or a collection. */
  onLive?: (profileId: string, database: string | null, topic?: string) => void;
  /** What differs between a database and something else. */
  onCompare?: (profileId: string, database: string | null) => void;
  /** Puts the rows of a file into a table, or into a new one of a schema; false for a file that has none. */
  onImport?: (profileId: string, into: ObjectRef, path?: string) => boolean;
  /** Whether a connection's schema can be changed; shows an object's structure for it, or asks for a new object (`table` …) of a schema. */
  canAlter?: (profileId: string) => boolean;
  onStructure?: (profileId: string, object: ObjectRef) => void;
  onNewObject?: (profileId: string, database: string | null, schema: string | null, kind: string) => void;
  onDropObject?: (profileId: string, object: ObjectRef) => void;
  /** Asks for a new partition of a table, or for a table that becomes one; stages that a partition is one no more. */
  onPartition?: (profileId: string, table: ObjectRef, what: "partition" | "attach" | "detach") => void;
  /** Makes rows up for a table, or for those of a schema. */
  onGenerate?: (profileId: string, object: ObjectRef) => void;
}

export interface MenuOptions extends ExplorerActions {
  profiles: readonly ConnectionProfile[];
  states: readonly ConnectionState[];
  itemsById: (ids: ReadonlySet<string>) => readonly ExplorerItem[];
  refresh: (item: ExplorerItem) => void;
  attempt: (work: () => Promise<unknown>) => void;
}

/** No schema in particular: where statements would make a table. */
export const NOWHERE: ObjectRef = { database: null, schema: null, kind: "schema", name: "", signature: null };

/** Kinds besides relations whose definition can be staged. */
const ALTERED: ReadonlySet<string> = new Set(["routine", "type", "sequence", "extension", "event"]);

/** Whether rows of a file can be put into it. */
export const takesRows = (item: ExplorerItem): boolean =>
  (item.browsable === true && item.keyed !== true) || item.object?.kind === "schema";

/** Whether rows can be made up for it: a table, or a schema that is not the server's own. */
const takesMadeUp = (item: ExplorerItem): boolean =>
  item.table === true || (item.object?.kind === "schema" && item.system !== true);

export function useExplorerMenu(options: MenuOptions) {
  const { profiles, states, attempt } = options;
  const refreshKeys = useKeys("explorer.refresh");
  const drivers = useQuery({
    queryKey: queryKeys.drivers,
    queryFn: () => host().drivers(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const quoteOf = (profileId: string) => {
    const driver = profiles.find((profile) => profile.id === profileId)?.driver;
    return drivers.data?.find((each) => each.id === driver)?.language.identifier_quote ?? '"';
  };
  const copy = (text: string) => attempt(() => host().writeClipboard(text));
  const copies = (item: ExplorerItem, selected: ReadonlySet<string>): readonly MenuItem[] => {
    const chosen = options.itemsById(selected);
    const all = chosen.some((each) => each.id === item.id) ? chosen : [item];
    const many = all.length > 1;
    const named = all.filter((each) => each.object !== null);
    const qualified = named.map((each) => (each.object ? qualifiedName(each.object, quoteOf(each.profileId)) : ""));
    return [
      {
        label: many ? `Copy ${all.length} names` : "Copy name",
        icon: "copy",
        onSelect: () => copy(all.map((each) => each.label).join("\n")),
      },
      ...(qualified.length > 0
        ? [
            {
              label: many ? "Copy qualified names" : "Copy qualified name",
              meta: many ? "" : (qualified[0] ?? ""),
              onSelect: () => copy(qualified.join("\n")),
            },
          ]
        : []),
    ];
  };
  const query = (item: ExplorerItem): MenuItem => ({
    label: "New query here",
    icon: "terminal",
    onSelect: () => options.onOpenQuery(item.profileId, item.database ?? undefined),
  });
  const refresh = (item: ExplorerItem): MenuItem => ({
    label: "Refresh",
    icon: "refresh",
    ...(refreshKeys ? { keys: refreshKeys } : {}),
    onSelect: () => options.refresh(item),
  });
  const ofConnection = (item: ExplorerItem, selected: ReadonlySet<string>): readonly MenuItem[] => {
    const { phase } = phaseOf(states, item.profileId);
    const { onActivity } = options;
    const watched = states.some((state) => state.profile_id === item.profileId && state.can_watch === true);
    const activity: readonly MenuItem[] =
      watched && onActivity ? [{ label: "Activity", icon: "chart", onSelect: () => onActivity(item.profileId) }] : [];
    const profile = profiles.find((each) => each.id === item.profileId);
    const edit: MenuItem = {
      label: "Edit connection",
      icon: "edit",
      disabledReason: profile?.sample ? "The sample is part of Rowhouse" : undefined,
      onSelect: () => options.onEditConnection(item.profileId),
    };
    if (phase === "closed" || phase === "failed" || phase === "lost") {
      const again = phase === "lost";
      return [
        {
          label: again ? "Reconnect" : "Connect",
          icon: "plug",
          onSelect: () => options.onConnect(item.profileId),
        },
        query(item),
        ...activity,
        ...copies(item, selected),
        { separator: true },
        edit,
        ...(phase === "closed" ? [] : [disconnect(item)]),
      ];
    }
    return [
      ...(item.keyed ? pages(item) : []),
      query(item),
      ...activity,
      ...(item.keyed ? [] : pages(item)),
      ...(phase === "open" ? alters(item) : []),
      ...(phase === "open"
        ? [...(item.keyed ? [] : [...newTable(item), ...generate(item, NOWHERE)]), refresh(item)]
        : []),
      ...copies(item, selected),
      { separator: true },
      edit,
      disconnect(item),
    ];
  };
  /** Where no schema is named, a new table is made where statements would make it. */
  const newTable = ({ profileId }: ExplorerItem): readonly MenuItem[] => {
    const { onImport } = options;
    if (!onImport) return [];
    return [{ label: "Import a file as a table…", icon: "download", onSelect: () => onImport(profileId, NOWHERE) }];
  };
  /** Rows made up; why not where nothing may be changed. */
  const generate = (item: ExplorerItem, object: ObjectRef): readonly MenuItem[] => {
    const { onGenerate } = options;
    if (!onGenerate) return [];
    return [
      {
        label: "Generate rows…",
        icon: "dice",
        disabledReason: readOnly(item.profileId) ? "The connection is read-only" : undefined,
        onSelect: () => onGenerate(item.profileId, object),
      },
    ];
  };
  /** Pages about a connection's database, another one of it, or one table: those that there are for it. */
  const pages = (item: ExplorerItem): readonly MenuItem[] => {
    const { kind, profileId, object, database, table } = item;
    const { onPolicies, onAdvisor, onDiagram, onMigrations, onCompare, onKeys, onLive } = options;
    const state = states.find((each) => each.profile_id === profileId);
    const whole = kind === "connection" || object?.kind === "database";
    const of = object?.kind === "database" ? object.name : null;
    const items: MenuItem[] = [];
    if (onKeys && item.keyed)
      items.push({ label: "Browse keys", icon: "key", keys: "Enter", onSelect: () => onKeys(profileId, of) });
    // Where rows are documents, what happens to one collection can be told apart.
    const collection = state?.can_browse_documents === true && object?.kind === "relation" ? object : null;
    if (onLive && state?.can_follow && (whole || collection)) {
      const topic = collection
        ? [collection.schema ?? collection.database, collection.name].filter(Boolean).join(".")
        : undefined;
      items.push({
        label: "Live",
        icon: "bell",
        onSelect: () => onLive(profileId, collection ? database : of, topic),
      });
    }
    if (onPolicies && state?.can_secure && (whole || table === true))
      items.push({
        label: "Policies",
        icon: "policy",
        onSelect: () => (whole || !object ? onPolicies(profileId, of) : onPolicies(profileId, database, object)),
      });
    if (onAdvisor && state?.can_advise && whole)
      items.push({ label: "Advisor", icon: "bulb", onSelect: () => onAdvisor(profileId, of) });
    if (onDiagram && state?.can_browse) {
      if (whole || (object?.kind === "schema" && item.system !== true)) {
        const schema = object?.kind === "schema" ? object : undefined;
        items.push({
          label: "Diagram",
          icon: "explain",
          onSelect: () => onDiagram(profileId, schema ? database : of, schema),
        });
      } else if (table === true && object) {
        const around = object;
        items.push({
          label: "Diagram of its neighbours",
          icon: "explain",
          onSelect: () => onDiagram(profileId, database, around),
        });
      }
    }
    if (state?.can_alter && whole) {
      if (onMigrations)
        items.push({ label: "Migrations", icon: "branch", onSelect: () => onMigrations(profileId, of) });
      if (onCompare) items.push({ label: "Compare with…", icon: "matrix", onSelect: () => onCompare(profileId, of) });
    }
    return items;
  };
  /** Changing the schema: everything is staged first. */
  const alters = (item: ExplorerItem): readonly MenuItem[] => {
    const { profileId, object, kind, database, system } = item;
    const { canAlter, onStructure, onNewObject, onDropObject, onPartition } = options;
    if (!canAlter?.(profileId) || system === true) return [];
    const reason = readOnly(profileId) ? "The connection is read-only" : undefined;
    const items: MenuItem[] = [];
    const whole = kind === "connection" || object?.kind === "database";
    if (onNewObject && (whole || object?.kind === "schema")) {
      const of = object?.kind === "database" ? object.name : database;
      const schema = object?.kind === "schema" ? object.name || null : null;
      items.push(
        {
          label: "New table…",
          icon: "plus",
          disabledReason: reason,
          onSelect: () => onNewObject(profileId, of, schema, "table"),
        },
        {
          label: "New object…",
          disabledReason: reason,
          onSelect: () => onNewObject(profileId, of, schema, ""),
        },
      );
    }
    const roles = states.some((state) => state.profile_id === profileId && state.can_alter_roles === true);
    if (onNewObject && object?.kind === "role" && roles)
      items.push({
        label: "New role…",
        icon: "plus",
        disabledReason: reason,
        onSelect: () => onNewObject(profileId, database, null, "role"),
      });
    if (onPartition && object && item.divided)
      items.push(
        {
          label: "New partition…",
          icon: "plus",
          disabledReason: reason,
          onSelect: () => onPartition(profileId, object, "partition"),
        },
        { label: "Attach a table…", disabledReason: reason, onSelect: () => onPartition(profileId, object, "attach") },
      );
    if (onPartition && object && item.partition)
      items.push({
        label: "Stage its detaching",
        disabledReason: reason,
        onSelect: () => onPartition(profileId, object, "detach"),
      });
    const altered =
      object && (object.kind === "relation" || ALTERED.has(object.kind) || (object.kind === "role" && roles));
    if (onStructure && onDropObject && object && altered)
      items.push(
        { label: "Edit structure", icon: "columns", onSelect: () => onStructure(profileId, object) },
        {
          label: "Stage its drop",
          icon: "trash",
          danger: true,
          disabledReason: reason,
          onSelect: () => onDropObject(profileId, object),
        },
      );
    return items.length > 0 ? [...items, { separator: true }] : [];
  };
  const readOnly = (profileId: string): boolean =>
    profiles.some((profile) => profile.id === profileId && profile.safety === "read_only") ||
    states.some((state) => state.profile_id === profileId && state.read_only !== null);
  const disconnect = (item: ExplorerItem): MenuItem => ({
    label: "Disconnect",
    icon: "unplug",
    onSelect: () => options.onDisconnect(item.profileId),
  });
  return (item: ExplorerItem, selected: ReadonlySet<string>): readonly MenuItem[] => {
    if (item.kind === "more") return [];
    if (item.kind === "connection") return ofConnection(item, selected);
    const { object } = item;
    const opens: readonly MenuItem[] =
      object && item.browsable && !item.keyed
        ? [
            {
              label: "Open data",
              icon: "table",
              keys: "Enter",
              onSelect: () => options.onOpenRelation(item.profileId, object),
            },
            {
              label: "Open in a new tab",
              keys: "Mod+Enter",
              onSelect: () => options.onOpenRelation(item.profileId, object, true),
            },
            {
              label: "Open DDL",
              icon: "file",
              onSelect: () => options.onOpenRelation(item.profileId, object, false, "ddl"),
            },
            { separator: true },
          ]
        : object && hasPage(object)
          ? [
              {
                label: "Open",
                icon: "file",
                keys: "Enter",
                onSelect: () => options.onOpenRelation(item.profileId, object),
              },
              { separator: true },
            ]
          : [];
    const { onImport } = options;
    const imports: readonly MenuItem[] =
      object && onImport && takesRows(item)
        ? [
            {
              label: object.kind === "schema" ? "Import a file as a table…" : "Import a file…",
              icon: "download",
              onSelect: () => onImport(item.profileId, object),
            },
          ]
        : [];
    const generates = object && takesMadeUp(item) ? generate(item, object) : [];
    return [
      ...opens,
      ...alters(item),
      ...(item.keyed ? pages(item) : []),
      query(item),
      ...(item.keyed ? [] : pages(item)),
      ...imports,
      ...generates,
      ...copies(item, selected),
      { separator: true },
      refresh(item),
    ];
  };
}
