import { describe, expect, it } from "vitest";
import type { ConnectionProfile } from "@/ipc";
import { runOnChoices, runOnItems } from "./runOn";

const profile = (id: string, driver: string, environment: ConnectionProfile["environment"] = "local") =>
  ({ id, name: id, driver, driver_label: driver.toUpperCase(), environment }) as ConnectionProfile;

const own = profile("own", "pg");
const all = [profile("z", "pg", "production"), profile("lite", "sqlite"), own, profile("a", "pg")];

describe("where else a query can run", () => {
  it("lists the same engine first and says which is another", () => {
    const choices = runOnChoices(all, own);
    expect(choices.map(({ profile: { id }, otherEngine }) => [id, otherEngine])).toEqual([
      ["a", null],
      ["z", null],
      ["lite", "SQLITE"],
    ]);
  });

  it("names production and the other engine in the menu, and runs what was picked", () => {
    const picked: [string, boolean][] = [];
    const items = runOnItems(runOnChoices(all, own), own, ({ id }, whole) => picked.push([id, whole]));
    const label = (item: (typeof items)[number]) => ("label" in item ? `${item.label}|${item.meta ?? ""}` : item);
    expect(items.map(label)).toEqual([
      { heading: "Run the statement or selection on" },
      "a|",
      "z|production",
      { separator: true },
      { heading: "Not PG" },
      "lite|SQLITE",
      { separator: true },
      "Run all on|",
    ]);
    const z = items[2];
    if (z && "label" in z) z.onSelect?.();
    const whole = items.at(-1);
    const inner = whole && "items" in whole ? whole.items?.[0] : undefined;
    if (inner && "label" in inner) inner.onSelect?.();
    expect(picked).toEqual([
      ["z", false],
      ["a", true],
    ]);
  });

  it("says so where there is no other connection", () => {
    const [only] = runOnItems(runOnChoices([own], own), own, () => undefined);
    expect(only && "disabledReason" in only && only.disabledReason).toBe("Add one first");
  });
});
