import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { configure, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DesignRoot } from "@/design";
import { type ObjectRef, setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, PROD } from "@/ipc/fake";
import { RelationStructure, type RelationView } from ".";
import { shortBytes, shortCount } from "./format";

// Roles are worked out by walking the whole page, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

let host: FakeHost;

beforeEach(() => {
  host = fakeHost({ open: [PROD] });
  setHost(host);
});

const relation = (name: string): ObjectRef => ({
  database: "shop",
  schema: "public",
  kind: "relation",
  name,
  signature: null,
});

function show(name: string, view: RelationView, onOpenRelation: (id: string, object: ObjectRef) => void = () => {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={client}>
      <DesignRoot theme="light">
        <main>
          <RelationStructure profileId={PROD} object={relation(name)} view={view} onOpenRelation={onOpenRelation} />
        </main>
      </DesignRoot>
    </QueryClientProvider>,
  );
}

describe("a relation's structure", () => {
  it("shows columns with keys, types and defaults, and goes where a foreign key leads", async () => {
    const onOpenRelation = vi.fn();
    const { baseElement } = show("orders", "columns", onOpenRelation);
    const table = await screen.findByRole("table", { name: "Columns of orders" });
    const id = within(table).getByText("id").closest("tr") as HTMLElement;
    expect(within(id).getByRole("img", { name: "Primary key" })).toBeTruthy();
    expect(within(id).getByText("bigint")).toBeTruthy();
    expect(within(id).getByText("NOT NULL")).toBeTruthy();
    await userEvent.click(within(table).getByRole("button", { name: /customers/ }));
    expect(onOpenRelation).toHaveBeenCalledWith(PROD, expect.objectContaining({ name: "customers" }));
    const found = await axe.run(baseElement, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  });

  it("tells facts short, and says that rows are an estimate", async () => {
    show("orders", "columns");
    const facts = await screen.findByLabelText("Facts about public.orders");
    expect(within(facts).getByText(/^~[\d.,]+( k| M)?$/)).toBeTruthy();
    expect(within(facts).getByText("Owner")).toBeTruthy();
  });

  it("shows constraints and who refers to the relation", async () => {
    show("orders", "constraints");
    expect(await screen.findByRole("table", { name: "Constraints of orders" })).toBeTruthy();
    const by = screen.getByRole("table", { name: "Relations that refer to orders" });
    expect(within(by).getByRole("button", { name: /order_items/ })).toBeTruthy();
  });

  it("colours the DDL without changing a character of it", async () => {
    show("orders", "ddl");
    const code = await screen.findByRole("region", { name: "Definition of orders" });
    expect(code.textContent).toBe((await host.definition(PROD, relation("orders"))).text);
    expect(code.querySelector(".syn-keyword")?.textContent).toBe("CREATE");
  });

  it("says of what comes from disk how old it is, and of what was just read nothing", async () => {
    const at = new Date(2026, 2, 1, 15, 54).getTime();
    const page = await host.relation(PROD, relation("orders"));
    const { text } = await host.definition(PROD, relation("orders"));
    const { unmount } = show("orders", "ddl");
    await screen.findByRole("region", { name: "Definition of orders" });
    expect(screen.queryByText(/the server was not asked/)).toBeNull();
    unmount();
    setHost({
      ...host,
      relation: async () => ({ ...page, kept: true, as_of_ms: at }),
      definition: async () => ({ text, as_of_ms: at }),
    } as FakeHost);
    const ddl = show("orders", "ddl");
    expect(
      await screen.findByText("As of 1 Mar 2026, 15:54: the server was not asked, because it cannot be reached."),
    ).toBeTruthy();
    expect(screen.getByRole("region", { name: "Definition of orders" }).textContent).toBe(text);
    ddl.unmount();
    show("orders", "columns");
    expect(await screen.findByText(/^As of 1 Mar 2026, 15:54: the server was not asked/)).toBeTruthy();
  });

  it("lists policies with command, roles and both expressions, and triggers", async () => {
    show("orders", "policies");
    const table = await screen.findByRole("table", { name: "Policies of orders" });
    const strict = within(table).getByText("no_backdating").closest("tr") as HTMLElement;
    for (const text of ["update", "restrictive", "PUBLIC", "none"]) expect(within(strict).getByText(text)).toBeTruthy();
    expect(within(strict).getByText(/placed_at >=/)).toBeTruthy();
  });

  it("draws of a table with 1,600 columns only what can be seen, and finds any of them", async () => {
    const wide = await host.relation(PROD, relation("orders"));
    const [column] = wide.columns;
    if (!column) throw new Error("orders has columns");
    const columns = Array.from({ length: 1_600 }, (_, index) => ({
      ...column,
      ordinal: index + 1,
      name: `measure_${index + 1}`,
    }));
    setHost({ ...host, relation: async () => ({ ...wide, columns }) } as FakeHost);
    show("orders", "columns");
    const table = await screen.findByRole("table", { name: "Columns of orders" });
    expect(table.getAttribute("aria-rowcount")).toBe("1601");
    expect(table.querySelectorAll("tbody tr").length).toBeLessThan(100);
    await userEvent.type(screen.getByRole("searchbox", { name: "Filter columns" }), "measure_1599");
    expect(
      await within(table)
        .findByText("measure_1599")
        .catch(() => screen.findByText("measure_1599")),
    ).toBeTruthy();
    await userEvent.type(screen.getByRole("searchbox", { name: "Filter columns" }), "zzz");
    expect(await screen.findByText("Nothing found")).toBeTruthy();
  });

  it("says what could not be read, and what there is none of", async () => {
    show("payroll", "policies");
    expect(await screen.findByText(/Policies could not be read/)).toBeTruthy();
    expect(screen.getByText("No policies")).toBeTruthy();
  });

  it("shows a failure in its place, and tries again", async () => {
    host.fake.fail("relation", fakeFailure("forbidden", "reporting may not read it."), 1);
    show("orders", "columns");
    expect(await screen.findByText(/reporting may not read it/)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("table", { name: "Columns of orders" })).toBeTruthy();
  });
});

describe("numbers", () => {
  it("are short in the line", () => {
    expect([0, 9_999, 84_300, 999_499, 1_204_417, 3e9].map(shortCount)).toEqual([
      "0",
      "9,999",
      "84.3 k",
      "999 k",
      "1.2 M",
      "3 G",
    ]);
    expect([999, 1_000, 4_100_000].map(shortBytes)).toEqual(["999 B", "1 kB", "4.1 MB"]);
  });
});
