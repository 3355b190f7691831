/** The body of a connection's activity: one section at a time, what cannot be seen said above it. */
import { type ReactNode, type Ref, useCallback, useEffect, useImperativeHandle, useRef, useState } from "react";
import { Banner, Button, EmptyState, ErrorBlock, type MenuItem, Skeleton, SplitPane } from "@/design";
import {
  type ActivityMoment,
  type ActivitySession,
  type ActivitySizes,
  failureOf,
  failureProps,
  host,
  type ObjectRef,
  type ServerTold,
  type SessionSignal,
  type SlowRows,
} from "@/ipc";
import { LocksPane } from "./LocksPane";
import { type ActivityView, cannot, oneLine, type Section } from "./model";
import { SessionDetails } from "./parts/SessionDetails";
import { ServerPane } from "./ServerPane";
import { SessionsPane } from "./SessionsPane";
import { SizesPane } from "./SizesPane";
import { SlowPane } from "./SlowPane";
import type { History } from "./telling";
import { useForget } from "./useForget";
import { useSignals } from "./useSignals";
import "./activity.css";

/** What a query of the cache has, as far as it is looked at here. */
export interface Read<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

export interface ActivityHandle {
  /** Does it to the chosen session, where it can be done. */
  signal: (signal: SessionSignal) => void;
  filter: () => void;
}

export interface ActivityPaneProps {
  ref?: Ref<ActivityHandle>;
  profileId: string;
  view: ActivityView;
  onView: (change: Partial<ActivityView>) => void;
  moment: Read<ActivityMoment>;
  sizes: Read<ActivitySizes>;
  told: Read<ServerTold>;
  history: History;
  slow: Read<SlowRows>;
  connection: { readonly readOnly: boolean; readonly open: boolean };
  keys: { readonly cancel: string | undefined; readonly kill: string | undefined };
  onOpenRelation: (table: ObjectRef) => void;
  /** Why something can or cannot be done to the chosen session has changed. */
  onChosen: (session: ActivitySession | null) => void;
}

/** Wide enough for details beside the table instead of below it. */
const WIDE = 1_100;

function useWide() {
  const [wide, setWide] = useState(true);
  const observer = useRef<ResizeObserver | null>(null);
  const ref = useCallback((node: HTMLElement | null) => {
    observer.current?.disconnect();
    if (node === null || typeof ResizeObserver === "undefined") return;
    observer.current = new ResizeObserver(([entry]) => entry && setWide(entry.contentRect.width >= WIDE));
    observer.current.observe(node);
  }, []);
  return { wide, ref };
}

function Reading() {
  return (
    <div role="status" aria-busy="true" aria-label="Reading" className="flex flex-col">
      {[0, 1, 2, 3, 4, 5, 6, 7].map((row) => (
        <div key={row} className="flex h-7 items-center gap-6 border-line border-b px-3">
          <Skeleton width={48} />
          <Skeleton width={90 + ((row * 23) % 60)} />
          <Skeleton width={260 - ((row * 37) % 120)} />
        </div>
      ))}
    </div>
  );
}

function Failed({ error, refetch, empty }: { error: unknown; refetch: () => unknown; empty: boolean }) {
  const failure = failureOf(error);
  const again = <Button onClick={() => void refetch()}>Try again</Button>;
  if (!empty) {
    return (
      <div className="p-2">
        <ErrorBlock {...failureProps(failure)} actions={again} />
      </div>
    );
  }
  return (
    <EmptyState
      picture={failure.code === "forbidden" ? "denied" : failure.code === "unreachable" ? "offline" : "error"}
      title="The activity could not be read"
      actions={again}
    >
      {failure.message} {failure.hint}
    </EmptyState>
  );
}

