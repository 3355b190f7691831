import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, configure, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DesignRoot } from "@/design";
import { type HistoryEntry, setHost } from "@/ipc";
import { type FakeHost, fakeHost, PROD } from "@/ipc/fake";
import { HistoryPanel } from ".";

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

let host: FakeHost;
let client: QueryClient;

const entry = (id: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  id,
  at_ms: Date.now() - (1_000 - id) * 10,
  profile_id: PROD,
  profile_name: "shop-prod",
  database: "shop",
  text: `select ${id}`,
  outcome: "completed",
  rows: 1,
  elapsed_ms: 3,
  error: null,
  face: "window",
  plan: false,
  ...more,
});

beforeEach(() => {
  host = fakeHost({ open: [PROD] });
  setHost(host);
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
});

function show(onOpen: (entry: HistoryEntry) => void = () => {}) {
  return render(
    <QueryClientProvider client={client}>
      <DesignRoot theme="light">
        <main>
          <HistoryPanel onOpen={onOpen} />
        </main>
      </DesignRoot>
    </QueryClientProvider>,
  );
}

describe("the history", () => {
  it("reads one page when it changes, however many were scrolled through", async () => {
    host.fake.world.history = Array.from({ length: 500 }, (_, index) => entry(1_000 - index));
    show();
    await screen.findAllByRole("option");
    // As after scrolling through three pages.
    const key = ["history", "run", null, ""];
    act(() => client.setQueryData(key, { entries: host.fake.world.history.slice(0, 300), more: true }));
    const before = host.fake.callsOf("history").length;
    host.fake.world.history = [entry(1_001, { text: "select 'the newest'" }), ...host.fake.world.history];
    await act(() => client.invalidateQueries({ queryKey: ["history"] }));
    const read = host.fake.callsOf("history").slice(before);
    expect(read.map(([query]) => (query as { before: number | null }).before)).toEqual([null]);
    expect(await screen.findByText("select 'the newest'")).toBeTruthy();
    expect(client.getQueryData<{ entries: unknown[] }>(key)?.entries).toHaveLength(301);
  });

  it("shows the whole of a statement, how it failed, and what was taken out", async () => {
    const onOpen = vi.fn();
    host.fake.world.history = [
      entry(1_000, {
        text: "alter role ada\n  password '***'",
        outcome: "failed",
        error: "permission denied (42501)",
        elapsed_ms: 1_250,
      }),
    ];
    show(onOpen);
    const user = userEvent.setup();
    await user.click(await screen.findByText("alter role ada password '***'"));
    const detail = within(await screen.findByRole("region", { name: "Statement" }));
    for (const text of ["permission denied (42501)", "failed", "secret removed"])
      expect(detail.getByText(text)).toBeTruthy();
    await user.click(detail.getByRole("button", { name: "Open in a new tab" }));
    expect(onOpen).toHaveBeenCalledWith(expect.objectContaining({ id: 1_000 }));
  });

  it("lists what changed something apart, and forgets none of it", async () => {
    host.fake.world.history = [entry(1_000), entry(999, { text: "delete from orders where id = 7" })];
    show();
    const user = userEvent.setup();
    expect(await screen.findByText("select 1000")).toBeTruthy();
    await user.click(screen.getByRole("radio", { name: "Changes" }));
    const line = await screen.findByText("delete from orders where id = 7");
    expect(screen.queryByText("select 1000")).toBeNull();
    await user.click(line);
    await user.keyboard("{Delete}");
    expect(host.fake.callsOf("forgetHistory")).toEqual([]);
  });
});
