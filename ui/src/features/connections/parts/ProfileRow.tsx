import { type MouseEvent, memo } from "react";
import { Icon, Swatch, tip } from "@/design";
import type { ConnectionPhase, ConnectionProfile } from "@/ipc";
import { colourOf, exactTime, whenOf } from "../home";

export interface ProfileRowProps {
  id: string;
  profile: ConnectionProfile;
  phase: ConnectionPhase;
  selected: boolean;
  file: boolean;
  now: number;
  /** `Alt+1` and the like, for the first nine. */
  keys: string | undefined;
  onSelect: () => void;
  onOpen: () => void;
  onFavourite: () => void;
  /** Its group, where the row does not stand under it. */
  group?: string;
  onMenu: (event: MouseEvent) => void;
}

function When({ profile, phase, now }: Pick<ProfileRowProps, "profile" | "phase" | "now">) {
  const text = whenOf(profile, phase, now);
  const bad = phase.phase === "lost" || phase.phase === "failed";
  const title = bad ? phase.error.message : profile.last_used_ms === null ? undefined : exactTime(profile.last_used_ms);
  const tone = bad ? " text-danger-text" : phase.phase === "open" ? " text-ink" : "";
  return (
    <span className={`home-when rh-meta tabular-nums${tone}`} {...tip(title)}>
      {bad ? <Icon name={phase.phase === "lost" ? "offline" : "error"} size={12} /> : null}
      {phase.phase === "open" ? <Icon name="plug" size={12} /> : null}
      {text}
    </span>
  );
}

/** One connection. What can be pressed inside it is for the pointer only: the keyboard has Enter and the menu key. */
export const ProfileRow = memo(function ProfileRow({
  id,
  profile,
  phase,
  selected,
  file,
  now,
  keys,
  onSelect,
  onOpen,
  onFavourite,
  group,
  onMenu,
}: ProfileRowProps) {
  const favourite = profile.favourite === true;
  const error = phase.phase === "failed" || phase.phase === "lost" ? phase.error : null;
  return (
    <div
      id={id}
      role="option"
      aria-selected={selected}
      className="home-row"
      onClick={onSelect}
      onDoubleClick={onOpen}
      onContextMenu={onMenu}
    >
      <span className="home-stripe" style={{ background: colourOf(profile) }} />
      <Icon name={file ? "file" : "database"} />
      <span className="home-name" {...tip(profile.name, keys)}>
        <span className="rh-truncate font-medium">{profile.name}</span>
        {group ? <span className="rh-meta rh-truncate home-group">{group}</span> : null}
        {profile.actor ? (
          <span
            className="rh-meta home-actor"
            {...tip(`Its tabs begin as ${profile.actor.role ?? "the login, with claims or settings"}`)}
          >
            <Icon name="role" size={12} />
            <span className="rh-truncate">as {profile.actor.role ?? "the login, with claims"}</span>
          </span>
        ) : null}
        {favourite ? <span className="rh-visually-hidden">favourite</span> : null}
        <span
          className="home-star"
          aria-hidden="true"
          data-on={favourite || undefined}
          {...tip(favourite ? "No longer a favourite" : "Mark as a favourite", "*")}
          onClick={(event) => {
            event.stopPropagation();
            onFavourite();
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          <Icon name={favourite ? "star-on" : "star"} size={14} />
        </span>
      </span>
      <span className="home-server rh-truncate text-ink-2">{profile.server ?? profile.driver_label}</span>
      <span className="home-target rh-mono rh-truncate text-ink-2" {...tip(profile.target)}>
        {profile.target}
      </span>
      <Swatch color={`var(--env-${profile.environment})`}>{profile.environment}</Swatch>
      <span className="home-safety text-data text-ink-2">
        {profile.safety === "read_only" ? (
          <>
            <Icon name="lock" size={12} /> read-only
          </>
        ) : profile.safety === "confirm_writes" ? (
          "confirms writes"
        ) : null}
      </span>
      <span className="min-w-0">
        <When profile={profile} phase={phase} now={now} />
        <span className="home-do" aria-hidden="true">
          <span
            className="home-act"
            onClick={(event) => {
              event.stopPropagation();
              onOpen();
            }}
          >
            Open
          </span>
          <span className="home-act" onClick={onMenu}>
            <Icon name="more" size={14} />
          </span>
        </span>
      </span>
      {profile.untrusted_command ? (
        <span className="home-note">Its password comes from a command of a file, which waits for your consent.</span>
      ) : null}
      {error ? (
        <span className="home-problem">
          {error.message} {error.hint}
        </span>
      ) : null}
    </div>
  );
});
