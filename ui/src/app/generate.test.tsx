/** Rows made up, through the window: from the tree and the palette to what is said in the end. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DesignRoot } from "@/design";
import { closeGenerate, GenerateDialog, openGenerate } from "@/features/generate";
import { onImported, startTransfer, TransferChips } from "@/features/transfer";
import { type GenerateOffer, HostError, host as ipcHost, type ObjectRef, setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, PROD, STAGING } from "@/ipc/fake";
import { Generating } from "./Generating";
import { generateIn, schemaCalled } from "./generating";

// Roles are worked out by walking the whole page, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

const opened = vi.fn();
vi.mock("./workspace", () => ({
  useWorkspace: () => ({
    profile: (id: string) => ({
      name: id === PROD ? "shop-prod" : "shop-staging",
      environment: id === PROD ? "production" : "staging",
    }),
  }),
}));

const table = (name: string): ObjectRef => ({
  database: "shop",
  schema: "public",
  kind: "relation",
  name,
  signature: null,
});

describe("rows that are made up", () => {
  let host: FakeHost;
  beforeEach(() => {
    host = fakeHost({ pace: 0, open: [STAGING, PROD] });
    setHost(host);
    opened.mockClear();
    closeGenerate();
  });

  async function show(object: ObjectRef = table("reviews"), profileId = STAGING) {
    const view = render(
      <QueryClientProvider client={new QueryClient()}>
        <DesignRoot theme="light">
          <Generating actions={{ relation: opened } as never} />
          <TransferChips />
        </DesignRoot>
      </QueryClientProvider>,
    );
    act(() => openGenerate(profileId, object));
    const dialog = await screen.findByRole("dialog", { name: "Generate rows" });
    return { ...view, dialog };
  }
  const go = (name: RegExp | string) => screen.findByRole("button", { name });
  /** The button, once what is chosen was looked at. */
  const ready = async (name: RegExp | string) => {
    await waitFor(async () => expect((await go(name)).getAttribute("aria-disabled")).toBeNull());
    return go(name);
  };
  const rowsFor = (name: string) => screen.getByRole("textbox", { name: `Rows for ${name}` });

  it("chooses the asked table, shows its first rows in words and values, and makes them", async () => {
    const filled: string[] = [];
    const forget = onImported((_, name) => filled.push(name));
    await show();
    await screen.findByText("refers to products");
    expect((screen.getByRole("checkbox", { name: "reviews" }) as HTMLInputElement).checked).toBe(true);
    expect((screen.getByRole("checkbox", { name: "products" }) as HTMLInputElement).checked).toBe(false);
    expect(screen.getAllByText("made by the server").length).toBeGreaterThan(1);
    await userEvent.click(await ready("Generate 100 rows"));
    await screen.findAllByText("100 rows generated in reviews (seed 1)");
    expect(host.fake.callsOf("generateRows")[0]?.[0]).toEqual({
      profile_id: STAGING,
      tables: [{ table: table("reviews"), rows: 100 }],
      seed: 1,
      dry_run: false,
      confirmed: null,
    });
    expect(filled).toEqual(["reviews"]);
    forget();
    // The toast is for what finished elsewhere.
    expect(document.querySelector(".rh-toasts")?.textContent ?? "").not.toContain("generated");
    await userEvent.click(screen.getByRole("button", { name: "Open table" }));
    expect(opened).toHaveBeenCalledWith(STAGING, table("reviews"));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("takes all that the chosen refer to, with one number for all, in the order in which they are filled", async () => {
    await show();
    await userEvent.click(await go(/^Choose all referred/));
    await userEvent.clear(screen.getByRole("textbox", { name: "Rows for all tables" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Rows for all tables" }), "20{Enter}");
    await userEvent.click(await ready("Generate 80 rows"));
    await waitFor(() => expect(host.fake.callsOf("generateRows")).toHaveLength(1));
    expect(host.fake.callsOf("generateRows")[0]?.[0]).toMatchObject({
      tables: ["reviews", "products", "customers", "categories"].map((name) => ({ table: { name }, rows: 20 })),
    });
    await screen.findAllByText(/^80 rows generated in reviews and 3 more tables/);
  });

  it("suggests what is referred to and seems empty, and says the refusal in place until it is chosen", async () => {
    const candidate = (name: string, asked: boolean, estimated_rows: number, refers_to: number[]) => ({
      table: table(name),
      asked,
      estimated_rows,
      refers_to,
    });
    host.generateOffer = async (): Promise<GenerateOffer> => ({
      candidates: [candidate("reviews", true, 5, [1]), candidate("products", false, 0, [])],
      notes: [],
      forbidden: null,
    });
    const look = host.generateLook;
    host.generateLook = async (request) => {
      if (request.tables.length < 2)
        throw new HostError(
          fakeFailure("invalid_statement", "reviews refers to products, which has no rows.", {
            hint: "Choose products too.",
          }),
        );
      return look(request);
    };
    await show();
    await screen.findByText("reviews refers to products, which has no rows.");
    const button = await go("Generate 100 rows");
    expect(button.getAttribute("aria-disabled")).toBe("true");
    expect(button.getAttribute("aria-description")).toBe("reviews refers to products, which has no rows.");
    await userEvent.click(screen.getByRole("button", { name: "Choose it too" }));
    await ready("Generate 200 rows");
    expect(screen.queryByText("reviews refers to products, which has no rows.")).toBeNull();
  });

  it("looks again as choices change, and drops answers to earlier ones", async () => {
    const look = host.generateLook;
    const held: (() => void)[] = [];
    await show();
    await ready("Generate 100 rows");
    host.generateLook = vi.fn(async (request) => {
      if (request.seed === 11) await new Promise<void>((resolve) => held.push(resolve));
      return look(request);
    });
    const seed = screen.getByRole("textbox", { name: "Seed number" });
    await userEvent.clear(seed);
    await userEvent.type(seed, "11");
    await waitFor(() => expect(held).toHaveLength(1));
    await userEvent.clear(seed);
    await userEvent.type(seed, "12");
    await ready("Generate 100 rows");
    const cells = () =>
      within(screen.getByRole("region", { name: "First rows for reviews" }))
        .getAllByRole("cell")
        .map((cell) => cell.textContent);
    const before = cells();
    await act(async () => held[0]?.());
    expect(cells()).toEqual(before);
    await userEvent.click(screen.getByRole("button", { name: "Draw another number" }));
    expect((seed as HTMLInputElement).value).not.toBe("12");
  });

  it("tries only, and says so; nothing is read again", async () => {
    const filled = vi.fn();
    const forget = onImported(filled);
    await show();
    await ready("Generate 100 rows");
    await userEvent.click(screen.getByRole("checkbox", { name: "Try only: everything is undone" }));
    await userEvent.click(await ready("Try 100 rows"));
    await screen.findAllByText("100 rows would go into reviews");
    expect(host.fake.callsOf("generateRows")[0]?.[0]).toMatchObject({ dry_run: true });
    expect(screen.queryByRole("button", { name: "Open table" })).toBeNull();
    expect(filled).not.toHaveBeenCalled();
    forget();
  });

  it("has what is asked for typed before anything begins, but not to try", async () => {
    host.fake.world.profiles = host.fake.world.profiles.map((each) =>
      each.id === PROD ? { ...each, safety: "confirm_writes" as const } : each,
    );
    await show(table("reviews"), PROD);
    const name = "Generate 100 rows in shop-prod";
    const field = await screen.findByRole("textbox", { name: "Type reviews to go on" });
    await userEvent.click(await go(name));
    expect(host.fake.callsOf("generateRows")).toEqual([]);
    await userEvent.click(screen.getByRole("checkbox", { name: "Try only: everything is undone" }));
    expect(screen.queryByRole("textbox", { name: "Type reviews to go on" })).toBeNull();
    await userEvent.click(screen.getByRole("checkbox", { name: "Try only: everything is undone" }));
    await userEvent.type(await screen.findByRole("textbox", { name: "Type reviews to go on" }), "reviews{Enter}");
    await waitFor(() => expect(host.fake.callsOf("generateRows")[0]?.[0]).toMatchObject({ confirmed: "reviews" }));
    expect(field).toBeTruthy();
  });

  it("is stopped from the dialog, which says that nothing was changed", async () => {
    host = fakeHost({ pace: 1000, open: [STAGING] });
    setHost(host);
    await show();
    await userEvent.click(await ready("Generate 100 rows"));
    await screen.findByRole("progressbar", { name: "Generating" });
    await userEvent.click(await go("Stop"));
    await screen.findByText("Stopped: nothing was changed.");
    expect(host.fake.callsOf("stopTransfer")).toHaveLength(1);
    await ready("Generate 100 rows");
  });

  it("goes on when it is closed, and says the end in passing", async () => {
    host = fakeHost({ pace: 1, open: [STAGING] });
    setHost(host);
    await show();
    await userEvent.click(await ready("Generate 100 rows"));
    await go("Stop");
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    screen.getByRole("button", { name: "Stop Generating rows for reviews" });
    await waitFor(
      () => expect(document.querySelector(".rh-toasts")?.textContent).toContain("100 rows generated in reviews"),
      {
        timeout: 20_000,
      },
    );
  });

  it("keeps the choices when the server refuses the rows, and says why", async () => {
    await show();
    await ready("Generate 100 rows");
    const seed = screen.getByRole("textbox", { name: "Seed number" });
    await userEvent.clear(seed);
    await userEvent.type(seed, "13");
    await userEvent.click(await ready("Generate 100 rows"));
    await screen.findByText(/duplicate key value/);
    expect((rowsFor("reviews") as HTMLInputElement).value).toBe("100");
    host.fake.fail("generateRows", fakeFailure("unreachable", "The server is away."), 1);
    await userEvent.click(await ready("Generate 100 rows"));
    await screen.findByText("The server is away.");
    expect(screen.queryByText(/duplicate key value/)).toBeNull();
  });

  it("goes from table to table by the arrows, and filters many", async () => {
    await show(schemaCalled("shop", "public"));
    await waitFor(() => expect(document.activeElement).toBe(rowsFor("addresses")));
    await userEvent.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(rowsFor("categories"));
    await userEvent.type(screen.getByRole("searchbox", { name: "Filter tables" }), "ship");
    expect(screen.getAllByRole("textbox", { name: /^Rows for (?!all)/ })).toHaveLength(1);
    await userEvent.click(screen.getByRole("checkbox", { name: "All tables" }));
    await userEvent.click(screen.getByRole("checkbox", { name: "All tables" }));
    expect((await go(/^Generate/)).getAttribute("aria-description")).toBe("Choose at least one table");
  });

  it("teaches where there is nothing to fill, says why where nothing may be changed, and reads again what failed", async () => {
    host.fake.fail("generateOffer", fakeFailure("unreachable", "The server is away."), 1);
    const first = await show();
    await screen.findByText("The server is away.");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await ready("Generate 100 rows");
    const found = await axe.run(first.dialog, { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations).toEqual([]);
    act(() => openGenerate(PROD, table("reviews")));
    await screen.findByText(/is read-only: nothing may be changed/);
    host.generateOffer = async () => ({ candidates: [], notes: [], forbidden: null });
    act(() => openGenerate(STAGING, table("coupons")));
    await screen.findByText("No table to fill");
  });

  it("finds the schema where work is, when none is named", async () => {
    const tree = vi.spyOn(host, "tree");
    const node = (id: string, icon: "database" | "schema", object: ObjectRef | null) => ({
      ...{ id, label: id, detail: null, detail_title: null, icon, expandable: true, object, browsable: false },
      ...{ state: "ready" as const, system: false, unfold: true },
    });
    tree.mockImplementation(async (_, parent) => ({
      nodes: parent === null ? [node("d", "database", null)] : [node("s", "schema", schemaCalled(null, "billing"))],
      total: 1,
      as_of_ms: null,
    }));
    await show();
    act(() => generateIn(STAGING, schemaCalled(null, null)));
    await screen.findByRole("checkbox", { name: "invoices" });
    expect(host.fake.callsOf("generateOffer").at(-1)).toEqual([STAGING, schemaCalled(null, "billing")]);
  });

  it("is usable without the window's own transfers", async () => {
    render(
      <QueryClientProvider client={new QueryClient()}>
        <DesignRoot theme="dark">
          <GenerateDialog
            connection={() => ({ name: "x", production: false })}
            begin={(request, shown) =>
              startTransfer({ title: "t", name: "n", path: "p" }, { done: String, stopped: "", shown }, (hear) =>
                ipcHost().generateRows(request, hear),
              )
            }
            onOpenTable={opened}
          />
        </DesignRoot>
      </QueryClientProvider>,
    );
    act(() => openGenerate(STAGING, table("coupons")));
    await userEvent.click(await ready("Generate 100 rows"));
    await screen.findByText("100 rows generated in coupons (seed 1)");
  });
});
