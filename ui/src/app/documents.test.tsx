import { act, cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { CATALOGUE, type FakeHost, fakeFailure, fakeHost, fakeTab } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 40_000 });
configure({ asyncUtilTimeout: 10_000 });
Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect ??= () => new DOMRect();

async function open(
  name = "products",
  view: object = {},
  safety: "free" | "read_only" | "confirm_writes" = "free",
): Promise<FakeHost> {
  const object = { database: "shop", schema: null, kind: "relation", name, signature: null };
  const tab = fakeTab("t1", {
    kind: "relation",
    title: name,
    profile_id: CATALOGUE,
    object,
    view: JSON.stringify(view),
  });
  const host = fakeHost({ pace: 0, documents: true, open: [CATALOGUE], tabs: [tab] });
  const { world } = host.fake;
  world.profiles = world.profiles.map((each) => (each.id === CATALOGUE ? { ...each, safety } : each));
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("tablist", { name: "Open tabs" });
  return host;
}

const tree = () => screen.findByRole("tree", { name: "Documents of products" });
const line = (key: string) =>
  waitFor(() => {
    const found = document.querySelector<HTMLElement>(`.doc-line[data-key="${key}"]`);
    if (!found) throw new Error(`no line ${key}`);
    return found;
  });
const staged = () => screen.findByRole("group", { name: "Staged changes" });
const product = (host: FakeHost, at = 0) => {
  const [collection] = host.fake.world.collections;
  return Object.fromEntries(collection?.documents[at]?.fields ?? []);
};

/** Changes the price of the first document, as a person would. */
async function changePrice(user: ReturnType<typeof userEvent.setup>, text = "18.90") {
  await user.dblClick(within(await line("0:3")).getByText("17.50"));
  const input = await screen.findByRole("textbox", { name: "price" });
  await user.clear(input);
  await user.type(input, `${text}{Enter}`);
  await staged();
}

