/**
 * A host in memory, for component tests and for work on layout in a browser. Its world is a small shop: the sample (SQLite),
 * `shop-prod` (production, read-only) and `shop-staging`. Any call can be made to fail, and events can be sent by hand.
 */
import type {
  AdvisorNews,
  AppError,
  AppEvent,
  ConnectionProfile,
  ParsedTarget,
  ProfileDraft,
  QuestionKind,
  RestoredTab,
  TabRecord,
} from "./bindings";
import { actingCommands } from "./fake/acting";
import { momentOf, signalOf, sizesOf } from "./fake/activity";
import { advisorCommands } from "./fake/advisor";
import { browse, browseAgain, browseMore, countRows, whereText } from "./fake/browsing";
import { completionsOf, definitionOf, relationPage, searchHits, tableOf, treePage } from "./fake/catalog";
import { chartCommands } from "./fake/charts";
import { compareCommands } from "./fake/compare";
import { diagramCommands } from "./fake/diagrams";
import { documentCommands } from "./fake/documents";
import { editCommands } from "./fake/edits";
import { generateCommands } from "./fake/generate";
import { cellBytes, copyOf, holdAgain, holdOf, windowOf } from "./fake/holds";
import { previewOf, SOURCES } from "./fake/imports";
import { keyCommands } from "./fake/keyCommands";
import { liveCommands } from "./fake/live";
import { migrationCommands } from "./fake/migrations";
import { objectPage } from "./fake/objects";
import { planCommands } from "./fake/plans";
import { policyCommands } from "./fake/policyDrafts";
import { policyTests } from "./fake/policyTests";
import { policyTexts } from "./fake/policyTexts";
import { policyUsers } from "./fake/policyUsers";
import { privacy } from "./fake/privacy";
import { referenceCommands } from "./fake/references";
import { reportCommands } from "./fake/reports";
import { keepSession, startRun } from "./fake/runs";
import { savedCommands } from "./fake/saved";
import { formatted, outlineOf } from "./fake/script";
import { securityCommands, tellNews } from "./fake/security";
import { statisticsCommands } from "./fake/statistics";
import { structureCommands } from "./fake/structure";
import { contentsOf, exportOf, importOf, offerOf, stopTransfer } from "./fake/transfers";
import { testOf } from "./fake/trial";
import { findIn, viewOf, viewRows } from "./fake/views";
import {
  auditOf,
  DOCUMENTS_DRIVER,
  DRIVERS,
  emit,
  type FakeOptions,
  failure,
  isSqlite,
  KEYS_DRIVER,
  makeWorld,
  profileOf,
  refuse,
  SAMPLE,
  setPhase,
  type World,
  wait,
} from "./fake/world";
import { type Host, HostError, type Place } from "./host";

export { CATALOGUE, PROD, REDIS, SAMPLE, STAGING } from "./fake/world";
export type { FakeOptions };

export interface FakeCall {
  readonly name: keyof Host;
  readonly args: readonly unknown[];
}

/** What tests hold in their hands. */
export interface FakeHandles {
  readonly calls: readonly FakeCall[];
  callsOf(name: keyof Host): readonly (readonly unknown[])[];
  /** Makes the next `times` calls fail; always, unless told. `null` lets it work again. */
  fail(name: keyof Host, error: AppError | null, times?: number): void;
  emit(event: AppEvent): void;
  /** Files are dropped on the window. */
  drop(...paths: string[]): void;
  /** A scan of the advisor finds something new. */
  news(news: AdvisorNews): void;
  /** The server goes away: connection and sessions are lost. */
  lose(profileId: string): void;
  /** Asks a question; answering it closes it. */
  ask(question: QuestionKind, profileId?: string): string;
  /** The text on disk of a tab. */
  journaled(tabId: string): string | undefined;
  readonly title: string;
  readonly clipboard: string;
  readonly world: World;
}

export type FakeHost = Host & { readonly fake: FakeHandles };

