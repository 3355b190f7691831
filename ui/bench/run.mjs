// Measures the grid's scrolling in WebKitGTK, without a GPU, under a virtual display: the engine the Linux window uses.
// Needs Debian's webkit2gtk-driver, libwebkit2gtk-4.1-0 (its MiniBrowser) and xvfb. Prints one JSON object.
//
//   BENCH_RUNS=5 BENCH_FRAMES=400 BENCH_SERIES=1000000x40,10000000x40,100000x40x1600 node ui/bench/run.mjs
//
// A series is ROWSxPIXELS or ROWSxPIXELSxCOLUMNS: pixels per frame, downwards, and sideways where there are more than 50 columns.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { underDisplay } from "../../tests/bench/lib/display.mjs";
import { load, median } from "../../tests/bench/lib/report.mjs";
import { cpuOf, memoryOf } from "../../tests/bench/lib/web.mjs";
import { automate } from "../../tests/bench/lib/webdriver.mjs";

const ui = fileURLToPath(new URL("..", import.meta.url));
const dist = join(ui, "bench", "dist");
const RUNS = Number(process.env.BENCH_RUNS ?? 5);
const FRAMES = Number(process.env.BENCH_FRAMES ?? 400);
const SERIES = (process.env.BENCH_SERIES ?? "1000000x40,10000000x40,100000x40x1600").split(",");
const ATTEMPTS = 5;
const browsers = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((arch) => `/usr/lib/${arch}/webkit2gtk-4.1/MiniBrowser`);
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

const at = (values, share) => values[Math.min(values.length - 1, Math.floor(values.length * share))];
const round = (value) => Math.round(value * 10) / 10;

/** One run in a browser of its own. */
async function one(binary, port, rows, pixels, columns) {
  const page = await automate(binary, { args: ["--automation"], env: { WEBKIT_DISABLE_DMABUF_RENDERER: "1" } });
  try {
    await page.open(`http://127.0.0.1:${port}/bench/grid.html?rows=${rows}&columns=${columns}`, "ready");
    await page.resize(1440, 900);
    const begun = load();
    const [before, held] = [cpuOf(page.driver), memoryOf(page.driver)];
    const script =
      "const [pixels, frames, sideways, done] = arguments; window.measure(pixels, frames, sideways).then(done);";
    const measured = await page.script(script, pixels, FRAMES, columns > 50);
    const cpu = (cpuOf(page.driver) - before) / (FRAMES + 30);
    return { ...measured, cpu, grown: memoryOf(page.driver) - held, load: begun, version: page.version };
  } finally {
    await page.close();
  }
}

/** As [`one`], again where the browser itself failed. */
async function tried(...what) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await one(...what);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      console.error(`again, because the browser failed: ${error.message}`);
    }
  }
}

async function series(binary, port, rows, pixels, columns = 50) {
  const runs = [];
  for (let run = 0; run < RUNS; run++) runs.push(await tried(binary, port, rows, pixels, columns));
  const pick = (share) => round(median(runs.map((run) => at(run.frames, share))));
  const { cells, width, height, lastRow, version } = runs[0];
  return {
    engine: version,
    rows,
    pixels,
    columns,
    viewport: `${width}x${height}`,
    cells,
    last_row: lastRow,
    p50: pick(0.5),
    p95: pick(0.95),
    max: round(median(runs.map((run) => at(run.frames, 1)))),
    cpu_per_frame: round(median(runs.map((run) => run.cpu))),
    grown: median(runs.map((run) => run.grown)),
    script_p50: round(median(runs.map((run) => at(run.script, 0.5)))),
    load: median(runs.map((run) => run.load)),
  };
}

async function main() {
  const binary = browsers.find(existsSync);
  if (!binary) throw new Error("MiniBrowser of webkit2gtk-4.1 is missing");
  execFileSync("npm", ["run", "--silent", "build:bench"], { cwd: ui, stdio: ["ignore", "ignore", "inherit"] });
  const server = await serve();
  try {
    const results = [];
    for (const [rows, pixels, columns] of SERIES.map((text) => text.split("x").map(Number)))
      results.push(await series(binary, server.address().port, rows, pixels, columns));
    console.log(JSON.stringify({ bench: "grid-scroll", runs: RUNS, frames: FRAMES, results }, null, 2));
  } finally {
    server.close();
  }
}

if (!underDisplay(import.meta.url))
  main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
