import { cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CommandsProvider } from "@/commands";
import { DesignRoot } from "@/design";
import { type Browsed, setHost } from "@/ipc";
import { type FakeHost, fakeHost, STAGING } from "@/ipc/fake";
import { ChartPane } from "./ChartPane";
import { chartsIn, hearCharts, readCharts, restoreCharts } from "./memory";

// A busy machine draws slowly.
vi.setConfig({ testTimeout: 60_000 });
const WAIT = { timeout: 30_000 };

let host: FakeHost;
let browsed: Browsed;
let place = 0;

beforeEach(async () => {
  host = fakeHost();
  setHost(host);
  await host.connect(STAGING);
  browsed = await host.browse({
    profile_id: STAGING,
    object: { database: "shop", schema: "public", name: "orders", kind: "table" },
    filters: [],
    sort: [],
  } as never);
  place += 1;
});
afterEach(cleanup);

const show = (onMore?: () => void, onStatement?: (text: string) => void) =>
  render(
    <DesignRoot theme="light">
      <CommandsProvider own={{}}>
        <ChartPane
          head={browsed.head}
          progress={browsed.progress}
          active
          place={`t${place}`}
          {...(onMore ? { onMore } : {})}
          {...(onStatement ? { onStatement } : {})}
        />
      </CommandsProvider>
    </DesignRoot>,
  );

const marks = () => [...document.querySelectorAll("[data-mark]")];

describe("the chart of a result", () => {
  it("is suggested, says of which rows it speaks, and is walked with the arrows", async () => {
    const user = userEvent.setup();
    const more = vi.fn();
    show(more);
    await waitFor(() => expect(marks().length).toBeGreaterThan(1), WAIT);
    expect(screen.getByText(/^first [\d,]+ rows, not all$/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Read more rows" }));
    expect(more).toHaveBeenCalledOnce();
    const first = marks()[0] as SVGElement;
    first.focus();
    await user.keyboard("{ArrowRight}");
    expect(document.activeElement).toBe(marks()[1]);
    expect(document.activeElement?.getAttribute("aria-label")).toMatch(/\d/);
    await user.keyboard("{End}");
    expect(document.activeElement).toBe(marks()[marks().length - 1]);
  });

  it("changes its kind, stands as a table and remembers what was chosen", async () => {
    const user = userEvent.setup();
    show();
    await waitFor(() => expect(marks().length).toBeGreaterThan(1), WAIT);
    await user.click(screen.getByRole("combobox", { name: "Kind of chart" }));
    await user.click(await screen.findByRole("option", { name: "Pie" }, WAIT));
    await waitFor(() => expect(screen.getByRole("list", { name: "Series" })).toBeTruthy(), WAIT);
    await user.click(screen.getByRole("button", { name: "Show as a table" }));
    expect(within(screen.getByRole("table")).getAllByRole("row").length).toBeGreaterThan(1);
    cleanup();
    show();
    await waitFor(
      () => expect(screen.getByRole("combobox", { name: "Kind of chart" }).textContent).toContain("Pie"),
      WAIT,
    );
  });

  it("is kept by its place, and comes back in a window that never saw it", async () => {
    const user = userEvent.setup();
    const heard = vi.fn();
    const stop = hearCharts(`t${place}`, heard);
    show();
    await waitFor(() => expect(marks().length).toBeGreaterThan(1), WAIT);
    await user.click(screen.getByRole("combobox", { name: "Kind of chart" }));
    await user.click(await screen.findByRole("option", { name: "Pie" }, WAIT));
    expect(heard).toHaveBeenCalled();
    const kept = JSON.parse(JSON.stringify(chartsIn(`t${place}`))) as unknown;
    stop();
    cleanup();
    // Another tab, as the same one is after a restart.
    place += 1;
    restoreCharts(`t${place}`, readCharts(kept));
    show();
    await waitFor(
      () => expect(screen.getByRole("combobox", { name: "Kind of chart" }).textContent).toContain("Pie"),
      WAIT,
    );
    expect(readCharts([{ columns: 1 }, { columns: "a", spec: { kind: "cube" } }, null])).toEqual([]);
    expect(readCharts("odd")).toEqual([]);
  });

  it("asks the server for its groups where that can be said in a statement, and says why where it cannot", async () => {
    const user = userEvent.setup();
    const opened = vi.fn();
    show(undefined, opened);
    // Each row is a point of its own at first: that is no group.
    const refused = await screen.findByRole("button", { name: "Run on the server" }, WAIT);
    await user.click(refused);
    expect(opened).not.toHaveBeenCalled();
    cleanup();
    const text = "SELECT q.status, COUNT(*)\nFROM (…) AS q\nGROUP BY q.status;";
    setHost({ ...host, chartOnServer: async () => ({ text, refused: null }) });
    show(undefined, opened);
    await user.click(await screen.findByRole("button", { name: "Run on the server" }, WAIT));
    expect(opened).toHaveBeenCalledWith(text);
  });

  it("saves its picture with its title and what is not in it, with nothing that refers to the window", async () => {
    const user = userEvent.setup();
    host.pickSavePath = async () => "/tmp/chart.svg";
    show();
    await waitFor(() => expect(marks().length).toBeGreaterThan(1), WAIT);
    await user.click(screen.getByRole("button", { name: "Save the chart" }));
    await user.click(await screen.findByRole("menuitem", { name: "Save as SVG…" }, WAIT));
    await waitFor(() => expect(host.fake.callsOf("saveChart")).toHaveLength(1), WAIT);
    const [path, picture] = host.fake.callsOf("saveChart")[0] as [string, { format: string; text: string }];
    expect([path, picture.format]).toEqual(["/tmp/chart.svg", "svg"]);
    const parsed = new DOMParser().parseFromString(picture.text, "image/svg+xml");
    expect(parsed.querySelector("parsererror")).toBeNull();
    expect(picture.text).toMatch(/first [\d,]+ rows, not all/);
    expect(picture.text).not.toMatch(/var\(|data-mark|class=|href/);
    expect(parsed.querySelectorAll("path title").length).toBe(marks().length);
  });

  it("says what went wrong and draws again", async () => {
    const user = userEvent.setup();
    host.fake.fail(
      "chartOf",
      { code: "corrupt", message: "The disk is damaged.", hint: null, range: null, native: null },
      1,
    );
    show();
    await screen.findByText("The disk is damaged.", {}, WAIT);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(marks().length).toBeGreaterThan(1), WAIT);
  });
});
