// Runs every suite beside it, one after the other, and writes {"passed", "failed"} to ROWHOUSE_E2E_REPORT.
import { readdirSync, writeFileSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const here = new URL(".", import.meta.url).pathname;
const only = process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => name.endsWith(".suite.mjs") && (only.length === 0 || only.some((part) => name.includes(part))))
  .sort()
  .map((name) => here + name);

const count = { passed: 0, failed: 0 };
const stream = run({ files, concurrency: 1, timeout: 900_000 });
// Suites and files report themselves too: only the tests inside count.
stream.on("test:pass", (event) => {
  if (event.nesting > 0 || event.details.type !== "suite") count.passed += event.name.endsWith(".mjs") ? 0 : 1;
});
stream.on("test:fail", (event) => {
  if (!event.name.endsWith(".mjs") || event.details.error) count.failed += 1;
});
stream.compose(spec).pipe(process.stdout);
await new Promise((resolve) => stream.on("end", resolve));
if (process.env.ROWHOUSE_E2E_REPORT) writeFileSync(process.env.ROWHOUSE_E2E_REPORT, JSON.stringify(count));
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;
