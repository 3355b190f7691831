import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { closeStructure } from "@/features/structure";
import { type ObjectRef, type StructureEdit, setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, fakeTab, PROD, STAGING } from "@/ipc/fake";
import { structureOf } from "@/ipc/fake/structureState";
import { App } from "./App";

Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

const ref = (name: string): ObjectRef => ({
  database: "shop",
  schema: "public",
  kind: "relation",
  name,
  signature: null,
});

async function open(name = "coupons", profile = STAGING, section = "columns"): Promise<FakeHost> {
  const view = JSON.stringify({ view: "edit", section });
  const tab = fakeTab("r", { kind: "relation", title: name, profile_id: profile, object: ref(name), view });
  const host = fakeHost({ pace: 0, open: [profile], tabs: [tab], active: "r" });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("region", { name: `Structure of public.${name}` });
  return host;
}

const edits = (host: FakeHost) => host.fake.callsOf("editStructure").map((args) => args[2] as StructureEdit[]);
const last = (host: FakeHost) => edits(host).at(-1)?.[0];
const bar = () => screen.findByRole("group", { name: "Changes of the schema that are not applied" });
const cell = (name: string) => screen.findByRole<HTMLInputElement>("textbox", { name });
const section = (name: RegExp) =>
  fireEvent.click(within(screen.getByRole("radiogroup", { name: "Part" })).getByRole("radio", { name }));

