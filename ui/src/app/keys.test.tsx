import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, fakeTab, REDIS } from "@/ipc/fake";
import { blank, keyspaceOf } from "@/ipc/fake/keyspace";
import type { FakeOptions } from "@/ipc/fake/world";
import { App } from "./App";

Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

const OF = { profile_id: REDIS, database: null };

async function open(view: object = {}, options: Partial<FakeOptions> = {}, change?: (host: FakeHost) => void) {
  const tab = fakeTab("k", { kind: "keys", title: "Keys db0", profile_id: REDIS, view: JSON.stringify(view) });
  const host = fakeHost({ pace: 0, open: [REDIS], tabs: [tab], active: "k", ...options });
  change?.(host);
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("toolbar", { name: "Keys" });
  return host;
}

const key = (name: RegExp | string) =>
  within(screen.getByRole("tree", { name: "Keys" })).findByRole("treeitem", { name });
const tree = () => screen.findByRole("tree", { name: "Keys" });
const shown = (name: string) => screen.findByRole("region", { name: `Key ${name}` });
const typedIn = (label: RegExp) => screen.findByRole("textbox", { name: label });
const store = (host: FakeHost) => keyspaceOf(host.fake.world, null).keys;
const textOf = (host: FakeHost, name: string) => new TextDecoder().decode(store(host).get(name)?.text);

/** Types into an editor as a paste would: jsdom lays nothing out that could be typed at. */
async function write(label: RegExp, text: string) {
  const field = await typedIn(label);
  const { EditorView } = await import("@codemirror/view");
  const view = EditorView.findFromDOM(field as HTMLElement);
  act(() => view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }));
}