/** A failure as the core sends it, for `fail`. */
export { failure as fakeFailure };

/** A tab record with everything but what matters. */
export function fakeTab(id: string, more: Partial<TabRecord> = {}, text = ""): RestoredTab {
  const tab: TabRecord = {
    id,
    kind: "query",
    position: 0,
    title: id,
    profile_id: null,
    database: null,
    object: null,
    path: null,
    stamp: null,
    saved: null,
    dirty: false,
    crlf: false,
    view: "{}",
    ...more,
  };
  return { tab, text, sequence: 0 };
}

function saved(world: World, draft: ProfileDraft): ConnectionProfile {
  if (world.profiles.some((each) => each.name.toLowerCase() === draft.name.toLowerCase() && each.id !== draft.id)) {
    refuse("already_exists", `There is a connection named ${draft.name} already.`, { hint: "Choose another name." });
  }
  const { password: _, password_policy, ...rest } = draft;
  const target = draft.values["path"] ?? `${draft.values["host"] ?? ""}:${draft.values["port"] ?? "5432"}`;
  const known = world.profiles.find((each) => each.id === draft.id);
  const fields = DRIVERS.find((driver) => driver.id === draft.driver)?.fields ?? [];
  const isSecret = (name: string) => fields.some((field) => field.kind === "secret" && field.name === name);
  const entered = Object.entries(draft.values);
  const kept = new Set(known?.stored_secrets ?? []);
  for (const [name, text] of entered.filter(([name]) => isSecret(name))) {
    if (text) kept.add(name);
    else kept.delete(name);
  }
  const profile: ConnectionProfile = {
    ...rest,
    values: Object.fromEntries(entered.filter(([name]) => !isSecret(name))),
    stored_secrets: [...kept],
    favourite: draft.favourite ?? known?.favourite ?? false,
    schemas: draft.schemas ?? known?.schemas ?? [],
    recorded: draft.recorded ?? known?.recorded ?? true,
    id: draft.id ?? `p-${world.nextId++}`,
    name: draft.name || target,
    password: password_policy,
    target,
    driver_label: DRIVERS.find((driver) => driver.id === draft.driver)?.label ?? draft.driver,
    server: known?.server ?? null,
    last_used_ms: known?.last_used_ms ?? null,
    sample: false,
  };
  world.profiles = [...world.profiles.filter((each) => each.id !== profile.id), profile];
  emit(world, { event: "changed", topics: ["profiles"], profile_id: null });
  return profile;
}

function parsed(text: string): ParsedTarget {
  const url = /^postgres(?:ql)?:\/\/(?:([^:@/]*)(?::([^@]*))?@)?([^:/?]*)(?::(\d+))?(?:\/([^?]*))?/.exec(text.trim());
  if (url) {
    const [, user = "", password, host = "", port = "5432", database = ""] = url;
    return {
      driver: "postgres",
      values: { host, port, user, database },
      name: database || host,
      password_reference: password ? "parsed-1" : null,
      warnings: [],
    };
  }
  if (/\.(db|sqlite3?)$/i.test(text))
    return {
      driver: "sqlite",
      values: { path: text },
      name: text.split("/").at(-1) ?? text,
      password_reference: null,
      warnings: [],
    };
  return refuse("invalid_statement", "This is neither a database URL nor a database file.", {
    hint: "For example postgres://ada@localhost/shop.",
  });
}

async function connect(world: World, id: string, latency: number) {
  const profile = profileOf(world, id);
  const known = world.connections.get(id);
  if (known?.phase.phase === "open") return known;
  setPhase(world, id, { phase: "connecting" });
  await wait(latency * 3);
  world.profiles = world.profiles.map((each) => (each === profile ? { ...each, last_used_ms: Date.now() } : each));
  emit(world, { event: "changed", topics: ["profiles"], profile_id: null });
  return setPhase(world, id, { phase: "open" });
}

