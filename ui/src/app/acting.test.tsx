import { cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, type FakeOptions, fakeHost, fakeTab, SAMPLE, STAGING } from "@/ipc/fake";
import { App } from "./App";
import { type OpenTab, records, restored, type Tabs } from "./model";

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect ??= () => new DOMRect();

const orders = { database: "shop", schema: "public", kind: "relation", name: "orders", signature: null };
const CLAIMS = '{"sub": "42f6a7c0-1111-4222-8333-444455556666"}';
const ada = { role: "authenticated", claims: CLAIMS, claims_setting: null, settings: [], apply_role_settings: false };

async function open(options: FakeOptions): Promise<FakeHost> {
  const host = fakeHost({ pace: 0, ...options });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("tablist", { name: "Open tabs" });
  return host;
}

const table = (view: object = {}) =>
  fakeTab("r", { kind: "relation", title: "orders", profile_id: STAGING, object: orders, view: JSON.stringify(view) });
const stripe = () => screen.findByRole("region", { name: /^Acts as / });
const inFront = () => screen.getByRole("tab", { selected: true, name: /^(?:orders|Query)/ }).textContent;
const asked = (host: FakeHost, name: "browse" | "browseCount" | "run") =>
  host.fake.callsOf(name).at(-1)?.[0] as { actor: unknown } | undefined;

async function actAs(user: ReturnType<typeof userEvent.setup>, role: string) {
  await user.keyboard("{Control>}{Shift>}i{/Shift}{/Control}");
  const dialog = await screen.findByRole("dialog", { name: /^Act as, in / });
  await within(dialog).findByRole("option", { name: new RegExp(`^${role}`) });
  await user.keyboard(`${role}{Enter}`);
  return dialog;
}

