import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { type ReactNode, useState } from "react";
import { describe, expect, it, vi } from "vitest";
import {
  Button,
  ConfirmDialog,
  DesignRoot,
  Field,
  Input,
  MenuButton,
  SearchField,
  Segmented,
  Select,
  SplitPane,
  Tabs,
  type TreeChildren,
  type TreeItem,
  VirtualTree,
} from "@/design";

async function violations(node: ReactNode) {
  const { baseElement } = render(node);
  const found = await axe.run(baseElement, {
    rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
  });
  return found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html ?? ""}`);
}

describe("controls", () => {
  it("have names, roles and states a screen reader understands", async () => {
    const found = await violations(
      <DesignRoot theme="light">
        <main>
          <Field label="Port" error="Not a number">
            {(control) => <Input {...control} value="x" onChange={() => {}} />}
          </Field>
          <Select label="Engine" value="a" onChange={() => {}} options={[{ value: "a", label: "A" }]} />
          <Segmented label="View" value="a" onChange={() => {}} options={[{ value: "a", label: "A" }]} />
          <Tabs
            label="Tabs"
            items={[{ id: "1", title: "One", dirty: true }]}
            active="1"
            onActivate={() => {}}
            onClose={() => {}}
          />
          <SearchField label="Search" value="x" onChange={() => {}} />
          <ConfirmDialog
            open
            onClose={() => {}}
            onConfirm={() => {}}
            title="Drop it?"
            description="Gone"
            confirmLabel="Drop"
            typed="it"
          />
        </main>
      </DesignRoot>,
    );
    expect(found).toEqual([]);
  });

  it("keep a refused button focusable and say why", async () => {
    const press = vi.fn();
    render(
      <Button disabledReason="Nothing to run" onClick={press}>
        Run
      </Button>,
    );
    const button = screen.getByRole("button", { name: "Run" });
    await userEvent.tab();
    expect(document.activeElement).toBe(button);
    await userEvent.keyboard("{Enter}");
    expect(press).not.toHaveBeenCalled();
    expect(button.dataset["tip"]).toBe("Nothing to run");
  });

  it("clear a search with Escape before Escape means anything else", async () => {
    const outer = vi.fn();
    function Search() {
      const [text, setText] = useState("orders");
      return (
        <div onKeyDown={outer}>
          <SearchField label="Search" value={text} onChange={setText} />
        </div>
      );
    }
    render(<Search />);
    const field = screen.getByRole("searchbox");
    await userEvent.click(field);
    await userEvent.keyboard("{Escape}");
    expect((field as HTMLInputElement).value).toBe("");
    expect(outer).not.toHaveBeenCalled();
    await userEvent.keyboard("{Escape}");
    expect(outer).toHaveBeenCalledOnce();
  });

  it("open a menu by keyboard, go through it, and give the focus back", async () => {
    const copy = vi.fn();
    render(
      <MenuButton
        label="More"
        items={[
          { label: "Open", disabledReason: "Not now" },
          { label: "Copy", onSelect: copy },
          { separator: true },
          { label: "As", items: [{ label: "CSV", onSelect: copy }] },
        ]}
      />,
    );
    const button = screen.getByRole("button");
    button.focus();
    await userEvent.keyboard("{ArrowDown}");
    expect(screen.getByRole("menu").getAttribute("aria-activedescendant")).toBe(
      screen.getByRole("menuitem", { name: "Copy" }).id,
    );
    await userEvent.keyboard("{ArrowDown}{ArrowRight}");
    expect(screen.getAllByRole("menu")).toHaveLength(2);
    await userEvent.keyboard("{Escape}");
    expect(screen.getAllByRole("menu")).toHaveLength(1);
    await userEvent.keyboard("c{Enter}");
    expect(copy).toHaveBeenCalledOnce();
    await waitFor(() => expect(document.activeElement).toBe(button));
  });

  it("choose in a select by typing, closed or open", async () => {
    const change = vi.fn();
    render(
      <Select
        label="Engine"
        value="mysql"
        onChange={change}
        options={[
          { value: "mysql", label: "MySQL" },
          { value: "postgres", label: "PostgreSQL" },
          { value: "sqlite", label: "SQLite" },
        ]}
      />,
    );
    screen.getByRole("combobox").focus();
    await userEvent.keyboard("p");
    expect(change).toHaveBeenLastCalledWith("postgres");
    await userEvent.keyboard("{Enter}{End}{Enter}");
    expect(change).toHaveBeenLastCalledWith("sqlite");
    expect(screen.queryByRole("listbox")).toBeNull();
  });

  it("hold the focus in a dialog, close it with Escape, and wait for the typed name", async () => {
    const confirm = vi.fn();
    function Drop() {
      const [open, setOpen] = useState(false);
      return (
        <>
          <Button onClick={() => setOpen(true)}>Drop</Button>
          <ConfirmDialog
            open={open}
            onClose={() => setOpen(false)}
            onConfirm={confirm}
            title="Drop table?"
            description="96 rows"
            confirmLabel="Drop it"
            typed="suppliers"
          />
        </>
      );
    }
    render(<Drop />);
    await userEvent.click(screen.getByRole("button", { name: "Drop" }));
    const dialog = screen.getByRole("alertdialog");
    expect(document.activeElement?.tagName).toBe("INPUT");
    await userEvent.click(screen.getByRole("button", { name: "Drop it" }));
    expect(confirm).not.toHaveBeenCalled();
    for (let i = 0; i < 6; i++) {
      await userEvent.tab();
      expect(dialog.contains(document.activeElement)).toBe(true);
    }
    await userEvent.type(screen.getByRole("textbox"), "suppliers{Enter}");
    expect(confirm).toHaveBeenCalledOnce();
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("alertdialog")).toBeNull();
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Drop"));
  });

  it("move, close and reorder tabs by keyboard and middle click", async () => {
    const events = { activate: vi.fn(), close: vi.fn(), move: vi.fn() };
    render(
      <Tabs
        label="Tabs"
        items={["a", "b", "c"].map((id) => ({ id, title: id }))}
        active="b"
        onActivate={events.activate}
        onClose={events.close}
        onMove={events.move}
      />,
    );
    screen.getByRole("tab", { name: "b" }).focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(events.activate).toHaveBeenLastCalledWith("c");
    await userEvent.keyboard("{Control>}{Shift>}{ArrowLeft}{/Shift}{/Control}");
    expect(events.move).toHaveBeenCalledWith("c", 1);
    await userEvent.keyboard("{Delete}");
    expect(events.close).toHaveBeenLastCalledWith("c");
    await userEvent.pointer({ keys: "[MouseMiddle]", target: screen.getByRole("tab", { name: "a" }) });
    expect(events.close).toHaveBeenLastCalledWith("a");
  });

  it("resize a split by keyboard within its limits", async () => {
    const sizes = vi.fn();
    render(
      <SplitPane
        direction="row"
        fixed="second"
        size={200}
        min={150}
        max={300}
        onSizeChange={sizes}
        label="Inspector"
        first={null}
        second={null}
      />,
    );
    screen.getByRole("separator").focus();
    await userEvent.keyboard("{ArrowLeft}{End}{Home}");
    expect(sizes.mock.calls.map((call) => call[0])).toEqual([216, 300, 150]);
  });
});

describe("the tree", () => {
  const children: Record<string, TreeItem[]> = {
    server: [{ id: "public", label: "public", branch: true }],
    public: [
      { id: "orders", label: "orders" },
      { id: "payments", label: "payments" },
    ],
  };
  const childrenOf = (item: TreeItem): TreeChildren<TreeItem> => {
    const items = children[item.id];
    return items ? { state: "ready", items } : { state: "idle" };
  };
  const roots: TreeItem[] = [{ id: "server", label: "shop-prod", branch: true }];

  function Explorer({ onOpen }: { onOpen: (item: TreeItem) => void }) {
    const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
    const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
    return (
      <VirtualTree
        label="Explorer"
        roots={roots}
        childrenOf={childrenOf}
        expanded={expanded}
        selected={selected}
        onSelect={setSelected}
        onOpen={onOpen}
        onToggle={(item, open) =>
          setExpanded((was) => new Set(open ? [...was, item.id] : [...was].filter((id) => id !== item.id)))
        }
      />
    );
  }
  const active = () =>
    document.getElementById(screen.getByRole("tree").getAttribute("aria-activedescendant") ?? "")?.textContent;

  it("opens and closes by arrows, finds by typing, opens with Enter", async () => {
    const onOpen = vi.fn();
    render(<Explorer onOpen={onOpen} />);
    screen.getByRole("tree").focus();
    await userEvent.keyboard("{ArrowRight}{ArrowRight}{ArrowRight}");
    expect(active()).toBe("public");
    expect(screen.getByText("orders").closest('[role="treeitem"]')?.getAttribute("aria-level")).toBe("3");
    await userEvent.keyboard("pay");
    expect(active()).toBe("payments");
    await userEvent.keyboard("{Enter}");
    expect(onOpen).toHaveBeenCalledWith({ id: "payments", label: "payments" });
    await userEvent.keyboard("{ArrowLeft}{ArrowLeft}{ArrowLeft}{ArrowLeft}");
    expect(screen.getAllByRole("treeitem")).toHaveLength(1);
    expect(active()).toBe("shop-prod");
  });

  it("selects a range with Shift and has no accessibility fault", async () => {
    render(<Explorer onOpen={() => {}} />);
    screen.getByRole("tree").focus();
    await userEvent.keyboard("{ArrowRight}{ArrowDown}{ArrowRight}{ArrowDown}{Shift>}{ArrowDown}{/Shift}");
    const chosen = screen.getAllByRole("treeitem").filter((row) => row.getAttribute("aria-selected") === "true");
    expect(chosen.map((row) => row.textContent)).toEqual(["orders", "payments"]);
    const found = await axe.run(document.body, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map((one) => one.id)).toEqual([]);
  });
});
