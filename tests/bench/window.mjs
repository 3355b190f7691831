// The window beside an empty Tauri window: how soon it is drawn, and what memory all its processes take when idle.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { underDisplay } from "./lib/display.mjs";
import { required } from "./lib/process.mjs";
import { load, median, megabytes, milliseconds, report } from "./lib/report.mjs";
import { automate } from "./lib/webdriver.mjs";

const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);
const IDLE = 10_000;
const TICKS = 100;

/** Of every process: its parent and, in seconds since the machine started, its own start. */
function processes() {
  const found = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      found.set(Number(pid), { parent: Number(fields[1]), started: Number(fields[19]) / TICKS });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

const programOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0];
  } catch {
    return "";
  }
};

function under(root, all) {
  const isUnder = (pid) => {
    for (let up = pid; up > 1; up = all.get(up)?.parent ?? 0) if (up === root) return true;
    return false;
  };
  return [...all.keys()].filter(isUnder);
}

/** Milliseconds since 1970 at which a process was started; the kernel counts in hundredths of a second. */
function startOf(pid, all) {
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return Date.now() - (uptime - (all.get(pid)?.started ?? Number.NaN)) * 1000;
}

/** Proportional memory of a process and everything under it, in bytes. */
function memory(root) {
  let sum = 0;
  for (const pid of under(root, processes())) {
    try {
      sum += Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) * 1024;
    } catch {
      // It ended while we looked.
    }
  }
  return sum;
}

// Answers when the page has drawn what it is there for. The page's own mark says when; else its first paint does.
const DRAWN = `
  const done = arguments[arguments.length - 1];
  const look = () => {
    const shell = document.querySelector("[data-shell], .rh-shell");
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    if (!shell || shell.getClientRects().length === 0 || !paint) return setTimeout(look, 10);
    const mark = performance.getEntriesByName("rowhouse:shell")[0];
    const at = Math.max(mark ? mark.startTime : 0, paint.startTime);
    done({ at: performance.timeOrigin + at, marked: Boolean(mark) });
  };
  look();`;

const environment = (home) => ({ ROWHOUSE_HOME: home, WEBKIT_DISABLE_DMABUF_RENDERER: "1" });

/** When the page was drawn. Asked again where the program's page came only after the question. */
async function drawn(page) {
  for (let tries = 0; ; tries++) {
    try {
      return (await page.script(DRAWN)).at;
    } catch (error) {
      if (tries === 20) throw error;
      await sleep(100);
    }
  }
}

async function coldStart(program, home) {
  const page = await automate(program, { env: environment(home) });
  try {
    const at = await drawn(page);
    const all = processes();
    const own = under(page.driver, all).find((pid) => programOf(pid) === program);
    if (!own) throw new Error(`no process of ${program}`);
    return at - startOf(own, all);
  } finally {
    await page.close();
  }
}

async function idleMemory(program, home) {
  const child = spawn(program, [], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, ...environment(home) },
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const early = await Promise.race([sleep(IDLE), ended.then((code) => ({ code }))]);
    if (early) throw new Error(`${program} ended by itself with ${early.code}`);
    return memory(child.pid);
  } finally {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended.
    }
    await ended;
  }
}

/** The same thing of both programs in turns, so that a busy moment of the machine hits both. */
async function pairs(measure, app, empty, home) {
  const [ours, theirs] = [[], []];
  for (let turn = 0; turn <= RUNS; turn++) {
    const one = [await measure(app, home), await measure(empty, home)];
    // The first start makes the store and fills the disk's cache.
    if (turn === 0) continue;
    ours.push(one[0]);
    theirs.push(one[1]);
  }
  return { ours: median(ours), theirs: median(theirs) };
}

async function main() {
  const app = required("ROWHOUSE_BENCH_APP");
  const empty = process.env.ROWHOUSE_BENCH_EMPTY ?? join(dirname(app), "examples", "empty");
  const home = mkdtempSync(join(process.env.ROWHOUSE_BENCH_SCRATCH ?? "/tmp", "window."));
  try {
    const rows = [];
    for (const [what, measure, show] of [
      ["start to the shell drawn (empty window)", coldStart, milliseconds],
      ["idle memory after 10 s, all processes (empty window)", idleMemory, megabytes],
    ]) {
      const began = load();
      const { ours, theirs } = await pairs(measure, app, empty, home);
      rows.push({ what, ours: show(ours), beside: show(theirs), ratio: ours / theirs, load: began });
    }
    report("The window", rows);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

if (!underDisplay(import.meta.url))
  main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
