import { describe, expect, it } from "vitest";
import type { ConnectionProfile, DriverForm, FormField } from "@/ipc";
import {
  checkFields,
  draftOf,
  editForm,
  type FormAction,
  type FormState,
  isDirty,
  looksLikeAddress,
  newForm,
  reduceForm,
  sectionsOf,
} from "./model";

const field = (name: string, more: Partial<FormField> = {}): FormField => ({
  name,
  label: name,
  section: "Server",
  kind: "text",
  choices: [],
  default: null,
  placeholder: null,
  help: null,
  required: false,
  joined: false,
  visible: null,
  ...more,
});

const driver: DriverForm = {
  id: "any",
  label: "Any",
  schemes: ["any"],
  opens_files: false,
  language: { grammar: "any", line_comment: "--", identifier_quote: '"' },
  fields: [
    field("host", { required: true }),
    field("port", { kind: "number", default: "5432", joined: true }),
    field("password", { kind: "secret", section: "Login" }),
    field("tls", { kind: "choice", default: "on", section: "TLS" }),
    field("ca", { kind: "file", section: "TLS", visible: { field: "tls", values: ["on"] } }),
    field("passphrase", { kind: "secret", section: "TLS", visible: { field: "tls", values: ["on"] } }),
  ],
};

const profile: ConnectionProfile = {
  id: "p1",
  name: "shop",
  group: "Shop",
  colour: null,
  environment: "production",
  safety: "read_only",
  driver: "any",
  driver_label: "Any",
  values: { host: "db" },
  password: "keychain",
  target: "db:5432",
  server: null,
  last_used_ms: null,
  sample: false,
};

const reduced = (state: FormState, ...actions: FormAction[]) => actions.reduce(reduceForm, state);
const value = (name: string, text: string): FormAction => ({ type: "value", field: name, value: text });

describe("the connection form", () => {
  it("puts joined fields on one row and follows visibility through defaults", () => {
    const shown = (values: Record<string, string>) =>
      sectionsOf(driver, values).map((section) => [
        section.title,
        ...section.rows.map((row) => row.fields.map((each) => each.name).join("+")),
      ]);
    expect(shown({})).toEqual([
      ["Server", "host+port"],
      ["Login", "password"],
      ["TLS", "tls", "ca", "passphrase"],
    ]);
    expect(shown({ tls: "off" })[2]).toEqual(["TLS", "tls"]);
  });

  it("names what is missing and what is no port at its field", () => {
    const state = reduced(newForm(driver, true), value("port", "70000"));
    expect(checkFields(driver, state)).toEqual({
      host: "host is needed",
      port: "port is a number from 1 to 65535",
    });
    expect(checkFields(driver, reduced(state, value("host", "db"), value("port", "5432")))).toEqual({});
    expect(checkFields(driver, reduced(state, value("port", "54a"))).port).toBe("port is a whole number");
  });

  it("switches production to read-only, unless a person chose", () => {
    const production: FormAction = { type: "environment", environment: "production" };
    expect(reduced(newForm(driver, true), production).safety).toBe("read_only");
    expect(reduced(newForm(driver, true), production, { type: "environment", environment: "local" }).safety).toBe(
      "free",
    );
    expect(reduced(newForm(driver, true), { type: "safety", safety: "free" }, production).safety).toBe("free");
  });

  it("leaves hidden fields out of what is sent, and never puts the password among the values", () => {
    const state = reduced(
      newForm(driver, true),
      value("host", " db "),
      value("ca", "/ca.pem"),
      { type: "secret", field: "passphrase", value: "open" },
      { type: "password", password: { kind: "set", secret: "s3cret" } },
    );
    expect(draftOf(driver, state).values).toEqual({ host: "db", ca: "/ca.pem", passphrase: "open" });
    const off = draftOf(driver, reduced(state, value("tls", "off")));
    expect(off.values).toEqual({ host: "db", tls: "off" });
    expect(off.password).toEqual({ kind: "set", secret: "s3cret" });
  });

  it("sends no password where none is used", () => {
    const state = reduced(
      newForm(driver, true),
      { type: "password", password: { kind: "set", secret: "s3cret" } },
      { type: "policy", policy: "none" },
    );
    expect(draftOf(driver, state)).toMatchObject({ password_policy: "none", password: { kind: "keep" } });
  });

  it("asks every time where no keychain works", () => {
    expect(newForm(driver, false).policy).toBe("ask");
  });

  it("fills from an address and keeps a name a person typed", () => {
    const target = {
      driver: "any",
      values: { host: "db", port: "5433" },
      name: "db",
      password_reference: "ref",
      warnings: ["“x” is not understood."],
    };
    const state = reduced(
      newForm(driver, true),
      { type: "text", field: "name", value: "mine" },
      { type: "parsed", target },
    );
    expect(state).toMatchObject({
      name: "mine",
      values: target.values,
      password: { kind: "parsed", reference: "ref" },
      warnings: target.warnings,
    });
  });

  it("knows what changed, and is clean again when it is put back", () => {
    const begun = editForm(profile);
    expect(isDirty(begun)).toBe(false);
    const changed = reduced(begun, value("host", "other"));
    expect(isDirty(changed)).toBe(true);
    expect(isDirty(reduced(changed, value("host", "db")))).toBe(false);
    expect(isDirty(reduced(begun, { type: "password", password: { kind: "clear" } }))).toBe(true);
  });

  it("forgets every secret once it is saved", () => {
    const state = reduced(
      newForm(driver, true),
      value("host", "db"),
      { type: "secret", field: "passphrase", value: "open" },
      { type: "password", password: { kind: "set", secret: "s3cret" } },
      { type: "saved", profileId: "p9" },
    );
    expect(JSON.stringify(state)).not.toMatch(/s3cret|open/);
    expect(state.profileId).toBe("p9");
    expect(isDirty(state)).toBe(false);
  });

  it("keeps secrets out of what tells whether something changed", () => {
    const state = reduced(editForm(profile), { type: "password", password: { kind: "set", secret: "s3cret" } });
    const saved = reduced(state, { type: "saved", profileId: "p1" });
    expect(saved.baseline).not.toContain("s3cret");
  });

  it("fills at once only from addresses some driver reads", () => {
    expect(looksLikeAddress([driver], "ANY://db/shop")).toBe(true);
    expect(looksLikeAddress([driver], "https://example.org")).toBe(false);
    expect(looksLikeAddress([driver], "db.internal")).toBe(false);
  });
});
