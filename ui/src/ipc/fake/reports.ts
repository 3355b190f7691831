/** What the fake servers say of themselves: a cache under some load, and its slow commands. */
import type { ServerDeed, ServerFact, ServerTold, SlowRow, SlowRows } from "../bindings";
import type { Host } from "../host";
import { profileOf, refuse, requireOpen, stateOf, type World } from "./world";

const forgotten = new WeakMap<World, Set<string>>();
const begun = new WeakMap<World, number>();

const fact = (name: string, label: string, value: string, more: Partial<ServerFact> = {}): ServerFact => ({
  name,
  label,
  value,
  unit: "text",
  trend: "none",
  about: null,
  computed: null,
  minor: false,
  ...more,
});

const count = (name: string, label: string, value: number, more: Partial<ServerFact> = {}) =>
  fact(name, label, String(Math.round(value)), { unit: "count", ...more });

function require(world: World, profileId: string, can: "can_report" | "can_list_slow") {
  requireOpen(world, profileId);
  if (!stateOf(world, profileId, { phase: "open" })[can]) {
    refuse("unsupported", `${profileOf(world, profileId).driver_label} does not tell that.`);
  }
}

/** Load that goes up and down as the minutes pass, the same for the same second. */
const wave = (seconds: number, of: number): number => of * (1 + 0.3 * Math.sin(seconds / 9) + 0.1 * Math.sin(seconds));

export function toldOf(world: World, profileId: string): ServerTold {
  require(world, profileId, "can_report");
  const now = Date.now();
  const first = begun.get(world) ?? now;
  begun.set(world, first);
  const seconds = (now - first) / 1000;
  const ops = count("instantaneous_ops_per_sec", "Commands", wave(seconds, 1840), {
    unit: "per_second",
    trend: "level",
  });
  const memory = fact("used_memory", "Memory used", String(Math.round(2_146_435_072 + seconds * 41_000)), {
    unit: "bytes",
    trend: "level",
    about: "What the server allocated for itself and its data.",
  });
  const clients = count("connected_clients", "Connected clients", wave(seconds / 3, 48), { trend: "level" });
  const hits = 9_182_734 + seconds * 1510;
  const misses = 402_118 + seconds * 60;
  const ratio = fact("hit_ratio", "Hit ratio", (hits / (hits + misses)).toFixed(4), {
    unit: "ratio",
    trend: "level",
    about: "Of the keys that were read, how many were there.",
    computed: "keyspace_hits ÷ (keyspace_hits + keyspace_misses), since the server began",
  });
  const keys = count("keys", "Keys", 1_284_410 + seconds * 3, {
    trend: "level",
    computed: "the keys of all databases",
  });
  const evicted = count("evicted_keys", "Keys evicted", 1210 + Math.floor(seconds / 5) * 4, { trend: "counter" });
  const blocked = count("blocked_clients", "Blocked clients", 3, { trend: "level" });
  return {
    at_ms: now,
    headline: [ops, memory, clients, ratio, keys, evicted, blocked],
    members: [
      {
        name: "cache.internal:6379",
        sections: [
          {
            label: "Server",
            facts: [
              fact("redis_version", "Version", "7.4.1"),
              fact("redis_mode", "Mode", "standalone"),
              fact("uptime_in_seconds", "Running for", "1209600", { unit: "seconds" }),
              fact("os", "Operating system", "Linux 6.8.0-45-generic x86_64"),
              fact("executable", "Program", "/usr/local/bin/redis-server-with-a-long-name-7.4.1-x86_64"),
              fact("run_id", "Run id", "4a8d4ad76fb8bd7612b03cf69031d5a859bd581a", { minor: true }),
            ],
          },
          {
            label: "Clients",
            facts: [clients, count("maxclients", "Most clients", 10_000, { about: "More are refused." }), blocked],
          },
          {
            label: "Memory",
            facts: [
              memory,
              fact("used_memory_rss", "Memory of the process", "2491081728", { unit: "bytes" }),
              fact("used_memory_peak", "Most memory used", "2684354560", { unit: "bytes" }),
              fact("maxmemory", "Most memory", "4294967296", { unit: "bytes" }),
              fact("maxmemory_policy", "When memory is full", "allkeys-lru", {
                about: "What is evicted; noeviction refuses writes instead.",
              }),
              fact("mem_fragmentation_ratio", "Fragmentation", "1.16", { unit: "count" }),
              ...Array.from({ length: 9 }, (_, at) =>
                fact(`allocator_${at}`, `Allocator figure ${at}`, String(at * 1311), { minor: true }),
              ),
            ],
          },
          {
            label: "Persistence",
            facts: [
              fact("rdb_last_bgsave_status", "Last snapshot", "err", {
                about: "Whether the last file of all data was written.",
              }),
              fact("rdb_last_save_time", "Last snapshot at", String(Math.round(now / 1000) - 8100), { unit: "moment" }),
              count("rdb_changes_since_last_save", "Changes since then", 88_211 + seconds * 12),
            ],
          },
          {
            label: "Stats",
            facts: [
              ops,
              count("keyspace_hits", "Keys found", hits),
              count("keyspace_misses", "Keys not found", misses),
              ratio,
              evicted,
            ],
          },
          {
            label: "Replication",
            facts: [fact("role", "Role", "master"), count("connected_slaves", "Replicas", 2)],
          },
          {
            label: "Keyspace",
            facts: [
              count("db0.keys", "db0 keys", 1_284_398 + seconds * 3),
              fact("db0.avg_ttl", "db0 average time to live", "2959796", { unit: "milliseconds" }),
              count("db1.keys", "db1 keys", 12),
            ],
          },
        ],
      },
    ],
    advice: [
      {
        asked: "MEMORY DOCTOR",
        part: null,
        text: "Sam, I detected a few issues in this Redis instance memory implants:\n\n * High allocator fragmentation: This instance has an allocator external fragmentation greater than 1.1.\n\nI'm here to keep you safe, Sam. I want to help you.",
      },
      {
        asked: "LATENCY DOCTOR",
        part: null,
        text: "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance.",
      },
    ],
    unseen: [],
  };
}

