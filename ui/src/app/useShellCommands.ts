/** The commands that belong to the window itself. */
import { useQueryClient } from "@tanstack/react-query";
import { type Offer, useOffers } from "@/commands";
import { toast } from "@/design";
import { openImport } from "@/features/connections";
import { failureOf, host, queryKeys, type Settings } from "@/ipc";
import { actorOf, useActingWays, useNoActing } from "./acting";
import type { Actions } from "./actions";
import { focusDocument, focusSide, focusSideField, isInSide } from "./focus";
import { generateIn, schemaCalled, useNoGenerate } from "./generating";
import { isPage, profileOfTab } from "./model";
import type { Panel, Place } from "./panel";
import type { Direction } from "./split";
import { canAlter, newObject, placeOf } from "./structure";
import { useWorkspace } from "./workspace";

/** The size of data as it comes. */
const USUAL_PX = 12;

export function useShellCommands(
  actions: Actions,
  panel: Panel,
  openPalette: () => void,
  settings: Settings | undefined,
) {
  const { active, dispatch, live, profile, tabs } = useWorkspace();
  const queries = useQueryClient();
  const profileId = profileOfTab(active);
  const phase = profileId === null ? undefined : live.connections.get(profileId)?.phase.phase;
  const open = [...live.connections.values()].filter((state) => state.can_watch === true);
  const watched =
    profileId === null
      ? open.length === 1
        ? open[0]
        : undefined
      : open.find((state) => state.profile_id === profileId);
  /** The connection that is meant: the tab's, or the only one that can do it. */
  const meant = (can: "can_secure" | "can_advise" | "can_browse_keys" | "can_follow") => {
    const able = [...live.connections.values()].filter((state) => state[can] === true);
    if (profileId !== null) return able.find((state) => state.profile_id === profileId);
    return able.length === 1 ? able[0] : undefined;
  };
  const guarded = meant("can_secure");
  const advised = meant("can_advise");
  const keyed = meant("can_browse_keys");
  const followed = meant("can_follow");
  const ofDatabase = active && isPage(active) ? active.database : null;
  /** Whose diagrams are meant: the tab's connection, or the only open one. */
  const drawn = profileId ?? (live.connections.size === 1 ? ([...live.connections.keys()][0] ?? null) : null);
  /** The database whose schema is meant, and the schema beside a table. */
  const alterable = [...live.connections.values()].filter((state) => state.phase.phase === "open" && canAlter(state));
  const alters =
    profileId !== null
      ? alterable.find((state) => state.profile_id === profileId)
      : alterable.length === 1
        ? alterable[0]
        : undefined;
  const meantDatabase = active?.kind === "relation" ? active.object.database : ofDatabase;
  const altered = alters ? placeOf(alters.profile_id, meantDatabase, alters) : null;
  const schemaOf = active?.kind === "relation" ? active.object.schema : null;
  const noGenerate = useNoGenerate();
  const noActing = useNoActing()(active);
  const acting = useActingWays();
  const actsAs = active ? actorOf(active, profile(profileId)) : null;
  const noConnection = "no connection belongs to this tab";
  const alone = tabs.open.length < 2 && "there is one tab";
  const oneGroup = "the tabs stand in one group";
  const split = (direction: Direction) => active && dispatch({ type: "split", id: active.id, direction });
  const offer = (run: () => void, disabledReason?: string | false): Offer =>
    disabledReason ? { run, disabledReason } : { run };
  const said = (work: Promise<unknown>) => {
    work.catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message }));
  };
  const toggleTheme = () => {
    if (!settings) return;
    const theme = document.documentElement.dataset["theme"] === "dark" ? "light" : "dark";
    said(
      host()
        .saveSettings({ ...settings, theme })
        .then((kept) => queries.setQueryData(queryKeys.settings, kept)),
    );
  };
  const sizes = settings ? false : "the settings are not here yet";
  /** A pixel up or down; 0 is the usual size. The core keeps it within what can be read. */
  const size = (by: number) => {
    if (!settings) return;
    const data_font_px = by === 0 ? USUAL_PX : settings.data_font_px + by;
    said(
      host()
        .saveSettings({ ...settings, data_font_px })
        .then((kept) => queries.setQueryData(queryKeys.settings, kept)),
    );
  };
  // By key one goes there; from there the same key hides it and goes back.
  const place = (name: Place) => {
    const leave = panel.open && panel.place === name && isInSide();
    if (leave) panel.hide();
    else panel.show(name);
    requestAnimationFrame(leave ? focusDocument : focusSide);
  };
  const side = () => {
    const leave = panel.open && isInSide();
    panel.toggleOpen();
    if (leave) requestAnimationFrame(focusDocument);
  };
  useOffers({
    "palette.open": offer(openPalette),
    "tab.new-query": offer(() => actions.query()),
    "tab.close": offer(
      () => active && actions.close(active.id),
      active?.kind === "home" && tabs.open.length === 1 && "it is the only tab",
    ),
    "tab.close-others": offer(
      () => active && actions.closeOthers(active.id),
      tabs.open.length < 2 && "there is one tab",
    ),
    "tab.reopen": offer(() => void actions.reopen()),
    "tab.next": offer(() => dispatch({ type: "step", by: 1 }), tabs.open.length < 2 && "there is one tab"),
    "tab.previous": offer(() => dispatch({ type: "step", by: -1 }), tabs.open.length < 2 && "there is one tab"),
    "tab.split-right": offer(() => split("row"), alone),
    "tab.split-down": offer(() => split("column"), alone),
    "tab.across": offer(() => active && dispatch({ type: "across", id: active.id }), tabs.split === null && oneGroup),
    "tab.other-group": offer(
      () => {
        if (tabs.split) dispatch({ type: "activate", id: tabs.split.other });
        requestAnimationFrame(focusDocument);
      },
      tabs.split === null && oneGroup,
    ),
    "tab.join": offer(() => dispatch({ type: "join" }), tabs.split === null && oneGroup),
    "tab.act-as": offer(() => active && acting.ask(active), noActing ?? false),
    "tab.stop-acting": offer(() => active && acting.stop(active), actsAs === null && "this tab acts as nobody else"),
    "window.new": offer(() => said(host().openWindow())),
    "connection.new": offer(() => actions.connectionForm(null)),
    "connection.import": offer(() => {
      openImport();
      actions.home();
    }),
    "connection.reconnect": offer(
      () => profileId !== null && void actions.connect(profileId),
      profileId === null ? noConnection : phase === "open" && "it is connected",
    ),
    "connection.disconnect": offer(
      () => profileId !== null && void actions.disconnect(profileId),
      profileId === null ? noConnection : phase === undefined && "it is not connected",
    ),
    "activity.open": offer(
      () => watched && actions.activity(watched.profile_id),
      !watched &&
        (profileId === null ? "no server that can be watched is connected" : "it is no server that can be watched"),
    ),
    "policies.open": offer(
      () => {
        if (!guarded) return;
        if (active?.kind === "relation") actions.policies(guarded.profile_id, active.object.database, active.object);
        else actions.policies(guarded.profile_id, ofDatabase);
      },
      !guarded && (profileId === null ? "no database with row security is connected" : "it has no row security"),
    ),
    "advisor.open": offer(
      () => advised && actions.advisor(advised.profile_id, ofDatabase),
      !advised && (profileId === null ? "no database that it knows is connected" : "there are no rules for it"),
    ),
    "diagram.open": offer(
      () => {
        if (drawn === null) return;
        const database = active?.kind === "relation" ? active.object.database : ofDatabase;
        actions.diagram(drawn, database);
      },
      drawn === null && noConnection,
    ),
    "migrations.open": offer(
      () => altered && actions.migrations(altered.profileId, altered.database),
      !altered && (profileId === null ? "no database that can be changed is connected" : "it cannot be changed here"),
    ),
    "keys.open": offer(
      () => keyed && actions.keys(keyed.profile_id, active?.kind === "query" ? active.database : ofDatabase),
      !keyed &&
        (profileId === null ? "no database of keys and values is connected" : "it does not keep keys and values"),
    ),
    "live.open": offer(
      () => followed && actions.live(followed.profile_id, active?.kind === "query" ? active.database : ofDatabase),
      !followed &&
        (profileId === null ? "no server that tells what happens is connected" : "it does not tell what happens"),
    ),
    "compare.open": offer(
      () => altered && actions.compare(altered.profileId, altered.database),
      !altered && (profileId === null ? "no database that can be changed is connected" : "it cannot be changed here"),
    ),
    "structure.table": offer(
      () => altered && newObject(altered, schemaOf, "table"),
      !altered && (profileId === null ? "no database that can be changed is connected" : "it cannot be changed here"),
    ),
    "structure.new": offer(
      () => altered && newObject(altered, schemaOf, ""),
      !altered && (profileId === null ? "no database that can be changed is connected" : "it cannot be changed here"),
    ),
    "connection.generate": offer(
      () => {
        if (profileId === null) return;
        // Beside a table those of its schema, elsewhere those that statements would find.
        const { database, schema } = active?.kind === "relation" ? active.object : schemaCalled(null, null);
        generateIn(profileId, schemaCalled(database, schema));
      },
      profileId === null ? noConnection : (noGenerate(profileId, null) ?? false),
    ),
    "file.open": offer(() => void actions.file()),
    "place.home": offer(actions.home),
    "place.explorer": offer(() => place("explorer")),
    "place.search": offer(() => {
      panel.show("search");
      requestAnimationFrame(focusSideField);
    }),
    "place.history": offer(() => place("history")),
    "place.saved": offer(() => place("saved")),
    "place.security": offer(() => place("security")),
    "place.settings": offer(actions.settings),
    "panel.side": offer(side),
    "sample.open": offer(() => void actions.sample()),
    "view.larger": offer(() => size(1), sizes),
    "view.smaller": offer(() => size(-1), sizes),
    "view.usual": offer(() => size(0), sizes),
    "theme.toggle": offer(toggleTheme, settings ? false : "the settings are not here yet"),
  });
}
