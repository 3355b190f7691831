import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CommandsProvider } from "@/commands";
import { type ResultColumn, setHost } from "@/ipc";
import { type FakeHost, fakeHost, STAGING } from "@/ipc/fake";
import { ResultsPane } from "../ResultsPane";
import { RunStore } from "../store";
import { type ComparedRow, comparisonText, differenceOf, differsFrom, shownFrom } from "./comparing";
import type { RowValue } from "./values";

const text = (value: string, fullBytes?: number): RowValue => ({
  cell: { text: value, class: value === "" ? "empty" : "text" },
  text: value,
  fullBytes,
});
const NULL: RowValue = { cell: { text: "NULL", class: "null" }, text: "", fullBytes: undefined };

describe("values against each other", () => {
  it("tell NULL, the empty text and a text that says NULL apart", () => {
    expect(differenceOf([NULL, text("")])).toBe("differs");
    expect(differenceOf([NULL, text("NULL")])).toBe("differs");
    expect(differenceOf([NULL, NULL])).toBe("same");
    expect(differsFrom(text("1.0"), text("1.00"))).toBe(true);
  });

  it("are not called the same when only their beginnings were read", () => {
    expect(differenceOf([text("aaa", 9_000), text("aaa", 9_000)])).toBe("unsure");
    expect(differenceOf([text("aaa", 9_000), text("aaa", 9_001)])).toBe("differs");
    expect(differenceOf([text("aaa", 9_000), text("aab", 9_000)])).toBe("differs");
  });

  it("are shown from shortly before the place where they part", () => {
    const long = "x".repeat(1_000);
    expect(shownFrom([text(`${long}end`), text(`${long}END`)])).toBe(960);
    expect(shownFrom([text("short"), text("other")])).toBe(0);
    expect(shownFrom([text(`a${long}`), text(`b${long}`)])).toBe(0);
    expect(shownFrom([text(long), NULL])).toBe(0);
  });

  it("are copied with a sign where they differ, and nothing of a value breaks a line", () => {
    const columns = [{ name: "id" }, { name: "note|s" }] as unknown as ResultColumn[];
    const rows: ComparedRow[] = [
      { screen: 0, name: "Row 1", values: [text("1"), text("a|b\nc")] },
      { screen: 4, name: "Row 5", values: [text("1"), NULL] },
    ];
    expect(comparisonText(columns, [0, 1], rows, "markdown")).toBe(
      [
        "|  | Column | Row 1 | Row 5 |",
        "| --- | --- | --- | --- |",
        "|  | id | 1 | 1 |",
        "| ≠ | note\\|s | a\\|b<br>c | NULL |",
      ].join("\n"),
    );
    expect(comparisonText(columns, [1], rows, "tsv").split("\n")[1]).toBe('≠\tnote|s\t"a|b');
  });
});

describe("a row beside the rows", () => {
  let host: FakeHost;
  let container: HTMLElement;
  beforeEach(async () => {
    host = fakeHost({ pace: 0, open: [STAGING] });
    setHost(host);
    vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(400);
    const store = new RunStore("t");
    await store.run({
      profileId: STAGING,
      database: null,
      text: "select * from orders limit 20",
      base: 0,
      parameters: [],
    });
    await waitFor(() => expect(store.snapshot().phase).toBe("finished"));
    ({ container } = render(
      <QueryClientProvider client={new QueryClient()}>
        <CommandsProvider own={{}}>
          <ResultsPane store={store} active />
        </CommandsProvider>
      </QueryClientProvider>,
    ));
    await waitFor(() => expect(container.querySelector("[role=gridcell]")?.textContent).toBeTruthy());
    act(() => grid().focus());
    key("ArrowDown");
  });
  const grid = () => container.querySelector<HTMLElement>("[role=grid]") as HTMLElement;
  const key = (name: string, more: KeyboardEventInit = {}) =>
    fireEvent.keyDown(document.activeElement ?? grid(), { key: name, ...more });
  const fields = () => screen.findAllByRole("option");
  const card = () => screen.findByRole("region", { name: /^Row card/ });

  it("shows every column of the active row, follows it, and closes with Escape", async () => {
    key("j", { ctrlKey: true });
    await card();
    await waitFor(async () => expect((await fields()).length).toBeGreaterThan(3));
    const first = (await fields())[0]?.textContent;
    expect(first).toContain("id");
    key("ArrowDown");
    await waitFor(() => expect(screen.getByRole("region", { name: "Row card: row 2" })).toBeTruthy());
    await waitFor(async () => expect((await fields())[0]?.textContent).not.toBe(first));
    key("PageDown", { altKey: true });
    await waitFor(() => expect(screen.getByRole("region", { name: "Row card: row 3" })).toBeTruthy());
    key("Escape");
    await waitFor(() => expect(screen.queryByRole("region", { name: /^Row card/ })).toBeNull());
  });

  it("finds a column by its name", async () => {
    key("j", { ctrlKey: true });
    const shown = await card();
    await fields();
    fireEvent.change(within(shown).getByRole("searchbox"), { target: { value: "stat" } });
    await waitFor(async () => expect((await fields()).every((each) => each.textContent?.includes("stat"))).toBe(true));
  });

  it("shows the row as JSON by the core's own text", async () => {
    key("J", { ctrlKey: true, shiftKey: true });
    await card();
    await waitFor(() => expect(host.fake.callsOf("copy").length).toBeGreaterThan(0));
    expect(host.fake.callsOf("copy")[0]?.[0]).toMatchObject({ format: "ndjson", first_row: 0, rows: 1 });
  });

  it("compares the selected rows, and marks what differs with a sign", async () => {
    key("ArrowDown", { shiftKey: true });
    key("j", { ctrlKey: true, altKey: true });
    const table = await screen.findByRole("table");
    await waitFor(() => expect(within(table).getAllByRole("row").length).toBeGreaterThan(3));
    expect(
      within(table)
        .getAllByRole("columnheader")
        .map((head) => head.textContent),
    ).toEqual(["Column", "Row 1", "Row 2"]);
    const id = within(table).getAllByRole("row")[1];
    expect(id?.textContent).toContain("≠");
    expect(screen.getByText(/columns differ/)).toBeTruthy();
  });
});
