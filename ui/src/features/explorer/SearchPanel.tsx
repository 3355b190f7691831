/** Objects and columns of every open connection, by name. */
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { Button, EmptyState, Icon, SearchField, Skeleton, VirtualList } from "@/design";
import { failureOf, hasPage, host, type ObjectRef, queryKeys, type SearchHit } from "@/ipc";
import "./explorer.css";
import { ICONS, KIND_WORDS } from "./model";
import { Marked } from "./parts/Marked";
import { LIMIT, useCatalogSearch } from "./useCatalogSearch";

export interface SearchPanelProps {
  /** The open connections to search. */
  profileIds: readonly string[];
  onOpenRelation: (profileId: string, object: ObjectRef, aside?: boolean) => void;
  /** More buttons at the end of the panel's head. */
  headEnd?: ReactNode;
}

interface Row {
  readonly key: string;
  readonly hit: SearchHit;
}

function HitRow({ hit, connection }: { hit: SearchHit; connection: string | undefined }) {
  return (
    <>
      <Icon
        name={hit.denied ? "lock" : ICONS[hit.icon]}
        {...(hit.denied ? { label: "No access" } : {})}
        className="self-start mt-[11px] text-ink-3"
      />
      <span className="exp-hit">
        <span className={`rh-truncate${hit.denied ? " text-ink-3" : ""}`} data-tip={hit.label}>
          <Marked label={hit.label} matched={hit.matched} />
        </span>
        <span className="rh-meta rh-mono rh-truncate max-w-[120px]">{hit.denied ? "no access" : hit.detail}</span>
        <span className="rh-meta rh-truncate col-span-2">
          {[KIND_WORDS[hit.icon], hit.place, connection].filter(Boolean).join(" · ")}
        </span>
      </span>
    </>
  );
}

export function SearchPanel({ profileIds, onOpenRelation, headEnd }: SearchPanelProps) {
  const [text, setText] = useState("");
  const [selected, setSelected] = useState<string>();
  const root = useRef<HTMLElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const only = profileIds.length === 1 ? (profileIds[0] ?? null) : null;
  const search = useCatalogSearch(only, text);
  const profiles = useQuery({
    queryKey: queryKeys.profiles,
    queryFn: () => host().profiles(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const rows = useMemo<readonly Row[]>(
    () =>
      (search.hits ?? [])
        .filter((hit) => profileIds.includes(hit.profile_id))
        .map((hit) => ({ hit, key: JSON.stringify([hit.profile_id, hit.object, hit.place, hit.label]) })),
    [search.hits, profileIds],
  );
  useEffect(() => input.current?.focus(), []);
  const nameOf = (profileId: string) =>
    profileIds.length > 1 ? profiles.data?.find((profile) => profile.id === profileId)?.name : undefined;
  const open = (row: Row | undefined, aside?: boolean) => {
    if (row && (row.hit.browsable || hasPage(row.hit.object)))
      onOpenRelation(row.hit.profile_id, row.hit.object, aside);
  };
  const onInputKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" && rows[0]) {
      event.preventDefault();
      if (!rows.some((row) => row.key === selected)) setSelected(rows[0].key);
      root.current?.querySelector<HTMLElement>("[role=listbox]")?.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(rows.find((row) => row.key === selected) ?? rows[0], event.ctrlKey || event.metaKey);
    }
  };
  const asked = text.trim() !== "";
  return (
    <section ref={root} className="exp" aria-label="Search">
      <div className="exp-head">
        <h2 className="flex-1 text-base font-semibold">Search</h2>
        {headEnd}
      </div>
      <div className="exp-find">
        <SearchField
          ref={input}
          label="Search objects and columns"
          placeholder="Objects and columns"
          value={text}
          onChange={setText}
          onKeyDown={onInputKey}
        />
      </div>
      {profileIds.length === 0 ? (
        <EmptyState icon="plug" title="Nothing is connected">
          Tables, columns and functions of open connections are found here by name.
        </EmptyState>
      ) : !asked ? (
        <EmptyState icon="search" title="Find by name">
          Tables, views, columns, functions and types of{" "}
          {profileIds.length === 1 ? "the connection" : "every connection"}. Parts of a name will do.
        </EmptyState>
      ) : search.error ? (
        <EmptyState icon="error" title="The search failed" actions={<Button onClick={search.retry}>Try again</Button>}>
          {failureOf(search.error).message}
        </EmptyState>
      ) : rows.length === 0 && search.searching ? (
        <div role="status" aria-busy="true" aria-label="Searching" className="flex flex-col gap-3 px-3 py-2">
          {[0, 1, 2, 3].map((row) => (
            <Skeleton key={row} width={180 - ((row * 41) % 90)} height={24} />
          ))}
        </div>
      ) : rows.length === 0 ? (
        <EmptyState icon="search" title="Nothing found">
          No object or column has “{search.text}” in its name.
        </EmptyState>
      ) : (
        <VirtualList<Row>
          className="exp-fill"
          label="Found objects and columns"
          items={rows}
          itemHeight={40}
          keyOf={(row) => row.key}
          selected={selected}
          onSelect={setSelected}
          onOpen={(row) => open(row)}
          onKeyDown={(event, row) => {
            if (event.key === "Escape") {
              event.preventDefault();
              input.current?.focus();
            } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey)
              input.current?.focus();
            else if (event.key === "Enter" && row) open(row, true);
          }}
          menu={(row) => [
            { label: "Open data", icon: "table", keys: "Enter", onSelect: () => open(row) },
            { label: "Open in a new tab", onSelect: () => open(row, true) },
            {
              label: "Copy name",
              icon: "copy",
              onSelect: () => void host().writeClipboard(row.hit.label),
            },
          ]}
          renderItem={(row) => <HitRow hit={row.hit} connection={nameOf(row.hit.profile_id)} />}
        />
      )}
      {asked && rows.length > 0 ? (
        <p className="exp-note" role="status">
          {rows.length >= LIMIT ? `The best ${LIMIT}` : `${rows.length} found`}
        </p>
      ) : null}
    </section>
  );
}
