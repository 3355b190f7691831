import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { configure, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { useEffect, useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CommandsProvider } from "@/commands";
import { DesignRoot } from "@/design";
import { type ConnectionProfile, type ConnectionState, host as current, setHost } from "@/ipc";
import { type FakeHost, fakeHost, PROD, SAMPLE, STAGING } from "@/ipc/fake";
import { ExplorerPanel } from ".";
import { forgetBranches } from "./expansion";

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

let host: FakeHost;

beforeEach(() => {
  host = fakeHost({ open: [PROD] });
  setHost(host);
  for (const id of [PROD, SAMPLE, STAGING]) forgetBranches(id);
});

function Panel() {
  const [states, setStates] = useState<readonly ConnectionState[]>([]);
  const [profiles, setProfiles] = useState<readonly ConnectionProfile[]>(host.fake.world.profiles);
  useEffect(() => {
    void current().connectionStates().then(setStates);
    current().subscribe((event) => {
      if (event.event === "changed" && event.topics.includes("profiles")) setProfiles(host.fake.world.profiles);
    });
  }, []);
  const nothing = () => {};
  return (
    <ExplorerPanel
      profiles={profiles}
      states={states}
      active={PROD}
      onOpenRelation={nothing}
      onOpenQuery={nothing}
      onConnect={nothing}
      onDisconnect={nothing}
      onEditConnection={nothing}
    />
  );
}

function show() {
  return render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <DesignRoot theme="light">
        <CommandsProvider own={{}}>
          <main>
            <Panel />
          </main>
        </CommandsProvider>
      </DesignRoot>
    </QueryClientProvider>,
  );
}

const row = (name: RegExp) => screen.findByRole("treeitem", { name });

async function menu(name: RegExp, entry: RegExp | string) {
  const user = userEvent.setup();
  await user.pointer({ keys: "[MouseRight]", target: await row(name) });
  await user.click(await screen.findByRole("menuitem", { name: entry }));
}

describe("what is marked on a connection", () => {
  it("puts a favourite first, with a star", async () => {
    show();
    await menu(/shop-staging/, "Mark as a favourite");
    expect(host.fake.callsOf("setFavourite")).toEqual([[STAGING, true]]);
    await waitFor(() => expect(screen.getAllByRole("treeitem")[0]?.textContent).toContain("shop-staging"));
    expect(screen.getByRole("img", { name: "Favourite" })).toBeTruthy();
  });

  it("hides schemas, says how many, and shows them again", async () => {
    const { baseElement } = show();
    // The way to where work is unfolds by itself.
    await row(/^public/);
    await menu(/^public/, "Show only this schema");
    expect(host.fake.callsOf("setSchemas").at(-1)).toEqual([PROD, ["public"]]);
    const hidden = await row(/hidden/);
    const user = userEvent.setup();
    await user.dblClick(hidden);
    const dialog = await screen.findByRole("dialog", { name: "Schemas of shop-prod" });
    expect((screen.getByRole("checkbox", { name: "public" }) as HTMLInputElement).checked).toBe(true);
    const found = await axe.run(dialog, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map((one) => one.id)).toEqual([]);
    await user.type(screen.getByLabelText("And by name"), "aud*");
    await user.click(screen.getByRole("button", { name: "Show these" }));
    expect(host.fake.callsOf("setSchemas").at(-1)).toEqual([PROD, ["public", "aud*"]]);
    await menu(/shop-prod/, "Choose schemas");
    await user.click(await screen.findByRole("button", { name: "Show all" }));
    expect(host.fake.callsOf("setSchemas").at(-1)).toEqual([PROD, []]);
    await waitFor(() => expect(screen.queryByText(/hidden/)).toBeNull());
    expect(baseElement).toBeTruthy();
  });
});