describe("the documents of a collection", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("stand as a tree that is walked and opened with keys", async () => {
    const user = userEvent.setup();
    const host = await open();
    expect((await line("0:3")).textContent).toContain("17.50");
    const node = await tree();
    act(() => node.focus());
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect((await line("0:1")).getAttribute("aria-selected")).toBe("true");
    await user.keyboard("{End}");
    await user.keyboard("{Home}{ArrowLeft}");
    await waitFor(() => expect(document.querySelector('[data-key="0:3"]')).toBeNull());
    await user.keyboard("{ArrowRight}");
    await line("0:9");
    // What is inside is read when it is opened, by its places.
    await user.click(within(await line("0:9")).getByRole("button", { name: "Open" }));
    expect((await line("0:9.0")).textContent).toContain("glaze");
    expect(host.fake.callsOf("holdDocumentFields").at(-1)?.[0]).toMatchObject({ row: 0, path: [9], offset: 0 });
    expect((await axe.run(node, { rules: { "color-contrast": { enabled: false } } })).violations).toEqual([]);
  });

  it("keep the type of a value that is edited, and are saved with the places that were meant", async () => {
    const user = userEvent.setup();
    const host = await open();
    await changePrice(user);
    expect((await line("0:3")).dataset["mark"]).toBe("changed");
    const bar = await staged();
    expect(bar.textContent).toContain("1 change in 1 document");
    expect(bar.textContent).toContain("price keeps decimal");
    // Staged edits are kept with the tab.
    await waitFor(() => expect(host.fake.world.tabs[0]?.tab.view).toContain("18.90"));
    await user.click(within(bar).getByRole("button", { name: "Review" }));
    const dialog = await screen.findByRole("dialog", { name: "Review changes" });
    await waitFor(() => expect(dialog.textContent).toContain('NumberDecimal("18.90")'));
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await waitFor(() => expect(product(host)["price"]).toEqual({ type: "decimal", text: "18.90" }));
    await waitFor(() => expect(screen.queryByRole("group", { name: "Staged changes" })).toBeNull());
    expect((await line("0:3")).textContent).toContain("18.90");
  });

  it("take fields away, rename and add them with keys", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(await line("0:4"));
    await user.keyboard("{Delete}");
    await waitFor(async () => expect((await line("0:4")).dataset["mark"]).toBe("deleted"));
    await user.click(await line("0"));
    await user.keyboard("{Control>}{Shift>}{Enter}{/Shift}{/Control}");
    await user.type(await screen.findByRole("textbox", { name: /^Name of/ }), "colour{Enter}");
    const value = await screen.findByRole("textbox", { name: "colour" });
    await user.clear(value);
    await user.type(value, '"red"{Enter}');
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(product(host)["colour"]).toEqual({ type: "string", text: "red" }));
    expect(product(host)["stock"]).toBeUndefined();
  });

  it("say the server's words where somebody else was faster, and keep what was staged", async () => {
    const user = userEvent.setup();
    const host = await open();
    await changePrice(user);
    host.fake.fail(
      "documentChange",
      fakeFailure("conflict", "The document was changed by somebody meanwhile; nothing was saved."),
      1,
    );
    await user.click(within(await staged()).getByRole("button", { name: /^Save/ }));
    await screen.findByText("The document was changed by somebody meanwhile; nothing was saved.");
    const [collection] = host.fake.world.collections;
    const first = collection?.documents[0];
    if (!collection || !first) throw new Error("no collection");
    const fields = first.fields.map((field) =>
      field[0] === "stock" ? ([field[0], { type: "int", text: "1" }] as const) : field,
    );
    collection.documents = [{ type: "object", fields }, ...collection.documents.slice(1)];
    await user.click(screen.getByRole("button", { name: "Read it again" }));
    await screen.findByText("A document you changed is another one on the server by now.");
    expect(product(host)["price"]).toEqual({ type: "decimal", text: "17.50" });
    await user.click(screen.getByRole("button", { name: "Discard its changes" }));
    await waitFor(() => expect(screen.queryByRole("group", { name: "Staged changes" })).toBeNull());
  });

  it("find staged edits again after the rows were read anew", async () => {
    const user = userEvent.setup();
    const host = await open();
    await changePrice(user);
    const before = host.fake.callsOf("browse").length;
    await user.click(screen.getByRole("button", { name: "Read the documents again" }));
    await waitFor(() => expect(host.fake.callsOf("browse").length).toBeGreaterThan(before));
    await waitFor(async () => expect((await line("0:3")).dataset["mark"]).toBe("changed"));
  });

  it("ask first where the connection's level says so", async () => {
    const user = userEvent.setup();
    const host = await open("products", {}, "confirm_writes");
    await changePrice(user);
    await user.click(within(await staged()).getByRole("button", { name: /^Save/ }));
    const dialog = await screen.findByRole("alertdialog", { name: "Send this change?" });
    expect(dialog.textContent).toContain("db.products.replaceOne");
    expect(product(host)["price"]).toEqual({ type: "decimal", text: "17.50" });
    await user.click(within(dialog).getByRole("button", { name: "Send" }));
    await waitFor(() => expect(product(host)["price"]).toEqual({ type: "decimal", text: "18.90" }));
  });

  it("are not changed on a connection that is read-only", async () => {
    const user = userEvent.setup();
    await open("products", {}, "read_only");
    await user.dblClick(within(await line("0:3")).getByText("17.50"));
    expect(screen.queryByRole("textbox", { name: "price" })).toBeNull();
    expect((await screen.findAllByText(/read-only: change its safety level/)).length).toBeGreaterThan(0);
  });

  it("are deleted after a yes, and inserted from a text whose mistakes are said", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(await line("0"));
    await user.keyboard("{Control>}{Delete}{/Control}");
    const asked = await screen.findByRole("alertdialog", { name: "Delete this document?" });
    await user.click(within(asked).getByRole("button", { name: "Delete document" }));
    await waitFor(() => expect(host.fake.world.collections[0]?.documents).toHaveLength(1_203));
    host.fake.fail(
      "documentChange",
      fakeFailure("invalid_statement", "A colon is missing here.", { range: { from: 4, to: 5 } }),
      1,
    );
    await user.click(await screen.findByRole("button", { name: "Insert document" }));
    const dialog = await screen.findByRole("dialog", { name: "Insert document" });
    await user.click(within(dialog).getByRole("button", { name: /^Insert/ }));
    await within(dialog).findByText(/A colon is missing here\. \(line 2\)/);
    await user.click(within(dialog).getByRole("button", { name: /^Insert/ }));
    await waitFor(() => expect(host.fake.world.collections[0]?.documents).toHaveLength(1_204));
  });

  it("stand as texts, and long ones are opened whole", async () => {
    const user = userEvent.setup();
    const host = await open("oddities", { documents: { view: "json" } });
    await screen.findByText("objectId", { exact: false, selector: ".syn-type" });
    await user.click(screen.getByRole("radio", { name: "Canonical JSON" }));
    await waitFor(() => expect(host.fake.callsOf("holdDocuments").at(-1)?.[3]).toBe("canonical"));
    await user.click((await screen.findAllByRole("button", { name: /^Open the whole document/ }))[0] as HTMLElement);
    await screen.findByRole("dialog", { name: /^Document / });
    await waitFor(() => expect(host.fake.callsOf("holdDocument").length).toBe(1));
  });

  it("page what is long, and open what is deep level by level", async () => {
    const user = userEvent.setup();
    await open("oddities");
    await user.click(within(await line("2")).getByRole("button", { name: "Open" }));
    await user.click(within(await line("2:2")).getByRole("button", { name: "Open" }));
    await line("2:2.0");
    // 20,000 elements: a page of them is here, the rest is asked for.
    await waitFor(() =>
      expect(Number.parseInt(document.querySelector<HTMLElement>(".doc-lines")?.style.height ?? "", 10)).toBe(
        26 * (4 + 20 + 3 + 500 + 1),
      ),
    );
  });

  it("stand in the grid with what its columns rest on; what is missing is no NULL", async () => {
    await open("products", { documents: { view: "grid" } });
    await screen.findByText("columns inferred from all 1,000 documents");
    expect(screen.queryByRole("button", { name: "New row" })).toBeNull();
  });

  it("tell their fields, and show those with another type", async () => {
    const user = userEvent.setup();
    const host = await open("products", { documents: { fields: true } });
    const panel = await screen.findByRole("complementary", { name: "Fields" });
    await within(panel).findByText(/inferred from 1,000 of 1,204/);
    await user.click(within(panel).getByRole("button", { name: /^price/ }));
    await user.click(within(panel).getAllByRole("button", { name: "Show them" })[1] as HTMLElement);
    await waitFor(() => expect(JSON.stringify(host.fake.callsOf("browse").at(-1))).toContain("$type"));
    expect(await screen.findByRole("group", { name: "filter" })).toBeTruthy();
  });
});

