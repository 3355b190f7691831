import { cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, fakeHost, fakeTab, STAGING } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

async function open(view: object = {}): Promise<FakeHost> {
  const tab = fakeTab("a", { kind: "advisor", title: "Advisor", profile_id: STAGING, view: JSON.stringify(view) });
  const host = fakeHost({ pace: 0, open: [STAGING], tabs: [tab], active: "a" });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("tab", { name: /^Advisor · / });
  return host;
}

const finding = (name: RegExp) => screen.findByRole("option", { name });

describe("the advisor", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("says what was found, and never counts what was not evaluated as passed", async () => {
    const user = userEvent.setup();
    await open();
    await screen.findByText(/tables? secured, \d+ warnings?, \d+ errors?$/);
    expect(screen.getByText(/2 could not be evaluated, or not in full/)).toBeTruthy();
    expect(screen.getByText("Grade D?")).toBeTruthy();
    await user.click(screen.getByRole("radio", { name: /Not evaluated/ }));
    const list = await screen.findByRole("list", { name: "Rules that were not evaluated" });
    expect(within(list).getByText(/pg_stat_statements is not installed/)).toBeTruthy();
  });

  it("opens a fix as a script and runs nothing", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(await finding(/app\.api_keys/));
    const details = await screen.findByRole("region", { name: /^Finding: Row security is off/ });
    expect(within(details).getByText("ACCESS EXCLUSIVE")).toBeTruthy();
    await user.click(within(details).getByRole("button", { name: /^Review fix/ }));
    const tab = await screen.findByRole("tab", { name: /^Fix S-01 api_keys/ });
    expect(tab.getAttribute("aria-selected")).toBe("true");
    const panel = await screen.findByRole("tabpanel", { name: /^Fix S-01 api_keys/ });
    await waitFor(() => expect(panel.textContent).toContain("ALTER TABLE app.api_keys ENABLE ROW LEVEL SECURITY;"));
    expect(host.fake.callsOf("run")).toHaveLength(0);
  });

  it("accepts a finding with a reason, lists it apart, and counts it again", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(await finding(/app\.api_keys/));
    await user.click(await screen.findByRole("button", { name: "Accept…" }));
    const dialog = await screen.findByRole("dialog", { name: "Accept 1 finding?" });
    const accept = within(dialog).getByRole("button", { name: "Accept" });
    expect(accept.getAttribute("aria-disabled")).toBe("true");
    await user.type(within(dialog).getByRole("textbox", { name: "Why" }), "read by the gateway only");
    const who = within(dialog).getByRole("textbox", { name: "Who" });
    await user.clear(who);
    await user.type(who, "ann");
    await user.click(accept);
    await waitFor(() => expect(screen.queryByRole("option", { name: /S-01.*api_keys|api_keys.*S-01/ })).toBeNull());
    expect(host.fake.callsOf("advisorSuppress")[0]?.slice(2)).toEqual([
      ["S-01:app:api_keys"],
      "read by the gateway only",
      "ann",
    ]);
    await user.click(screen.getByRole("radio", { name: /Accepted/ }));
    await user.click(await finding(/app\.api_keys/));
    expect(await screen.findByText(/Accepted by ann on 2026-11-22: read by the gateway only/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Count it again" }));
    await screen.findByText("Nothing was accepted");
  });

  it("asks once what untrusted clients reach, and says that a guess is one", async () => {
    const user = userEvent.setup();
    const host = await open();
    expect(await screen.findByText(/That is a guess, from the roles anon and authenticated/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Say what they reach" }));
    const dialog = await screen.findByRole("dialog", { name: "What do untrusted clients reach?" });
    const schemas = await within(dialog).findByRole("group", { name: "Schemas" });
    await user.click(within(schemas).getByRole("checkbox", { name: "public" }));
    await user.click(within(dialog).getByRole("button", { name: "Keep" }));
    await screen.findByText("Untrusted clients reach app, public as anon, authenticated.");
    expect(host.fake.callsOf("keepAdvisorOptions")[0]?.[2]).toMatchObject({ exposure: { guessed_from: null } });
  });

  it("has no accessibility trouble, with a finding chosen", async () => {
    await open({ chosen: "S-01:app:api_keys" });
    await screen.findByRole("region", { name: /^Finding: / });
    const found = await axe.run(document.body, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});
