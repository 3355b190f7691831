// A million rows to /dev/null as CSV through SSH: our own tunnel beside the same servers' clients through `ssh -L`, which stands
// before the clock starts. Both go to one OpenSSH server with one key.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { answers, freePort } from "../e2e/lib/ports.mjs";
import { keygen, SSH_USER, sshServer } from "../e2e/lib/sshd.mjs";
import { beside, rows } from "./lib/beside.mjs";
import { mixedInMariadb, mixedInPostgres } from "./lib/mixed.mjs";
import { required, run } from "./lib/process.mjs";
import { report } from "./lib/report.mjs";

const ROWS = Number(process.env.ROWHOUSE_BENCH_ROWS ?? 1_000_000);
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);
const DATABASE = "rowhouse_bench_tunnel";
/** How much longer than through `ssh -L` it may take. */
const MOST = 1.3;

const cli = required("ROWHOUSE_BENCH_CLI");
const psql = join(required("ROWHOUSE_TEST_POSTGRES_CLIENT_BIN"), "psql");
const postgres = new URL(required("ROWHOUSE_TEST_POSTGRES_15_URL"));
const mariadb = process.env.ROWHOUSE_TEST_MARIADB_URL ? new URL(process.env.ROWHOUSE_TEST_MARIADB_URL) : null;
const scratch = required("ROWHOUSE_BENCH_SCRATCH");
const home = join(scratch, "tunnel-home");
const count = ROWS >= 1e6 && ROWS % 1e6 === 0 ? `${ROWS / 1e6}M` : `${ROWS}`;

/** `ssh -L` to a port of the SSH server's own computer; its end, and how to end it. */
async function forward(ssh, key, known, target) {
  const port = await freePort();
  const options = [`UserKnownHostsFile=${known}`, "IdentitiesOnly=yes", "ExitOnForwardFailure=yes", "BatchMode=yes"];
  const child = spawn(
    "ssh",
    ["-N", "-F", "none", "-i", key, "-p", ssh.port, "-l", SSH_USER, ...options.flatMap((one) => ["-o", one]), "-L", `127.0.0.1:${port}:127.0.0.1:${target}`, "127.0.0.1"],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries === 200 || child.exitCode !== null) throw new Error("ssh -L did not open its port");
    await sleep(50);
  }
  return { port, end: () => child.kill() };
}

const folder = mkdtempSync(join(scratch, "tunnel."));
const key = join(folder, "id");
const known = join(folder, "known_hosts");
keygen(key, "");
const ssh = await sshServer(key);
if (!ssh) throw new Error("there is no sshd: scripts/servers start");
writeFileSync(known, ssh.knownHost);

const way = { ssh: "key", ssh_host: "127.0.0.1", ssh_port: ssh.port, ssh_user: SSH_USER, ssh_key: key, ssh_config: "false", ssh_known_hosts: known };
const fields = Object.entries(way).flatMap(([name, value]) => ["--field", `${name}=${value}`]);

/** Saves a connection through SSH; what reads a statement's rows through it. */
async function ours(name, url, password) {
  const env = { ROWHOUSE_HOME: home, ROWHOUSE_PASSWORD: password };
  await run(cli, ["connections", "add", url, "--name", name, "--password-policy", "none", ...fields], { env: { ROWHOUSE_HOME: home } });
  return (sql) => run(cli, ["query", name, "-c", sql, "--format", "csv"], { env });
}

const result = [];
const execute = (database, sql) => {
  const to = new URL(postgres);
  to.pathname = database;
  return run(psql, ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, to.href]);
};

async function ofPostgres() {
  await execute("postgres", `drop database if exists ${DATABASE} with (force)`);
  await execute("postgres", `create database ${DATABASE}`);
  const tunnel = await forward(ssh, key, known, postgres.port);
  try {
    await execute(DATABASE, mixedInPostgres(ROWS));
    await execute(DATABASE, "vacuum (freeze, analyze) mixed");
    const sql = "select * from mixed";
    // Without TLS inside the tunnel on both sides.
    const read = await ours("postgres", `postgres://postgres@127.0.0.1:${postgres.port}/${DATABASE}?sslmode=disable`, postgres.password);
    const theirs = `postgres://postgres@127.0.0.1:${tunnel.port}/${DATABASE}?sslmode=disable`;
    const measured = await beside(RUNS, () => read(sql), () => run(psql, ["-X", "--csv", "-c", sql, theirs], { env: { PGPASSWORD: postgres.password } }));
    result.push(...rows(`${count} rows x 10, PostgreSQL through SSH`, "psql --csv, ssh -L", measured, 80, MOST));
  } finally {
    tunnel.end();
    await execute("postgres", `drop database if exists ${DATABASE} with (force)`);
  }
}

async function ofMariadb() {
  const theirs = (port, args) =>
    run("mariadb", ["--no-defaults", "--protocol=tcp", "--skip-ssl", "--host=127.0.0.1", `--port=${port}`, `--user=${mariadb.username}`, ...args], {
      env: { MYSQL_PWD: mariadb.password },
    });
  const make = (sql) => theirs(mariadb.port, ["--batch", "-e", sql, "information_schema"]);
  await make(`drop database if exists ${DATABASE}; create database ${DATABASE} character set utf8mb4`);
  const tunnel = await forward(ssh, key, known, mariadb.port);
  try {
    await make(mixedInMariadb(DATABASE, ROWS));
    const sql = `select * from ${DATABASE}.mixed`;
    const read = await ours("mariadb", `mariadb://${mariadb.username}@127.0.0.1:${mariadb.port}/${DATABASE}?ssl-mode=DISABLED`, mariadb.password);
    const measured = await beside(RUNS, () => read(sql), () => theirs(tunnel.port, ["--quick", "--batch", "-e", sql]));
    result.push(...rows(`${count} rows x 10, MariaDB through SSH`, "mariadb --quick, ssh -L", measured, 80, MOST));
  } finally {
    tunnel.end();
    await make(`drop database if exists ${DATABASE}`);
  }
}

try {
  await ofPostgres();
  if (mariadb) await ofMariadb();
} finally {
  await ssh.remove();
  rmSync(folder, { recursive: true, force: true });
}
report("Rows through SSH", result);
