import { describe, expect, it } from "vitest";
import type { Plan, PlanNode } from "@/ipc";
import { changesOf, family, matched, paired, verdict } from "./comparing";
import { BOX, fitted, inSight, layoutOf, neighbour, revealing, zoomed } from "./layout";
import {
  bytes,
  duration,
  grouped,
  guidesOf,
  heatOf,
  isNothing,
  lastOnes,
  noticed,
  pagesText,
  rowBars,
  rowsOf,
  sharesOf,
} from "./model";

const node = (parent: number | null, depth: number, more: Partial<PlanNode> = {}): PlanNode => ({
  parent,
  depth,
  title: more.kind ?? "Node",
  kind: "Node",
  role: null,
  schema: null,
  relation: null,
  alias: null,
  index: null,
  summary: null,
  conditions: [],
  estimated_rows: null,
  width: null,
  startup_cost: null,
  total_cost: null,
  own_cost: null,
  actual: null,
  total_ns: null,
  own_ns: null,
  off: null,
  pages: null,
  properties: [],
  ...more,
});

const plan = (nodes: PlanNode[], more: Partial<Plan> = {}): Plan => ({
  nodes,
  facts: [],
  planning_ns: null,
  execution_ns: null,
  measured: false,
  page_bytes: 8192,
  raw: "",
  form: "json",
  ...more,
});

const actual = (rows: string) => ({
  rows,
  loops: "1",
  startup_ms: null,
  total_ms: null,
  processes: 1,
  stopped_early: false,
  never: false,
});

//   0
//   ├ 1
//   │ └ 2
//   └ 3
const SMALL = [node(null, 0), node(0, 1), node(1, 2), node(0, 1)];

describe("the tree", () => {
  it("hides what is below a closed node, however deep", () => {
    expect(rowsOf(SMALL, new Set()).map((row) => row.place)).toEqual([0, 1, 2, 3]);
    expect(rowsOf(SMALL, new Set([1])).map((row) => row.place)).toEqual([0, 1, 3]);
    const closed = rowsOf(SMALL, new Set([0]));
    expect(closed.map((row) => [row.place, row.branch, row.open])).toEqual([[0, true, false]]);
  });

  it("draws a line only beside those that have a later sibling", () => {
    const last = lastOnes(SMALL);
    expect(last).toEqual([true, false, true, true]);
    expect(guidesOf(SMALL, last, 2)).toEqual([true]);
    expect(guidesOf(SMALL, last, 3)).toEqual([]);
  });

  it("is quick for thousands of nodes, also where each stands below the one before", () => {
    const deep = Array.from({ length: 5_000 }, (_, at) => node(at === 0 ? null : at - 1, at));
    expect(rowsOf(deep, new Set()).length).toBe(5_000);
    expect(guidesOf(deep, lastOnes(deep), 4_999).length).toBeLessThan(30);
    const layout = layoutOf(deep);
    expect(layout.boxes.at(-1)?.y).toBe(4_999 * (BOX.height + BOX.gapY));
    expect(paired(plan(deep), plan(deep)).length).toBe(5_000);
  });
});

