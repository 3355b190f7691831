/** The explorer without its drawing: rows from nodes, names to copy, hits as a tree. */
import type { IconName, TreeChildren, TreeItem } from "@/design";
import {
  type ConnectionPhase,
  type ConnectionProfile,
  type ConnectionState,
  hasPage,
  type ObjectIcon,
  type ObjectRef,
  type Safety,
  type SearchHit,
  type TextRange,
  type TreeNode,
} from "@/ipc";

/** What is said of a connection's safety level behind its name; nothing where everything may be changed. */
const SAFETY_WORDS: Readonly<Record<Safety, string>> = {
  read_only: " · read-only",
  confirm_writes: " · confirms writes",
  free: "",
};

/** One row. Ids are unique among all connections: the profile's id, then the node's. */
export interface ExplorerItem extends TreeItem {
  readonly profileId: string;
  readonly kind: "connection" | "node" | "more" | "place" | "hit";
  /** The node's own id; `null` is the connection itself. */
  readonly nodeId: string | null;
  readonly object: ObjectRef | null;
  /** What is read anew with it: itself, or for a folder what it is in. */
  readonly within: ObjectRef | null;
  /** The database it is in, where that is known. */
  readonly database: string | null;
  readonly browsable: boolean;
  /** Its keys can be browsed: a database of them, or a connection to one. */
  readonly keyed?: boolean;
  /** Whether it is a table that rows are put into: no view, and not on another server. */
  readonly table?: boolean;
  /** It has partitions, or is one: a table of its own. */
  readonly divided?: boolean;
  readonly partition?: boolean;
  readonly state: TreeNode["state"];
  /** The server's own. */
  readonly system?: boolean;
  /** Of a hit: what matched. */
  readonly matched?: readonly TextRange[];
}

const SEPARATOR = "\u0001";

export const itemId = (profileId: string, nodeId: string | null): string =>
  nodeId === null ? profileId : profileId + SEPARATOR + nodeId;

/** Whether a row belongs to this connection. */
export const isOf = (id: string, profileId: string): boolean =>
  id === profileId || id.startsWith(profileId + SEPARATOR);

export const ICONS: Readonly<Record<ObjectIcon, IconName>> = {
  connection: "plug",
  database: "database",
  schema: "schema",
  folder: "folder",
  table: "table",
  partitioned_table: "rows",
  partition: "rows",
  view: "view",
  materialized_view: "matview",
  foreign_table: "link",
  virtual_table: "table",
  collection: "json",
  column: "column",
  primary_key: "key",
  foreign_key: "foreign-key",
  index: "index",
  constraint: "check",
  trigger: "trigger",
  policy: "policy",
  function: "function",
  procedure: "function",
  type: "enum",
  sequence: "sequence",
  role: "role",
  extension: "plus",
  event: "clock",
  publication: "open-external",
  event_trigger: "trigger",
};

/** What an icon stands for, in a word. */
export const KIND_WORDS: Readonly<Record<ObjectIcon, string>> = {
  connection: "connection",
  database: "database",
  schema: "schema",
  folder: "folder",
  table: "table",
  partitioned_table: "partitioned table",
  partition: "partition",
  view: "view",
  materialized_view: "materialized view",
  foreign_table: "foreign table",
  virtual_table: "virtual table",
  collection: "collection",
  column: "column",
  primary_key: "primary key",
  foreign_key: "foreign key",
  index: "index",
  constraint: "constraint",
  trigger: "trigger",
  policy: "policy",
  function: "function",
  procedure: "procedure",
  type: "type",
  sequence: "sequence",
  role: "role",
  extension: "extension",
  event: "event",
  publication: "publication",
  event_trigger: "event trigger",
};

const CLOSED: ConnectionPhase = { phase: "closed" };

export const phaseOf = (states: readonly ConnectionState[], profileId: string): ConnectionPhase =>
  states.find((state) => state.profile_id === profileId)?.phase ?? CLOSED;

function connectionMeta(profile: ConnectionProfile, state: ConnectionState | undefined): string {
  switch (state?.phase.phase) {
    case "open":
      return state.server ? `${state.server.product} ${state.server.version}` : profile.driver_label;
    case "connecting":
      return "connecting";
    case "lost":
      return "lost";
    case "failed":
      return "failed";
    default:
      return profile.driver_label;
  }
}

