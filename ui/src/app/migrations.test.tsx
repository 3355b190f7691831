import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { closeNewMigration } from "@/features/migrations";
import { setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, fakeTab, PROD, STAGING } from "@/ipc/fake";
import { FOLDER, migrationsOf } from "@/ipc/fake/migrations";
import { App } from "./App";

Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

async function open(view: object = { folder: FOLDER }, profile = STAGING, change?: (host: FakeHost) => void) {
  const tab = fakeTab("m", { kind: "migrations", profile_id: profile, view: JSON.stringify(view) });
  const host = fakeHost({ pace: 0, open: [profile], tabs: [tab], active: "m" });
  change?.(host);
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("toolbar", { name: "Migrations" });
  return host;
}

const list = () => screen.findByRole("listbox", { name: "Migrations" });
const lines = async () => within(await list()).getAllByRole("option");
const choose = async (name: RegExp) => fireEvent.click(within(await list()).getByRole("option", { name }));
const button = (name: string | RegExp) => screen.getByRole("button", { name });
const dialog = () => screen.findByRole("dialog");

describe("migrations of a database", () => {
  beforeEach(() => {
    window.localStorage.clear();
    vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(600);
    vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(900);
  });
  afterEach(() => {
    act(closeNewMigration);
    cleanup();
    document.body.replaceChildren();
    vi.restoreAllMocks();
  });

  it("asks for a folder where there is none, chosen in the system's dialog or typed", async () => {
    const user = userEvent.setup();
    const host = await open({});
    const [chooser] = await screen.findAllByRole("button", { name: /^Choose a folder/ });
    expect(chooser).toBeTruthy();
    expect(button(/^Apply pending/).getAttribute("aria-disabled")).toBe("true");
    await user.type(screen.getByRole("textbox", { name: "Folder of migrations" }), `${FOLDER}{Enter}`);
    expect((await lines()).length).toBe(9);
    expect(host.fake.callsOf("migrationsStatus").at(-1)).toEqual([STAGING, null, FOLDER]);
  });

  it("says of each how it stands in words, and why of the chosen one", async () => {
    await open();
    const words = (await lines()).map((line) => line.textContent);
    expect(words[2]).toContain("drifted");
    expect(words[3]).toContain("missing");
    expect(words[4]).toContain("late");
    await choose(/drifted/);
    const details = await screen.findByRole("region", { name: "Migration 20261011093000" });
    expect(within(details).getByText(/its file is another than what was applied/)).toBeTruthy();
    expect(within(details).getByText("Applied sum")).toBeTruthy();
    await waitFor(() => expect(details.textContent).toContain("CREATE TABLE language"));
    fireEvent.click(within(details).getByRole("radio", { name: "Way back" }));
    await waitFor(() => expect(details.textContent).toContain("DROP TABLE language"));
    const { violations } = await axe.run(screen.getByRole("tabpanel"), {
      rules: { "color-contrast": { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
  });

  it("shows what is pending, tries it, applies it and says so", async () => {
    const user = userEvent.setup();
    const host = await open({ folder: FOLDER, chosen: "20261120093000" });
    await list();
    await user.click(await screen.findByRole("button", { name: "Apply up to here…" }));
    const review = await dialog();
    expect(await within(review).findByText("Apply 2 migrations")).toBeTruthy();
    expect(within(review).getByText("A late migration runs after ones that were written later than it.")).toBeTruthy();
    await user.click(within(review).getByRole("button", { name: "Try" }));
    expect(await within(review).findByText(/It was rolled back: nothing is changed/)).toBeTruthy();
    expect(host.fake.callsOf("migrationsRun")).toHaveLength(0);
    await user.click(within(review).getByRole("button", { name: "Apply" }));
    expect(await screen.findByText("Applied 2 migrations in 87 ms")).toBeTruthy();
    const sent = host.fake.callsOf("migrationsRun").at(-1)?.[2];
    expect(sent).toMatchObject({ folder: FOLDER, direction: "up", to: "20261120093000", lock_timeout_ms: 2_000 });
    await waitFor(async () => expect((await lines())[6]?.textContent).toContain("applied"));
  });

  it("does not offer to try what cannot be rolled back, and says why", async () => {
    const user = userEvent.setup();
    await open();
    await list();
    await user.keyboard("{Control>}{Shift>}r{/Shift}{/Control}");
    const review = await dialog();
    expect(await within(review).findByText(/It cannot be tried first: .*outside of a transaction/)).toBeTruthy();
    expect(within(review).getByRole("button", { name: "Try" }).getAttribute("aria-disabled")).toBe("true");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("shows which statement of which file stopped, what the server said of it, and what is kept", async () => {
    const user = userEvent.setup();
    const host = await open({ folder: FOLDER });
    migrationsOf(host.fake.world, STAGING).answers.push("stopped");
    await list();
    await user.click(button(/^Apply pending/));
    const review = await dialog();
    await within(review).findByText("Apply 4 migrations");
    await user.click(within(review).getByRole("button", { name: "Apply" }));
    expect(await within(review).findByText(`column "note" does not exist`)).toBeTruthy();
    expect(within(review).getByText(/Line 1, column 31/)).toBeTruthy();
    expect(
      within(review).getByText(/Statement 2 of .*\.up\.sql did not run\. 3 migrations before it are kept/),
    ).toBeTruthy();
    expect(within(review).getByText("stopped here")).toBeTruthy();
    expect(within(review).getAllByText("kept")).toHaveLength(3);
    expect(within(review).getByRole("button", { name: "Apply" }).getAttribute("aria-disabled")).toBe("true");
    await user.click(
      within(review)
        .getAllByRole("button", { name: /^Close/ })
        .at(-1) as HTMLElement,
    );
    await waitFor(async () => expect((await lines()).at(-1)?.textContent).toContain("failed"));
  });

  it("says who holds a lock, and tries again", async () => {
    const user = userEvent.setup();
    const host = await open({ folder: FOLDER });
    migrationsOf(host.fake.world, STAGING).answers.push("locked");
    await list();
    await user.click(button(/^Apply pending/));
    const review = await dialog();
    await within(review).findByText("Apply 4 migrations");
    await user.click(within(review).getByRole("button", { name: "Apply" }));
    expect(await within(review).findByText(/checkout/)).toBeTruthy();
    await user.click(within(review).getByRole("button", { name: "Retry" }));
    // Those before it are kept: what runs now is another thing than what was looked at.
    expect(await within(review).findByText(/not what you had reviewed/)).toBeTruthy();
    expect(await within(review).findByText("Apply 1 migration")).toBeTruthy();
    await user.click(within(review).getByRole("button", { name: "Apply" }));
    expect(await screen.findByText("Applied 1 migration in 87 ms")).toBeTruthy();
  });

  it("asks what became of a failed one before anything else runs", async () => {
    const user = userEvent.setup();
    const host = await open({ folder: "/users/ada/shop/failed", chosen: "20261007101500" });
    expect(await screen.findByText("Statements 1–2 of 5 are kept; number 3 may be.")).toBeTruthy();
    expect(button(/^Apply pending/).getAttribute("aria-description")).toContain("was begun and not brought to its end");
    await user.click(button("It is applied…"));
    const sure = await screen.findByRole("alertdialog");
    expect(within(sure).getByText(/it is never run again/)).toBeTruthy();
    expect(host.fake.callsOf("migrationsSettle")).toHaveLength(0);
    await user.click(within(sure).getByRole("button", { name: "It is applied" }));
    await waitFor(() =>
      expect(host.fake.callsOf("migrationsSettle").at(-1)).toEqual([
        STAGING,
        null,
        "/users/ada/shop/failed",
        "20261007101500",
        "applied",
      ]),
    );
    await waitFor(() => expect(button(/^Apply pending/).getAttribute("aria-disabled")).toBeNull());
  });

  it("takes migrations back, the last first", async () => {
    const user = userEvent.setup();
    const host = await open({ folder: FOLDER });
    await list();
    await user.click(button("Roll back…"));
    const review = await dialog();
    expect(await within(review).findByText("Roll back 1 migration")).toBeTruthy();
    expect(review.textContent).toContain("DROP TABLE invoices");
    await user.click(within(review).getByRole("button", { name: "Roll back" }));
    expect(await screen.findByText(/Rolled back 1 migration/)).toBeTruthy();
    expect(host.fake.callsOf("migrationsRun").at(-1)?.[2]).toMatchObject({ direction: "down", to: null });
  });

  it("asks for the name on production, and sends nothing before", async () => {
    const user = userEvent.setup();
    const host = await open({ folder: FOLDER }, PROD, (made) => {
      made.fake.world.profiles = made.fake.world.profiles.map((each) => ({ ...each, safety: "normal" as never }));
      const state = made.fake.world.connections.get(PROD);
      if (state) made.fake.world.connections.set(PROD, { ...state, read_only: null });
    });
    await list();
    await user.click(button(/^Apply pending/));
    const review = await dialog();
    await within(review).findByText("Apply 4 migrations");
    await user.click(within(review).getByRole("button", { name: "Apply to shop-prod" }));
    await user.type(await within(review).findByRole("textbox", { name: "Type shop-prod to go on" }), "shop-prod");
    await user.click(within(review).getByRole("button", { name: "Apply to production" }));
    expect(await screen.findByText("Applied 4 migrations in 87 ms")).toBeTruthy();
    expect(host.fake.callsOf("migrationsRun").map((args) => args[3])).toEqual([
      null,
      expect.objectContaining({ typed: "shop-prod" }),
    ]);
  });

  it("shows another tool's history, and why nothing of it is applied from here", async () => {
    await open({ folder: "/users/ada/shop/flyway" });
    expect(await screen.findByText(/Flyway's migrations are applied by Flyway/)).toBeTruthy();
    expect((await lines()).length).toBe(3);
    expect(button(/^Apply pending/).getAttribute("aria-description")).toContain("applied by Flyway");
    expect(screen.getByText(/2 in public.flyway_schema_history/)).toBeTruthy();
  });

  it("says what is wrong with a folder, where it is wrong", async () => {
    const user = userEvent.setup();
    const host = await open({ folder: "/nowhere" });
    expect(await screen.findByText("The migrations could not be read")).toBeTruthy();
    expect(screen.getByText(/There is no folder \/nowhere/)).toBeTruthy();
    host.fake.fail("migrationsStatus", fakeFailure("unreachable", "The server closed the connection."));
    await user.click(button("Try again"));
    expect(await screen.findByText(/The server closed the connection/)).toBeTruthy();
  });

  it("writes a new one by key, and of what is staged", async () => {
    const user = userEvent.setup();
    const host = await open({ folder: FOLDER });
    await list();
    await user.keyboard("{Control>}i{/Control}");
    const made = await dialog();
    expect(within(made).getByRole("button", { name: "Write the files" }).getAttribute("aria-disabled")).toBe("true");
    await user.type(within(made).getByRole("textbox", { name: "Name" }), "orders have notes");
    fireEvent.click(within(made).getByRole("radio", { name: /What is staged/ }));
    expect(await within(made).findByText(/Nothing is staged\. Change/)).toBeTruthy();
    const table = { database: "shop", schema: "public", kind: "relation", name: "coupons", signature: null };
    await act(async () => {
      await host.editStructure(STAGING, null, [{ edit: "drop", object: table }]);
    });
    await waitFor(() => expect(made.textContent).toContain("DROP TABLE public.coupons"));
    await user.click(within(made).getByRole("button", { name: "Write the files" }));
    expect(await screen.findByText("Wrote a migration")).toBeTruthy();
    expect(host.fake.callsOf("migrationsCreate").at(-1)?.[2]).toEqual({
      folder: FOLDER,
      name: "orders have notes",
      up: null,
      down: null,
    });
    await waitFor(async () => expect((await lines()).length).toBe(10));
    await user.click(await screen.findByRole("button", { name: "Discard what is staged" }));
    await waitFor(() => expect(host.fake.callsOf("editStructure").at(-1)?.[2]).toEqual([{ edit: "discard_all" }]));
  });

  it("is walked by keys: the list, Enter to review, the filter", async () => {
    const user = userEvent.setup();
    await open({ folder: FOLDER });
    const all = await list();
    act(() => all.focus());
    await user.keyboard("{End}");
    expect(await screen.findByRole("region", { name: "Migration 20261122093000" })).toBeTruthy();
    await user.keyboard("{Enter}");
    expect(await within(await dialog()).findByText("Apply 4 migrations")).toBeTruthy();
    await user.keyboard("{Escape}");
    await user.keyboard("{Control>}f{/Control}late");
    await waitFor(async () => expect((await lines()).length).toBe(1));
  });
});
