/** Where the program begins: the sample, a new connection, a file, and the connections there are. */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { Button, ConfirmDialog, ErrorBlock, type MenuItem, SearchField, toast } from "@/design";
import { type AppError, type ConnectionProfile, type ConnectionState, failureOf, failureProps, host } from "@/ipc";
import "./connections.css";
import { groupProfiles, groupsOf, listed, matchesWords, phaseOf } from "./home";
import { ImportPage } from "./ImportPage";
import { closeImport, openImport, useImporting } from "./importing";
import { draftOf, editForm } from "./model";
import { HomeFooter, ReadingRows } from "./parts/HomeFooter";
import { ProfileList } from "./parts/ProfileList";
import { StartCards } from "./parts/StartCards";
import { useAbout, useDrivers, useProfiles } from "./queries";

export interface HomePageProps {
  states: readonly ConnectionState[];
  onOpen: (profileId: string) => void;
  onNew: () => void;
  onEdit: (profileId: string) => void;
  /** May take a moment the first time: the sample is made then. */
  onOpenSample: () => void | Promise<void>;
  onOpenFile: () => void;
}

/** The minute, so that "today 11:02" becomes "yesterday" on a page that stays open. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 60_000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}

export function HomePage({ states, onOpen, onNew, onEdit, onOpenSample, onOpenFile }: HomePageProps) {
  const profiles = useProfiles();
  const drivers = useDrivers();
  const about = useAbout();
  const now = useNow();
  const [text, setText] = useState("");
  const [selected, setSelected] = useState<string | null>(null);
  const [removing, setRemoving] = useState<ConnectionProfile | null>(null);
  const [busy, setBusy] = useState(false);
  const [opening, setOpening] = useState(false);
  const importing = useImporting();
  const [failure, setFailure] = useState<AppError | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const sampleButton = useRef<HTMLButtonElement>(null);

  const all = useMemo(() => listed(profiles.data ?? [], states), [profiles.data, states]);
  const groups = useMemo(
    () => groupProfiles(all.filter((profile) => text.trim() === "" || matchesWords(profile, text.trim()))),
    [all, text],
  );
  const shown = groups.flatMap((group) => group.profiles);
  const fresh = profiles.data !== undefined && all.length === 0;
  // The keyboard starts where the next thing to do is.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || !profiles.data) return;
    begun.current = true;
    if (document.activeElement && document.activeElement !== document.body) return;
    (all.length > 0 ? list : sampleButton).current?.focus({ preventScroll: true });
  }, [profiles.data, all.length]);

  const attempt = async (work: () => Promise<unknown>) => {
    setFailure(null);
    try {
      await work();
    } catch (thrown) {
      setFailure(failureOf(thrown));
    }
  };
  const openSample = async () => {
    setOpening(true);
    await attempt(async () => onOpenSample());
    setOpening(false);
  };
  const remove = async (profile: ConnectionProfile) => {
    setBusy(true);
    await attempt(() => host().removeProfile(profile.id));
    setBusy(false);
    setRemoving(null);
    list.current?.focus();
  };
  const copyName = (profile: ConnectionProfile) => attempt(() => host().writeClipboard(profile.name));
  const favourite = (profile: ConnectionProfile) =>
    attempt(() => host().setFavourite(profile.id, profile.favourite !== true));
  const move = (profile: ConnectionProfile, group: string | null) =>
    attempt(async () => {
      const driver = drivers.data?.find((each) => each.id === profile.driver);
      // All its values, also those that a form would not show now.
      if (driver) await host().saveProfile({ ...draftOf(driver, editForm(profile)), values: profile.values, group });
    });
  const exported = (names: readonly string[]) =>
    attempt(async () => {
      const path = await host().pickSavePath("Export connections", "connections.json");
      if (path === null) return;
      await host().exportConnections([...names], path);
      toast({ title: "The connections are exported, without passwords", detail: path, tone: "ok" });
    });
  const duplicate = (profile: ConnectionProfile) =>
    attempt(async () => {
      const copy = await host().duplicateProfile(profile.id);
      setSelected(copy.id);
      toast({ title: `${copy.name} is made`, tone: "ok" });
    });
  const names = groupsOf(all);
  const menu = (profile: ConnectionProfile): readonly MenuItem[] => {
    const isOpen = phaseOf(states, profile.id).phase !== "closed";
    const own = profile.sample ? "The sample is part of Rowhouse" : undefined;
    return [
      { label: "Open", icon: "plug", keys: "Enter", onSelect: () => onOpen(profile.id) },
      { label: "Edit", icon: "edit", disabledReason: own, onSelect: () => onEdit(profile.id) },
      { label: "Duplicate", icon: "copy", onSelect: () => void duplicate(profile) },
      {
        label: profile.favourite ? "No longer a favourite" : "Mark as a favourite",
        icon: profile.favourite ? "star-on" : "star",
        keys: "*",
        onSelect: () => void favourite(profile),
      },
      {
        label: "Group",
        icon: "folder",
        disabledReason: own ?? (names.length === 0 ? "There is no group yet: name one in its form" : undefined),
        items: [...names, null].map((group) => ({
          label: group ?? "No group",
          checked: group === profile.group,
          onSelect: () => void move(profile, group),
        })),
      },
      {
        label: "Export",
        icon: "upload",
        disabledReason: own,
        onSelect: () => void exported([profile.name]),
      },
      { label: "Copy name", onSelect: () => void copyName(profile) },
      { separator: true },
      {
        label: "Disconnect",
        icon: "unplug",
        disabledReason: isOpen ? undefined : "It is not connected",
        onSelect: () => void attempt(() => host().disconnect(profile.id)),
      },
      {
        label: "Delete",
        icon: "trash",
        keys: "Delete",
        danger: true,
        disabledReason: own,
        onSelect: () => setRemoving(profile),
      },
    ];
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const place = /^Digit([1-9])$/.exec(event.code)?.[1] ?? (/^[1-9]$/.test(event.key) ? event.key : undefined);
    const profile = place === undefined ? undefined : shown[Number(place) - 1];
    if (!profile) return;
    event.preventDefault();
    onOpen(profile.id);
  };

  if (importing) return <ImportPage keychain={about.data?.keychain ?? null} onClose={closeImport} />;
  return (
    <div ref={root} className="home" data-scope="home" tabIndex={-1} onKeyDown={onKeyDown}>
      <div className="home-inner">
        <div className="mb-5 flex items-center gap-2">
          <h1 className="text-title font-semibold">Connections</h1>
          <div className="ml-auto flex items-center gap-2">
            <Button icon="download" onClick={openImport}>
              Import
            </Button>
            <Button
              icon="upload"
              disabledReason={
                all.some((profile) => !profile.sample) ? undefined : "There is no connection of yours yet"
              }
              onClick={() => void exported([])}
            >
              Export
            </Button>
          </div>
          <div className="w-[240px] min-w-[120px]">
            <SearchField
              label="Find a connection"
              value={text}
              onChange={setText}
              onKeyDown={(event) => {
                if (event.key === "ArrowDown") {
                  event.preventDefault();
                  list.current?.focus();
                } else if (event.key === "Enter" && text !== "" && shown[0]) onOpen(shown[0].id);
              }}
            />
          </div>
        </div>
        <StartCards
          about={about.data}
          drivers={drivers.data}
          fresh={fresh}
          sampleButton={sampleButton}
          opening={opening}
          onOpenSample={() => void openSample()}
          onNew={onNew}
          onOpenFile={onOpenFile}
        />
        <div className="mt-6 mb-3 flex h-7 items-center border-line border-b text-ink-3 text-meta">Recent</div>
        {failure ? (
          <div className="mb-3">
            <ErrorBlock {...failureProps(failure)} />
          </div>
        ) : null}
        {profiles.error ? (
          <ErrorBlock
            {...failureProps(failureOf(profiles.error))}
            actions={
              <Button dense onClick={() => void profiles.refetch()}>
                Try again
              </Button>
            }
          />
        ) : profiles.data === undefined ? (
          <ReadingRows />
        ) : all.length === 0 ? (
          <p className="text-ink-2">The connections you make are listed here, the last used one first.</p>
        ) : groups.length === 0 ? (
          <p className="text-ink-2">
            No connection has “{text.trim()}” in its name, group, environment or address.{" "}
            <Button variant="ghost" dense onClick={() => setText("")}>
              Show all
            </Button>
          </p>
        ) : (
          <ProfileList
            ref={list}
            groups={groups}
            states={states}
            drivers={drivers.data}
            selected={selected}
            onSelect={setSelected}
            onOpen={(profile) => onOpen(profile.id)}
            onRemove={(profile) => {
              if (!profile.sample) setRemoving(profile);
            }}
            onFavourite={(profile) => void favourite(profile)}
            menu={menu}
            now={now}
          />
        )}
        <HomeFooter count={shown.length} about={about.data} />
      </div>
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        onConfirm={() => removing && void remove(removing)}
        title={`Delete ${removing?.name ?? ""}?`}
        description={`${removing?.name ?? "The connection"} is removed from this computer${removing?.password === "keychain" ? ", and its password from the keychain" : ""}. This cannot be undone; the database itself is not touched.`}
        confirmLabel="Delete"
        danger
        loading={busy}
      />
    </div>
  );
}
