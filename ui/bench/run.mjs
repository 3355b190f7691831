// Measures the grid's scrolling in WebKitGTK, without a GPU, under a virtual display: the engine the Linux window uses.
// Needs Debian's webkit2gtk-driver, libwebkit2gtk-4.1-0 (its MiniBrowser) and xvfb. Prints one JSON object.
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const ui = fileURLToPath(new URL("..", import.meta.url));
const dist = join(ui, "bench", "dist");
const RUNS = Number(process.env.BENCH_RUNS ?? 5);
const FRAMES = Number(process.env.BENCH_FRAMES ?? 400);
const browsers = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((arch) => `/usr/lib/${arch}/webkit2gtk-4.1/MiniBrowser`);

if (!process.env.DISPLAY) {
  // Starts itself again under a display of its own.
  const again = ["-a", "-s", "-screen 0 1440x900x24", process.execPath, fileURLToPath(import.meta.url)];
  const child = spawn("xvfb-run", again, { stdio: "inherit" });
  child.on("error", () => {
    console.error("xvfb-run is missing: install the package xvfb");
    process.exit(2);
  });
  child.on("exit", (code) => process.exit(code ?? 1));
} else {
  main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}

const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2" };

function serve() {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    try {
      const body = await readFile(join(dist, path));
      response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

async function call(base, method, path, body) {
  const response = await fetch(base + path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const { value } = await response.json();
  if (value?.error) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

async function main() {
  const binary = browsers.find(existsSync);
  if (!binary) throw new Error("MiniBrowser of webkit2gtk-4.1 is missing");
  execFileSync("npm", ["run", "--silent", "build:bench"], { cwd: ui, stdio: ["ignore", "ignore", "inherit"] });
  const server = await serve();
  const port = 4445 + Math.floor(Math.random() * 1000);
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
    stdio: "ignore",
    env: { ...process.env, WEBKIT_DISABLE_DMABUF_RENDERER: "1" },
  });
  const base = `http://127.0.0.1:${port}`;
  let session;
  try {
    for (let tries = 0; tries < 50; tries++) {
      try {
        await call(base, "GET", "/status");
        break;
      } catch {
        await new Promise((done) => setTimeout(done, 100));
      }
    }
    const options = { "webkitgtk:browserOptions": { binary, args: ["--automation"] } };
    const started = await call(base, "POST", "/session", { capabilities: { alwaysMatch: options } });
    session = `/session/${started.sessionId}`;
    await call(base, "POST", `${session}/timeouts`, { script: 120_000, pageLoad: 20_000 });
    await call(base, "POST", `${session}/window/rect`, { x: 0, y: 0, width: 1440, height: 900 });
    const results = [];
    for (const pixels of [40, 400])
      results.push(await series(base, session, server.address().port, driver.pid, 1_000_000, pixels));
    results.push(await series(base, session, server.address().port, driver.pid, 10_000_000, 40));
    console.log(
      JSON.stringify(
        { bench: "grid-scroll", engine: started.capabilities.browserVersion, runs: RUNS, results },
        null,
        2,
      ),
    );
  } finally {
    if (session) await call(base, "DELETE", session).catch(() => {});
    driver.kill();
    server.close();
  }
}

/** Milliseconds of processor time the web processes under `root` have used: says more than frames on a busy machine. */
async function cpuOf(root) {
  const parents = new Map();
  const used = new Map();
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    parents.set(pid, fields[1]);
    if (name.startsWith("WebKitWebProc")) used.set(pid, (Number(fields[11]) + Number(fields[12])) * 10);
  }
  let sum = 0;
  for (const [pid, time] of used) {
    let up = pid;
    while (up && up !== "0" && up !== String(root)) up = parents.get(up);
    if (up === String(root)) sum += time;
  }
  return sum;
}

/** A first navigation now and then never ends in this browser; the second does. */
async function open(base, session, url) {
  for (let tries = 0; tries < 3; tries++) {
    try {
      return await call(base, "POST", `${session}/url`, { url });
    } catch (error) {
      if (tries === 2) throw error;
    }
  }
}

const at = (values, share) => values[Math.min(values.length - 1, Math.floor(values.length * share))];
const median = (values) =>
  at(
    [...values].sort((a, b) => a - b),
    0.5,
  );
const round = (value) => Math.round(value * 10) / 10;

/** The median of several runs, each in a fresh page. */
async function series(base, session, port, driver, rows, pixels) {
  const runs = [];
  for (let run = 0; run < RUNS; run++) {
    await open(base, session, `http://127.0.0.1:${port}/bench/grid.html?rows=${rows}&columns=50`);
    const script = "const [pixels, frames, done] = arguments; window.measure(pixels, frames).then(done);";
    const before = await cpuOf(driver);
    const one = await call(base, "POST", `${session}/execute/async`, { script, args: [pixels, FRAMES] });
    runs.push({ ...one, cpu: ((await cpuOf(driver)) - before) / (FRAMES + 30) });
  }
  const pick = (share) => round(median(runs.map((one) => at(one.frames, share))));
  const { cells, width, height, lastRow } = runs[0];
  return {
    rows,
    pixels,
    viewport: `${width}x${height}`,
    cells,
    lastRow,
    p50: pick(0.5),
    p95: pick(0.95),
    max: round(median(runs.map((one) => at(one.frames, 1)))),
    cpu_per_frame: round(median(runs.map((one) => one.cpu))),
    script_p50: round(median(runs.map((one) => at(one.script, 0.5)))),
  };
}
