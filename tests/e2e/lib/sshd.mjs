// An SSH server that a test may stop: its own folder, keys and port, gone afterwards.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { answers, freePort } from "./ports.mjs";

const PROGRAM = process.env.ROWHOUSE_TEST_SSHD;
const AS_ROOT = process.getuid() === 0;
/** As whom one logs in: an SSH server without rights knows one person only. */
export const SSH_USER = AS_ROOT ? "nobody" : execFileSync("id", ["-un"], { encoding: "utf8" }).trim();

/** Waits until it answers; a killed one's port may be in use for a moment. */
async function untilAnswers(port) {
  for (let tries = 0; tries < 300; tries++) {
    if (await answers(port)) return;
    await sleep(50);
  }
  throw new Error("sshd does not answer");
}

export function keygen(file, passphrase) {
  rmSync(file, { force: true });
  rmSync(`${file}.pub`, { force: true });
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "rowhouse test", "-f", file]);
}

/** Makes and starts one that lets in who has the key; `null` where there is no sshd. */
export async function sshServer(key) {
  if (!PROGRAM) return null;
  const folder = mkdtempSync(join(process.env.ROWHOUSE_TEST_SERVERS ?? tmpdir(), "e2e-sshd."));
  chmodSync(folder, 0o755);
  const inner = join(folder, "sshd");
  mkdirSync(inner);
  const port = await freePort();
  keygen(join(inner, "host_key"), "");
  writeFileSync(join(inner, "authorized_keys"), readFileSync(`${key}.pub`));
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${inner}/host_key`,
    `AuthorizedKeysFile ${inner}/authorized_keys`,
    "PidFile none",
    "StrictModes no",
    // Without PAM an account without a password counts as locked.
    `UsePAM ${AS_ROOT ? "yes" : "no"}`,
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
  ];
  for (const [name, option] of [["sshd-session", "SshdSessionPath"], ["sshd-auth", "SshdAuthPath"]]) {
    const beside = join(dirname(PROGRAM), name);
    if (existsSync(beside)) lines.push(`${option} ${beside}`);
  }
  writeFileSync(join(inner, "config"), `${lines.join("\n")}\n`);
  let child;
  const start = async () => {
    if (AS_ROOT) execFileSync("chown", ["-R", "nobody", inner]);
    const group = AS_ROOT ? execFileSync("id", ["-g", "nobody"], { encoding: "utf8" }).trim() : "";
    const as = AS_ROOT ? ["setpriv", "--reuid=nobody", `--regid=${group}`, "--clear-groups", "--"] : [];
    const [first, ...rest] = [...as, PROGRAM, "-D", "-E", join(inner, "log"), "-f", join(inner, "config")];
    child = spawn(first, rest, { stdio: "ignore", cwd: "/" });
    await untilAnswers(port);
  };
  /** Kills it and what serves its connections. */
  const stop = async () => {
    if (!child) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const all = [child.pid];
    for (const pid of all) {
      try {
        const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
        all.push(...children.split(/\s+/).filter(Boolean).map(Number));
      } catch {
        // It ended while we looked.
      }
    }
    for (const pid of all) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
    await ended;
    child = undefined;
  };
  await start();
  return {
    port,
    /** What stands for it in known_hosts. */
    knownHost: `[127.0.0.1]:${port} ${readFileSync(join(inner, "host_key.pub"), "utf8")}`,
    start,
    stop,
    /** Another host key, as after a new installation, or for somebody in between. */
    newHostKey: () => keygen(join(inner, "host_key"), ""),
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
