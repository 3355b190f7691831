// `rowhouse open`: the window from the terminal, without a driver between. What is seen from outside is what counts: the
// processes, the windows of the display, and what the store says was connected to.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { CLI, scratchHome, until } from "./harness.mjs";

const home = scratchHome();
after(async () => {
  for (const pid of processes()) process.kill(pid, "SIGTERM");
  await until("the window's process to end", () => processes().length === 0, 5000).catch(() => {
    for (const pid of processes()) process.kill(pid, "SIGKILL");
  });
  home.remove();
});

function rowhouse(...args) {
  return execFileSync(CLI, args, {
    encoding: "utf8",
    cwd: home.path,
    env: { ...process.env, ROWHOUSE_HOME: home.path },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
  });
}

/** The window processes of this home. */
function processes() {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const program = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0")[0];
      const environment = readFileSync(`/proc/${entry}/environ`, "utf8");
      const ours = basename(program) === "rowhouse-desktop" && environment.includes(`ROWHOUSE_HOME=${home.path}\0`);
      return ours ? [Number(entry)] : [];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

/** How many windows of the program the display shows. */
function windows() {
  const tree = execFileSync("xwininfo", ["-root", "-tree"], { encoding: "utf8" });
  const large = (line) => Number(/\s(\d+)x\d+[+-]/.exec(line)?.[1] ?? 0) >= 400;
  return tree.split("\n").filter((line) => line.includes('("rowhouse-desktop"') && large(line)).length;
}

function saved(name) {
  return JSON.parse(rowhouse("connections", "list", "--format", "json")).find((one) => one.name === name);
}

const opened = (name) => until(`“${name}” to be connected`, () => saved(name).last_used_ms !== null, 30_000);

test("the first launch opens its target in a window, and goes on without the terminal", async () => {
  for (const name of ["first", "second"]) {
    const file = join(home.path, `${name}.db`);
    rowhouse("query", `sqlite:${file}?mode=rwc`, "-q", "-c", "create table t (a)");
    rowhouse("connections", "add", file, "--name", name);
    assert.equal(saved(name).last_used_ms, null);
  }
  rowhouse("open", "first");
  await until("a window", () => windows() === 1, 30_000);
  assert.equal(processes().length, 1);
  await opened("first");
  assert.equal(saved("second").last_used_ms, null);
});

test("a later launch makes one more window in the same process", async () => {
  const [pid] = processes();
  rowhouse("open", "second");
  await until("a second window", () => windows() === 2, 30_000);
  await opened("second");
  await until("the second process to end", () => processes().length === 1);
  assert.deepEqual(processes(), [pid]);
  rowhouse("open");
  await until("a third window, of nothing", () => windows() === 3, 30_000);
  assert.deepEqual(processes(), [pid]);
});

test("without a display it is said, and nothing is started", () => {
  const environment = { ...process.env, ROWHOUSE_HOME: home.path };
  delete environment.DISPLAY;
  delete environment.WAYLAND_DISPLAY;
  assert.throws(
    () => execFileSync(CLI, ["open", "first"], { env: environment, encoding: "utf8", stdio: "pipe" }),
    (error) => error.status === 7 && error.stderr.includes("no display"),
  );
});