const SLOW: readonly (readonly [took: number, ago: number, statement: string, cut: boolean, client: string])[] = [
  [184_211, 12, "KEYS session:*", false, "shop-api"],
  [
    92_410,
    310,
    "HGETALL cart:88112:items:with:a:very:long:key:that:goes:on:and:on:until:nobody:reads:it:any:more",
    false,
    "shop-api",
  ],
  [48_007, 900, "ZRANGEBYSCORE leaderboard -inf +inf WITHSCORES", false, ""],
  [31_940, 4_000, 'DEL cart:1 cart:2 cart:3 cart:4 cart:5 "... (119 more arguments)"', true, "cleanup"],
  [12_008, 86_400, "CONFIG SET masterauth ***", false, "ops"],
];

export function slowOf(world: World, profileId: string): SlowRows {
  require(world, profileId, "can_list_slow");
  const now = Date.now();
  const gone = forgotten.get(world)?.has(profileId) === true;
  const statements = SLOW.map(
    ([took_us, ago, statement, cut, application], at): SlowRow => ({
      id: String(14_210 - at),
      part: null,
      at_ms: now - ago * 1000,
      took_us,
      statement,
      cut,
      client: `10.0.4.${17 + at}:5${1000 + at}`,
      application: application || null,
    }),
  );
  return {
    at_ms: now,
    statements: gone ? [] : statements,
    thresholds: [
      fact("slowlog-log-slower-than", "Kept from", "10000", { unit: "microseconds" }),
      count("slowlog-max-len", "Kept at most", 128),
    ],
    off: null,
    unseen: [],
  };
}

function forget(world: World, profileId: string, confirmed: boolean): ServerDeed {
  require(world, profileId, "can_list_slow");
  if (profileOf(world, profileId).safety === "read_only") {
    refuse("forbidden", "SLOWLOG RESET was not sent: this connection is read-only.");
  }
  if (!confirmed) {
    return {
      answer: "confirm",
      title: "Forget the slow statements?",
      description: "The server forgets them for everybody; it begins to keep new ones.",
      statement: "SLOWLOG RESET",
      confirm: "Forget them",
    };
  }
  forgotten.set(world, new Set([...(forgotten.get(world) ?? []), profileId]));
  return { answer: "done", message: "The server has forgotten its slow statements." };
}

export const reportCommands = (world: World) =>
  ({
    serverReport: async (profileId) => toldOf(world, profileId),
    slowStatements: async (profileId) => slowOf(world, profileId),
    forgetSlow: async (profileId, confirmed) => forget(world, profileId, confirmed),
  }) satisfies Partial<Host>;