/** A connection as the root of its tree. */
export function connectionItem(
  profile: ConnectionProfile,
  state: ConnectionState | undefined,
  active: boolean,
): ExplorerItem {
  const phase = state?.phase ?? CLOSED;
  const closed = phase.phase === "closed";
  const bad = phase.phase === "lost" || phase.phase === "failed";
  const keyed = phase.phase === "open" && state?.can_browse_keys === true;
  return {
    id: itemId(profile.id, null),
    label: profile.name,
    meta: connectionMeta(profile, state),
    tooltip: [
      `${profile.name} · ${profile.environment}${SAFETY_WORDS[profile.safety]}`,
      profile.target,
      bad ? phase.error.message : closed ? "Not connected" : "",
    ]
      .filter(Boolean)
      .join("\n"),
    stripe: profile.colour ?? `var(--env-${profile.environment})`,
    tone: closed ? (active ? "normal" : "quiet") : "strong",
    branch: true,
    ...(keyed ? { keyed, opens: true } : {}),
    busy: phase.phase === "connecting",
    profileId: profile.id,
    kind: "connection",
    nodeId: null,
    object: null,
    within: null,
    database: null,
    browsable: false,
    state: "ready",
  };
}

function nodeTooltip(node: TreeNode): string | undefined {
  const why = { ready: undefined, denied: "The login may not read it", not_opened: "Opened when you unfold it" }[
    node.state
  ];
  const title = node.detail_title ?? undefined;
  if (!why && !title) return undefined;
  return [node.label, title, why].filter(Boolean).join("\n");
}

const nodeMeta = (node: TreeNode): string | undefined => {
  // What is denied says so, whatever else is known of it.
  if (node.detail !== null && node.state !== "denied") return node.detail;
  return { ready: undefined, denied: "no access", not_opened: "not opened" }[node.state];
};

const isTable = (icon: ObjectIcon): boolean => icon === "table" || icon === "partitioned_table" || icon === "partition";

/** A node of a connection's tree. */
export function nodeItem(node: TreeNode, parent: ExplorerItem): ExplorerItem {
  const tooltip = nodeTooltip(node);
  const meta = nodeMeta(node);
  return {
    id: itemId(parent.profileId, node.id),
    label: node.label,
    ...(node.state === "denied" ? { icon: "lock" } : node.icon === "folder" ? {} : { icon: ICONS[node.icon] }),
    ...(meta === undefined ? {} : { meta }),
    ...(tooltip === undefined ? {} : { tooltip }),
    tone: node.state !== "ready" || node.system ? "off" : node.icon === "folder" ? "quiet" : "normal",
    branch: node.expandable,
    opens: node.browsable || hasPage(node.object),
    profileId: parent.profileId,
    kind: "node",
    nodeId: node.id,
    object: node.object,
    within: node.object ?? parent.within,
    database: node.icon === "database" ? node.label : (node.object?.database ?? parent.database),
    browsable: node.browsable,
    ...(node.browsable && node.object?.kind === "database" ? { keyed: true } : {}),
    table: node.browsable && isTable(node.icon),
    ...(node.icon === "partitioned_table" ? { divided: true } : node.icon === "partition" ? { partition: true } : {}),
    state: node.state,
    system: node.system,
  };
}

/** The last row of a long branch: seen, it loads the next page. */
export function moreItem(parent: ExplorerItem, loaded: number, total: number): ExplorerItem {
  return {
    id: `${parent.id}${SEPARATOR}more`,
    label: `${(total - loaded).toLocaleString("en")} more`,
    tone: "off",
    busy: true,
    profileId: parent.profileId,
    kind: "more",
    nodeId: parent.nodeId,
    object: null,
    within: parent.within,
    database: parent.database,
    browsable: false,
    state: "ready",
  };
}

/** What is asked of the host: the open branches that can be seen and may be read. */
export interface Branch {
  readonly profileId: string;
  readonly parent: string | null;
}

