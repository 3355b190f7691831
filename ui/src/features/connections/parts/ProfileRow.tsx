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
  onMenu,
}: ProfileRowProps) {
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
      <span className="rh-truncate font-medium" {...tip(profile.name, keys)}>
        {profile.name}
      </span>
      <span className="home-server rh-truncate text-ink-2">{profile.server ?? profile.driver_label}</span>
      <span className="home-target rh-mono rh-truncate text-ink-2" {...tip(profile.target)}>
        {profile.target}
      </span>
      <Swatch color={`var(--env-${profile.environment})`}>{profile.environment}</Swatch>
      <span className="home-safety flex items-center gap-1 text-data text-ink-2">
        {profile.safety === "read_only" ? (
          <>
            <Icon name="lock" size={12} /> read-only
          </>
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
      {error ? (
        <span className="home-problem">
          {error.message} {error.hint}
        </span>
      ) : null}
    </div>
  );
});
