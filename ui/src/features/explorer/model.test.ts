import { describe, expect, it } from "vitest";
import type { SearchHit } from "@/ipc";
import { type ExplorerItem, hitRoots, labelParts, qualifiedName, quoted } from "./model";

const object = (schema: string | null, name: string) => ({
  database: null,
  schema,
  kind: "relation",
  name,
  signature: null,
});

describe("the explorer's rows", () => {
  it("cuts a label at what matched, whatever the ranges", () => {
    const parts = (...matched: { from: number; to: number }[]) =>
      labelParts("customers", matched).map((part) => (part.marked ? `[${part.text}]` : part.text));
    expect(parts({ from: 0, to: 4 })).toEqual(["[cust]", "omers"]);
    expect(parts({ from: 4, to: 6 }, { from: 0, to: 2 })).toEqual(["[cu]", "st", "[om]", "ers"]);
    expect(parts({ from: 6, to: 40 }, { from: 7, to: 8 })).toEqual(["custom", "[ers]"]);
    expect(parts()).toEqual(["customers"]);
  });

  it("quotes only names that need it, and the quotes within", () => {
    expect(quoted("orders", '"')).toBe("orders");
    expect(quoted('we"ird.name 🚀', '"')).toBe('"we""ird.name 🚀"');
    expect(quoted("Order", "`")).toBe("`Order`");
    expect(qualifiedName(object("my.schema", "orders"), '"')).toBe('"my.schema".orders');
    expect(qualifiedName(object(null, "orders"), '"')).toBe("orders");
  });

  it("puts hits under their connection and place, in the order they came", () => {
    const connection = { id: "p", profileId: "p", label: "shop", kind: "connection" } as ExplorerItem;
    const hit = (label: string, place: string): SearchHit => ({
      profile_id: "p",
      object: object("public", "orders"),
      label,
      place,
      icon: "column",
      detail: null,
      browsable: true,
      denied: false,
      matched: [],
    });
    const { roots, children } = hitRoots(
      [hit("b", "public"), hit("a", "public.orders"), hit("c", "public")],
      [connection],
    );
    expect(roots).toEqual([connection]);
    const places = children.get("p") ?? [];
    expect(places.map((place) => place.label)).toEqual(["public", "public.orders"]);
    expect((children.get(places[0]?.id ?? "") ?? []).map((item) => item.label)).toEqual(["b", "c"]);
  });
});
