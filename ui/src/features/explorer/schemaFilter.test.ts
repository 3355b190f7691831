import { describe, expect, it } from "vitest";
import type { ConnectionProfile } from "@/ipc";
import { inOrder } from "./connectionMarks";
import type { ExplorerItem } from "./model";
import { filterSchemas, isHiddenRow, isShown, patternsOf } from "./schemaFilter";

const item = (label: string, more: Partial<ExplorerItem> = {}): ExplorerItem => ({
  id: `p\u0001s:${label}`,
  label,
  tone: "normal",
  profileId: "p",
  kind: "node",
  nodeId: `s:${label}`,
  object: { database: "d", schema: null, kind: "schema", name: label, signature: null },
  within: null,
  database: "d",
  browsable: false,
  state: "ready",
  ...more,
});

describe("the filter of schemas", () => {
  it("takes names as they are and * for any letters", () => {
    expect(isShown([], "anything")).toBe(true);
    expect(isShown(["shop"], "shop")).toBe(true);
    expect(isShown(["shop"], "Shop")).toBe(false);
    expect(isShown(["shop_*", "a.b"], "shop_eu")).toBe(true);
    expect(isShown(["shop_*", "a.b"], "axb")).toBe(false);
    expect(isShown(["*(x"], "y(x")).toBe(true);
    expect(patternsOf(" a, b*  a,,")).toEqual(["a", "b*"]);
  });

  it("hides what is not named, keeps the server's own and tells how many are hidden", () => {
    const parent = item("d", { object: null, id: "p" });
    const system = item("pg_catalog", { tone: "off", system: true });
    const children = { state: "ready", items: [item("shop"), item("audit"), item("tmp"), system] } as const;
    expect(filterSchemas(parent, children, [])).toBe(children);
    expect(filterSchemas(parent, children, ["*"])).toBe(children);
    const shown = filterSchemas(parent, children, ["shop"]);
    if (shown.state !== "ready") throw new Error("not ready");
    expect(shown.items.map((each) => each.label)).toEqual(["shop", "pg_catalog", "2 schemas are hidden"]);
    expect(shown.items.map(isHiddenRow)).toEqual([false, false, true]);
    const folder = item("Publications", { object: null });
    const above = filterSchemas(parent, { state: "ready", items: [...children.items, folder] }, ["shop"]);
    if (above.state !== "ready") throw new Error("not ready");
    expect(above.items.map(isHiddenRow), "the row stands with the schemas").toEqual([false, false, true, false]);
    expect(filterSchemas(parent, { state: "loading" }, ["shop"])).toEqual({ state: "loading" });
  });

  it("lists favourites first, then groups, then the rest", () => {
    const profile = (name: string, group: string | null, favourite = false) =>
      ({ name, group, favourite }) as ConnectionProfile;
    const all = [profile("a", null), profile("b", "Shop"), profile("c", "Blog"), profile("d", "Shop", true)];
    expect(inOrder(all).map((each) => each.name)).toEqual(["d", "c", "b", "a"]);
  });
});
