/** What happens on the fake servers: messages of a shop, made while somebody follows. */
import type {
  LiveOffer,
  LiveOrder,
  LiveOutlook,
  LivePublish,
  LiveRequest,
  LiveState,
  ResultColumn,
  ServerDeed,
} from "../bindings";
import type { Host } from "../host";
import { type Hold, makeHead } from "./holds";
import { emit, isDocuments, profileOf, refuse, requireOpen, stateOf, type World } from "./world";

interface Follower {
  state: LiveState;
  rows: (string | null)[][];
  hold: Hold;
  readonly request: LiveRequest;
  timer: ReturnType<typeof setInterval> | null;
}

const followers = new WeakMap<World, Map<string, Follower>>();
const switched = new WeakSet<World>();

const all = (world: World): Map<string, Follower> => {
  const known = followers.get(world) ?? new Map<string, Follower>();
  followers.set(world, known);
  return known;
};

const offer = (id: string, label: string, about: string, more: Partial<LiveOffer> = {}): LiveOffer => ({
  id,
  label,
  about,
  topic: null,
  caution: null,
  usual_s: null,
  most_s: null,
  publishes: false,
  ...more,
});

const topic = (label: string, initial: string, placeholder: string) => ({
  label,
  initial,
  placeholder,
  about: "Names or patterns with * ? and [ ], separated by blanks.",
  optional: false,
  several: true,
});

const KEYS: readonly LiveOffer[] = [
  offer("channels", "Channels", "Messages that are published, of all databases.", {
    topic: topic("Channels", "*", "orders.* news"),
    publishes: true,
  }),
  offer("keyspace", "Keyspace notifications", "Commands that change keys of this database, and keys that expire.", {
    topic: topic("Keys", "*", "session:*"),
  }),
  offer("monitor", "Every command (MONITOR)", "Every command of every client, as the server works on it.", {
    caution:
      "MONITOR makes the server copy every command to this connection: a busy server may lose half of its throughput meanwhile. It ends by itself.",
    usual_s: 30,
    most_s: 600,
  }),
];

const DOCUMENTS: readonly LiveOffer[] = [
  offer("changes", "Changes of documents", "Documents that are inserted, changed, replaced and deleted.", {
    topic: { ...topic("Collection", "", "shop.orders"), optional: true, several: false },
  }),
];

function offers(world: World, profileId: string): readonly LiveOffer[] {
  requireOpen(world, profileId);
  if (!stateOf(world, profileId, { phase: "open" }).can_follow) {
    refuse("unsupported", "This database has nothing that could be followed.");
  }
  return isDocuments(world, profileId) ? DOCUMENTS : KEYS;
}

const NAMES: Readonly<Record<string, readonly string[]>> = {
  channels: ["received", "channel", "message", "pattern"],
  keyspace: ["received", "key", "event", "database"],
  monitor: ["time", "database", "client", "command"],
  changes: ["time", "operation", "collection", "key", "event"],
};

const moment = (): string => new Date().toISOString().replace("T", " ").replace("Z", "");

function event(kind: string, at: number): (string | null)[] {
  const order = 88_100 + at;
  switch (kind) {
    case "channels":
      return [
        moment(),
        at % 3 === 0 ? "stock" : "orders.paid",
        `{"order": ${order}, "total": "${(at * 7.35).toFixed(2)}"}`,
        "*",
      ];
    case "keyspace":
      return [moment(), `cart:${order}`, at % 4 === 0 ? "expired" : "hset", "0"];
    case "monitor":
      return [String(Date.now() / 1000), "0", `10.0.4.${at % 9}:51000`, `"HSET" "cart:${order}" "items" "${at}"`];
    default:
      return [
        moment(),
        at % 5 === 0 ? "delete" : "update",
        "shop.orders",
        `{"_id":${order}}`,
        `{"operationType":"update","n":${at}}`,
      ];
  }
}

const column = (name: string): ResultColumn => ({
  name,
  native_type: "bulk string",
  class: "text",
  primary_key: false,
  references: null,
});

function holdFor(world: World, kind: string, title: string, rows: (string | null)[][]): Hold {
  const head = { ...makeHead(world, title, (NAMES[kind] ?? []).map(column), false), context: "" };
  const hold: Hold = {
    head,
    total: Number.MAX_SAFE_INTEGER,
    rows: rows.length,
    progress: { hold_id: head.hold_id, rows: rows.length, bytes: 0, elapsed_ms: 0, state: "reading" },
    sqlite: false,
    cell: (row, at) => rows[row]?.[at] ?? null,
  };
  world.holds.set(head.hold_id, hold);
  return hold;
}

function tell(world: World, follower: Follower, change: Partial<LiveState>) {
  follower.hold.rows = follower.rows.length;
  follower.state = {
    ...follower.state,
    ...change,
    head: follower.hold.head,
    rows: follower.rows.length,
    turn: follower.state.turn + 1,
  } as LiveState;
  emit(world, { event: "live", state: follower.state });
}

