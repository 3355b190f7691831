// What the web processes of a window or browser use.
import { readdirSync, readFileSync } from "node:fs";

/** The web processes under a process. */
function webProcesses(root) {
  const parents = new Map();
  const web = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      parents.set(pid, fields[1]);
      // Hundredths of a second of a program's and of the kernel's time.
      if (name.startsWith("WebKitWebProc")) web.push({ pid, cpu: (Number(fields[11]) + Number(fields[12])) * 10 });
    } catch {
      // It ended while we looked.
    }
  }
  return web.filter(({ pid }) => {
    let up = pid;
    while (up && up !== "0" && up !== String(root)) up = parents.get(up);
    return up === String(root);
  });
}

/** Milliseconds of processor time they have used: says more than frames on a busy machine. */
export const cpuOf = (root) => webProcesses(root).reduce((sum, { cpu }) => sum + cpu, 0);

/** Bytes they hold alone. */
export function memoryOf(root) {
  let sum = 0;
  for (const { pid } of webProcesses(root)) {
    try {
      const told = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
      sum += Number(/^Private_Dirty:\s+(\d+) kB/m.exec(told)?.[1] ?? 0) * 1024;
    } catch {
      // It ended while we looked.
    }
  }
  return sum;
}
