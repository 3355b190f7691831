import { useQuery } from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";
import { useKeys, useRunCommand } from "@/commands";
import { Icon, Menu, Spinner, StatusBar, StatusItem, StatusMark } from "@/design";
import { actorLines, actorWords } from "@/features/acting";
import { useDiagramStatus } from "@/features/erd";
import {
  completeness,
  formatCount,
  formatDuration,
  isBusy,
  LAST_SECONDS,
  type RunStore,
  useNow,
} from "@/features/results";
import { TransferChips } from "@/features/transfer";
import { type ConnectionProfile, host, queryKeys, type SessionSetting, type TabSession } from "@/ipc";
import { actorOf } from "./acting";
import { colourOf } from "./colours";
import { readView } from "./documents/queryView";
import { profileOfTab, type QueryTab } from "./model";
import { endingTransaction, phaseWords, serverWords, transactionWords } from "./status";
import { useSql } from "./useSql";
import { useWorkspace } from "./workspace";

const TONES = { quiet: "", warn: "text-warn-text font-[500]", danger: "text-danger-text font-[500]" } as const;

/** The run of the tab in front: rows, time, and whether every row is here. */
function RunStatus({ store, title }: { store: RunStore; title: string }) {
  const run = useSyncExternalStore(store.subscribe, store.snapshot);
  const set = run.sets.find((each) => each.head.hold_id === run.active) ?? run.sets.at(-1);
  if (run.phase === "idle") return null;
  const busy = isBusy(run);
  const progress = set?.progress;
  const elapsed = progress?.elapsed_ms ?? run.elapsedMs;
  const said = progress ? completeness(progress) : null;
  return (
    <>
      <StatusItem tooltip={`The last run of ${title}`}>
        <span className="inline-flex items-center gap-1">
          {busy ? <Spinner /> : null}
          {progress?.state === "reading" ? `${formatCount(progress.rows)} rows · ` : ""}
          {elapsed === null ? "running" : formatDuration(elapsed)}
        </span>
      </StatusItem>
      {said && progress && progress.state !== "reading" ? (
        <StatusItem keep {...(said.tone === "ok" ? {} : { icon: "warning" as const })}>
          <span className={said.tone === "ok" ? "" : TONES[said.tone]}>{said.text}</span>
        </StatusItem>
      ) : null}
    </>
  );
}

/** Says, wherever the focus is, that a pause is about to cost the transaction. */
function PauseWarning({ store }: { store: RunStore }) {
  const run = useSyncExternalStore(store.subscribe, store.snapshot);
  const waiting = run.sets.find((set) => set.progress.state === "paused" && set.progress.fails_transaction)?.progress;
  const now = useNow(waiting !== undefined);
  if (waiting?.state !== "paused") return null;
  const left = Math.max(0, Math.ceil((waiting.until_ms - now) / 1000));
  return (
    <StatusItem
      icon="warning"
      keep
      tooltip="A result waits half-read. When its time is over the server cancels it and the transaction fails. Load all rows, or stop."
    >
      <span className={left <= LAST_SECONDS ? TONES.danger : TONES.warn}>
        {`transaction fails in ${left} s: load all or stop`}
      </span>
    </StatusItem>
  );
}

/** Who ends the tab's transactions, how the present one stands, and a menu to change the former. */
function Transactions({
  tab,
  session,
  readOnly,
}: {
  tab: QueryTab;
  session: TabSession | undefined;
  readOnly: boolean;
}) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const command = useRunCommand();
  const { manual } = readView(tab.view);
  const words = transactionWords(session, manual);
  const open = session?.link === "up" && session.transaction !== "idle";
  const disabledReason = open
    ? "A transaction is open: commit it or roll it back first"
    : readOnly
      ? "A read-only connection has nothing to commit"
      : undefined;
  const choose = (wanted: boolean) => {
    if (wanted !== manual) command("query.transactions");
  };
  return (
    <>
      <button
        type="button"
        className="rh-status-item"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        aria-label={`Transactions: ${manual ? "manual" : "auto-commit"}, ${open ? session.transaction : "none open"}`}
        data-tip={manual ? "You commit what this tab's statements do" : "What each statement does is kept at once"}
        onClick={(event) => setAnchor(anchor ? null : event.currentTarget)}
      >
        <span className={TONES[words.tone]}>{words.text}</span>
      </button>
      <Menu
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        anchor={anchor}
        label="Transactions"
        side="top"
        items={[
          {
            label: "Auto-commit",
            meta: "each statement is kept at once",
            checked: !manual,
            disabledReason: manual ? disabledReason : undefined,
            onSelect: () => choose(false),
          },
          {
            label: "Manual",
            meta: "you commit or roll back",
            checked: manual,
            disabledReason: manual ? undefined : disabledReason,
            onSelect: () => choose(true),
          },
        ]}
      />
    </>
  );
}

