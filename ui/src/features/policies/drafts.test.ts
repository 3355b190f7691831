import { describe, expect, it } from "vitest";
import type { PolicyCard, PolicyChange, PolicyDraft, StagedPolicyChange } from "@/ipc";
import {
  changeWords,
  draftWords,
  dropOf,
  editOf,
  forCommand,
  freeName,
  samePolicy,
  shownPolicies,
  shownSecurity,
} from "./drafts";

const on = { schema: "app", table: "documents" };
const other = { schema: "app", table: "comments" };
const policy = (name: string, more: Partial<PolicyDraft> = {}): PolicyDraft => ({
  name,
  command: "select",
  permissive: true,
  roles: ["authenticated"],
  using: "owner_id = 1",
  with_check: null,
  comment: null,
  ...more,
});
const card = (of: PolicyDraft): PolicyCard => ({
  policy: of,
  own_using: null,
  own_check: null,
  unreadable: [],
  remarks: [],
});
const cards = [card(policy("own")), card(policy("team"))];
const staged = (id: number, change: PolicyChange): StagedPolicyChange => ({ id, change, conflict: null });
const CHANGES = [
  staged(1, { change: "alter", on, before: policy("own"), after: policy("mine") }),
  staged(2, { change: "create", on, policy: policy("new") }),
  staged(3, { change: "drop", on, policy: policy("team") }),
  staged(4, { change: "create", on: other, policy: policy("elsewhere") }),
];

describe("drafts", () => {
  it("show policies as they will be, new ones last, those of other tables not at all", () => {
    const shown = shownPolicies(on, cards, CHANGES);
    expect(shown.map((each) => [each.key, each.policy.name, each.state])).toEqual([
      ["kept:own", "mine", "changed"],
      ["kept:team", "team", "dropped"],
      ["new:2", "new", "new"],
    ]);
    expect(shownPolicies(on, cards, []).map(({ state }) => state)).toEqual(["kept", "kept"]);
  });

  it("stage an edit under the name in the catalog, a new one under its id", () => {
    const [mine, , fresh] = shownPolicies(on, cards, CHANGES);
    if (!mine || !fresh) throw new Error("they are there");
    const after = policy("ours");
    expect(editOf(on, mine, after)).toEqual({ edit: "alter", on, name: "own", policy: after });
    expect(editOf(on, fresh, after)).toEqual({ edit: "create", id: 2, on, policy: after });
    expect(dropOf(on, mine)).toEqual({ edit: "drop", on, name: "own" });
    expect(dropOf(on, fresh)).toEqual({ edit: "discard", id: 2 });
  });

  it("say whether row security will be on", () => {
    const security = staged(5, {
      change: "row_security",
      on,
      before: { enabled: false, forced: false },
      after: { enabled: true, forced: true },
    });
    const off = { enabled: false, forced: false };
    expect(shownSecurity(on, off, [security])).toEqual({ enabled: true, forced: true, drafted: true });
    expect(shownSecurity(other, off, [security])).toEqual({ enabled: false, forced: false, drafted: false });
    expect(shownSecurity(other, { enabled: null, forced: null }, [])).toBeNull();
  });

  it("carry the expression over when the command takes the other one", () => {
    expect(forCommand(policy("a"), "insert")).toMatchObject({ using: null, with_check: "owner_id = 1" });
    const insert = policy("a", { command: "insert", using: null, with_check: "x" });
    expect(forCommand(insert, "delete")).toMatchObject({ using: "x", with_check: null });
    expect(forCommand(insert, "all")).toMatchObject({ using: "x", with_check: "x" });
  });

  it("find names that are free: those of deleted policies are", () => {
    const all = shownPolicies(on, cards, CHANGES);
    expect(freeName("new", all)).toBe("new 2");
    expect(freeName("team", all)).toBe("team");
    expect(freeName("own", all)).toBe("own");
  });

  it("are the same whatever the order of roles; nobody named is everyone", () => {
    expect(samePolicy(policy("a", { roles: [] }), policy("a", { roles: ["x", "PUBLIC"] }))).toBe(true);
    expect(samePolicy(policy("a", { roles: ["y", "x"] }), policy("a", { roles: ["x", "y"] }))).toBe(true);
    expect(samePolicy(policy("a", { comment: "" }), policy("a"))).toBe(true);
    expect(samePolicy(policy("a", { using: "b" }), policy("a"))).toBe(false);
  });

  it("say what they are", () => {
    expect(CHANGES.map(({ change }) => changeWords(change))).toEqual([
      "Rename policy own to mine",
      "New policy new",
      "Delete policy team",
      "New policy elsewhere",
    ]);
    expect(draftWords(CHANGES)).toBe("4 drafts of 2 tables");
    expect(draftWords(CHANGES.slice(0, 1))).toBe("1 draft");
  });
});