export function ActivityPane(props: ActivityPaneProps) {
  const { profileId, view, onView, connection, keys, onOpenRelation, onChosen } = props;
  const signals = useSignals(profileId);
  const forget = useForget(profileId);
  const [chosen, setChosen] = useState<{ readonly id: string; readonly line: string } | null>(null);
  const [texts, setTexts] = useState({ sessions: "", sizes: "", slow: "" });
  const filter = useRef<HTMLInputElement | null>(null);
  const { wide, ref: measured } = useWide();
  const moment = props.moment.data;
  const session = moment?.sessions.find((each) => each.id === chosen?.id) ?? null;
  const latest = useRef(session);
  latest.current = session;
  const tell = useRef(onChosen);
  tell.current = onChosen;
  // The reasons depend on no more of a session than this.
  const shape = session ? `${session.id} ${session.doing} ${session.asking}` : "";
  useEffect(() => tell.current(latest.current), [shape]);
  useImperativeHandle(props.ref, () => ({
    signal: (signal) => {
      if (session && !cannot(session, signal, connection)) signals.send(session, signal);
    },
    filter: () => filter.current?.focus(),
  }));
  const filterRef = (node: HTMLInputElement | null) => {
    filter.current = node;
  };
  const menu = (each: ActivitySession): readonly MenuItem[] => {
    const copy = (text: string) => () =>
      void host()
        .writeClipboard(text)
        .catch(() => undefined);
    const item = (signal: SessionSignal, label: string, key: string | undefined): MenuItem => ({
      label,
      icon: signal === "kill" ? "close" : "stop",
      ...(key ? { keys: key } : {}),
      disabledReason: cannot(each, signal, connection),
      onSelect: () => signals.send(each, signal),
    });
    return [
      item("cancel", "Cancel statement", keys.cancel),
      item("kill", "End session", keys.kill),
      { separator: true },
      {
        label: "Copy statement",
        icon: "copy",
        disabledReason: oneLine(each.statement) === "" ? "None is told" : undefined,
        onSelect: copy(each.statement ?? ""),
      },
      { label: "Copy session id", onSelect: copy(each.id) },
    ];
  };
  const dimmed = !connection.open;
  const reads: Readonly<Record<Section, Read<ActivityMoment | ActivitySizes | ServerTold | SlowRows>>> = {
    sessions: props.moment,
    locks: props.moment,
    sizes: props.sizes,
    server: props.told,
    slow: props.slow,
  };
  const read = reads[view.section];
  const body = (): ReactNode => {
    if (read.data === undefined) {
      return read.error ? <Failed error={read.error} refetch={read.refetch} empty /> : <Reading />;
    }
    if (view.section === "sizes") {
      return props.sizes.data ? (
        <SizesPane
          sizes={props.sizes.data}
          view={view}
          onView={onView}
          text={texts.sizes}
          onText={(sizes) => setTexts((now) => ({ ...now, sizes }))}
          onOpen={onOpenRelation}
          dimmed={dimmed}
          filterRef={filterRef}
        />
      ) : null;
    }
    if (view.section === "server") {
      return props.told.data ? <ServerPane told={props.told.data} history={props.history} dimmed={dimmed} /> : null;
    }
    if (view.section === "slow") {
      return props.slow.data ? (
        <div className="act">
          <SlowPane
            slow={props.slow.data}
            view={view}
            onView={onView}
            text={texts.slow}
            onText={(slow) => setTexts((now) => ({ ...now, slow }))}
            onForget={forget.ask}
            forgetReason={
              connection.readOnly
                ? "this connection is read-only"
                : connection.open
                  ? undefined
                  : "the connection is not open"
            }
            dimmed={dimmed}
            filterRef={filterRef}
          />
        </div>
      ) : null;
    }
    if (!moment) return null;
    const list =
      view.section === "sessions" ? (
        <div className="act">
          <SessionsPane
            moment={moment}
            view={view}
            onView={onView}
            text={texts.sessions}
            onText={(sessions) => setTexts((now) => ({ ...now, sessions }))}
            selected={chosen?.id ?? null}
            onSelect={(id) => setChosen({ id, line: id })}
            menu={menu}
            dimmed={dimmed}
            filterRef={filterRef}
          />
        </div>
      ) : (
        <LocksPane
          moment={moment}
          selected={chosen?.line ?? null}
          onSelect={(id, line) => setChosen({ id, line })}
          menu={menu}
          dimmed={dimmed}
        />
      );
    return (
      <SplitPane
        direction={wide ? "row" : "column"}
        fixed="second"
        label="Size of the details"
        size={wide ? Math.max(view.details, 240) : Math.min(view.details, 260)}
        onSizeChange={(details) => onView({ details })}
        min={wide ? 240 : 120}
        max={wide ? 640 : 420}
        defaultSize={300}
        first={list}
        second={
          <SessionDetails
            session={session}
            moment={moment}
            connection={connection}
            signals={signals}
            keys={keys}
            onShow={(id) => setChosen({ id, line: id })}
          />
        }
      />
    );
  };
  return (
    <div className="act" ref={measured}>
      {read.data && read.error && connection.open ? (
        <Failed error={read.error} refetch={read.refetch} empty={false} />
      ) : null}
      {read.data?.unseen.map((sentence) => (
        <Banner key={sentence} tone="warn" icon="lock" edge>
          {sentence}
        </Banner>
      ))}
      <div className="act-body">{body()}</div>
      {signals.dialog}
      {forget.dialog}
    </div>
  );
}