function add(world: World, follower: Follower, row: (string | null)[]) {
  follower.rows.push(row);
  tell(world, follower, { received: follower.state.received + 1 });
}

function end(world: World, follower: Follower, reason: string) {
  if (follower.timer) clearInterval(follower.timer);
  follower.timer = null;
  if (follower.state.phase === "ended") return;
  tell(world, follower, { phase: "ended", reason, error: null, ends_ms: null, paused: false } as Partial<LiveState>);
}

function start(world: World, request: LiveRequest): LiveState {
  const chosen = offers(world, request.profile_id).find(({ id }) => id === request.kind);
  if (!chosen) return refuse("invalid_statement", "This server has no such thing to follow.");
  order(world, request.tab_id, "close");
  const rows: (string | null)[][] = [];
  const hold = holdFor(world, request.kind, chosen.label, rows);
  const state: LiveState = {
    tab_id: request.tab_id,
    phase: "following",
    head: hold.head,
    rows: 0,
    bytes: 0,
    received: 0,
    dropped: 0,
    paused: false,
    gaps: 0,
    since_ms: Date.now(),
    ends_ms: request.limit_s === null ? null : Date.now() + request.limit_s * 1000,
    turn: 0,
  };
  const follower: Follower = { state, rows, hold, request, timer: null };
  all(world).set(request.tab_id, follower);
  // A tab that follows nothing real is quiet in tests: they send what happens themselves.
  if (world.pace !== 0) {
    let at = 0;
    follower.timer = setInterval(() => {
      at += 1;
      if (follower.state.ends_ms !== null && Date.now() > follower.state.ends_ms) {
        end(world, follower, `Its time of ${request.limit_s} s is up.`);
      } else add(world, follower, event(request.kind, at));
    }, 300);
  }
  return state;
}

function order(world: World, tabId: string, what: LiveOrder): null {
  const follower = all(world).get(tabId);
  if (!follower) return what === "close" ? null : refuse("not_found", "Nothing is followed here.");
  switch (what) {
    case "pause":
      tell(world, follower, { paused: true });
      break;
    case "resume":
      tell(world, follower, { paused: false });
      break;
    case "clear":
      follower.rows = [];
      follower.hold = holdFor(world, follower.request.kind, follower.hold.head.title, follower.rows);
      tell(world, follower, { received: 0, dropped: 0, gaps: 0 });
      break;
    case "stop":
      end(world, follower, "Stopped.");
      break;
    case "close":
      end(world, follower, "Closed.");
      all(world).delete(tabId);
      break;
  }
  return null;
}

function outlook(world: World, request: LiveRequest): LiveOutlook {
  offers(world, request.profile_id);
  return request.kind === "keyspace" && !switched.has(world)
    ? {
        outlook: "off",
        why: "Keyspace notifications are off on this server, so that nothing would be heard.",
        statement: "CONFIG SET notify-keyspace-events KA",
      }
    : { outlook: "ready" };
}

function guarded(world: World, profileId: string, statement: string) {
  if (profileOf(world, profileId).safety === "read_only") {
    refuse("forbidden", `${statement} was not sent: this connection is read-only.`);
  }
}

function switchOn(world: World, request: LiveRequest, statement: string, confirmed: boolean): ServerDeed {
  guarded(world, request.profile_id, statement);
  if (!confirmed) {
    return {
      answer: "confirm",
      title: "Change the server's setting?",
      description: "It holds for everybody, costs the server some work, and goes with its next start.",
      statement,
      confirm: "Change it",
    };
  }
  switched.add(world);
  return { answer: "done", message: `${statement} was sent.` };
}

function publish(world: World, message: LivePublish): ServerDeed {
  const statement = `PUBLISH ${message.topic} ${JSON.stringify(message.payload)}`;
  guarded(world, message.profile_id, statement);
  const profile = profileOf(world, message.profile_id);
  if (!message.confirmed && (profile.environment === "production" || profile.safety === "confirm_writes")) {
    return {
      answer: "confirm",
      title: `Send this to ${message.topic}?`,
      description: "Whoever listens to it acts on it; it cannot be taken back.",
      statement,
      confirm: "Send",
    };
  }
  const hearing = [...all(world).values()].filter(
    ({ request, state }) => request.kind === message.kind && state.phase === "following",
  );
  for (const follower of hearing) add(world, follower, [moment(), message.topic, message.payload, "*"]);
  return {
    answer: "done",
    message: `It was sent. ${hearing.length === 1 ? "One client" : `${hearing.length} clients`} received it.`,
  };
}

export const liveCommands = (world: World) =>
  ({
    liveOffers: async (profileId) => [...offers(world, profileId)],
    liveOutlook: async (request) => outlook(world, request),
    liveSwitchOn: async (request, statement, confirmed) => switchOn(world, request, statement, confirmed),
    liveStart: async (request) => start(world, request),
    liveState: async (tabId) => all(world).get(tabId)?.state ?? null,
    liveOrder: async (tabId, what) => order(world, tabId, what),
    livePublish: async (message) => publish(world, message),
  }) satisfies Partial<Host>;
