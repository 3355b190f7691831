import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CommandsProvider } from "@/commands";
import { DesignRoot } from "@/design";
import { type ConnectionState, type QuestionKind, setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, PROD, STAGING } from "@/ipc/fake";
import { ConnectionForm, HomePage, QuestionDialog } from ".";

// Roles are worked out by walking the whole page, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

let host: FakeHost;
let client: QueryClient;

beforeEach(() => {
  host = fakeHost();
  setHost(host);
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
});

function show(node: ReactNode) {
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

async function violations(element: Element): Promise<string[]> {
  const found = await axe.run(element, {
    rules: {
      region: { enabled: false },
      "color-contrast": { enabled: false },
      "page-has-heading-one": { enabled: false },
    },
  });
  return found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html ?? ""}`);
}

const nothing = () => {};

function home(states: readonly ConnectionState[] = [], onOpen: (id: string) => void = nothing) {
  return (
    <HomePage
      states={states}
      onOpen={onOpen}
      onNew={nothing}
      onEdit={nothing}
      onOpenSample={nothing}
      onOpenFile={nothing}
    />
  );
}

describe("the first page", () => {
  it("lists connections with their environment and safety, and tells how big the sample is", async () => {
    const { baseElement } = show(home());
    const row = await screen.findByRole("option", { name: /shop-prod/ });
    expect(within(row).getByText("production")).toBeTruthy();
    expect(within(row).getByText("read-only")).toBeTruthy();
    expect(await screen.findByText(/14 tables and 58,210 rows/)).toBeTruthy();
    expect(await violations(baseElement)).toEqual([]);
  });

  it("opens by Enter, by a double click and by Alt and a digit", async () => {
    const onOpen = vi.fn();
    show(home([], onOpen));
    const user = userEvent.setup();
    const second = await screen.findByRole("option", { name: /shop-staging/ });
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("listbox")));
    await user.keyboard("{ArrowDown}{Enter}");
    expect(onOpen).toHaveBeenLastCalledWith(STAGING);
    await user.dblClick(second);
    expect(onOpen).toHaveBeenCalledTimes(2);
    await user.keyboard("{Alt>}1{/Alt}");
    expect(onOpen).toHaveBeenLastCalledWith(PROD);
  });

  it("deletes only after asking, and says what goes", async () => {
    show(home());
    const user = userEvent.setup();
    await screen.findByRole("option", { name: /shop-staging/ });
    await user.click(screen.getByRole("option", { name: /shop-staging/ }));
    screen.getByRole("listbox").focus();
    await user.keyboard("{Delete}");
    const dialog = await screen.findByRole("alertdialog", { name: "Delete shop-staging?" });
    expect(host.fake.callsOf("removeProfile")).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(host.fake.callsOf("removeProfile")).toEqual([[STAGING]]));
  });

  it("says that there is no keychain, and why", async () => {
    host.fake.world.about = {
      ...host.fake.world.about,
      keychain: { name: "Secret Service", works: false, reason: "Nothing answers on the bus." },
    };
    show(home());
    expect(await screen.findByText(/asked every time. Nothing answers on the bus\./)).toBeTruthy();
  });

  it("shows why the list could not be read, and reads it again", async () => {
    host.fake.fail("profiles", fakeFailure("corrupt", "The store is damaged."), 1);
    show(home());
    expect(await screen.findByText("The store is damaged.")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("option", { name: /shop-prod/ })).toBeTruthy();
  });
});

function form(props: Partial<Parameters<typeof ConnectionForm>[0]> = {}) {
  return <ConnectionForm profileId={null} onSaved={nothing} onCancel={nothing} {...props} />;
}

describe("the connection form", () => {
  it("has no fault a screen reader would stumble over", async () => {
    const { baseElement } = show(form());
    await screen.findByRole("textbox", { name: "Host" }).catch(() => screen.findByLabelText("Host and port"));
    expect(await violations(baseElement)).toEqual([]);
  });

  it("says at its field what is missing, and asks the host nothing", async () => {
    show(form());
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: /Save and connect/ }));
    expect((await screen.findAllByRole("alert")).map((each) => each.textContent)).toContain("Host is needed");
    expect(host.fake.callsOf("saveProfile")).toEqual([]);
  });

  it("fills itself from a pasted address and keeps the password out of the window", async () => {
    show(form());
    const user = userEvent.setup();
    await user.click(await screen.findByLabelText("URL"));
    await user.paste("postgres://ada:geheim@db.shop.internal:5433/shop");
    await waitFor(() =>
      expect((screen.getByLabelText("Host and port") as HTMLInputElement).value).toBe("db.shop.internal"),
    );
    expect(document.body.innerHTML).not.toContain("geheim");
    expect([...document.querySelectorAll("input")].map((input) => input.value)).not.toContain("geheim");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(host.fake.callsOf("saveProfile")).toHaveLength(1));
    expect(host.fake.callsOf("saveProfile")[0]?.[0]).toMatchObject({
      password: { kind: "parsed", reference: "parsed-1" },
      values: { host: "db.shop.internal", port: "5433", user: "ada", database: "shop" },
    });
  });

  it("tells every step of a test, and what went wrong with its hint", async () => {
    show(form());
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText("Host and port"), "nowhere");
    await user.type(screen.getByLabelText("User"), "ada");
    await user.click(screen.getByRole("button", { name: /Test/ }));
    expect((await screen.findAllByText(/No address was found for the host nowhere/)).length).toBeGreaterThan(0);
    expect(screen.getAllByText(/Check the host/).length).toBeGreaterThan(0);
    expect(screen.getByLabelText("Host and port").getAttribute("aria-invalid")).toBe("true");
    expect(within(screen.getByRole("list", { name: "Steps" })).getByText("12 ms")).toBeTruthy();
    await user.type(screen.getByLabelText("User"), "x");
    expect(screen.getByText("The form changed since this test.")).toBeTruthy();
  });

  it("shows the steps as they end, stops for real, and says so", async () => {
    show(form());
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText("Host and port"), "slow");
    await user.type(screen.getByLabelText("User"), "ada");
    await user.click(screen.getByRole("button", { name: /^Test/ }));
    expect(await within(screen.getByRole("list", { name: "Steps" })).findByText("Find host")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Stop" }));
    expect(await screen.findByText("You stopped the test.")).toBeTruthy();
    const [, testId] = host.fake.callsOf("testProfile")[0] ?? [];
    expect(host.fake.callsOf("stopTest")).toEqual([[testId]]);
    expect(screen.getByRole("button", { name: /^Test/ })).toBeTruthy();
  });

  it("gives a test up when the form is left", async () => {
    const { unmount } = show(form());
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText("Host and port"), "slow");
    await user.type(screen.getByLabelText("User"), "ada");
    await user.click(screen.getByRole("button", { name: /^Test/ }));
    await screen.findByText("Find host");
    unmount();
    expect(host.fake.callsOf("stopTest")).toHaveLength(1);
  });

  it("puts a refused password at the password, with the server's own code", async () => {
    show(form());
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText("Host and port"), "db1");
    await user.type(screen.getByLabelText("User"), "mallory");
    await user.click(screen.getByRole("button", { name: /^Test/ }));
    expect(await screen.findByText(/PostgreSQL 28P01/)).toBeTruthy();
    expect(screen.getByLabelText("Password").getAttribute("aria-invalid")).toBe("true");
  });

  it("tells what it found in words", async () => {
    show(form());
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText("Host and port"), "db1");
    await user.type(screen.getByLabelText("User"), "ada");
    await user.click(screen.getByRole("button", { name: /^Test/ }));
    const report = await screen.findByRole("complementary", { name: "Test" });
    const tls = within(await within(report).findByRole("region", { name: "TLS" }));
    expect(tls.getByText("CN=db1.shop.internal")).toBeTruthy();
    expect(tls.getByText("1 January 2028")).toBeTruthy();
  });

  it("saves, hands the profile on, and leaves no secret in the page or the cache", async () => {
    const onSaved = vi.fn();
    const onDirty = vi.fn();
    show(form({ profileId: STAGING, onSaved, onDirty }));
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText("Password"), "geheim");
    await waitFor(() => expect(onDirty).toHaveBeenLastCalledWith(true));
    await user.click(screen.getByRole("button", { name: /Save and connect/ }));
    await waitFor(() => expect(onSaved).toHaveBeenCalledWith(expect.objectContaining({ id: STAGING }), true));
    await waitFor(() => expect(onDirty).toHaveBeenLastCalledWith(false));
    expect((screen.getByLabelText("Password") as HTMLInputElement).value).toBe("");
    const cached = JSON.stringify([
      client
        .getQueryCache()
        .getAll()
        .map((query) => query.state),
      client
        .getMutationCache()
        .getAll()
        .map((mutation) => mutation.state),
    ]);
    expect(cached).not.toContain("geheim");
  });

  it("folds what is not used, says how it stands, and unfolds where the test failed", async () => {
    show(form());
    const user = userEvent.setup();
    const section = await screen.findByRole("button", { name: /^SSH No tunnel/ });
    expect(section.getAttribute("aria-expanded")).toBe("false");
    expect(screen.queryByLabelText("Tunnel")).toBeNull();
    await user.click(section);
    await user.click(screen.getByLabelText("Tunnel"));
    await user.click(await screen.findByRole("option", { name: "Password" }));
    await user.type(screen.getByLabelText("SSH host and port"), "bastion");
    await user.type(screen.getByLabelText("SSH user"), "stranger");
    await user.type(screen.getByLabelText("SSH password"), "geheim");
    await user.type(screen.getByLabelText("Host and port"), "db1");
    await user.type(screen.getByLabelText("User"), "ada");
    await user.click(screen.getByRole("button", { name: /^SSH/ }));
    expect(screen.getByRole("button", { name: /^SSH Password · bastion · stranger/ })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^Test/ }));
    expect(await screen.findByText("SSH auth", { selector: "strong" })).toBeTruthy();
    expect(screen.getByLabelText("SSH password").getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByLabelText("Password").getAttribute("aria-invalid")).toBeNull();
    const drafts = host.fake.callsOf("testProfile").map(([draft]) => draft as { values: Record<string, string> });
    expect(drafts.at(-1)?.values["ssh_password"]).toBe("geheim");
  });

  it("shows a stored secret as stored, and forgets it on request", async () => {
    host.fake.world.profiles = host.fake.world.profiles.map((each) =>
      each.id === STAGING
        ? { ...each, values: { ...each.values, ssh: "password", ssh_host: "b" }, stored_secrets: ["ssh_password"] }
        : each,
    );
    show(form({ profileId: STAGING }));
    const user = userEvent.setup();
    const secret = (await screen.findByLabelText("SSH password")) as HTMLInputElement;
    expect(secret.placeholder).toBe("As stored");
    await user.click(screen.getByRole("button", { name: "Forget the stored SSH password" }));
    expect(secret.placeholder).toBe("Will be forgotten");
  });

  it("takes a command for the password, and asks to trust one that came from a file", async () => {
    host.fake.world.profiles = host.fake.world.profiles.map((each) =>
      each.id === STAGING
        ? {
            ...each,
            password: "command" as const,
            untrusted_command: "digest",
            password_command: { argv: ["op", "read", "a b"], shell: false, timeout_s: 20 },
          }
        : each,
    );
    show(form({ profileId: STAGING }));
    const user = userEvent.setup();
    const command = (await screen.findByLabelText("Password")) as HTMLInputElement;
    expect(command.value).toBe("op read 'a b'");
    await user.click(screen.getByRole("button", { name: "Trust this command" }));
    await waitFor(() => expect(host.fake.callsOf("trustCommand")).toEqual([[STAGING, "digest"]]));
    await waitFor(() => expect(screen.queryByText(/came from a file/)).toBeNull());
  });

  it("puts a name that is taken at the name", async () => {
    show(form({ profileId: STAGING }));
    const user = userEvent.setup();
    const name = await screen.findByLabelText("Name and group");
    await user.clear(name);
    await user.type(name, "shop-prod");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/There is a connection named shop-prod already/)).toBeTruthy();
    expect(name.getAttribute("aria-invalid")).toBe("true");
  });

  it("asks before it gives up what was entered", async () => {
    const onCancel = vi.fn();
    show(form({ profileId: STAGING, onCancel }));
    const user = userEvent.setup();
    const name = await screen.findByLabelText("Name and group");
    await user.click(name);
    await user.keyboard("{Escape}");
    expect(onCancel).toHaveBeenCalledTimes(1);
    await user.type(name, "x");
    await user.keyboard("{Escape}");
    expect(onCancel).toHaveBeenCalledTimes(1);
    await user.click(await screen.findByRole("button", { name: "Leave" }));
    expect(onCancel).toHaveBeenCalledTimes(2);
  });
});

describe("a question while connecting", () => {
  const question = { kind: "password", secret: "password", user: "ada", target: "db:5432", retry: true } as const;

  it("sends the password by Enter, with what to do with it", async () => {
    const onAnswer = vi.fn();
    const { baseElement } = show(
      <QuestionDialog question={{ id: "q1", profile_id: PROD, question }} onAnswer={onAnswer} />,
    );
    const user = userEvent.setup();
    expect(screen.getByText(/refused that password/)).toBeTruthy();
    expect(await violations(baseElement)).toEqual([]);
    await user.click(screen.getByRole("checkbox", { name: /keychain/ }));
    await user.type(screen.getByLabelText("Password"), "geheim{Enter}");
    expect(onAnswer).toHaveBeenCalledWith({ kind: "secret", secret: "geheim", remember: true });
    expect((screen.getByLabelText("Password") as HTMLInputElement).value).toBe("");
  });

  it("says whose password it is, and what a passphrase opens", () => {
    const asked = (question: QuestionKind) => (
      <QuestionDialog question={{ id: "q", profile_id: null, question }} onAnswer={nothing} />
    );
    const ssh = { kind: "password", secret: "ssh_password", user: "ada", target: "jump:22", retry: true } as const;
    const { unmount } = show(asked(ssh));
    expect(screen.getByText("ada on the SSH server jump:22")).toBeTruthy();
    expect(screen.getByText(/The SSH server refused that password/)).toBeTruthy();
    expect(screen.queryByRole("checkbox", { name: /keychain/ })).toBeNull();
    unmount();
    const secret = "ssh_key_passphrase /k";
    show(asked({ kind: "passphrase", secret, path: "/k", retry: true }));
    expect(screen.getByText(/does not open the key/)).toBeTruthy();
  });

  it("takes Escape for no, also for a host key", async () => {
    const onAnswer = vi.fn();
    show(
      <QuestionDialog
        question={{
          id: "q2",
          profile_id: PROD,
          question: { kind: "host_key", host: "bastion", fingerprint: "SHA256:q8Zk" },
        }}
        onAnswer={onAnswer}
      />,
    );
    expect(document.activeElement?.textContent).toContain("Do not connect");
    await userEvent.keyboard("{Escape}");
    expect(onAnswer).toHaveBeenCalledWith({ kind: "refused" });
  });
});
