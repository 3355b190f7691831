// A million small documents into a hold, beside pymongo's raw batches.
//
// The server of the tests, an emulation, takes fifteen seconds to find them, and neither side would be measured. So a server in
// front of it answers that one reading out of memory, in batches as large as a server's own; everything else passes through.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beside, rows } from "./lib/beside.mjs";
import { megabytes, report } from "./lib/report.mjs";
import { required, run } from "./lib/process.mjs";

const DOCUMENTS = Number(process.env.ROWHOUSE_BENCH_ROWS ?? 1_000_000);
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);

const python = join(required("ROWHOUSE_BENCH_PYTHON"), "bin", "python");
const script = fileURLToPath(new URL("./lib/documents.py", import.meta.url));
const program = required("ROWHOUSE_BENCH_HOLD");

const url = new URL(required("ROWHOUSE_TEST_MONGODB_URL"));
const server = spawn(python, [script, "serve", url.href, String(DOCUMENTS)], { stdio: ["ignore", "pipe", "inherit"] });
try {
  const [port] = await Promise.race([
    once(server.stdout, "data"),
    once(server, "exit").then(([code]) => Promise.reject(new Error(`the server ended with ${code}`))),
  ]);
  url.port = String(port).trim();
  url.pathname = "/bench";
  // Without TLS and without looking for other members on both sides: what is compared is reading documents.
  url.searchParams.set("tls", "false");
  url.searchParams.set("directConnection", "true");
  let held;
  const ours = async () => {
    const done = await run(program, ["read", url.href, "db.products.find({})"], { output: true });
    held = JSON.parse(done.text);
    if (held.rows !== DOCUMENTS) throw new Error(`the hold has ${held.rows} documents of ${DOCUMENTS}`);
    return done;
  };
  const pymongo = () => run(python, [script, "read", url.href, String(DOCUMENTS)]);
  const found = await beside(RUNS, ours, pymongo);
  const lines = rows(`${DOCUMENTS / 1e6}M documents into a hold`, "pymongo", found, 150, 1.5);
  lines.push({ what: "  on disk", ours: megabytes(held.disk_bytes) });
  report("Documents", lines);
} finally {
  server.kill();
}
