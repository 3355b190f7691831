/** What happens on a connection's server, while it happens. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { useKeys, useOffers } from "@/commands";
import { EmptyState, Toolbar } from "@/design";
import {
  cannotStart,
  chosenOffer,
  isFollowing,
  LiveChoice,
  LivePane,
  type LiveRows,
  LiveSteering,
  readView,
  requestOf,
  useCaution,
  useLive,
} from "@/features/live";
import { EditableRows, type GridHandle } from "@/features/results";
import { host, type LiveState, queryKeys } from "@/ipc";
import type { Actions } from "../actions";
import type { LiveTab } from "../model";
import { useWorkspace } from "../workspace";
import { ConnectionBanner } from "./ConnectionBanner";
import { Offline } from "./Offline";
import { useFocusWhen } from "./useFocusWhen";
import { useKeptView } from "./useKeptView";

/** The rows in the ordinary grid: the newest stays in sight until somebody scrolls away from it. */
function Rows({ head, progress, follow, onFollow, active }: LiveRows & { active: boolean }) {
  const grid = useRef<GridHandle>(null);
  const moved = useRef(false);
  useEffect(() => {
    if (follow && progress.rows > 0) requestAnimationFrame(() => grid.current?.toEnd());
  }, [follow, progress.rows, head.hold_id]);
  const byHand = () => {
    moved.current = true;
    requestAnimationFrame(() => {
      if (!moved.current || !grid.current) return;
      moved.current = false;
      onFollow(grid.current.atEnd());
    });
  };
  return (
    <div className="h-full min-h-0" onWheel={byHand} onPointerUp={byHand} onKeyUp={byHand}>
      <EditableRows ref={grid} key={head.title} store={null} head={head} progress={progress} active={active} />
    </div>
  );
}

export function LiveDocument({ tab, active, actions }: { tab: LiveTab; active: boolean; actions: Actions }) {
  const { live, events, profile: profileBy } = useWorkspace();
  const { profileId, database } = tab;
  const profile = profileBy(profileId);
  const name = profile?.name ?? "this connection";
  const state = live.connections.get(profileId);
  const phase = state?.phase.phase;
  const open = phase === "open";
  const able = open && state?.can_follow === true;
  const { view, onView } = useKeptView(tab, readView);
  const offers = useQuery({
    queryKey: queryKeys.liveOffers(profileId, database),
    queryFn: () => host().liveOffers(profileId, database),
    enabled: able,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const offer = chosenOffer(offers.data ?? [], view);
  const listen = useCallback((heard: (state: LiveState) => void) => events.onLive(heard), [events]);
  const following = useLive(tab.id, listen);
  const going = isFollowing(following.state);
  const reason = going ? undefined : (cannotStart(offer, view, able) ?? (following.starting ? "it begins" : undefined));
  const caution = useCaution(offer, () => offer && following.start(requestOf(tab, offer, view)));
  const start = () => {
    if (!going && reason === undefined) caution.start();
  };
  const steer = (run: () => void) => ({ run, ...(going ? {} : { disabledReason: "nothing is followed" }) });
  useOffers(
    {
      "live.start": {
        run: () => (going ? following.order("stop") : start()),
        ...(reason ? { disabledReason: reason } : {}),
      },
      "live.pause": steer(() => following.order(following.state?.paused ? "resume" : "pause")),
      "live.clear": steer(() => following.order("clear")),
      ...(going ? { "run.stop": { run: () => following.order("stop") } } : {}),
    },
    active,
  );
  const keys = { start: useKeys("live.start"), pause: useKeys("live.pause"), clear: useKeys("live.clear") };
  const readOnly =
    profile?.safety === "read_only" || (state !== undefined && state.read_only !== null)
      ? "the connection is read-only"
      : undefined;
  const shown = database ?? state?.database ?? null;
  const reconnect = () => void actions.connect(profileId);
  const seen = following.state !== null;
  return (
    <div
      className="flex flex-col h-full min-h-0 outline-none"
      data-scope="live"
      tabIndex={-1}
      ref={useFocusWhen(active, `${seen}`)}
    >
      <Toolbar
        label="Live"
        icon="bell"
        what={
          <>
            {name}
            {shown ? (
              <span className="text-ink-3 font-[400]"> · {/^\d+$/.test(shown) ? `db${shown}` : shown}</span>
            ) : null}
          </>
        }
        end={<LiveSteering offer={offer} view={view} following={following} open={able} keys={keys} onStart={start} />}
      >
        <LiveChoice
          offers={offers.data ?? []}
          offer={offer}
          view={view}
          onView={onView}
          following={following}
          onStart={start}
        />
      </Toolbar>
      <ConnectionBanner state={state} name={name} onReconnect={reconnect} />
      <div className="flex-1 min-h-0 relative">
        {open && !able ? (
          <EmptyState picture="empty" title="Nothing to follow">
            {state?.server?.product ?? "This database"} tells nothing by itself.
          </EmptyState>
        ) : open || seen ? (
          <LivePane
            tab={tab}
            offer={offer}
            view={view}
            onView={onView}
            following={following}
            open={able}
            readOnly={readOnly}
            rows={(rows) => <Rows {...rows} active={active} />}
          />
        ) : phase === "connecting" ? (
          <EmptyState picture="loading" title={`Connecting to ${name}`} />
        ) : (
          <Offline name={name} onConnect={reconnect}>
            What happens is followed when you connect.
          </Offline>
        )}
      </div>
      {caution.dialog}
    </div>
  );
}
