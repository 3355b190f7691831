/** The fake host's test of a connection. What goes wrong is chosen by the host or the user that was entered. */
import type { AppError, HopReport, ProfileDraft, TestReport } from "../bindings";
import { failure, type World, wait } from "./world";

const hop = (name: string, detail: string, elapsed_ms: number, ok = true): HopReport => ({
  name,
  detail,
  ok,
  elapsed_ms,
});

const FACTS = {
  authentication: "SCRAM-SHA-256-PLUS",
  banner: "PostgreSQL 18.4 on x86_64-pc-linux-gnu, compiled by gcc",
  certificate_issuer: "CN=Shop internal CA, O=Shop",
  certificate_not_after_unix_s: "1830297600",
  certificate_subject: "CN=db1.shop.internal",
  encoding: "UTF8",
  session_user: "ada",
  standby: "false",
  superuser: "off",
  time_zone: "Europe/Berlin",
  tls: "TLSv1.3, AES_256_GCM_SHA384",
  tls_mode: "VerifyFull",
  user: "ada",
};

/** The steps before TLS: straight, or over an SSH server. */
function wayOf(draft: ProfileDraft): HopReport[] {
  if ((draft.values["ssh"] ?? "off") === "off")
    return [hop("Find host", "10.4.0.12", 3), hop("TCP", "10.4.0.12:5432", 8)];
  const server = `${draft.values["ssh_host"] ?? ""}:2222`;
  return [
    hop("Find host", "203.0.113.7", 4),
    hop("TCP", "203.0.113.7:2222", 21),
    hop("SSH key exchange", `${server}: curve25519-sha256, chacha20-poly1305@openssh.com`, 48),
    hop("SSH host key", `${server}: ssh-ed25519 SHA256:q8ZkV0fT9nB7rP2sW4xY6zA1cD3eF5gH7iJ9kL0mN2o, known`, 1),
    hop("SSH auth", `${server}: ada with the key ~/.ssh/id_ed25519`, 63),
    hop("SSH forward", `${draft.values["host"] ?? ""}:5432: through ${server}`, 12),
  ];
}

function planned(draft: ProfileDraft): { hops: HopReport[]; error: AppError | null } {
  const host = draft.values["host"] ?? "";
  if (/nowhere/.test(host)) {
    const error = failure("unreachable", `No address was found for the host ${host}.`, {
      hint: "Check the host, or whether a VPN is needed.",
    });
    return { hops: [hop("Find host", error.message, 12, false)], error };
  }
  const way = wayOf(draft);
  if (/stranger/.test(draft.values["ssh_user"] ?? "")) {
    const error = failure(
      "unauthenticated",
      "bastion.shop.internal:2222 does not let stranger log in: tried a password.",
      {
        hint: "The server accepts: publickey, password. Check the user, the key and how to log in; ssh -v shows what it tries.",
      },
    );
    const before = way.slice(
      0,
      way.findIndex((each) => each.name === "SSH auth"),
    );
    return { hops: [...before, hop("SSH auth", error.message, 412, false)], error };
  }
  if (/expired/.test(host)) {
    const error = failure("unreachable", `The certificate of ${host} has expired.`, {
      hint: "It has to be renewed on the server.",
    });
    return { hops: [...way, hop("TLS", error.message, 14, false)], error };
  }
  const secured = [...way, hop("TLS", FACTS.tls, 14)];
  if (/mallory/.test(draft.values["user"] ?? "")) {
    const error = failure("unauthenticated", "The server refused the password of mallory.", {
      hint: "Check user and password.",
      native: {
        product: "PostgreSQL",
        code: "28P01",
        message: 'password authentication failed for user "mallory"',
        severity: "FATAL",
        detail: null,
        context: null,
        constraint: null,
        object: null,
        internal: null,
      },
    });
    return { hops: [...secured, hop("Sign in", error.message, 21, false)], error };
  }
  return { hops: [...secured, hop("Sign in", "SCRAM-SHA-256-PLUS as ada, 18.4", 21)], error: null };
}

/** A host named `slow…` never answers: only stopping ends it. */
export async function testOf(
  world: World,
  draft: ProfileDraft,
  testId: string,
  onHop: (hop: HopReport) => void,
): Promise<TestReport> {
  const { hops, error } = planned(draft);
  if (/slow/.test(draft.values["host"] ?? "")) {
    const first = hops.slice(0, 1);
    first.forEach(onHop);
    await new Promise<void>((resolve) => world.runs.set(testId, resolve));
    world.runs.delete(testId);
    return { server: null, hops: first, error: failure("cancelled", "You stopped the test."), elapsed_ms: 900 };
  }
  for (const each of hops) {
    await wait(world.pace ? each.elapsed_ms / world.pace : 0);
    onHop(each);
  }
  const elapsed_ms = hops.reduce((sum, each) => sum + each.elapsed_ms, 0);
  const server = error ? null : { product: "PostgreSQL", version: "18.4", facts: FACTS };
  return { server, hops, error, elapsed_ms };
}
