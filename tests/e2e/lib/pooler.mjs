// A PgBouncer that a test may stop: before a server of its own, lending its sessions for each transaction.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { answers, freePort } from "./ports.mjs";

const AS_ROOT = process.getuid() === 0;
const PROGRAM = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].find((path) => existsSync(path));

/** Starts one before a server where anybody may sign in; `null` where there is no PgBouncer. */
export async function poolerBefore(url) {
  if (!PROGRAM) return null;
  const target = new URL(url);
  const folder = mkdtempSync(join(process.env.ROWHOUSE_TEST_SERVERS ?? tmpdir(), "e2e-pooler."));
  chmodSync(folder, 0o755);
  const port = await freePort();
  writeFileSync(join(folder, "users"), '"postgres" ""\n');
  const settings = [
    "[databases]",
    `* = host=127.0.0.1 port=${target.port}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    "pool_mode = transaction",
    "auth_type = trust",
    `auth_file = ${folder}/users`,
    `logfile = ${folder}/log`,
    "server_login_retry = 1",
    "server_connect_timeout = 3",
  ];
  writeFileSync(join(folder, "settings"), `${settings.join("\n")}\n`);
  if (AS_ROOT) execFileSync("chown", ["-R", "nobody", folder]);
  let child;
  const start = async () => {
    // It refuses to run as root.
    const group = AS_ROOT ? execFileSync("id", ["-g", "nobody"], { encoding: "utf8" }).trim() : "";
    const as = AS_ROOT ? ["setpriv", "--reuid=nobody", `--regid=${group}`, "--clear-groups", "--"] : [];
    const [first, ...rest] = [...as, PROGRAM, "--quiet", join(folder, "settings")];
    child = spawn(first, rest, { stdio: "ignore", cwd: "/" });
    for (let tries = 0; !(await answers(port)); tries++) {
      if (tries === 200) throw new Error("PgBouncer does not answer");
      await sleep(50);
    }
  };
  const stop = async () => {
    if (!child) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    child = undefined;
  };
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}${target.pathname}`,
    start,
    stop,
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
