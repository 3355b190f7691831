import { describe, expect, it } from "vitest";
import type { AppError, DriverForm, FormField, HopReport } from "@/ipc";
import { factGroups } from "./facts";
import { fieldOf } from "./model";

const now = Date.UTC(2026, 10, 21);
const hop = (name: string, ok = true): HopReport => ({ name, detail: "", ok, elapsed_ms: 1 });
const seconds = (year: number, month: number, day: number) => String(Date.UTC(year, month, day, 12) / 1000);

const shown = (facts: Record<string, string>, hops = [hop("TCP")]) =>
  Object.fromEntries(
    factGroups({ product: "PostgreSQL", version: "18.4", facts }, hops, now).map((group) => [
      group.title,
      Object.fromEntries(group.facts.map((fact) => [fact.name, fact.value])),
    ]),
  );

describe("the facts of a test", () => {
  it("are told in words, the certificate's end as a date", () => {
    expect(
      shown({
        banner: "PostgreSQL 18.4 on x86_64",
        user: "ada",
        session_user: "ada",
        superuser: "off",
        standby: "false",
        tls: "TLSv1_3, TLS13_AES_256_GCM_SHA384",
        tls_mode: "VerifyFull",
        certificate_subject: "CN=db",
        certificate_issuer: "CN=ca",
        certificate_not_after_unix_s: seconds(2028, 0, 2),
        strange_fact: "on",
      }),
    ).toEqual({
      Server: { Version: "PostgreSQL 18.4" },
      Login: { User: "ada", Superuser: "no" },
      TLS: {
        Protocol: "TLS 1.3",
        Cipher: "TLS13_AES_256_GCM_SHA384",
        Verified: "certificate and name verified",
        Certificate: "CN=db",
        Issuer: "CN=ca",
        "Valid until": "2 January 2028",
      },
      More: { "Strange fact": "yes" },
    });
  });

  it("warn of a certificate that ends soon or has ended, and of no encryption at all", () => {
    const tls = { tls: "TLSv1.3, X", certificate_not_after_unix_s: seconds(2026, 10, 26) };
    expect(shown(tls)["TLS"]?.["Valid until"]).toBe("26 November 2026, 5 days left");
    const ended = { ...tls, certificate_not_after_unix_s: seconds(2025, 1, 1) };
    expect(shown(ended)["TLS"]?.["Valid until"]).toBe("1 February 2025, expired");
    expect(shown({})["TLS"]).toEqual({ Encryption: "none" });
    expect(shown({}, [hop("Open file")])["TLS"]).toBeUndefined();
  });
});

describe("the place of a failure", () => {
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
  const driver = {
    opens_files: false,
    fields: [
      field("host"),
      field("database"),
      field("password", { kind: "secret" }),
      field("sslmode", { kind: "choice", section: "TLS", default: "on" }),
      field("sslrootcert", { kind: "file", section: "TLS" }),
    ],
  } as unknown as DriverForm;
  const failure = (code: AppError["code"], message = "") => ({ code, message }) as AppError;
  const placed = (error: AppError, ...hops: HopReport[]) => fieldOf(error, driver, { sslrootcert: "/ca.pem" }, hops);

  it("is the field that has to be changed", () => {
    expect(placed(failure("unauthenticated"), hop("TCP"), hop("Sign in", false))).toBe("password");
    expect(placed(failure("unreachable"), hop("Find host", false))).toBe("host");
    expect(placed(failure("timed_out"), hop("Find host"), hop("TCP", false))).toBe("host");
    expect(placed(failure("unreachable"), hop("TCP"), hop("TLS", false))).toBe("sslmode");
    expect(placed(failure("unreachable", "/ca.pem cannot be read"), hop("TLS", false))).toBe("sslrootcert");
    expect(placed(failure("not_found"), hop("Sign in", false))).toBe("database");
    expect(placed(failure("cancelled"), hop("TCP"))).toBeUndefined();
  });
});