function documents(world: World) {
  return {
    keepTabs: async (tabs: TabRecord[], active: string | null, layout: string | null) => {
      world.active = active;
      world.layout = layout;
      world.tabs = tabs.map((tab) => ({
        tab,
        text: world.texts.get(tab.id)?.text ?? "",
        sequence: world.texts.get(tab.id)?.sequence ?? 0,
      }));
      return null;
    },
    workspace: async () => ({ tabs: world.tabs, active: world.active, layout: world.layout }),
    journal: async ({ tab_id, sequence, edits, text }: Parameters<Host["journal"]>[0]) => {
      const known = world.texts.get(tab_id);
      if (text !== null) {
        world.texts.set(tab_id, { text, sequence });
        return "kept" as const;
      }
      if (!known || sequence !== known.sequence + 1) return "resend" as const;
      let next = known.text;
      for (const { range, insert } of [...edits].sort((a, b) => b.range.from - a.range.from)) {
        if (range.to > next.length) return "resend" as const;
        next = next.slice(0, range.from) + insert + next.slice(range.to);
      }
      world.texts.set(tab_id, { text: next, sequence });
      return "kept" as const;
    },
    closeTab: async (tabId: string) => {
      const found = world.tabs.find((each) => each.tab.id === tabId);
      if (found) world.closed.push({ ...found, ...(world.texts.get(tabId) ?? {}) });
      world.tabs = world.tabs.filter((each) => each.tab.id !== tabId);
      world.sessions.delete(tabId);
      return null;
    },
    reopenTab: async () => world.closed.pop() ?? null,
  };
}

function files(world: World) {
  // As on disk in, as the editor has it out.
  const opened = (path: string, bytes: string, stamp: number) => ({
    path,
    name: path.split("/").at(-1) ?? path,
    text: bytes.replaceAll("\r\n", "\n"),
    stamp: String(stamp),
    crlf: bytes.includes("\r\n"),
  });
  return {
    openFile: async (path: string) => {
      const file = world.files.get(path) ?? refuse("not_found", `There is no file ${path}.`);
      return opened(path, file.text, file.stamp);
    },
    fileState: async (path: string, stamp: string) => {
      const file = world.files.get(path);
      return file
        ? String(file.stamp) === stamp
          ? ("unchanged" as const)
          : ("changed" as const)
        : ("missing" as const);
    },
    saveFile: async ({ path, text, stamp, crlf }: Parameters<Host["saveFile"]>[0]) => {
      const file = world.files.get(path);
      if (file && stamp !== null && String(file.stamp) !== stamp)
        refuse("conflict", `Another program changed ${path}.`);
      const next = (file?.stamp ?? 0) + 1;
      const bytes = crlf ? text.replaceAll("\n", "\r\n") : text;
      world.files.set(path, { text: bytes, stamp: next });
      return opened(path, bytes, next);
    },
    pickFile: async () => world.picked,
    pickSavePath: async (_title: string, name: string) => `/users/ada/reports/${name}`,
  };
}

