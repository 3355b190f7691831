import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { type ReactNode, useEffect, useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CommandsProvider } from "@/commands";
import { DesignRoot, offerFiles } from "@/design";
import { type ConnectionState, setHost, type TreeNode, topicKeys } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, PROD, SAMPLE, STAGING } from "@/ipc/fake";
import { ExplorerPanel, type ExplorerPanelProps, SearchPanel } from ".";
import { forgetBranches } from "./expansion";

// Roles are worked out by walking the whole page, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

let host: FakeHost;
let client: QueryClient;

beforeEach(() => {
  host = fakeHost({ open: [PROD] });
  setHost(host);
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  for (const id of [PROD, SAMPLE, STAGING]) forgetBranches(id);
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

/** The panel as the shell has it: states and caches follow the host's events. */
function Panel(props: Partial<ExplorerPanelProps>) {
  const [states, setStates] = useState<readonly ConnectionState[]>([]);
  useEffect(() => {
    const read = () => void host.connectionStates().then(setStates);
    read();
    host.subscribe((event) => {
      if (event.event === "connection") read();
      if (event.event === "changed")
        for (const topic of event.topics)
          for (const queryKey of topicKeys(topic, event.profile_id)) void client.invalidateQueries({ queryKey });
    });
  }, []);
  const nothing = () => {};
  return (
    <ExplorerPanel
      profiles={host.fake.world.profiles}
      states={states}
      active={PROD}
      onOpenRelation={nothing}
      onOpenQuery={nothing}
      onConnect={(id) => void host.connect(id)}
      onDisconnect={(id) => void host.disconnect(id)}
      onEditConnection={nothing}
      {...props}
    />
  );
}

const row = (name: RegExp) => screen.findByRole("treeitem", { name });

async function unfold(user: ReturnType<typeof userEvent.setup>, ...names: RegExp[]) {
  for (const name of names) {
    await user.click(await row(name));
    await user.keyboard("{ArrowRight}");
  }
}

describe("the explorer", () => {
  it("unfolds to where work is when a connection is opened for the first time", async () => {
    show(<Panel />);
    expect(await row(/^orders ?[\d.]/)).toBeTruthy();
    expect((await row(/^public/)).getAttribute("aria-expanded")).toBe("true");
    expect((await row(/^billing/)).getAttribute("aria-expanded")).toBe("false");
    expect(host.fake.callsOf("tree").some(([, parent]) => parent === "d:postgres")).toBe(false);
  });

  it("takes a file of rows dropped on a table, a schema or a connection, and leaves what takes none", async () => {
    const onImport = vi.fn(() => true);
    show(<Panel onImport={onImport} />);
    const drop = (on: Element, ...paths: string[]) => {
      // There is no layout here: the row lies where the file is dropped.
      document.elementFromPoint = () => on.querySelector(".rh-tree-label") ?? on;
      return offerFiles(paths, { x: 5, y: 5 });
    };
    expect(drop(await row(/^orders ?[\d.]/), "/w/new.csv")).toBe(true);
    expect(onImport).toHaveBeenLastCalledWith(
      PROD,
      expect.objectContaining({ name: "orders", kind: "relation" }),
      "/w/new.csv",
    );
    expect(drop(await row(/^billing/), "/w/new.csv")).toBe(true);
    expect(onImport).toHaveBeenLastCalledWith(
      PROD,
      expect.objectContaining({ name: "billing", kind: "schema" }),
      "/w/new.csv",
    );
    expect(drop(await row(/^Tables/), "/w/new.csv")).toBe(false);
    expect(drop(await row(/^billing/), "/w/a.csv", "/w/b.csv")).toBe(false);
    expect(onImport).toHaveBeenCalledTimes(2);
    onImport.mockReturnValue(false);
    expect(drop(await row(/^billing/), "/w/a.sql")).toBe(false);
  });

  it("does not unfold against somebody who folds on the way", async () => {
    show(<Panel />);
    await row(/^orders ?[\d.]/);
    const user = userEvent.setup();
    await user.click(await row(/^public/));
    await user.keyboard("{ArrowLeft}");
    await user.keyboard("{F5}");
    await waitFor(() => expect(host.fake.callsOf("refreshCatalog")).toHaveLength(1));
    expect((await row(/^public/)).getAttribute("aria-expanded")).toBe("false");
  });

  it("comes back as it was left, without opening another database unasked", async () => {
    window.localStorage.setItem("rowhouse.explorer", "{}");
    const first = show(<Panel />);
    const user = userEvent.setup();
    await row(/^orders ?[\d.]/);
    // Out of the way, so that what stands below is drawn.
    await user.click(await row(/^public/));
    await user.keyboard("{ArrowLeft}");
    await unfold(user, /^billing/, /^postgres/);
    await waitFor(() => expect(host.fake.callsOf("tree").some(([, parent]) => parent === "d:postgres")).toBe(true));
    await act(() => host.disconnect(PROD));
    await waitFor(() => expect(screen.queryAllByRole("treeitem", { name: /^billing/ })).toEqual([]));
    expect(window.localStorage.getItem("rowhouse.explorer")).toContain("billing");
    first.unmount();
    client.clear();
    const asked = host.fake.callsOf("tree").length;
    show(<Panel />);
    await act(() => host.connect(PROD));
    expect((await row(/^billing/)).getAttribute("aria-expanded")).toBe("true");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = host.fake.callsOf("tree").slice(asked);
    expect(again.some(([, parent]) => parent === "d:postgres")).toBe(false);
  });

  it("reads only the schema anew from a folder or an object in it", async () => {
    show(<Panel />);
    const user = userEvent.setup();
    await user.click(await row(/^Tables/));
    await user.keyboard("{F5}");
    const schema = { database: "shop", schema: null, kind: "schema", name: "public", signature: null };
    await waitFor(() => expect(host.fake.callsOf("refreshCatalog")).toEqual([[PROD, schema]]));
    await user.click(await row(/^orders ?[\d.]/));
    await user.keyboard("{F5}");
    await waitFor(() => expect(host.fake.callsOf("refreshCatalog")[1]?.[1]).toMatchObject({ name: "orders" }));
  });

  it("says what is denied with a word, and opens it: its tab tells what to ask for", async () => {
    const onOpenRelation = vi.fn();
    show(<Panel onOpenRelation={onOpenRelation} />);
    const denied = await row(/^payroll/);
    expect(denied.textContent).toContain("no access");
    await userEvent.dblClick(denied);
    expect(onOpenRelation.mock.lastCall?.[1]).toMatchObject({ name: "payroll" });
  });

  it("unfolds an open connection by itself and opens a relation by Enter and by a double click", async () => {
    const onOpenRelation = vi.fn();
    const { baseElement } = show(<Panel onOpenRelation={onOpenRelation} />);
    const user = userEvent.setup();
    await unfold(user, /^shop ?3/, /^public/, /^Tables/);
    await user.click(await row(/^orders ?[\d.]/));
    await user.keyboard("{Enter}");
    const object = { database: "shop", schema: "public", kind: "relation", name: "orders", signature: null };
    expect(onOpenRelation).toHaveBeenLastCalledWith(PROD, object, undefined);
    await user.dblClick(await row(/^customers/));
    expect(onOpenRelation).toHaveBeenLastCalledWith(PROD, { ...object, name: "customers" }, undefined);
    const found = await axe.run(baseElement, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map((one) => one.id)).toEqual([]);
  });

  it("says why a branch could not be read, and reads it again", async () => {
    host.fake.fail("tree", fakeFailure("timed_out", "The server did not answer."), 1);
    show(<Panel />);
    const note = await screen.findByText("The server did not answer.");
    await userEvent.click(note);
    expect(await row(/^shop ?3/)).toBeTruthy();
  });

  it("shows what is in no schema beside the schemas, and reads it when its folder is opened", async () => {
    show(<Panel />);
    const user = userEvent.setup();
    // The way to where work is fills the panel.
    await row(/^addresses/);
    await user.click(await row(/^public/));
    await user.keyboard("{ArrowLeft}");
    await unfold(user, /^Publications/);
    expect(await row(/^orders_by_region ?2 tables/)).toBeTruthy();
    await unfold(user, /^Roles/);
    expect(await row(/^hr_admin/)).toBeTruthy();
    const asked = host.fake.callsOf("tree").map(([, parent]) => String(parent));
    expect(asked.filter((parent) => parent.includes("extensions") || parent.includes("event_triggers"))).toEqual([]);
    const sentence = "This login may not read the event triggers.";
    host.fake.fail("tree", fakeFailure("forbidden", sentence), 1);
    await unfold(user, /^Event triggers/);
    expect(await screen.findByText(sentence)).toBeTruthy();
  });

  it("keeps the branches open when the catalog is read again, and brings them back when the connection opens again", async () => {
    show(<Panel />);
    const user = userEvent.setup();
    await unfold(user, /^shop ?3/, /^public/);
    await row(/^Tables/);
    await user.keyboard("{F5}");
    await waitFor(() => expect(host.fake.callsOf("refreshCatalog")).toHaveLength(1));
    expect(await row(/^Tables/)).toBeTruthy();
    await act(() => host.disconnect(PROD));
    await waitFor(() => expect(screen.queryByRole("treeitem", { name: /^Tables/ })).toBeNull());
    await act(() => host.connect(PROD));
    expect(await row(/^Tables/)).toBeTruthy();
  });

  it("connects when a closed connection is unfolded", async () => {
    show(<Panel />);
    const user = userEvent.setup();
    await unfold(user, /^shop-staging/);
    await waitFor(() => expect(host.fake.callsOf("connect")).toEqual([[STAGING]]));
    await waitFor(() => expect(host.fake.callsOf("tree").some(([id]) => id === STAGING)).toBe(true));
  });

  it("keeps showing what was read when the server goes away", async () => {
    show(<Panel />);
    await row(/^shop ?3/);
    act(() => host.fake.lose(PROD));
    expect(await screen.findByText("lost")).toBeTruthy();
    expect(screen.getByText(/^as of \d\d:\d\d$/)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Reconnect" }));
    expect(host.fake.callsOf("connect")).toEqual([[PROD]]);
    expect(await row(/^shop ?3/)).toBeTruthy();
  });

  it("shows what was kept of a connection that cannot be opened, and tries again by its button only", async () => {
    const { connections } = host.fake.world;
    const open = connections.get(PROD) as ConnectionState;
    const become = (phase: ConnectionState["phase"]) => {
      connections.set(PROD, { ...open, phase });
      host.fake.emit({ event: "connection", state: { ...open, phase } });
    };
    become({ phase: "connecting" });
    show(<Panel />);
    expect(await row(/^shop ?3/)).toBeTruthy();
    act(() => become({ phase: "failed", error: fakeFailure("unreachable", "Refused") }));
    expect(await screen.findByText(/^as of \d\d:\d\d$/)).toBeTruthy();
    const user = userEvent.setup();
    expect(await row(/^shop ?3/)).toBeTruthy();
    expect(host.fake.callsOf("connect")).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Reconnect" }));
    expect(host.fake.callsOf("connect")).toEqual([[PROD]]);
  });

  it("reads a long branch in pages, as its end is seen", async () => {
    const node = (index: number): TreeNode => ({
      id: `n${index}`,
      label: `item ${index}`,
      detail: null,
      detail_title: null,
      icon: "table",
      expandable: false,
      object: null,
      browsable: false,
      state: "ready",
      system: false,
      unfold: false,
    });
    const all = Array.from({ length: 450 }, (_, index) => node(index));
    const tree = vi.fn(async (_id: string, _parent: string | null, offset: number, limit: number) => ({
      nodes: all.slice(offset, offset + limit),
      total: all.length,
      as_of_ms: null,
    }));
    setHost({ ...host, tree } as FakeHost);
    show(<Panel />);
    await row(/^item 0$/);
    expect(tree).toHaveBeenCalledTimes(1);
    screen.getByRole("tree").focus();
    await userEvent.keyboard("{Home}");
    const cached = () => client.getQueryData<{ nodes: unknown[] }>(["catalog", PROD, "tree", null])?.nodes.length;
    expect(cached()).toBe(200);
  });

  it("finds in the core and shows the hits in the tree, marked", async () => {
    const onOpenRelation = vi.fn();
    show(<Panel onOpenRelation={onOpenRelation} />);
    const user = userEvent.setup();
    await user.type(await screen.findByRole("searchbox"), "custom");
    await waitFor(() => expect(document.querySelector("mark")?.textContent?.toLowerCase()).toBe("custom"));
    await user.keyboard("{Enter}");
    expect(onOpenRelation.mock.calls[0]?.[1]).toMatchObject({ name: "customers" });
    await user.keyboard("{Escape}");
    expect(await row(/^shop ?3/)).toBeTruthy();
    await user.type(screen.getByRole("searchbox"), "zzzz");
    expect(await screen.findByText("Nothing found")).toBeTruthy();
  });

  it("copies the qualified name and opens the DDL from the menu", async () => {
    const onOpenRelation = vi.fn();
    show(<Panel onOpenRelation={onOpenRelation} />);
    const user = userEvent.setup();
    await unfold(user, /^shop ?3/, /^public/, /^Tables/);
    const orders = await row(/^orders ?[\d.]/);
    await user.pointer({ keys: "[MouseRight]", target: orders });
    await user.click(within(await screen.findByRole("menu")).getByRole("menuitem", { name: /Copy qualified name/ }));
    await waitFor(() => expect(host.fake.clipboard).toBe("public.orders"));
    await user.pointer({ keys: "[MouseRight]", target: orders });
    await user.click(within(await screen.findByRole("menu")).getByRole("menuitem", { name: "Open DDL" }));
    expect(onOpenRelation).toHaveBeenLastCalledWith(PROD, expect.objectContaining({ name: "orders" }), false, "ddl");
  });
});

describe("the search", () => {
  it("waits until the typing rests, then opens by the keyboard alone", async () => {
    const onOpenRelation = vi.fn();
    const { baseElement } = show(<SearchPanel profileIds={[PROD]} onOpenRelation={onOpenRelation} />);
    const user = userEvent.setup();
    await user.paste("custom");
    await screen.findAllByRole("option");
    expect(host.fake.callsOf("searchCatalog").map((args) => args[1])).toEqual(["custom"]);
    const found = await axe.run(baseElement, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map((one) => one.id)).toEqual([]);
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect(onOpenRelation).toHaveBeenCalledTimes(1);
  });

  it("says that nothing is connected", () => {
    show(<SearchPanel profileIds={[]} onOpenRelation={() => {}} />);
    expect(screen.getByText("Nothing is connected")).toBeTruthy();
  });
});
