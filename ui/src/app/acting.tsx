/** Whom tabs act as: what they chose, or what their connection says; the dialog that changes it. */
import { type ReactNode, useSyncExternalStore } from "react";
import { useKeys } from "@/commands";
import { IconButton } from "@/design";
import { ActAsDialog, type Acting, ActingStripe, actorWords, type LeftActor, sameActor } from "@/features/acting";
import type { ConnectionProfile, PolicyActor } from "@/ipc";
import { focusDocumentWhenShown } from "./focus";
import type { OpenTab, QueryTab, RelationTab } from "./model";
import { useWorkspace } from "./workspace";

export type ActingTab = QueryTab | RelationTab;

export const mayAct = (tab: OpenTab | undefined): tab is ActingTab =>
  tab?.kind === "query" || (tab?.kind === "relation" && tab.object.kind === "relation");

/** Whom a tab acts as; `null` is the login. */
export function actorOf(tab: OpenTab, profile: ConnectionProfile | undefined): PolicyActor | null {
  if (!mayAct(tab)) return null;
  return tab.acting === undefined ? (profile?.actor ?? null) : tab.acting;
}

/** Why whom a tab acts as cannot be changed now; `null` where it can. */
export function useNoActing(): (tab: OpenTab | undefined) => string | null {
  const { live } = useWorkspace();
  return (tab) => {
    if (!mayAct(tab)) return "it is for tables and queries";
    const state = tab.profileId === null ? undefined : live.connections.get(tab.profileId);
    if (tab.profileId === null) return "no connection belongs to this tab";
    if (state?.phase.phase !== "open") return "the connection is not open";
    if (state.can_act_as !== true) return "in this database nobody acts as somebody else";
    return inTransaction(live.sessions.get(tab.id)) ? TRANSACTION : null;
  };
}

const TRANSACTION = "a transaction is open here: commit it or roll it back first";

const inTransaction = (session: { link: string; transaction: string } | undefined): boolean =>
  session?.link === "up" && session.transaction !== "idle";

/** Whether a database knows acting at all, as far as is known. */
export function useKnowsActing(): (profileId: string | null) => boolean {
  const { live } = useWorkspace();
  return (profileId) => profileId !== null && live.connections.get(profileId)?.can_act_as === true;
}

/** The tab whose actor is being chosen. */
let choosing: string | null = null;
/** What was written for a tab and not taken. */
const drafts = new Map<string, PolicyActor>();
const listeners = new Set<() => void>();

function choose(tabId: string | null): void {
  choosing = tabId;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

export interface ActingWays {
  /** Asks whom the tab shall act as. */
  readonly ask: (tab: OpenTab) => void;
  readonly act: (tab: OpenTab, acting: Acting) => void;
  /** As the login; where that is what the connection says, as the connection. */
  readonly stop: (tab: OpenTab) => void;
}

export function useActingWays(): ActingWays {
  const { dispatch, profile } = useWorkspace();
  const act = ({ id }: OpenTab, acting: Acting) => dispatch({ type: "act", id, acting });
  return {
    ask: ({ id }) => choose(id),
    act,
    stop: (tab) => act(tab, mayAct(tab) && profile(tab.profileId)?.actor ? null : undefined),
  };
}

/** The button of a tab's toolbar, where its database knows acting. */
export function useActAsButton(tab: ActingTab): ReactNode {
  const { profile } = useWorkspace();
  const keys = useKeys("tab.act-as");
  const knows = useKnowsActing()(tab.profileId);
  const reason = useNoActing()(tab);
  const ways = useActingWays();
  if (!knows || !mayAct(tab)) return null;
  const actor = actorOf(tab, profile(tab.profileId));
  return (
    <IconButton
      icon="role"
      label={actor ? `Acts as ${actorWords(actor)}` : "Act as somebody"}
      pressed={actor !== null}
      {...(keys ? { keys } : {})}
      disabledReason={reason ?? undefined}
      onClick={() => ways.ask(tab)}
    />
  );
}

/** What stands across the top of a tab that acts as somebody. */
export function Stripe({ tab, left }: { tab: ActingTab; left: LeftActor | null }) {
  const { live, profile } = useWorkspace();
  const ways = useActingWays();
  const reason = useNoActing()(tab);
  const owner = profile(tab.profileId);
  return (
    <ActingStripe
      actor={actorOf(tab, owner)}
      own={owner?.actor ?? null}
      left={left}
      held={reason}
      bound={inTransaction(live.sessions.get(tab.id)) ? TRANSACTION : null}
      onChange={() => ways.ask(tab)}
      onStop={() => ways.stop(tab)}
      onOwn={() => ways.act(tab, undefined)}
    />
  );
}

/** The dialog, over whatever tab asked for it. */
export function ChooseActor() {
  const { tabs, profile } = useWorkspace();
  const ways = useActingWays();
  const id = useSyncExternalStore(subscribe, () => choosing);
  const tab = tabs.open.find((each) => each.id === id);
  if (!mayAct(tab) || tab.profileId === null) return null;
  const own = profile(tab.profileId);
  const acting = actorOf(tab, own);
  const open = tabs.open.flatMap((each) =>
    mayAct(each) && each.profileId === tab.profileId ? (actorOf(each, own) ?? []) : [],
  );
  const done = (run: () => void) => {
    drafts.delete(tab.id);
    choose(null);
    run();
    focusDocumentWhenShown();
  };
  return (
    <ActAsDialog
      key={tab.id}
      title={tab.title}
      profileId={tab.profileId}
      database={tab.kind === "query" ? tab.database : tab.object.database}
      initial={drafts.get(tab.id) ?? acting}
      acting={acting}
      open={open}
      onAct={(actor) => done(() => ways.act(tab, own?.actor && sameActor(own.actor, actor) ? undefined : actor))}
      onStop={() => done(() => ways.stop(tab))}
      onClose={(draft) => {
        if (sameActor(draft, acting)) drafts.delete(tab.id);
        else drafts.set(tab.id, draft);
        choose(null);
      }}
    />
  );
}
