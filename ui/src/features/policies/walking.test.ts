import { expect, it } from "vitest";
import { walked } from "./walking";

it("cells are walked by keys and never left", () => {
  const at = { row: 1, column: 3 };
  expect(walked(at, "ArrowRight", 2, 8, 5)).toEqual({ row: 1, column: 4 });
  expect(walked(at, "ArrowDown", 2, 8, 5)).toEqual(at);
  expect(walked(at, "PageUp", 2, 8, 5)).toEqual({ row: 0, column: 3 });
  expect(walked(at, "End", 2, 8, 5)).toEqual({ row: 1, column: 7 });
  expect(walked(at, "a", 2, 8, 5)).toBeNull();
});
