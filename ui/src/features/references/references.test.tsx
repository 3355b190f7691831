import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DesignRoot } from "@/design";
import { setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, STAGING } from "@/ipc/fake";
import { LookupPicker } from "./LookupPicker";
import { ReferencedBy } from "./ReferencedBy";

const anchor = { left: 10, top: 10, width: 80, height: 20 };
let host: FakeHost;

beforeEach(async () => {
  host = fakeHost();
  setHost(host);
  await host.connect(STAGING);
});

async function object(name: string) {
  const hits = await host.searchCatalog(STAGING, name, 20);
  const found = hits.find((hit) => hit.object.name === name && hit.object.kind === "relation");
  if (!found) throw new Error(`no ${name}`);
  return found.object;
}

describe("the lookup picker", () => {
  async function open(name = "customers", onPick = vi.fn()) {
    const onClose = vi.fn();
    const props = {
      profileId: STAGING,
      object: await object(name),
      keyColumns: ["id"],
      actor: null,
      onPick,
      onClose,
      anchor,
    };
    render(
      <DesignRoot theme="light">
        <LookupPicker {...props} />
      </DesignRoot>,
    );
    return { onPick, onClose, user: userEvent.setup() };
  }

  it("is used by keys alone and gives the whole key", async () => {
    const { onPick, user } = await open();
    const list = await screen.findByRole("listbox");
    const second = within(list).getAllByRole("option")[1];
    await user.keyboard("{ArrowDown}");
    expect(second?.getAttribute("aria-selected")).toBe("true");
    await user.keyboard("{Enter}");
    expect(onPick).toHaveBeenCalledWith([second?.querySelector(".ref-key")?.textContent]);
  });

  it("asks the server for what is typed", async () => {
    const { user } = await open();
    await screen.findByRole("listbox");
    await user.keyboard("zzzz");
    await waitFor(() =>
      expect(host.fake.callsOf("lookup").at(-1)?.[0]).toMatchObject({ text: "zzzz", key_columns: ["id"] }),
    );
    await screen.findByText("No row matches");
  });

  it("tells what may not be read, what failed and what is empty apart", async () => {
    host.fake.fail("lookup", fakeFailure("forbidden", "permission denied for table customers"), 1);
    const { user } = await open();
    await screen.findByText("The login may not read customers");
    host.fake.fail("lookup", fakeFailure("timed_out", "It took longer than 20 s."), 1);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("It took longer than 20 s.");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByRole("listbox");
  });

  it("remembers the columns that were chosen", async () => {
    const { user } = await open();
    await screen.findByRole("listbox");
    await user.click(screen.getByRole("button", { name: "Columns to search and show" }));
    const items = await screen.findAllByRole("menuitemcheckbox");
    const off = items.find((item) => item.getAttribute("aria-checked") === "false");
    if (!off) throw new Error("every column is shown");
    await user.click(off);
    await waitFor(() => expect(host.fake.callsOf("keepLookupLabels")).toHaveLength(1));
    await waitFor(() => expect(host.fake.callsOf("lookup").length).toBeGreaterThan(1));
  });
});

describe("referenced by", () => {
  it("counts nothing before it is open, then one key after the other", async () => {
    const browsed = await host.browse({
      profile_id: STAGING,
      object: await object("customers"),
      filters: [],
      sort: [],
    });
    expect(host.fake.callsOf("countReferences")).toHaveLength(0);
    const onGo = vi.fn();
    render(
      <DesignRoot theme="light">
        <ReferencedBy
          holdId={browsed.head.hold_id}
          row={0}
          actor={null}
          anchor={anchor}
          onGo={onGo}
          onClose={() => undefined}
        />
      </DesignRoot>,
    );
    const row = await screen.findByRole("button", { name: /orders\.customer_id/ });
    await waitFor(() => expect(row.textContent).toMatch(/\d/));
    await userEvent.setup().click(row);
    expect(onGo.mock.calls[0]?.[0]).toMatchObject({ filters: [{ column: "customer_id", operator: "equal" }] });
  });

  it("tells a denied count from a failed one, and counts again when asked", async () => {
    host.fake.fail("countReferences", fakeFailure("forbidden", "permission denied for table orders"));
    const browsed = await host.browse({
      profile_id: STAGING,
      object: await object("customers"),
      filters: [],
      sort: [],
    });
    render(
      <DesignRoot theme="light">
        <ReferencedBy
          holdId={browsed.head.hold_id}
          row={0}
          actor={null}
          anchor={anchor}
          onGo={vi.fn()}
          onClose={() => undefined}
        />
      </DesignRoot>,
    );
    const all = screen.findAllByRole("button", { name: /_id/ });
    const keys = (await all).length;
    await waitFor(() => expect(screen.getAllByText("denied")).toHaveLength(keys));
    host.fake.fail("countReferences", null);
    const [again] = screen.getAllByRole("button", { name: "Count again" });
    if (again) await userEvent.setup().click(again);
    await waitFor(() => expect(screen.queryAllByText("denied").length).toBe(keys - 1));
  });
});
