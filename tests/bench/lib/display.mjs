// A display for programs with a window: the one there is, or a virtual one for as long as the bench runs.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Starts the calling file again under a virtual display where there is none; true when that is done. */
export function underDisplay(url) {
  if (process.env.ROWHOUSE_BENCH_DISPLAY) return false;
  const again = ["-a", "-s", "-screen 0 1440x900x24", process.execPath, fileURLToPath(url), ...process.argv.slice(2)];
  const child = spawn("xvfb-run", again, {
    stdio: "inherit",
    // Always a virtual one: a person's own would show the windows, and draw them with what it has.
    env: { ...process.env, ROWHOUSE_BENCH_DISPLAY: "1" },
  });
  child.on("error", () => {
    console.error("xvfb-run is missing: install xvfb");
    process.exit(2);
  });
  child.on("exit", (code) => process.exit(code ?? 1));
  return true;
}
