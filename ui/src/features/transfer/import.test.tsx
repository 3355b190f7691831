import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DesignRoot } from "@/design";
import { setHost } from "@/ipc";
import { type FakeHost, fakeHost, STAGING } from "@/ipc/fake";
import { ImportDialog } from "./ImportDialog";
import { closeImportInto, openImportInto } from "./opening";
import { TransferChips } from "./TransferChips";

const table = (name: string) => ({ database: null, schema: "public", kind: "relation", name, signature: null });

describe("the import of a file", () => {
  let host: FakeHost;
  beforeEach(() => {
    host = fakeHost({ pace: 0, open: [STAGING] });
    setHost(host);
    closeImportInto();
  });

  async function opened(path: string | null, name = "customers") {
    render(
      <QueryClientProvider client={new QueryClient()}>
        <DesignRoot theme="light">
          <ImportDialog />
          <TransferChips />
        </DesignRoot>
      </QueryClientProvider>,
    );
    act(() => openImportInto({ profileId: STAGING, table: table(name), path }));
    await screen.findByRole("dialog");
  }
  const importButton = () => screen.findByRole("button", { name: "Import 3 rows" });

  it("shows what the file holds, maps columns by name, and sends them", async () => {
    await opened("/files/people.csv");
    await userEvent.click(await importButton());
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(host.fake.callsOf("importRows")[0]?.[0]).toMatchObject({
      profile_id: STAGING,
      create: false,
      dry_run: false,
      batch: null,
      columns: [
        { source: 0, column: "id", native_type: null },
        { source: 1, column: "name", native_type: null },
      ],
    });
    await screen.findAllByText("3 rows imported into customers");
  });

  it("tries without a change, and makes a new table with the types that were found", async () => {
    await opened("/files/people.csv", "");
    const name = await screen.findByLabelText("New table");
    expect((name as HTMLInputElement).value).toBe("people");
    await userEvent.click(screen.getByRole("button", { name: "Try it, change nothing" }));
    await screen.findAllByText("3 rows would go into people");
    expect(host.fake.callsOf("importRows")[0]?.[0]).toMatchObject({
      create: true,
      dry_run: true,
      columns: [{ column: "ID", native_type: "integer" }, { column: "name" }, { column: "mail" }],
    });
  });

  it("leaves records that cannot be read out only with a file for them", async () => {
    host.pickSavePath = vi.fn(async () => "/files/refused.csv");
    await opened("/files/ragged.csv");
    await screen.findByText("1 record cannot be read");
    await userEvent.click(await importButton());
    await waitFor(() => expect(host.fake.callsOf("importRows").length).toBe(1));
    expect(host.fake.callsOf("importRows")[0]?.[0]).toMatchObject({ batch: 10_000, rejects: "/files/refused.csv" });
  });

  it("has the table's name typed on production", async () => {
    await opened("/files/production.csv");
    const button = await importButton();
    await userEvent.click(button);
    expect(host.fake.callsOf("importRows")).toEqual([]);
    await userEvent.type(screen.getByLabelText("Type customers to go on"), "customers");
    await userEvent.click(button);
    await waitFor(() => expect(host.fake.callsOf("importRows")[0]?.[0]).toMatchObject({ confirmed: "customers" }));
  });

  it("tells why a file cannot be read, reads it anew with other choices, and can be read by a screen reader", async () => {
    await opened("/files/missing.csv");
    await screen.findByText(/no such file/);
    act(() => openImportInto({ profileId: STAGING, table: table("customers"), path: "/files/people.csv" }));
    await importButton();
    await userEvent.click(screen.getByLabelText("First line names the columns"));
    await waitFor(() =>
      expect(host.fake.callsOf("importLook").at(-1)?.[0]).toMatchObject({ file: { header: false, delimiter: "," } }),
    );
    const found = await axe.run(screen.getByRole("dialog"), { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations).toEqual([]);
  });
});