describe("heat", () => {
  it("is a node's own time of the whole", () => {
    const nodes = [node(null, 0, { own_ns: 100, total_ns: 1_000 }), node(0, 1, { own_ns: 900, total_ns: 900 })];
    const shares = sharesOf(plan(nodes, { execution_ns: 2_000, measured: true }));
    expect(shares.map((share) => [share?.percent, share?.heat, Math.round(share?.bar ?? 0)])).toEqual([
      [5, 2, 11],
      [45, 5, 100],
    ]);
  });

  it("is a node's own cost where nothing was measured, and nothing where there is neither", () => {
    const nodes = [node(null, 0, { own_cost: "10.00" }), node(0, 1, { own_cost: "30.00" }), node(0, 1)];
    expect(sharesOf(plan(nodes)).map((share) => share?.percent ?? null)).toEqual([25, 75, null]);
    expect(sharesOf(plan([node(null, 0)]))).toEqual([null]);
    expect([0, 3, 8, 18, 40].map(heatOf)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("words and digits", () => {
  it("keeps every digit", () => {
    expect(grouped("12345678901234567890")).toBe("12,345,678,901,234,567,890");
    expect(grouped("1198204.00")).toBe("1,198,204");
    expect(grouped("0.33")).toBe("0.33");
    expect(grouped("1e+07")).toBe("1e+07");
  });

  it("says times and sizes as short as they can be told apart", () => {
    expect([null, 0, 12_000, 100_000, 3_200_000, 38_000_000, 1_880_400_000, 12_345_000_000].map(duration)).toEqual([
      "",
      "0 ms",
      "0.012 ms",
      "0.1 ms",
      "3.2 ms",
      "38 ms",
      "1,880 ms",
      "12.3 s",
    ]);
    expect([0, 8192, 50_331_648, 338_247_680].map(bytes)).toEqual(["0 bytes", "8 kB", "48 MB", "323 MB"]);
  });

  it("says of pages what weighs most", () => {
    const pages = { hit: 5, read: 3, dirtied: 0, written: 0, temp_read: 0, temp_written: 0 };
    expect(pagesText(node(null, 0, { pages }), 8192)).toBe("3 read");
    expect(pagesText(node(null, 0, { pages: { ...pages, temp_written: 6144 } }), 8192)).toBe("spilled 48 MB");
    expect(pagesText(node(null, 0), 8192)).toBe("");
  });

  it("leaves out what is nothing", () => {
    expect(isNothing("Shared Dirtied Blocks", "0")).toBe(true);
    expect(isNothing("Shared Hit Blocks", "12")).toBe(false);
    expect(isNothing("Actual Rows", "0")).toBe(false);
  });

  it("points at where an estimate begins to be wrong", () => {
    const off = { words: "12× more", more: true, weight: "far" as const };
    const nodes = [
      node(null, 0, { off, total_ns: 9 }),
      node(0, 1, { off, total_ns: 5, estimated_rows: "10" }),
      node(0, 1),
    ];
    expect(noticed(plan(nodes))?.place).toBe(1);
    expect(noticed(plan(SMALL))).toBeNull();
  });

  it("gives rows a length by powers of ten", () => {
    const [one, many] = rowBars(
      plan([
        node(null, 0, { estimated_rows: "9", actual: actual("9") }),
        node(0, 1, { estimated_rows: "9999", actual: actual("99") }),
      ]),
    );
    expect([one?.estimated, many?.estimated, many?.actual]).toEqual([25, 100, 50]);
  });
});

describe("the diagram", () => {
  it("puts parents over the middle of their children", () => {
    const { boxes, width, height } = layoutOf(SMALL);
    const column = BOX.width + BOX.gapX;
    expect(boxes.map((box) => box.x / column)).toEqual([0.5, 0, 0, 1]);
    expect([width, height]).toEqual([2 * column - BOX.gapX, 3 * (BOX.height + BOX.gapY) - BOX.gapY]);
  });

  it("fits, zooms around a point and brings a box into sight", () => {
    const layout = layoutOf(SMALL);
    const whole = fitted(layout, 200, 200);
    expect(whole.scale).toBeLessThan(1);
    const near = zoomed({ x: 0, y: 0, scale: 1 }, 2, 100, 50);
    expect(near).toEqual({ scale: 2, x: -100, y: -50 });
    expect(zoomed(near, 1_000, 0, 0).scale).toBe(2);
    const box = layout.boxes[3];
    if (!box) throw new Error("no box");
    const shown = revealing({ x: 0, y: 0, scale: 1 }, box, 300, 300);
    expect(inSight(layout, shown, 300, 300).has(3)).toBe(true);
    expect(inSight(layout, { x: -5_000, y: 0, scale: 1 }, 300, 300).size).toBe(0);
  });

  it("is walked with the arrows", () => {
    expect(neighbour(SMALL, 0, "ArrowDown")).toBe(1);
    expect(neighbour(SMALL, 2, "ArrowUp")).toBe(1);
    expect(neighbour(SMALL, 1, "ArrowRight")).toBe(3);
    expect(neighbour(SMALL, 3, "ArrowRight")).toBeNull();
    expect(neighbour(SMALL, 2, "ArrowDown")).toBeNull();
  });
});

describe("two plans", () => {
  const before = plan(
    [
      node(null, 0, { kind: "Sort", own_ns: 1_000_000 }),
      node(0, 1, { kind: "Hash Join", own_ns: 412_000_000 }),
      node(1, 2, { kind: "Seq Scan", relation: "items", own_ns: 904_000_000, actual: actual("1000") }),
      node(1, 2, { kind: "Hash", own_ns: 96_000_000 }),
      node(3, 3, { kind: "Seq Scan", relation: "orders", own_ns: 20_000_000 }),
    ],
    { execution_ns: 1_880_000_000, measured: true },
  );
  const after = plan(
    [
      node(null, 0, { kind: "Sort", own_ns: 1_000_000 }),
      node(0, 1, { kind: "Nested Loop", own_ns: 22_000_000 }),
      node(1, 2, { kind: "Seq Scan", relation: "orders", own_ns: 20_000_000 }),
      node(1, 2, {
        kind: "Index Scan",
        relation: "items",
        index: "items_order",
        own_ns: 88_000_000,
        actual: actual("12"),
      }),
    ],
    { execution_ns: 561_000_000, measured: true },
  );

  it("find what became of each node", () => {
    expect([...matched(before, after)].sort((a, b) => a[0] - b[0])).toEqual([
      [0, 0],
      [1, 1],
      [2, 4],
      [3, 2],
    ]);
    expect(family("Hash Left Join")).toBe(family("Nested Loop"));
  });

  it("stand side by side with what is gone and what is new", () => {
    const pairs = paired(before, after);
    expect(pairs).toContainEqual({ before: 3, after: null });
    expect(pairs.filter((pair) => pair.after !== null).map((pair) => pair.after)).toEqual([0, 1, 2, 3]);
    expect(pairs.filter((pair) => pair.before !== null).length).toBe(5);
  });

  it("say what changed", () => {
    const words = changesOf(before.nodes[2] ?? null, after.nodes[3] ?? null).map((change) => change.words);
    expect(words).toEqual(["was Seq Scan", "index items_order", "10× faster", "83× fewer rows"]);
    expect(changesOf(before.nodes[0] ?? null, after.nodes[0] ?? null)).toEqual([]);
    expect(changesOf(before.nodes[3] ?? null, null).map((change) => change.what)).toEqual(["gone"]);
    expect(changesOf(null, after.nodes[3] ?? null)).toEqual([
      { what: "new", words: "new, index items_order", better: null },
    ]);
  });

  it("are judged by time where both were measured, by cost else", () => {
    expect(verdict(before, after)).toMatchObject({ label: "Execution", words: "3.4× faster", better: "better" });
    const cost = (total_cost: string) => plan([node(null, 0, { total_cost })]);
    expect(verdict(cost("10"), cost("25"))).toMatchObject({ label: "Cost", words: "2.5× higher", better: "worse" });
    expect(verdict(cost("10"), cost("10.2")).better).toBe("same");
    expect(verdict(cost("10"), plan([]))).toMatchObject({ words: "cannot be compared" });
  });
});
