// MariaDB: a million rows to /dev/null as CSV beside `mariadb --quick --batch`, and the catalog of 1,000 tables beside
// `mariadb-dump --no-data`. Times are those of whole programs.
import { join } from "node:path";
import { beside, rows } from "./lib/beside.mjs";
import { report } from "./lib/report.mjs";
import { mixedInMariadb } from "./lib/mixed.mjs";
import { required, run } from "./lib/process.mjs";

const ROWS = Number(process.env.ROWHOUSE_BENCH_ROWS ?? 1_000_000);
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);
const TABLES = 1000;
const DATABASE = "rowhouse_bench";
/** The time a catalog of 1,000 tables may take, in milliseconds. */
const CATALOG_LIMIT = 500;

const cli = required("ROWHOUSE_BENCH_CLI");
const server = new URL(required("ROWHOUSE_TEST_MARIADB_URL"));
const env = { ROWHOUSE_HOME: join(required("ROWHOUSE_BENCH_SCRATCH"), "mariadb-home") };

// Without TLS on both sides: what is compared is reading and writing rows.
const url = `mariadb://${server.username}:${server.password}@${server.host}/${DATABASE}?ssl-mode=DISABLED`;
const login = ["--no-defaults", "--protocol=tcp", "--skip-ssl", `--host=${server.hostname}`, `--port=${server.port}`];
const theirs = (program, args) =>
  run(program, [...login, `--user=${server.username}`, ...args], { env: { MYSQL_PWD: server.password } });
const execute = (sql) => theirs("mariadb", ["--batch", "-e", sql, "information_schema"]);
const count = ROWS >= 1e6 && ROWS % 1e6 === 0 ? `${ROWS / 1e6}M` : `${ROWS}`;

const result = [];
await execute(`drop database if exists ${DATABASE}; create database ${DATABASE} character set utf8mb4`);
try {
  await execute(mixedInMariadb(DATABASE, ROWS));
  const sql = `select * from ${DATABASE}.mixed`;
  const read = await beside(
    RUNS,
    () => run(cli, ["query", url, "-c", sql, "--format", "csv"], { env }),
    () => theirs("mariadb", ["--quick", "--batch", "-e", sql]),
  );
  result.push(...rows(`${count} rows x 10 columns, MariaDB to CSV`, "mariadb --quick", read, 80));
  await execute(`drop table ${DATABASE}.mixed`);

  const tables = Array.from(
    { length: TABLES },
    (_, at) =>
      `create table t${at} (id int primary key auto_increment, name varchar(80) not null, price decimal(12,2), born datetime,
       note text, other int, key (name), key (other)) engine=innodb`,
  );
  // A hundred at a time: a command line takes only so much.
  for (let at = 0; at < TABLES; at += 100) await execute([`use ${DATABASE}`, ...tables.slice(at, at + 100)].join(";\n"));
  const catalog = await beside(
    RUNS,
    () => run(cli, ["schema", url, "--schema", DATABASE, "--lean"], { env }),
    () => theirs("mariadb-dump", ["--no-data", "--skip-lock-tables", DATABASE]),
  );
  const [time, memory] = rows(`catalog of ${TABLES} MariaDB tables, lean`, "mariadb-dump", catalog);
  const met = catalog.ours.milliseconds < CATALOG_LIMIT;
  result.push({ ...time, target: `under ${CATALOG_LIMIT / 1000} s`, met }, memory);
} finally {
  await execute(`drop database if exists ${DATABASE}`);
}
report("MariaDB", result);
