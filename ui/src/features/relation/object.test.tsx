import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { configure, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DesignRoot } from "@/design";
import { type ObjectRef, type RelationPage, setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, PROD } from "@/ipc/fake";
import { ObjectStructure, RelationStructure, type RelationView, viewsOf } from ".";

// Roles are worked out by walking the whole page, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

let host: FakeHost;

beforeEach(() => {
  host = fakeHost({ open: [PROD] });
  setHost(host);
});

const object = (kind: string, name: string, more: Partial<ObjectRef> = {}): ObjectRef => ({
  database: "shop",
  schema: "public",
  kind,
  name,
  signature: null,
  ...more,
});
const REORDER = object("routine", "reorder_stock", { signature: "bigint" });
const IDS = object("sequence", "orders_id_seq");
const EMAIL = object("type", "email");

function draw(node: React.ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={client}>
      <DesignRoot theme="light">
        <main>{node}</main>
      </DesignRoot>
    </QueryClientProvider>,
  );
}

const show = (shown: ObjectRef, view: string) => draw(<ObjectStructure profileId={PROD} object={shown} view={view} />);
const relation = (name: string, view: RelationView) =>
  draw(<RelationStructure profileId={PROD} object={object("relation", name)} view={view} onOpenRelation={() => {}} />);

describe("an object that is not a relation", () => {
  it("tells its facts above its definition, and warns of a definer without a search_path", async () => {
    const { baseElement } = show(REORDER, "definition");
    const facts = await screen.findByLabelText("Facts about public.reorder_stock");
    for (const text of ["product_id bigint", "plpgsql", "its owner (definer)", "shop"])
      expect(within(facts).getByText(text)).toBeTruthy();
    expect(screen.getByText(/caller's search_path/)).toBeTruthy();
    const code = await screen.findByRole("region", { name: "Definition of reorder_stock" });
    expect(code.textContent).toContain("SECURITY DEFINER");
    const found = await axe.run(baseElement, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  });

  it("lists an enum's labels in their order", async () => {
    show(object("type", "order_status"), "Labels");
    const table = await screen.findByRole("table", { name: "Labels" });
    const labels = [...table.querySelectorAll("tbody tr")].map((row) => row.querySelectorAll("td")[1]?.textContent);
    expect(labels).toEqual(["placed", "paid", "shipped", "returned", "lost, and never found again"]);
  });

  it("offers its lists and privileges with their counts, and no privileges where there is no such thing", async () => {
    const offered = async (shown: ObjectRef) =>
      viewsOf(await host.object(PROD, shown)).map(({ label, count }) => `${label} ${count ?? ""}`.trim());
    expect(await offered(REORDER)).toEqual(["Definition", "Privileges 2"]);
    expect(await offered(EMAIL)).toEqual(["Definition", "Checks 1", "Privileges"]);
    const role = { database: null, schema: null };
    expect(await offered(object("role", "reporting", role))).toEqual(["Definition", "Member of 1", "Settings 1"]);
    expect(viewsOf(undefined)).toEqual([{ value: "definition", label: "Definition" }]);
  });

  it("draws of 240 grantees only what can be seen, finds any of them, and is scrolled by key", async () => {
    show(IDS, "privileges");
    const table = await screen.findByRole("table", { name: "Privileges on orders_id_seq" });
    expect(table.getAttribute("aria-rowcount")).toBe("241");
    expect(table.querySelectorAll("tbody tr").length).toBeLessThan(100);
    expect(screen.getByRole("region", { name: "public.orders_id_seq, privileges" }).tabIndex).toBe(0);
    await userEvent.type(screen.getByRole("searchbox", { name: "Filter privileges" }), "team_237");
    expect(await screen.findByText("team_237")).toBeTruthy();
    await userEvent.type(screen.getByRole("searchbox", { name: "Filter privileges" }), "zzz");
    expect(await screen.findByText("Nothing found")).toBeTruthy();
  });

  it("says of privileges that they may not be read, were not read, or that there are none", async () => {
    const { unmount } = show(EMAIL, "privileges");
    expect(await screen.findByText("Privileges may not be read")).toBeTruthy();
    unmount();
    const second = show(object("type", "address"), "privileges");
    expect(await screen.findByText("Privileges were not read")).toBeTruthy();
    second.unmount();
    show(object("type", "order_status"), "privileges");
    expect(await screen.findByText("No privileges were granted")).toBeTruthy();
  });

  it("shows a failure in its place, and tries again", async () => {
    let fail = true;
    setHost({
      ...host,
      object: async (id: string, shown: ObjectRef) => {
        if (fail) throw fakeFailure("not_found", "There is no “reorder_stock” any more.");
        return host.object(id, shown);
      },
    } as FakeHost);
    show(REORDER, "definition");
    expect(await screen.findByText("public.reorder_stock could not be read")).toBeTruthy();
    fail = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("plpgsql")).toBeTruthy();
  });
});

describe("a relation's privileges", () => {
  it("stand with their grantees, columns, grant option and grantor", async () => {
    relation("orders", "grants");
    const table = await screen.findByRole("table", { name: "Privileges of orders" });
    const writers = within(table).getByText("DELETE, INSERT, SELECT, UPDATE").closest("tr") as HTMLElement;
    expect(within(writers).getByText("with grant option")).toBeTruthy();
    const support = within(table).getByText("support").closest("tr") as HTMLElement;
    expect(within(support).getByText("status")).toBeTruthy();
    expect(within(support).getByText("shop_writers")).toBeTruthy();
  });

  it("may be none, or not to be read", async () => {
    const { unmount } = relation("customers", "grants");
    expect(await screen.findByText("No privileges were granted")).toBeTruthy();
    unmount();
    relation("payroll", "grants");
    expect(await screen.findByText("Privileges may not be read")).toBeTruthy();
  });

  it("indexes say how often they were used, and which of them does not hold", async () => {
    relation("orders", "indexes");
    const table = await screen.findByRole("table", { name: "Indexes of orders" });
    expect(within(table).getByText("48.2 k")).toBeTruthy();
    expect(within(table).getAllByText("never").length).toBeGreaterThan(0);
    expect(within(table).getAllByText("invalid")[0]?.closest("[data-tone]")?.getAttribute("data-tone")).toBe("warn");
  });

  it("a thousand partitions stand behind a button", async () => {
    const page: RelationPage = await host.relation(PROD, object("relation", "orders"));
    const options = ["ENGINE=InnoDB", ...Array.from({ length: 1_000 }, (_, at) => `PARTITION p${at}`)];
    setHost({ ...host, relation: async () => ({ ...page, options }) } as FakeHost);
    relation("orders", "columns");
    const facts = await screen.findByLabelText("Facts about public.orders");
    expect(within(facts).getByText("ENGINE=InnoDB")).toBeTruthy();
    expect(within(facts).queryByText("PARTITION p900")).toBeNull();
    await userEvent.click(within(facts).getByRole("button", { name: "995 more" }));
    expect(within(facts).getByText("PARTITION p900")).toBeTruthy();
  });
});
