// How soon a diagram of 500, 1,000 and 5,000 tables is laid out and written as SVG, beside elkjs and dagre in the same run; and how
// often its lines cross, beside graphviz dot.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { required, run } from "./lib/process.mjs";
import { load, median, milliseconds, report } from "./lib/report.mjs";

/** Tables, and what their layout may take in ms. */
const SIZES = [
  [500, 100],
  [1000, 300],
  [5000, 2000],
];
const SVG = 3000;
const FASTER = 10;
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);
/** Nobody waits longer for a layout. */
const PATIENCE = 180_000;
/** Up to so many tables crossings are counted: above, time comes first. */
const COUNTED = 1000;

const program = required("ROWHOUSE_BENCH_LAYOUT");
const beside = fileURLToPath(new URL("../diagrams/beside.mjs", import.meta.url));
const file = join(required("ROWHOUSE_BENCH_SCRATCH"), "diagram.json");

/**
 * How often lines cross. Lines that share a piece, as ours to one place do behind the same layer, are one line there; pieces that
 * meet in a point do not cross.
 */
function crossings(lines) {
  const pieces = new Map();
  for (const line of lines)
    for (let at = 1; at < line.length; at++) {
      const [a, b] = [line[at - 1], line[at]];
      if (a[0] !== b[0] || a[1] !== b[1]) pieces.set(`${a} ${b}`, [a, b]);
    }
  const all = [...pieces.values()];
  const side = ([ax, ay], [bx, by], [cx, cy]) => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  let found = 0;
  for (let one = 0; one < all.length; one++)
    for (let other = one + 1; other < all.length; other++) {
      const [a, b] = all[one];
      const [c, d] = all[other];
      if (Math.max(a[0], b[0]) <= Math.min(c[0], d[0]) || Math.max(c[0], d[0]) <= Math.min(a[0], b[0])) continue;
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) found += 1;
    }
  return found;
}

/** What dot makes of it: its lines, as the points its splines lead through, and its milliseconds. */
function dot({ boxes, links }) {
  const nodes = boxes.map(([width, height], index) => `n${index} [width=${width / 72} height=${height / 72}];`);
  const edges = links.filter(([from, , to]) => from !== to).map(([from, , to]) => `n${to} -> n${from};`);
  const head = "rankdir=LR; nodesep=0.33; ranksep=1.33; node [shape=box fixedsize=true];";
  const input = `digraph g { ${head}\n${[...nodes, ...edges].join("\n")}\n}`;
  const begun = performance.now();
  const done = spawnSync("dot", ["-Tplain"], { input, encoding: "utf8", maxBuffer: 1 << 28 });
  const taken = performance.now() - begun;
  if (done.status !== 0) throw new Error(`dot: ${done.error ?? done.stderr}`);
  const lines = done.stdout
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([kind]) => kind === "edge")
    .map((words) => {
      const points = [];
      for (let at = 0; at < Number(words[3]); at += 3) points.push([Number(words[4 + 2 * at]), Number(words[5 + 2 * at])]);
      return points;
    });
  return { lines, taken };
}

async function taken(engine, runs) {
  const all = [];
  for (let turn = 0; turn < runs; turn++) {
    try {
      const { text } = await run(process.execPath, ["--max-old-space-size=6000", beside, engine, file], { output: true, limit: PATIENCE });
      all.push(JSON.parse(text).milliseconds);
    } catch {
      // It gave up, or was given up: that it took longer is enough to know.
      return Number.POSITIVE_INFINITY;
    }
  }
  return median(all);
}

const rows = [];
for (const [tables, limit] of SIZES) {
  const began = load();
  const { text } = await run(program, [String(tables), String(RUNS)], { output: true });
  const found = JSON.parse(text);
  writeFileSync(file, text);
  const ours = median(found.layout_ms);
  rows.push({
    what: `layout of ${tables} tables, ${found.links.length} keys`,
    ours: milliseconds(ours),
    target: `at most ${milliseconds(limit)}`,
    met: ours <= limit,
    load: began,
  });
  for (const engine of ["elkjs", "dagre"]) {
    const theirs = await taken(engine, tables > COUNTED ? 1 : 3);
    const patience = `more than ${milliseconds(PATIENCE)}`;
    rows.push({
      what: `  beside ${engine}`,
      ours: milliseconds(ours),
      beside: Number.isFinite(theirs) ? milliseconds(theirs) : patience,
      ratio: ours / (Number.isFinite(theirs) ? theirs : PATIENCE),
      target: `at most ${(1 / FASTER).toFixed(2)} x`,
      met: ours * FASTER <= theirs,
      load: began,
    });
  }
  if (tables <= COUNTED) {
    const other = dot(found);
    const [mine, theirs] = [crossings(found.lines), crossings(other.lines)];
    rows.push({
      what: `  crossings, beside graphviz dot (${milliseconds(other.taken)})`,
      ours: mine.toLocaleString("en-US"),
      beside: theirs.toLocaleString("en-US"),
      ratio: mine / theirs,
      target: "at most 1.25 x",
      met: mine <= theirs * 1.25,
      load: began,
    });
  }
  const svg = median(found.svg_ms);
  rows.push({
    what: `  as SVG, ${(found.svg_bytes / 1e6).toFixed(1)} MB`,
    ours: milliseconds(svg),
    ...(tables === 5000 ? { target: `at most ${milliseconds(SVG)}`, met: svg <= SVG } : {}),
    load: began,
  });
}
rmSync(file, { force: true });
report("Diagrams", rows);