describe("the structure of a table", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    act(closeStructure);
    cleanup();
    document.body.replaceChildren();
  });

  it("adds, changes and drops columns in place, each a step back and forth", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.type(await cell("Name of the new column"), "note{Enter}");
    await waitFor(() => expect(last(host)).toMatchObject({ edit: "column", name: null, column: { name: "note" } }));
    await screen.findByRole("textbox", { name: "Name of note" });
    expect(within(await bar()).getByRole("button", { name: "1 change" })).toBeTruthy();

    const field = await cell("Name of percent");
    await user.clear(field);
    await user.type(field, "share");
    expect(edits(host)).toHaveLength(1);
    await user.tab();
    await waitFor(() => expect(last(host)).toMatchObject({ name: "percent", column: { name: "share" } }));
    await screen.findByRole("textbox", { name: "Name of share" });

    await user.click(screen.getByRole("button", { name: "Actions on code" }));
    await user.click(await screen.findByRole("menuitem", { name: "Drop column" }));
    await waitFor(() =>
      expect(last(host)).toMatchObject({
        edit: "drop",
        object: { kind: "column", name: "code", signature: "coupons" },
      }),
    );
    await waitFor(() =>
      expect((screen.getByRole("textbox", { name: "Name of code" }) as HTMLInputElement).readOnly).toBe(true),
    );

    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(last(host)).toEqual({ edit: "undo" }));
    await waitFor(() =>
      expect((screen.getByRole("textbox", { name: "Name of code" }) as HTMLInputElement).readOnly).toBe(false),
    );
    await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
    await waitFor(() => expect(last(host)).toEqual({ edit: "redo" }));
  });

  it("gives up what was typed with Escape, and says what is wrong where it is", async () => {
    const user = userEvent.setup();
    const host = await open();
    const field = await cell("Name of percent");
    await user.clear(field);
    await user.keyboard("{Escape}");
    expect(field.value).toBe("percent");
    await user.clear(field);
    await user.tab();
    expect(await screen.findByText("It needs a name.")).toBeTruthy();
    await user.type(field, "code");
    await user.tab();
    expect(await screen.findByText("There is a column code already.")).toBeTruthy();
    expect(structureOf(host.fake.world, STAGING).groups).toHaveLength(0);
  });

  it("asks how values are converted once a type is another", async () => {
    const user = userEvent.setup();
    const host = await open();
    const type = await screen.findByRole("combobox", { name: "Type of percent" });
    await user.clear(type);
    await user.type(type, "bigi{ArrowDown}{Enter}");
    await waitFor(() => expect(last(host)).toMatchObject({ column: { native_type: "bigint" } }));
    await user.type(await screen.findByRole("textbox", { name: "Convert by" }), "percent::bigint{Enter}");
    await waitFor(() => expect(last(host)).toMatchObject({ column: { convert: "percent::bigint" } }));
  });

  it("makes a foreign key and an index from forms, by key", async () => {
    const user = userEvent.setup();
    const host = await open("coupons", STAGING, "foreign_keys");
    await user.click(await screen.findByRole("button", { name: "New foreign key" }));
    const form = await screen.findByRole("group", { name: "New foreign key" });
    await user.type(within(form).getByRole("combobox", { name: "Columns" }), "percent{Enter}");
    await user.type(within(form).getByRole("combobox", { name: "Refers to" }), "public.orders{Enter}");
    await user.type(await within(form).findByRole("combobox", { name: "Its columns" }), "id");
    await waitFor(() =>
      expect(host.fake.callsOf("structurePage").some((args) => (args[2] as ObjectRef).name === "orders")).toBe(true),
    );
    await user.keyboard("{Enter}");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() =>
      expect(last(host)).toMatchObject({
        edit: "foreign_key",
        table: { name: "coupons" },
        key: { columns: ["percent"], references: { name: "orders" } },
      }),
    );
    section(/^Indexes/);
    await user.click(await screen.findByRole("button", { name: "New index" }));
    const index = await screen.findByRole("group", { name: "New index" });
    await user.type(within(index).getByRole("combobox", { name: "Key 1" }), "lower(code)");
    await user.click(within(index).getByRole("checkbox", { name: /Refuses duplicates/ }));
    await user.click(within(index).getByRole("button", { name: /^Stage/ }));
    await waitFor(() =>
      expect(last(host)).toMatchObject({
        edit: "index",
        index: { unique: true, keys: [{ text: "lower(code)", expression: true }] },
      }),
    );
  });

  it("changes only what its column says where nothing may be changed", async () => {
    await open("coupons", PROD);
    expect((await cell("Name of code")).readOnly).toBe(true);
    expect(screen.queryByRole("textbox", { name: "Name of the new column" })).toBeNull();
  });

  it("shows what cannot be read, and tries again", async () => {
    const host = await open();
    host.fake.fail("structurePage", fakeFailure("forbidden", "permission denied for table coupons"));
    section(/^SQL/);
    host.fake.emit({ event: "changed", topics: ["structure"], profile_id: STAGING });
    expect(await screen.findByText(/It could not be read again: permission denied/)).toBeTruthy();
    host.fake.fail("structurePage", null);
    host.fake.emit({ event: "changed", topics: ["structure"], profile_id: STAGING });
    await waitFor(() => expect(screen.queryByText(/could not be read again/)).toBeNull());
  });

  it("has names, roles and states a screen reader understands", async () => {
    await open();
    const { violations } = await axe.run(screen.getByRole("region", { name: /^Structure of/ }), {
      rules: { "color-contrast": { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});

describe("the review of a schema's changes", () => {
  const stage = async (host: FakeHost, ...more: StructureEdit[]) => {
    const edit: StructureEdit = { edit: "row_security", table: ref("coupons"), enabled: true, forced: false };
    await act(() => host.editStructure(STAGING, null, [edit, ...more]));
  };
  const review = async () => {
    fireEvent.click(within(await bar()).getByRole("button", { name: /^Review/ }));
    const dialog = await screen.findByRole("dialog", { name: "Review the changes" });
    await within(dialog).findByRole("region", { name: "Step 1" });
    return dialog;
  };
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    act(closeStructure);
    cleanup();
    document.body.replaceChildren();
  });

  it("shows locks, applies what was reviewed, and stages the way back", async () => {
    const host = await open();
    await stage(host);
    const dialog = await review();
    expect(within(dialog).getByText("ACCESS EXCLUSIVE")).toBeTruthy();
    fireEvent.click(within(dialog).getByRole("button", { name: "Try" }));
    expect(await within(dialog).findByText(/rolled back: nothing is changed/)).toBeTruthy();
    fireEvent.click(within(dialog).getByRole("button", { name: "Apply" }));
    expect(await screen.findByText(/^Applied 1 statement in/)).toBeTruthy();
    const [, , digest, , timeout, consent] = host.fake.callsOf("applyStructure")[0] ?? [];
    expect([digest, timeout, consent]).toEqual([expect.stringContaining("ENABLE ROW LEVEL SECURITY"), 2_000, null]);
    fireEvent.click(screen.getByRole("button", { name: "Stage the way back" }));
    await waitFor(() => expect(last(host)).toMatchObject({ edit: "take_back" }));
  });

  it("builds an index while others work where that is chosen, and says that it is kept at once", async () => {
    const host = await open();
    const keys = [{ text: "code", expression: false, descending: false, nulls_first: null }];
    const index = { name: null, unique: false, method: null, keys, included: [], predicate: null };
    await stage(host, { edit: "index", table: ref("coupons"), name: null, index });
    const dialog = await review();
    fireEvent.click(within(dialog).getByRole("checkbox", { name: "Do it while others go on working" }));
    expect(await within(dialog).findByText("By itself, kept at once")).toBeTruthy();
    await waitFor(() =>
      expect((host.fake.callsOf("reviewStructure").at(-1)?.[2] as ObjectRef[] | undefined)?.[0]?.kind).toBe("index"),
    );
    fireEvent.click(within(dialog).getByRole("button", { name: "Try" }));
    expect(await within(dialog).findByText(/cannot be tried/)).toBeTruthy();
    structureOf(host.fake.world, STAGING).answers.push("refused");
    fireEvent.click(within(dialog).getByRole("button", { name: "Apply" }));
    const step = within(dialog).getByRole("region", { name: "Step 2" });
    expect(await within(step).findByText("stopped here")).toBeTruthy();
    expect(within(step).getByText(/could not create unique index/)).toBeTruthy();
    expect(within(within(dialog).getByRole("region", { name: "Step 1" })).getByText("kept")).toBeTruthy();
    expect(within(step).getByRole("button", { name: "Clear away what it left…" })).toBeTruthy();
  });

  it("says who is in the way, and tries again", async () => {
    const host = await open();
    await stage(host);
    structureOf(host.fake.world, STAGING).answers.push("locked");
    const dialog = await review();
    fireEvent.click(within(dialog).getByRole("button", { name: "Apply" }));
    const [alert] = await within(dialog).findAllByRole("alert");
    if (!alert) throw new Error("nothing is said");
    expect(alert.textContent).toMatch(/app \(checkout\), session 4812/);
    fireEvent.click(within(alert).getByRole("button", { name: "Retry" }));
    expect(await screen.findByText(/^Applied 1 statement/)).toBeTruthy();
  });

  it("asks on production with the keyboard in the field, and Escape takes back the question alone", async () => {
    const user = userEvent.setup();
    const host = await open("coupons", PROD);
    host.fake.world.profiles = host.fake.world.profiles.map((each) => ({ ...each, safety: "free" }));
    const state = host.fake.world.connections.get(PROD);
    if (state) host.fake.emit({ event: "connection", state: { ...state, read_only: null } });
    host.fake.emit({ event: "changed", topics: ["profiles"], profile_id: PROD });
    const edit: StructureEdit = { edit: "row_security", table: ref("coupons"), enabled: true, forced: false };
    await act(() => host.editStructure(PROD, null, [edit]));
    const dialog = await review();
    const apply = await within(dialog).findByRole("button", { name: "Apply to shop-prod" });
    await user.click(apply);
    const field = await within(dialog).findByRole<HTMLInputElement>("textbox", { name: "Type shop-prod to go on" });
    expect(document.activeElement).toBe(field);
    await user.keyboard("shop{Enter}{Escape}");
    expect(within(dialog).queryByRole("textbox", { name: "Type shop-prod to go on" })).toBeNull();
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Apply to shop-prod"));
    await user.keyboard("{Enter}");
    await within(dialog).findByRole("textbox", { name: "Type shop-prod to go on" });
    await user.keyboard("shop-prod{Enter}");
    expect(await screen.findByText(/^Applied 1 statement in/)).toBeTruthy();
    expect(host.fake.callsOf("applyStructure").map((args) => args[5])).toEqual([
      null,
      null,
      { digest: expect.any(String), typed: "shop-prod" },
    ]);
    await waitFor(() => expect(document.querySelector("#root")?.contains(document.activeElement)).toBe(true));
  });

  it("reviews again when what is there is not what was reviewed", async () => {
    const host = await open();
    await stage(host);
    structureOf(host.fake.world, STAGING).answers.push("stale");
    const dialog = await review();
    const before = host.fake.callsOf("reviewStructure").length;
    fireEvent.click(within(dialog).getByRole("button", { name: "Apply" }));
    expect(await within(dialog).findByText(/was not what you had reviewed/)).toBeTruthy();
    await waitFor(() => expect(host.fake.callsOf("reviewStructure").length).toBeGreaterThan(before));
  });

  it("shows the way back with what it loses", async () => {
    const host = await open();
    await stage(host, { edit: "drop", object: { ...ref("code"), kind: "column", signature: "coupons" } });
    const dialog = await review();
    expect(await within(dialog).findByText("1,204 rows have a value that goes")).toBeTruthy();
    fireEvent.click(within(dialog).getByRole("radio", { name: /^Way back/ }));
    expect(await within(dialog).findByText("What goes is not brought back by this")).toBeTruthy();
    expect(within(dialog).getByText(/^Lost: The rows/)).toBeTruthy();
  });

  it("applies nothing that conflicts with what is there", async () => {
    const host = await open("shipments");
    await stage(host, { edit: "comment", object: ref("shipments"), text: "Late ones" });
    expect((await screen.findAllByText(/was changed meanwhile/)).length).toBeGreaterThan(0);
    const dialog = await review();
    expect(within(dialog).getByRole("button", { name: "Apply" }).getAttribute("aria-disabled")).toBe("true");
  });

  it("tells of an apply whose answer was lost until it was read", async () => {
    const host = await open();
    structureOf(host.fake.world, STAGING).last = {
      id: 7,
      at_ms: 0,
      state: "partly",
      words: "Some of it is in the database.",
      statements: [["ALTER TABLE a ADD b int", true]],
      leftover: "DROP INDEX CONCURRENTLY c",
    };
    host.fake.emit({ event: "changed", topics: ["structure"], profile_id: STAGING });
    const told = await screen.findByRole("region", { name: "Changes whose answer was lost" });
    expect(told.textContent).toMatch(/Some of it is in the database/);
    fireEvent.click(within(told).getByRole("button", { name: "I have read it" }));
    await waitFor(() => expect(host.fake.callsOf("forgetStructureApply")[0]?.[2]).toBe(7));
    await waitFor(() => expect(screen.queryByRole("region", { name: "Changes whose answer was lost" })).toBeNull());
  });
});

describe("the schema on the diagram", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    act(closeStructure);
    cleanup();
    document.body.replaceChildren();
  });

  it("takes back whatever was last, a change of the schema or a move", async () => {
    const tab = fakeTab("d", { kind: "diagram", title: "ERD shop", profile_id: STAGING });
    const host = fakeHost({ pace: 0, open: [STAGING], tabs: [tab], active: "d" });
    setHost(host);
    const root = document.createElement("div");
    root.id = "root";
    document.body.append(root);
    render(<App />, { container: root });
    const stage = await screen.findByRole("application", { name: /^Diagram All tables: 14 tables/ });
    const press = (key: string, more: object = {}) => fireEvent.keyDown(stage, { key, ...more });
    const places = () => host.fake.callsOf("placeTables");
    act(() => stage.focus());
    press("Tab");
    await screen.findByRole("group", { name: /^customers; / });
    press("ArrowRight");
    await waitFor(() => expect(places()).toHaveLength(1));
    press("F10", { shiftKey: true });
    fireEvent.click(await screen.findByRole("menuitem", { name: "Drop" }));
    await waitFor(() => expect(last(host)).toMatchObject({ edit: "drop", object: { name: "customers" } }));
    await screen.findByRole("group", { name: /^customers; goes, not applied yet/ });
    await bar();

    act(() => stage.focus());
    press("z", { ctrlKey: true });
    await waitFor(() => expect(last(host)).toEqual({ edit: "undo" }));
    expect(places()).toHaveLength(1);
    await screen.findByRole("group", { name: /^customers; 5 columns/ });
    press("z", { ctrlKey: true });
    await waitFor(() => expect(places()).toHaveLength(2));
    expect(edits(host).filter(([edit]) => edit?.edit === "undo")).toHaveLength(1);
    press("Z", { ctrlKey: true, shiftKey: true });
    await waitFor(() => expect(places()).toHaveLength(3));
    press("Z", { ctrlKey: true, shiftKey: true });
    await waitFor(() => expect(last(host)).toEqual({ edit: "redo" }));
  });

  it("asks for a foreign key by key, with the chosen table at one end", async () => {
    const tab = fakeTab("d", { kind: "diagram", title: "ERD shop", profile_id: STAGING });
    const host = fakeHost({ pace: 0, open: [STAGING], tabs: [tab], active: "d" });
    setHost(host);
    const root = document.createElement("div");
    root.id = "root";
    document.body.append(root);
    render(<App />, { container: root });
    const stage = await screen.findByRole("application", { name: /^Diagram All tables: 14 tables/ });
    act(() => stage.focus());
    fireEvent.keyDown(stage, { key: "Tab" });
    await screen.findByRole("group", { name: /^customers; / });
    fireEvent.keyDown(stage, { key: "k", ctrlKey: true, altKey: true });
    expect(await screen.findByRole("dialog", { name: "New foreign key from public.customers" })).toBeTruthy();
  });
});