describe("the keys of a database", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
    vi.restoreAllMocks();
  });

  it("stand in a tree that is walked by keys, with what is known of those in sight", async () => {
    const user = userEvent.setup();
    const host = await open();
    await tree();
    expect(screen.getByText("204 keys, complete")).toBeTruthy();
    await user.click(await key(/^cart: /));
    await user.keyboard("{ArrowRight}");
    await user.click(await key(/^cart:user: /));
    await user.keyboard("{ArrowRight}{ArrowDown}");
    expect((await key("cart:user:1177")).getAttribute("aria-selected")).toBe("true");
    const region = await shown("cart:user:1177");
    expect(await within(region).findByRole("row", { name: "currency" })).toBeTruthy();
    expect(within(region).getByText("7 fields")).toBeTruthy();
    expect((await key("cart:user:1177")).textContent).toContain("23 h");
    const asked = host.fake.callsOf("keysFacts").flatMap(([, keys]) => keys as string[]);
    expect(asked).not.toContain("session:0192f3a4-00000000");
    await user.keyboard("{ArrowLeft}");
    expect((await key(/^cart:user: /)).getAttribute("aria-selected")).toBe("true");
    const { violations } = await axe.run(screen.getByRole("tabpanel"), {
      rules: { "color-contrast": { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
  });

  it("are filtered by a pattern that is sent when it is meant, and by type", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(await tree());
    await user.keyboard("/");
    await user.keyboard("cart");
    expect(host.fake.callsOf("keysList").length).toBeLessThan(3);
    await user.keyboard("{Enter}");
    await user.click(await screen.findByRole("button", { name: "Look for *cart*" }));
    await waitFor(() => expect(screen.getByText(/^123 keys of \d+, complete$/)).toBeTruthy());
    expect(host.fake.callsOf("keysList").at(-1)?.[0]).toMatchObject({ pattern: "*cart*", separator: ":" });
    await user.click(screen.getByRole("radio", { name: "Flat" }));
    await waitFor(() => expect(host.fake.callsOf("keysList").at(-1)?.[0]).toMatchObject({ separator: "" }));
    await user.click(screen.getByRole("combobox", { name: "Type" }));
    await user.click(await screen.findByRole("option", { name: "zset" }));
    await screen.findByText("No key fits");
  });

  it("say where the list stopped, and are read on", async () => {
    const user = userEvent.setup();
    await open({}, {}, (host) => {
      keyspaceOf(host.fake.world, null).limit = 100;
    });
    expect(await screen.findByText("100 keys, stopped here")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Read on" }));
    await screen.findByText("200 keys, stopped here");
  });

  it("are saved only over what was seen: a conflict shows theirs and lets one choose", async () => {
    const user = userEvent.setup();
    const host = await open({ chosen: "feature:dark-mode", expanded: ["feature:"] });
    await write(/^Text of feature:dark-mode/, "mine");
    expect(await screen.findByText(/^Not saved/)).toBeTruthy();
    const held = store(host).get("feature:dark-mode");
    if (held) held.text = new TextEncoder().encode("theirs");
    await user.click(screen.getByRole("button", { name: /^Save(?!d)/ }));
    await screen.findByText("Somebody saved another value meanwhile");
    expect(textOf(host, "feature:dark-mode")).toBe("theirs");
    expect((await typedIn(/^The value on the server/)).textContent).toBe("theirs");
    await user.click(screen.getByRole("button", { name: "Keep mine" }));
    await waitFor(() => expect(textOf(host, "feature:dark-mode")).toBe("mine"));
    expect(screen.queryByText(/^Not saved/)).toBeNull();
    expect(host.fake.callsOf("keyChange").at(-1)?.[0]).toMatchObject({
      edit: { edit: "replace", seen: { as: "text", of: "theirs" }, new: { as: "text", of: "mine" } },
    });
  });

  it("show theirs of a field too, and take it where that is chosen", async () => {
    const user = userEvent.setup();
    const host = await open({ chosen: "cart:user:906" });
    const region = await shown("cart:user:906");
    await user.click(await within(region).findByRole("row", { name: "note" }));
    await write(/^Text of note/, "mine");
    const field = store(host).get("cart:user:906")?.fields.get("note");
    if (field) field.value = new TextEncoder().encode("theirs");
    await user.click(await screen.findByRole("button", { name: /^Save(?!d)/ }));
    await screen.findByText("Somebody saved another value meanwhile");
    await user.click(screen.getByRole("button", { name: "Take theirs" }));
    await waitFor(async () => expect((await typedIn(/^Text of note/)).textContent).toBe("theirs"));
    expect((await within(region).findByRole("row", { name: "note" })).textContent).toContain("theirs");
  });

  it("keep what was typed while another key is looked at, and mark it", async () => {
    const user = userEvent.setup();
    await open({ chosen: "feature:dark-mode", expanded: ["feature:"] });
    await write(/^Text of feature:dark-mode/, "half");
    await user.click(await key("feature:new-search"));
    await typedIn(/^Text of feature:new-search/);
    await user.click(await key("feature:dark-mode"));
    await waitFor(async () => expect((await typedIn(/^Text of feature:dark-mode/)).textContent).toBe("half"));
    await user.click(screen.getByRole("button", { name: "Discard" }));
    await waitFor(async () => expect((await typedIn(/^Text of feature:dark-mode/)).textContent).toBe("on"));
  });

  it("show a long value by its beginning and say so, and more of it when that is asked for", async () => {
    const user = userEvent.setup();
    const host = await open({ chosen: "cache:bytes", expanded: ["cache:"] }, {}, (fake) => {
      const text = Uint8Array.from({ length: 2_400_000 }, (_, at) => at % 256);
      store(fake).set("cache:bytes", blank("string", { text }));
    });
    const region = await shown("cache:bytes");
    await within(region).findByText(/^first 262 kB of 2\.4 MB/);
    expect(within(region).getByText(/only its beginning was read/)).toBeTruthy();
    expect(within(region).getByText("00000010")).toBeTruthy();
    await user.click(within(region).getByRole("button", { name: "Load more" }));
    await within(region).findByText(/^first 524 kB of 2\.4 MB/);
    expect(host.fake.callsOf("keyRead").at(-1)?.[0]).toMatchObject({ first: 262_144, most: 262_144 });
  });

  it("change a field in its place, add one, remove one and put it back", async () => {
    const user = userEvent.setup();
    const host = await open({ chosen: "cart:user:906", expanded: ["cart:", "cart:user:"] });
    const region = await shown("cart:user:906");
    await user.dblClick(await within(region).findByRole("row", { name: "currency" }));
    const cell = await within(region).findByRole("textbox", { name: "value of currency" });
    await user.clear(cell);
    await user.type(cell, "CHF{Enter}");
    const fields = () => store(host).get("cart:user:906")?.fields;
    await waitFor(() => expect(new TextDecoder().decode(fields()?.get("currency")?.value)).toBe("CHF"));
    expect(host.fake.callsOf("keyChange").at(-1)?.[0]).toMatchObject({
      edit: { edit: "put", seen: { name: "currency", value: { of: "EUR" } }, new: { value: { of: "CHF" } } },
    });
    await user.click(within(region).getByRole("button", { name: "Field" }));
    await user.type(await within(region).findByRole("textbox", { name: "Field" }), "gift");
    await user.type(within(region).getByRole("textbox", { name: "Value" }), "yes{Enter}");
    await within(region).findByRole("row", { name: "gift" });
    await user.click(within(region).getByRole("row", { name: "gift" }));
    within(region).getByRole("grid").focus();
    await user.keyboard("{Delete}");
    await waitFor(() => expect(fields()?.has("gift")).toBe(false));
    await user.click(await screen.findByRole("button", { name: "Put it back" }));
    await waitFor(() => expect(fields()?.has("gift")).toBe(true));
  });

  it("are deleted after a yes to their number, namespaces with all in them", async () => {
    const user = userEvent.setup();
    const host = await open({ expanded: ["cart:"] });
    await tree();
    await user.click(await key(/^cart:guest: /));
    await user.keyboard("{Delete}");
    const dialog = await screen.findByRole("alertdialog", { name: "Delete 119 keys?" });
    expect(within(dialog).getByText(/… and 111 more/)).toBeTruthy();
    expect(document.activeElement?.textContent).toContain("Cancel");
    await user.click(within(dialog).getByRole("button", { name: "Delete 119" }));
    await screen.findByText("Deleted 119 keys");
    expect(host.fake.callsOf("keysRemove").at(-1)?.[0]).toMatchObject({ namespaces: ["cart:guest:"], confirmed: 119 });
    expect(store(host).size).toBe(85);
  });

  it("are renamed, never over another one, and get another time to live", async () => {
    const user = userEvent.setup();
    const host = await open({ chosen: "feature:dark-mode", expanded: ["feature:"] });
    const region = await shown("feature:dark-mode");
    await user.click(await within(region).findByRole("button", { name: "Rename" }));
    const name = await screen.findByRole("textbox", { name: "Name" });
    await user.clear(name);
    await user.type(name, "feature:new-search{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("There is a key feature:new-search already.");
    await user.clear(name);
    await user.type(name, "feature:night{Enter}");
    const renamed = await shown("feature:night");
    await user.click(await within(renamed).findByRole("button", { name: "Change" }));
    const after = await screen.findByRole("textbox", { name: /^Seconds/ });
    await user.clear(after);
    await user.type(after, "2 h{Enter}");
    await within(renamed).findByText(/^1 h 59 min|^2 h 00 min/);
    expect(host.fake.callsOf("keyChange").at(-1)?.[0]).toMatchObject({ edit: { edit: "expire", ttl_ms: 7_200_000 } });
  });

  it("are made with their first element, and shown", async () => {
    const user = userEvent.setup();
    const host = await open();
    await tree();
    await user.click(screen.getAllByRole("button", { name: "New key" })[0] as HTMLElement);
    const dialog = await screen.findByRole("dialog", { name: "New key" });
    await user.type(within(dialog).getByRole("textbox", { name: "Name" }), "basket:1");
    await user.click(within(dialog).getByRole("combobox", { name: "Type" }));
    await user.click(await screen.findByRole("option", { name: "zset" }));
    await user.type(within(dialog).getByRole("textbox", { name: "Member" }), "tea");
    await user.type(within(dialog).getByRole("textbox", { name: "Score" }), "2.50");
    await user.click(within(dialog).getByRole("button", { name: "Create" }));
    const region = await shown("basket:1");
    await within(region).findByRole("row", { name: "tea" });
    expect(store(host).get("basket:1")?.scores.get("tea")).toBe("2.50");
  });

  it("that expire while they are looked at stay, dimmed, and cannot be changed", async () => {
    const host = await open({ chosen: "lock:invoice:2026-11" });
    const region = await shown("lock:invoice:2026-11");
    await typedIn(/^Text of lock/);
    store(host).delete("lock:invoice:2026-11");
    fireEvent.click(within(region).getByRole("button", { name: "Read this key again" }));
    await within(region).findByText(/^This key is gone/);
    expect(within(region).getByText("worker-7")).toBeTruthy();
    expect(within(region).getByRole("button", { name: "Delete" }).getAttribute("aria-disabled")).toBe("true");
  });

  it("of a read-only connection say why nothing can be changed", async () => {
    await open({ chosen: "feature:dark-mode" }, { keys: "read_only" });
    const region = await shown("feature:dark-mode");
    await within(region).findByText(/^Not edited: the connection is read-only/);
    const rename = within(region).getByRole("button", { name: "Rename" });
    expect(rename.getAttribute("aria-description")).toBe("the connection is read-only");
  });

  it("ask before each change where the connection wants that, and do nothing after a no", async () => {
    const user = userEvent.setup();
    const host = await open({ chosen: "feature:dark-mode" }, { keys: "confirm_writes" });
    await write(/^Text of feature:dark-mode/, "off");
    await user.click(await screen.findByRole("button", { name: /^Save(?!d)/ }));
    const dialog = await screen.findByRole("alertdialog", { name: "Change feature:dark-mode?" });
    expect(within(dialog).getByText(/^WATCH feature:dark-mode/)).toBeTruthy();
    await user.click(within(dialog).getByRole("button", { name: /^Cancel/ }));
    expect(textOf(host, "feature:dark-mode")).toBe("on");
    expect(await screen.findByText(/^Not saved/)).toBeTruthy();
  });

  it("that may not be listed look like that, not like none", async () => {
    await open({}, {}, (host) => host.fake.fail("keysList", fakeFailure("forbidden", "This login has no SCAN.")));
    await screen.findByText("These keys may not be listed");
    expect(screen.queryByText("No keys here")).toBeNull();
  });

  it("are told apart by what fills the memory", async () => {
    const user = userEvent.setup();
    await open();
    await user.click((await screen.findAllByRole("button", { name: /^What is in here/ }))[0] as HTMLElement);
    const sample = await screen.findByRole("region", { name: "What is in here" });
    await within(sample).findByText(/^of 204 keys sampled/);
    await user.click(within(within(sample).getByRole("region", { name: "Largest keys" })).getByText("cache:catalogue"));
    await shown("cache:catalogue");
  });

  it("show who reads a stream", async () => {
    const user = userEvent.setup();
    await open({ chosen: "job:emails" });
    const region = await shown("job:emails");
    await within(region).findByRole("row", { name: "1795100477563-0" });
    await user.click(within(region).getByRole("radio", { name: "Groups" }));
    const group = await within(region).findByRole("region", { name: "Group mailers" });
    expect(group.textContent).toContain("lag 12 · 3 pending");
    expect(within(group).getAllByText("mailer-1").length).toBe(4);
  });

  it("are opened from the explorer and the palette, once for each database", async () => {
    const user = userEvent.setup();
    const host = fakeHost({ pace: 0, open: [REDIS] });
    setHost(host);
    const root = document.createElement("div");
    root.id = "root";
    document.body.append(root);
    render(<App />, { container: root });
    const explorer = await screen.findByRole("tree", { name: "Objects" });
    // Unfolded by itself: what is above it does not move any more.
    await within(explorer).findByRole("treeitem", { name: /^db0/ });
    await user.dblClick(within(explorer).getByRole("treeitem", { name: /^sessions/ }));
    await screen.findByRole("tab", { name: /^Keys db0/ });
    await user.dblClick(await within(explorer).findByRole("treeitem", { name: /^db0/ }));
    await user.dblClick(await within(explorer).findByRole("treeitem", { name: /^db1/ }));
    await screen.findByRole("tab", { name: /^Keys db1/ });
    expect(screen.getAllByRole("tab", { name: /^Keys/ })).toHaveLength(2);
    await waitFor(() =>
      expect(host.fake.callsOf("keysList").at(-1)?.[0]).toMatchObject({ of: { ...OF, database: "1" } }),
    );
    await screen.findByText("No keys here");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: /^Find an action/ }), ">keys of this");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(screen.getAllByRole("tab", { name: /^Keys/ })).toHaveLength(2));
  });
});
