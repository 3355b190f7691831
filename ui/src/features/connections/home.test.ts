import { describe, expect, it } from "vitest";
import type { ConnectionProfile } from "@/ipc";
import { groupProfiles, lastUsed, listed, matchesWords, whenOf } from "./home";

const profile = (name: string, more: Partial<ConnectionProfile> = {}): ConnectionProfile => ({
  id: name,
  name,
  group: null,
  colour: null,
  environment: "local",
  safety: "free",
  driver: "any",
  driver_label: "Any",
  values: {},
  password: "none",
  target: `${name}.internal`,
  server: null,
  last_used_ms: null,
  sample: false,
  ...more,
});

describe("the list of connections", () => {
  it("puts the latest used group and connection on top, unused ones by name", () => {
    const groups = groupProfiles([
      profile("b"),
      profile("a10"),
      profile("a9"),
      profile("old", { group: "Shop", last_used_ms: 5 }),
      profile("new", { group: "Shop", last_used_ms: 9 }),
    ]);
    expect(groups.map((group) => [group.name, ...group.profiles.map((each) => each.name)])).toEqual([
      ["Shop", "new", "old"],
      [null, "a9", "a10", "b"],
    ]);
  });

  it("lists the sample once it was opened", () => {
    const sample = profile("sample", { sample: true });
    expect(listed([sample], [])).toEqual([]);
    expect(listed([{ ...sample, last_used_ms: 1 }], [])).toHaveLength(1);
  });

  it("finds by every word, in the name, the address and the environment", () => {
    const one = profile("shop-prod", { environment: "production", values: { user: "ada" } });
    expect(matchesWords(one, "PROD ada")).toBe(true);
    expect(matchesWords(one, "prod bob")).toBe(false);
  });

  it("tells times as a person would", () => {
    const now = new Date(2026, 10, 20, 15, 30).getTime();
    expect(lastUsed(new Date(2026, 10, 20, 9, 5).getTime(), now)).toBe("today 09:05");
    expect(lastUsed(new Date(2026, 10, 19, 23, 59).getTime(), now)).toBe("yesterday");
    expect(lastUsed(new Date(2026, 10, 18).getTime(), now)).toBe("18 Nov");
    expect(lastUsed(new Date(2024, 0, 3).getTime(), now)).toBe("3 Jan 2024");
    expect(lastUsed(null, now)).toBe("never opened");
    expect(whenOf(profile("x"), { phase: "open" }, now)).toBe("open now");
  });
});
