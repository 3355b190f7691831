import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DesignRoot } from "@/design";
import { setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, PROD } from "@/ipc/fake";
import { Privacy } from "./Privacy";
import { everything, goes, requestFor } from "./privacy";

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

const KEPT = { history: 1_204, audit: 1, catalogs: 2, closed_tabs: 0, open_tabs: 3, connections: 2, secrets: 1 };

describe("forgetting, in words", () => {
  it("names the amount, whose it is and what stays", () => {
    expect(goes("history", KEPT, null)).toContain("1,204 statements in the history of every connection");
    expect(goes("audit", KEPT, "shop-prod")).toContain("1 line in the audit trail of shop-prod");
    expect(requestFor("catalogs", PROD)).toEqual({
      profile_id: PROD,
      history: false,
      audit: false,
      catalogs: true,
      closed_tabs: false,
    });
  });

  it("speaks of connections and secrets only where they go", () => {
    expect(everything(KEPT, false).join(" ")).not.toContain("keychain");
    expect(everything(KEPT, true).at(-1)).toBe("2 saved connections and 1 secret in the keychain");
  });
});

describe("the privacy settings", () => {
  let host: FakeHost;
  beforeEach(() => {
    host = fakeHost();
    setHost(host);
    render(
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <DesignRoot theme="light">
          <Privacy />
        </DesignRoot>
      </QueryClientProvider>,
    );
  });

  it("forgets the history of one connection after saying how much goes", async () => {
    const user = userEvent.setup();
    expect(await screen.findByText("11 statements")).toBeTruthy();
    await user.click(screen.getByRole("combobox", { name: /Of/ }));
    await user.click(await screen.findByRole("option", { name: "shop-prod" }));
    await user.click(await screen.findByRole("button", { name: "Forget history" }));
    const asked = await screen.findByRole("alertdialog", { name: "Forget history?" });
    expect(within(asked).getByText(/11 statements in the history of shop-prod/)).toBeTruthy();
    expect(host.fake.callsOf("forget")).toEqual([]);
    await user.click(within(asked).getByRole("button", { name: "Forget" }));
    await waitFor(() => expect(host.fake.callsOf("forget")).toEqual([[requestFor("history", PROD)]]));
    expect(await screen.findByText("0 statements")).toBeTruthy();
  });

  it("forgets everything only after saying what goes, connections where they are ticked", async () => {
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: /^Forget everything/ }));
    const asked = await screen.findByRole("alertdialog", { name: "Forget everything?" });
    expect(within(asked).queryByText(/2 saved connections/)).toBeNull();
    await user.click(within(asked).getByRole("checkbox"));
    expect(within(asked).getByText(/2 saved connections/)).toBeTruthy();
    host.fake.fail("forgetEverything", fakeFailure("keychain_unavailable", "The keychain is locked."), 1);
    await user.click(within(asked).getByRole("button", { name: "Forget everything" }));
    expect(await screen.findByText("The keychain is locked.")).toBeTruthy();
    expect(host.fake.callsOf("forgetEverything")).toEqual([[true]]);
  });
});
