// A display, a session bus and a Secret Service of the tour's own.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs the script once more, inside them, and ends with its status; does nothing there. */
export function insideDisplay(script, folder, parts) {
  if (process.env.ROWHOUSE_TOUR) return;
  const scratch = mkdtempSync(join(tmpdir(), "rowhouse-tour."));
  const cache = process.env.ROWHOUSE_CACHE ?? join(process.env.HOME, ".cache/rowhouse");
  const target = process.env.CARGO_TARGET_DIR ?? join(cache, "target");
  const run = join(scratch, "run");
  mkdirSync(run, { mode: 0o700 });
  const env = {
    ROWHOUSE_E2E_APP: join(target, "debug/rowhouse-desktop"),
    ROWHOUSE_E2E_CLI: join(target, "debug/rowhouse"),
    ...process.env,
    ROWHOUSE_E2E_SHOTS: folder,
    ROWHOUSE_TOUR: scratch,
    PATH: `${join(cache, "tools/bin")}:${process.env.PATH}`,
    HOME: scratch,
    XDG_RUNTIME_DIR: run,
  };
  for (const name of ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"]) delete env[name];
  const inside = `printf unlock | gnome-keyring-daemon --unlock --components=secrets >/dev/null
    status=0; "$@" || status=$?
    pid="$(dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus \
      org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets | tr -dc "0-9 " | awk "{ print \\$NF }")" || true
    [ -z "$pid" ] || kill "$pid" || true
    exit "$status"`;
  const command = ["bash", "-c", inside, "tour", process.execPath, script, folder, ...parts];
  const display = ["--auto-servernum", "--server-args=-screen 0 1440x900x24", "dbus-run-session", "--", ...command];
  const { status } = spawnSync("xvfb-run", display, { env, stdio: "inherit" });
  rmSync(scratch, { recursive: true, force: true });
  process.exit(status ?? 1);
}
