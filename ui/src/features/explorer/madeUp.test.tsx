/** Where the tree offers to make rows up. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { configure, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CommandsProvider } from "@/commands";
import { DesignRoot } from "@/design";
import { type ConnectionState, setHost } from "@/ipc";
import { type FakeHost, fakeHost, PROD, STAGING } from "@/ipc/fake";
import { ExplorerPanel } from ".";
import { forgetBranches } from "./expansion";

// Roles are worked out by walking the whole page, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

const generate = vi.fn();
const nothing = () => {};

describe("rows made up, from the tree", () => {
  let host: FakeHost;
  let states: readonly ConnectionState[];
  const user = userEvent.setup();
  beforeEach(async () => {
    host = fakeHost({ open: [PROD, STAGING] });
    setHost(host);
    states = await host.connectionStates();
    generate.mockClear();
    for (const id of [PROD, STAGING]) forgetBranches(id);
  });

  async function unfolded(profileId: string, ...names: RegExp[]) {
    render(
      <QueryClientProvider client={new QueryClient()}>
        <DesignRoot theme="light">
          <CommandsProvider own={{}}>
            <ExplorerPanel
              profiles={host.fake.world.profiles.filter(({ id }) => id === profileId)}
              states={states}
              active={profileId}
              onOpenRelation={nothing}
              onOpenQuery={nothing}
              onConnect={nothing}
              onDisconnect={nothing}
              onEditConnection={nothing}
              onGenerate={generate}
            />
          </CommandsProvider>
        </DesignRoot>
      </QueryClientProvider>,
    );
    for (const name of names) {
      const row = await screen.findByRole("treeitem", { name });
      if (row.getAttribute("aria-expanded") === "true") continue;
      await user.click(row);
      await user.keyboard("{ArrowRight}");
    }
  }
  const menuOf = async (name: RegExp) => {
    await user.pointer({ keys: "[MouseRight]", target: await screen.findByRole("treeitem", { name }) });
    return within(await screen.findByRole("menu"));
  };

  it("is offered on a table and on a schema", async () => {
    await unfolded(STAGING, /^shop ?3/, /^public/, /^Tables/);
    await user.click((await menuOf(/^customers/)).getByRole("menuitem", { name: "Generate rows…" }));
    expect(generate).toHaveBeenLastCalledWith(
      STAGING,
      expect.objectContaining({ kind: "relation", name: "customers" }),
    );
    await user.click((await menuOf(/^billing/)).getByRole("menuitem", { name: "Generate rows…" }));
    expect(generate).toHaveBeenLastCalledWith(STAGING, expect.objectContaining({ kind: "schema", name: "billing" }));
    await user.click((await menuOf(/shop-staging/)).getByRole("menuitem", { name: "Generate rows…" }));
    expect(generate).toHaveBeenLastCalledWith(STAGING, expect.objectContaining({ kind: "schema", name: "" }));
  });

  it("is not offered on a view", async () => {
    await unfolded(STAGING, /^shop ?3/, /^public/, /^Views/);
    const menu = await menuOf(/^late_shipments/);
    menu.getByRole("menuitem", { name: /^Open data/ });
    expect(menu.queryByRole("menuitem", { name: "Generate rows…" })).toBeNull();
  });

  it("says why not where the connection is read-only", async () => {
    await unfolded(PROD, /shop-prod/);
    const item = (await menuOf(/shop-prod/)).getByRole("menuitem", { name: /Generate rows…/ });
    expect(item.getAttribute("aria-disabled")).toBe("true");
    await user.click(item);
    expect(generate).not.toHaveBeenCalled();
  });
});