/** Says, wherever one is, that a transaction nobody uses is about to be rolled back. */
function EndingTransaction() {
  const { live, tabs } = useWorkspace();
  const settings = useQuery({ queryKey: queryKeys.settings, queryFn: () => host().settings() });
  const limit = settings.data?.idle_transaction_min ?? 0;
  const open = [...live.sessions.values()].some((session) => session.unused_since_ms !== null);
  const now = useNow(open && limit > 0);
  const ending = endingTransaction(live.sessions.values(), limit, now);
  if (!ending) return null;
  const tab = tabs.open.find((each) => each.id === ending.tabId);
  const title = tab && "title" in tab ? tab.title : "A query";
  return (
    <button
      type="button"
      className="rh-status-item"
      data-tip={`Its locks may hold others up. ${formatCount(limit)} min without use is the limit in the settings.`}
      onClick={() => void host().keepTransaction(ending.tabId)}
    >
      <Icon name="warning" size={12} />
      <span className={TONES.danger} role="alert">
        {`${title}: transaction rolled back in ${ending.seconds} s. Keep it`}
      </span>
    </button>
  );
}

/** How lines end in the tab's file, or will. */
function LineEnds({ tab }: { tab: QueryTab }) {
  const { dispatch } = useWorkspace();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const choose = (crlf: boolean) => {
    if (crlf === tab.crlf) return;
    dispatch({ type: "change", id: tab.id, change: { crlf, ...(tab.path === null ? {} : { dirty: true }) } });
  };
  return (
    <>
      <button
        type="button"
        className="rh-status-item"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        aria-label={`Line ends: ${tab.crlf ? "CRLF" : "LF"}`}
        data-tip="How lines end in the saved file"
        onClick={(event) => setAnchor(anchor ? null : event.currentTarget)}
      >
        {tab.crlf ? "CRLF" : "LF"}
      </button>
      <Menu
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        anchor={anchor}
        label="Line ends"
        side="top"
        items={[
          { label: "LF", meta: "Linux, macOS", checked: !tab.crlf, onSelect: () => choose(false) },
          { label: "CRLF", meta: "Windows", checked: tab.crlf, onSelect: () => choose(true) },
        ]}
      />
    </>
  );
}

/** A setting of the session, and a menu that runs the statement which switches it. */
function Setting({ setting, session, store }: { setting: SessionSetting; session: TabSession; store: RunStore }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const busy = session.running ? "A statement is running" : undefined;
  return (
    <>
      <button
        type="button"
        className="rh-status-item"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        data-tip={`${setting.name}, as this session has it`}
        onClick={(event) => setAnchor(anchor ? null : event.currentTarget)}
      >
        {setting.name}: {setting.value}
        <Icon name="chevron-up" size={12} />
      </button>
      <Menu
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        anchor={anchor}
        label={setting.name}
        side="top"
        items={setting.choices.map((choice) => ({
          label: choice.label,
          checked: choice.label === setting.value,
          meta: choice.statement,
          disabledReason: busy,
          onSelect: () =>
            void store.run({
              profileId: session.profile_id,
              database: session.database,
              text: choice.statement,
              base: 0,
              parameters: [],
            }),
        }))}
      />
    </>
  );
}

function Idle({ connections, open }: { connections: number; open: number }) {
  const { active } = useWorkspace();
  const about = useQuery({ queryKey: queryKeys.about, queryFn: () => host().about() });
  const keychain = about.data?.keychain;
  return (
    <StatusBar
      end={
        <>
          <TransferChips />
          <StatusItem>{`${connections} ${connections === 1 ? "connection" : "connections"} · ${open} open`}</StatusItem>
          {active?.kind === "query" ? <LineEnds tab={active} /> : null}
        </>
      }
    >
      <span className="pl-3">{about.data ? `Rowhouse ${about.data.version}` : "Rowhouse"}</span>
      {keychain ? (
        <StatusItem
          icon={keychain.works ? "lock" : "warning"}
          {...(keychain.reason ? { tooltip: keychain.reason } : {})}
        >
          {`Keychain: ${keychain.name}, ${keychain.works ? "working" : "not working"}`}
        </StatusItem>
      ) : null}
    </StatusBar>
  );
}

/** How the diagram in front was laid out, and whether where its tables lie is kept. */
function DiagramStatus({ tabId }: { tabId: string }) {
  return useDiagramStatus(tabId).map((words) => <StatusItem key={words}>{words}</StatusItem>);
}

