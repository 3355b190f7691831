import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DesignRoot } from "@/design";
import { setHost } from "@/ipc";
import { type FakeHost, fakeHost, STAGING } from "@/ipc/fake";
import { ExportDialog } from "./ExportDialog";
import { closeExport, openExport } from "./opening";
import { TransferChips } from "./TransferChips";

const orders = { database: null, schema: "public", kind: "relation", name: "orders", signature: null } as const;

describe("the export of rows", () => {
  let host: FakeHost;
  beforeEach(() => {
    host = fakeHost({ pace: 0, open: [STAGING] });
    setHost(host);
    closeExport();
  });

  async function opened(range: { firstRow: number; lastRow: number; columns: number[] } | null = null) {
    const request = { profile_id: STAGING, object: { ...orders }, filters: [], sort: [] };
    const browsed = await host.browse(request as unknown as Parameters<typeof host.browse>[0]);
    render(
      <QueryClientProvider client={new QueryClient()}>
        <DesignRoot theme="light">
          <ExportDialog />
          <TransferChips />
        </DesignRoot>
      </QueryClientProvider>,
    );
    act(() => openExport({ head: browsed.head, progress: browsed.progress, range }));
    await screen.findByRole("dialog");
    await waitFor(() => expect(host.fake.callsOf("exportOffer").length).toBeGreaterThan(0));
    await waitFor(() =>
      expect(screen.getByRole("button", { name: /Export to a file/ })).toHaveProperty("disabled", false),
    );
    return browsed;
  }

  it("goes to the file that is chosen, is seen in the status bar, and can be stopped", async () => {
    host.pickSavePath = vi.fn(async () => "/files/orders.csv");
    await opened();
    await userEvent.click(screen.getByRole("button", { name: /Export to a file/ }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(host.fake.callsOf("exportRows")[0]?.[0]).toMatchObject({
      path: "/files/orders.csv",
      format: "csv",
      rows: { what: "loaded" },
    });
    await userEvent.click(await screen.findByRole("button", { name: "Stop Exporting to orders.csv" }));
    await screen.findByText("Stopped: orders.csv was not written");
  });

  it("says that loaded rows are not all, and that the whole is read again", async () => {
    await opened({ firstRow: 0, lastRow: 3, columns: [0, 1] });
    screen.getByLabelText(/^The selection: 4 rows, 2 of/);
    const loaded = screen.getByLabelText(/^Loaded rows: .* not all$/);
    await userEvent.click(loaded);
    screen.getByText(/^first [\d,]+ rows, not all$/);
    await userEvent.click(screen.getByLabelText(/^All rows, read again/));
    screen.getByText(/^Reads the rows again from the server/);
  });

  it("tells beside the choice why a file cannot be written, and keeps what was chosen", async () => {
    host.pickSavePath = vi.fn(async () => "/denied/orders.csv");
    await opened();
    await userEvent.click(screen.getByRole("button", { name: /Export to a file/ }));
    await screen.findByText(/could not be written: permission denied/);
    screen.getByRole("dialog");
  });

  it("copies with the same choices", async () => {
    await opened({ firstRow: 1, lastRow: 2, columns: [0] });
    await userEvent.type(screen.getByLabelText("NULL as"), "NULL");
    await userEvent.click(screen.getByRole("button", { name: "Copy" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(host.fake.callsOf("copy")[0]?.[0]).toMatchObject({
      first_row: 1,
      rows: 2,
      columns: [0],
      options: { null_text: "NULL", delimiter: "," },
    });
  });

  it("can be read by a screen reader", async () => {
    await opened();
    const found = await axe.run(screen.getByRole("dialog"), { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations).toEqual([]);
  });
});
