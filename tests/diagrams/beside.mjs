// Lays the boxes of a file out with somebody else's engine and prints the milliseconds that took, as JSON.
//
//   node beside.mjs elkjs|dagre FILE
//
// FILE holds {boxes: [[width, height]…], links: [[from, from_y, to, to_y]…]}. The engines get the distances that ours keeps; the
// heights at which lines leave they do not get, which costs them nothing.
import { readFileSync } from "node:fs";

const [engine, file] = process.argv.slice(2);
const { boxes, links } = JSON.parse(readFileSync(file, "utf8"));
const drawn = links.filter(([from, , to]) => from !== to);

async function elkjs() {
  const { default: ELK } = await import("elkjs/lib/elk.bundled.js");
  const graph = {
    id: "all",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "RIGHT",
      "elk.spacing.nodeNode": "24",
      "elk.layered.spacing.nodeNodeBetweenLayers": "96",
    },
    children: boxes.map(([width, height], index) => ({ id: `n${index}`, width, height })),
    edges: drawn.map(([from, , to], index) => ({ id: `e${index}`, sources: [`n${to}`], targets: [`n${from}`] })),
  };
  const elk = new ELK();
  const begun = performance.now();
  await elk.layout(graph);
  return performance.now() - begun;
}

async function dagre() {
  const { Graph, layout } = await import("@dagrejs/dagre").then((found) => ({ Graph: found.Graph ?? found.default.graphlib.Graph, layout: found.layout ?? found.default.layout }));
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 24, ranksep: 96 });
  graph.setDefaultEdgeLabel(() => ({}));
  boxes.forEach(([width, height], index) => {
    graph.setNode(`n${index}`, { width, height });
  });
  drawn.forEach(([from, , to], index) => {
    graph.setEdge(`n${to}`, `n${from}`, {}, `e${index}`);
  });
  const begun = performance.now();
  layout(graph);
  return performance.now() - begun;
}

console.log(JSON.stringify({ milliseconds: await { elkjs, dagre }[engine]() }));
process.exit(0);