function Connected({ profile }: { profile: ConnectionProfile }) {
  const sql = useSql(profile);
  const { live, active, runs, journal, tabs } = useWorkspace();
  useSyncExternalStore(runs.subscribe, runs.snapshot);
  const unsaved = useSyncExternalStore(journal.subscribe, () => active !== undefined && journal.failing(active.id));
  const command = useRunCommand();
  const keys = useKeys("tab.act-as");
  const actor = active ? actorOf(active, profile) : null;
  const state = live.connections.get(profile.id);
  const session = active ? live.sessions.get(active.id) : undefined;
  const store = active?.kind === "query" ? runs.peek(active.id) : undefined;
  const elsewhere = tabs.open.filter((tab) => {
    const other = tab.id === active?.id ? undefined : runs.peek(tab.id);
    return other !== undefined && isBusy(other.snapshot());
  });
  const phase = phaseWords(state);
  const server = serverWords(state, profile.server);
  const readOnly = session?.read_only ?? (state ? state.read_only !== null : profile.safety === "read_only");
  return (
    <StatusBar
      end={
        <>
          <TransferChips />
          {elsewhere.length ? (
            <StatusItem>
              <span className="inline-flex items-center gap-1">
                <Spinner />
                {elsewhere.length === 1 ? "1 other run" : `${elsewhere.length} other runs`}
              </span>
            </StatusItem>
          ) : null}
          {unsaved ? (
            <StatusItem
              icon="warning"
              keep
              tooltip="The text could not be put on disk. It is tried again; do not close the window."
            >
              <span className={TONES.danger}>not saved</span>
            </StatusItem>
          ) : null}
          <EndingTransaction />
          {store ? <PauseWarning store={store} /> : null}
          {store ? <RunStatus store={store} title={active && "title" in active ? active.title : ""} /> : null}
          {session && store
            ? session.settings.map((setting) => (
                <Setting key={setting.name} setting={setting} session={session} store={store} />
              ))
            : null}
          {active?.kind === "diagram" ? <DiagramStatus tabId={active.id} /> : null}
          {state && phase === null ? (
            <StatusItem tooltip="Sessions open on this connection, and the most it may have">
              {`${state.sessions}/${state.session_limit} sessions`}
            </StatusItem>
          ) : null}
          {active?.kind === "query" ? <LineEnds tab={active} /> : null}
        </>
      }
    >
      <StatusMark
        color={colourOf(profile)}
        {...(profile.environment === "production" ? { tone: "danger" as const } : {})}
      >
        {profile.environment}
      </StatusMark>
      <StatusItem>
        <span className="font-[500] text-ink">{profile.name}</span>
        {server ? ` · ${server}` : ""}
      </StatusItem>
      {actor ? (
        <StatusItem
          icon="role"
          keep
          tooltip={["This tab acts as", ...actorLines(actor)].join("\n")}
          {...(keys ? { keys } : {})}
          onPress={() => command("tab.act-as")}
        >
          {`as ${actorWords(actor)}`}
        </StatusItem>
      ) : null}
      {readOnly ? (
        <StatusItem
          icon="lock"
          keep
          {...(state?.read_only ? { tooltip: `Writes are refused by ${state.read_only}` } : {})}
        >
          read-only
        </StatusItem>
      ) : null}
      {!readOnly && profile.safety === "confirm_writes" ? (
        <StatusItem keep tooltip="What changes something is shown first and waits for your yes">
          confirms writes
        </StatusItem>
      ) : null}
      {profile.recorded === false ? (
        <StatusItem
          icon="eye-off"
          keep
          tooltip="Statements of this connection stay out of the history, the audit trail and completion; its catalogs stay off the disk."
        >
          not recorded
        </StatusItem>
      ) : null}
      {session?.link === "up" && session.pooled ? (
        <StatusItem
          keep
          tooltip="A pooler may give each transaction another session of the server: settings, temporary tables and LISTEN may not last from one statement to the next."
        >
          pooled
        </StatusItem>
      ) : null}
      {phase ? (
        <StatusItem keep {...(phase.tone === "danger" ? { icon: "unplug" as const } : {})}>
          <span className={TONES[phase.tone]}>{phase.text}</span>
        </StatusItem>
      ) : null}
      {active?.kind === "query" && (sql || session?.transaction === "open") ? (
        <Transactions tab={active} session={session} readOnly={readOnly} />
      ) : null}
    </StatusBar>
  );
}

/** The bottom line: where the tab in front works, and how that stands. */
export function Status() {
  const { active, profile, profiles, live } = useWorkspace();
  const owner = profile(profileOfTab(active));
  if (owner) return <Connected profile={owner} />;
  const open = [...live.connections.values()].filter((state) => state.phase.phase === "open").length;
  return <Idle connections={profiles.length} open={open} />;
}
