import { describe, expect, it } from "vitest";
import type { AppError, ConnectionProfile, DriverForm, FormField } from "@/ipc";
import {
  checkFields,
  draftOf,
  editForm,
  type FormAction,
  type FormState,
  fieldOf,
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
  language: { grammar: "any", line_comment: "--", identifier_quote: '"', is_sql: true },
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

  it("lets production confirm every change, unless a person chose", () => {
    const production: FormAction = { type: "environment", environment: "production" };
    expect(reduced(newForm(driver, true), production).safety).toBe("confirm_writes");
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

describe("a tunnel in the form", () => {
  const ssh = { field: "ssh", values: ["auto", "key", "password"] };
  const through: DriverForm = {
    ...driver,
    fields: [
      ...driver.fields,
      field("ssh", { kind: "choice", default: "off", section: "SSH" }),
      field("ssh_host", { section: "SSH", visible: ssh }),
      field("ssh_jump", { section: "SSH", visible: ssh }),
      field("ssh_key", { kind: "file", section: "SSH", visible: ssh }),
      field("ssh_password", { kind: "secret", section: "SSH", visible: ssh }),
      field("ssh_key_passphrase", { kind: "secret", section: "SSH", visible: ssh }),
      field("proxy", { kind: "choice", default: "off", section: "Proxy" }),
      field("proxy_host", { section: "Proxy", visible: { field: "proxy", values: ["socks5"] } }),
      field("proxy_password", { kind: "secret", section: "Proxy", visible: { field: "proxy", values: ["socks5"] } }),
    ],
  };
  const failed = (name: string, code: AppError["code"], values: Record<string, string>, message = "No.") => {
    const hops = [{ name, detail: "", ok: false, elapsed_ms: 1 }];
    return fieldOf({ code, message, hint: null, range: null, native: null }, through, values, hops);
  };

  it("puts a failure at the field of the step that failed, never at the database's password", () => {
    expect(failed("SSH auth", "unauthenticated", { ssh: "auto" })).toBe("ssh_password");
    expect(failed("SSH auth", "unauthenticated", { ssh: "key" })).toBe("ssh_key");
    expect(failed("SSH auth", "unauthenticated", { ssh: "key" }, "The passphrase is wrong.")).toBe(
      "ssh_key_passphrase",
    );
    expect(failed("SSH host key", "unreachable", { ssh: "auto" })).toBe("ssh_host");
    expect(failed("SSH forward", "unreachable", { ssh: "auto" })).toBe("host");
    expect(failed("TCP", "unreachable", { ssh: "auto" })).toBe("ssh_host");
    expect(failed("Find host", "unreachable", { ssh: "auto", ssh_jump: "j" })).toBe("ssh_jump");
    expect(failed("TCP", "unreachable", { ssh: "auto", proxy: "socks5" })).toBe("proxy_host");
    const proxy = { proxy: "socks5", proxy_user: "ada" };
    expect(failed("SOCKS5 proxy", "unauthenticated", proxy)).toBe("proxy_password");
    expect(failed("TCP", "unreachable", {})).toBe("host");
    expect(failed("Sign in", "unauthenticated", { ssh: "auto" })).toBe("password");
  });

  it("knows which secrets are stored, and forgets one that is emptied", () => {
    const values = { host: "db", ssh: "password" };
    let state = editForm({ ...profile, values, stored_secrets: ["ssh_password"] });
    expect(isDirty(state)).toBe(false);
    expect(draftOf(through, state).values).toEqual(values);
    state = reduceForm(state, { type: "secret", field: "ssh_password", value: "" });
    expect(isDirty(state)).toBe(true);
    expect(draftOf(through, state).values).toEqual({ ...values, ssh_password: "" });
  });

  it("sends a command for the password as its words, and no password beside it", () => {
    let state = reduceForm(editForm(profile), { type: "policy", policy: "command" });
    expect(checkFields(through, state)["password"]).toMatch(/Name a program/);
    state = reduceForm(state, { type: "command", command: { text: "op read 'a" } });
    expect(checkFields(through, state)["password"]).toMatch(/quote/);
    state = reduceForm(state, { type: "command", command: { text: "op read 'a b'", timeout: "7" } });
    expect(checkFields(through, state)).toEqual({});
    const draft = draftOf(through, state);
    expect(draft.password_command).toEqual({ argv: ["op", "read", "a b"], shell: false, timeout_s: 7 });
    expect(draft.password).toEqual({ kind: "keep" });
  });
});