/** Hits under their connection and the place they are in, in the order of the best hit of each. */
export function hitRoots(
  hits: readonly SearchHit[],
  connections: readonly ExplorerItem[],
): { roots: readonly ExplorerItem[]; children: ReadonlyMap<string, readonly ExplorerItem[]> } {
  const children = new Map<string, ExplorerItem[]>();
  const roots: ExplorerItem[] = [];
  const add = (parent: string, item: ExplorerItem) => {
    const list = children.get(parent);
    if (list) list.push(item);
    else children.set(parent, [item]);
  };
  hits.forEach((hit, index) => {
    const root = connections.find((item) => item.profileId === hit.profile_id);
    if (!root) return;
    if (!children.has(root.id)) roots.push(root);
    const place: ExplorerItem = {
      ...root,
      id: `${root.id}${SEPARATOR}in${SEPARATOR}${hit.place}`,
      label: hit.place || root.label,
      kind: "place",
      tone: "quiet",
      branch: true,
      busy: false,
    };
    const { stripe: _stripe, meta: _meta, tooltip: _tooltip, ...plain } = place;
    if (!children.has(place.id)) add(root.id, plain);
    add(place.id, {
      ...plain,
      id: `${place.id}${SEPARATOR}${index}`,
      label: hit.label,
      icon: hit.denied ? "lock" : ICONS[hit.icon],
      ...(hit.denied ? { meta: "no access" } : hit.detail === null ? {} : { meta: hit.detail }),
      kind: "hit",
      tone: hit.denied ? "off" : "normal",
      branch: false,
      object: hit.object,
      within: hit.object,
      database: hit.object.database,
      browsable: hit.browsable,
      table: hit.browsable && isTable(hit.icon),
      matched: hit.matched,
    });
  });
  return { roots, children };
}

export interface LabelPart {
  readonly from: number;
  readonly text: string;
  readonly marked: boolean;
}

/** A label cut at its matched ranges; ranges that overlap or lie outside are put right. */
export function labelParts(label: string, matched: readonly TextRange[]): readonly LabelPart[] {
  const parts: LabelPart[] = [];
  let at = 0;
  const put = (to: number, marked: boolean) => {
    if (to > at) parts.push({ from: at, text: label.slice(at, to), marked });
    at = Math.max(at, to);
  };
  for (const range of [...matched].sort((a, b) => a.from - b.from)) {
    put(Math.min(range.from, label.length), false);
    put(Math.min(range.to, label.length), true);
  }
  put(label.length, false);
  return parts;
}

const PLAIN = /^[a-z_][a-z0-9_]*$/;

/** An identifier as it can be pasted into a statement. */
export function quoted(name: string, quote: string): string {
  return PLAIN.test(name) ? name : quote + name.replaceAll(quote, quote + quote) + quote;
}

/** Schema and name, as they can be pasted into a statement. */
export function qualifiedName(object: ObjectRef, quote: string): string {
  const name = quoted(object.name, quote);
  return object.schema === null ? name : `${quoted(object.schema, quote)}.${name}`;
}

export function sameObject(a: ObjectRef | null | undefined, b: ObjectRef | null | undefined): boolean {
  if (!a || !b) return false;
  return (
    a.name === b.name &&
    a.schema === b.schema &&
    a.kind === b.kind &&
    a.signature === b.signature &&
    (a.database === b.database || a.database === null || b.database === null)
  );
}

export interface ShownRelation {
  readonly profileId: string;
  readonly object: ObjectRef;
}

/** The row of a relation, if its branches are open and known. */
export function findShown(
  shown: ShownRelation | null | undefined,
  items: readonly ExplorerItem[],
  expanded: ReadonlySet<string>,
  childrenOf: (item: ExplorerItem) => TreeChildren<ExplorerItem>,
): string | undefined {
  if (!shown) return undefined;
  for (const item of items) {
    if (item.profileId !== shown.profileId) continue;
    if ((item.browsable || hasPage(item.object)) && sameObject(item.object, shown.object)) return item.id;
    if (!item.branch || !expanded.has(item.id)) continue;
    const children = childrenOf(item);
    const inside = children.state === "ready" ? findShown(shown, children.items, expanded, childrenOf) : undefined;
    if (inside !== undefined) return inside;
  }
  return undefined;
}
