import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { CommandsProvider } from "@/commands";
import { HostError, setHost } from "@/ipc";
import { type FakeHost, fakeHost, STAGING } from "@/ipc/fake";
import { ResultsPane } from "../ResultsPane";
import { RunStore } from "../store";

const NO_KEYS = {};

const failed = (code: "cancelled" | "not_found", message: string) =>
  new HostError({ code, message, hint: null, range: null, native: null });

describe("a result that is kept live", () => {
  let host: FakeHost;
  const user = userEvent.setup();
  beforeEach(() => {
    host = fakeHost({ pace: 0, open: [STAGING] });
    setHost(host);
  });

  async function shown(text: string, away: string | null = null) {
    const store = new RunStore("t");
    await store.run({ profileId: STAGING, database: null, text, base: 0, parameters: [] });
    await waitFor(() => expect(store.snapshot().phase).toBe("finished"));
    const client = new QueryClient();
    const pane = (why: string | null) => (
      <QueryClientProvider client={client}>
        <CommandsProvider own={NO_KEYS}>
          <ResultsPane store={store} active away={why} />
        </CommandsProvider>
      </QueryClientProvider>
    );
    const view = render(pane(away));
    return { store, again: (why: string | null) => view.rerender(pane(why)) };
  }

  const every = async (name: string) => {
    await user.click(screen.getByRole("button", { name: "Live" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name }));
  };

  it("runs its statement again only while nothing stands in the way, in the same grid and under the same tab", async () => {
    const { store, again } = await shown("select * from orders limit 20", "a transaction is open here");
    await waitFor(() => expect(document.querySelector("[role=gridcell]")?.textContent).toBeTruthy());
    await every("Every 1 s");
    await screen.findByRole("button", { name: /Paused: a transaction is open here/ });
    expect(host.fake.callsOf("holdAgain")).toHaveLength(0);
    const first = store.snapshot().active;
    const cell = document.querySelector("[role=gridcell]");
    again(null);
    await waitFor(() => expect(store.snapshot().sets[0]?.refresh?.lineage).toBe(first));
    expect(store.snapshot().active).toBe(store.snapshot().sets[0]?.head.hold_id);
    expect(store.snapshot().active).not.toBe(first);
    expect(document.querySelector("[role=gridcell]"), "the grid is the same").toBe(cell);
    await waitFor(() => expect(host.fake.callsOf("holdRelease").map(([id]) => id)).toContain(first));
    expect(host.fake.callsOf("run"), "it is no run of the tab").toHaveLength(1);
    // The next reading is of the rows that came last.
    const second = store.snapshot().active;
    await waitFor(() => expect(host.fake.callsOf("holdAgain").some(([id]) => id === second)).toBe(true), {
      timeout: 5_000,
    });
    await user.click(screen.getByRole("button", { name: "Every 1 s" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "Off" }));
    await screen.findByRole("button", { name: "Live" });
  });

  it("ends with what the server said, and tries again what gave way to something else", async () => {
    const { store } = await shown("select * from orders limit 20");
    const held = store.snapshot().active;
    act(() => store.keepLive(held, { kind: "every", seconds: 60 }));
    let error = failed("cancelled", "Stopped.");
    setHost({ ...host, holdAgain: () => Promise.reject(error) });
    expect(await store.again(held, null)).toBe(false);
    expect(store.snapshot().sets[0]?.live).toEqual({ kind: "every", seconds: 60 });
    error = failed("not_found", "relation “orders” does not exist");
    await act(() => store.again(held, null));
    expect(store.snapshot().sets[0]?.live).toEqual({ kind: "off" });
    await screen.findByText("Live has ended: relation “orders” does not exist");
    await user.click(screen.getByRole("button", { name: "Close" }));
    expect(screen.queryByText(/Live has ended/)).toBeNull();
  });

  it("is on offer only for what reads, and ends with the run that made it", async () => {
    const { store } = await shown("update orders set status = 'paid' where id = 1 returning *");
    expect(screen.queryByRole("button", { name: "Live" })).toBeNull();
    await act(() =>
      store.run({ profileId: STAGING, database: null, text: "select * from orders limit 20", base: 0, parameters: [] }),
    );
    await waitFor(() => expect(store.snapshot().phase).toBe("finished"));
    act(() => store.keepLive(store.snapshot().active, { kind: "every", seconds: 60 }));
    await screen.findByRole("button", { name: "Every 60 s" });
    await act(() =>
      store.run({ profileId: STAGING, database: null, text: "select * from orders limit 20", base: 0, parameters: [] }),
    );
    await screen.findByRole("button", { name: "Live" });
  });
});
