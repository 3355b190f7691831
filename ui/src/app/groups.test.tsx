import { cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, type FakeOptions, fakeHost, fakeTab, PROD } from "@/ipc/fake";
import { App } from "./App";

// The whole window is drawn each time: on a busy machine that takes seconds.
vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

// jsdom measures nothing: the editor asks ranges for their boxes.
Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect ??= () => new DOMRect();

const TABS = [
  fakeTab("a", { title: "Query 1", profile_id: PROD }, "select 'one'"),
  fakeTab("b", { title: "Query 2", profile_id: PROD }, "select 'two'"),
  fakeTab("c", { title: "Query 3", profile_id: PROD }, "select 'three'"),
];

async function open(options: FakeOptions = {}): Promise<FakeHost> {
  const host = fakeHost({ pace: 0, tabs: TABS, active: "b", open: [PROD], ...options });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("tab", { name: /Query 2/ });
  return host;
}

const names = (strip: string) =>
  within(screen.getByRole("tablist", { name: strip }))
    .queryAllByRole("tab")
    .map((tab) => tab.textContent ?? "");
const SECOND = "Open tabs of the second group";
const document_ = (id: string) => document.querySelector<HTMLElement>(`#panel-${id}`);

describe("a split window", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("splits by the menu, moves a tab back without drawing its editor anew, and is one again", async () => {
    const user = userEvent.setup();
    await open();
    await waitFor(() => expect(document_("b")?.querySelector(".cm-content")?.textContent).toContain("two"));
    const editor = document_("b")?.querySelector(".cm-editor");
    await user.pointer({ keys: "[MouseRight]", target: screen.getByRole("tab", { name: /Query 2/ }) });
    await user.click(await screen.findByRole("menuitem", { name: /Split right/ }));
    expect(names(SECOND)).toEqual(["Query 2"]);
    expect(names("Open tabs")).toEqual(["Query 1", "Query 3"]);
    expect(document_("b")?.querySelector(".cm-editor")).toBe(editor);
    const inSight = [...document.querySelectorAll("[role=tabpanel]:not([data-hidden])")].map((each) => each.id);
    expect(inSight.sort()).toEqual(["panel-b", "panel-c"]);
    expect(document.querySelectorAll(".rh-document[data-focused]")).toHaveLength(1);
    await user.keyboard("{Control>}{Shift>}m{/Shift}{/Control}");
    expect(screen.queryByRole("tablist", { name: SECOND })).toBeNull();
    expect(document_("b")?.querySelector(".cm-editor")).toBe(editor);
  });

  it("gives the focus to the group a person clicks in, and the commands with it", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.keyboard("{Control>}\\{/Control}");
    await screen.findByRole("tablist", { name: SECOND });
    expect(document_("b")?.dataset["focused"]).toBe("true");
    const other = document_("c");
    await waitFor(() => expect(other?.querySelector(".cm-content")).toBeTruthy());
    await user.click(other?.querySelector(".cm-content") as HTMLElement);
    expect(other?.dataset["focused"]).toBe("true");
    await user.keyboard("{F6}");
    expect(document_("b")?.dataset["focused"]).toBe("true");
    await user.keyboard("{F6}{Control>}n{/Control}");
    expect(names("Open tabs").length).toBe(3);
    await user.keyboard("{Control>}w{/Control}{Control>}w{/Control}{Control>}w{/Control}");
    await waitFor(() => expect(screen.queryByRole("tablist", { name: SECOND })).toBeNull());
    expect(names("Open tabs")).toEqual(["Query 2"]);
    await waitFor(() => expect(host.fake.world.layout).toBeNull());
  });

  it("keeps the groups and their sizes, and brings them back", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.keyboard("{Control>}\\{/Control}");
    const bar = await screen.findByRole("separator", { name: "Size of the tab groups" });
    bar.focus();
    await user.keyboard("{ArrowRight}{ArrowRight}");
    expect(bar.getAttribute("aria-valuenow")).toBe("54");
    await waitFor(() => expect(host.fake.world.layout).toContain("0.54"));
    const { tabs, active, layout } = host.fake.world;
    cleanup();
    document.body.replaceChildren();
    await open({ tabs, active, layout });
    expect(names(SECOND)).toEqual(["Query 2"]);
    expect(screen.getByRole("separator", { name: "Size of the tab groups" }).getAttribute("aria-valuenow")).toBe("54");
  });
});
