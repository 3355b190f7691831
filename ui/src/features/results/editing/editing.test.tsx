import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, configure, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CommandsProvider } from "@/commands";
import { DesignRoot } from "@/design";
import { setHost } from "@/ipc";
import { type FakeHost, fakeHost, PROD, STAGING } from "@/ipc/fake";
import { BrowseStore } from "../browsing";
import { DataPane } from "../DataPane";

const NO_KEYS = {};
const customers = { database: "shop", schema: "public", kind: "relation", name: "customers", signature: null };

describe("editing rows where they are shown", { timeout: 120_000 }, () => {
  // Many keys, each drawn: a busy machine takes its time.
  beforeAll(() => {
    configure({ asyncUtilTimeout: 30_000 });
  });
  let host: FakeHost;
  beforeEach(() => {
    host = fakeHost({ pace: 0, open: [STAGING, PROD] });
    setHost(host);
  });
  const user = userEvent.setup();

  async function shown(object = customers, profileId = STAGING) {
    const store = new BrowseStore(profileId, object);
    const view = render(
      <QueryClientProvider client={new QueryClient()}>
        <DesignRoot theme="light">
          <CommandsProvider own={NO_KEYS}>
            <div role="tabpanel">
              <DataPane store={store} active />
            </div>
          </CommandsProvider>
        </DesignRoot>
      </QueryClientProvider>,
    );
    await waitFor(() => expect(view.container.querySelector("[role=gridcell]")?.textContent).toBeTruthy());
    await waitFor(() => expect(host.fake.callsOf("editsOpen").length).toBeGreaterThan(0));
    await waitFor(() => expect(screen.getByRole("grid").getAttribute("aria-readonly")).toBe("false"));
    return { ...view, store };
  }
  const cell = (row: number, column: number): HTMLElement => {
    const found = document.querySelector<HTMLElement>(
      `[role=row][aria-rowindex="${row + 2}"] [role=gridcell][aria-colindex="${column + 1}"]`,
    );
    if (!found) throw new Error(`no cell ${row}:${column}`);
    return found;
  };
  /** Puts the cursor on a cell by keys. */
  const goTo = async (row: number, column: number) => {
    const grid = screen.getByRole("grid");
    act(() => grid.focus());
    await user.keyboard("{Control>}{Home}{/Control}");
    for (let at = 0; at < row; at += 1) await user.keyboard("{ArrowDown}");
    for (let at = 0; at < column; at += 1) await user.keyboard("{ArrowRight}");
  };
  const steps = () => host.fake.callsOf("editsStage").map(([, step]) => step as Record<string, unknown>);
  const paste = (text: string) => {
    fireEvent.keyDown(screen.getByRole("grid"), { key: "v", ctrlKey: true });
    const catcher = document.querySelector(".rg-paste");
    if (!catcher) throw new Error("nothing to paste into");
    fireEvent.paste(catcher, { clipboardData: { getData: () => text } });
  };

  it("replaces a value by typing, marks it, and takes it back", async () => {
    await shown();
    await goTo(1, 1);
    await user.keyboard("Zora{Enter}");
    await waitFor(() => expect(cell(1, 1).textContent).toBe("Zora"));
    expect(cell(1, 1).getAttribute("aria-label")).toBe("Zora, changed");
    expect(steps()).toMatchObject([
      { set: [{ row: { kind: "held", row: 1 }, column: 1, value: { kind: "text", text: "Zora" } }] },
    ]);
    await screen.findByText("1 changed");
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(cell(1, 1).textContent).not.toBe("Zora"));
    await user.keyboard("{Control>}{Shift>}Z{/Shift}{/Control}");
    await waitFor(() => expect(cell(1, 1).textContent).toBe("Zora"));
  });

  it("stages nothing when a cell is opened and closed, in every column and by every way out", async () => {
    await shown();
    for (let column = 0; column < 6; column += 1) {
      for (const way of ["{Enter}", "{Tab}", "{Escape}{Escape}"]) {
        await goTo(2, column);
        await user.keyboard("{F2}");
        const beside = screen.queryByRole("button", { name: /Take it/ });
        if (beside) await user.click(beside);
        else await user.keyboard(way);
        await waitFor(() => expect(document.querySelector(".rh-cell-input")).toBeNull());
      }
    }
    expect(steps()).toEqual([]);
  });

  it("tells NULL, the default and the empty text apart, and refuses NULL where the column takes none", async () => {
    await shown();
    await goTo(0, 4);
    await user.keyboard("{Control>}{Alt>}0{/Alt}{/Control}");
    await goTo(1, 1);
    await user.keyboard("{Control>}{Alt>}d{/Alt}{/Control}");
    await goTo(2, 1);
    await user.keyboard("{Control>}{Alt>}e{/Alt}{/Control}");
    await goTo(3, 1);
    await user.keyboard("{Backspace}{Enter}");
    await waitFor(() => expect(steps().length).toBe(4));
    expect(steps().map((step) => (step["set"] as { value: unknown }[])[0]?.value)).toEqual([
      { kind: "null" },
      { kind: "default" },
      { kind: "text", text: "" },
      { kind: "text", text: "" },
    ]);
    await waitFor(() => expect(cell(2, 1).getAttribute("aria-label")).toBe("empty text, changed"));
    await goTo(4, 1);
    await user.keyboard("{Delete}");
    await screen.findAllByText("name takes no NULL.");
    expect(steps().length).toBe(4);
  });

  it("takes the cell that is still open along when it saves", async () => {
    await shown();
    await goTo(1, 1);
    await user.keyboard("Still open");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(host.fake.callsOf("editsSave").length).toBe(1));
    await screen.findByText(/Saved 1 changed/);
    await waitFor(() => expect(cell(1, 1).textContent).toBe("Still open"));
    await waitFor(() => expect(cell(1, 1).getAttribute("aria-label")).toBeNull());
  });

  it("takes the open cell when a person presses elsewhere, and keeps the old value on Escape", async () => {
    await shown();
    await goTo(1, 1);
    await user.keyboard("Kept");
    fireEvent.pointerDown(screen.getByRole("button", { name: "Read the rows again" }));
    await waitFor(() => expect(steps().length).toBe(1));
    await goTo(2, 1);
    await user.keyboard("Not kept{Escape}");
    await waitFor(() => expect(document.querySelector(".rh-cell-input")).toBeNull());
    expect(steps().length).toBe(1);
  });

  it("adds, duplicates and deletes rows, and keeps a deleted one when asked again", async () => {
    await shown();
    await goTo(1, 1);
    await user.keyboard("{Control>}i{/Control}");
    await screen.findByText("1 new");
    await waitFor(() => expect(cell(2, 1).getAttribute("aria-label")).toContain("new row"));
    await goTo(0, 1);
    await user.keyboard("{Control>}d{/Control}");
    await screen.findByText("2 new");
    await goTo(5, 0);
    await user.keyboard("{Control>}{Delete}{/Control}");
    await screen.findByText("1 deleted");
    await waitFor(() => expect(cell(5, 0).getAttribute("aria-label")).toContain("to be deleted"));
    await user.keyboard("{Control>}{Delete}{/Control}");
    await waitFor(() => expect(screen.queryByText("1 deleted")).toBeNull());
  });

  it("pastes a block over cells, says what empty cells became, and can be told otherwise", async () => {
    await shown();
    await goTo(0, 3);
    paste("{a}\t\n{b}\t\\x00");
    await screen.findByText(/1 empty cell pasted as empty text in columns of text, NULL in others/);
    expect(steps()[0]).toMatchObject({ label: "Paste 2 × 2" });
    const values = () =>
      ((steps().at(-1)?.["set"] ?? []) as { value: { kind: string } }[]).map(({ value }) => value.kind);
    expect(values()).toEqual(["text", "null", "text", "text"]);
    await user.click(screen.getByRole("button", { name: "As empty text" }));
    await waitFor(() => expect(steps().length).toBe(2));
    expect(values()).toEqual(["text", "text", "text", "text"]);
    expect(host.fake.callsOf("editsUndo").length).toBe(1);
  });

  it("adds the rows of a paste that reaches beyond the last one", async () => {
    await shown({ ...customers, name: "categories" });
    const grid = screen.getByRole("grid");
    act(() => grid.focus());
    await user.keyboard("{Control>}{End}{/Control}");
    paste("One\nTwo\nThree");
    await screen.findByText("2 new");
    expect(steps()[0]).toMatchObject({
      set: [{ row: { kind: "held", row: 147 } }],
      add: [{ after: { kind: "held", row: 147 } }, { after: { kind: "held", row: 147 } }],
    });
  });

  it("shows what was refused on its cell, with the constraint's name, and goes there", async () => {
    await shown({ ...customers, name: "reviews" });
    await goTo(3, 1);
    await user.keyboard("9999999{Enter}");
    await screen.findByText("1 changed");
    await user.keyboard("{Control>}s{/Control}");
    await screen.findByText(/Nothing was saved\. There is no products\.id 9999999\./);
    await waitFor(() => expect(cell(3, 1).className).toContain("rg-problem"));
    expect(cell(3, 1).dataset["tip"]).toContain("reviews_product_id_fkey");
    expect(screen.getByRole("grid").getAttribute("aria-activedescendant")).toBe(cell(3, 1).id);
  });

  it("puts two people's values side by side and keeps either", async () => {
    await shown();
    await goTo(2, 1);
    await user.keyboard("theirs{Enter}");
    await goTo(3, 1);
    await user.keyboard("lost{Enter}");
    await screen.findByText("2 changed");
    await user.keyboard("{Control>}s{/Control}");
    await user.click(await screen.findByRole("button", { name: "2 conflicts" }));
    const dialog = screen.getByRole("dialog");
    expect(
      within(dialog)
        .getAllByRole("columnheader")
        .map((head) => head.textContent),
    ).toEqual(["Column", "Yours", "Theirs", "As it was read"]);
    const found = await axe.run(dialog, { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Drop the change" }));
    await user.click(await within(dialog).findByRole("button", { name: "Keep yours" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(host.fake.callsOf("editsResolve").map(([, , keep]) => keep)).toEqual(["theirs", "yours"]);
  });

  it("shows the statements before it saves, and discards only after a yes that names the count", async () => {
    await shown();
    await goTo(1, 1);
    await user.keyboard("O'Neil{Enter}");
    await screen.findByText("1 changed");
    await user.keyboard("{Control>}{Shift>}R{/Shift}{/Control}");
    const review = await screen.findByRole("dialog", { name: "Review changes" });
    await within(review).findByText(/SET name = 'O''Neil'/);
    await user.keyboard("{Escape}");
    await user.click(screen.getByRole("button", { name: "Discard" }));
    const ask = screen.getByRole("alertdialog");
    expect(within(ask).getByRole("heading").textContent).toBe("Discard 1 change of customers?");
    await user.click(within(ask).getByRole("button", { name: "Discard 1 change" }));
    await waitFor(() => expect(host.fake.callsOf("editsDiscard").length).toBe(1));
  });

  it("says why rows cannot be edited, and opens their cells to be read", async () => {
    const store = new BrowseStore(PROD, customers);
    render(
      <QueryClientProvider client={new QueryClient()}>
        <CommandsProvider own={NO_KEYS}>
          <DataPane store={store} active />
        </CommandsProvider>
      </QueryClientProvider>,
    );
    const lock = await screen.findByRole("note");
    expect(lock.getAttribute("aria-label")).toBe(
      "Read-only: This connection is read-only. Its safety level is set in the connection's form.",
    );
    expect(screen.getByRole("grid").getAttribute("aria-readonly")).toBe("true");
  });
});
