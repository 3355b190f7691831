/** The body of a live view: what is wrong with it above, its rows, how it stands and a message to send below. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { Banner, Button, EmptyState, ErrorBlock, Icon } from "@/design";
import {
  failureProps,
  type HoldProgress,
  host,
  type LiveOffer,
  type LiveState,
  queryKeys,
  type ResultHead,
} from "@/ipc";
import { isFollowing, type LiveView, missing, requestOf, standing } from "./model";
import { PublishBar } from "./PublishBar";
import { useDeed } from "./useDeed";
import type { Following } from "./useLive";
import "./live.css";

/** What draws the rows, and keeps the newest in sight where `follow` says so. */
export interface LiveRows {
  readonly head: ResultHead;
  readonly progress: HoldProgress;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
}

export interface LivePaneProps {
  tab: { readonly id: string; readonly profileId: string; readonly database: string | null };
  offer: LiveOffer | undefined;
  view: LiveView;
  onView: (change: Partial<LiveView>) => void;
  following: Following;
  open: boolean;
  readOnly: string | undefined;
  rows: (rows: LiveRows) => ReactNode;
}

function useClock(on: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!on) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [on]);
  return now;
}

/** Says where the server does not tell of it, and what would make it. */
function Outlook({
  tab,
  offer,
  view,
  readOnly,
}: Pick<LivePaneProps, "tab" | "view" | "readOnly"> & { offer: LiveOffer }) {
  const deed = useDeed();
  const request = requestOf(tab, offer, view);
  const outlook = useQuery({
    queryKey: queryKeys.liveOutlook(tab.profileId, tab.database, offer.id),
    queryFn: () => host().liveOutlook(request),
    retry: false,
    staleTime: 10_000,
  });
  const found = outlook.data;
  if (!found || found.outlook === "ready") return null;
  if (found.outlook === "unknown") {
    return (
      <Banner tone="warn" icon="lock" edge>
        {found.why}
      </Banner>
    );
  }
  const { statement } = found;
  return (
    <Banner
      tone="warn"
      edge
      detail={statement ? <code className="rh-mono rh-selectable">{statement}</code> : null}
      actions={
        statement ? (
          <Button
            dense
            disabledReason={readOnly}
            loading={deed.busy}
            onClick={() =>
              deed.begin(
                (confirmed) => host().liveSwitchOn(request, statement, confirmed),
                () => void outlook.refetch(),
              )
            }
          >
            Send this…
          </Button>
        ) : null
      }
    >
      {found.why}
      {deed.dialog}
    </Banner>
  );
}

/** What stands in the place of rows while there are none. */
function Nothing({ offer, state }: { offer: LiveOffer | undefined; state: LiveState | null }) {
  if (state !== null && isFollowing(state)) {
    return (
      <EmptyState picture="loading" title="Nothing has happened yet">
        It shows here as soon as the server tells of it.
      </EmptyState>
    );
  }
  if (state !== null) {
    return (
      <EmptyState picture="empty" title="Nothing happened">
        Nothing was heard until it ended.
      </EmptyState>
    );
  }
  return (
    <EmptyState picture="empty" title={offer ? offer.label : "Nothing to follow"}>
      {offer?.about} {offer ? "It begins when you press Follow." : null}
    </EmptyState>
  );
}

export function LivePane({ tab, offer, view, onView, following, open, readOnly, rows }: LivePaneProps) {
  const { state, failure, frozen } = following;
  const [follow, setFollow] = useState(true);
  const going = isFollowing(state);
  const now = useClock(going && state?.ends_ms !== null);
  const gone = state ? missing(state) : null;
  // A hold that took the other's place while the view stood still is shown as it is.
  const shownRows = state === null ? 0 : Math.min(frozen ?? state.rows, state.rows);
  const progress: HoldProgress | null =
    state === null
      ? null
      : {
          hold_id: state.head.hold_id,
          rows: shownRows,
          bytes: state.bytes,
          elapsed_ms: 0,
          state: going && !state.paused ? "reading" : "complete",
        };
  return (
    <div className="live">
      {open && offer && !going ? <Outlook tab={tab} offer={offer} view={view} readOnly={readOnly} /> : null}
      {failure ? (
        <div className="p-2">
          <ErrorBlock {...failureProps(failure)} />
        </div>
      ) : null}
      {state?.phase === "lost" ? (
        <Banner tone="danger" edge icon="unplug">
          The connection is lost; it is being opened again. {state.error.message}
        </Banner>
      ) : null}
      {state?.phase === "ended" ? (
        <Banner tone={state.error ? "danger" : "neutral"} edge>
          {state.error
            ? `${state.error.message} ${state.error.hint ?? ""}`
            : `It is followed no longer. ${state.reason}`}
        </Banner>
      ) : null}
      {gone ? (
        <Banner tone="warn" edge>
          {gone}
        </Banner>
      ) : null}
      <div className="live-rows">
        {state && progress && shownRows > 0 ? (
          rows({ head: state.head, progress, follow: follow && !state.paused, onFollow: setFollow })
        ) : (
          <Nothing offer={offer} state={state} />
        )}
      </div>
      {state ? (
        <div className="live-status">
          <span className="live-dot" data-on={state.phase === "following" && !state.paused ? "" : undefined}>
            <Icon name={state.paused ? "pause" : state.phase === "following" ? "run" : "stop"} size={12} />
            {state.paused
              ? "Paused"
              : state.phase === "following"
                ? "Following"
                : state.phase === "lost"
                  ? "Connecting again"
                  : "Ended"}
          </span>
          {standing(state, now, state.paused ? frozen : null).map((part) => (
            <span key={part} className="rh-meta tabular-nums">
              {part}
            </span>
          ))}
          {going && !state.paused && !follow ? (
            <Button dense variant="ghost" icon="arrow-down" onClick={() => setFollow(true)}>
              Newest
            </Button>
          ) : null}
        </div>
      ) : null}
      {offer?.publishes ? (
        <PublishBar
          key={offer.id}
          place={tab}
          kind={offer.id}
          to={view.to}
          onTo={(to) => onView({ to })}
          reason={open ? readOnly : "the connection is not open"}
        />
      ) : null}
    </div>
  );
}
