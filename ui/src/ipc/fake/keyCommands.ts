/** The commands about keys: lists in the background, values by window, changes that are refused where somebody was faster. */
import type {
  KeyAnswer,
  KeyChangeRequest,
  KeyElement,
  KeyFactsRow,
  KeyGroup,
  KeyPart,
  KeyRead,
  KeysProgress,
  KeysSampled,
  KeysState,
  KeysWanted,
  KeysWindow,
  KeyTreeRow,
} from "../bindings";
import type { Host } from "../host";
import { blank, type FakeKey, type FakeKeyspace, keyspaceOf, meant, shown } from "./keyspace";
import { failure, profileOf, refuse, requireOpen, type World } from "./world";

interface Listing {
  readonly id: string;
  readonly wanted: KeysWanted;
  readonly of: number;
  readonly begun: number;
  limit: number;
}

/** Keys a list finds in a second of the fake's time. */
const RATE = 140;

const globbed = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|]/g, "\\$&")
      .replace(/\*/g, "[^]*")
      .replace(/\?/g, "[^]")}$`,
  );

const asOne = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);

const SHOWN = 16 << 10;

const valued = (bytes: Uint8Array, whole = false): Pick<KeyElement, "value" | "cut"> =>
  bytes.length > SHOWN && !whole
    ? { value: shown(bytes.subarray(0, SHOWN)), cut: bytes.length }
    : { value: shown(bytes), cut: null };

const EMPTY: KeyElement = { name: null, place: null, value: null, fields: [], ttl_ms: null, cut: null };

const sorted = (key: FakeKey): [string, string][] =>
  [...key.scores].sort((a, b) => Number(a[1]) - Number(b[1]) || (a[0] < b[0] ? -1 : 1));

function lengthOf(key: FakeKey): number | null {
  switch (key.kind) {
    case "string":
      return key.text.length;
    case "hash":
      return key.fields.size;
    case "list":
      return key.items.length;
    case "set":
      return key.members.size;
    case "zset":
      return key.scores.size;
    case "stream":
      return key.entries.length;
    default:
      return null;
  }
}

const ENCODINGS: Readonly<Record<string, string>> = {
  hash: "listpack",
  list: "quicklist",
  set: "hashtable",
  zset: "skiplist",
  stream: "stream",
  string: "embstr",
};

const sizeOf = (name: string, key: FakeKey): number =>
  72 +
  name.length +
  key.text.length +
  [...key.fields].reduce((sum, [field, { value }]) => sum + field.length + value.length + 24, 0) +
  key.items.reduce((sum, item) => sum + item.length + 8, 0) +
  key.members.size * 40 +
  key.scores.size * 88 +
  key.entries.length * 64;

/** A key that is there: one whose time is over is not. */
function alive(space: FakeKeyspace, name: string): FakeKey | undefined {
  const key = space.keys.get(name);
  if (key && key.until !== null && key.until <= Date.now()) {
    space.keys.delete(name);
    return undefined;
  }
  return key;
}

const present = (space: FakeKeyspace, name: string): FakeKey =>
  alive(space, name) ?? refuse("not_found", "There is no such key any more.", { hint: "It expired or was deleted." });

function factsOf(name: string, key: FakeKey): KeyFactsRow {
  return {
    kind: key.kind,
    ttl_ms: key.until === null ? null : Math.max(0, key.until - Date.now()),
    length: lengthOf(key),
    bytes: sizeOf(name, key),
    encoding: ENCODINGS[key.kind] ?? null,
    idle_s: (name.length * 37) % 4_000,
  };
}

/** The rows of a tree of keys, those of open namespaces below them. */
function rowsOf(keys: readonly string[], separator: string, open: ReadonlySet<string>): KeyTreeRow[] {
  const rows: KeyTreeRow[] = [];
  const level = (from: readonly string[], prefix: string, depth: number) => {
    for (let at = 0; at < from.length; ) {
      const key = from[at] ?? "";
      const cut = separator === "" ? -1 : key.indexOf(separator, prefix.length);
      const space = cut < 0 ? null : key.slice(0, cut + separator.length);
      let end = at + 1;
      while (space !== null && end < from.length && from[end]?.startsWith(space)) end += 1;
      if (space !== null && end - at > 1) {
        rows.push({ key: space, label: space.slice(prefix.length), depth, keys: end - at });
        if (open.has(space)) level(from.slice(at, end), space, depth + 1);
      } else {
        end = at + 1;
        rows.push({ key, label: key.slice(prefix.length), depth, keys: null });
      }
      at = end;
    }
  };
  level(keys, "", 0);
  return rows;
}

function read(key: FakeKey, { first, from, most, backwards, pattern, whole }: KeyRead): KeyPart {
  const total = lengthOf(key) ?? 0;
  const fits = pattern ? globbed(pattern) : null;
  const at = Number(from ?? 0);
  const page = <T>(all: readonly T[], element: (one: T, at: number) => KeyElement, begin: number): KeyPart => ({
    elements: all.slice(begin, begin + most).map((one, index) => element(one, begin + index)),
    total,
    next: begin + most < all.length ? String(begin + most) : null,
  });
  switch (key.kind) {
    case "string": {
      const part = key.text.subarray(first, first + most);
      const next = first + most < key.text.length ? String(first + most) : null;
      return { elements: [{ ...EMPTY, value: shown(part) }], total, next };
    }
    case "hash": {
      const all = [...key.fields].filter(([name]) => fits?.test(name) ?? true);
      return page(all, ([name, { value, ttl }]) => ({ ...EMPTY, name, ttl_ms: ttl, ...valued(value, whole) }), at);
    }
    case "set": {
      const all = [...key.members].filter((name) => fits?.test(name) ?? true);
      return page(all, (name) => ({ ...EMPTY, name }), at);
    }
    case "zset": {
      const all = backwards ? sorted(key).reverse() : sorted(key);
      return page(all, ([name, score]) => ({ ...EMPTY, name, value: { as: "text", of: score } }), first);
    }
    case "list":
      return page(key.items, (item, place) => ({ ...EMPTY, place, ...valued(item, whole) }), first);
    case "stream": {
      const all = backwards ? key.entries.toReversed() : key.entries;
      const entry = ({ id, fields }: FakeKey["entries"][number]) => ({
        ...EMPTY,
        name: id,
        fields: fields.map(([name, value]) => ({ name, value: shown(value) })),
      });
      return page(all, entry, at);
    }
    case "ReJSON-RL":
      return { elements: [{ ...EMPTY, value: shown(key.text) }], total: 1, next: null };
    default:
      return refuse("unsupported", `What ${key.kind} holds is not shown.`);
  }
}

function faster(): never {
  refuse("conflict", "It is not what it was when you read it. Nothing was changed.", { hint: "Read it again." });
}

function add(key: FakeKey, element: KeyElement): void {
  const name = element.name ?? "";
  const exists = () => refuse("already_exists", `There is ${name} already.`);
  if (key.kind === "string" || key.kind === "ReJSON-RL") key.text = meant(element.value);
  else if (key.kind === "hash") {
    if (key.fields.has(name)) exists();
    key.fields.set(name, { value: meant(element.value), ttl: null });
  } else if (key.kind === "set") {
    if (key.members.has(name)) exists();
    key.members.add(name);
  } else if (key.kind === "zset") {
    if (key.scores.has(name)) exists();
    scored(key, name, element);
  } else if (key.kind === "list") {
    if (element.place === 0) key.items.unshift(meant(element.value));
    else key.items.push(meant(element.value));
  } else {
    const id = element.name && element.name !== "*" ? element.name : `${Date.now()}-0`;
    key.entries.push({ id, fields: element.fields.map((field) => [field.name, meant(field.value)]) });
  }
}

function scored(key: FakeKey, name: string, element: KeyElement): void {
  const score = new TextDecoder().decode(meant(element.value)).trim() || "0";
  if (!/^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+|inf)$/i.test(score))
    refuse("invalid_statement", "The score is no number.", { hint: "For example 12.5, -3 or inf." });
  key.scores.set(name, score);
}

function put(key: FakeKey, seen: KeyElement, next: KeyElement): void {
  const name = seen.name ?? "";
  if (key.kind === "hash") {
    const known = key.fields.get(name);
    if (!known || !asOne(known.value, meant(seen.value))) faster();
    key.fields.set(name, { ...known, value: meant(next.value) });
  } else if (key.kind === "set") {
    if (!key.members.delete(name)) faster();
    key.members.add(next.name ?? "");
  } else if (key.kind === "zset") {
    if (key.scores.get(name) !== new TextDecoder().decode(meant(seen.value))) faster();
    scored(key, name, next);
  } else if (key.kind === "list") {
    const item = key.items[seen.place ?? -1];
    if (!item || !asOne(item, meant(seen.value))) faster();
    key.items[seen.place ?? 0] = meant(next.value);
  }
}

function remove(key: FakeKey, element: KeyElement): void {
  const name = element.name ?? "";
  const place = element.place ?? -1;
  const item = key.items[place];
  if (key.kind === "hash" ? !key.fields.delete(name) : false) faster();
  if (key.kind === "set" ? !key.members.delete(name) : false) faster();
  if (key.kind === "zset" ? !key.scores.delete(name) : false) faster();
  if (key.kind === "list") {
    if (!item || !asOne(item, meant(element.value))) faster();
    key.items.splice(place, 1);
  }
  if (key.kind === "stream") key.entries = key.entries.filter(({ id }) => id !== name);
}

function commandsOf(key: string, { kind, edit }: KeyChangeRequest): string[] {
  const name = /^[\w:.-]+$/.test(key) ? key : `"${key}"`;
  switch (edit.edit) {
    case "rename":
      return [`RENAMENX ${name} ${edit.to}`];
    case "expire":
      return [edit.ttl_ms === null ? `PERSIST ${name}` : `PEXPIRE ${name} ${edit.ttl_ms}`];
    case "delete":
      return [`UNLINK ${name}`];
    case "replace":
      return [`WATCH ${name}`, "MULTI", `SET ${name} … KEEPTTL`, "EXEC"];
    default:
      return [`${{ hash: "HSET", set: "SADD", zset: "ZADD", list: "LSET", stream: "XADD" }[kind] ?? "SET"} ${name} …`];
  }
}

function change(world: World, request: KeyChangeRequest): KeyAnswer {
  requireOpen(world, request.of.profile_id);
  const space = keyspaceOf(world, request.of.database);
  const { key: name, kind, edit } = request;
  const { safety, environment } = profileOf(world, request.of.profile_id);
  const commands = commandsOf(name, request);
  if (safety === "read_only")
    refuse("forbidden", `${commands[0]} was not sent: this connection is read-only.`, {
      hint: "Change the connection's safety level to allow writes.",
    });
  const deletes = edit.edit === "delete";
  if (!request.confirmed && (deletes || safety === "confirm_writes" || environment === "production")) {
    const on = environment === "production" ? `${profileOf(world, request.of.profile_id).name} is production. ` : "";
    return {
      answer: "confirm",
      title: deletes ? `Delete ${name}?` : `Change ${name}?`,
      message: deletes ? `${on}There is no way back.` : `${on}This is what is sent.`,
      commands,
      confirm: deletes ? "Delete" : "Change",
      keys: null,
    };
  }
  if (edit.edit === "create") {
    if (alive(space, name))
      refuse("already_exists", `There is a key ${name} already.`, { hint: "Choose another name." });
    const made = blank(kind, { until: edit.ttl_ms === null ? null : Date.now() + edit.ttl_ms });
    add(made, edit.element);
    space.keys.set(name, made);
    return { answer: "done", keys: 1 };
  }
  const key = present(space, name);
  switch (edit.edit) {
    case "replace":
      if (!asOne(key.text, meant(edit.seen))) faster();
      key.text = meant(edit.new);
      break;
    case "put":
      put(key, edit.seen, edit.new);
      break;
    case "add":
      add(key, edit.element);
      break;
    case "remove":
      remove(key, edit.element);
      if (lengthOf(key) === 0 && kind !== "stream") space.keys.delete(name);
      break;
    case "rename":
      if (alive(space, edit.to)) refuse("already_exists", `There is a key ${edit.to} already.`);
      space.keys.delete(name);
      space.keys.set(edit.to, key);
      break;
    case "expire":
      key.until = edit.ttl_ms === null ? null : Date.now() + edit.ttl_ms;
      break;
    case "delete":
      space.keys.delete(name);
  }
  return { answer: "done", keys: 1 };
}

function sampled(space: FakeKeyspace, separator: string): KeysSampled {
  const sums = (name: (key: string, held: FakeKey) => string) => {
    const found = new Map<string, { keys: number; bytes: number }>();
    for (const [key, held] of space.keys) {
      const at = name(key, held);
      const known = found.get(at) ?? { keys: 0, bytes: 0 };
      found.set(at, { keys: known.keys + 1, bytes: known.bytes + sizeOf(key, held) });
    }
    return [...found].map(([each, sum]) => ({ name: each, ...sum })).sort((a, b) => b.bytes - a.bytes);
  };
  const cut = (key: string) =>
    key.includes(separator) ? key.slice(0, key.indexOf(separator) + separator.length) : key;
  return {
    sampled: space.keys.size,
    of: space.keys.size,
    kinds: sums((_, held) => held.kind),
    namespaces: sums(cut).filter((each) => each.name.endsWith(separator)),
    largest: sums((key) => key).slice(0, 20),
  };
}

function groupsOf(key: FakeKey): KeyGroup[] {
  return key.groups.map(({ name, lag, pending }) => ({
    name,
    last_delivered: key.entries.at(-1 - (lag ?? 0))?.id ?? "0-0",
    lag,
    pending,
    consumers: ["mailer-1", "mailer-2"].map((consumer, at) => ({
      name: consumer,
      pending: at === 0 ? pending : 0,
      idle_ms: 1_200 + at * 86_000,
    })),
    oldest: key.entries.slice(-12, -12 + pending).map(({ id }, at) => ({
      id,
      consumer: "mailer-1",
      idle_ms: 380_000 - at * 40_000,
      deliveries: 3 - at,
    })),
  }));
}

export function keyCommands(world: World) {
  const lists = new Map<string, Listing>();
  const spaceOf = (of: { profile_id: string; database: string | null }) => {
    requireOpen(world, of.profile_id);
    return keyspaceOf(world, of.database);
  };
  const listing = (id: string): Listing =>
    lists.get(id) ?? refuse("not_found", "This list of keys is not kept any more.", { hint: "List them again." });
  /** The keys of a list so far, and how far that is. */
  const standing = (list: Listing): { keys: string[]; progress: KeysProgress } => {
    const space = keyspaceOf(world, list.wanted.of.database);
    const { pattern, kind } = list.wanted;
    const fits = pattern ? globbed(pattern) : null;
    const all = [...space.keys.keys()].filter(
      (key) => alive(space, key) && (fits?.test(key) ?? true) && (kind === null || space.keys.get(key)?.kind === kind),
    );
    const came = world.pace === 0 ? all.length : Math.floor(((Date.now() - list.begun) / 1_000) * RATE * world.pace);
    const end = Math.min(space.broken ? 40 : list.limit, all.length);
    const found = Math.min(came, end);
    const state: KeysState =
      found < end
        ? { state: "reading" }
        : space.broken
          ? { state: "failed", error: failure("timed_out", "The server did not answer within 30 s.") }
          : end < all.length
            ? { state: "paused" }
            : { state: "complete" };
    const keys = all.slice(0, found).sort();
    const version = keys.reduce((sum, key) => (sum * 31 + key.length + key.charCodeAt(0)) % 1_000_003, keys.length);
    return { keys, progress: { id: list.id, keys: found, of: list.of, state, version } };
  };
  return {
    keysList: async (wanted: KeysWanted) => {
      const space = spaceOf(wanted.of);
      const list = { id: `k${world.nextId++}`, wanted, of: space.keys.size, begun: Date.now(), limit: space.limit };
      lists.set(list.id, list);
      return standing(list).progress;
    },
    keysGoOn: async (id: string) => {
      const list = listing(id);
      list.limit *= 2;
      keyspaceOf(world, list.wanted.of.database).broken = false;
      return standing(list).progress;
    },
    keysWindow: async ({ id, expanded, offset, limit }: Parameters<Host["keysWindow"]>[0]): Promise<KeysWindow> => {
      const list = listing(id);
      const { keys, progress } = standing(list);
      const rows = rowsOf(keys, list.wanted.separator, new Set(expanded));
      return { rows: rows.slice(offset, offset + limit), total: rows.length, progress };
    },
    keysClose: async (id: string) => {
      lists.delete(id);
      return null;
    },
    keysFacts: async (of: KeyRead["of"], keys: string[]) => {
      const space = spaceOf(of);
      return keys.map((name) => {
        const key = alive(space, name);
        return key ? factsOf(name, key) : null;
      });
    },
    keysSample: async (of: KeyRead["of"], separator: string) => sampled(spaceOf(of), separator),
    keyRead: async (request: KeyRead) => {
      const key = present(spaceOf(request.of), request.key);
      if (key.kind !== request.kind) refuse("conflict", `It holds a ${key.kind} now.`, { hint: "Read it again." });
      if (request.name == null) return read(key, request);
      const all = read(key, { ...request, first: 0, most: Number.MAX_SAFE_INTEGER });
      const found = all.elements.filter(({ name }) => name === request.name);
      if (found.length === 0) refuse("not_found", "It is not there any more.", { hint: "Read the key again." });
      return { elements: found, total: 1, next: null };
    },
    keyGroups: async (of: KeyRead["of"], name: string) => groupsOf(present(spaceOf(of), name)),
    keyChange: async (request: KeyChangeRequest) => change(world, request),
    keysRemove: async ({ of, keys, namespaces, confirmed }: Parameters<Host["keysRemove"]>[0]): Promise<KeyAnswer> => {
      const space = spaceOf(of);
      if (profileOf(world, of.profile_id).safety === "read_only")
        refuse("forbidden", "UNLINK was not sent: this connection is read-only.");
      const all = new Set(keys);
      for (const key of space.keys.keys()) if (namespaces.some((each) => key.startsWith(each))) all.add(key);
      if (confirmed !== all.size) {
        if (confirmed !== null) refuse("conflict", "The list has other keys by now. Nothing was removed.");
        const some = [...all].sort().slice(0, 8);
        const more = all.size > some.length ? `\n… and ${all.size - some.length} more` : "";
        return {
          answer: "confirm",
          title: `Delete ${all.size} ${all.size === 1 ? "key" : "keys"}?`,
          message: "There is no way back.",
          commands: [`UNLINK\n${some.join("\n")}${more}`],
          confirm: `Delete ${all.size}`,
          keys: all.size,
        };
      }
      let removed = 0;
      for (const key of all) if (space.keys.delete(key)) removed += 1;
      return { answer: "done", keys: removed };
    },
  };
}
