// A million small documents from a server of MongoDB's protocol into a hold, beside pymongo's raw batches.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beside, rows } from "./lib/beside.mjs";
import { megabytes, report } from "./lib/report.mjs";
import { required, run } from "./lib/process.mjs";

const DOCUMENTS = Number(process.env.ROWHOUSE_BENCH_ROWS ?? 1_000_000);
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 3);
const DATABASE = "rowhouse_bench_documents";

const python = join(required("ROWHOUSE_BENCH_PYTHON"), "bin", "python");
const script = fileURLToPath(new URL("./lib/documents.py", import.meta.url));
const program = required("ROWHOUSE_BENCH_HOLD");
const pymongo = (deed) => run(python, [script, deed, required("ROWHOUSE_TEST_MONGODB_URL"), DATABASE, String(DOCUMENTS)]);

const own = new URL(required("ROWHOUSE_TEST_MONGODB_URL"));
own.pathname = `/${DATABASE}`;
// Without TLS on both sides: what is compared is reading documents.
own.searchParams.set("tls", "false");

await pymongo("fill");
try {
  let held;
  const ours = async () => {
    const done = await run(program, ["read", own.href, "db.products.find({})"], { output: true });
    held = JSON.parse(done.text);
    if (held.rows !== DOCUMENTS) throw new Error(`the hold has ${held.rows} documents of ${DOCUMENTS}`);
    return done;
  };
  const found = await beside(RUNS, ours, () => pymongo("read"));
  const lines = rows(`${DOCUMENTS / 1e6}M documents into a hold`, "pymongo", found, 150, 1.5);
  lines.push({ what: "  on disk", ours: megabytes(held.disk_bytes) });
  report("Documents", lines);
} finally {
  await pymongo("drop");
}
