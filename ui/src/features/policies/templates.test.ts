import { describe, expect, it } from "vitest";
import type { PolicyTemplate } from "@/ipc";
import { blanksOf, filledIn, missingIn, withBlank } from "./templates";

const membership: PolicyTemplate = {
  template: "membership",
  group: "org_id",
  members: { schema: "app", table: "memberships" },
  members_group: "org_id",
  members_user: "",
};

describe("templates", () => {
  it("are filled in, parts of parts too", () => {
    expect(filledIn(membership, "members.table")).toBe("memberships");
    const filled = withBlank(withBlank(membership, "members.table", "teams"), "members_user", "uid");
    expect(filled).toEqual({ ...membership, members: { schema: "app", table: "teams" }, members_user: "uid" });
    expect(membership.members.table).toBe("memberships");
  });

  it("say what is missing; what may stay empty may", () => {
    expect(missingIn(membership)).toBe("Its column of the user is missing");
    expect(missingIn({ template: "time_limited", from: null, until: null })).toBeUndefined();
    expect(missingIn({ template: "guard", condition: "  " })).toBe("Condition is missing");
    expect(missingIn({ template: "public_read" })).toBeUndefined();
  });

  it("have every blank in their own shape", () => {
    const soft: PolicyTemplate = { template: "soft_deleted", column: "deleted_at", boolean: false };
    expect(blanksOf("soft_deleted").map(({ path }) => filledIn(soft, path))).toEqual(["deleted_at", false]);
    expect(withBlank(soft, "boolean", true)).toEqual({ ...soft, boolean: true });
  });
});
