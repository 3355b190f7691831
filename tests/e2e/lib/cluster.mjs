// A PostgreSQL server that a test may stop: its own data folder and port, gone afterwards.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.mjs";

const BIN = process.env.ROWHOUSE_TEST_POSTGRES_CLIENT_BIN;

/** Where the programs of a version are: those that the test servers run, or those of the machine. */
function programs(version) {
  if (version === undefined) return BIN;
  const folders = [
    join(process.env.ROWHOUSE_TEST_SERVERS ?? "", `postgres-${version}`, "program", "bin"),
    `/usr/lib/postgresql/${version}/bin`,
  ];
  const found = folders.find((folder) => existsSync(join(folder, "initdb")));
  if (!found) throw new Error(`PostgreSQL ${version} is neither in ${folders.join(" nor in ")}`);
  return found;
}

/** The server refuses to run as root: `nobody` owns nothing. */
const AS = process.getuid() === 0 ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"] : [];

/** Makes and starts one, of a version or of the usual one; anybody may sign in from this machine. */
export async function cluster(version) {
  const bin = programs(version);
  const server = (program, ...args) => {
    const [first, ...rest] = [...AS, join(bin, program), ...args];
    execFileSync(first, rest, { stdio: "ignore", cwd: "/", timeout: 60_000 });
  };
  const scratch = mkdtempSync(join(process.env.ROWHOUSE_TEST_SERVERS ?? tmpdir(), "e2e-server."));
  if (AS.length > 0) execFileSync("chown", ["nobody", scratch]);
  chmodSync(scratch, 0o755);
  const data = join(scratch, "data");
  const port = await freePort();
  server("initdb", `--pgdata=${data}`, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions");
  const settings = `-p ${port} -k ${scratch} -c listen_addresses=127.0.0.1 -c fsync=off -c dynamic_shared_memory_type=mmap`;
  const start = () => server("pg_ctl", `--pgdata=${data}`, `--log=${join(scratch, "log")}`, "--wait", "--silent", `--options=${settings}`, "start");
  /** As a power cut: no goodbye to whoever is connected. */
  const stop = () => server("pg_ctl", `--pgdata=${data}`, "--mode=immediate", "--wait", "--silent", "stop");
  start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    start,
    stop,
    remove: () => {
      if (existsSync(join(data, "postmaster.pid"))) stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
