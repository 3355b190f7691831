import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { closeStructure, openStructure } from "@/features/structure";
import { type ObjectRef, type StructureEdit, setHost } from "@/ipc";
import { type FakeHost, fakeHost, fakeTab, STAGING } from "@/ipc/fake";
import { App } from "./App";

Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

const ref = (name: string, kind = "relation"): ObjectRef => ({
  database: kind === "role" ? null : "shop",
  schema: kind === "role" ? null : "public",
  kind,
  name,
  signature: null,
});
const PLACE = { profileId: STAGING, database: null };

async function open(object: ObjectRef, section: string): Promise<FakeHost> {
  const view = JSON.stringify({ view: "edit", section });
  const title = object.name;
  const tab = fakeTab("r", { kind: "relation", title, profile_id: STAGING, object, view });
  const host = fakeHost({ pace: 0, open: [STAGING], tabs: [tab], active: "r" });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("region", { name: /^Structure of / });
  return host;
}

const edits = (host: FakeHost) => host.fake.callsOf("editStructure").map((args) => args[2] as StructureEdit[]);
const last = (host: FakeHost) => edits(host).at(-1)?.[0];
const dialog = (name: string) => screen.findByRole("dialog", { name });

describe("what is divided, and who may", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    act(closeStructure);
    cleanup();
    document.body.replaceChildren();
  });

  it("makes a partition behind the last, detaches one and drops one", async () => {
    const user = userEvent.setup();
    const host = await open(ref("events"), "partitions");
    const list = await screen.findByRole("region", { name: "Partitions" });
    await user.click(within(list).getByRole("button", { name: "New partition" }));
    const form = await dialog("New partition of public.events");
    const from = await within(form).findByRole<HTMLInputElement>("textbox", { name: "From" });
    expect(from.value).toBe("2027-01-01");
    await user.type(within(form).getByRole("textbox", { name: "Name" }), "next_year");
    await user.type(within(form).getByRole("textbox", { name: "To" }), "2028-01-01");
    expect((await axe.run(form)).violations.map(({ id }) => id)).toEqual([]);
    await user.click(within(form).getByRole("button", { name: /^Stage/ }));
    await waitFor(() =>
      expect(last(host)).toMatchObject({
        edit: "create_partition",
        name: "next_year",
        bound: { bound: "range", from: ["2027-01-01"], to: ["2028-01-01"] },
        partition_by: null,
      }),
    );
    await within(list).findByRole("button", { name: "next_year" });
    await user.click(within(list).getByRole("button", { name: "Detach events_2024" }));
    await waitFor(() =>
      expect(last(host)).toMatchObject({ edit: "detach_partition", partition: { name: "events_2024" } }),
    );
    await user.click(within(list).getByRole("button", { name: "Drop events_2025" }));
    await waitFor(() => expect(last(host)).toMatchObject({ edit: "drop", object: { name: "events_2025" } }));
  });

  it("divides a new table by a column", async () => {
    const user = userEvent.setup();
    const host = await open(ref("events"), "partitions");
    act(() => openStructure(PLACE, { ask: "table", schema: "public" }));
    const form = await dialog("New table");
    await user.type(within(form).getByRole("textbox", { name: "Name" }), "log");
    await user.click(within(form).getByRole("combobox", { name: "Partitions" }));
    await user.click(await screen.findByRole("option", { name: "By hash" }));
    const key = await within(form).findByRole<HTMLInputElement>("combobox", { name: "Partition key 1" });
    expect(key.value).toBe("id");
    await user.click(within(form).getByRole("button", { name: /^Stage/ }));
    await waitFor(() =>
      expect(last(host)).toMatchObject({
        edit: "create_table",
        partition_by: { way: "hash", keys: [{ text: "id", expression: false }] },
      }),
    );
  });

  it("makes a role without a password, and changes one", async () => {
    const user = userEvent.setup();
    const host = await open(ref("hr_admin", "role"), "general");
    expect(await screen.findByText(/^It owns orders/)).toBeTruthy();
    act(() => openStructure(PLACE, { ask: "object", kind: "role", schema: null }));
    const form = await dialog("New role");
    await user.type(within(form).getByRole("textbox", { name: "Name" }), "ada");
    await user.click(within(form).getByRole("checkbox", { name: "Can log in" }));
    expect(within(form).getByText(/no password here/)).toBeTruthy();
    const group = within(form).getByRole("combobox", { name: "Another role" });
    fireEvent.change(group, { target: { value: "reporting" } });
    await user.type(group, "{Enter}");
    await user.click(await within(form).findByRole("checkbox", { name: "Admin" }));
    expect((await axe.run(form)).violations.map(({ id }) => id)).toEqual([]);
    await user.click(within(form).getByRole("button", { name: /^Stage/ }));
    await waitFor(() =>
      expect(last(host)).toMatchObject({
        edit: "role",
        object: null,
        name: "ada",
        role: { login: true, inherit: true, member_of: [{ role: "reporting", admin: true, inherit: null, set: null }] },
      }),
    );
  });
});
