import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CommandsProvider } from "@/commands";
import { type ColumnStatistics, type ResultHead, setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, STAGING } from "@/ipc/fake";
import { conditionsInWords } from "../local/model";
import { LocalRows } from "../local/store";
import { RunStore } from "../store";
import { pairable, profileText, share, sortedProfile } from "./facts";
import { ProfileSheet } from "./ProfileSheet";
import { StatisticsPanel, type StatisticsPanelProps } from "./StatisticsPanel";

const FACTS: ColumnStatistics = {
  rows: 200,
  partial: null,
  on_server: false,
  elapsed_ms: 3,
  nulls: 50,
  empty: 0,
  distinct: 4,
  distinct_exact: true,
  unique: false,
  least: "1",
  greatest: "90",
  sum: "600",
  mean: "4",
  mean_exact: true,
  scale: "numbers",
  not_finite: 0,
  too_many: false,
  longest: 2,
  top: [
    { text: "1", count: 100, whole: true },
    { text: "90", count: 50, whole: false },
  ],
  quartiles: { lower: "1", median: "2", upper: "3" },
  histogram: [
    { from: "0", to: "50", count: 149 },
    { from: "50", to: "100", count: 1 },
  ],
  outliers: { low: "-2", high: "6", below: 0, above: 1, farthest: [{ row: 41, text: "90" }] },
};

const column = (name: string, native_type = "integer") => ({
  name,
  native_type,
  class: "number" as const,
  primary_key: false,
  references: null,
});

describe("what is said of statistics", () => {
  it("never rounds a share to none or all", () => {
    expect([share(0, 10), share(10, 10), share(1, 3), share(1, 100_000), share(99_999, 100_000), share(0, 0)]).toEqual([
      "0%",
      "100%",
      "33.3%",
      "<0.1%",
      ">99.9%",
      "0%",
    ]);
  });

  it("sorts a profile by numbers as numbers, with what is not known last", () => {
    const row = (place: number, least: string | null) => ({
      place,
      column: column(`c${place}`),
      facts: least === null ? undefined : { ...FACTS, least },
    });
    const rows = [row(0, "10"), row(1, null), row(2, "9"), row(3, "-1.5")];
    expect(sortedProfile(rows, "least", false).map(({ place }) => place)).toEqual([3, 2, 0, 1]);
    expect(sortedProfile(rows, "least", true).map(({ place }) => place)).toEqual([0, 2, 3, 1]);
    expect(sortedProfile(rows, "nulls", false).map(({ place }) => place)).toEqual([0, 2, 3, 1]);
  });

  it("tries pairs only of columns without NULL that are no key alone", () => {
    const facts = (change: Partial<ColumnStatistics>) => ({ ...FACTS, nulls: 0, ...change });
    const rows = [
      facts({ distinct: 3 }),
      facts({ nulls: 1 }),
      facts({ unique: true }),
      facts({ distinct: 1 }),
      facts({}),
    ];
    const named = rows.map((each, place) => ({ place, column: column("c"), facts: each }));
    expect(pairable(named)).toEqual([4, 0]);
  });

  it("is copied as one line for each column, whatever its name and values are", () => {
    const rows = [{ place: 0, column: column("a|b\nc"), facts: { ...FACTS, least: "x\ty" } }];
    expect(profileText(rows, "tsv", null).split("\n")).toHaveLength(2);
    expect(profileText(rows, "tsv", null)).toContain("a|b c\tinteger\t200\t50\t25.0%\t4\tx y\t90\t4\t2\t1\t");
    const markdown = profileText(rows, "markdown", "Of the first 200 rows, not all.");
    expect(markdown).toContain("| a\\|b c | integer |");
    expect(markdown.endsWith("\n\nOf the first 200 rows, not all.")).toBe(true);
  });
});

