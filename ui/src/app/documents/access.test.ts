import { describe, expect, it } from "vitest";
import type { ObjectRef } from "@/ipc";
import { grantOf } from "./access";

const object = (schema: string | null, name: string): ObjectRef => ({
  database: "shop",
  schema,
  kind: "relation",
  name,
  signature: null,
});

describe("what to ask for when a relation may not be read", () => {
  it("is a grant to the login, with what needs quotes in quotes", () => {
    expect(grantOf(object("hr", "payroll"), "reporting", '"')).toBe("GRANT SELECT ON hr.payroll TO reporting;");
    expect(grantOf(object("hr", "Pay roll"), "re-porting", '"')).toBe('GRANT SELECT ON hr."Pay roll" TO "re-porting";');
  });

  it("names an account with its host as the server does", () => {
    expect(grantOf(object("hr", "payroll"), "ann@o'hara@10.0.%", "`")).toBe(
      "GRANT SELECT ON hr.payroll TO 'ann@o''hara'@'10.0.%';",
    );
  });
});
