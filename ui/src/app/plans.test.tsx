import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DesignRoot } from "@/design";
import { PlanView, plansOf } from "@/features/plans";
import type { ExplainedPlan, PlanRequest } from "@/ipc";
import { setHost } from "@/ipc";
import { type FakeHost, fakeHost, STAGING } from "@/ipc/fake";
import { NO_TABS, planTitle, planViewOf, records, restored, tabsReducer } from "./model";

// A busy machine draws slowly.
vi.setConfig({ testTimeout: 60_000 });

let fake: FakeHost;

beforeEach(async () => {
  fake = fakeHost();
  setHost(fake);
  await fake.connect(STAGING);
});
afterEach(cleanup);

const wish = (text: string, analyze: boolean) => ({
  profileId: STAGING,
  database: "shop",
  text,
  base: 0,
  parameters: [],
  analyze,
});

async function planOf(text: string, analyze: boolean): Promise<ExplainedPlan> {
  const store = plansOf({}, "t");
  await store.explain(wish(text, analyze));
  const { plan } = store.snapshot();
  if (!plan) throw new Error("no plan");
  return plan;
}

function show(explained: ExplainedPlan, more: Partial<Parameters<typeof PlanView>[0]> = {}) {
  const client = new QueryClient();
  return render(
    <QueryClientProvider client={client}>
      <DesignRoot theme="light">
        <PlanView
          explained={explained}
          shape="tree"
          onShape={() => {}}
          comparing={false}
          onComparing={() => {}}
          {...more}
        />
      </DesignRoot>
    </QueryClientProvider>,
  );
}

describe("asking for a plan", () => {
  it("asks before what writes is run, and says afterwards that it was rolled back", async () => {
    const store = plansOf({}, "t");
    const question = await store.explain(wish("delete from orders", true));
    expect(question?.description).toContain("rolled back");
    expect(store.snapshot().phase).toBe("idle");
    await store.explain({ ...wish("delete from orders", true), confirmed: question?.digest ?? "" });
    expect(store.snapshot().plan?.undone).toContain("rolled back");
    const sent = fake.fake.callsOf("explain").at(-1)?.[0] as PlanRequest | undefined;
    expect(sent?.confirmed).toBe(question?.digest);
  });

  it("keeps those before it at hand", async () => {
    const store = plansOf({}, "t");
    await store.explain(wish("select 1 from orders", true));
    await store.explain(wish("select 1 from orders", true));
    expect(store.snapshot().former.length).toBe(1);
  });

  it("can be stopped", async () => {
    const store = plansOf({}, "t");
    const asked = store.explain(wish("select pg_sleep(30) from orders", true));
    await store.stop();
    await asked;
    expect(store.snapshot().failure?.code).toBe("cancelled");
  });
});

describe("a plan on show", () => {
  it("tells its sums, what stands out and the step that is chosen", async () => {
    const user = userEvent.setup();
    show(await planOf("select 1 from orders", true));
    expect(screen.getByText("1,880 ms")).toBeTruthy();
    expect(screen.getByText("323 MB")).toBeTruthy();
    await user.click(screen.getByText(/What is planned above it rests/));
    const step = screen.getByRole("region", { name: /Step Parallel Index Scan on orders o/ });
    expect(within(step).getAllByText("12× more").length).toBeGreaterThan(0);
    expect(within(step).getByText("34,402 in each of 3 loops")).toBeTruthy();
  });

  it("shows text where there are no steps, and both texts of it", async () => {
    const user = userEvent.setup();
    const explained = await planOf("select 1 from orders", false);
    show({ ...explained, outline: "as lines", plan: { ...explained.plan, nodes: [], raw: "as sent" } });
    expect(screen.getByText("as sent")).toBeTruthy();
    await user.click(screen.getByRole("radio", { name: "Outline" }));
    expect(screen.getByText("as lines")).toBeTruthy();
  });

  it("says that it was planned and not run, and what of it is not kept", async () => {
    const explained = await planOf("select 1 from orders", false);
    show({ ...explained, id: null, not_kept: "What is run on this connection is not recorded." });
    expect(screen.getByText("planned, not run")).toBeTruthy();
    expect(screen.getByText(/not recorded/)).toBeTruthy();
  });

  it("stands beside the one before it of the same statement", async () => {
    await planOf("select 1 from orders", true);
    const later = await planOf("select 1 from orders -- again", true);
    show(later, { comparing: true });
    expect(await screen.findByText("3.4× faster")).toBeTruthy();
    expect(screen.getByText("Before")).toBeTruthy();
  });
});

describe("a plan's tab", () => {
  it("comes back with its plan and how it was shown", () => {
    const view = JSON.stringify({ plan: 7, shape: "diagram", comparing: true });
    const tabs = tabsReducer(NO_TABS, {
      type: "open",
      tab: { id: "p", kind: "plan", title: "Plan of select", profileId: STAGING, planId: 7, view },
    });
    const record = records(tabs).find((each) => each.kind === "plan");
    expect(record?.profile_id).toBe(STAGING);
    const back = record ? restored({ tab: record, text: "", sequence: 0 }) : null;
    expect(back).toMatchObject({ kind: "plan", planId: 7 });
    expect(planViewOf(record?.view ?? "")).toEqual({ shape: "diagram", comparing: true });
    expect(record ? restored({ tab: { ...record, view: "{" }, text: "", sequence: 0 }) : null).toBeNull();
  });

  it("is called after the statement, not after what asked for the plan", () => {
    expect(planTitle("EXPLAIN (ANALYZE, FORMAT JSON) select *\n from t")).toBe("Plan of select * from t");
    expect(planTitle("ANALYZE FORMAT=JSON select 1")).toBe("Plan of select 1");
    expect(planTitle("EXPLAIN QUERY PLAN select 1")).toBe("Plan of select 1");
  });
});
