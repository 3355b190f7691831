import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CommandsProvider } from "@/commands";
import { type HoldProgress, setHost } from "@/ipc";
import { type FakeHost, fakeHost, STAGING } from "@/ipc/fake";
import { HeldGrid } from "./HeldGrid";
import { ProgressLine } from "./ProgressLine";
import { ResultsPane } from "./ResultsPane";
import { RunStore } from "./store";

const NO_KEYS = {};

describe("the panes of a result", () => {
  let host: FakeHost;
  beforeEach(() => {
    host = fakeHost({ pace: 0, open: [STAGING] });
    setHost(host);
  });

  async function ran(text: string): Promise<RunStore> {
    const store = new RunStore("t");
    await store.run({ profileId: STAGING, database: null, text, base: 0, parameters: [] });
    await waitFor(() => expect(store.snapshot().phase).toBe("finished"));
    return store;
  }

  it("shows the rows of a hold though effects are run twice", async () => {
    const store = await ran("select * from orders limit 20");
    const set = store.snapshot().sets[0];
    if (!set) throw new Error("no result");
    const { container } = render(
      <CommandsProvider own={NO_KEYS}>
        <HeldGrid head={set.head} progress={set.progress} active />
      </CommandsProvider>,
    );
    await waitFor(() => expect(host.fake.callsOf("holdWindow").length).toBeGreaterThan(0));
    await waitFor(() => expect(container.querySelector("[role=gridcell]")?.textContent).toBeTruthy());
  });

  it("names results after what they are read from, numbers the same name, and leaves the messages where they are", async () => {
    const store = await ran("-- all of them\nselect * from orders limit 3;\nselect id\nfrom orders limit 3;\nselect 1");
    render(
      <QueryClientProvider client={new QueryClient()}>
        <CommandsProvider own={NO_KEYS}>
          <ResultsPane store={store} active />
        </CommandsProvider>
      </QueryClientProvider>,
    );
    const tabs = screen.getAllByRole("tab");
    const titles = tabs.map((tab) => tab.querySelector(".rh-truncate")?.textContent);
    expect(titles).toEqual(["orders", "orders · 2", "Result 3", "Messages"]);
    expect(tabs[1]?.getAttribute("data-tip")).toBe("select id");
    expect(tabs.map((tab) => tab.querySelector(".rh-tab-close") !== null)).toEqual([true, true, true, false]);
  });

  it("keeps what was said between runs when the next run starts", async () => {
    const store = await ran("select 1");
    const notice = { severity: "info", label: "NOTIFY", code: null, message: "jobs: x", detail: null, hint: null };
    act(() => store.said({ ...notice, context: null, range: null, at_ms: 1 }));
    await store.run({ profileId: STAGING, database: null, text: "select 2", base: 0, parameters: [] });
    await waitFor(() => expect(store.snapshot().phase).toBe("finished"));
    expect(store.snapshot().between.map((line) => line.notice.message)).toEqual(["jobs: x"]);
  });

  it("warns before a pause costs the transaction, louder towards the end, and of nothing else", () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const paused = (fails_transaction: boolean): HoldProgress => ({
      hold_id: "h",
      rows: 10,
      bytes: 10,
      elapsed_ms: 10,
      state: "paused",
      until_ms: 1_020_000,
      fails_transaction,
    });
    const { rerender } = render(<ProgressLine progress={paused(true)} onAll={() => undefined} />);
    screen.getByText("held for 20 s, then the transaction fails");
    screen.getByRole("button", { name: "Load all" });
    act(() => void vi.advanceTimersByTime(12_000));
    screen.getByText("the transaction fails in 8 s: load all or stop");
    rerender(<ProgressLine progress={paused(false)} />);
    screen.getByText("held for 8 s");
    vi.useRealTimers();
  });
});
