import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CommandsProvider } from "@/commands";
import type { GridColumn, GridLayout } from "../grid";
import { ColumnChooser } from "./ColumnChooser";
import { columnItems, grouped } from "./items";

const columnsOf = (names: readonly string[]): GridColumn[] =>
  names.map((name, index) => ({ id: `${index}:${name}`, name, type: "text", align: "left" }));

const actions = {
  fit: vi.fn(),
  move: vi.fn(),
  hide: vi.fn(),
  pin: vi.fn(),
  choose: vi.fn(),
  showAll: vi.fn(),
  reset: vi.fn(),
};
const labels = (hidden: number, columns: readonly number[], visible = 4) =>
  columnItems(actions, { columns, pinned: false, hidden, visible, keys: {} }).map((item) =>
    "label" in item ? item.label : "—",
  );

describe("a column's menu", () => {
  it("offers what the grid does for one column and for several", () => {
    expect(labels(0, [2])).toEqual([
      "Fit the width",
      "Move left",
      "Move right",
      "Pin column",
      "Hide column",
      "—",
      "Columns…",
      "Reset the layout",
    ]);
    expect(labels(2, [1, 2])).toEqual([
      "Fit 2 columns",
      "Pin 2 columns",
      "Hide 2 columns",
      "—",
      "Columns…",
      "Show all 2 hidden columns",
      "Reset the layout",
    ]);
  });

  it("does not offer to hide every column", () => {
    const item = columnItems(actions, { columns: [0, 1], pinned: false, hidden: 0, visible: 2, keys: {} }).find(
      (each) => "label" in each && each.label.startsWith("Hide"),
    );
    expect(item && "disabledReason" in item ? item.disabledReason : undefined).toBe("one column has to show");
  });

  it("draws a line only between groups that have items", () => {
    expect(grouped([], [{ label: "a", onSelect() {} }], [], [{ label: "b", onSelect() {} }])).toHaveLength(3);
  });
});

describe("the chooser of columns", () => {
  let layout: GridLayout;
  const columns = columnsOf(["id", "name", "email", "note"]);
  const onChange = vi.fn((next: GridLayout) => {
    layout = next;
    again();
  });
  let again = () => {};
  const shown = () => (
    <CommandsProvider own={{}}>
      <ColumnChooser
        anchor={{ left: 0, top: 0, width: 0, height: 0 }}
        columns={columns}
        described={[]}
        layout={layout}
        onChange={onChange}
        onReset={() => {}}
        onClose={() => {}}
      />
    </CommandsProvider>
  );
  beforeEach(() => {
    onChange.mockClear();
    layout = { order: columns.map(({ id }) => id), widths: {} };
    // Nothing is laid out here: the list has a height all the same.
    vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(400);
    const { rerender } = render(shown());
    again = () => act(() => rerender(shown()));
  });
  const list = () => screen.getByRole("listbox");
  const key = (name: string, more: KeyboardEventInit = {}) => fireEvent.keyDown(list(), { key: name, ...more });

  it("hides and shows the chosen column with Space, and never the last one", async () => {
    await waitFor(() => expect(within(list()).getAllByRole("option")).toHaveLength(4));
    key(" ");
    expect(layout.hidden).toEqual(["0:id"]);
    expect(screen.getByRole("status").textContent).toBe("1 hidden");
    key(" ");
    expect(layout.hidden).toEqual([]);
    layout = { ...layout, hidden: ["1:name", "2:email", "3:note"] };
    again();
    key(" ");
    expect(layout.hidden).toEqual(["1:name", "2:email", "3:note"]);
  });

  it("moves a column by keys, and pins it", () => {
    key("ArrowDown", { altKey: true });
    expect(layout.order).toEqual(["1:name", "0:id", "2:email", "3:note"]);
    key("ArrowUp", { altKey: true });
    expect(layout.order[0]).toBe("0:id");
    key("ArrowDown");
    key("p");
    expect(layout.pinned).toHaveLength(1);
  });

  it("finds columns by name and hides those it found", () => {
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "ma" } });
    fireEvent.click(screen.getByRole("button", { name: "Hide found" }));
    expect(layout.hidden).toEqual(["2:email"]);
  });
});
