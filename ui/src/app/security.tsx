/** The place "Security": which database it is about, what of it is in front, and how its pages open. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { forgetSuite, readView, suiteIn, useKnownSuites } from "@/features/policies";
import {
  type Found,
  foundNear,
  type Page,
  type PanelSuite,
  placeAt,
  placesOf,
  SecurityPanel,
  type SecurityPlace,
  useNews,
} from "@/features/security";
import { useActingWays, useNoActing } from "./acting";
import type { Actions } from "./actions";
import { type OpenTab, profileOfTab } from "./model";
import { useWorkspace } from "./workspace";

/** The database that a tab is about. */
function databaseOf(tab: OpenTab): { profileId: string; database: string | null } | null {
  const profileId = profileOfTab(tab);
  if (profileId === null) return null;
  if (tab.kind === "relation") return { profileId, database: tab.object.database };
  return { profileId, database: "database" in tab ? tab.database : null };
}

/** What scans have found in databases of open connections that nobody has looked at. */
export function useFound(): readonly Found[] {
  const { live, profiles } = useWorkspace();
  const news = useNews();
  return useMemo(() => foundNear(news, profiles, live.connections), [news, profiles, live.connections]);
}

/** The database that is looked at: that of the tab in front, or the one that was chosen there. */
function useLookedAt(places: readonly SecurityPlace[]) {
  const { active, live, profiles } = useWorkspace();
  const [chosen, setChosen] = useState<{ readonly place: SecurityPlace; readonly tab: string | null } | null>(null);
  const last = useRef<SecurityPlace | null>(null);
  const tab = active ?? null;
  const again = (place: SecurityPlace | null) => place && placeAt(place, profiles, live.connections);
  const of = tab && databaseOf(tab);
  const place =
    (chosen && chosen.tab === (tab?.id ?? null) ? again(chosen.place) : null) ??
    (of ? placeAt(of, profiles, live.connections) : null) ??
    again(last.current) ??
    places[0] ??
    null;
  useEffect(() => {
    last.current = place;
  });
  return { place, choose: (next: SecurityPlace) => setChosen({ place: next, tab: tab?.id ?? null }) };
}

export function Security({ actions, hide }: { actions: Actions; hide: ReactNode }) {
  const { active, live, profiles, tabs } = useWorkspace();
  const found = useFound();
  const abouts = useMemo(() => tabs.open.flatMap((tab) => databaseOf(tab) ?? []), [tabs.open]);
  const places = useMemo(() => placesOf(profiles, live.connections, abouts), [profiles, live.connections, abouts]);
  const { place, choose } = useLookedAt(places);
  const known = useKnownSuites(place);
  const acting = useActingWays();
  const noActing = useNoActing()(active);
  const isHere = (tab: OpenTab | undefined): boolean => {
    const of = tab && databaseOf(tab);
    return of !== null && of !== undefined && placeAt(of, profiles, live.connections)?.key === place?.key;
  };
  const policies = tabs.open.find((tab) => tab.kind === "policies" && isHere(tab));
  const view = policies?.kind === "policies" ? readView(policies.view) : null;
  const page: Page | null = !isHere(active)
    ? null
    : active?.kind === "advisor"
      ? "advisor"
      : active?.kind === "policies"
        ? (view?.section ?? null)
        : null;
  const shown = suiteIn(view?.suite ?? null);
  // What is open and in no file yet is known too, as long as it is open.
  const loose: readonly PanelSuite[] = shown && shown.path === null ? [{ ...shown, last: null }] : [];
  const own = profileOfTab(active);
  const noAct = noActing ?? (own === place?.profileId ? null : "the tab in front belongs to another connection");
  const { profileId, database } = place ?? { profileId: "", database: null };
  return (
    <SecurityPanel
      place={place}
      places={places}
      onPlace={choose}
      page={page}
      onPage={(to) =>
        to === "advisor" ? actions.advisor(profileId, database) : actions.policyPage(profileId, database, to)
      }
      found={found}
      onFound={(where) => actions.advisor(where.profileId, where.database)}
      onTry={(actor) => actions.policyPage(profileId, database, "test", actor)}
      onAct={(actor) => active && acting.act(active, actor)}
      noAct={noAct}
      suites={[...loose, ...known]}
      onSuite={({ path }) =>
        path === null || path === shown?.path
          ? actions.policyPage(profileId, database, "suites")
          : void actions.suite(profileId, database, path)
      }
      onForgetSuite={(path) => forgetSuite({ profileId, database }, path, profiles)}
      onConnect={() => void actions.connect(profileId)}
      onHome={actions.home}
      headEnd={hide}
    />
  );
}
