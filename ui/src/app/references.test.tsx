import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, fakeHost, STAGING } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect ??= () => new DOMRect();

let host: FakeHost;

async function open(): Promise<void> {
  host = fakeHost({ pace: 0, open: [STAGING] });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("tablist", { name: "Open tabs" });
}

const inFront = () =>
  within(screen.getByRole("tablist", { name: "Open tabs" })).getByRole("tab", { selected: true }).textContent;

/** What is in front: the others are hidden, which is not known without styles. */
function front() {
  const found = document.querySelector<HTMLElement>(".rh-document[data-focused]");
  if (!found) throw new Error("nothing is in front");
  return within(found);
}

const grid = () => front().getByRole("grid", { name: /^Rows of/ });

const lastBrowse = () => host.fake.callsOf("browse").at(-1)?.[0];

/** Opens a table from the palette and puts the cursor on a column's first cell. */
async function table(name: string, column: number): Promise<void> {
  const user = userEvent.setup();
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard(`@${name}`);
  await screen.findAllByRole("option", { name: new RegExp(`^${name}.*shop-staging`) });
  await user.keyboard("{Enter}");
  await waitFor(() => expect(inFront()).toContain(name));
  const rows = await screen.findByRole("grid", { name: `Rows of ${name}` });
  act(() => rows.focus());
  fireEvent.keyDown(rows, { key: "Home", ctrlKey: true });
  for (let at = 0; at < column; at += 1) fireEvent.keyDown(rows, { key: "ArrowRight" });
}

describe("foreign keys in the window", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("are followed to exactly one row, and the way back leads to the rows as they were", async () => {
    const user = userEvent.setup();
    await open();
    await table("orders", 2);
    await user.keyboard("{F12}");
    await waitFor(() => expect(inFront()).toContain("customers"));
    await waitFor(() =>
      expect(lastBrowse()).toMatchObject({
        object: { name: "customers" },
        filters: [{ kind: "one", filter: { column: "id", operator: "equal" } }],
      }),
    );
    await screen.findByText(/^id is \d+$/);
    const before = host.fake.callsOf("browse").length;
    await user.click(front().getByRole("button", { name: "Back" }));
    await waitFor(() => expect(inFront()).toContain("orders"));
    await waitFor(() => expect(document.activeElement).toBe(grid()));
    await user.keyboard("{Alt>}{ArrowRight}{/Alt}");
    await waitFor(() => expect(inFront()).toContain("customers"));
    expect(host.fake.callsOf("browse"), "rows that are still there are not read again").toHaveLength(before);
  });

  it("say why there is nothing to follow, and where no key is", async () => {
    const user = userEvent.setup();
    await open();
    await table("orders", 0);
    await user.keyboard("{Control>}k{/Control}");
    await user.keyboard(">follow the foreign");
    const command = await screen.findByRole("option", { name: /Follow the foreign key/ });
    expect(command.getAttribute("aria-disabled")).toBe("true");
    await screen.findByText("the column is no foreign key");
    expect(host.fake.callsOf("followReference")).toHaveLength(0);
  });

  it("are counted only once the list of what refers is open, and lead to the referring rows", async () => {
    const user = userEvent.setup();
    await open();
    await table("customers", 0);
    expect(host.fake.callsOf("referencedBy")).toHaveLength(0);
    await user.keyboard("{Shift>}{F12}{/Shift}");
    await user.click(await screen.findByRole("button", { name: /orders\.customer_id/ }));
    await waitFor(() => expect(inFront()).toContain("orders"));
    await waitFor(() =>
      expect(lastBrowse()).toMatchObject({ filters: [{ kind: "one", filter: { column: "customer_id" } }] }),
    );
  });

  it("open the row that was looked up", async () => {
    const user = userEvent.setup();
    await open();
    await table("orders", 2);
    await user.keyboard("{Alt>}{F12}{/Alt}");
    const list = await screen.findByRole("listbox", { name: "Rows of customers" });
    const key = within(list).getAllByRole("option")[0]?.querySelector(".ref-key")?.textContent ?? "";
    await user.keyboard("{Enter}");
    await waitFor(() => expect(inFront()).toContain("customers"));
    await waitFor(() =>
      expect(lastBrowse()).toMatchObject({ filters: [{ kind: "one", filter: { column: "id", values: [key] } }] }),
    );
  });
});
