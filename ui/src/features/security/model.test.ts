import { describe, expect, it } from "vitest";
import type { ConnectionProfile, ConnectionState } from "@/ipc";
import { actorWords, foundNear, foundTip, foundWords, placeAt, placesOf, placeWords, suiteLook } from "./model";

const profile = (id: string): ConnectionProfile => ({ id, name: `${id}-name` }) as ConnectionProfile;
const state = (id: string, database: string | null, phase: "open" | "connecting" = "open"): ConnectionState =>
  ({ profile_id: id, database, phase: { phase } }) as ConnectionState;
const profiles = [profile("a"), profile("b"), profile("c")];
const states = new Map([
  ["b", state("b", "main")],
  ["a", state("a", "shop")],
]);

describe("the databases that security is about", () => {
  it("are those of open connections and of their tabs, the connection's own once", () => {
    const tabs = [
      { profileId: "a", database: "shop" },
      { profileId: "a", database: "other" },
      { profileId: "a", database: null },
      { profileId: "c", database: null },
    ];
    expect(placesOf(profiles, states, tabs).map(placeWords)).toEqual([
      "a-name · shop",
      "a-name · other",
      "b-name · main",
    ]);
  });

  it("are known while their connection is closed, and not once it is removed", () => {
    const closed = placeAt({ profileId: "c", database: null }, profiles, states);
    expect(closed?.state).toBeUndefined();
    expect(closed && placeWords(closed)).toBe("c-name");
    expect(placeAt({ profileId: "gone", database: null }, profiles, states)).toBeNull();
  });

  it("have news only while they are open, whichever name the news give the connection's own", () => {
    const news = (profile_id: string, database: string) => ({
      profile_id,
      database,
      found: 1,
      errors: 1,
      warnings: 0,
      words: "Something new",
    });
    const half = new Map(states).set("b", state("b", "main", "connecting"));
    const found = foundNear([news("a", "shop"), news("b", "main"), news("c", "x"), news("a", "")], profiles, half);
    const own = placeAt({ profileId: "a", database: null }, profiles, states)?.key;
    expect(found.map(({ place }) => place.key)).toEqual([own, own]);
  });
});

describe("figures in words", () => {
  const of = (errors: number, warnings: number, current = true) => ({
    tables: 1,
    roles: 1,
    found: { errors, warnings, at_ms: 0, current },
  });

  it("say how many errors and warnings there are, and never that there are none where nobody looked", () => {
    expect(foundWords(of(2, 5))).toBe("2 errors, 5 warnings");
    expect(foundWords(of(1, 0))).toBe("1 error");
    expect(foundWords(of(0, 1))).toBe("1 warning");
    expect(foundWords(of(0, 0))).toBe("no errors");
    expect(foundWords({ tables: 4, roles: null, found: null })).toBe("?");
  });

  it("say when they are from before a change of the schema", () => {
    expect(foundTip(of(0, 0, false))).toContain("The schema has changed since.");
    expect(foundTip(of(0, 0))).not.toContain("changed");
  });

  it("say how a suite ended by a picture and a word, and what was not run is not called passed", () => {
    const look = (passed: number, failed: number, count: number) => suiteLook({ passed, failed, of: count, at_ms: 0 });
    expect(look(24, 0, 24)).toMatchObject({ icon: "check", word: "passed", words: "24 of 24" });
    expect(look(11, 1, 12)).toMatchObject({ icon: "close", word: "failed", words: "11 of 12" });
    expect(look(5, 0, 18)).toMatchObject({ icon: "minus", tone: "neutral", words: "5 of 18" });
    expect(look(0, 0, 18)).toMatchObject({ icon: "flask", words: "not run" });
    expect(suiteLook(null)).toMatchObject({ icon: "flask", words: "not run" });
  });

  it("name an actor's role where its name does not", () => {
    expect([actorWords("anon", { role: "anon" }), actorWords("Ada", { role: "anon" }), actorWords("me", {})]).toEqual([
      "role",
      "anon",
      "the login",
    ]);
  });
});
