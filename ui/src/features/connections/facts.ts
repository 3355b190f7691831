/** What a test found out about the server, in words and in order. Drivers name their facts; unknown ones stand last. */
import type { HopReport, ServerFacts } from "@/ipc";

export interface ShownFact {
  readonly name: string;
  readonly value: string;
  /** The long or exact form, on hover. */
  readonly title?: string;
  readonly tone?: "warn";
}

export interface FactGroup {
  readonly title: string;
  readonly facts: readonly ShownFact[];
}

const TLS_MODES: Readonly<Record<string, string>> = {
  VerifyFull: "certificate and name verified",
  VerifyCa: "certificate verified, name not",
  Require: "nothing verified",
  Disable: "off",
};

const WORDS: Readonly<Record<string, string>> = {
  true: "yes",
  on: "yes",
  yes: "yes",
  false: "no",
  off: "no",
  no: "no",
  server: "the server refuses writes",
};

const DAY = 86_400;
/** A certificate that ends within this many days is worth a word. */
const SOON = 30;

const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

function validUntil(text: string, now: number): ShownFact {
  const seconds = Number(text);
  if (!Number.isFinite(seconds)) return { name: "Valid until", value: text };
  const days = Math.floor((seconds - now / 1000) / DAY);
  const at = new Date(seconds * 1000);
  const shown = { name: "Valid until", title: exact.format(at) };
  if (days < 0) return { ...shown, value: `${date.format(at)}, expired`, tone: "warn" };
  if (days < SOON) {
    const left = days === 1 ? "1 day" : `${days} days`;
    return { ...shown, value: `${date.format(at)}, ${left} left`, tone: "warn" };
  }
  return { ...shown, value: date.format(at) };
}

const POOLERS: Record<string, string> = {
  session: "yes, each session has a server session of its own",
  transaction: "pooled: settings, temporary tables and LISTEN may not last from one statement to the next",
};
const pooler = (kind: string | undefined): string | undefined =>
  kind === undefined ? undefined : (POOLERS[kind] ?? kind);

const plain = (value: string): string => WORDS[value] ?? value;
const titled = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");

/** Facts of one test: the server, who is signed in, how it is encrypted, and whatever else the driver told. */
export function factGroups(server: ServerFacts, hops: readonly HopReport[], now: number): readonly FactGroup[] {
  const left = new Map(Object.entries(server.facts).filter(([, value]) => value !== undefined));
  const take = (name: string): string | undefined => {
    const value = left.get(name);
    left.delete(name);
    return value;
  };
  const fact = (name: string, value: string | undefined, title?: string): ShownFact[] =>
    value === undefined || value === "" ? [] : [{ name, value, ...(title ? { title } : {}) }];

  const banner = take("banner");
  const about = [
    ...fact("Version", `${server.product} ${server.version}`, banner),
    ...fact("Encoding", take("encoding")),
    ...fact("Time zone", take("time_zone")),
    ...fact("Standby", left.get("standby") === "true" ? "yes, it only answers reads" : undefined),
    ...fact("Pooler", pooler(left.get("pooler"))),
    ...fact("Read-only", left.has("read_only") ? plain(left.get("read_only") ?? "") : undefined),
  ];
  for (const told of ["standby", "pooler", "read_only"]) left.delete(told);

  const user = take("user");
  const session = take("session_user");
  const superuser = take("superuser");
  const login = [
    ...fact("User", session !== undefined && session !== user ? `${user ?? ""}, signed in as ${session}` : user),
    ...fact("Superuser", superuser === undefined ? undefined : plain(superuser)),
    ...fact("Signed in by", take("authentication")),
  ];

  const tls = take("tls");
  const mode = take("tls_mode");
  const [protocol, ...cipher] = (tls ?? "").split(",").map((part) => part.trim());
  const until = take("certificate_not_after_unix_s");
  const secured: ShownFact[] =
    tls === undefined
      ? // Files and sockets have nothing to encrypt.
        hops.some((hop) => hop.name === "TCP")
        ? [{ name: "Encryption", value: "none", tone: "warn" }]
        : []
      : [
          ...fact("Protocol", protocol?.replace("TLSv", "TLS ").replace("_", ".")),
          ...fact("Cipher", cipher.join(", ")),
          ...(mode === "Require"
            ? [{ name: "Verified", value: "nothing verified", tone: "warn" as const }]
            : fact("Verified", mode === undefined ? undefined : (TLS_MODES[mode] ?? titled(mode)))),
          ...fact("Certificate", take("certificate_subject")),
          ...fact("Issuer", take("certificate_issuer")),
          ...(until === undefined ? [] : [validUntil(until, now)]),
        ];

  const rest = [...left].map(([name, value]) => ({ name: titled(name), value: plain(value ?? "") }));
  return [
    { title: "Server", facts: about },
    { title: "Login", facts: login },
    { title: "TLS", facts: secured },
    { title: "More", facts: rest },
  ].filter((group) => group.facts.length > 0);
}