/** A host in memory. Every call is recorded, waits `latencyMs` and may be told to fail. */
export function fakeHost(options: FakeOptions = {}): FakeHost {
  const world = makeWorld(options);
  const latency = options.latencyMs ?? 0;
  const calls: FakeCall[] = [];
  const failures = new Map<keyof Host, { error: AppError; times: number }>();
  const drops = new Set<(paths: readonly string[], at: Place) => void>();
  const kept = { title: "", clipboard: "" };

  const advisor = advisorCommands(world);
  const host: Host = {
    ...documents(world),
    ...files(world),
    ...savedCommands(world),
    ...planCommands(world, () => latency),
    ...referenceCommands(world),
    ...chartCommands(world),
    ...statisticsCommands(world),
    ...editCommands(world),
    historyInverse: async () => null,
    drivers: async () => [
      ...DRIVERS,
      ...(world.profiles.some((each) => each.driver === KEYS_DRIVER.id) ? [KEYS_DRIVER] : []),
      ...(options.documents ? [DOCUMENTS_DRIVER] : []),
    ],
    profiles: async () => world.profiles,
    saveProfile: async (draft) => saved(world, draft),
    duplicateProfile: async (id) => {
      const copy = {
        ...profileOf(world, id),
        id: `p-${world.nextId++}`,
        name: `${profileOf(world, id).name} copy`,
        sample: false,
      };
      world.profiles = [...world.profiles, copy];
      emit(world, { event: "changed", topics: ["profiles"], profile_id: null });
      return copy;
    },
    setFavourite: async (id, favourite) => {
      world.profiles = world.profiles.map((each) => (each.id === id ? { ...each, favourite } : each));
      emit(world, { event: "changed", topics: ["profiles"], profile_id: id });
      return null;
    },
    setSchemas: async (id, schemas) => {
      world.profiles = world.profiles.map((each) => (each.id === id ? { ...each, schemas } : each));
      emit(world, { event: "changed", topics: ["profiles"], profile_id: id });
      return null;
    },
    trustCommand: async (id) => {
      const trusted = { ...profileOf(world, id), untrusted_command: null };
      world.profiles = world.profiles.map((each) => (each.id === id ? trusted : each));
      emit(world, { event: "changed", topics: ["profiles"], profile_id: id });
      return trusted;
    },
    importSources: async () => [...SOURCES],
    previewImport: async (request) => previewOf(request),
    applyImport: async (_reference, chosen) => {
      const { connections } = previewOf({ file: null, kind: null, with_passwords: true, group: null });
      const taken = connections.filter((each) => chosen.includes(each.index));
      const names = (kind: string) => taken.filter((each) => each.status.kind === kind).map((each) => each.name);
      return { added: [...names("new"), ...names("duplicate")], updated: names("update"), failed: [] };
    },
    exportConnections: async () => null,
    removeProfile: async (id) => {
      if (world.connections.has(id)) setPhase(world, id, { phase: "closed" });
      world.profiles = world.profiles.filter((each) => each.id !== id);
      emit(world, { event: "changed", topics: ["profiles"], profile_id: null });
      return null;
    },
    parseTarget: async (text) => parsed(text),
    testProfile: (draft, testId, onHop) => testOf(world, draft, testId, onHop),
    stopTest: async (testId) => {
      world.runs.get(testId)?.();
    },
    openSample: async () => profileOf(world, SAMPLE),
    connect: (id) => connect(world, id, latency),
    disconnect: async (id) => {
      for (const session of world.sessions.values())
        if (session.profile_id === id)
          keepSession(world, { ...session, link: "closed", transaction: "idle", running: false });
      setPhase(world, id, { phase: "closed" });
      return null;
    },
    connectionStates: async () => [...world.connections.values()],
    answer: async (id) => {
      emit(world, { event: "question_closed", id });
      return null;
    },
    tree: async (id, parent, offset, limit) => treePage(world, id, parent, offset, limit),
    searchCatalog: async (id, text, limit) => searchHits(world, id, text, limit),
    refreshCatalog: async (id) => {
      emit(world, { event: "changed", topics: ["catalog"], profile_id: id });
      return null;
    },
    relation: async (id, object) => relationPage(world, id, object),
    object: async (id, object) => objectPage(world, id, object),
    definition: async (id, object) => ({ text: definitionOf(world, id, object), as_of_ms: null }),
    browse: async (request) => browse(world, request),
    browseMore: async (holdId) => browseMore(world, holdId),
    browseCount: async (request) => ({ rows: countRows(world, request), elapsed_ms: 402 }),
    browseCancel: async () => null,
    browseAgain: async (holdId, keep) => browseAgain(world, holdId, keep),
    browseFacts: async (profileId, object) => ({
      filtered_for_you: tableOf(world, profileId, object).filtered === true,
      listens: !isSqlite(world, profileId),
    }),
    browseListen: async () => null,
    browseUnlisten: async () => undefined,
    browseValue: async (holdId, row, column) => holdOf(world, holdId).cell(row, column),
    browseWhere: async (request) => whereText(request.filters),
    cancelRun: async (runId) => {
      world.runs.get(runId)?.();
      return null;
    },
    closeSession: async (tabId) => {
      const session = world.sessions.get(tabId);
      if (session) keepSession(world, { ...session, link: "closed", transaction: "idle", running: false });
      world.sessions.delete(tabId);
      return null;
    },
    endTransaction: async (tabId) => {
      const session = world.sessions.get(tabId);
      if (session) keepSession(world, { ...session, transaction: "idle", unused_since_ms: null });
      return null;
    },
    keepTransaction: async (tabId) => {
      const session = world.sessions.get(tabId);
      if (session?.unused_since_ms) keepSession(world, { ...session, unused_since_ms: Date.now() });
      return null;
    },
    activity: async (profileId) => momentOf(world, profileId),
    activitySizes: async (profileId) => sizesOf(world, profileId),
    signalSession: async (request) => signalOf(world, request),
    tabSession: async (tabId) => world.sessions.get(tabId) ?? null,
    holdMore: async (holdId) => {
      holdOf(world, holdId).resume?.("cap");
      return null;
    },
    holdAll: async (holdId) => {
      holdOf(world, holdId).resume?.("end");
      return null;
    },
    holdAgain: async (holdId, keep) => holdAgain(world, holdId, keep),
    holdStop: async (holdId) => {
      holdOf(world, holdId).stop?.();
      return null;
    },
    holdRelease: async (holdId) => {
      world.holds.delete(holdId);
      return null;
    },
    exportOffer: async (holdId) => offerOf(world, holdId),
    exportRows: async (request, onEvent) => exportOf(world, request, onEvent, 300),
    importLook: async (look) => contentsOf(look),
    importRows: async (request, onEvent) => importOf(world, request, onEvent, 200),
    ...actingCommands(world),
    ...generateCommands(world),
    ...diagramCommands(world, options.drawn ?? 0),
    ...policyCommands(world),
    ...policyTexts(world),
    ...policyTests(world),
    ...policyUsers(world),
    ...structureCommands(world),
    ...migrationCommands(world),
    ...keyCommands(world),
    ...liveCommands(world),
    ...reportCommands(world),
    ...compareCommands(world),
    ...documentCommands(world),
    ...advisor,
    ...securityCommands(world, calls, advisor.advise),
    stopTransfer: async (id) => {
      stopTransfer(id);
      return null;
    },
    copy: async (request) => copyOf(holdOf(world, request.hold_id), request),
    holdWindow: async (holdId, first, rows, columns) => windowOf(holdOf(world, holdId), first, rows, columns),
    holdCell: async (holdId, row, column, offset, length) =>
      cellBytes(holdOf(world, holdId), row, column, offset, length),
    saveCell: async (_path, cell) =>
      cell.kind === "bytes"
        ? atob(cell.base64).length
        : (await cellBytes(holdOf(world, cell.hold_id), cell.row, cell.column, 0, 1 << 24)).byteLength,
    holdView: async (holdId, request) => viewOf(world, holdId, request),
    holdViewRows: async (holdId) => viewRows(world, holdId),
    holdFind: async (request) => findIn(world, request),
    holdOnServer: async (_holdId, request) => ({
      text: `SELECT *\nFROM (\nselect 1\n) AS q -- ${request.contains ?? ""}`,
      refused: null,
    }),
    run: async (request, onEvent) => startRun(world, request, onEvent),
    outline: async (_driver, text) => outlineOf(text),
    complete: async (request) => completionsOf(world, request),
    formatSql: async (_driver, text) => formatted(text),
    history: async ({ text, profile_id, outcome, since_ms, until_ms, before, limit }) =>
      world.history
        .filter(
          (entry) => (profile_id === null || entry.profile_id === profile_id) && (before === null || entry.id < before),
        )
        .filter((entry) =>
          text
            .toLowerCase()
            .split(/\s+/)
            .every((word) => entry.text.toLowerCase().includes(word)),
        )
        .filter((entry) => !outcome || entry.outcome === outcome)
        .filter((entry) => entry.at_ms >= (since_ms ?? 0) && entry.at_ms < (until_ms ?? Number.POSITIVE_INFINITY))
        .slice(0, limit),
    ...privacy(world),
    audit: async ({ text, profile_id, kind, since_ms, before, limit }) =>
      auditOf(world.history)
        .filter(
          (line) => (profile_id === null || line.profile_id === profile_id) && (before === null || line.id < before),
        )
        .filter((line) => line.text.toLowerCase().includes(text.toLowerCase()))
        .filter((line) => (kind === null || line.kind === kind) && line.at_ms >= (since_ms ?? 0))
        .slice(0, limit),
    forgetHistory: async (id) => {
      world.history = id === null ? [] : world.history.filter((entry) => entry.id !== id);
      emit(world, { event: "changed", topics: ["history"], profile_id: null });
      return null;
    },
    settings: async () => world.settings,
    saveSettings: async (settings) => {
      world.settings = {
        ...settings,
        session_limit: Math.min(64, Math.max(2, settings.session_limit)),
        page_rows: Math.min(10_000, Math.max(50, settings.page_rows)),
      };
      emit(world, { event: "changed", topics: ["settings"], profile_id: null });
      return world.settings;
    },
    about: async () => world.about,
    probeKeychain: async () => {
      const keychain = world.about.keychain ?? { name: "Secret Service", works: true, reason: null };
      world.about = { ...world.about, keychain };
      return keychain;
    },
    openWindow: async () => null,
    openedFor: async () => world.openedFor,
    subscribe: (onEvent) => {
      world.listeners.add(onEvent);
    },
    onFilesDropped: (listener) => {
      drops.add(listener);
    },
    setTitle: async (title) => {
      kept.title = title;
    },
    readClipboard: async () => kept.clipboard,
    writeClipboard: async (text) => {
      kept.clipboard = text;
    },
  };

  const watched = Object.fromEntries(
    (Object.keys(host) as (keyof Host)[]).map((name) => [
      name,
      (...args: unknown[]) => {
        calls.push({ name, args });
        const call = host[name] as (...given: unknown[]) => unknown;
        if (name === "subscribe" || name === "onFilesDropped") return call(...args);
        return (async () => {
          if (latency) await wait(latency);
          const planned = failures.get(name);
          if (!planned) return call(...args);
          planned.times -= 1;
          if (planned.times <= 0) failures.delete(name);
          throw new HostError(planned.error);
        })();
      },
    ]),
  ) as unknown as Host;

  const fake: FakeHandles = {
    calls,
    callsOf: (name) => calls.filter((call) => call.name === name).map((call) => call.args),
    fail: (name, error, times = Number.POSITIVE_INFINITY) => {
      if (error) failures.set(name, { error, times });
      else failures.delete(name);
    },
    emit: (event) => emit(world, event),
    drop: (...paths) => {
      for (const listener of drops) listener(paths, { x: 0, y: 0 });
    },
    news: (news) => tellNews(world, news),
    lose: (id) => {
      const error = failure("unreachable", "The server closed the connection.", {
        hint: "Your text is safe. Reconnect.",
      });
      for (const session of world.sessions.values())
        if (session.profile_id === id)
          keepSession(world, { ...session, link: "lost", reason: error.message, transaction: "idle", running: false });
      setPhase(world, id, { phase: "lost", error, retry_at_ms: Date.now() + 8_000 });
    },
    ask: (question, profileId) => {
      const id = `q${world.nextId++}`;
      emit(world, { event: "question", id, profile_id: profileId ?? null, question });
      return id;
    },
    journaled: (tabId) => world.texts.get(tabId)?.text,
    get title() {
      return kept.title;
    },
    get clipboard() {
      return kept.clipboard;
    },
    world,
  };
  return { ...watched, fake };
}
