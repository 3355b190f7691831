import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CommandsProvider } from "@/commands";
import { DesignRoot } from "@/design";
import { setHost } from "@/ipc";
import { type FakeHost, fakeHost, PROD, STAGING } from "@/ipc/fake";
import { BrowseStore } from "../browsing";
import { DataPane } from "../DataPane";
import { countInWords, hitsInWords, partialInWords, sorted, sortInWords, stepped, turned } from "./model";
import { containing, joined } from "./server";

const NO_KEYS = {};
const customers = { database: "shop", schema: "public", kind: "relation", name: "customers", signature: null };

describe("what is said of local work", () => {
  it("says of how many rows it speaks", () => {
    const request = { contains: "abc", sort: [] };
    expect(countInWords({ rows: 120, of: 100_000, request })).toBe("120 of 100,000 rows");
    expect(countInWords({ rows: 9, of: 9, request: { contains: "", sort: [] } })).toBe("9 rows");
    expect(partialInWords(100_000, false)).toBe("first 100,000 rows, not all");
    expect(partialInWords(100_000, true)).toBeNull();
    expect(hitsInWords({ cells: 1200, all: false, nth: 3 })).toBe("3 of 1,200+");
    expect(hitsInWords({ cells: 0, all: true, nth: null })).toBe("nothing");
  });

  it("counts on from hit to hit, round the ends where all are known", () => {
    expect(stepped({ cells: 3, all: true, nth: 3 }, false).nth).toBe(1);
    expect(stepped({ cells: 3, all: true, nth: 1 }, true).nth).toBe(3);
    expect(stepped({ cells: 3, all: false, nth: 3 }, false).nth).toBeNull();
  });

  it("becomes conditions of the server beside those that are there, of which none is lost", () => {
    const columns = ["a", "b"].map((name) => ({
      name,
      native_type: "text",
      class: "text" as const,
      primary_key: false,
      references: null,
    }));
    const group = containing("x", columns);
    expect(group.items.map((item) => `${item.column} ${item.operator} ${item.values[0]}`)).toEqual([
      "a contains x",
      "b contains x",
    ]);
    const one = { column: "c", operator: "equal" as const, values: ["1"] };
    const two = { column: "d", operator: "is_null" as const, values: [] };
    expect(joined({ filters: [one, two], any: false, where: "" }, group)).toEqual({
      filters: [one, two, group],
      any: false,
    });
    expect(joined({ filters: [one, two], any: true, where: "" }, group)).toEqual({
      filters: [{ any: true, items: [one, two] }, group],
      any: false,
    });
    expect(joined({ filters: [one, group], any: true, where: "" }, group)).toBeNull();
  });

  it("has a column as a key once", () => {
    const first = sorted([], 2, true, false);
    const both = sorted(first, 0, false, true);
    expect(both).toEqual([
      { column: 2, descending: true },
      { column: 0, descending: false },
    ]);
    expect(sorted(both, 2, false, true).map((key) => key.descending)).toEqual([false, false]);
    const keys = turned(turned([], 1), 0);
    expect(turned(keys, 1)[0]).toEqual({ column: 1, descending: true });
    expect(turned(turned(keys, 1), 1)).toEqual([{ column: 0, descending: false }]);
    const names = ["id", "name", "total"].map((name) => ({
      name,
      native_type: "",
      class: "text" as const,
      primary_key: false,
      references: null,
    }));
    expect(sortInWords(both, names)).toBe("total ↓, id");
  });
});

