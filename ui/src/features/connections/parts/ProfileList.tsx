/** Connections in groups, as one list for the keyboard and the screen reader. */
import { type KeyboardEvent, type MouseEvent, type Ref, useId } from "react";
import { type MenuItem, openContextMenu } from "@/design";
import type { ConnectionProfile, ConnectionState, DriverForm } from "@/ipc";
import { type ProfileGroup, phaseOf } from "../home";
import { ProfileRow } from "./ProfileRow";

export interface ProfileListProps {
  ref?: Ref<HTMLDivElement>;
  groups: readonly ProfileGroup[];
  states: readonly ConnectionState[];
  drivers: readonly DriverForm[] | undefined;
  selected: string | null;
  onSelect: (id: string) => void;
  onOpen: (profile: ConnectionProfile) => void;
  onRemove: (profile: ConnectionProfile) => void;
  onFavourite: (profile: ConnectionProfile) => void;
  menu: (profile: ConnectionProfile) => readonly MenuItem[];
  now: number;
}

export function ProfileList({
  ref,
  groups,
  states,
  drivers,
  selected,
  onSelect,
  onOpen,
  onRemove,
  onFavourite,
  menu,
  now,
}: ProfileListProps) {
  const id = useId();
  const all = groups.flatMap((group) => group.profiles);
  const at = all.findIndex((profile) => profile.id === selected);
  const rowId = (profile: ConnectionProfile) => `${id}-${profile.id}`;
  const go = (index: number) => {
    const profile = all[Math.max(0, Math.min(index, all.length - 1))];
    if (!profile) return;
    onSelect(profile.id);
    document.getElementById(rowId(profile))?.scrollIntoView?.({ block: "nearest" });
  };
  const openMenu = (profile: ConnectionProfile, event?: MouseEvent) => {
    onSelect(profile.id);
    const target = document.getElementById(rowId(profile));
    const silent = { clientX: 0, clientY: 0, preventDefault: () => {}, stopPropagation: () => {}, target };
    openContextMenu(event ?? silent, menu(profile), profile.name);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const current = all[at];
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(all.length - 1);
    else if (event.key === "Enter" && current) onOpen(current);
    else if (event.key === "Delete" && current) onRemove(current);
    else if (event.key === "*" && current) onFavourite(current);
    else if ((event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) && current) openMenu(current);
    else return;
    event.preventDefault();
  };
  const isFile = (profile: ConnectionProfile) =>
    drivers?.some((driver) => driver.id === profile.driver && driver.opens_files) ?? false;
  const current = all[at];
  return (
    <div
      ref={ref}
      role="listbox"
      aria-label="Connections"
      aria-activedescendant={current ? rowId(current) : undefined}
      tabIndex={0}
      className="home-list"
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (at < 0) go(0);
      }}
    >
      {groups.map((group) => {
        const title = group.name ?? "No group";
        return (
          <div
            key={group.favourites ? "favourites" : `group ${group.name ?? ""}`}
            role="group"
            aria-label={title}
            className="mb-4"
          >
            {groups.length > 1 || group.name !== null ? (
              <div className="flex h-8 items-center gap-2" role="presentation">
                <span className="font-semibold">{title}</span>
                <span className="rh-meta">{group.profiles.length}</span>
              </div>
            ) : null}
            {group.profiles.map((profile) => {
              const place = all.indexOf(profile) + 1;
              return (
                <ProfileRow
                  key={profile.id}
                  id={rowId(profile)}
                  profile={profile}
                  phase={phaseOf(states, profile.id)}
                  selected={profile.id === selected}
                  file={isFile(profile)}
                  now={now}
                  keys={place <= 9 ? `Alt+${place}` : undefined}
                  onSelect={() => onSelect(profile.id)}
                  onOpen={() => onOpen(profile)}
                  onFavourite={() => onFavourite(profile)}
                  {...(group.favourites && profile.group !== null ? { group: profile.group } : {})}
                  onMenu={(event) => openMenu(profile, event)}
                />
              );
            })}
          </div>
        );
      })}
    </div>
  );
}
