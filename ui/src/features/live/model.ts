/** Following what happens: pure. What is kept of the page, and how it stands in words. */
import type { LiveOffer, LiveRequest, LiveState } from "@/ipc";

/** What of the page is kept with its tab. What was followed is not begun again by itself. */
export interface LiveView {
  /** Which of the offers; the first where it is none of them. */
  readonly kind: string | null;
  /** What was typed, by kind. */
  readonly topics: Readonly<Record<string, string>>;
  /** For how long, in seconds, where it ends by itself. */
  readonly limit: number | null;
  /** What was asked for from elsewhere, where nothing was typed yet. */
  readonly topic: string | null;
  /** Where a message is sent. */
  readonly to: string;
}

export const USUAL_VIEW: LiveView = { kind: null, topics: {}, limit: null, topic: null, to: "" };

const isText = (value: unknown): value is string => typeof value === "string";

/** What was kept, as far as it can be read. */
export function readView(json: string): LiveView {
  try {
    const kept: unknown = JSON.parse(json);
    if (typeof kept !== "object" || kept === null) return USUAL_VIEW;
    const found = kept as Partial<Record<keyof LiveView, unknown>>;
    const topics = typeof found.topics === "object" && found.topics !== null ? Object.entries(found.topics) : [];
    return {
      kind: isText(found.kind) ? found.kind : null,
      topics: Object.fromEntries(topics.filter((pair): pair is [string, string] => isText(pair[1]))),
      limit: typeof found.limit === "number" && found.limit > 0 ? found.limit : null,
      topic: isText(found.topic) ? found.topic : null,
      to: isText(found.to) ? found.to : "",
    };
  } catch {
    return USUAL_VIEW;
  }
}

/** The offer that is chosen. */
export const chosenOffer = (offers: readonly LiveOffer[], view: LiveView): LiveOffer | undefined =>
  offers.find(({ id }) => id === view.kind) ?? offers[0];

/** What is followed of an offer: what was typed, or what stands there at first. */
export const topicOf = (offer: LiveOffer, view: LiveView): string =>
  offer.topic ? (view.topics[offer.id] ?? view.topic ?? offer.topic.initial) : "";

/** Limits on offer: the usual one, and others up to the most. */
export function limitsOf(offer: LiveOffer): readonly number[] {
  const { usual_s: usual, most_s: most } = offer;
  if (usual === null || most === null) return [];
  return [...new Set([10, usual, 60, 300, most])].filter((each) => each <= most).sort((a, b) => a - b);
}

export const limitWords = (seconds: number): string =>
  seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;

/** Why it cannot begin now. */
export function cannotStart(offer: LiveOffer | undefined, view: LiveView, open: boolean): string | undefined {
  if (!open) return "the connection is not open";
  if (!offer) return "there is nothing to follow";
  if (offer.topic && !offer.topic.optional && topicOf(offer, view).trim() === "") {
    return `${offer.topic.label.toLowerCase()} are missing`;
  }
  return undefined;
}

export function requestOf(
  tab: { readonly id: string; readonly profileId: string; readonly database: string | null },
  offer: LiveOffer,
  view: LiveView,
): LiveRequest {
  return {
    tab_id: tab.id,
    profile_id: tab.profileId,
    database: tab.database,
    kind: offer.id,
    topic: topicOf(offer, view),
    limit_s: offer.usual_s === null ? null : Math.min(view.limit ?? offer.usual_s, offer.most_s ?? offer.usual_s),
  };
}

/** The later one of two states of a tab. */
export const later = (before: LiveState | null, next: LiveState): LiveState =>
  before !== null && before.since_ms === next.since_ms && before.turn > next.turn ? before : next;

export const isFollowing = (state: LiveState | null): boolean => state !== null && state.phase !== "ended";

const whole = new Intl.NumberFormat("en");

/** `23 s`, `4 min 05 s`. */
export function left(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** How it stands, in parts: what came, what is kept no longer, when it ends. `frozen` is how many rows a paused view shows. */
export function standing(state: LiveState, now: number, frozen: number | null): readonly string[] {
  const parts = [`${whole.format(state.received)} received`];
  if (state.dropped > 0) parts.push(`${whole.format(state.dropped)} no longer kept`);
  if (state.gaps > 0) parts.push(`${whole.format(state.gaps)} ${state.gaps === 1 ? "gap" : "gaps"}`);
  const waiting = frozen === null ? 0 : state.rows - frozen;
  if (waiting > 0) parts.push(`${whole.format(waiting)} new`);
  if (state.ends_ms !== null && state.phase !== "ended") parts.push(`ends in ${left(state.ends_ms - now)}`);
  return parts;
}

/** What is said of events that are missing. */
export function missing(state: LiveState): string | null {
  const sentences: string[] = [];
  if (state.dropped > 0) {
    sentences.push(
      state.paused
        ? `There is no more room: ${whole.format(state.dropped)} events were not kept.`
        : `The oldest ${whole.format(state.dropped)} events had to go to make room for new ones.`,
    );
  }
  if (state.gaps > 0) {
    sentences.push("What happened while the connection was lost is missing.");
  }
  return sentences.length === 0 ? null : sentences.join(" ");
}