describe("acting as somebody", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("is chosen by keys alone; rows and counts are asked as the actor, and everything says so", async () => {
    const user = userEvent.setup();
    const host = await open({ open: [STAGING], tabs: [table()], active: "r" });
    (await screen.findByRole("grid", { name: "Rows of orders" })).focus();
    expect(screen.queryByRole("region", { name: /^Acts as / })).toBeNull();
    const dialog = await actAs(user, "authenticated");
    await user.type(within(dialog).getByRole("textbox", { name: /^Claims/ }), CLAIMS.replaceAll("{", "{{"));
    await user.keyboard("{Control>}{Enter}{/Control}");
    const said = await stripe();
    expect(said.textContent).toContain("as authenticated · sub 42f6a7c0-1111…");
    expect(
      within(said)
        .getByText(/authenticated/)
        .closest("[data-tip]")
        ?.getAttribute("data-tip"),
    ).toContain(CLAIMS);
    expect(inFront()).toContain("as authenticated");
    expect(
      within(screen.getByRole("contentinfo")).getByRole("button", { name: /^as authenticated · sub/ }),
    ).toBeTruthy();
    expect(host.fake.title).toContain("as authenticated");
    await waitFor(() => expect(asked(host, "browse")?.actor).toEqual(ada));
    await waitFor(() => expect(document.activeElement?.closest("[role=grid]")).not.toBeNull());
    await user.click(await screen.findByRole("button", { name: /^Count/ }));
    await waitFor(() => expect(asked(host, "browseCount")?.actor).toEqual(ada));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.click(within(await stripe()).getByRole("button", { name: "Stop acting" }));
    await waitFor(() => expect(asked(host, "browse")?.actor).toBeNull());
    expect(screen.queryByRole("region", { name: /^Acts as / })).toBeNull();
  });

  it("says as whom edits are saved, and asks before they are saved as somebody else than they were staged as", async () => {
    const user = userEvent.setup();
    const kept = fakeTab("r", {
      kind: "relation",
      title: "customers",
      profile_id: STAGING,
      object: { ...orders, name: "customers" },
      view: JSON.stringify({ acting: { role: "anon" } }),
    });
    const host = await open({ open: [STAGING], tabs: [kept], active: "r" });
    const grid = await screen.findByRole("grid", { name: "Rows of customers" });
    await waitFor(() => expect(grid.getAttribute("aria-readonly")).toBe("false"));
    grid.focus();
    await user.keyboard("{Control>}{Home}{/Control}{ArrowRight}Zora{Enter}");
    const bar = await screen.findByRole("group", { name: "Changes that are not saved" });
    await within(bar).findByText("saved as anon");
    expect(within(bar).queryByText(/^staged as/)).toBeNull();
    await user.click(within(bar).getByRole("button", { name: "Review" }));
    const review = await screen.findByRole("dialog", { name: "Review changes" });
    await within(review).findByText(/in one transaction as anon\. This is sent as it stands\./);
    expect(within(review).queryByText(/was staged as/)).toBeNull();
    await user.keyboard("{Escape}");

    const saves = () =>
      within(screen.getByRole("group", { name: "Changes that are not saved" })).getByRole("button", { name: /^Save/ });
    await user.click(within(await stripe()).getByRole("button", { name: "Stop acting" }));
    await screen.findByText("staged as anon");
    expect(screen.queryByText(/^saved as/)).toBeNull();
    await user.click(saves());
    const asks = await screen.findByRole("alertdialog", { name: "Save to customers as the login?" });
    expect(within(asks).getByText("This was staged as anon. It is saved as the login.")).toBeTruthy();
    const found = await axe.run(document.body, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await user.click(within(asks).getByRole("button", { name: /^Cancel/ }));
    await screen.findByText("staged as anon");
    expect(host.fake.callsOf("editsSave")).toHaveLength(1);
    await user.click(saves());
    await user.click(await screen.findByRole("button", { name: "Save as the login" }));
    await screen.findByText(/^Saved 1 changed/);
    expect(host.fake.callsOf("editsSave").at(-1)?.[1]).toMatchObject({ typed: null });
  });

  it("tells what the server refuses, with its fix, and keeps what was written", async () => {
    const user = userEvent.setup();
    const host = await open({ open: [STAGING], tabs: [table()], active: "r" });
    await screen.findByRole("grid", { name: "Rows of orders" });
    const dialog = await actAs(user, "postgres");
    expect(within(dialog).getByText(/You are not a member of it/)).toBeTruthy();
    await user.keyboard("{Enter}");
    const alert = await within(dialog).findByText(/GRANT postgres TO reporting/);
    expect(alert.closest("[role=alert]")).toBeTruthy();
    const before = host.fake.callsOf("browse").length;
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(host.fake.callsOf("browse")).toHaveLength(before);
    await user.keyboard("{Control>}{Shift>}i{/Shift}{/Control}");
    const again = await screen.findByRole("dialog", { name: /^Act as, in / });
    expect((within(again).getByRole("textbox", { name: /^Role/ }) as HTMLInputElement).value).toBe("postgres");
  });

  it("checks claims while they are typed and says the place", async () => {
    const user = userEvent.setup();
    await open({ open: [STAGING], tabs: [table()], active: "r" });
    await screen.findByRole("grid", { name: "Rows of orders" });
    const dialog = await actAs(user, "anon");
    const claims = within(dialog).getByRole("textbox", { name: /^Claims/ });
    await user.type(claims, '{{"sub" 42}');
    expect(within(dialog).getByText("Column 8: a colon is missing here.")).toBeTruthy();
    expect(claims.getAttribute("aria-invalid")).toBe("true");
    expect(
      within(dialog)
        .getByRole("button", { name: /^Act as this/ })
        .getAttribute("aria-disabled"),
    ).toBe("true");
  });

  it("has no accessibility trouble", async () => {
    const user = userEvent.setup();
    await open({ open: [STAGING], tabs: [table({ acting: ada })], active: "r" });
    await stripe();
    const rules = { region: { enabled: false }, "color-contrast": { enabled: false } };
    const trouble = async () =>
      (await axe.run(document.body, { rules })).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    expect(await trouble()).toEqual([]);
    await actAs(user, "anon");
    expect(await trouble()).toEqual([]);
  });

  it("warns when a statement left the actor", async () => {
    const user = userEvent.setup();
    const text = "reset role;\nselect 1;";
    const tab = fakeTab("q", { title: "Query 1", profile_id: STAGING, view: JSON.stringify({ acting: ada }) }, text);
    const host = await open({ open: [STAGING], tabs: [tab], active: "q" });
    expect((await stripe()).textContent).toContain("as authenticated");
    await user.click(await screen.findByRole("button", { name: /^Run all/ }));
    await waitFor(async () =>
      expect((await stripe()).textContent).toContain("Statement 1 went on as reporting, not as authenticated."),
    );
    expect(asked(host, "run")?.actor).toEqual(ada);
    expect(within(await stripe()).getByRole("alert")).toBeTruthy();
  });

  it("is not offered where a database does not know it", async () => {
    const user = userEvent.setup();
    await open({ open: [SAMPLE], tabs: [fakeTab("q", { title: "Query 1", profile_id: SAMPLE })], active: "q" });
    await screen.findByRole("button", { name: /^Run\s*Ctrl/ });
    expect(screen.queryByRole("button", { name: "Act as somebody" })).toBeNull();
    await user.keyboard("{Control>}{Shift>}i{/Shift}{/Control}");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("comes with the connection, and a tab can leave it and come back", async () => {
    const user = userEvent.setup();
    const host = fakeHost({ pace: 0, open: [STAGING], tabs: [table()], active: "r" });
    host.fake.world.profiles = host.fake.world.profiles.map((profile) =>
      profile.id === STAGING ? { ...profile, actor: ada } : profile,
    );
    setHost(host);
    const root = document.createElement("div");
    root.id = "root";
    document.body.append(root);
    render(<App />, { container: root });
    expect((await stripe()).textContent).toContain("by the connection");
    await waitFor(() => expect(asked(host, "browse")?.actor).toEqual(ada));
    await user.click(within(await stripe()).getByRole("button", { name: "Stop acting" }));
    await waitFor(() => expect(asked(host, "browse")?.actor).toBeNull());
    expect((await stripe()).textContent).toContain("as the login itself");
    await user.click(within(await stripe()).getByRole("button", { name: "As the connection" }));
    await waitFor(() => expect(asked(host, "browse")?.actor).toEqual(ada));
  });
});

describe("a connection's form", () => {
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("says whom its tabs begin as, and saves that", async () => {
    const user = userEvent.setup();
    const form = fakeTab("c", { kind: "connection", profile_id: STAGING });
    const host = await open({ tabs: [form], active: "c" });
    await user.click(await screen.findByRole("button", { name: /^Act as/ }));
    await user.type(await screen.findByRole("textbox", { name: "Role" }), "authenticated");
    await user.type(screen.getByRole("textbox", { name: /^Claims/ }), '{{"sub"');
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect((await screen.findAllByText("The claims are no JSON object yet.")).length).toBeGreaterThan(0);
    expect(host.fake.callsOf("saveProfile")).toEqual([]);
    await user.type(screen.getByRole("textbox", { name: /^Claims/ }), ': "42"}');
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(host.fake.callsOf("saveProfile")).toHaveLength(1));
    expect(host.fake.callsOf("saveProfile")[0]?.[0]).toMatchObject({
      actor: { role: "authenticated", claims: '{"sub": "42"}' },
    });
    expect((await screen.findAllByText("as authenticated")).length).toBeGreaterThan(0);
  });
});

describe("a kept tab", () => {
  const tabs = (tab: OpenTab): Tabs => ({ open: [tab], active: tab.id, shown: new Set(), split: null });
  const again = (view: string) => restored(fakeTab("q", { profile_id: STAGING, view }));

  it("comes back as whom it acted", () => {
    const tab = again(JSON.stringify({ results: 300, acting: ada }));
    expect(tab).toMatchObject({ acting: ada });
    const [kept] = records(tabs(tab as OpenTab));
    expect(JSON.parse(kept?.view ?? "")).toEqual({ results: 300, acting: ada });
  });

  it("comes back as the login where that was chosen, and as its connection where nothing was", () => {
    expect(again('{"acting":null}')).toMatchObject({ acting: null });
    expect(again("{}")).not.toHaveProperty("acting");
    expect(again('{"acting":"root"}')).not.toHaveProperty("acting");
    const left = { ...(again(JSON.stringify({ results: 300, acting: ada })) as OpenTab), acting: undefined };
    expect(JSON.parse(records(tabs(left as OpenTab))[0]?.view ?? "")).toEqual({ results: 300 });
  });
});
