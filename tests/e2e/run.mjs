// Runs every suite beside it, one after the other, and writes {"passed", "failed"} to ROWHOUSE_E2E_REPORT.
//
// A suite that fails is run once more from its beginning, as the Rust tests are: a machine may stand still for a second.
// What passes only then is printed as flaky and is a bug to be looked at.
import { readdirSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const here = new URL(".", import.meta.url).pathname;
const only = process.argv.slice(2);
const all = readdirSync(here)
  .filter((name) => name.endsWith(".suite.mjs") && (only.length === 0 || only.some((part) => name.includes(part))))
  .sort()
  .map((name) => here + name);

/** Runs a suite alone: a test that stands in a helper says the helper's file of itself, so nothing else tells whose it is. */
async function suite(file) {
  const count = { passed: 0, failed: [] };
  const stream = run({ files: [file], concurrency: 1, timeout: 900_000 });
  // Suites and files report themselves too: only the tests inside count, and a file that broke on its way to them.
  const inside = (event) => !event.name.endsWith(".mjs");
  stream.on("test:pass", (event) => {
    if (inside(event) && event.details.type !== "suite") count.passed += 1;
  });
  stream.on("test:fail", (event) => {
    if (inside(event) || event.details.error) count.failed.push(event.name);
  });
  stream.compose(spec).pipe(process.stdout, { end: false });
  await new Promise((resolve) => stream.on("end", resolve));
  return count;
}

/** Runs suites; what passed in each and the names of what failed. */
async function suites(files) {
  const counts = new Map();
  for (const file of files) counts.set(file, await suite(file));
  return counts;
}

const counts = await suites(all);
const broken = all.filter((file) => counts.get(file).failed.length > 0);
const flaky = [];
if (broken.length > 0) {
  console.log(`\nOnce more: ${broken.map((file) => basename(file)).join(", ")}\n`);
  for (const [file, again] of await suites(broken)) {
    const failed = counts.get(file).failed.filter((name) => !again.failed.includes(name));
    flaky.push(...failed.map((name) => `${basename(file)}: ${name}`));
    counts.set(file, again);
  }
}
for (const name of flaky) console.log(`FLAKY ${name}`);
const passed = [...counts.values()].reduce((sum, each) => sum + each.passed, 0);
const failed = [...counts.values()].reduce((sum, each) => sum + each.failed.length, 0);
if (process.env.ROWHOUSE_E2E_REPORT) writeFileSync(process.env.ROWHOUSE_E2E_REPORT, JSON.stringify({ passed, failed }));
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
