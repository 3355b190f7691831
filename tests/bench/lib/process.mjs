// Running a program and seeing what it took.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** The most memory a process has had in use, in bytes: the kernel's own high-water mark, read until it ends. */
function highWater(pid, before) {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return found ? Math.max(before, Number(found[1]) * 1024) : before;
  } catch {
    return before;
  }
}

/**
 * Runs a program to its end. `null` output goes to /dev/null, as the shell's `>/dev/null` would; else it is given back.
 * Milliseconds are from start to end, bytes the peak of resident memory.
 */
export function run(program, args, { env, output = false, limit = 600_000 } = {}) {
  return new Promise((resolve, reject) => {
    const begun = process.hrtime.bigint();
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", output ? "pipe" : "ignore", "pipe"],
    });
    let [peak, text, complaints] = [0, "", ""];
    const watch = setInterval(() => {
      peak = highWater(child.pid, peak);
    }, 10);
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    child.stdout?.on("data", (chunk) => {
      text += chunk;
    });
    child.stderr.on("data", (chunk) => {
      complaints = (complaints + chunk).slice(-4000);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(watch);
      clearTimeout(timer);
      if (code !== 0) return reject(new Error(`${program} ended with ${code}: ${complaints.trim()}`));
      resolve({ milliseconds: Number(process.hrtime.bigint() - begun) / 1e6, peak, text });
    });
  });
}

/** A variable that `scripts/bench` sets. */
export function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this by \`make bench\``);
  return value;
}
