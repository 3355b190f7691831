/** What a connection's server is doing; read again by itself while somebody looks. */
import { useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { EmptyState, IconButton, Segmented, Toolbar } from "@/design";
import {
  type ActivityHandle,
  ActivityPane,
  cannot,
  clockTime,
  lockTree,
  readView,
  type Section,
  useAttended,
  useHistory,
  useMoment,
  useSizes,
  useSlow,
  useTold,
} from "@/features/activity";
import type { ActivitySession } from "@/ipc";
import type { Actions } from "../actions";
import type { ActivityTab } from "../model";
import { useWorkspace } from "../workspace";
import { ConnectionBanner } from "./ConnectionBanner";
import { Offline } from "./Offline";
import { useFocusWhen } from "./useFocusWhen";
import { useKeptView } from "./useKeptView";

export function ActivityDocument({ tab, active, actions }: { tab: ActivityTab; active: boolean; actions: Actions }) {
  const { live, profile: profileBy } = useWorkspace();
  const profile = profileBy(tab.profileId);
  const name = profile?.name ?? "this connection";
  const state = live.connections.get(tab.profileId);
  const phase = state?.phase.phase;
  const open = phase === "open";
  const able = open && state?.can_watch === true;
  const { view, onView, latest } = useKeptView(tab, readView);
  const attended = useAttended();
  const reports = state?.can_report === true;
  const lists = state?.can_list_slow === true;
  // A page that was kept may show what this server does not have.
  const section: Section =
    state && ((view.section === "server" && !reports) || (view.section === "slow" && !lists))
      ? "sessions"
      : view.section;
  const watching = section === "sessions" || section === "locks";
  const refreshes = section !== "sizes";
  const fresh = attended && !view.paused;
  const looking = (at: Section) => able && active && section === at;
  const moment = useMoment(tab.profileId, able && active && watching, fresh);
  const sizes = useSizes(tab.profileId, looking("sizes"));
  const told = useTold(tab.profileId, looking("server"), fresh);
  const history = useHistory(told.data);
  const slow = useSlow(tab.profileId, looking("slow"), fresh);
  const read = watching ? moment : section === "sizes" ? sizes : section === "server" ? told : slow;
  const again = () => void read.refetch();

  const pane = useRef<ActivityHandle>(null);
  const [chosen, setChosen] = useState<ActivitySession | null>(null);
  const connection = { readOnly: profile?.safety === "read_only", open };
  const reason = (signal: "cancel" | "kill") => {
    const disabledReason = watching ? cannot(chosen, signal, connection) : "no sessions are shown";
    return disabledReason ? { disabledReason } : {};
  };
  const unable = able ? {} : { disabledReason: "the connection is not open" };
  useOffers(
    {
      "activity.refresh": { run: again, ...unable },
      "activity.pause": { run: () => onView({ paused: !latest.current.paused }) },
      "activity.filter": { run: () => pane.current?.filter() },
      "activity.sessions": { run: () => onView({ section: "sessions" }) },
      "activity.locks": { run: () => onView({ section: "locks" }) },
      "activity.sizes": { run: () => onView({ section: "sizes" }) },
      ...(reports ? { "activity.server": { run: () => onView({ section: "server" }) } } : {}),
      ...(lists ? { "activity.slow": { run: () => onView({ section: "slow" }) } } : {}),
      "activity.cancel": { run: () => pane.current?.signal("cancel"), ...reason("cancel") },
      "activity.kill": { run: () => pane.current?.signal("kill"), ...reason("kill") },
    },
    active,
  );
  const keys = {
    refresh: useKeys("activity.refresh"),
    pause: useKeys("activity.pause"),
    sessions: useKeys("activity.sessions"),
    locks: useKeys("activity.locks"),
    sizes: useKeys("activity.sizes"),
    server: useKeys("activity.server"),
    slow: useKeys("activity.slow"),
    cancel: useKeys("activity.cancel"),
    kill: useKeys("activity.kill"),
  };
  const waiting = useMemo(
    () => (moment.data ? lockTree(moment.data).filter((line) => line.wait).length : 0),
    [moment.data],
  );
  const choice = (value: Section, label: string, count?: number) => ({
    value,
    label,
    ...(count === undefined ? {} : { count }),
    ...(keys[value] ? { keys: keys[value], tooltip: label } : {}),
  });
  const reconnect = () => void actions.connect(tab.profileId);
  const seen = read.data !== undefined;
  const asOf = !refreshes || view.paused || !attended || !open ? "as of " : "";
  return (
    <div
      className="flex flex-col h-full min-h-0 outline-none"
      data-scope="activity"
      tabIndex={-1}
      ref={useFocusWhen(active, `${section} ${seen}`)}
    >
      <Toolbar
        label="Activity"
        icon="chart"
        what={
          <>
            {name}
            {state?.database && section === "sizes" ? (
              <span className="text-ink-3 font-[400]"> · {state.database}</span>
            ) : null}
          </>
        }
        end={
          <>
            {read.data ? (
              <span className="rh-meta tabular-nums" aria-live="off">
                {asOf}
                {clockTime(read.data.at_ms)}
              </span>
            ) : null}
            {refreshes ? (
              <IconButton
                icon={view.paused ? "run" : "pause"}
                label={view.paused ? "Go on reading by itself" : "Pause"}
                pressed={view.paused}
                {...(keys.pause ? { keys: keys.pause } : {})}
                onClick={() => onView({ paused: !view.paused })}
              />
            ) : null}
            <IconButton
              icon="refresh"
              label="Read again"
              disabledReason={able ? undefined : "the connection is not open"}
              {...(keys.refresh ? { keys: keys.refresh } : {})}
              onClick={again}
            />
          </>
        }
      >
        <Segmented
          label="What of it"
          dense
          value={section}
          onChange={(next) => onView({ section: next })}
          options={[
            choice("sessions", "Sessions", moment.data?.sessions.filter((each) => each.background === null).length),
            choice("locks", "Locks", moment.data ? waiting : undefined),
            choice("sizes", "Sizes"),
            ...(reports ? [choice("server", "Server")] : []),
            ...(lists ? [choice("slow", "Slow log", slow.data?.statements.length)] : []),
          ]}
        />
      </Toolbar>
      <ConnectionBanner state={state} name={name} onReconnect={reconnect} />
      <div className="flex-1 min-h-0 relative">
        {open && !able ? (
          <EmptyState picture="empty" title="No sessions to watch">
            {state?.server?.product ?? "This database"} does not tell what others do with it.
          </EmptyState>
        ) : open || seen ? (
          <ActivityPane
            ref={pane}
            profileId={tab.profileId}
            view={section === view.section ? view : { ...view, section }}
            onView={onView}
            moment={moment}
            sizes={sizes}
            told={told}
            history={history}
            slow={slow}
            connection={connection}
            keys={keys}
            onOpenRelation={(table) => actions.relation(tab.profileId, table)}
            onChosen={setChosen}
          />
        ) : phase === "connecting" ? (
          <EmptyState picture="loading" title={`Connecting to ${name}`} />
        ) : (
          <Offline name={name} onConnect={reconnect}>
            What the server does is read when you connect.
          </Offline>
        )}
      </div>
    </div>
  );
}