describe("a pipeline", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });
  const stages = [
    { key: 1, operator: "$match", body: "{ stock: { $gt: 100 } }", off: false },
    { key: 2, operator: "$count", body: '"count"', off: false },
  ];

  it("shows after each stage what comes out, and is opened as a query", async () => {
    const user = userEvent.setup();
    const host = await open("products", { view: "aggregate", documents: { stages } });
    const cards = await screen.findByRole("list", { name: "Stages" });
    await within(cards).findByText("the first 20 documents");
    await within(cards).findByText("1 document");
    expect(host.fake.callsOf("pipelinePreview")).toHaveLength(2);
    await user.click(screen.getByRole("button", { name: /^Open as query/ }));
    await waitFor(() => {
      const texts = [...document.querySelectorAll(".cm-content")].map((each) => each.textContent);
      expect(texts.some((text) => text?.includes("db.products.aggregate(["))).toBe(true);
    });
  });

  it("says at a stage why it cannot be run, and what comes after it is not", async () => {
    const wrong = [{ key: 3, operator: "$nonsense", body: "{}", off: false }, ...stages];
    await open("products", { view: "aggregate", documents: { stages: wrong } });
    await screen.findByText("Unrecognized pipeline stage name: '$nonsense'");
    expect(screen.getAllByText("Not run yet.")).toHaveLength(2);
  });

  it("is moved with keys and kept with the tab", async () => {
    const user = userEvent.setup();
    const host = await open("products", { view: "aggregate", documents: { stages } });
    const first = await screen.findByRole("button", { name: "Remove stage 1" });
    act(() => first.focus());
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await screen.findByRole("listitem", { name: "Stage 1: $count" });
    await waitFor(() => expect(host.fake.world.tabs[0]?.tab.view).toMatch(/\$count.*\$match/));
  });
});
