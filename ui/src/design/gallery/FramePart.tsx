import { useCallback, useState } from "react";
import {
  Button,
  IconButton,
  SearchField,
  SplitPane,
  StatusBar,
  StatusItem,
  StatusMark,
  type TabItem,
  Tabs,
  Toolbar,
  ToolbarDivider,
  type TreeChildren,
  type TreeItem,
  VirtualList,
  VirtualTree,
} from "@/design";

const roots: TreeItem[] = [
  {
    id: "prod",
    label: "shop-prod",
    stripe: "var(--env-production)",
    tone: "strong",
    meta: "PostgreSQL 18",
    branch: true,
  },
  {
    id: "stage",
    label: "shop-staging",
    stripe: "var(--env-staging)",
    tone: "strong",
    meta: "PostgreSQL 18",
    branch: true,
  },
  {
    id: "lost",
    label: "analytics",
    stripe: "var(--env-development)",
    tone: "strong",
    meta: "MariaDB 11.4",
    branch: true,
  },
];
const tables = [
  "addresses",
  "categories",
  "coupons",
  "customers",
  "order_items",
  "orders",
  "payments",
  "a_table_whose_name_is_long",
];

function childrenOf(item: TreeItem): TreeChildren<TreeItem> {
  if (item.id === "prod")
    return { state: "ready", items: [{ id: "public", label: "public", icon: "schema", branch: true }] };
  if (item.id === "public")
    return { state: "ready", items: [{ id: "tables", label: "Tables", tone: "quiet", meta: "12", branch: true }] };
  if (item.id === "tables") {
    return {
      state: "ready",
      items: tables.map((name, i) => ({ id: name, label: name, icon: "table", meta: `${(i + 1) * 61} k` })),
    };
  }
  return item.id === "lost" ? { state: "failed", message: "No route to db2.shop.internal" } : { state: "loading" };
}

const first: TabItem[] = [
  { id: "orders", title: "orders", icon: "table", stripe: "var(--env-production)", dirty: true },
  { id: "query", title: "Query 3", icon: "terminal", stripe: "var(--env-production)", dirty: true },
  { id: "customers", title: "customers · shop-staging", icon: "table", stripe: "var(--env-staging)", preview: true },
  { id: "sample", title: "sample", icon: "table", stripe: "var(--env-local)", busy: true },
];

export function FramePart() {
  const [tabs, setTabs] = useState(first);
  const [active, setActive] = useState("query");
  const [result, setResult] = useState("2");
  const [size, setSize] = useState(240);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set(["prod", "public", "tables", "stage", "lost"]));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(["orders"]));
  const [row, setRow] = useState<string | undefined>("2");
  const children = useCallback(childrenOf, []);
  return (
    <div className="h-full flex flex-col">
      <div className="flex-1 min-h-0">
        <SplitPane
          direction="row"
          fixed="first"
          size={size}
          onSizeChange={setSize}
          label="Side panel"
          first={
            <div className="bg-surface-1 flex flex-col">
              <div className="p-2">
                <SearchField label="Tables, columns, functions" value="" onChange={() => {}} />
              </div>
              <VirtualTree
                className="flex-1"
                label="Explorer"
                roots={roots}
                childrenOf={children}
                expanded={expanded}
                selected={selected}
                onSelect={setSelected}
                menu={() => [
                  { label: "Open", icon: "table" },
                  { label: "Copy name", icon: "copy" },
                ]}
                onToggle={(item, open) =>
                  setExpanded((was) => {
                    const next = new Set(was);
                    if (open) next.add(item.id);
                    else next.delete(item.id);
                    return next;
                  })
                }
              />
            </div>
          }
          second={
            <div className="flex flex-col">
              <Tabs
                label="Open tabs"
                items={tabs}
                active={active}
                onActivate={setActive}
                onClose={(id) => setTabs((all) => all.filter((tab) => tab.id !== id))}
                onMove={(id, to) =>
                  setTabs((all) => {
                    const moved = all.find((tab) => tab.id === id);
                    const rest = all.filter((tab) => tab.id !== id);
                    return moved ? [...rest.slice(0, to), moved, ...rest.slice(to)] : all;
                  })
                }
                after={<IconButton icon="plus" label="New query" keys="Mod+N" />}
              />
              <Toolbar
                label="Query"
                icon="terminal"
                what="Query 3"
                end={
                  <>
                    <Button variant="ghost" icon="explain">
                      Explain
                    </Button>
                    <ToolbarDivider />
                    <Button>Run all</Button>
                    <Button variant="primary" icon="run" keys="Mod+Enter" showKeys>
                      Run
                    </Button>
                  </>
                }
              />
              <Tabs
                label="Results"
                variant="panel"
                items={[
                  { id: "1", title: "1 · by day", meta: "20" },
                  { id: "2", title: "2 · order lines", meta: "100,000+", busy: true },
                  { id: "m", title: "Messages", meta: "3" },
                ]}
                active={result}
                onActivate={setResult}
                end={
                  <Button dense icon="stop">
                    Stop
                  </Button>
                }
              />
              <VirtualList
                className="flex-1"
                label="History"
                items={["1", "2", "3", "4"]}
                keyOf={(item) => item}
                itemHeight={44}
                selected={row}
                onSelect={setRow}
                renderItem={(item) => (
                  <div>
                    <div className="rh-mono">select * from orders limit {item}</div>
                    <div className="rh-meta">15:57 · 312 ms · 20 rows</div>
                  </div>
                )}
              />
            </div>
          }
        />
      </div>
      <StatusBar
        end={
          <>
            <StatusItem keep>first 100,000 rows</StatusItem>
            <StatusItem>UTF-8 · UTC</StatusItem>
          </>
        }
      >
        <StatusMark color="var(--env-production)" tone="danger">
          production
        </StatusMark>
        <StatusItem onPress={() => {}}>shop-prod · PostgreSQL 18.4</StatusItem>
        <StatusItem icon="lock">read-only</StatusItem>
        <StatusItem>tx: none</StatusItem>
      </StatusBar>
    </div>
  );
}
