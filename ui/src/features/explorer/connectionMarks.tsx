/** What a person marks on connections: favourites, and which schemas are shown. Kept by the core, over restarts. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { Icon, type MenuItem, tip } from "@/design";
import { type ConnectionProfile, host, type TreePage } from "@/ipc";
import { type ExplorerItem, itemId } from "./model";
import { SchemaDialog } from "./parts/SchemaDialog";
import { filterSchemas, isHiddenRow, isShown } from "./schemaFilter";
import type { TreeContent } from "./useTree";

/** Favourites first, then groups by name, those without one last; within that as they come. */
export function inOrder(profiles: readonly ConnectionProfile[]): readonly ConnectionProfile[] {
  const rank = (profile: ConnectionProfile) => (profile.favourite ? 0 : 1);
  return [...profiles].sort((a, b) => {
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    if (a.favourite || a.group === b.group) return 0;
    if (a.group === null || b.group === null) return a.group === null ? 1 : -1;
    return a.group.localeCompare(b.group, "en", { numeric: true });
  });
}

export function ConnectionLabel({ profile, label }: { profile: ConnectionProfile | undefined; label: string }) {
  if (!profile?.favourite && !profile?.actor) return label;
  const actor = profile.actor;
  return (
    <span className="exp-favourite">
      <span className="rh-truncate">{label}</span>
      {profile.favourite ? <Icon name="star-on" size={12} label="Favourite" className="text-warn-text" /> : null}
      {actor ? (
        <span className="exp-actor" {...tip(`Its tabs begin as ${actor.role ?? "the login, with claims or settings"}`)}>
          <Icon name="role" size={12} label={`acts as ${actor.role ?? "the login, with claims or settings"}`} />
        </span>
      ) : null}
    </span>
  );
}

/** The tree's content with the hidden schemas left out. */
export function useShownSchemas(content: TreeContent, profiles: readonly ConnectionProfile[]): TreeContent {
  const { childrenOf: all } = content;
  const childrenOf = useCallback(
    (item: ExplorerItem) =>
      filterSchemas(item, all(item), profiles.find((profile) => profile.id === item.profileId)?.schemas ?? []),
    [all, profiles],
  );
  return useMemo(() => ({ ...content, childrenOf }), [content, childrenOf]);
}

export interface ConnectionMarks {
  readonly menu: (item: ExplorerItem) => readonly MenuItem[];
  /** Opens what a row about hidden schemas stands for; false for any other row. */
  readonly open: (item: ExplorerItem) => boolean;
  readonly dialog: React.ReactNode;
}

export function useConnectionMarks(
  profiles: readonly ConnectionProfile[],
  attempt: (work: () => Promise<unknown>) => void,
): ConnectionMarks {
  const client = useQueryClient();
  const [chosen, setChosen] = useState<string | null>(null);
  const latest = useRef(attempt);
  latest.current = attempt;
  /** The schemas that were read of a connection, whether they are shown or not. */
  const known = (profileId: string): readonly string[] => {
    const pages = client.getQueriesData<TreePage>({ queryKey: ["catalog", profileId, "tree"] });
    const nodes = pages.flatMap(([, page]) => page?.nodes ?? []);
    const schemas = nodes.filter((node) => node.object?.kind === "schema" && !node.system).map((node) => node.label);
    return [...new Set(schemas)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  };
  const save = (profileId: string, schemas: readonly string[]) =>
    latest.current(() => host().setSchemas(profileId, [...schemas]));
  const menu = (item: ExplorerItem): readonly MenuItem[] => {
    const profile = profiles.find((each) => each.id === item.profileId);
    if (!profile) return [];
    const choose: MenuItem = {
      label: "Choose schemas",
      icon: "filter",
      onSelect: () => setChosen(profile.id),
    };
    if (item.id === itemId(profile.id, null)) {
      return [
        { separator: true },
        {
          label: profile.favourite ? "No longer a favourite" : "Mark as a favourite",
          icon: profile.favourite ? "star-on" : "star",
          onSelect: () => latest.current(() => host().setFavourite(profile.id, !profile.favourite)),
        },
        ...(known(profile.id).length > 0 || (profile.schemas ?? []).length > 0 ? [choose] : []),
      ];
    }
    if (isHiddenRow(item)) return [choose];
    if (item.object?.kind !== "schema") return [];
    const patterns = profile.schemas ?? [];
    const others = known(profile.id).filter((name) => name !== item.label && isShown(patterns, name));
    return [
      { separator: true },
      { label: "Show only this schema", onSelect: () => save(profile.id, [item.label]) },
      {
        label: "Hide this schema",
        disabledReason: others.length === 0 ? "It is the only one that is shown" : undefined,
        onSelect: () => save(profile.id, others),
      },
      choose,
    ];
  };
  const asked = profiles.find((profile) => profile.id === chosen);
  return {
    menu,
    open: (item) => {
      if (!isHiddenRow(item)) return false;
      setChosen(item.profileId);
      return true;
    },
    dialog: asked ? (
      <SchemaDialog
        key={asked.id}
        profile={asked}
        known={known(asked.id)}
        onClose={() => setChosen(null)}
        onSave={(schemas) => {
          setChosen(null);
          save(asked.id, schemas);
        }}
      />
    ) : null,
  };
}
