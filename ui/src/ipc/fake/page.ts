/** The fake host of a page in a browser; the address says what its world looks like. */
import { type FakeHost, fakeHost, fakeTab } from "../fake";
import { keyspaceOf } from "./keyspace";
import { CATALOGUE, PROD, REDIS, SAMPLE, STAGING } from "./world";

const QUERY = `select date_trunc('day', o.placed_at)::date as day,
       count(*) as orders, sum(o.total) as revenue
from public.orders o
where o.placed_at >= date '2026-11-01' and o.status <> 'cancelled'
group by 1 order by 1 desc;

-- order lines
select o.id, o.placed_at, c.email, i.sku, i.quantity, i.unit_price
from orders o
join customers c on c.id = o.customer_id
join order_items i on i.order_id = o.id;

select o.id, o.custmer_id, o.total
from orders o where o.coupon = 'SPRING10';

select c.id, c.email, count(*) as late
from shipments s
join orders o on o.id = s.order_id
join customers c on c.id = o.customer_id
where s.delivered_at > s.promised_at
group by c.id, c.email;
`;

const orders = { database: "shop", schema: "public", kind: "relation", name: "orders", signature: null };

/** `?world=work` has tabs and open connections, `?world=first` is a first start; `?open=sample` opens a target, `?tab=t-policies` chooses one. */
export function hostOfPage(): FakeHost {
  const asked = new URLSearchParams(window.location.search);
  const work = asked.get("world") === "work";
  const host = fakeHost({
    latencyMs: Number(asked.get("latency") ?? 15),
    pace: Number(asked.get("pace") ?? 1),
    firstStart: asked.get("world") === "first",
    openedFor: asked.get("open"),
    tables: Number(asked.get("tables") ?? 44),
    drawn: Number(asked.get("drawn") ?? 0),
    documents: asked.get("documents") !== "none",
    ...(work
      ? {
          open: ["t-keys", "t-live", "t-cache"].includes(asked.get("tab") ?? "")
            ? [REDIS]
            : [PROD, STAGING, SAMPLE, CATALOGUE],
          keys: asked.get("safety") === "read_only" ? "read_only" : "free",
          tabs: [
            fakeTab("t-orders", { kind: "relation", title: "orders", profile_id: PROD, object: orders }),
            fakeTab("t-query", { title: "Query 3", profile_id: PROD, position: 1, dirty: true }, QUERY),
            fakeTab("t-customers", {
              kind: "relation",
              title: "customers",
              profile_id: STAGING,
              position: 2,
              object: { ...orders, name: "customers" },
            }),
            fakeTab("t-policies", {
              kind: "policies",
              title: "Policies",
              profile_id: STAGING,
              position: 3,
              view: asked.get("view") ?? "{}",
            }),
            fakeTab("t-advisor", {
              kind: "advisor",
              title: "Advisor",
              profile_id: STAGING,
              position: 4,
              view: asked.get("view") ?? "{}",
            }),
            fakeTab("t-diagram", {
              kind: "diagram",
              title: "ERD shop",
              profile_id: STAGING,
              position: 5,
              view: asked.get("view") ?? "{}",
            }),
            fakeTab("t-migrations", {
              kind: "migrations",
              profile_id: asked.get("of") ?? STAGING,
              position: 6,
              view: asked.get("view") ?? "{}",
            }),
            fakeTab("t-compare", {
              kind: "compare",
              profile_id: STAGING,
              position: 7,
              view: asked.get("view") ?? "{}",
            }),
            fakeTab("t-keys", {
              kind: "keys",
              title: `Keys db${asked.get("database") ?? "0"}`,
              profile_id: REDIS,
              database: asked.get("database"),
              position: 8,
              view: asked.get("view") ?? "{}",
            }),
            fakeTab("t-live", { kind: "live", profile_id: REDIS, position: 10, view: asked.get("view") ?? "{}" }),
            fakeTab("t-cache", { kind: "activity", profile_id: REDIS, position: 11, view: asked.get("view") ?? "{}" }),
            fakeTab("t-documents", {
              kind: "relation",
              title: asked.get("collection") ?? "products",
              profile_id: CATALOGUE,
              position: 9,
              object: { ...orders, schema: null, name: asked.get("collection") ?? "products" },
              view: asked.get("view") ?? "{}",
            }),
          ],
          active: asked.get("tab") ?? "t-query",
        }
      : {}),
  });
  if (asked.get("broken")) keyspaceOf(host.fake.world, null).broken = true;
  Object.assign(window, { rowhouse: host });
  return host;
}
