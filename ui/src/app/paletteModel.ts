/** What the palette lists for a text: pure. */
import type { IconName } from "@/design";
import { hasPage, type ObjectIcon, type SavedHead, type SearchHit, type TextRange } from "@/ipc";

export interface PaletteItem {
  readonly id: string;
  readonly group: "Saved queries" | "Open tabs" | "Tables and columns" | "Actions";
  readonly label: string;
  readonly icon: IconName;
  /** Where it is, in meta type. */
  readonly meta?: string;
  readonly keys?: string;
  readonly disabledReason?: string;
  readonly matched: readonly TextRange[];
  readonly run: () => void;
}

/** Which kinds a leading sign asks for. */
export type Scope = "everything" | "actions" | "objects" | "saved" | "tabs";

export function scopeOf(text: string): { scope: Scope; words: string } {
  const sign = text[0];
  const words = text.slice(1).trim();
  if (sign === ">") return { scope: "actions", words };
  if (sign === "@") return { scope: "objects", words };
  if (sign === "$") return { scope: "saved", words };
  return sign === "#" ? { scope: "tabs", words } : { scope: "everything", words: text.trim() };
}

/**
 * The places of `label` that the words match, or null where one of them does not: each word as it stands, the start of a
 * word first. What is called so to the letter comes before all others, then what has the words side by side.
 */
export function match(label: string, words: string): { matched: TextRange[]; rank: number } | null {
  const text = label.toLowerCase();
  const asked = words.toLowerCase();
  const matched: TextRange[] = [];
  let rank = text === asked ? -1 : text.includes(asked) ? -0.25 : 0;
  for (const word of asked.split(/\s+/).filter(Boolean)) {
    const starts = new RegExp(`(?:^|[^\\p{L}\\p{N}])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`, "u").exec(text);
    const from = starts ? starts.index + starts[0].length - word.length : text.indexOf(word);
    if (from < 0) return null;
    matched.push({ from, to: from + word.length });
    rank += from === 0 ? 0 : starts ? 1 : 2;
  }
  return { matched, rank };
}

/** The items that match, best first, each group by itself. */
export function filtered(items: readonly Omit<PaletteItem, "matched">[], words: string): PaletteItem[] {
  return items
    .flatMap((item) => {
      const found = match(item.label, words);
      return found
        ? [{ item: { ...item, matched: found.matched }, rank: found.rank + (item.disabledReason ? 0.5 : 0) }]
        : [];
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

const OBJECT_ICONS: Partial<Record<ObjectIcon, IconName>> = {
  view: "view",
  materialized_view: "matview",
  column: "column",
  primary_key: "key",
  foreign_key: "foreign-key",
  index: "index",
  function: "function",
  procedure: "function",
  sequence: "sequence",
  type: "enum",
  trigger: "trigger",
  schema: "schema",
  database: "database",
  role: "role",
  event: "clock",
};

/** A saved query that has the words somewhere: what of its name they match is marked. */
export function savedItem(head: SavedHead, words: string, run: () => void): PaletteItem {
  return {
    id: `saved:${head.id}`,
    group: "Saved queries",
    label: head.name,
    icon: "saved",
    meta: [head.folder, head.tags.map((tag) => `#${tag}`).join(" ")].filter(Boolean).join(" · ") || head.excerpt,
    matched: match(head.name, words)?.matched ?? [],
    run,
  };
}

/** Of objects called the same, those of the connection in front come first: their rank in the search does not tell them apart. */
export function nearFirst(hits: readonly SearchHit[], profileId: string | null): readonly SearchHit[] {
  const first = new Map<string, number>();
  for (const [at, { label }] of hits.entries()) if (!first.has(label)) first.set(label, at);
  const rank = (hit: SearchHit) => (first.get(hit.label) ?? 0) * 2 + (hit.profile_id === profileId ? 0 : 1);
  return hits.toSorted((a, b) => rank(a) - rank(b));
}

export function hitItem(hit: SearchHit, connection: string, run: () => void): PaletteItem {
  const { schema, name } = hit.object;
  return {
    id: `hit:${hit.profile_id}:${schema ?? ""}:${name}:${hit.icon}:${hit.label}`,
    group: "Tables and columns",
    label: hit.label,
    icon: OBJECT_ICONS[hit.icon] ?? "table",
    meta: [connection, hit.place, hit.detail].filter(Boolean).join(" · "),
    matched: hit.matched,
    run,
    ...(hit.browsable || hasPage(hit.object) ? {} : { disabledReason: "It has no rows to show" }),
  };
}
