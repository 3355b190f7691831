import { describe, expect, it } from "vitest";
import { number, plural } from "./counts";
import { place } from "./floating";
import { gradeTone } from "./Grade";
import { stepEnabled, typeAhead } from "./menuModel";
import { ariaShortcut, formatShortcut, matchesShortcut } from "./shortcut";
import { dropIndex } from "./Tabs";
import { flattenTree } from "./treeModel";

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

describe("words and tones", () => {
  it("of grades and counts", () => {
    expect(["A", "B?", "C", "D?", "F"].map(gradeTone)).toEqual(["ok", "ok", "warn", "danger", "danger"]);
    expect([plural(1, "policy", "policies"), plural(1_200, "policy", "policies")]).toEqual([
      "1 policy",
      "1,200 policies",
    ]);
    expect([plural(2, "table"), number(1_204_417)]).toEqual(["2 tables", "1,204,417"]);
  });
});

describe("shortcuts", () => {
  it("read as each platform writes them", () => {
    expect(formatShortcut("Mod+Shift+K", "other")).toBe("Ctrl+Shift+K");
    expect(formatShortcut("Mod+Shift+K", "mac")).toBe("⌘⇧K");
    expect(formatShortcut("Mod+.", "other")).toBe("Ctrl+.");
    expect(formatShortcut("Mod++", "other")).toBe("Ctrl++");
    expect(ariaShortcut("Mod+Enter", "mac")).toBe("Meta+Enter");
  });

  it("match the keys they name and no more", () => {
    expect(matchesShortcut(press("k", { ctrlKey: true }), "Mod+K", "other")).toBe(true);
    expect(matchesShortcut(press("k", { metaKey: true }), "Mod+K", "mac")).toBe(true);
    expect(matchesShortcut(press("k", { ctrlKey: true }), "Mod+K", "mac")).toBe(false);
    expect(matchesShortcut(press("K", { ctrlKey: true, shiftKey: true }), "Mod+K", "other")).toBe(false);
    expect(matchesShortcut(press("?", { shiftKey: true }), "?", "other")).toBe(true);
    expect(matchesShortcut(press("+", { ctrlKey: true, shiftKey: true }), "Mod++", "other")).toBe(true);
    expect(matchesShortcut(press("Enter", { ctrlKey: true, shiftKey: true }), "Mod+Enter", "other")).toBe(false);
  });
});

describe("menus", () => {
  const items = [
    { label: "Copy" },
    { separator: true as const },
    { label: "Cut", disabledReason: "No" },
    { label: "Close" },
  ];
  it("step over what cannot be chosen, and round the end", () => {
    expect(stepEnabled(items, 0, 1)).toBe(3);
    expect(stepEnabled(items, 3, 1)).toBe(0);
  });
  it("go on to the next match when one letter is repeated", () => {
    expect(typeAhead(items, 0, "c")).toBe(3);
    expect(typeAhead(items, 3, "cc")).toBe(0);
    expect(typeAhead(items, 0, "cl")).toBe(3);
  });
});

describe("what floats", () => {
  const window = { width: 1000, height: 600 };
  it("flips above when there is no room below", () => {
    const at = place({ left: 100, top: 560, width: 50, height: 28 }, { width: 200, height: 300 }, window, {
      side: "bottom",
      align: "start",
      gap: 4,
    });
    expect(at.top).toBe(256);
  });
  it("never leaves the window", () => {
    const at = place({ left: 980, top: 10, width: 10, height: 10 }, { width: 200, height: 40 }, window, {
      side: "bottom",
      align: "start",
      gap: 4,
    });
    expect(at.left).toBe(792);
  });
});

describe("tabs", () => {
  it("land where they are dropped", () => {
    const ids = ["a", "b", "c", "d"];
    expect(dropIndex(ids, "a", "c", "after")).toBe(2);
    expect(dropIndex(ids, "a", "c", "before")).toBe(1);
    expect(dropIndex(ids, "d", "a", "before")).toBe(0);
  });
});

describe("tree rows", () => {
  it("show what is loading, failed and empty as such", () => {
    const roots = ["a", "b", "c"].map((id) => ({ id, label: id, branch: true }));
    const rows = flattenTree(roots, new Set(["a", "b", "c"]), (item) =>
      item.id === "a"
        ? { state: "loading" }
        : item.id === "b"
          ? { state: "failed", message: "No route" }
          : { state: "ready", items: [] },
    );
    expect(rows.map((row) => (row.kind === "note" ? row.text : row.id))).toEqual([
      "a",
      "Reading",
      "b",
      "No route",
      "c",
      "Nothing here",
    ]);
  });
});