describe("rows that are filtered, sorted and searched where they are", { timeout: 120_000 }, () => {
  beforeAll(() => {
    configure({ asyncUtilTimeout: 30_000 });
  });
  let host: FakeHost;
  beforeEach(() => {
    host = fakeHost({ pace: 0, open: [STAGING, PROD] });
    setHost(host);
  });
  const user = userEvent.setup();

  async function shown() {
    const store = new BrowseStore(STAGING, customers);
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
    await waitFor(() => expect(screen.getByRole("grid").getAttribute("aria-readonly")).toBe("false"));
    return { ...view, store };
  }
  const find = (row: number, column: number) =>
    document.querySelector<HTMLElement>(
      `[role=row][aria-rowindex="${row + 2}"] [role=gridcell][aria-colindex="${column + 1}"]`,
    );
  const text = (row: number, column: number) => find(row, column)?.textContent ?? null;
  const focusGrid = () => act(() => screen.getByRole("grid").focus());
  const goTo = async (row: number, column: number) => {
    focusGrid();
    await user.keyboard("{Control>}{Home}{/Control}");
    for (let at = 0; at < row; at += 1) await user.keyboard("{ArrowDown}");
    for (let at = 0; at < column; at += 1) await user.keyboard("{ArrowRight}");
  };
  const steps = () => host.fake.callsOf("editsStage").map(([, step]) => step as { set: { row: unknown }[] });
  const count = () => document.querySelector("[data-local-count]")?.textContent ?? "";
  const hits = () => document.querySelector("[data-hits]")?.textContent ?? "";
  async function filtered(word: string) {
    focusGrid();
    await user.keyboard("{Control>}{Alt>}f{/Alt}{/Control}");
    await user.type(await screen.findByLabelText("Filter these rows"), word);
    await waitFor(() => expect(count()).toContain(" of "));
    await screen.findByText(`filtered here: “${word}”`);
  }

  it("marks every cell on the screen that has the text, whatever its case, and no more once nothing is looked for", async () => {
    await shown();
    const word = (text(0, 1) ?? "").slice(0, 2).toUpperCase();
    expect(word).not.toBe("");
    focusGrid();
    await user.keyboard("{Control>}f{/Control}");
    await user.type(await screen.findByLabelText("Find in these rows"), word);
    const cells = () => [...document.querySelectorAll<HTMLElement>("[role=gridcell]")];
    const marked = () => cells().filter((cell) => cell.classList.contains("rg-found"));
    await waitFor(() => expect(marked().length).toBeGreaterThan(0));
    const having = cells().filter((cell) => cell.textContent?.toUpperCase().includes(word));
    expect(marked()).toEqual(having);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(marked()).toEqual([]));
  });

  it("pastes what the clipboard has from a cell's menu", async () => {
    await shown();
    await goTo(1, 2);
    await host.writeClipboard("shipped");
    fireEvent.contextMenu(screen.getByRole("grid"), { button: 0 });
    await user.click(await screen.findByRole("menuitem", { name: /^Paste/ }));
    await waitFor(() => expect(steps()).toHaveLength(1));
    setHost({ ...host, readClipboard: () => Promise.reject(new Error("not allowed")) });
    fireEvent.contextMenu(screen.getByRole("grid"), { button: 0 });
    await user.click(await screen.findByRole("menuitem", { name: /^Paste/ }));
    await screen.findByText(/Press Ctrl\+V to paste/);
    expect(steps()).toHaveLength(1);
  });

  it("keeps the rows with a text, edits the row that is shown, and shows all again", async () => {
    await shown();
    const base = host.fake.callsOf("editsOpen")[0]?.[0];
    const second = text(17, 1);
    if (!second) throw new Error("no name");
    await filtered(second);
    await waitFor(() => expect(text(0, 1)).toContain(second));
    const names = [text(0, 1), text(1, 1), text(2, 1)];
    await goTo(0, 1);
    await user.keyboard("Mars{Enter}");
    await waitFor(() => expect(steps().length).toBe(1));
    const [step] = steps();
    const row = step?.set[0]?.row as { kind: string; row: number };
    expect(row.kind).toBe("held");
    expect(host.fake.callsOf("editsStage")[0]?.[0]).toBe(base);
    // The value that was there says which row it was.
    const bytes = await host.holdCell(String(base), row.row, 1, 0, 100);
    expect(new TextDecoder().decode(bytes)).toBe(names[0]);
    await waitFor(() => expect(find(0, 1)?.getAttribute("aria-label")).toBe("Mars, changed"));
    expect(text(1, 1)).toBe(names[1]);
    await user.click(screen.getByRole("button", { name: "Show all rows" }));
    await waitFor(() => expect(document.querySelector("[data-local-count]")).toBeNull());
    await waitFor(() => expect(text(row.row, 1)).toBe("Mars"));
  });

  it("takes an open cell for the row it was opened on when other rows come", async () => {
    await shown();
    await goTo(2, 1);
    await user.keyboard("Third");
    expect(document.querySelector(".rh-cell-input")).not.toBeNull();
    // A sort by a command, with the cell still open.
    fireEvent.keyDown(document.activeElement ?? document.body, { key: "f", ctrlKey: true, altKey: true });
    const input = await screen.findByLabelText("Filter these rows");
    fireEvent.change(input, { target: { value: "e" } });
    await waitFor(() => expect(steps().length).toBe(1));
    expect(steps()[0]?.set).toMatchObject([{ row: { kind: "held", row: 2 }, column: 1 }]);
    await waitFor(() => expect(count()).toContain(" of "));
    expect(steps().length).toBe(1);
  });

  it("sorts by several columns, with their places at the heads", async () => {
    await shown();
    const menu = async (column: number, item: string) => {
      await goTo(0, column);
      await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
      await user.click(await screen.findByRole("menuitem", { name: /These rows/ }));
      await user.click(await screen.findByRole("menuitem", { name: item }));
    };
    await menu(1, "Sort these rows descending");
    await screen.findByText(/sorted here: name ↓/);
    await menu(0, "Then by this, descending");
    await screen.findByText(/sorted here: name ↓, id ↓/);
    const [, request] = host.fake.callsOf("holdView").at(-1) ?? [];
    expect(request).toMatchObject({
      sort: [
        { column: 1, descending: true },
        { column: 0, descending: true },
      ],
    });
    await waitFor(() => expect((text(0, 1) ?? "") >= (text(1, 1) ?? "")).toBe(true));
    expect(document.querySelectorAll("[role=columnheader][aria-sort=descending]").length).toBe(2);
  });

  it("finds a text cell by cell, in views too, and closes on Escape", async () => {
    const { container } = await shown();
    focusGrid();
    await user.keyboard("{Control>}f{/Control}");
    const word = text(3, 1);
    if (!word) throw new Error("no name");
    await user.type(await screen.findByLabelText("Find in these rows"), word);
    await waitFor(() => expect(hits()).toMatch(/^1 of /));
    await user.keyboard("{Enter}");
    await waitFor(() => expect(hits()).toMatch(/^(2|1) of /));
    await user.keyboard("{Shift>}{Enter}{/Shift}");
    await waitFor(() => expect(hits()).toMatch(/^1 of /));
    const { violations } = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
    expect(violations.map((violation) => violation.id)).toEqual([]);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByLabelText("Find in these rows")).toBeNull());
  });

  it("copies what is on the screen, by the view's own numbers", async () => {
    await shown();
    await filtered("a");
    await goTo(0, 1);
    await user.keyboard("{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    const wanted = [text(0, 1), text(1, 1), text(2, 1)];
    await user.keyboard("{Control>}c{/Control}");
    await waitFor(() => expect(host.fake.callsOf("writeClipboard").length).toBe(1));
    expect(String(host.fake.callsOf("writeClipboard")[0]?.[0]).split("\n")).toEqual(wanted);
  });
});
