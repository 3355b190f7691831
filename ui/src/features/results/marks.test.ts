import { beforeEach, expect, test } from "vitest";
import { FIRST_CELLS, firstCellsPainted, resultBegins } from "./marks";

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const measures = () => performance.getEntriesByName(FIRST_CELLS) as PerformanceMeasure[];

beforeEach(() => {
  performance.clearMarks();
  performance.clearMeasures();
});

test("the first cells of a result are measured from its head, and only the latest result is kept", async () => {
  for (const hold of ["a", "b"]) {
    resultBegins(hold);
    firstCellsPainted(hold);
    await frame();
  }
  expect(measures().map((measure) => measure.detail)).toEqual(["b"]);
  expect(measures()[0]?.duration).toBeGreaterThanOrEqual(0);
});

test("cells of a result that is no longer the latest say nothing", async () => {
  resultBegins("a");
  resultBegins("b");
  firstCellsPainted("a");
  await frame();
  expect(measures()).toEqual([]);
});
