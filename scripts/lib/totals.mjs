// Totals the reports of one test run into the line `N passed, N failed`, and fails if anything did.
//
//   node totals.mjs REPORT_FOLDER FAILED_STAGES
//
// A stage that failed without a failed test to show for it (it did not build, a server did not start) counts as one failure:
// the line can never say that all is well when it is not.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [folder, failedStages] = [process.argv[2], Number(process.argv[3])];

/** @returns {{ passed: number, failed: number }} */
function nextest(text) {
  const suites = /<testsuites[^>]*>/.exec(text)?.[0] ?? "";
  const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suites)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  return { passed: number("tests") - failed, failed };
}

function cargo(text) {
  let passed = 0;
  let failed = 0;
  for (const [, ok, bad] of text.matchAll(/^test result: .*?(\d+) passed; (\d+) failed/gm)) {
    passed += Number(ok);
    failed += Number(bad);
  }
  return { passed, failed };
}

function vitest(text) {
  const report = JSON.parse(text);
  // A file that does not load fails as a suite, with no test in it.
  const broken = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken };
}

function window(text) {
  const { passed, failed } = JSON.parse(text);
  return { passed, failed };
}

/** What `node --test` writes as TAP. */
function tap(text) {
  const number = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
  return { passed: number("pass"), failed: number("fail") + number("cancelled") };
}

const readers = { ".junit.xml": nextest, ".cargo.txt": cargo, ".vitest.json": vitest, ".tap.txt": tap, ".e2e.json": window };
const names = { rust: "Rust", documentation: "documentation", ui: "UI", diagrams: "diagrams", typegen: "types for code", window: "the real window" };

let passed = 0;
let failed = 0;
let stagesWithFailures = 0;
for (const file of readdirSync(folder).sort()) {
  const ending = Object.keys(readers).find((one) => file.endsWith(one));
  if (ending === undefined) continue;
  const stage = readers[ending](readFileSync(join(folder, file), "utf8"));
  const name = file.slice(0, -ending.length);
  console.log(`${(names[name] ?? name).padEnd(16)} ${stage.passed} passed, ${stage.failed} failed`);
  passed += stage.passed;
  failed += stage.failed;
  if (stage.failed > 0) stagesWithFailures += 1;
}
failed += Math.max(0, failedStages - stagesWithFailures);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