describe("a column's statistics beside the rows", () => {
  let host: FakeHost;
  let head: ResultHead;
  beforeEach(async () => {
    cleanup();
    host = fakeHost({ pace: 0, open: [STAGING] });
    setHost(host);
    const store = new RunStore("t");
    await store.run({
      profileId: STAGING,
      database: null,
      text: "select * from orders limit 20",
      base: 0,
      parameters: [],
    });
    await waitFor(() => expect(store.snapshot().phase).toBe("finished"));
    const set = store.snapshot().sets[0];
    if (!set) throw new Error("no result");
    head = set.head;
  });

  const panel = (facts: ColumnStatistics | null, props: Partial<StatisticsPanelProps> = {}) => {
    if (facts) vi.spyOn(host, "columnStatistics").mockResolvedValue([facts]);
    return render(
      <CommandsProvider own={{}}>
        <StatisticsPanel head={head} holdId={head.hold_id} rows={200} column={0} onClose={() => undefined} {...props} />
      </CommandsProvider>,
    );
  };

  it("names what it knows, filters by a value and goes to an outlier", async () => {
    const onFilter = vi.fn();
    const onRow = vi.fn();
    panel(FACTS, { onFilter, onRow });
    const name = head.columns[0]?.name;
    expect(await screen.findAllByText("25.0%")).toHaveLength(2);
    screen.getByRole("img", { name: /Histogram: 2 buckets from 0 to 100; most values, 149/ });
    fireEvent.click(screen.getByRole("button", { name: /^1\s*100/ }));
    expect(onFilter).toHaveBeenCalledWith(name, "1");
    expect(screen.queryByRole("button", { name: /^90…/ }), "a part of a value finds no rows").toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "50" }));
    expect(onFilter).toHaveBeenLastCalledWith(name, null);
    fireEvent.click(screen.getByRole("button", { name: /row 42/ }));
    expect(onRow).toHaveBeenCalledWith(41);
  });

  it("says of which rows it speaks, and asks the server only when it is told to", async () => {
    const server = vi.fn(async () => ({ ...FACTS, on_server: true, rows: 84_000, quartiles: null, histogram: null }));
    panel({ ...FACTS, partial: "first 200 rows, not all" }, { server });
    await screen.findByText("Of the first 200 rows, not all");
    screen.getByText("The server reads the whole table for it.");
    expect(server).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("button", { name: "Ask the server" }));
    await screen.findByText("84,000");
    screen.getByText(/The server's answer in 3 ms/);
    expect(screen.queryByText("Of the first 200 rows, not all")).toBeNull();
    fireEvent.click(screen.getByRole("radio", { name: "These rows" }));
    await screen.findByText("Of the first 200 rows, not all");
  });

  it("says so where every value is NULL, where there are no rows, and where it failed", async () => {
    const none = { top: [], histogram: null, quartiles: null, outliers: null, scale: "none" as const, mean: null };
    const { unmount } = panel({ ...FACTS, ...none, nulls: 200, distinct: 0, least: null, greatest: null, sum: null });
    await screen.findByText("Every value is NULL.");
    unmount();
    const empty = panel({ ...FACTS, ...none, rows: 0, nulls: 0, distinct: 0 });
    await screen.findByText("There is no value to look at.");
    empty.unmount();
    vi.restoreAllMocks();
    host.fake.fail("columnStatistics", fakeFailure("corrupt", "The stored result is damaged."), 1);
    panel(null);
    await screen.findByText("The stored result is damaged.");
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("Distinct");
  });

  it("keeps the held rows with a value, one value for each column, and takes that back", async () => {
    const local = new LocalRows(head.hold_id, {
      columns: () => [0],
      settle: async () => undefined,
      cursor: () => null,
      go: () => true,
    });
    const id = new TextDecoder().decode(await host.holdCell(head.hold_id, 3, 0, 0, 100));
    local.keep({ column: 0, operator: "equal", values: ["none"] });
    local.keep({ column: 0, operator: "equal", values: [id] });
    await waitFor(() => expect(local.snapshot().view?.rows).toBe(1));
    const { request } = local.snapshot().view ?? { request: undefined };
    expect(conditionsInWords(request?.conditions ?? [], head.columns)).toBe(`${head.columns[0]?.name} is ${id}`);
    local.keepAll();
    await waitFor(() => expect(local.snapshot().view).toBeNull());
    local.close();
  });

  it("stops what nobody waits for any more", async () => {
    const { unmount } = panel(null);
    await waitFor(() => expect(host.fake.callsOf("columnStatistics")).toHaveLength(1));
    const [asked] = host.fake.callsOf("columnStatistics");
    unmount();
    await waitFor(() => expect(host.fake.callsOf("stopAsking").map(([id]) => id)).toContain(asked?.[0]));
  });

  it("profiles every column, sorts them, and goes to a column and to its farthest value", async () => {
    const onColumn = vi.fn();
    const onCell = vi.fn();
    vi.spyOn(host, "columnStatistics").mockImplementation(async (_id, _hold, columns) =>
      columns.map((at) => (at === 1 ? { ...FACTS, nulls: 0, unique: true } : { ...FACTS, nulls: at })),
    );
    render(
      <CommandsProvider own={{}}>
        <ProfileSheet
          head={head}
          holdId={head.hold_id}
          rows={200}
          onClose={() => undefined}
          onColumn={onColumn}
          onCell={onCell}
        />
      </CommandsProvider>,
    );
    await screen.findByText(`Candidates for a key: ${head.columns[1]?.name}.`);
    const lines = () => screen.getAllByRole("row").slice(1);
    await waitFor(() => expect(lines()).toHaveLength(head.columns.length));
    act(() => screen.getByRole("button", { name: "NULLs" }).click());
    const last = String(head.columns[head.columns.length - 1]?.name);
    await waitFor(() => within(lines()[0] as HTMLElement).getByRole("button", { name: last }));
    act(() =>
      within(lines()[0] as HTMLElement)
        .getByRole("button", { name: last })
        .click(),
    );
    expect(onColumn).toHaveBeenCalledWith(head.columns.length - 1);
    act(() =>
      within(lines()[0] as HTMLElement)
        .getByRole("button", { name: "1" })
        .click(),
    );
    expect(onCell).toHaveBeenCalledWith(41, head.columns.length - 1);
    vi.restoreAllMocks();
  });
});
