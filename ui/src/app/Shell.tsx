import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { offerFiles, toast } from "@/design";
import { actorMark } from "@/features/acting";
import { ExportDialog, ImportDialog, isData, openImportInto } from "@/features/transfer";
import { host, queryKeys } from "@/ipc";
import { actorOf, ChooseActor } from "./acting";
import { useActions } from "./actions";
import { ConfirmClose } from "./ConfirmClose";
import { Generating } from "./Generating";
import { Groups } from "./Groups";
import { profileOfTab } from "./model";
import { Palette } from "./Palette";
import { usePanel } from "./panel";
import { Questions } from "./Questions";
import { Rail } from "./Rail";
import { SideContent } from "./SideContent";
import { WithSidePanel } from "./SidePanel";
import { Status } from "./Status";
import { isFront } from "./split";
import { Structuring } from "./structure";
import { useTitles } from "./TabStrip";
import { useShellCommands } from "./useShellCommands";
import { useWalkCommands } from "./walking";
import { useWorkspace } from "./workspace";

/** The window's title follows the tab in front; on production it says so. */
function useWindowTitle(): void {
  const { active, profile } = useWorkspace();
  const title = useTitles();
  const owner = profile(profileOfTab(active));
  const actor = active ? actorOf(active, owner) : null;
  const name = active ? [title(active), actor ? `as ${actorMark(actor)}` : ""].filter(Boolean).join(" ") : "";
  const where = owner && !name.includes(owner.name) ? ` · ${owner.name}` : "";
  const text = !active
    ? "Rowhouse"
    : owner?.environment === "production"
      ? `PRODUCTION · ${name}${where} – Rowhouse`
      : `${name}${where} – Rowhouse`;
  useEffect(() => {
    host()
      .setTitle(text)
      // A title that could not be set costs nothing.
      .catch(() => undefined);
  }, [text]);
}

/** Marks the first frame with the kept tabs in it, for whoever measures how soon the window is there. */
function shellDrawn(): void {
  const { dataset } = document.documentElement;
  if (dataset["shell"] === "ready") return;
  requestAnimationFrame(() => {
    if (dataset["shell"] === "ready") return;
    dataset["shell"] = "ready";
    performance.mark("rowhouse:shell");
  });
}

export function Shell() {
  const { ready, tabs, events, runs } = useWorkspace();
  const panel = usePanel();
  const [closing, setClosing] = useState<string | null>(null);
  const actions = useActions(panel, setClosing);
  const [palette, setPalette] = useState(false);
  const settings = useQuery({ queryKey: queryKeys.settings, queryFn: () => host().settings() });
  useShellCommands(actions, panel, () => setPalette((open) => !open), settings.data);
  useWindowTitle();
  useWalkCommands();
  const { narrow, hide } = panel;
  useEffect(() => {
    // What lies over the content goes when another tab comes to the front.
    if (narrow && tabs.active !== null) hide();
  }, [narrow, hide, tabs.active]);
  const inSight = useRef(tabs);
  inSight.current = tabs;
  // What a session says while nothing runs stands among its editor's messages; from elsewhere it is announced.
  useEffect(
    () =>
      events.onMessage((tabId, notice) => {
        // Every window hears it; the one with the editor shows it.
        // A data tab that listens says so itself.
        if (!inSight.current.open.some((tab) => tab.id === tabId && tab.kind !== "relation")) return;
        runs.of(tabId).said(notice);
        const { label, message, detail } = notice;
        if (!isFront(inSight.current, tabId)) toast({ title: `${label}: ${message}`, ...(detail ? { detail } : {}) });
      }),
    [events, runs],
  );
  // What a scan finds is told once, where its connection is worked with and nobody looks at the advisor anyway.
  useEffect(
    () =>
      events.onAdvice(({ profile_id: profileId, database, words }) => {
        const { open, active } = inSight.current;
        const own = open.filter((tab) => "profileId" in tab && tab.profileId === profileId);
        if (own.length === 0 || own.some((tab) => tab.id === active && tab.kind === "advisor")) return;
        toast({
          tone: "warn",
          title: words,
          action: { label: "Open the advisor", onPress: () => actions.advisor(profileId, database) },
        });
      }),
    [events, actions],
  );
  useEffect(
    () =>
      events.onDrop((paths, at) => {
        // What lies under the pointer comes first: a table or schema of the tree.
        if (offerFiles(paths, at)) return;
        const front = inSight.current.open.find((tab) => tab.id === inSight.current.active);
        const [path] = paths;
        // Rows that are dropped on a table go into it.
        if (paths.length === 1 && path !== undefined && front?.kind === "relation" && isData(path))
          openImportInto({ profileId: front.profileId, table: front.object, path });
        else void actions.dropped(paths);
      }),
    [events, actions],
  );
  useEffect(() => {
    if (ready) shellDrawn();
  }, [ready]);
  const opened = useRef(false);
  useEffect(() => {
    if (!ready || opened.current) return;
    opened.current = true;
    host()
      .openedFor()
      .then((target) => (target === null ? undefined : actions.target(target)))
      // Opened for nothing, then.
      .catch(() => undefined);
  }, [ready, actions]);
  return (
    <div className="rh-shell">
      <div className="rh-shell-body">
        <Rail panel={panel} actions={actions} />
        <WithSidePanel panel={panel} side={<SideContent panel={panel} actions={actions} />}>
          <main className="rh-main">
            <Groups actions={actions} />
          </main>
        </WithSidePanel>
      </div>
      <Status />
      <Palette open={palette} onClose={() => setPalette(false)} actions={actions} />
      <ConfirmClose id={closing} onDone={() => setClosing(null)} actions={actions} />
      <Questions />
      <ChooseActor />
      <ExportDialog />
      <ImportDialog />
      <Generating actions={actions} />
      <Structuring actions={actions} />
    </div>
  );
}
