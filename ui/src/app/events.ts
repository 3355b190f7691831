/** What the core tells this window: one subscription; caches dropped by topic; connections, sessions and questions kept here. */
import type { QueryClient } from "@tanstack/react-query";
import {
  type AdvisorNews,
  type AppEvent,
  type ConnectionState,
  type HoldProgress,
  host,
  type LiveState,
  type NoticeRow,
  type Place,
  type QuestionKind,
  type TabSession,
  topicKeys,
} from "@/ipc";

export interface Question {
  readonly id: string;
  readonly profileId: string | null;
  readonly kind: QuestionKind;
}

export interface Live {
  readonly connections: ReadonlyMap<string, ConnectionState>;
  /** By tab. */
  readonly sessions: ReadonlyMap<string, TabSession>;
  readonly questions: readonly Question[];
}

/** Everything was forgotten: what this window still has goes with the page, the new one begins as the first did. */
function beginAnew(): void {
  try {
    window.localStorage.clear();
  } catch {
    // A storage that is forbidden holds nothing.
  }
  window.location.reload();
}

const without = <K, V>(map: ReadonlyMap<K, V>, key: K): Map<K, V> => {
  const next = new Map(map);
  next.delete(key);
  return next;
};

/** What is known after an event. */
export function after(live: Live, event: AppEvent): Live {
  switch (event.event) {
    case "connection": {
      const { state } = event;
      const connections =
        state.phase.phase === "closed"
          ? without(live.connections, state.profile_id)
          : new Map(live.connections).set(state.profile_id, state);
      return { ...live, connections };
    }
    case "session": {
      const { session } = event;
      const sessions =
        session.link === "closed" || session.link === "none"
          ? without(live.sessions, session.tab_id)
          : new Map(live.sessions).set(session.tab_id, session);
      return { ...live, sessions };
    }
    case "question": {
      const { id, profile_id: profileId, question: kind } = event;
      return { ...live, questions: [...live.questions.filter((each) => each.id !== id), { id, profileId, kind }] };
    }
    case "question_closed":
      return { ...live, questions: live.questions.filter((each) => each.id !== event.id) };
    default:
      return live;
  }
}

/** Hears of files that were dropped, and where. */
type Dropped = (paths: readonly string[], at: Place) => void;

/** Listens for as long as the window lives. */
export class WindowEvents {
  private live: Live = { connections: new Map(), sessions: new Map(), questions: [] };
  private readonly listeners = new Set<() => void>();
  private readonly holds = new Set<(progress: HoldProgress) => void>();
  private readonly drops = new Set<Dropped>();
  private readonly messages = new Set<(tabId: string, notice: NoticeRow) => void>();
  private readonly lives = new Set<(state: LiveState) => void>();
  private readonly advice = new Set<(news: AdvisorNews) => void>();
  private heard = new Set<string>();
  private started = false;
  private readonly queries: QueryClient;

  constructor(queries: QueryClient) {
    this.queries = queries;
  }

  /** Begins to listen; once, however often it is said. */
  start(): void {
    if (this.started) return;
    this.started = true;
    host().subscribe((event) => this.hear(event, this.queries));
    host().onFilesDropped((paths, at) => {
      for (const listener of this.drops) listener(paths, at);
    });
    void this.catchUp();
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): Live => this.live;

  onHold(listener: (progress: HoldProgress) => void): () => void {
    this.holds.add(listener);
    return () => this.holds.delete(listener);
  }

  onDrop(listener: Dropped): () => void {
    this.drops.add(listener);
    return () => this.drops.delete(listener);
  }

  onMessage(listener: (tabId: string, notice: NoticeRow) => void): () => void {
    this.messages.add(listener);
    return () => this.messages.delete(listener);
  }

  /** Something that a tab follows has changed. */
  onLive(listener: (state: LiveState) => void): () => void {
    this.lives.add(listener);
    return () => this.lives.delete(listener);
  }

  /** A scan has found something new. */
  onAdvice(listener: (news: AdvisorNews) => void): () => void {
    this.advice.add(listener);
    return () => this.advice.delete(listener);
  }

  /** A question is being answered here: its dialog goes before the core says so. */
  answered(id: string): void {
    this.set({ ...this.live, questions: this.live.questions.filter((each) => each.id !== id) });
  }

  private hear(event: AppEvent, queries: QueryClient): void {
    if (event.event === "changed") {
      for (const topic of event.topics) {
        for (const key of topicKeys(topic, event.profile_id)) void queries.invalidateQueries({ queryKey: [...key] });
      }
    } else if (event.event === "hold") {
      for (const listener of this.holds) listener(event.progress);
    } else if (event.event === "started_over") {
      beginAnew();
    } else if (event.event === "message") {
      for (const listener of this.messages) listener(event.tab_id, event.notice);
    } else if (event.event === "live") {
      for (const listener of this.lives) listener(event.state);
    } else if (event.event === "advice") {
      for (const listener of this.advice) listener(event.news);
    } else {
      if (event.event === "connection") this.heard.add(event.state.profile_id);
      this.set(after(this.live, event));
    }
  }

  /** What was open before this window listened; what was heard since is newer. */
  private async catchUp(): Promise<void> {
    const states = await host()
      .connectionStates()
      .catch(() => []);
    for (const state of states) {
      if (!this.heard.has(state.profile_id)) this.set(after(this.live, { event: "connection", state }));
    }
  }

  private set(live: Live): void {
    if (live === this.live) return;
    this.live = live;
    for (const listener of this.listeners) listener();
  }
}
