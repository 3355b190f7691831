import { expect, it } from "vitest";
import { keptLayout, layoutOf } from "./documents/useRelationLayout";

it("keeps a layout by the columns' names, and gives the same one back", () => {
  const layout = { order: ["id", "note", "at"], widths: { id: 80.4, note: 200 }, hidden: ["at"], pinned: ["id"] };
  const kept = keptLayout(layout);
  expect(kept.columns[0]).toEqual({ name: "id", width: 80, hidden: false, pinned: true });
  expect(kept.columns[2]).toEqual({ name: "at", width: null, hidden: true, pinned: false });
  expect(layoutOf(kept)).toEqual({ ...layout, widths: { id: 80, note: 200 } });
});
