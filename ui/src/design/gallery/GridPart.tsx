import { useEffect, useMemo, useRef, useState } from "react";
import { openContextMenu, Segmented, StatusBar, StatusItem } from "@/design";
import { BlockSource, Grid, type GridHandle, type GridLayout, type GridRange } from "@/features/results/grid";
import { sampleColumns, sampleFetch } from "./gridSample";

const query = new URLSearchParams(window.location.search);
const number = (name: string, otherwise: number) => Number(query.get(name) ?? otherwise);

export function GridPart() {
  const [density, setDensity] = useState<"dense" | "comfortable">("dense");
  const [layout, setLayout] = useState<GridLayout | undefined>();
  const [range, setRange] = useState<GridRange | undefined>();
  const grid = useRef<GridHandle>(null);
  const source = useMemo(
    () =>
      new BlockSource({
        generation: "sample",
        columns: sampleColumns(number("columns", 50)),
        fetch: sampleFetch(number("delay", 20)),
        known: number("rows", 1_000_000),
        more: query.has("more"),
      }),
    [],
  );
  useEffect(() => {
    const at = query.get("at");
    if (at === null) return;
    grid.current?.focus();
    grid.current?.activate({ row: Number(at), column: 2 });
  }, []);
  return (
    <div className="h-full flex flex-col">
      <div className="p-2">
        <Segmented
          label="Density"
          value={density}
          onChange={setDensity}
          options={[
            { value: "dense", label: "Dense" },
            { value: "comfortable", label: "Comfortable" },
          ]}
        />
      </div>
      <div className="flex-1 min-h-0 border-t border-line">
        <Grid
          ref={grid}
          label="Sample rows"
          source={source}
          density={density}
          layout={layout}
          onLayout={setLayout}
          onSelection={setRange}
          onContextMenu={(place, event, box) =>
            openContextMenu(event, [{ label: `Row ${place.row + 1}`, icon: "copy" }], "Cell", box)
          }
          onHeaderMenu={(column, box) =>
            openContextMenu(
              new MouseEvent("contextmenu"),
              [
                { label: "Fit", onSelect: () => grid.current?.fit(column) },
                { label: "Move left", onSelect: () => grid.current?.move(column, -1) },
              ],
              "Column",
              box,
            )
          }
        />
      </div>
      <StatusBar end={<StatusItem keep>1,000,000 rows</StatusItem>}>
        <StatusItem>
          {range
            ? `${(range.lastRow - range.firstRow + 1).toLocaleString("en")} x ${range.columns.length} selected`
            : "Nothing selected"}
        </StatusItem>
      </StatusBar>
    </div>
  );
}
